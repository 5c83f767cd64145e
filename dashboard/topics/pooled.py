"""The cohorts of each side pooled at one age, so that target and rest are compared once and not cell by cell."""

from typing import Literal

import pandas as pd

from dashboard.cards.chart import count_comparison
from dashboard.text import findings, findings_time, numbers
from dashboard.text.against import against_words
from metrics import Comparison, newcombe, wilson


def pooled_sides(frame: pd.DataFrame) -> tuple[pd.DataFrame, int] | None:
    """(one row a side, age): at the greatest age that both sides have completed for thirty units, else for five, else
    for any."""
    cells = findings_time.complete(frame)
    sums = cells.groupby(["age", "segment"])[["numerator", "denominator"]].sum().unstack("segment").dropna()
    if sums.empty or not {"target", "rest"} <= set(cells["segment"]):
        return None
    least = pd.DataFrame(sums["denominator"]).min(axis=1)
    enough = next(n for n in (numbers.SMALL, numbers.FEW, 0) if (least >= n).any())
    age = int(max(least[least >= enough].index))
    rows = []
    for side in ("target", "rest"):
        of, n = (int(pd.DataFrame(sums[what])[side].loc[age]) for what in ("numerator", "denominator"))
        low, high = wilson([of], [n])
        rows.append({"segment": side, "value": of / n if n else None, "n": n, "numerator": of, "denominator": n,
                     "low": float(low[0]), "high": float(high[0])})  # fmt: skip
    return pd.DataFrame(rows), age


def against(table: pd.DataFrame) -> Comparison:
    """The two sides held against each other by Newcombe's interval, as the metrics do."""
    count_comparison()
    target, rest = (table[table["segment"] == side].iloc[0] for side in ("target", "rest"))
    values = (float(target["value"]), float(rest["value"]))
    difference = values[0] - values[1]
    lift = difference / values[1] if values[1] else None
    sides = ("target", "rest")
    if min(target["n"], rest["n"]) < numbers.FEW:
        return Comparison({}, "value", sides, values, difference, lift, None, None, "too few to say", "")
    low, high = newcombe(target["numerator"], target["denominator"], rest["numerator"], rest["denominator"])
    verdict: Literal["better", "worse", "no clear difference"] = (
        "no clear difference" if low <= 0 <= high else "better" if difference > 0 else "worse"
    )
    return Comparison({}, "value", sides, values, difference, lift, float(low), float(high), verdict, "")


def sides_title(compared: Comparison, measure: str) -> str:
    return findings.target_or_rest(compared, metric="cohorts", title=measure, kind="percent")


def sides_words(compared: Comparison) -> str:
    return against_words([compared], "percent")
