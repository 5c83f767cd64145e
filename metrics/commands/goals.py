"""What a revenue goal takes: the goal calculator of the page Market."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.output import say, say_table, write
from metrics.commands.questions import WhereOption, read_scope
from metrics.commands.shared import DirectoryOption, Form, FormOption, loaded_snapshot, open_workspace

if TYPE_CHECKING:
    from metrics.goal_calculator import GoalPlan

_COLUMNS = ("deals", "pipeline", "opportunities", "engaged_accounts", "target_accounts", "market_left")


def plan(
    context: typer.Context,
    goal: Annotated[float | None, typer.Option(metavar="AMOUNT", help="A revenue goal of a year.")] = None,
    growth: Annotated[
        list[float] | None, typer.Option(metavar="PERCENT", help="A scenario's growth, again for more: 10 25 50.")
    ] = None,
    where: WhereOption = None, form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Say what a revenue goal takes: deals, pipeline, opportunities, engaged and target accounts."""
    from metrics.goal_calculator import GROWTH, goal_plan, goal_rates

    scope = read_scope(None, where, None, None, None, None)
    snapshot = loaded_snapshot(open_workspace(context, workspace))
    rates = goal_rates(snapshot, scope)
    plans = goal_plan(rates, goal, [share / 100 for share in growth] if growth else GROWTH)
    told: dict[str, Any] = {
        "as_of": snapshot.as_of.isoformat(), "currency": snapshot.currency, "rates": asdict(rates),
        "plans": [asdict(one) | {"is_enough": one.is_enough} for one in plans],
    }  # fmt: skip

    def text() -> None:
        say("What a year's revenue takes, by the rates of the last twelve months", "")
        say_table(("plan", "revenue", *_COLUMNS), map(_row, plans), numbers=("revenue", *_COLUMNS))
        rated = (
            f"{name.replace('_', ' ')} {'n/a' if rate is None else f'{rate:,.4g}'}"
            for name, rate in asdict(rates).items()
        )
        say("", f"As of {snapshot.as_of.isoformat()}; {', '.join(rated)}")
        if not plans:
            say("Nothing was won in the last twelve months: give a --goal.")

    write(form, told, lambda: told["plans"], text)


def _row(one: "GoalPlan") -> list[str | None]:
    name = "goal" if one.growth is None else f"{one.growth:+.0%}"
    figures = (one.revenue, *(getattr(one, column) for column in _COLUMNS))
    return [name, *(None if figure is None else f"{figure:,.0f}" for figure in figures)]
