"""Lifetime value at equal age: what customers had brought so many months after their first win, whenever that was."""

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.text.against import TOO_FEW, UNCLEAR, against_words
from metrics import Answer, Comparison

SIDES = ("target", "rest")
HEIGHT = 276


def equal_age_chart(page: Page) -> Chart:
    """What customers had brought 3, 6, 12 and 24 months after their first win, whenever that was: target beside the
    rest where both are shown."""
    both = page.has_targets and page.choice.show == "both"
    asked = page.asks("lifetime_value_impact", by="target" if both else None)
    question = replace(asked, scope=replace(asked.scope, start=None, end=None))

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame.dropna(subset=["value"])
        if frame.empty:
            return None
        selected = (mark or {}).get("measure")
        if both and set(frame["segment"]) == set(SIDES):
            figure = _paired(frame, answer, selected)
        else:
            figure = _alone(frame, answer, selected)
        said = _aged_words(answer)
        return Drawn(_aged_title(frame, answer), say("customers.aged.caption"), figure,
                     foot(answer, frame.groupby("segment")["n"].max().sum(), said), frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        age = mark["measure"]
        symbol = numbers.currency_symbol(question.answer().currency)
        head = say("customers.aged.measure")
        return Listing(lambda n: say("customers.aged.rows", n=n, months=age), question, {"age_months": age},
                       _by_segment, f"{head}, {symbol}" if symbol else head)  # fmt: skip

    return Chart("lifetime_value_impact", say("customers.aged.name"), question, build, listing)


def _by_segment(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {segment_name(side): rows[rows["target"] == side] for side in SIDES}


def _held(answer: Answer) -> dict[int, Comparison]:
    return {int(c.keys["age_months"]): c for c in answer.comparison if c.segments == SIDES}


def _paired(frame: pd.DataFrame, answer: Answer, selected: str | None) -> Any:
    held = _held(answer)
    rows = []
    for age in sorted(frame["age_months"].unique()):
        own = frame[frame["age_months"] == age].set_index("segment")
        found = held.get(int(age))
        for side in SIDES:
            row = own.loc[side] if side in own.index else None
            few = row is not None and row["n"] < numbers.FEW
            rows.append({
                "measure": str(int(age)), "label": say("customers.aged.months", n=int(age)), "side": side,
                "value": float("nan") if row is None or few else float(row["value"]),
                "text": _aged_text(row, answer), "difference": _difference(found, answer),
                "interval": _interval(found, answer),
            })  # fmt: skip
    ages = sorted(frame["age_months"].unique())
    counts = [" / ".join(_n_of(frame, age, side) for side in SIDES) for age in ages]
    return charts.paired_bars(
        pd.DataFrame(rows), sides=SIDES, names=(segment_name(SIDES[0]), segment_name(SIDES[1])),
        beside=(say("charts.n"), counts), selected=selected, mode=theme_mode(), height=HEIGHT,
    )  # fmt: skip


def _n_of(frame: pd.DataFrame, age: Any, side: str) -> str:
    own = frame[(frame["age_months"] == age) & (frame["segment"] == side)]
    return numbers.count(own["n"].sum())


def _aged_text(row: pd.Series | None, answer: Answer) -> str:
    if row is None:
        return say("customers.aged.nobody")
    if row["n"] < numbers.FEW:
        return say("customers.aged.few")
    return numbers.money(row["value"], answer.currency)


def _difference(found: Comparison | None, answer: Answer) -> str:
    if found is None or found.verdict == TOO_FEW:
        return ""
    if found.verdict == UNCLEAR:
        return say("charts.dumbbell.unclear")
    return numbers.difference(found.difference, "money", answer.currency)


def _interval(found: Comparison | None, answer: Answer) -> str:
    if found is None or found.verdict == TOO_FEW:
        return ""
    return numbers.difference_interval(found.low, found.high, "money", answer.currency)


def _alone(frame: pd.DataFrame, answer: Answer, selected: str | None) -> Any:
    rows = frame[frame["segment"] == frame["segment"].iloc[0]].sort_values("age_months")
    few = rows["n"] < numbers.FEW
    table = rows.assign(measure=rows["age_months"].astype(int).astype(str), value=rows["value"].mask(few))
    return charts.measured_bars(
        table, key="measure", names={str(int(a)): say("customers.aged.months", n=int(a)) for a in rows["age_months"]},
        texts=[_aged_text(row, answer) for _, row in rows.iterrows()],
        columns={say("charts.n"): [numbers.count(n) for n in rows["n"]],
                 say("customers.aged.median"): ["" if is_few else numbers.money(m, answer.currency)
                                                for m, is_few in zip(rows["median"], few, strict=True)]},
        selected=selected, mode=theme_mode(), height=HEIGHT,
    )  # fmt: skip


def _told(answer: Answer) -> tuple[int, Comparison] | None:
    """The greatest age at which thirty of both sides were followed, else five."""
    held = _held(answer)
    least = answer.frame.groupby("age_months")["n"].min()
    for enough in (numbers.SMALL, numbers.FEW):
        ages = [age for age in held if held[age].verdict != TOO_FEW and least.get(age, 0) >= enough]
        if ages:
            return max(ages), held[max(ages)]
    return None


def _aged_title(frame: pd.DataFrame, answer: Answer) -> str:
    told = _told(answer)
    if told is not None:
        age, found = told
        form = {"better": "better", "worse": "worse"}.get(found.verdict, "unclear")
        one, other = (numbers.money(value, answer.currency) for value in found.values)
        return say(f"customers.aged.title.{form}", n=age, target=one, rest=other)
    sure = frame[frame["n"] >= numbers.FEW]
    if sure.empty or set(frame["segment"]) == set(SIDES):
        return say("customers.aged.title.few")
    row = sure.sort_values("age_months").iloc[-1]
    return say(
        "customers.aged.title.alone", n=int(row["age_months"]), value=numbers.money(row["value"], answer.currency)
    )


def _aged_words(answer: Answer) -> str:
    """The comparison that the title speaks of, with its interval."""
    told = _told(answer)
    if told is None:
        return ""
    age, found = told
    said = against_words([replace(found, keys={})], "money", answer.currency)
    return say("customers.aged.at", n=age, said=said)
