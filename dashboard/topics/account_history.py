"""The history of an account on one time line: its deals in their stages, its touches, contracts, invoices, renewals."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height, theme_mode
from dashboard.charts import CHART_CONFIG
from dashboard.filters import choice
from dashboard.text import numbers, safe, say
from dashboard.topics.account_deals import deal_names
from dashboard.topics.account_peers import toggle
from metrics import AccountProfile

KEY, DEALS, SHOWN, LONGEST = "account.history", 6, 10, 32
GROUPS = {
    "meetings": ("meeting", "call"), "mail": ("email_reply", "chat", "email_sent"), "events": ("webinar", "event"),
    "content": ("content", "form", "campaign_response"), "visits": ("web_visit", "email_click"),
}  # fmt: skip
"""The lanes of touches and their kinds. Marketing's own sends, opens, impressions, tasks and notes are not drawn."""
_SEEN_LATER = timedelta(days=120)
COLUMNS = ("day", "lane", "label", "side", "n")


def history_card(profile: AccountProfile) -> None:
    """The time line of the page's period, or its table."""
    start, end = _days(profile)
    stays, marks = _stays(profile, start, end), _marks(profile, start, end)
    with st.container(border=True):
        lanes = _lanes(profile, start, stays, marks)
        if not lanes:
            card_head(say("accounts.history.name"))
            st.caption(
                safe.for_markdown(say("accounts.history.none", start=numbers.date(start), end=numbers.date(end)))
            )
            return
        with st.container(horizontal=True, wrap=False, vertical_alignment="top", horizontal_alignment="distribute"):
            with st.container(gap="xxsmall"):
                card_head(
                    history_finding(profile),
                    say("accounts.history.caption", start=numbers.date(start), end=numbers.date(end)),
                )
            with st.container(horizontal=True, width="content"):
                toggle(KEY)
                table = history_table(stays, marks)
                st.download_button(
                    say("card.download"), data=lambda: csv_of(table), file_name="account-history.csv", mime="text/csv",
                    key=f"{KEY}.csv", type="tertiary", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
        if st.session_state.get(f"{KEY}.as_table"):
            _table(table)
        else:
            quiet, words = _quiet(profile, start)
            figure = charts.account_timeline(stays, marks, lanes, start=start, end=end, quiet=quiet, quiet_words=words,
                                             mode=theme_mode())  # fmt: skip
            st.plotly_chart(figure, theme=None, config=CHART_CONFIG, key=f"chart.{KEY}",
                            alt=f"{history_finding(profile)}. {_foot(profile, marks, start, end)}")  # fmt: skip
        st.caption(safe.for_markdown(_foot(profile, marks, start, end)))


def history_finding(profile: AccountProfile) -> str:
    """Which side touched it in the last 90 days."""
    facts = profile.facts
    marketing, sales = facts["marketing_touches"], facts["sales_touches"]
    words = {"marketing": numbers.count(marketing), "sales": numbers.count(sales)}
    key = "both" if marketing and sales else "marketing" if marketing else "sales" if sales else "neither"
    return say(f"accounts.history.{key}", **words)


def history_table(stays: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """All of it, newest first, a row an event."""
    begun = stays.assign(day=stays["begins"], n=1, side="")[["day", "lane", "label", "side", "n"]]
    events = marks.assign(side=[_side_words(side) for side in marks["side"]])[["day", "lane", "label", "side", "n"]]
    frames = [frame for frame in (begun, events) if len(frame)]
    table = pd.concat(frames, ignore_index=True) if frames else begun
    table = table.sort_values(["day", "lane"], ascending=[False, True], kind="stable", ignore_index=True)
    return table.rename(columns={name: say(f"accounts.history.columns.{name}") for name in COLUMNS})


def _table(table: pd.DataFrame) -> None:
    day = say("accounts.history.columns.day")
    config = {day: st.column_config.DateColumn(day, format="D MMM YYYY")}
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), SHOWN),
                 column_config=config, placeholder="")  # fmt: skip


def _days(profile: AccountProfile) -> tuple[date, date]:
    """The page's period up to the as-of day, or all that there is; a renewal soon to come is still in it."""
    as_of = visit.snapshot().as_of
    start, end = choice().dates(as_of)
    last = min(end or as_of, as_of)
    dated = ((profile.touches, "occurred_on"), (profile.stages, "entered_on"), (profile.invoices, "invoiced_on"),
             (profile.contracts, "started_on"))  # fmt: skip
    known = [_day(value) for frame, name in dated for value in frame[name].dropna()]
    first = max(start or date.min, min(known, default=as_of - timedelta(days=365)))
    first = min(first, last - timedelta(days=28))
    renewals = [_day(value) for value in profile.contracts["renews_on"].dropna()]
    coming = [day for day in renewals if last < day <= last + _SEEN_LATER]
    return first, max([last, *coming])


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    """Its rows, with their columns by name."""
    return frame.itertuples(index=False)


def _inside(days: pd.Series, start: date, end: date) -> pd.Series:
    """Which of the days are from start to end, both inclusive."""
    return pd.Series([start <= _day(day) <= end for day in days], index=days.index, dtype=bool)


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _lanes(profile: AccountProfile, start: date, stays: pd.DataFrame, marks: pd.DataFrame) -> list[str]:
    """Deals first, the open ones on top, then touches, then contracts and invoices."""
    touches = [_lane(group) for group in GROUPS]
    order = [*_deal_lanes(profile, start).values(), *touches, _lane("contracts"), _lane("invoices")]
    used = {*stays["lane"], *marks["lane"]}
    return [lane for lane in dict.fromkeys(order) if lane in used]


def _lane(group: str) -> str:
    return say(f"accounts.history.lanes.{group}")


def _stays(profile: AccountProfile, start: date, end: date) -> pd.DataFrame:
    """Deals in their stages and contracts in their terms, as far as they reach into these days."""
    as_of, found = visit.snapshot().as_of, []
    stages = profile.stages[~profile.stages["is_closing"].astype(bool)]
    shades = _shades(stages)
    names = _deal_lanes(profile, start)
    for row in _each(stages):
        ends = _day(row.exited_on) if not pd.isna(row.exited_on) else as_of if row.outcome == "open" else None
        if row.opportunity_id not in names or ends is None or ends < start or _day(row.entered_on) > end:
            continue
        days = numbers.days((ends - _day(row.entered_on)).days, unit=True)
        found.append({"group": "deal", "lane": names[row.opportunity_id], "begins": _day(row.entered_on), "ends": ends,
                      "label": str(row.stage), "shade": shades.get(str(row.stage), 0),
                      "lines": (str(row.stage), names[row.opportunity_id], days)})  # fmt: skip
    for row in _each(profile.contracts):
        if pd.isna(row.started_on) or (not pd.isna(row.ended_on) and _day(row.ended_on) < start):
            continue
        ends = end if pd.isna(row.ended_on) else _day(row.ended_on)
        label = str(row.product) if not pd.isna(row.product) else say("accounts.history.a_contract")
        days = f"{numbers.date(_day(row.started_on))} – {numbers.date(ends)}"
        found.append({"group": "contract", "lane": _lane("contracts"), "begins": _day(row.started_on), "ends": ends,
                      "label": label, "shade": 0, "lines": (label, days)})  # fmt: skip
    return pd.DataFrame(found, columns=["group", "lane", "begins", "ends", "label", "shade", "lines"])


def _shades(stages: pd.DataFrame) -> dict[str, int]:
    """Greys from light to dark in the order of the stages."""
    order = stages.dropna(subset=["stage_order"]).groupby("stage")["stage_order"].min().sort_values()
    last = max(len(order) - 1, 1)
    return {str(stage): round(3 * position / last) for position, stage in enumerate(order.index)}


def _deal_lanes(profile: AccountProfile, start: date) -> dict[str, str]:
    """The deals to draw, open ones and then the newest: deal → its lane's name, which the table of deals has too."""
    deals = profile.deals
    still = deals[(deals["outcome"] == "open") | (pd.to_datetime(deals["closed_on"]) >= pd.Timestamp(start))]
    order = still.assign(is_open=still["outcome"] == "open", opened=pd.to_datetime(still["opened_on"]))
    order = order.sort_values(["is_open", "opened"], ascending=False, kind="stable").head(DEALS)
    names = deal_names(profile, LONGEST)
    return {str(one): names[str(one)] for one in order["opportunity_id"]}


def _marks(profile: AccountProfile, start: date, end: date) -> pd.DataFrame:
    """Touches, closings, invoices and renewals, as many as stand in these days."""
    found = [*_touch_marks(profile), *_closing_marks(profile, start)]
    invoices, currency = _lane("invoices"), visit.snapshot().currency
    for row in _each(profile.invoices):
        label = numbers.money(row.amount, currency)
        found.append(_mark(invoices, _day(row.invoiced_on), "invoice", label, int(row.invoices)))
    contracts = _lane("contracts")
    for row in _each(profile.contracts.dropna(subset=["renews_on"])):
        found.append(_mark(contracts, _day(row.renews_on), "renewal", say("accounts.history.renews"), 1))
    marks = pd.DataFrame(found, columns=["lane", "day", "side", "label", "n", "lines"])
    return marks[_inside(marks["day"], start, end)].sort_values(["day", "lane"], kind="stable", ignore_index=True)


def _touch_marks(profile: AccountProfile) -> list[dict[str, Any]]:
    group_of = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
    found = []
    for row in _each(profile.touches):
        if row.kind not in group_of or (row.kind == "email_sent" and row.side != "sales"):
            continue
        side = (
            "sales" if row.side == "sales" or (pd.isna(row.side) and row.kind in ("meeting", "call")) else "marketing"
        )
        label = say(f"accounts.kinds.{row.kind}")
        found.append(_mark(_lane(group_of[row.kind]), _day(row.occurred_on), side, label, int(row.touches)))
    return found


def _closing_marks(profile: AccountProfile, start: date) -> list[dict[str, Any]]:
    names = _deal_lanes(profile, start)
    closed = profile.deals[profile.deals["outcome"].isin(["won", "lost", "no_decision"])].dropna(subset=["closed_on"])
    return [
        _mark(names[row.opportunity_id], _day(row.closed_on), "won" if row.outcome == "won" else "lost",
              say(f"outcomes.{row.outcome}"), 1)
        for row in _each(closed) if row.opportunity_id in names
    ]  # fmt: skip


def _mark(lane: str, day: date, side: str, label: str, n: int) -> dict[str, Any]:
    more = f"{numbers.count(n)}×" if n > 1 else ""
    lines = (label, *(line for line in (numbers.date(day), _side_words(side), more) if line))
    return {"lane": lane, "day": day, "side": side, "label": label, "n": n, "lines": lines}


def _side_words(side: str) -> str:
    return say(f"accounts.sides.{side}") if side in ("sales", "marketing") else ""


def _quiet(profile: AccountProfile, start: date) -> tuple[tuple[date, date] | None, str]:
    """The days since sales' last touch, where the account is engaged and they are too many."""
    last = profile.facts["last_sales_on"]
    if not profile.facts["is_quiet"] or not last or _day(last) < start:
        return None, ""
    days = numbers.days(profile.facts["days_since_sales"], unit=True)
    return (_day(last), visit.snapshot().as_of), say("accounts.history.quiet", days=days)


def _foot(profile: AccountProfile, marks: pd.DataFrame, start: date, end: date) -> str:
    """How many touches are drawn, and how many are not."""
    inside = profile.touches[_inside(profile.touches["occurred_on"], start, end)]
    drawn = int(marks[marks["side"].isin(["sales", "marketing"])]["n"].sum())
    others = int(inside["touches"].sum()) - drawn
    said = [say("accounts.history.touches", n=drawn, count=numbers.count(drawn))]
    if others:
        said.append(say("accounts.history.not_drawn", n=others, count=numbers.count(others)))
    return " · ".join(said)
