"""The stage map of an export: the order of the stages and what each means, prefilled by words, flags, probability."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from metrics.exports import stage_order
from metrics.exports.convert import Rows
from metrics.exports.words import NEGATED

_LOST = re.compile(r"lost|perdid|проигр|провал|закрыто и не|输|丢单|失败", re.IGNORECASE)
_WON = re.compile(r"\bwon\b|closedwon|ganad|выигр|успешн|赢|成交", re.IGNORECASE)
_UNDECIDED = re.compile(r"no[ _-]decision|sin decisi[oó]n|без решения", re.IGNORECASE)
_PAUSE = re.compile(r"\s+[-–—]+\s+|[:;,/|()]")
_QUALIFIED = re.compile(
    r"\?|\bback\b|\bagain|\bre-?try|nurtur|recycl|\bre-?(open|engag|activ|visit|cover)|almost|nearly|likely|probabl"
    r"|possib|posib|maybe|potential|soon\b|pending|verbal|\brisk|expected|forecast|follow|partial"
    r"|lost (contact|touch|connection)|contact lost"
    r"|contacto|recuper|reintent|reabr|reabi|\bcasi\b|quiz[aá]|tal vez|pendient|otra vez|de nuevo|seguimiento|riesgo"
    r"|почти|возможн|вероятн|скоро|возв?ра[щт]|верну|повтор|снова|реактив|переоткр|ожида|прогрев|риск|возобнов|контакт"
    r"|[可或]能|预[计期]|即将|几乎|差点|[快待再回]|[重挽]|培育|跟进|风险|联系",
    re.IGNORECASE,
)
"""Words beside which an outcome's word does not tell it: "Lost contact - retry", "Won back", "待成交"."""
_SHOWN = 3
"""Deals of an unknown stage that are shown."""
_LAST = {"open": 0, "won": 1, "no_decision": 2, "lost": 3}


@dataclass(frozen=True)
class _Seen:
    """A stage as the rows show it, wherever in the file they stand: where one is dated by columns, `place` is that of
    its own; `after` is how many seconds after their first stage deals enter it, as a history tells; `first`: its
    first row.
    """

    pipeline: str | None
    stage: str
    deals: int
    probability: float | None
    all_closed: bool = False
    all_won: bool = False
    all_lost: bool = False
    first: int = 0
    place: int | None = None
    after: float | None = None


def by_words(stage: str) -> str | None:
    """The outcome that the stage's own words say; None where they say none or both, or where it is negated
    or qualified."""
    if _UNDECIDED.search(stage):
        return "no_decision"
    ends = _ends(stage)
    if len(ends) != 1 or _QUALIFIED.search(stage):
        return None
    ((outcome, at),) = ends.items()
    clause = _PAUSE.split(stage[:at])[-1]
    return None if NEGATED.search(clause) else outcome


def _ends(stage: str) -> dict[str, int]:
    """The outcomes whose words are in a stage's name, each with where its word begins."""
    found = {outcome: words.search(stage) for outcome, words in (("lost", _LOST), ("won", _WON))}
    return {outcome: match.start() for outcome, match in found.items() if match}


def stage_map(con: duckdb.DuckDBPyConnection, rows: Rows, visits: str | None = None) -> list[dict[str, Any]]:
    """The stages of the loaded rows (and of table `visits`), in order: the user's own map first, then as prefilled.

    `is_order_told` of a stage is False where the order of its pipeline's open stages is a guess, `is_outcome_told`
    where nothing says what it means, so that it is taken as open: then `rows` has the first deals in it (row, name,
    amount, currency, day), and `amounts` what they are worth in all, by currency.
    """
    seen = _seen(con, rows, visits)
    given = {stage: i for i, stage in enumerate(rows.plan.stages)}
    pipelines = list(dict.fromkeys(s.pipeline for s in seen)) or [rows.plan.constants.get("pipeline")]
    unseen = [stage for stage in given if not any(s.stage == stage for s in seen)]
    if rows.plan.stages and len(pipelines) == 1:
        seen += [_Seen(pipelines[0], stage, 0, None) for stage in unseen]

    has_flags = not {"_is_closed", "_is_won", "outcome"}.isdisjoint(rows.plan.columns)
    result: list[dict[str, Any]] = []
    for pipeline in pipelines:
        own = [s for s in seen if s.pipeline == pipeline]
        is_open = [s for s in own if _outcome(rows, s) == "open"]
        is_told = stage_order.is_told(
            [s.stage for s in is_open], said=rows.plan.stages, probabilities=[s.probability for s in is_open],
            dated=all(s.place is not None for s in is_open) or _are_apart(is_open),
        )  # fmt: skip
        for i, stage in enumerate(_in_order(rows, own, given), start=1):
            is_outcome_told = stage.stage in rows.plan.stages or _told(stage) is not None or has_flags
            result.append({
                "pipeline": pipeline, "stage": stage.stage, "stage_order": i, "outcome": _outcome(rows, stage),
                "probability": stage.probability, "deals": stage.deals,
                "is_order_told": is_told or stage.stage in given,
                "is_outcome_told": is_outcome_told, **({} if is_outcome_told else _shown(con, rows, stage)),
            })  # fmt: skip
    return result


def _shown(con: duckdb.DuckDBPyConnection, rows: Rows, stage: _Seen) -> dict[str, Any]:
    """What to look at before somebody says what the stage means: its first deals, and what all of them are worth."""
    if rows.plan.table_name != "opportunities":
        return {}
    name = "coalesce(name, _account_name, opportunity_id)"
    there = f"{rows.sheet.table}_loaded WHERE stage = $stage AND pipeline IS NOT DISTINCT FROM $pipeline"
    told = {"stage": stage.stage, "pipeline": stage.pipeline}
    first = con.execute(
        f"SELECT _row, {name}, CAST(amount AS DOUBLE), currency, "
        f"CAST(coalesce(closed_on, expected_close_on, opened_on) AS VARCHAR) FROM {there} ORDER BY _row LIMIT {_SHOWN}",
        told,
    ).fetchall()
    sums = con.execute(
        f"SELECT coalesce(currency, ''), CAST(sum(amount) AS DOUBLE) AS total FROM {there} GROUP BY 1 "
        "HAVING total IS NOT NULL ORDER BY total DESC", told,
    ).fetchall()  # fmt: skip
    return {"rows": [dict(zip(("row", "name", "amount", "currency", "day"), one, strict=True)) for one in first],
            "amounts": dict(sums)}  # fmt: skip


def _are_apart(stages: list[_Seen]) -> bool:
    """Whether a history tells of each of these stages another time after the first one."""
    times = [stage.after for stage in stages]
    return None not in times and len(set(times)) == len(times)


def _in_order(rows: Rows, stages: list[_Seen], given: dict[str, int]) -> list[_Seen]:
    """The stages of one pipeline: as given; then the open ones by probability, then by their columns of dates or the
    times of a history, then by the words of their names, then as they appear: a proposal that is asked."""
    names = [s.stage for s in stages if _outcome(rows, s) == "open" and s.stage not in given]
    likely: Mapping[str, Any] = stage_order.likely(names)

    def order(stage: _Seen) -> tuple[Any, ...]:
        if stage.stage in given:
            return (0, given[stage.stage])
        outcome, name = _outcome(rows, stage), (stage.first, stage.stage.casefold(), stage.stage)
        if outcome != "open":
            return (1, _LAST[outcome], *_last_if_none(stage.place), name)
        return (1, _LAST[outcome], *_last_if_none(stage.probability), *_last_if_none(stage.place),
                *_last_if_none(stage.after), likely[stage.stage], name)  # fmt: skip

    return sorted(stages, key=order)


def _last_if_none(value: float | None) -> tuple[bool, float]:
    return (value is None, value or 0)


def _outcome(rows: Rows, stage: _Seen) -> str:
    if stage.stage in rows.plan.stages:
        return rows.plan.stages[stage.stage]
    return _told(stage) or "open"


def _told(stage: _Seen) -> str | None:
    """What the stage's words say it means, what its closed deals came to, or how likely they are to be won; None where
    nothing does: of a chance of 0 a deal may be lost, or not rated yet."""
    said = by_words(stage.stage)
    if said:
        return said
    if stage.all_won:
        return "won"
    if stage.all_lost or stage.all_closed:
        return "lost"
    if stage.probability:
        return "won" if stage.probability >= 1 else "open"
    return "open" if stage_order.is_under_way(stage.stage) and not _ends(stage.stage) else None


def _seen(con: duckdb.DuckDBPyConnection, rows: Rows, visits: str | None) -> list[_Seen]:
    if "opportunity_id" not in rows.plan.table or "stage" not in rows.fed:
        return []
    deals = "count(*)" if rows.plan.table_name == "opportunities" else "count(DISTINCT opportunity_id)"
    probability = "median(probability)" if "probability" in rows.plan.table else "CAST(NULL AS DOUBLE)"
    found = con.execute(
        f"SELECT pipeline, stage, {deals}, {probability}, "
        "coalesce(bool_and(coalesce(_is_closed, false)), false), coalesce(bool_and(coalesce(_is_won, false)), false), "
        "coalesce(bool_and(coalesce(_is_lost, false)), false), min(_row) "
        f"FROM {rows.sheet.table}_loaded WHERE stage IS NOT NULL GROUP BY pipeline, stage ORDER BY pipeline, stage"
    ).fetchall()
    after = _after(con, rows)
    seen = [replace(one, after=after.get((one.pipeline, one.stage))) for one in (_Seen(*row) for row in found)]
    if visits is None:
        return seen
    query = f"SELECT pipeline, stage, min(_position) AS place FROM {visits} GROUP BY pipeline, stage ORDER BY place"
    places = {(pipeline, stage): place for pipeline, stage, place in con.execute(query).fetchall()}
    known = {(s.pipeline, s.stage) for s in seen}
    placed = [replace(s, place=places.get((s.pipeline, s.stage))) for s in seen]
    return placed + [_Seen(p, s, 0, None, place=at) for (p, s), at in places.items() if (p, s) not in known]


def _after(con: duckdb.DuckDBPyConnection, rows: Rows) -> dict[tuple[str | None, str], float]:
    """Of the stages of a history, how many seconds after their first one deals enter them."""
    if rows.plan.table_name != "stage_visits" or "entered_at" not in rows.fed:
        return {}
    found = con.execute(
        "SELECT pipeline, stage, avg(epoch(entered_at) - first_at) FROM (SELECT *, "
        f"min(epoch(entered_at)) OVER (PARTITION BY opportunity_id) AS first_at FROM {rows.sheet.table}_loaded) "
        "WHERE stage IS NOT NULL AND entered_at IS NOT NULL GROUP BY pipeline, stage"
    ).fetchall()
    return {(pipeline, stage): seconds for pipeline, stage, seconds in found}
