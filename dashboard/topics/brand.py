"""The brand: what people answer wave by wave, and what is said of it in public beside its competitors."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import charts
from dashboard.cards import empty
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.text.against import against_words
from metrics import Answer

METRIC = "brand_perception"
_ASKED = frozenset(("nps", "authority", "trust"))
"""The measures that are asked in surveys; the others are of what is said in public."""
MOST_SEGMENTS, MOST_RIVALS = 4, 3


def shown_as(measure: str, value: Any) -> str:
    """The measure in words: recommendation as points from −100 to 100, everything else as a percentage."""
    return numbers.number(round(float(value))) if measure == "nps" else numbers.percent(value)


def of_measures(frame: pd.DataFrame, *measures: str) -> pd.DataFrame:
    """The rows of these measures in the order of time."""
    own = frame[frame["measure"].isin(measures) & frame["value"].notna()]
    return own.sort_values(["first_on", "wave"], kind="stable", ignore_index=True)


def change_title(row: Mapping[str, Any], key: str, measure: str, before: float | None) -> str:
    """The newest wave's figure beside the one before, and no more than the interval of the change allows.

    `row`: the newest wave's, with n, value, change, change_low and change_high. The keys `<key>.title`, `.title_few`,
    `.title_same`, `.title_more`, `.title_less` have the forms.
    """
    words = {"value": shown_as(measure, row["value"]), "wave": numbers.period(row["wave"])}
    if row["n"] < numbers.FEW:
        return say(f"{key}.title_few", n=numbers.count(row["n"]), **words)
    if before is None or numbers.is_missing(row.get("change")):
        return say(f"{key}.title", **words)
    words["before"] = shown_as(measure, before)
    low, high = (row.get(name) for name in ("change_low", "change_high"))
    if low is None or high is None or numbers.is_missing(low) or numbers.is_missing(high) or low <= 0 <= high:
        return say(f"{key}.title_same", **words)
    return say(f"{key}.title_{'more' if float(row['change']) > 0 else 'less'}", **words)


def newest_title(frame: pd.DataFrame, key: str, measure: str) -> str:
    """`change_title` of the last row of a frame of one measure and one segment, in the order of time."""
    before = float(frame["value"].iloc[-2]) if len(frame) > 1 else None
    return change_title({str(name): value for name, value in frame.iloc[-1].items()}, key, measure, before)


def nps_title(answer: Answer, whole: pd.DataFrame) -> str:
    """Target against the rest in the newest wave where they can be told apart, else how the figure of all changed."""
    wave = whole["wave"].iloc[-1]
    found = [
        c for c in answer.comparison if c.segments == ("target", "rest") and c.keys == {"measure": "nps", "wave": wave}
    ]
    if found and found[0].verdict in ("better", "worse") and None not in found[0].values:
        one, other = (shown_as("nps", value) for value in found[0].values)
        form = "targets_more" if found[0].verdict == "better" else "targets_less"
        return say(f"brand.nps.{form}", one=one, other=other, wave=numbers.period(wave))
    return newest_title(whole, "brand.nps", "nps")


def _instead(page: Page, table: str, key: str) -> Any:
    """What stands in a chart's place while its export is missing."""
    missing = page.asks(METRIC).missing_tables(table)
    return (lambda: empty.missing(key, missing)) if missing else None


def _rows_of(question: Question, key: str, measure: str, mark: dict[str, str]) -> Listing:
    where = {name: value for name, value in mark.items() if name in ("wave", "segment", "measure")}
    words = {"wave": numbers.period(mark["wave"]), "segment": segment_name(mark.get("segment", "All"))}
    return Listing(lambda n: say(f"brand.{key}.rows", n=n, **words), question, {"measure": measure} | where)


def nps_chart(page: Page) -> Chart:
    """Recommendation by wave with its interval, target beside the rest."""
    question, whole = page.asks(METRIC, by=page.account_split), page.asks(METRIC)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame, every = of_measures(answer.frame, "nps"), of_measures(whole.answer().frame, "nps")
        if frame.empty or every.empty:
            return None
        kept = frame.groupby("segment")["n"].sum().nlargest(MOST_SEGMENTS, keep="first").index
        frame = frame[frame["segment"].isin(kept)].reset_index(drop=True)
        figure = charts.trend_lines(frame, x="wave", kind="score", mode=theme_mode())
        found = [c for c in answer.comparison if c.keys == {"measure": "nps", "wave": every["wave"].iloc[-1]}]
        n = int(frame.loc[frame["wave"] == every["wave"].iloc[-1], "n"].sum())
        sides = against_words([replace(one, keys={}) for one in found], "score")
        said = foot_of(answer, n, ("nps",), charts.few_points(frame), sides)
        return Drawn(nps_title(answer, every), say("brand.nps.caption"), figure, said, frame)

    return Chart("brand_nps", say("brand.nps.name"), question, build,
                 lambda mark: _rows_of(question, "nps", "nps", mark),
                 instead=_instead(page, "survey_answers", "brand_nps"))  # fmt: skip


def foot_of(answer: Answer, n: int, measures: tuple[str, ...], *more: str) -> str:
    """How many answers or mentions are behind the newest wave, and which of these measures were left out of all
    waves."""
    units = "answers" if set(measures) & _ASKED else "mentions"
    own: dict[str, int] = {}
    for measure in (*measures, *(("mentions",) if units == "mentions" else ())):
        for reason, count in answer.excluded_of.get(measure, ()):
            own[reason] = own.get(reason, 0) + count
    left = replace(answer, excluded=tuple(own.items()))
    return foot(left, None, say(f"brand.n.{units}", n=numbers.count(n)), *more)


def trust_chart(page: Page) -> Chart:
    """Authority and trust by wave, as shares of their scales."""
    question = page.asks(METRIC)
    names = {name: say(f"brand.trust.{name}") for name in ("authority", "trust")}

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame = of_measures(answer.frame, "authority", "trust")
        if frame.empty:
            return None
        figure = charts.trend_lines(frame, x="wave", series="measure", kind="percent", names=names, mode=theme_mode(),
                                    inks={"trust": "ink", "authority": "rest"})  # fmt: skip
        asked = [name for name in ("trust", "authority") if (frame["measure"] == name).any()]
        own = of_measures(frame, asked[0])
        title = newest_title(own, f"brand.trust.{asked[0]}_said", asked[0])
        said = foot_of(answer, int(own["n"].iloc[-1]), tuple(asked), charts.few_points(frame, "n", "measure", names))
        return Drawn(title, say("brand.trust.caption"), figure, said, frame)

    return Chart("brand_trust", say("brand.trust.name"), question, build,
                 lambda mark: _rows_of(question, "trust", mark["measure"], mark), compares=False,
                 instead=_instead(page, "survey_answers", "brand_trust"))  # fmt: skip


def mood_chart(page: Page) -> Chart:
    """Net sentiment of what is said of the own brand, by quarter."""
    question = page.asks(METRIC)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame = of_measures(answer.frame, "net_sentiment")
        if frame.empty:
            return None
        figure = charts.trend_lines(frame, x="wave", kind="percent", mode=theme_mode())
        title = newest_title(frame, "brand.mood", "net_sentiment")
        said = foot_of(answer, int(frame["n"].iloc[-1]), ("net_sentiment",), charts.few_points(frame))
        return Drawn(title, say("brand.mood.caption"), figure, said, frame)

    return Chart("brand_mood", say("brand.mood.name"), question, build,
                 lambda mark: _rows_of(question, "mood", "net_sentiment", mark), compares=False,
                 instead=_instead(page, "mentions", "brand_mood"))  # fmt: skip


def voice_chart(page: Page) -> Chart:
    """The share of all mentions that is the own brand's, beside its largest competitors."""
    question = page.asks(METRIC)
    behind = replace(question, part="brands")

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        own = of_measures(answer.frame, "share_of_voice")
        if own.empty:
            return None
        frame, ours = shares_of_brands(behind.rows({}))
        names = {brand: say("brand.voice.own") if [brand] == ours else brand for brand in frame["brand"]}
        inks = {brand: "ink" if brand in ours else "rest" for brand in frame["brand"]}
        figure = charts.trend_lines(frame, x="wave", series="brand", kind="percent", names=names, inks=inks,
                                    subject=ours[0] if ours else None, behind="of", mode=theme_mode())  # fmt: skip
        title = newest_title(own, "brand.voice", "share_of_voice")
        said = foot_of(answer, int(own["n"].iloc[-1]), ("share_of_voice",), charts.few_points(frame, "of", "brand"))
        return Drawn(title, say("brand.voice.caption", most=MOST_RIVALS), figure, said, frame)

    def listing(mark: dict[str, str]) -> Listing:
        where = {"measure": "share_of_voice", "wave": mark["wave"], "said": mark["brand"]}
        return Listing(lambda n: say("brand.voice.rows", n=n, brand=mark["brand"], wave=numbers.period(mark["wave"])),
                       question, where)  # fmt: skip

    return Chart("brand_voice", say("brand.voice.name"), question, build, listing, compares=False,
                 instead=_instead(page, "mentions", "brand_voice"))  # fmt: skip


def shares_of_brands(brands: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """(wave, brand, value, n, of; which brands are the own ones): of the own and the most mentioned others, by time;
    `of`: all mentions of the wave.

    `brands`: wave, brand, is_own, mentions, first_on and measured (the share of the wave's mentions).
    """
    own = [str(name) for name in brands.loc[brands["is_own"].astype(bool), "brand"].unique()]
    others = brands[~brands["is_own"].astype(bool)].groupby("brand")["mentions"].sum()
    kept = [*own, *others.nlargest(MOST_RIVALS, keep="first").index]
    waves = brands.groupby("wave")["first_on"].min().rename("begun_on")
    brands = brands.assign(of=brands.groupby("wave")["mentions"].transform("sum"))
    frame = brands[brands["brand"].isin(kept)].join(waves, on="wave")
    frame = frame.assign(value=frame["measured"], n=frame["mentions"], place=frame["brand"].map(kept.index))
    return frame.sort_values(["begun_on", "place"], ignore_index=True)[["wave", "brand", "value", "n", "of"]], own


def brand_rows(page: Page) -> list[list[Chart]]:
    """The cards, a list a row of the page; of those that lack the same export one alone says so."""
    asked, said = [nps_chart(page), trust_chart(page)], [mood_chart(page), voice_chart(page)]
    rows = [cards[:1] if cards[0].instead else cards for cards in (asked, said)]
    return [[*rows[0], *rows[1]]] if all(len(cards) == 1 for cards in rows) else rows
