"""Titles about time: stages, stalled deals, trends and cohorts. The same rules as in `findings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.text import numbers, say, segment_name
from dashboard.text.findings import CARD, PAGE, fitted, proportions_differ

_FEW = numbers.FEW
_RECENT = 4  # ages by which a level is told from a rhythm


def longest_stage(frame: pd.DataFrame, *, limit: int = CARD) -> str:
    """Where deals stay longest. `frame`: `stage`, `value` (median days), `low`, `high`, `n`, of all together."""
    sure = _judged(frame)
    if sure.empty:
        return say("findings.stages.few")
    table = sure.sort_values("value", ascending=False, kind="stable")
    first = table.iloc[0]
    days = numbers.days(first["value"])
    others = table.iloc[1:]
    if len(others) == 0 or _apart(first, others.iloc[0]):
        return fitted("findings.stages.longest", {"stage": first["stage"]}, limit, days=days)
    named = {"stage": first["stage"], "other": others["stage"].iloc[0]}
    return fitted("findings.stages.about_as_long", named, limit, days=days)


def slowed(now: pd.DataFrame, then: pd.DataFrame, *, limit: int = CARD) -> str:
    """Which stages clearly slowed against an earlier period: their intervals of the median do not touch."""
    table = _judged(now).merge(_judged(then), on="stage", suffixes=("", "_then"))
    if table.empty:
        return say("findings.stages.few")
    slower = table[table["low"] > table["high_then"]]
    faster = table[table["high"] < table["low_then"]]
    if slower.empty and faster.empty:
        return say("findings.stages.none_slowed")
    changed = slower if len(slower) else faster
    worst = changed.iloc[int((changed["value"] - changed["value_then"]).abs().argmax())]
    values = {"then": numbers.days(worst["value_then"]), "now": numbers.days(worst["value"])}
    form = "only_faster" if slower.empty else "only_slowed" if len(slower) == 1 else "several_slowed"
    counts = {"count": len(slower), "of": len(table)}
    return fitted(f"findings.stages.{form}", {"stage": worst["stage"]}, limit, **values, **counts)


def slowed_or_longest(now: pd.DataFrame, then: pd.DataFrame, *, limit: int = CARD) -> str:
    """Which stages slowed or became faster; where none clearly did, where deals stay longest."""
    if len(then):
        said = slowed(now, then, limit=limit)
        if said not in (say("findings.stages.none_slowed"), say("findings.stages.few")):
            return said
    return longest_stage(now, limit=limit)


def clearly_slower(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, bool]:
    """Stage → whether its median is clearly longer than then; for the chart's column of changes."""
    table = _judged(now).merge(_judged(then), on="stage", suffixes=("", "_then"))
    return {str(row["stage"]): bool(row["low"] > row["high_then"]) for _, row in table.iterrows()}


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["n"] >= _FEW].dropna(subset=["value", "low", "high"])


def _apart(longer: pd.Series, shorter: pd.Series) -> bool:
    return bool(longer["low"] > shorter["high"])


def stalled(frame: pd.DataFrame, *, limit: int = CARD) -> str:
    """How many open deals have stalled. `frame`: `open_n`, `stalled_n` a stage (NaN where not judged)."""
    judged = frame.dropna(subset=["stalled_n"])
    if judged.empty or not judged["open_n"].sum():
        return say("findings.stalled.unknown")
    count, of = int(judged["stalled_n"].sum()), int(judged["open_n"].sum())
    if not count:
        return say("findings.stalled.none")
    return fitted("findings.stalled.some", {}, limit, n=count, count=numbers.count(count), of=numbers.count(of))


def stalled_page(frame: pd.DataFrame) -> str:
    """The stage with the most stalled deals, for a page; "" where none has."""
    judged = frame.dropna(subset=["stalled_n"])
    if judged.empty or not judged["stalled_n"].max():
        return ""
    worst = judged.iloc[int(judged["stalled_n"].astype(float).argmax())]
    values = {"stalled": numbers.count(worst["stalled_n"]), "open": numbers.count(worst["open_n"])}
    return fitted("findings.stalled.page", {"stage": worst["stage"]}, PAGE, **values)


def half_closed(medians: Mapping[str, float | None]) -> str:
    """Within how many days half have closed, open ones counted. `medians`: segment → days, missing where never."""
    both = [medians.get(name) for name in ("target", "rest")]
    if not any(numbers.is_missing(days) for days in both):
        target, rest = (numbers.days(days) for days in both)
        return say("findings.survival.both", target=target, rest=rest)
    for name in ("target", "All", *medians):
        days = medians.get(name)
        if not numbers.is_missing(days):
            if name == "All":
                return say("findings.survival.one_all", days=numbers.days(days))
            return fitted("findings.survival.one", {"name": _within(name)}, days=numbers.days(days))
    return say("findings.survival.never")


def _within(name: str) -> str:
    """A segment's name inside a sentence: our own words in small letters, a name from the data as it is."""
    return segment_name(name).lower() if name in ("target", "rest", "Other") else name


def more_than(frame: pd.DataFrame, first: str, second: str, *, unit: str = "month", units: str = "months",
              words: Mapping[str, str] | None = None) -> str:  # fmt: skip
    """In how many calendar units the first series is above the second. `frame`: `period`, `segment`, `value`."""
    table = frame.pivot_table(index="period", columns="segment", values="value", aggfunc="sum").reindex(
        columns=[first, second]
    )
    table = table.fillna(0)
    if table.empty:
        return numbers.MISSING
    more, less, of = int((table[first] > table[second]).sum()), int((table[first] < table[second]).sum()), len(table)
    named = {"first": (words or {}).get(first, first), "second": (words or {}).get(second, second)}
    if more == of or less == of:
        return fitted(f"findings.trend.{'more' if more else 'less'}_every", named, unit=unit)
    if table[first].sum() == table[second].sum() and more == less:
        return fitted("findings.trend.equal", named, of=of, units=units)
    form, count = ("more", more) if more >= less else ("less", less)
    return fitted(f"findings.trend.{form}_in", named, count=count, of=of, units=units)


def followed_age(pooled: pd.DataFrame) -> int | None:
    """The greatest age that at least 30 units of two cohorts were followed to; None without. `pooled`: `age`, `n`,
    `cohorts`, of one segment."""
    told = pooled[(pooled["n"] >= numbers.SMALL) & (pooled["cohorts"] >= 2)]
    return int(told["age"].max()) if len(told) else None


def cohort_level(pooled: pd.DataFrame, *, what: str, grain: str = "month") -> str:
    """What share got there by `followed_age`. `pooled`: all cohorts together, `age`, `value`, `n`, `cohorts`.

    `what`: "engaged accounts have an opportunity".
    """
    age = followed_age(pooled)
    if age is None:
        return say("findings.cohorts.few")
    share = float(pooled.loc[pooled["age"] == age, "value"].iloc[0])
    form = "level" if share > 0 else "level_zero"
    units = age_unit(grain, age)
    return fitted(f"findings.cohorts.{form}", {"what": what}, share=numbers.percent(share), age=age, units=units)


def cohort_trend(frame: pd.DataFrame, *, grain: str = "month", limit: int = CARD) -> str:
    """The newest cohort that can be compared against the one before, at the greatest age that both have.

    `frame`: `cohort`, `age`, `value` (a share of `size`), best pooled; ages from 1, five units on each side.
    """
    cells = complete(frame)
    cells = cells[(cells["age"] >= 1) & (cells["size"] >= _FEW)]
    cohorts = sorted(cells["cohort"].astype(str).unique())
    if len(cohorts) < 2:
        return say("findings.cohorts.few")
    old, new = (cells[cells["cohort"].astype(str) == name].set_index("age") for name in cohorts[-2:])
    shared = sorted(set(old.index) & set(new.index))
    if not shared:
        return say("findings.cohorts.few")
    age = shared[-1]
    then, now = old.loc[age], new.loc[age]
    differ = proportions_differ(now["value"], now["size"], then["value"], then["size"])
    form = "unclear" if not differ else "ahead" if now["value"] > then["value"] else "behind"
    shares = {"now": numbers.percent(now["value"]), "then": numbers.percent(then["value"])}
    names = {"new": numbers.period(cohorts[-1]), "old": numbers.period(cohorts[-2])}
    return fitted(f"findings.cohorts.{form}", names, limit, age=int(age), units=age_unit(grain, age), **shares)


def retention(pooled: pd.DataFrame, *, grain: str = "month", revenue: bool = True, again: bool = False) -> str:
    """What customers still bring (or how many still buy) at the greatest age that 30 customers were followed to; where
    that goes up and down from age to age, from where to where over the last ages.

    `pooled`: all cohorts together, `age`, `value`, `n`. `again`: revenue is single purchases, so a customer does not
    keep buying but buys again.
    """
    told = _told(pooled)
    if told.empty:
        return say("findings.cohorts.few")
    last, recent = told.iloc[-1], told.iloc[-_RECENT:]
    age = int(last["age"])
    values: dict[str, Any] = {"age": age, "units": age_unit(grain, age), "unit": age_unit(grain, 1)}
    form = ("again_revenue" if revenue else "again") if again else ("above" if revenue else "kept")
    if _unsteady(recent["value"]):
        low, high = (numbers.percent(value) for value in _ends(recent["value"]))
        since = int(recent["age"].iloc[0])
        return say(f"findings.retention.{form}_unsteady", since=since, low=low, high=high, **values)
    return say(f"findings.retention.{form}", share=numbers.percent(last["value"]), **values)


def told_age(pooled: pd.DataFrame) -> int | None:
    """The greatest age that 30 units were followed to, of which a title may speak; None without."""
    told = _told(pooled)
    return int(told["age"].iloc[-1]) if len(told) else None


def _told(pooled: pd.DataFrame) -> pd.DataFrame:
    return pooled[(pooled["n"] >= numbers.SMALL) & (pooled["age"] > 0)].sort_values("age", kind="stable")


def _unsteady(values: pd.Series) -> bool:
    """Whether values go down and up again, or up and down, by more than a tenth: none of them is the level."""
    if values.is_monotonic_increasing or values.is_monotonic_decreasing:
        return False
    low, high = _ends(values)
    return high - low > 0.1


def _ends(values: pd.Series) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def retention_course(pooled: pd.DataFrame, *, what: str, grain: str = "month") -> str:
    """The same at two ages, halfway and last, of all customers together. `what`: "Customers kept"."""
    told = _told(pooled)
    if told.empty:
        return say("findings.cohorts.few")
    middle, last = told.iloc[(len(told) - 1) // 2], told.iloc[-1]
    values: dict[str, Any] = {
        "last": numbers.percent(last["value"]),
        "age": int(last["age"]),
        "units": age_unit(grain, last["age"]),
    }
    if middle["age"] == last["age"]:
        return fitted("findings.retention.course_one", {"what": what}, **values)
    half: dict[str, Any] = {"middle": numbers.percent(middle["value"]), "half": int(middle["age"])}
    return fitted("findings.retention.course", {"what": what}, **values, **half)


def age_unit(grain: str, age: float) -> str:
    """ "month" or "months", by how many."""
    return say(f"findings.cohorts.{'age_one' if age == 1 else 'age_many'}.{grain}")


def complete(frame: pd.DataFrame) -> pd.DataFrame:
    """The cells with a value whose unit has ended."""
    cells = frame.dropna(subset=["value"])
    if "partial" not in cells:
        return cells
    return cells[~cells["partial"].astype("boolean").fillna(False).astype(bool)]
