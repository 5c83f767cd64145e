"""How steady, how much a day, and what makes deals quick: the newer half of the page Velocity."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot, note_comparisons
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.text.findings import fitted, proportions_differ
from dashboard.topics.curve_marks import chosen_point, still_followed
from dashboard.topics.stages import of_pipeline, stages_caption
from metrics import Answer, LifeTable

MOST_SEGMENTS, STEADY_HEIGHT = 6, 280
HALVES = ("upper", "lower")
LACKS = {"no_marketing": "marketing_touches_early", "no_sales": "sales_touches_early"}
"""What a stalled deal may be without, and the column that is then 0: of as many days as the won deals stayed there."""


def steadiness_chart(page: Page) -> Chart:
    """The middle half of the days ÷ their median, opened to won and in each stage."""
    question = page.asks_of_pipeline("velocity_predictability")
    split = _of_sides(page.asks_of_pipeline("velocity_predictability", by=page.split))

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["n"] > 0].reset_index(drop=True)
        if frame["value"].isna().all():
            return None
        columns = {
            say("charts.steady.middle"): [_span(row["p25_days"], row["p75_days"]) for _, row in frame.iterrows()],
            say("charts.steady.n"): [numbers.count(n) for n in frame["n"]],
        }
        if frame["within_service_level"].notna().any():
            columns |= {say("charts.steady.within"): [_share(value) for value in frame["within_service_level"]]}
        least = str(frame.sort_values("value", ascending=False, kind="stable")["stage"].iloc[0])
        figure = charts.measured_bars(
            frame, key="stage", texts=[numbers.times(value) for value in frame["value"]], columns=columns,
            names={"All": say("speed.steady.whole")}, header=say("charts.steady.header"), highlight=least,
            selected=(chosen or {}).get("stage"), mode=theme_mode(), height=STEADY_HEIGHT,
        )  # fmt: skip
        form = "speed.steady.title_one" if list(frame["stage"]) == ["All"] else "speed.steady.title"
        times = numbers.times(frame["value"].max())
        title = of_pipeline(page, lambda limit: fitted(form, {"stage": _stage(least)}, limit, times=times))
        caption = stages_caption(page, say("speed.steady.caption"))
        return Drawn(title, caption, figure, foot(answer, None, _against(split, _stage)), answer.frame)

    def listing(mark: dict[str, str]) -> Listing:
        stage = mark["stage"]
        return Listing(lambda n: say("speed.steady.rows", n=n, stage=_stage(stage)), question, {"stage": stage},
                       measure=say("speed.steady.measure"))  # fmt: skip

    return Chart("velocity_predictability", say("speed.steady.name"), question, build, listing)


def _of_sides(question: Question) -> Question | None:
    """The question where it is split by target and rest; None where the page does not part them."""
    return question if question.scope.by == "target" else None


def _against(split: Question | None, name: Callable[[str], str] = str) -> str:
    """Target against the rest of a figure that is drawn whole; "" without."""
    if split is None:
        return ""
    note_comparisons(split.answer())
    return sides(split.answer(), name)


def _stage(name: str) -> str:
    return say("speed.steady.whole") if name == "All" else name


def _span(low: float, high: float) -> str:
    return say("charts.steady.middle_days", **{"from": numbers.days(low), "to": numbers.days(high)})


def _share(value: float) -> str:
    return "" if numbers.is_missing(value) else numbers.percent(value)


def engagement_chart(page: Page) -> Chart:
    """The days to won of the more and of the less engaged half of the deals, counted from the landmark."""
    question = page.asks("engagement_acceleration")
    split = _of_sides(page.asks("engagement_acceleration", by=page.split))
    alive = replace(question, part="alive")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        deals = alive.rows({})
        tables = {half: _life(deals[deals["half"] == half]) for half in HALVES}
        if not all(len(table.time) for table in tables.values()):
            return None
        frame = pd.concat([_curve(half, table) for half, table in tables.items()], ignore_index=True)
        names = {half: say(f"speed.engaged.{half}") for half in HALVES}
        figure = charts.survival_curves(
            frame,
            names=names,
            inks={"upper": "ink", "lower": "rest"},
            until=_until(tables),
            told="charts.survival.won",
            selected=chosen_point(chosen, "segment", "t"),
            mode=theme_mode(),
            height=280,
        )
        row = answer.rows()[0]
        said = _rho(row) + ("" if row["p"] is None else " · " + say("velocity.survival.logrank", p=_p_value(row["p"])))
        if row["upper_days"] is not None and row["lower_days"] is not None:
            upper, lower = (numbers.days(row[f"{half}_days"]) for half in HALVES)
            said += " · " + say("speed.engaged.medians", upper=upper, lower=lower)
        against = _against(split)
        said += " · " + say("speed.engaged.by_side", said=against) if against else ""
        caption = say("speed.engaged.caption", days=answer.options["landmark_days"])
        return Drawn(_engaged_title(row), caption, figure,
                     say("speed.engaged.foot", n=numbers.count(row["alive_n"]), said=said,
                         days=answer.options["landmark_days"]), answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        half = mark["segment"]
        return still_followed(alive, {"half": half}, float(mark["t"]), say(f"speed.engaged.{half}"),
                              say("speed.engaged.measure"))  # fmt: skip

    return Chart("engagement_acceleration", say("speed.engaged.name"), question, build, listing, fits_narrow=True)


def _life(deals: pd.DataFrame) -> LifeTable:
    won = deals["is_won"].to_numpy(dtype=float)
    return LifeTable.of(deals["remaining_days"], won, won, 1 - won)


def _curve(half: str, table: LifeTable) -> pd.DataFrame:
    low, high = table.band()
    columns = {"t": table.time, "value": 1 - table.survival, "low": 1 - high, "high": 1 - low, "n": table.at_risk}
    return pd.DataFrame(columns).assign(segment=half)


def _until(tables: dict[str, LifeTable]) -> float:
    """The last day with at least five deals still followed in both halves."""
    last = [table.time[table.at_risk >= numbers.FEW].max(initial=0.0) for table in tables.values()]
    return max(float(np.min(last)), 1.0)


def _rho(row: dict[str, float]) -> str:
    rho, n = numbers.number(row["value"], significant=2), numbers.count(row["n"])
    if row["low"] is None:
        return say("speed.engaged.rho_bare", rho=rho, n=n)
    low, high = (numbers.number(row[end], significant=2) for end in ("low", "high"))
    return say("speed.engaged.rho", rho=rho, low=low, high=high, n=n)


def _p_value(p: float) -> str:
    return say("velocity.survival.tiny") if p < 0.001 else f"= {numbers.number(p, significant=2)}"


def _engaged_title(row: dict[str, float]) -> str:
    if row["low"] is None or row["n"] < numbers.FEW:
        return say("speed.engaged.few")
    if row["low"] <= 0 <= row["high"]:
        return say("speed.engaged.unclear")
    return say("speed.engaged.faster" if row["value"] < 0 else "speed.engaged.slower")


def money_chart(page: Page) -> Chart:
    """What the open deals bring a day, and the four figures that it is made of."""
    question, whole = page.asks("sales_velocity", by=page.split), page.asks("sales_velocity")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["value"].notna()]
        frame = frame if page.split == "target" else frame.nlargest(MOST_SEGMENTS, "value")
        frame = frame.reset_index(drop=True)
        if frame.empty:
            return None
        columns = {
            say("speed.money.deals"): [numbers.count(n) for n in frame["deals"]],
            say("speed.money.win_rate"): [_share(value) for value in frame["win_rate"]],
            say("speed.money.deal_size"): [numbers.money(value, answer.currency) for value in frame["deal_size"]],
            say("speed.money.days"): [numbers.days(value) for value in frame["days"]],
        }
        texts = [numbers.money(value, answer.currency) for value in frame["value"]]
        figure = charts.measured_bars(
            frame, key="segment", texts=texts, columns=columns, header=say("speed.money.value"),
            selected=(chosen or {}).get("segment"), mode=theme_mode(),
        )  # fmt: skip
        all_together = whole.answer().rows()[0]["value"]
        title = say("speed.money.title", money=numbers.money(all_together, answer.currency))
        said = foot(answer, whole.answer().frame["n"].sum(), sides(answer))
        return Drawn(title, say("speed.money.caption"), figure, said, answer.frame)

    def listing(mark: dict[str, str]) -> Listing:
        words = f"{say('speed.money.deals').lower()}: {segment_name(mark['segment'])}"
        return Listing(lambda n: f"{n} {words}", question, {"segment": mark["segment"]})

    return Chart("sales_velocity", say("speed.money.name"), question, build, listing)


def lacking_chart(page: Page) -> Chart:
    """What the stalled deals are without in their stage, beside the deals that were won from there."""
    question = page.asks("stalled_deals")
    there = replace(question, part="won_there")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        stalled, won = answer.frame, there.rows({})
        frame = pd.DataFrame(_lacks(stalled, won), columns=["lack", "value", "reference", "n", "won_n"])
        if frame.empty or won.empty:
            return None
        figure = charts.measured_bars(
            frame, key="lack", texts=[numbers.percent(value) for value in frame["value"]], end=1.0,
            columns={say("charts.lacking.won"): [_share(value) for value in frame["reference"]]},
            names={lack: say(f"speed.lacking.{lack}") for lack in frame["lack"]}, header=say("charts.lacking.header"),
            selected=(chosen or {}).get("lack"), mode=theme_mode(), height=190,
        )  # fmt: skip
        said = say("speed.lacking.foot", n=numbers.count(len(stalled)), won=numbers.count(_deals(won)))
        return Drawn(
            _lacking_title(frame),
            say("speed.lacking.caption"),
            figure,
            said,
            answer.frame,
        )

    def listing(mark: dict[str, str]) -> Listing | None:
        lack = mark["lack"]
        if lack not in LACKS:
            return None
        return Listing(lambda n: say("speed.lacking.rows", n=n, what=say(f"speed.lacking.{lack}").lower()), question,
                       {LACKS[lack]: "0"}, measure=say("speed.lacking.measure"))  # fmt: skip

    return Chart("lacking", say("speed.lacking.name"), question, build, listing, needs=("activities",), compares=False)


def _lacks(stalled: pd.DataFrame, won: pd.DataFrame) -> list[tuple[str, float, float, int, int]]:
    """(what, share of the stalled without it, the same of the won deals of the same stages in the same mix, how many of
    both). Touches over the same days of both: only of deals that were in the stage for that long."""
    found = []
    for lack, column in LACKS.items():
        own, there = stalled.dropna(subset=[column]), won.dropna(subset=[column])
        if len(own) and len(there):
            reference = _in_the_same_mix(own, there, there[column] == 0)
            found.append((lack, float((own[column] == 0).mean()), reference, len(own), _deals(there)))
    if len(won) and won["lacks_roles"].notna().any():
        lacking = won["lacks_roles"].fillna(False).astype(bool)
        share = float(stalled["missing_roles"].notna().mean())
        found.append(("no_roles", share, _in_the_same_mix(stalled, won, lacking), len(stalled), _deals(won)))
    return found


def _deals(there: pd.DataFrame) -> int:
    return int(there["opportunity_id"].nunique())


def _in_the_same_mix(stalled: pd.DataFrame, won: pd.DataFrame, lacks: pd.Series) -> float:
    """The share of won deals that lack it, stage by stage, weighted by how many deals are stalled in each."""
    shares = lacks.astype(float).groupby([won["pipeline"], won["stage"]]).mean().rename("share")
    return float(stalled.join(shares, on=["pipeline", "stage"])["share"].mean())


def _lacking_title(frame: pd.DataFrame) -> str:
    """What the stalled deals clearly lack more often than those won from the same stages, the widest gap first."""
    clear = [
        row["value"] > row["reference"] and proportions_differ(row["value"], row["n"], row["reference"], row["won_n"])
        for row in frame.to_dict("records")
    ]
    if not any(clear):
        return say("speed.lacking.title_even")
    more = frame[clear]
    row = more.assign(gap=more["value"] - more["reference"]).sort_values("gap", ascending=False, kind="stable").iloc[0]
    share, won = numbers.percent(row["value"]), numbers.percent(row["reference"])
    if row["lack"] == "no_roles":
        return say("speed.lacking.title_no_roles", share=share, won=won)
    return say("speed.lacking.title", share=share, won=won, what=say(f"speed.lacking.what_{row['lack']}"))
