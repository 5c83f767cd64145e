"""HubSpot's wide stage dates: one column a stage, `Date entered "Stage (Pipeline)"`, with the latest entry only."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import duckdb

from metrics.exports.convert import Rows
from metrics.exports.headers import normalised
from metrics.exports.plan import Match, Plan, StageDate

_WORDS = re.compile(
    r'^(date entered|date exited|latest time in|cumulative time in|time in)\s+(?:"(.+)"|(.+?))(?:\s+\(([^"]+)\))?$',
    re.IGNORECASE | re.DOTALL,
)
_INTERNAL = re.compile(r"^hs_(?:v2_)?(date_entered|date_exited|latest_time_in|cumulative_time_in|time_in)_(.+)$")
_NOT_A_STAGE = {"date entered current stage", "time in current stage", "hs_v2_date_entered_current_stage",
                "hs_v2_time_in_current_stage"}  # fmt: skip


@lru_cache(maxsize=10_000)
def is_stage_date(header: str) -> bool:
    """Whether a header dates the entry into a stage."""
    return (_parts(header) or ("",))[0] == "date entered"


def add_stage_dates(plan: Plan, headers: Sequence[str], pipelines: Iterable[str]) -> None:
    """Give the plan the columns that date stages; durations beside them are worked out from the dates, not kept."""
    entered: dict[tuple[str, str | None], int] = {}
    exited: dict[tuple[str, str | None], int] = {}
    ignored = set(plan.ignored)
    for position, header in enumerate(headers, start=1):
        parts = _parts(header)
        if parts is None:
            continue
        what, label, outside = parts
        stage = (label, outside) if outside else split_label(label, pipelines)
        ignored.add(position)
        if what in ("date entered", "date exited"):
            (entered if what == "date entered" else exited).setdefault(stage, position)
            column = "entered_at" if what == "date entered" else "exited_at"
            plan.columns[f"_{what.split()[1]}:{position}"] = (position,)
            plan.matches[position] = Match(f"stage_visits.{column}", "certain", "its header")
        else:
            plan.matches[position] = Match(None, "certain", "worked out from the stage dates")
    plan.ignored = frozenset(ignored)
    plan.visits = tuple(StageDate(s, p, at, exited.get((s, p))) for (s, p), at in entered.items())


def _parts(header: str) -> tuple[str, str, str | None] | None:
    if normalised(header) in _NOT_A_STAGE:
        return None
    if found := _WORDS.match(header.strip()):
        label = found[2] or found[3]
        return (
            found[1].lower(),
            (f"{label} ({found[4]})" if found[3] and found[4] else label),
            found[4] if found[2] else None,
        )
    if found := _INTERNAL.match(header.strip()):
        return found[1].replace("_", " "), found[2], None
    return None


def split_label(label: str, pipelines: Iterable[str]) -> tuple[str, str | None]:
    """Stage and pipeline of `Stage (Pipeline)`: a known pipeline as suffix, else the last parenthesis."""
    for pipeline in sorted(pipelines, key=len, reverse=True):
        if label.endswith(f" ({pipeline})"):
            return label[: -len(pipeline) - 3].strip(), pipeline
    if label.endswith(")") and " (" in label:
        stage, _, pipeline = label[:-1].rpartition(" (")
        return stage.strip(), pipeline.strip()
    return label.strip(), None


def visits(con: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    """A table of the stage visits that the date columns of the plan tell; its name."""
    name = f"{rows.sheet.table}_visits"
    con.execute(f"CREATE TABLE {name}_labels (entered INTEGER, stage VARCHAR, pipeline VARCHAR)")
    con.executemany(
        f"INSERT INTO {name}_labels VALUES (?, ?, ?)", [[v.entered, v.stage, v.pipeline] for v in rows.plan.visits]
    )
    each = " UNION ALL ".join(
        f'SELECT opportunity_id, pipeline, "_entered:{v.entered}" AS entered_at, '
        + (f'"_exited:{v.exited}"' if v.exited else "CAST(NULL AS TIMESTAMP)")
        + f" AS exited_at, _row, {v.entered} AS position FROM {rows.sheet.table}_loaded "
        f'WHERE "_entered:{v.entered}" IS NOT NULL'
        for v in rows.plan.visits
    )
    con.execute(
        f"CREATE TABLE {name} AS SELECT d.opportunity_id, coalesce(l.pipeline, d.pipeline) AS pipeline, l.stage, "
        "d.entered_at, d.exited_at, 'partial' AS quality, d._row, CAST(d.position AS BIGINT) AS _position "
        f"FROM ({each}) d JOIN {name}_labels l ON l.entered = d.position"
    )
    return name
