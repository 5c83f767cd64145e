"""Marketing velocity: from the first marketing touch to engaged, an opportunity, a win; by channel or product."""

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn
from dashboard.cards.switches import card_switch
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import numbers, say
from metrics import Answer

WAYS = {"engaged": ("value", "n"), "opportunity": ("to_opportunity", "opportunity_n"), "won": ("to_won", "won_n"),
        "leads": ("mql_to_sql", "sql_n")}  # fmt: skip
"""Each way's median days, and how many went it."""
STARTS = ("all", "channel", "product")
"""What the first touches are told apart by: nothing, before all."""
MOST_STARTS = 8


def marketing_chart(page: Page) -> Chart:
    """Every way from the first marketing touch; or by that touch's channel or product, to an opportunity before all."""
    start = switch("starts", STARTS)
    question = page.asks("marketing_velocity", by=None if start == "all" else start)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        return _ways(answer) if start == "all" else _ways_by(answer, start)

    return Chart("marketing_velocity", say("speed.marketing.name"), question, build, controls=_starts_switch,
                 compares=False)  # fmt: skip


def _ways(answer: Answer) -> Drawn | None:
    row = answer.rows()[0]
    ways = [(way, row[value], row[n]) for way, (value, n) in WAYS.items() if row[value] is not None]
    frame = pd.DataFrame(ways, columns=["way", "value", "n"])
    if frame.empty:
        return None
    figure = charts.measured_bars(
        frame, key="way", texts=[numbers.days(value) for value in frame["value"]],
        columns={say("speed.marketing.accounts"): [numbers.count(n) for n in frame["n"]]},
        names={way: say(f"speed.marketing.{way}") for way in WAYS}, header=say("speed.marketing.header"),
        mode=theme_mode(),
    )  # fmt: skip
    title = say("speed.marketing.title", days=numbers.days(row["value"], unit=True))
    return Drawn(title, say("speed.marketing.caption"), figure, foot(answer, None), answer.frame)


def _ways_by(answer: Answer, start: str) -> Drawn | None:
    """The channels or products with the most accounts, the quickest first."""
    main = "opportunity" if answer.frame["to_opportunity"].notna().any() else "engaged"
    value, n = WAYS[main]
    known = answer.frame[answer.frame[value].notna()].nlargest(MOST_STARTS, n, keep="first")
    if known.empty:
        return None
    frame = known.sort_values([value, "segment"], kind="stable", ignore_index=True)
    columns = {say("speed.marketing.accounts"): [numbers.count(count) for count in frame[n]]}
    for way in ("engaged", "won"):
        if way != main and frame[WAYS[way][0]].notna().any():
            columns[say(f"speed.marketing.{way}")] = [numbers.days(days) for days in frame[WAYS[way][0]]]
    bars = frame[["segment"]].assign(value=frame[value])
    figure = charts.measured_bars(
        bars, key="segment", texts=[numbers.days(days) for days in bars["value"]], columns=columns,
        names={"(none)": say(f"speed.marketing.no_{start}")}, header=say(f"speed.marketing.header_{main}"),
        mode=theme_mode(),
    )  # fmt: skip
    title = _title_by(frame[frame[n] >= numbers.FEW], value, f"{start}_{main}")
    caption = say(f"speed.marketing.caption_{start}")
    accounts = None if start == "product" else known[n].sum()  # an account has deals of several products
    return Drawn(title, caption, figure, foot(answer, accounts), answer.frame)


def _title_by(frame: pd.DataFrame, value: str, of: str) -> str:
    """From the shortest to the longest days of those with enough accounts; the name where there is nothing to span."""
    if len(frame) < 2:
        return say("speed.marketing.name")
    low, high = frame[value].min(), frame[value].max()
    if numbers.days(low) == numbers.days(high):
        return say("speed.marketing.name")
    span = {"from": numbers.days(low), "to": numbers.days(high)}
    return say(f"speed.marketing.title_{of}", **span)


def _starts_switch() -> None:
    card_switch("starts", STARTS, label=say("speed.marketing.by"), key="starts.by",
                words=lambda start: say(f"speed.marketing.by_{start}"))  # fmt: skip
