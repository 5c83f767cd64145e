"""What the cards of Alignment share: the row of a measure, what it lacks, its two sides in words, its foot."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.cards import empty
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.question import Question
from dashboard.text import numbers, say
from dashboard.text.against import against_words
from metrics import Answer, Comparison

METRIC = "team_alignment"
MEASURES = ("followed_up", "overlap", "both", "uninfluenced", "rejected", "agreement")
LACKS = {
    "marketing touches": "marketing_touches", "sales touches": "sales_touches", "deals": "opportunities",
    "engaging touches": "engaging_touches", "status of hand-overs": "hand_over_status",
    "alignment survey": "alignment_survey",
}  # fmt: skip
"""What a measure lacks, as the metric says it → the key of what stands in its place. A period before the first touch
lacks nothing that could be loaded."""
LEFT_OUT = {
    "followed_up": ("engaged under follow_up_days ago", "engaged before sales touches were recorded"),
    "overlap": ("touch without an account", "touch without a date"),
    "uninfluenced": ("no amount", "no currency", "no exchange rate", "no opening date", "opened after as-of"),
    "rejected": ("no hand-over date", "hand-over without a status"),
    "agreement": ("no score", "no scale", "score outside its scale", "answered again in the same wave"),
}
"""The reasons by which rows are left out of each measure."""
MOST_SEGMENTS, MOST_MONTHS = 5, 24


def row_of(answer: Answer, measure: str) -> Mapping[str, Any]:
    """The first row of the measure; {} where nothing is in scope."""
    return next((row for row in answer.rows() if row["measure"] == measure), {})


def apart(answer: Answer, measure: str) -> Comparison | None:
    """Target against the rest on this measure; None where they are not held against each other."""
    found = [c for c in answer.comparison if c.segments == ("target", "rest") and c.keys.get("measure") == measure]
    known = [c for c in found if None not in c.values]
    return known[0] if known else None


def lacking(page: Page, measure: str) -> str:
    """The key of what the measure lacks in the page's scope; "" where it is known."""
    question = page.asks(METRIC)
    if question.missing_tables():
        return ""
    missing = row_of(question.answer(), measure).get("missing")
    return "targets" if missing == "target accounts" else LACKS.get(str(missing), "")


def instead(page: Page, measure: str, key: str) -> Callable[[], None] | None:
    """What stands in the place of the measure's chart where an export is missing; None where it is there."""
    missing = lacking(page, measure)
    if not missing:
        return None
    return (lambda: empty.no_targets(key)) if missing == "targets" else (lambda: empty.missing(key, [missing]))


def foot_of(answer: Answer, measure: str, n: int | float, units: str, *more: str) -> str:
    """ "n = 169 deals · …": with the rows left out of this measure alone."""
    own = replace(answer, excluded=tuple(one for one in answer.excluded if one[0] in LEFT_OUT[measure]))
    return foot(own, None, say("card.n", n=numbers.count(n), units=units), *more)


def sides_words(answer: Answer, measure: str) -> str:
    """Target against the rest on this measure in a sentence; "" where they are not compared."""
    found = apart(answer, measure)
    return against_words([replace(found, keys={})], "percent") if found else ""


def sides_title(answer: Answer, measure: str, key: str, **words: str) -> str:
    """The finding: target against the rest where they can be told apart, else the share of all.

    The keys `<key>.title`, `.title_more`, `.title_less`, `.title_unclear` have its forms.
    """
    found = apart(answer, measure)
    if found is None or found.verdict == "too few to say":
        return say(f"{key}.title", **words)
    one, other = (numbers.percent(value) for value in found.values)
    if found.verdict == "no clear difference":
        return say(f"{key}.title_unclear", one=one, other=other, **words)
    form = "more" if (found.difference or 0) > 0 else "less"
    return say(f"{key}.title_{form}", one=one, other=other, **words)


def over_time(page: Page, question: Question, measure: str) -> tuple[Question, str]:
    """The question by months, or by quarters where these would be too many or have too few behind them each to draw
    the measure's rates; and which of the two."""
    start, end = question.scope.start, question.scope.end or page.as_of
    months, quarters = question.but(grain="month"), question.but(grain="quarter")
    if start is None or (end - start).days > MOST_MONTHS * 31:
        return quarters, "quarter"
    if question.missing_tables():
        return months, "month"
    frame = months.answer().frame
    counts = frame[(frame["measure"] == measure) & (frame["n"] > 0)].groupby("segment")["n"].median()
    return (quarters, "quarter") if (counts < numbers.FEW).any() else (months, "month")


def of_all(page: Page, measure: str) -> str:
    """The share of all in the page's scope, in words."""
    row = row_of(page.asks(METRIC).answer(), measure)
    if row.get("numerator") is None:
        return numbers.percent(row.get("value"))
    return numbers.rate(row["value"], row["numerator"], row["denominator"])


def parts_of(rows: pd.DataFrame, part: str) -> pd.DataFrame:
    """segment, the part, n and share of the segment, of the segments with the most rows."""
    counted = rows.groupby(["segment", part]).size().reset_index(name="n")
    whole = counted.groupby("segment")["n"].transform("sum")
    counted = counted.assign(share=counted["n"] / whole, whole=whole)
    kept = counted.groupby("segment")["whole"].first().nlargest(MOST_SEGMENTS, keep="first").index
    counted = counted[counted["segment"].isin(kept)].drop(columns="whole")
    return counted.sort_values("segment", key=lambda s: s != "target", kind="stable", ignore_index=True)
