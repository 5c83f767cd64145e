"""Goals: those that figures are held to, and what a revenue goal takes (the goal calculator of the page Market)."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.output import say, say_table, write
from metrics.commands.questions import FromOption, ToOption, WhereOption, read_scope
from metrics.commands.shared import (
    DirectoryOption,
    Form,
    FormOption,
    loaded_snapshot,
    open_workspace,
    read_day,
    read_pairs,
)
from metrics.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from metrics.goal_calculator import GoalPlan
    from metrics.workspace import Import, Workspace

_MONEY = ("revenue", "pipeline")
_COLUMNS = ("deals", "pipeline", "opportunities", "engaged_accounts", "target_accounts", "market_left")


def goals(
    context: typer.Context,
    changes: Annotated[list[str] | None, typer.Argument(metavar="METRIC=VALUE…", help="Goals to set.")] = None,
    start: FromOption = None, end: ToOption = None, where: WhereOption = None,
    remove: Annotated[str | None, typer.Option(metavar="METRIC", help="Remove the goal typed for it.")] = None,
    form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Show every goal, set one for the days and the segment given, or remove it."""
    from metrics.answer import plain
    from metrics.goal_reading import goal_for, known_goals, read_goal

    kept = open_workspace(context, workspace)
    if changes and remove:
        raise QuestionError("Set goals or remove one, not both at once.")
    days = (read_day("--from", start), read_day("--to", end))
    segment = _segment(where)
    snapshot = loaded_snapshot(kept)
    given = [read_goal(snapshot, name, _value(name, value), *days, segment)
             for name, value in read_pairs("goals", changes or ())]  # fmt: skip
    if remove:
        kept.remove_goal(goal_for(remove, 0, *days, segment))
    for goal in given:
        kept.set_goal(goal)
    frame = known_goals(loaded_snapshot(kept))
    found = [{str(name): plain(cell) for name, cell in row.items()} for row in frame.to_dict("records")]

    def text() -> None:
        if not found:
            say("No goal is set. For example: goals won_revenue=1000000 --from 2026-01-01 --to 2026-03-31")
            return
        columns = ("metric", "starts_on", "ends_on", "dimension", "segment", "value")
        say_table(columns, ([_shown(row[name]) for name in columns] for row in found), numbers=("value",))
        files = {one.import_id: one.file for one in kept.imports()}
        for row in found:
            if row["problem"]:
                days = f"{row['starts_on'] or '…'} to {row['ends_on'] or '…'}"
                place = f"{files.get(row['import_id'], 'file')}, line {row['line']}" if row["line"] else "typed"
                say(f"Set aside ({place}): {row['metric']}, {days}. {row['problem']}")

    write(form, {"goals": found}, lambda: found, text)


def tell_goals(kept: "Workspace", imports: "Iterable[Import]") -> None:
    """What became of the goals of loaded files: how many are in effect, and by line why the others are not."""
    from metrics.goal_reading import known_goals

    loaded = [one for one in imports if one.status == "loaded" and one.import_id and one.tables.get("goals")]
    if not loaded:
        return
    known = known_goals(loaded_snapshot(kept))
    for one in loaded:
        own = known[known["import_id"] == one.import_id]
        aside = own[own["problem"] != ""]
        rejected = kept.rejects(str(one.import_id))
        counts = {"in effect": len(own) - len(aside), "set aside": len(aside), "rejected": len(rejected),
                  "said by another file or typed too": one.tables["goals"] - len(own)}  # fmt: skip
        say("", f"{one.file}, goals: {', '.join(f'{n:,} {what}' for what, n in counts.items() if n)}.")
        why = [*zip(aside["line"], aside["problem"], strict=True),
               *zip(rejected["_row"], rejected["_reason"], strict=True)]  # fmt: skip
        say(*(f"  line {int(line)}: {reason}" for line, reason in sorted(why)))


def _segment(where: list[str] | None) -> tuple[str, str] | None:
    pairs = list(read_pairs("--where", where or ()))
    if len(pairs) > 1:
        raise QuestionError("A goal is for the whole or for one segment: give --where once.")
    return pairs[0] if pairs else None


def _value(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise QuestionError(f"{name}={text}: a goal is a number, such as 1000000 or 0.35.") from None


def _shown(cell: Any) -> str | None:
    return f"{cell:,.10g}" if isinstance(cell, float) else cell


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
        if scope.filters and rates.market_left is not None:
            say("What is left in the market is of the whole market: the filters do not narrow it.")
        if not plans:
            say("Nothing was won in the last twelve months: give a --goal.")

    write(form, told, lambda: told["plans"], text)


def _row(one: "GoalPlan") -> list[str | None]:
    from metrics.goal_calculator import whole

    name = "goal" if one.growth is None else f"{one.growth:+.0%}"
    figures = {column: getattr(one, column) for column in ("revenue", *_COLUMNS)}
    return [name, *(None if figure is None else f"{figure:,.0f}" if column in _MONEY else f"{whole(figure):,}"
                    for column, figure in figures.items())]  # fmt: skip
