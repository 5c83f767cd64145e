"""Two sides held against each other: difference, lift, interval, verdict and a sentence."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd

from metrics.answer import Comparison, Verdict, row_name
from metrics.metric import Metric
from metrics.statistics.bootstrap import Statistic, difference_intervals, product_interval, ratio_intervals
from metrics.statistics.intervals import newcombe

FEW = 5
Bounds = tuple[float | None, float | None]
Row = dict[str, Any]
Rows = dict[tuple[Any, ...], Row]


def compare_sides(
    metric: Metric,
    segments: tuple[str, str],
    sides: tuple[pd.DataFrame, pd.DataFrame],
    rows: tuple[pd.DataFrame, pd.DataFrame] | None,
    keys: list[str],
) -> Iterator[Comparison]:
    """One comparison for each combination of `keys` that both sides have; where the keys are parts of one whole, for
    each that either has, since a part that a side lacks is none of its whole.

    `sides` are the two sides' answer rows, `rows` the rows behind them (for the bootstrap; None where not needed).
    """
    one, other = (_by_keys(side, keys) for side in sides)
    if metric.parts_of_whole:
        one, other = _filled(metric, one, other), _filled(metric, other, one)
    both = [key for key in one if key in other]
    drawn = None
    fewest = [np.inf, np.inf]
    if rows is not None and metric.compare == "product":
        fewest = [_fewest(side) for side in rows]
        drawn = {(): _products_apart(rows)}
    elif rows is not None and metric.compare == "rate_or_ratio":
        drawn = _drawn("ratio", rows, keys, [key for key in both if not _is_rate(metric, one[key], other[key])])
    elif rows is not None and metric.compare not in ("none", "newcombe"):
        by_age = metric.compare == "ratio" and keys[-1:] == ["age"]
        drawn = _by_age(rows, keys) if by_age else _drawn(cast(Statistic, metric.compare), rows, keys, both)
    for parts in both:
        named = dict(zip(keys, parts, strict=True))
        first, second = one[parts], other[parts]
        if number(first.get(metric.compare_column)) is None and number(second.get(metric.compare_column)) is None:
            continue
        bounds = partial(_rates_apart, metric, first, second)
        if drawn is not None and not _is_rate(metric, first, second):
            bounds = partial(drawn.get, parts, (None, None))
        few = min(_size(metric, first), _size(metric, second), *fewest) < FEW
        yield _compare(metric, segments, first, second, bounds, named, few)


def _by_keys(side: pd.DataFrame, keys: list[str]) -> dict[tuple[Any, ...], Row]:
    """The rows by the values of `keys`, missing ones as None. (Looking each up in the frame is slow.)"""
    found: dict[tuple[Any, ...], Row] = {}
    for row in side.to_dict("records"):
        found.setdefault(row_name(tuple(row[key] for key in keys)), cast(Row, row))
    return found


def _filled(metric: Metric, side: Rows, other: Rows) -> Rows:
    """`side` with the parts that only `other` has, as 0 of the side's own whole (in the same segment)."""
    own = len(metric.keys)
    wholes = {key[:-own]: row["denominator"] for key, row in side.items()}
    none = {
        key: {"numerator": 0, "denominator": wholes[key[:-own]], "n": wholes[key[:-own]], metric.compare_column: 0.0}
        for key in other
        if key not in side and wholes.get(key[:-own])
    }
    return side | none


def _by_age(rows: tuple[pd.DataFrame, pd.DataFrame], keys: list[str]) -> dict[tuple[Any, ...], Bounds]:
    """The intervals of all ages of a cohort at once, which are of the same accounts."""
    found: dict[tuple[Any, ...], Bounds] = {}
    cohorts = dict(iter(rows[1].groupby(keys[:-1])))
    for cohort, first in rows[0].groupby(keys[:-1]):
        second = cohorts.get(cohort)
        if second is None:
            continue
        ages = np.intersect1d(first["age"], second["age"])
        low, high = ratio_intervals(_ages_of_accounts(first, ages), _ages_of_accounts(second, ages))
        for age, *bounds in zip(ages, low, high, strict=True):
            found[*cast(tuple[Any, ...], cohort), age] = (None, None) if np.isnan(bounds[0]) else (bounds[0], bounds[1])
    return found


def _ages_of_accounts(rows: pd.DataFrame, ages: Any) -> tuple[Any, Any]:
    """(measures, weights), accounts × `ages`."""
    rows = rows[np.isin(rows["age"], ages)]
    names, account = np.unique(rows["cluster"].to_numpy(), return_inverse=True)
    cell = account * len(ages) + np.searchsorted(ages, rows["age"])
    shape = (len(names), len(ages))
    size = shape[0] * shape[1]
    measures = np.bincount(cell, weights=rows["drawn"].to_numpy(dtype=float), minlength=size).reshape(shape)
    return measures, np.bincount(cell, weights=rows["weight"].to_numpy(dtype=float), minlength=size).reshape(shape)


def _fewest(rows: pd.DataFrame) -> float:
    """How many rows the scarcest factor of a product has: a pace of many deals may rest on two wins."""
    return float(rows.groupby("factor").size().min()) if len(rows) else 0.0


def _products_apart(rows: tuple[pd.DataFrame, pd.DataFrame]) -> Bounds:
    """The interval of the difference of two products of totals."""
    powers = pd.concat(rows).groupby("factor")["power"].first()
    if powers.empty or any(side["factor"].nunique() < len(powers) for side in rows):
        return None, None
    totals = [
        side.pivot_table(index="cluster", columns="factor", values="drawn", aggfunc="sum", fill_value=0.0)
        for side in rows
    ]
    one, other = (side.to_numpy(dtype=float) for side in totals)
    low, high = product_interval(one, other, powers.to_numpy(dtype=float))
    return (None, None) if np.isnan(low) else (low, high)


def _drawn(
    statistic: Statistic, rows: tuple[pd.DataFrame, pd.DataFrame], keys: list[str], both: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Bounds]:
    """The intervals of all keys at once: accounts are drawn once for all of them."""
    sides, groups = zip(*(_side(frame, keys, both) for frame in rows), strict=True)
    lows, highs = difference_intervals(statistic, sides[0], sides[1], (groups[0], groups[1]), len(both))
    return {
        key: (None, None) if np.isnan(low) else (float(low), float(high))
        for key, low, high in zip(both, lows, highs, strict=True)
    }


def _side(rows: pd.DataFrame, keys: list[str], both: list[tuple[Any, ...]]) -> tuple[tuple[Any, Any, Any], Any]:
    """(measure, weight, account) of the side's rows, and the place of each row's keys in `both`."""
    rows = rows[rows["drawn"].notna()]
    group = np.zeros(len(rows), dtype=np.intp)
    if keys:
        places = {key: place for place, key in enumerate(both)}
        _, first, code = np.unique(
            rows.groupby(keys, dropna=False).ngroup().to_numpy(), return_index=True, return_inverse=True
        )
        named = rows[keys].iloc[first].itertuples(index=False, name=None)
        group = np.array([places.get(row_name(key), -1) for key in named], dtype=np.intp)[code]
        rows, group = rows[group >= 0], group[group >= 0]
    weight = rows["weight"].to_numpy(dtype=float) if "weight" in rows else np.ones(len(rows))
    return (rows["drawn"].to_numpy(dtype=float), weight, rows["cluster"].to_numpy()), group


def _compare(
    metric: Metric, segments: tuple[str, str], first: Row, second: Row,
    bounds: Callable[[], Bounds], keys: dict[str, Any], few: bool,
) -> Comparison:  # fmt: skip
    column = metric.compare_column
    values = (number(first.get(column)), number(second.get(column)))
    if values[0] is None or values[1] is None:
        difference = lift = low = high = None
    else:
        difference = values[0] - values[1]
        lift = difference / values[1] if values[1] and metric.compare != "correlation" else None
        low, high = bounds() if not few else (None, None)
    better = metric.better_of(keys)
    verdict = _verdict(better, difference, low, high, few=few)
    subject = ", ".join([metric.title, *(str(part) for part in keys.values() if part is not None)])
    sentence = f"{subject}: {_sentence(_form(metric, keys), better, segments, values, difference, low, high, verdict)}"
    return Comparison(keys, column, segments, values, difference, lift, low, high, verdict, sentence)


def number(value: object) -> float | None:
    """A cell as a number; None for undefined."""
    return None if value is None or pd.isna(cast(Any, value)) else float(cast(Any, value))


def _is_rate(metric: Metric, first: Row, second: Row) -> bool:
    """Whether both sides are counts of counts, which Newcombe compares."""
    if metric.compare != "rate_or_ratio":
        return metric.compare == "newcombe"
    return all(number(side.get("numerator")) is not None for side in (first, second))


def _size(metric: Metric, row: Row) -> float:
    return number(row.get("denominator" if metric.compare == "newcombe" else "n")) or 0


def _rates_apart(metric: Metric, first: Row, second: Row) -> Bounds:
    if not _is_rate(metric, first, second):
        return None, None
    return newcombe(first["numerator"], first["denominator"], second["numerator"], second["denominator"])


def _verdict(better: str, difference: float | None, low: float | None, high: float | None, *, few: bool) -> Verdict:
    if few or difference is None:
        return "too few to say"
    if low is None or high is None or low <= 0 <= high:
        return "no clear difference"
    # The words of a verdict are fixed: of a metric without a better side, “better” is the higher one.
    return "better" if (difference > 0) == (better != "lower") else "worse"


def _sentence(
    form: str, better: str, segments: tuple[str, str], values: tuple[float | None, float | None],
    difference: float | None, low: float | None, high: float | None, verdict: Verdict,
) -> str:  # fmt: skip
    sides = f"{segments[0]} {in_words(values[0], form)} against {segments[1]} {in_words(values[1], form)}"
    if verdict == "too few to say" or difference is None:
        return f"{sides}; too few to say."
    interval = _interval_in_words(form, low, high, absolute=verdict != "no clear difference")
    if verdict == "no clear difference":
        return f"{sides}; no clear difference{interval}."
    if better == "none":
        higher = segments[0] if difference > 0 else segments[1]
        return f"{sides}; {higher} is higher by {_difference(abs(difference), form)}{interval}."
    winner = segments[0] if verdict == "better" else segments[1]
    return f"{sides}; {winner} is better by {_difference(abs(difference), form)}{interval}."


def _interval_in_words(form: str, low: float | None, high: float | None, *, absolute: bool) -> str:
    """The interval of the difference; `absolute`: of its size, where the sentence says who is better."""
    if low is None or high is None:
        return ""
    ends = sorted((abs(low), abs(high))) if absolute else [low, high]
    first = _difference(ends[0], form).removesuffix(" points").removesuffix(" days")
    return f" (95 % interval {first} to {_difference(ends[1], form)})".replace("-", "−")


def _difference(value: float, form: str) -> str:
    return f"{value * 100:.3g} points" if form == "percent" else in_words(value, form)


def _form(metric: Metric, keys: Mapping[str, object]) -> str:
    """How the compared figure of the row with these keys is written: a count's step rate is a rate."""
    return "percent" if metric.compare == "newcombe" else metric.format_of(keys)


def in_words(value: float | None, form: str) -> str:
    """A value with its unit, three significant digits for rates and ratios."""
    if value is None:
        return "n/a"
    if form == "percent":
        return f"{value * 100:.3g} %"
    if form == "days":
        return f"{value:,.1f} days"
    return f"{value:,.0f}" if form in ("money", "count") else f"{value:.3g}"
