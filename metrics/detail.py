"""What is behind a figure: its rows, and its formula with the real figures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from metrics.answer import in_figures, plain
from metrics.asking import measure, settled
from metrics.catalog import find_metric
from metrics.compose import Composition, compose
from metrics.dimensions import identifier
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.measured import split_by_touches
from metrics.metric import Metric
from metrics.scope import Scope
from metrics.standing import Part, parts

# A ready-made journey has no deal: its rows stand by themselves.
DEAL = """
SELECT r.*, o.name AS deal, a.name AS account, o.stage AS present_stage, o.outcome AS deal_outcome,
  o.value AS deal_amount, o.account_id AS deal_account_id, o.owner AS deal_owner,
  o.opened_on AS deal_opened_on, o.closed_on AS deal_closed_on,
  CASE WHEN o.target THEN 'target' WHEN o.opportunity_id IS NOT NULL THEN 'rest' END AS target
FROM {part} r LEFT JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id
LEFT JOIN model.accounts a ON a.account_id = o.account_id
"""
_TARGET = """CASE WHEN a.account_id IN (
    SELECT account_id FROM model.target_spans
    WHERE (since IS NULL OR since <= $target_on) AND (until IS NULL OR until > $target_on)
  ) THEN 'target' ELSE 'rest' END AS target"""
ACCOUNT = f"""
SELECT r.*, a.name AS account, a.industry AS account_industry, a.country AS account_country, a.size AS account_size,
  a.tier AS account_tier, a.owner AS account_owner, {_TARGET}
FROM {{part}} r LEFT JOIN model.accounts a ON a.account_id = r.account_id
"""
CONTACT = f"""
SELECT r.*, c.title AS contact_title, c.account_id AS contact_account_id,
  a.name AS account, c.source AS contact_source, c.created_on AS contact_created_on,
  {_TARGET}
FROM {{part}} r JOIN model.contacts c ON c.contact_id = r.contact_id
LEFT JOIN model.accounts a ON a.account_id = c.account_id
"""
_DISPLAY = {"deal": DEAL, "visit": DEAL, "account": ACCOUNT, "contact": CONTACT, "answer": ACCOUNT}
_UNIT_ID = {
    "deal": "opportunity_id", "visit": "opportunity_id", "account": "account_id", "contact": "contact_id",
    "activity": "activity_id", "contract": "contract_id", "answer": "answer_id",
}  # fmt: skip
_JOURNEY = "journey_id || ' ' || CAST(conversion AS VARCHAR)"
"""What stands for the deal where the ways to it are ready-made journeys: each of their conversions."""


def list_rows(
    snapshot: Snapshot,
    name: str,
    scope: Scope | None = None,
    options: Mapping[str, object] | None = None,
    where: Mapping[str, object] | None = None,
    part: str = "rows",
) -> pd.DataFrame:
    """The rows behind a mark: as many as it says, with what a reader needs to recognise each.

    `where` names the mark by its keys (segment, period, stage…). For a mark that is reached *by* an age, rows that
    have `reached_age` count up to that age. `part`: another of the metric's sections that has a row a unit, such as
    `present`, the deals in a stage now beside the visits that are over.
    """
    metric = find_metric(name)
    scope, mark = _of_the_mark(metric, scope or Scope(), snapshot, dict(where or {}))
    listed = []
    for piece in _pieces(snapshot, metric, scope, mark):
        composition = compose(metric, piece.scope, snapshot, settled(snapshot, name, options))
        sql = composition.sql(metric, "list", _listing(metric, composition, mark, part))
        listed.append(snapshot.run(sql, composition.used(sql)))
    if len(listed) == 1:
        return listed[0]
    together = pd.concat([frame for frame in listed if len(frame)] or listed[:1], ignore_index=True)
    return together.sort_values(_UNIT_ID[metric.unit], kind="stable", ignore_index=True)


def _pieces(snapshot: Snapshot, metric: Metric, scope: Scope, mark: Mapping[str, object]) -> list[Part]:
    """The parts of the question that hold the mark. A list says of each row whether its account was a target then."""
    found = parts(snapshot, metric, scope, matters=True)
    return [part for part in found if not part.periods or mark.get("period") in (None, *part.periods)] or found[:1]


def _of_the_mark(
    metric: Metric, scope: Scope, snapshot: Snapshot, where: dict[str, object]
) -> tuple[Scope, dict[str, object]]:
    """The scope and the keys by which the rows know the mark, where its segment is no column of theirs."""
    if scope.by == "account" and "account_id" in where:
        return scope, {key: value for key, value in where.items() if key not in ("segment", "account")}
    if split_by_touches(metric, scope, snapshot):
        segment = where.pop("segment", None)
        narrowed = scope if segment is None else scope.where(str(scope.by), str(segment))
        return replace(narrowed, by=None), where
    return scope, where


def _listing(metric: Metric, composition: Composition, where: Mapping[str, object], part: str) -> str:
    if part not in metric.sections:
        raise QuestionError(f"{metric.name} is worked out from other figures: it has no rows of its own.")
    conditions = []
    for index, (key, value) in enumerate(where.items()):
        parameter = f"mark_{index}"
        composition.parameters[parameter] = plain(value)
        if key == "age" and "reached_age" in metric.sections[part]:
            conditions.append(f"r.reached_age <= CAST(${parameter} AS INTEGER)")
        elif composition.parameters[parameter] is None:
            conditions.append(f"r.{identifier(key)} IS NULL")
        else:
            conditions.append(f"CAST(r.{identifier(key)} AS VARCHAR) = CAST(${parameter} AS VARCHAR)")
    display = _DISPLAY.get(metric.unit, "SELECT r.* FROM {part} r").format(part=identifier(part))
    where_it_is = "WHERE " + " AND ".join(conditions) if conditions else ""
    order = f"r.{_UNIT_ID[metric.unit]}" + (", r.journey_id, r.conversion" if _has_journeys(metric, part) else "")
    return f"{display} {where_it_is} ORDER BY {order}"


def _has_journeys(metric: Metric, part: str = "rows") -> bool:
    """Whether the rows may be conversions of journeys instead of deals."""
    return " conversion," in metric.sections[part]


def explain(
    snapshot: Snapshot,
    name: str,
    scope: Scope | None = None,
    options: Mapping[str, object] | None = None,
    *,
    rows: bool = False,
) -> dict[str, Any]:
    """The formula with its figures, the SQL, how many units were used and which were left out; with `rows`, them too.

    `parts`: the parameters of each run of the SQL, where the accounts' standing on lists asks for several.
    """
    metric = find_metric(name)
    answer = measure(snapshot, name, scope, options)
    beneath, _ = _of_the_mark(metric, scope or Scope(), snapshot, {})
    chosen = settled(snapshot, name, options)
    composition = compose(metric, beneath, snapshot, chosen)
    pieces = [compose(metric, part.scope, snapshot, chosen) for part in parts(snapshot, metric, beneath)]
    sql = composition.sql(metric, "answer")
    told: dict[str, Any] = {
        "metric": name, "definition": metric.definition, "scope": answer.sentence,
        "formula": [_formula(metric, row) for row in answer.rows()],
        "sql": sql, "parameters": _told(composition, sql),
        "used": None, "excluded": [{"reason": reason, "n": n} for reason, n in answer.excluded],
    }  # fmt: skip
    if len(pieces) > 1:
        told["parts"] = [_told(piece, sql) for piece in pieces]
    if "rows" in metric.sections:
        told["used"] = _units_used(snapshot, metric, pieces)
        if rows:
            listed = list_rows(snapshot, name, scope, options)
            told["rows"] = [{k: plain(v) for k, v in row.items()} for row in listed.to_dict("records")]
    return told


def _told(composition: Composition, sql: str) -> dict[str, Any]:
    return {name: plain(value) for name, value in composition.used(sql).items()}


def _units_used(snapshot: Snapshot, metric: Metric, pieces: list[Composition]) -> int:
    """How many deals, accounts… the figures rest on: each once, at however many steps or in however many periods."""
    name = f"coalesce(opportunity_id, {_JOURNEY})" if _has_journeys(metric) else _UNIT_ID[metric.unit]
    unit = "count(*) AS n" if metric.unit == "visit" else f"DISTINCT {name} AS unit"
    found = []
    for composition in pieces:
        sql = composition.sql(metric, "count", f"SELECT {unit} FROM rows")
        found.append(snapshot.run(sql, composition.used(sql)))
    together = pd.concat(found)
    return int(together["n"].sum()) if metric.unit == "visit" else int(together["unit"].nunique())


def _formula(metric: Metric, row: Mapping[str, object]) -> str:
    """The metric's formula with this row's figures in it, and what comes out."""
    shown = {key: in_figures(value) for key, value in row.items()}
    where = ", ".join(str(row[k]) for k in ("segment", "period", *metric.keys) if row.get(k) is not None)
    return f"{where}: {metric.formula_of(row).format_map(_Known(shown))} = {shown['value']}"


class _Known(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"({key})"
