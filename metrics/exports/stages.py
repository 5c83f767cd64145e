"""The stage map of an export: the order of the stages and what each means, prefilled by words, flags, probability."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from metrics.exports import stage_order
from metrics.exports.convert import Rows

_LOST = re.compile(r"lost|perdid|проигр|провал|закрыто и не|输|丢单|失败", re.IGNORECASE)
_WON = re.compile(r"\bwon\b|closedwon|ganad|выигр|успешн|赢|成交", re.IGNORECASE)
_UNDECIDED = re.compile(r"no[ _-]decision|sin decisi[oó]n|без решения", re.IGNORECASE)
_LAST = {"open": 0, "won": 1, "no_decision": 2, "lost": 3}


@dataclass(frozen=True)
class _Seen:
    """A stage as the rows show it; `first` is where it appears first (a column of dates before any row)."""

    pipeline: str | None
    stage: str
    deals: int
    first: int
    probability: float | None
    all_closed: bool = False
    all_won: bool = False
    all_lost: bool = False


def by_words(stage: str) -> str | None:
    """The outcome that the stage's own words say, or None."""
    if _UNDECIDED.search(stage):
        return "no_decision"
    if _LOST.search(stage):
        return "lost"
    return "won" if _WON.search(stage) else None


def stage_map(con: duckdb.DuckDBPyConnection, rows: Rows, visits: str | None = None) -> list[dict[str, Any]]:
    """The stages of the loaded rows (and of table `visits`), in order: the user's own map first, then as prefilled.

    `is_order_told` of a stage is False where the order of its pipeline's open stages is a guess, `is_outcome_told`
    where nothing says what it means, so that it is taken as open.
    """
    seen = _seen(con, rows, visits)
    given = {stage: i for i, stage in enumerate(rows.plan.stages)}
    pipelines = list(dict.fromkeys(s.pipeline for s in seen)) or [rows.plan.constants.get("pipeline")]
    unseen = [stage for stage in given if not any(s.stage == stage for s in seen)]
    if rows.plan.stages and len(pipelines) == 1:
        seen += [_Seen(pipelines[0], stage, 0, 0, None) for stage in unseen]

    has_flags = not {"_is_closed", "_is_won", "outcome"}.isdisjoint(rows.plan.columns)
    result: list[dict[str, Any]] = []
    for pipeline in pipelines:
        own = [s for s in seen if s.pipeline == pipeline]
        is_open = [s for s in own if _outcome(rows, s) == "open"]
        is_told = stage_order.is_told(
            [s.stage for s in is_open], said=rows.plan.stages, probabilities=[s.probability for s in is_open],
            dated=visits is not None,
        )  # fmt: skip
        for i, stage in enumerate(_in_order(rows, own, given, visits), start=1):
            result.append({
                "pipeline": pipeline, "stage": stage.stage, "stage_order": i, "outcome": _outcome(rows, stage),
                "probability": stage.probability, "deals": stage.deals, "is_order_told": is_told,
                "is_outcome_told": stage.stage in rows.plan.stages or _told(stage) is not None or has_flags,
            })  # fmt: skip
    return result


def _in_order(rows: Rows, stages: list[_Seen], given: dict[str, int], visits: str | None) -> list[_Seen]:
    """The stages of one pipeline: as given; then the open ones by probability, then, in a file that is mapped by hand
    and dates no stage, by their numbers or words, then as they appear."""
    names = [s.stage for s in stages if _outcome(rows, s) == "open" and s.stage not in given]
    likely: Mapping[str, Any] = {}
    if rows.plan.source == "mapping" and visits is None:
        likely = stage_order.by_numbers(names) or stage_order.by_words(names)

    def order(stage: _Seen) -> tuple[Any, ...]:
        if stage.stage in given:
            return (0, given[stage.stage])
        outcome = _outcome(rows, stage)
        chance = 2.0 if stage.probability is None else stage.probability
        return (1, _LAST[outcome], chance if outcome == "open" else 0.0, likely.get(stage.stage, 0), stage.first)

    return sorted(stages, key=order)


def _outcome(rows: Rows, stage: _Seen) -> str:
    if stage.stage in rows.plan.stages:
        return rows.plan.stages[stage.stage]
    return _told(stage) or "open"


def _told(stage: _Seen) -> str | None:
    """What the stage's words say it means, or what its closed deals came to; None where neither does."""
    said = by_words(stage.stage)
    if said:
        return said
    if stage.all_won:
        return "won"
    return "lost" if stage.all_lost or stage.all_closed else None


def _seen(con: duckdb.DuckDBPyConnection, rows: Rows, visits: str | None) -> list[_Seen]:
    if "opportunity_id" not in rows.plan.table or "stage" not in rows.fed:
        return []
    deals = "count(*)" if rows.plan.table_name == "opportunities" else "count(DISTINCT opportunity_id)"
    probability = "median(probability)" if "probability" in rows.plan.table else "CAST(NULL AS DOUBLE)"
    found = con.execute(
        f"SELECT pipeline, stage, {deals}, min(_row), {probability}, "
        "coalesce(bool_and(coalesce(_is_closed, false)), false), coalesce(bool_and(coalesce(_is_won, false)), false), "
        "coalesce(bool_and(coalesce(_is_lost, false)), false) "
        f"FROM {rows.sheet.table}_loaded WHERE stage IS NOT NULL GROUP BY pipeline, stage ORDER BY min(_row)"
    ).fetchall()
    seen = [_Seen(*row) for row in found]
    if visits is None:
        return seen
    query = f"SELECT pipeline, stage, min(_position) AS place FROM {visits} GROUP BY pipeline, stage ORDER BY place"
    places = {(pipeline, stage): place - 10**9 for pipeline, stage, place in con.execute(query).fetchall()}
    known = {(s.pipeline, s.stage) for s in seen}
    placed = [replace(s, first=places.get((s.pipeline, s.stage), s.first)) for s in seen]
    return placed + [_Seen(p, s, 0, at, None) for (p, s), at in places.items() if (p, s) not in known]
