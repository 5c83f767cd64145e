"""The goal calculator: what a revenue goal and three scenarios of growth take, and whether the market still has it."""

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height, theme_mode
from dashboard.charts import CHART_CONFIG
from dashboard.filters import choice
from dashboard.filters.bar import DATA_PAGE
from dashboard.filters.state import set_switch
from dashboard.text import numbers, safe, say
from metrics import AbmError, GoalPlan, GoalRates, goal_plan, whole

GROWTH = (10, 25, 50)
LEAST_GROWTH, MOST_GROWTH, MOST_GOAL = -99, 1000, 1e15
_AS_TABLE = "goals.as_table"
_NEEDS = ("deals", "pipeline", "opportunities", "engaged_accounts", "target_accounts")


def goal_card(page: Page) -> None:
    """Inputs, a row a plan with all that it takes, and what the rates are."""
    with st.container(border=True):
        missing = page.asks("win_rate").missing_tables() or page.asks("account_funnel").missing_tables()
        if missing:
            card_head(say("goals.name"))
            empty.missing("goals", missing)
            return
        try:
            rates = visit.year_rates(page.asks("account_funnel").scope)
            goal, growth = _chosen()
            plans = goal_plan(rates, goal, [share / 100 for share in growth])
        except AbmError as error:
            card_head(say("goals.name"))
            empty.failed(error)
            return
        currency = visit.snapshot().currency
        head = st.container(horizontal=True, wrap=False, gap="xsmall", horizontal_alignment="distribute")
        _inputs(goal, growth, currency)
        if not plans:
            with head:
                card_head(say("goals.name"), say("goals.nothing_won"))
            return
        table = plan_table(plans)
        with head:
            card_head(goal_title(plans, currency), say("goals.caption"))
            _menu(table)
        if _as_table():
            _show_table(table)
        else:
            _draw(plans, currency)
        st.caption(
            safe.for_markdown(
                _foot(
                    rates,
                    currency,
                    "targets" if page.has_targets and page.choice.show != "rest" else "all",
                    narrowed=bool(page.choice.filters),
                )
            )
        )
        if rates.market_left is None:
            st.page_link(DATA_PAGE, label=say("goals.load_market"), icon=":material/upload:",
                         query_params={"tab": "import"})  # fmt: skip


def _menu(table: pd.DataFrame) -> None:
    """The ⋯ menu as other cards have it: table or chart, and the table as a file."""
    with st.popover(":material/more_horiz:", type="tertiary", help=say("card.menu"), key="goals.menu"):
        st.button(
            say("card.chart" if _as_table() else "card.table"), key="goals.toggle", type="tertiary", on_click=_toggle,
            icon=":material/bar_chart:" if _as_table() else ":material/table:",
        )  # fmt: skip
        st.download_button(
            say("card.download"), data=lambda: csv_of(table), file_name="goal_calculator.csv", mime="text/csv",
            key="goals.download", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _as_table() -> bool:
    return bool(st.session_state.get(_AS_TABLE, False))


def _toggle() -> None:
    st.session_state[_AS_TABLE] = not _as_table()


def _show_table(table: pd.DataFrame) -> None:
    config = {name: st.column_config.NumberColumn(name, format="localized") for name in map(str, table.columns[1:])}
    st.dataframe(table, hide_index=True, width="stretch", height=height(len(table), len(table)), row_height=ROW_HEIGHT,
                 column_config=config, placeholder=numbers.MISSING)  # fmt: skip


def _chosen() -> tuple[float | None, tuple[int, ...]]:
    """The goal and the three shares of growth, in per cent; what a link says wrongly is as if it said nothing."""
    goal = _number(choice().switch("goal", ""))
    goal = goal if goal is not None and 0 < goal <= MOST_GOAL else None
    given = [_number(choice().switch(f"growth_{place}", "")) for place in range(len(GROWTH))]
    growth = [usual if own is None or not LEAST_GROWTH <= own <= MOST_GROWTH else round(own)
              for own, usual in zip(given, GROWTH, strict=True)]  # fmt: skip
    return goal, tuple(growth)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value else None


def _inputs(goal: float | None, growth: tuple[int, ...], currency: str | None) -> None:
    """The goal and the scenarios; they stand in the URL as all that a visitor chose."""
    symbol = numbers.currency_symbol(currency)
    st.session_state["goals.goal"] = goal
    for place, share in enumerate(growth):
        st.session_state[f"goals.growth_{place}"] = share
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            say("goals.goal", currency=symbol) if symbol else say("goals.goal_bare"), min_value=1.0,
            max_value=MOST_GOAL, step=100_000.0, format="%.0f", key="goals.goal", width=220,
            placeholder=say("goals.none"), on_change=_keep, args=("goal", ""),
        )  # fmt: skip
        for place, usual in enumerate(GROWTH):
            st.number_input(
                say("goals.growth", n=place + 1), min_value=LEAST_GROWTH, max_value=MOST_GROWTH, step=5,
                key=f"goals.growth_{place}", width=130, on_change=_keep, args=(f"growth_{place}", str(usual)),
            )  # fmt: skip


def _keep(name: str, usual: str) -> None:
    value = st.session_state[f"goals.{name}"]
    text = usual if value is None else f"{value:.0f}"
    set_switch(name, text, (usual, text))


def plan_table(plans: list[GoalPlan]) -> pd.DataFrame:
    """A row a plan under readable headers, whole deals and accounts, rounded up: half a deal reaches no goal."""
    found = []
    for plan in plans:
        cells: dict[str, object] = {say("goals.plan"): plan_name(plan), say("goals.needs.revenue"): round(plan.revenue)}
        for name in _NEEDS:
            value = getattr(plan, name)
            cells[say(f"goals.needs.{name}")] = None if value is None else whole(value)
        cells[say("goals.needs.market_left")] = plan.market_left
        found.append(cells)
    return pd.DataFrame(found)


def plan_name(plan: GoalPlan) -> str:
    return say("goals.yours") if plan.growth is None else numbers.signed_percent(plan.growth) if plan.growth else "0 %"


def goal_title(plans: list[GoalPlan], currency: str | None) -> str:
    """What the first plan takes, and whether the market still has it."""
    plan = plans[0]
    amount = numbers.money(plan.revenue, currency)
    words = {"revenue": amount if plan.growth is None else f"{plan_name(plan)} ({amount})"}
    if plan.target_accounts is None:
        if plan.deals is None:
            return say("goals.title_unknown", **words)
        return say("goals.title_deals", n=numbers.count(whole(plan.deals)), **words)
    words["accounts"] = numbers.count(whole(plan.target_accounts))
    if plan.is_enough is None:
        return say("goals.title", **words)
    left = numbers.count(plan.market_left)
    return say("goals.title_enough" if plan.is_enough else "goals.title_short", left=left, **words)


def _draw(plans: list[GoalPlan], currency: str | None) -> None:
    frame = pd.DataFrame({
        "plan": [f"{place}" for place in range(len(plans))],
        "value": [plan.target_accounts for plan in plans], "reference": [plan.market_left for plan in plans],
    }).astype({"value": float, "reference": float})  # fmt: skip
    kinds = {"revenue": "money", "pipeline": "money"}
    columns = {
        say(f"goals.short.{name}"): [_cell(getattr(plan, name), kinds.get(name, "count"), currency) for plan in plans]
        for name in ("revenue", *_NEEDS[:-1], "market_left")
    }
    texts = [_cell(plan.target_accounts, "count", currency) for plan in plans]
    if frame["reference"].isna().all():
        frame = frame.drop(columns="reference")
        columns.pop(say("goals.short.market_left"))
    figure = charts.measured_bars(
        frame, key="plan", texts=texts, columns=columns, header=say("goals.header"),
        names={str(place): plan_name(plan) for place, plan in enumerate(plans)}, mode=theme_mode(),
        height=52 * len(plans) + 38, highlight="0",
    )  # fmt: skip
    told = "; ".join(f"{plan_name(plan)}: {text}" for plan, text in zip(plans, texts, strict=True))
    st.plotly_chart(figure, theme=None, config=CHART_CONFIG, key="goals.chart", alt=f"{say('goals.header')}: {told}")


def _cell(value: float | None, kind: str, currency: str | None) -> str:
    if value is None:
        return numbers.MISSING
    return numbers.money(value, currency) if kind == "money" else numbers.count(whole(value))


def _foot(rates: GoalRates, currency: str | None, of: str, *, narrowed: bool) -> str:
    """The rates of the last twelve months that the plans rest on, those that are known; `of`: whose funnel it is;
    `narrowed`: by filters, which the market is not."""
    shown = {
        "revenue": numbers.money(rates.revenue, currency), "deal_size": numbers.money(rates.deal_size, currency),
        "win_rate": numbers.percent(rates.win_rate), "win_rate_by_value": numbers.percent(rates.win_rate_by_value),
        f"target_to_engaged_{of}": numbers.percent(rates.target_to_engaged),
        f"engaged_to_opportunity_{of}": numbers.percent(rates.engaged_to_opportunity),
    }  # fmt: skip
    said = [say(f"goals.rates.{name}", rate=text) for name, text in shown.items() if text != numbers.MISSING]
    if rates.target_to_engaged is None:
        said.append(say("goals.nobody_engaged"))
    if rates.market_left is None:
        said.append(say("goals.no_market"))
    elif narrowed:
        said.append(say("goals.whole_market"))
    return f"{say('goals.rates.of')} {' · '.join(said)}"
