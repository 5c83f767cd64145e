"""Asking: a metric and a scope go in, an answer comes out. Pages, command line and notebooks call these functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from metrics.answer import Answer, Comparison
from metrics.catalog import find_metric
from metrics.comparison import compare_sides
from metrics.compose import Composition, compose, place_of, unreached
from metrics.dimensions import SEVERAL, identifier
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.goals import against_goal
from metrics.metric import Metric, OptionValue
from metrics.periods import COMPARED_WITH, compared_scope
from metrics.scope import Scope
from metrics.statistics.intervals import median_rank, wilson
from metrics.statistics.survival import HORIZONS, LifeTable

COUNTS = ("n", "numerator", "denominator", "deals", "visits", "customers", "accounts", "size", "open_n")
_LIFE = ("t", "closed", "won", "censored")


def measure(
    snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
) -> Answer:
    """What the metric `name` says in `scope`. QuestionError where the question makes no sense."""
    metric, scope, chosen = find_metric(name), scope or Scope(), settled(snapshot, name, options)
    frame, excluded = _measured(snapshot, metric, scope, chosen)
    comparison: tuple[Comparison, ...] = ()
    if scope.compare in COMPARED_WITH:
        comparison = tuple(_against_other_period(snapshot, metric, scope, chosen, frame))
    elif scope.compare == "goal":
        comparison = tuple(against_goal(snapshot, metric, scope, frame))
    elif _has_two_sides(metric, scope, frame):
        comparison = tuple(_against_rest(snapshot, metric, scope, chosen, frame))
    return Answer(
        metric=metric, scope=scope, sentence=scope.sentence(metric.units, metric.clock_words), as_of=snapshot.as_of,
        currency=snapshot.currency, frame=frame, excluded=excluded,
        warnings=tuple(_warnings(snapshot, metric, scope, chosen)), comparison=comparison, options=dict(chosen),
    )  # fmt: skip


def _has_two_sides(metric: Metric, scope: Scope, frame: pd.DataFrame) -> bool:
    if metric.compare == "none" or not scope.by or scope.by in SEVERAL or scope.grain:
        return False
    return frame["segment"].nunique() == 2


def settled(snapshot: Snapshot, name: str, options: Mapping[str, object] | None = None) -> dict[str, OptionValue]:
    """The value of every option of the metric: its default, the workspace's setting, then what was given."""
    metric = find_metric(name)
    metric.refuse_unknown(options or {})
    return metric.settle(snapshot.settings, options or {})


def life_tables(
    snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
) -> dict[tuple[Any, ...], LifeTable]:
    """The survival behind a metric's Kaplan–Meier figures, by (segment, period, keys…)."""
    metric = find_metric(name)
    composition = compose(metric, scope or Scope(), snapshot, settled(snapshot, name, options))
    return dict(_lives(snapshot, metric, composition))


def group_columns(metric: Metric) -> list[str]:
    """The columns that name a row of an answer."""
    return ["segment", "period", *metric.keys]


def _measured(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]
) -> tuple[pd.DataFrame, tuple[tuple[str, int], ...]]:
    if split_by_touches(metric, scope, snapshot):
        return _measured_one_by_one(snapshot, metric, scope, options)
    composition = compose(metric, scope, snapshot, options)
    frame = _run(snapshot, composition, metric, "answer")
    frame = _with_intervals(snapshot, metric, composition, frame)
    frame = _with_survival(snapshot, metric, composition, frame)
    excluded: tuple[tuple[str, int], ...] = ()
    if "left_out" in metric.sections:
        left = _run(snapshot, composition, metric, "left_out")
        excluded = tuple((str(r), int(n)) for r, n in zip(left["reason"], left["n"], strict=True) if n)
    return _tidy(snapshot, metric, scope, frame), excluded


def split_by_touches(metric: Metric, scope: Scope, snapshot: Snapshot) -> bool:
    """Whether the split is by what a unit has many touches of: each value is then measured alone, as a filter."""
    return metric.touches and scope.by in SEVERAL and place_of(scope.by, metric, snapshot).of == "touches"


def _measured_one_by_one(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]
) -> tuple[pd.DataFrame, tuple[tuple[str, int], ...]]:
    """A split by what a unit has many of (channels, campaigns): each value measured alone, so segments overlap."""
    column = identifier(str(scope.by))
    values = snapshot.run(
        f"SELECT DISTINCT {column} AS value FROM model.activities WHERE {column} IS NOT NULL ORDER BY 1"
    )
    chosen = scope.filter_values(str(scope.by))
    whole, excluded = _measured(snapshot, metric, replace(scope, by=None), options)
    frames = [
        _measured(snapshot, metric, replace(scope.where(str(scope.by), value), by=None), options)[0].assign(
            segment=value
        )
        for value in map(str, values["value"])
        if not chosen or value in chosen
    ]
    return (pd.concat(frames, ignore_index=True) if frames else whole.iloc[:0]), excluded


def _run(snapshot: Snapshot, composition: Composition, metric: Metric, section: str, select: str = "") -> pd.DataFrame:
    sql = composition.sql(metric, section, select or None)
    return snapshot.run(sql, composition.used(sql))


def _with_intervals(snapshot: Snapshot, metric: Metric, composition: Composition, frame: pd.DataFrame) -> pd.DataFrame:
    if metric.interval == "wilson":
        low, high = wilson(frame["numerator"], frame["denominator"])
        return frame.assign(low=low, high=high)
    if metric.interval not in ("median", "median_column"):
        return frame
    names = ("low", "high") if metric.interval == "median" else ("median_low", "median_high")
    columns = group_columns(metric)
    ends = _run(snapshot, composition, metric, "bounds", _MEDIAN_ENDS.format(", ".join(map(identifier, columns))))
    bounds = {_key(key): _median_bounds(group) for key, group in ends.groupby(columns, dropna=False)}
    pairs = [bounds.get(key, (np.nan, np.nan)) for key in _keys(frame, columns)]
    return frame.assign(**{names[0]: [p[0] for p in pairs], names[1]: [p[1] for p in pairs]})


# The bounds are two order statistics; by the normal approximation they lie near these positions, so that a few rows
# a group are fetched instead of all.
_MEDIAN_ENDS = """
SELECT * FROM (
  SELECT {0}, measure, row_number() OVER (PARTITION BY {0} ORDER BY measure) AS position,
    count(*) OVER (PARTITION BY {0}) AS n
  FROM rows WHERE measure IS NOT NULL
) ranked
WHERE abs(position - n / 2.0 + 0.98 * sqrt(n)) < 4 OR abs(position - n / 2.0 - 0.98 * sqrt(n)) < 4
"""


def _median_bounds(ends: pd.DataFrame) -> tuple[float, float]:
    """The interval of a group's median, from its rows near the bounds."""
    n = int(ends["n"].iloc[0])
    rank = median_rank(n)
    if rank is None:
        return np.nan, np.nan
    at = dict(zip(ends["position"], ends["measure"], strict=True))
    return float(at[rank]), float(at[n + 1 - rank])


def _keys(frame: pd.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    return [_key(row) for row in frame[columns].itertuples(index=False, name=None)]


def _key(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row's name; what is missing as None, since no NaN equals another."""
    return tuple(None if pd.isna(part) else part for part in parts)


def _lives(snapshot: Snapshot, metric: Metric, composition: Composition) -> list[tuple[tuple[Any, ...], LifeTable]]:
    columns = group_columns(metric)
    life = _run(snapshot, composition, metric, "life")
    won = life["won"] if "won" in life else life["closed"]
    life = life.assign(won=won)
    return [
        (key, LifeTable.of(group["t"], group["closed"], group["won"], group["censored"]))
        for key, group in life.groupby(columns, dropna=False)
    ]


def _with_survival(snapshot: Snapshot, metric: Metric, composition: Composition, frame: pd.DataFrame) -> pd.DataFrame:
    if not metric.steps:
        return frame
    columns = group_columns(metric)
    records = []
    for key, table in _lives(snapshot, metric, composition):
        record = dict(zip(columns, key, strict=True))
        if "kaplan_meier" in metric.steps:
            record["km_median"] = table.median()
        if "won_by" in metric.steps:
            record |= {f"won_by_{days}": table.won_by(days) for days in HORIZONS}
        records.append(record)
    names = ["km_median"] if metric.steps == ("kaplan_meier",) else ["km_median", *(f"won_by_{d}" for d in HORIZONS)]
    survival = pd.DataFrame(records, columns=[*columns, *names])
    survival[names] = survival[names].astype(float)
    for column in columns:
        if column in frame and len(survival):
            survival[column] = survival[column].astype(frame[column].dtype)
    if not len(survival):
        return frame.assign(**dict.fromkeys(names, np.nan))
    if metric.keys:
        return frame.merge(survival, on=columns, how="left")
    # A segment or period may have deals to follow and none that counts for the value.
    merged = frame.merge(survival, on=columns, how="outer")
    return merged.fillna({c: 0 for c in COUNTS if c in merged})


def _tidy(snapshot: Snapshot, metric: Metric, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty and not metric.keys and not scope.by and not scope.grain and not metric.list_of:
        frame = pd.DataFrame([{c: 0 if c in COUNTS else None for c in frame.columns} | {"segment": "All"}])
        known = metric.format == "count" and not _missing(snapshot, metric)
        frame["value"] = 0 if known else frame["value"].astype(float)
    if _missing(snapshot, metric):
        frame = frame.assign(**{c: np.nan for c in ("value", "low", "high") if c in frame})
    unasked = [own for own in metric.own_splits if own != scope.by]
    frame = frame.drop(columns=unasked if scope.grain else [*unasked, "period"], errors="ignore")
    if scope.by == "account":
        names = snapshot.run("SELECT account_id, name FROM model.accounts")
        named = dict(zip(names["account_id"], names["name"], strict=True))
        ids = frame["segment"]
        frame = frame.assign(account_id=ids, account=ids.map(named), segment=ids.map(named).fillna(ids))
    if scope.by == "target" and not frame.empty:
        frame = frame.sort_values("segment", key=lambda s: s != "target", kind="stable", ignore_index=True)
    if "n" in frame and frame["n"].notna().all():
        frame = frame.astype({c: "int64" for c in COUNTS if c in frame and frame[c].notna().all()})
    return frame


def _rows_for_comparison(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]
) -> pd.DataFrame | None:
    """The measures behind each row with the account they belong to: what the bootstrap draws."""
    if metric.compare in ("none", "newcombe"):
        return None
    composition = compose(metric, scope, snapshot, options)
    weight = ", r.weight" if metric.compare == "ratio" else ""
    wanted = ", ".join(f"r.{identifier(column)}" for column in group_columns(metric))
    account = "o.account_id, r.opportunity_id" if metric.unit in ("deal", "visit") else "r.account_id"
    deals = " LEFT JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id" if "o." in account else ""
    rows = _run(
        snapshot, composition, metric, "measures",
        f"SELECT {wanted}, r.measure{weight}, coalesce({account}) AS cluster FROM rows r{deals} "
        "WHERE r.measure IS NOT NULL",
    )  # fmt: skip
    return rows.assign(cluster=pd.factorize(rows["cluster"])[0])


def _against_rest(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue], frame: pd.DataFrame
) -> list[Comparison]:
    one, other = frame["segment"].unique()
    rows = _rows_for_comparison(snapshot, metric, scope, options)
    sides = frame[frame["segment"] == one], frame[frame["segment"] == other]
    behind = (rows[rows["segment"] == one], rows[rows["segment"] == other]) if rows is not None else None
    return list(compare_sides(metric, (str(one), str(other)), sides, behind, list(metric.keys)))


def _against_other_period(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue], frame: pd.DataFrame
) -> list[Comparison]:
    if metric.clock == "as_of" or scope.grain or metric.compare == "none":
        raise QuestionError(f"{metric.name} cannot be compared with another period in this shape: leave out --grain, "
                            "and choose a metric with a clock (`list` shows it).")  # fmt: skip
    if split_by_touches(metric, scope, snapshot):
        raise QuestionError(f"Segments of {scope.by} overlap and are not compared with another period: filter by one.")
    assert scope.compare is not None
    other_scope = compared_scope(scope, snapshot.as_of, scope.compare)
    now = replace(scope, compare=None)
    other, _ = _measured(snapshot, metric, other_scope, options)
    rows = _rows_for_comparison(snapshot, metric, now, options)
    before = _rows_for_comparison(snapshot, metric, other_scope, options)
    behind = (rows, before) if rows is not None and before is not None else None
    keys = ["segment", *metric.keys] if scope.by else list(metric.keys)
    return list(compare_sides(metric, ("this period", COMPARED_WITH[scope.compare]), (frame, other), behind, keys))


def _missing(snapshot: Snapshot, metric: Metric) -> list[str]:
    """The tables that the metric needs and that hold nothing: without them it is undefined, not 0."""
    return [table for table in metric.needs if not snapshot.row_counts.get(table)]


def _warnings(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> list[str]:
    missing = _missing(snapshot, metric)
    found = [f"{metric.title} needs {', '.join(missing)}: nothing of it is loaded."] if missing else []
    found += [
        f"Not filtered by {name}: it is no property of what is counted." for name in unreached(metric, scope, snapshot)
    ]
    if scope.by in SEVERAL:
        found.append(f"One of the {metric.units} may be in several segments of {scope.by}: they do not add up.")
    if metric.format == "money" and snapshot.currency is None and not missing:
        found.append("The data name no currency: amounts are added as one unnamed currency.")
    if scope.by == "target" or scope.filter_values("target"):
        found += target_bias(snapshot)
    if "warnings" in metric.sections:
        whole = replace(scope, grain=None, by=scope.by if scope.by in metric.own_splits else None)
        own = _run(snapshot, compose(metric, whole, snapshot, options), metric, "warnings")
        found += [str(w).replace("{n}", f"{int(n):,}") for w, n in zip(own["warning"], own["n"], strict=True) if n]
    return [*found, *snapshot.warnings]


def target_bias(snapshot: Snapshot) -> list[str]:
    """The guard against a target flag set after the deal."""
    late, undated = snapshot.target_dating
    found = []
    if late:
        found.append(f"{late} accounts became targets after their first deal had opened.")
    if undated:
        found.append(
            "Some target accounts have no since-date: today's flag is used, and accounts are often flagged because a "
            "deal exists."
        )
    return found
