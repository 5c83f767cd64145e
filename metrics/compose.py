"""How a scope composes with a metric: filters narrow the tables beneath the SQL, the split is a column of the unit's
table there, the period is the table `periods`, which the metric applies to its clock and to nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from metrics.dimensions import UNIT_TABLE, Place, identifier, place
from metrics.engines import Snapshot
from metrics.errors import DefinitionError, QuestionError
from metrics.listed import list_filter, lists_join, targets_join
from metrics.metric import Metric, OptionValue
from metrics.model import TABLES
from metrics.model.settings import service_levels
from metrics.scope import NONE, Grain, Scope
from metrics.syntax import tables_read

ALIAS = {"accounts": "a", "opportunities": "o", "contacts": "c", "activities": "t", "contracts": "k",
         "survey_answers": "s", "mentions": "m"}  # fmt: skip
HANGS_ON_ACCOUNT = {t.name for t in TABLES if "account_id" in t and t.name not in ("accounts", "account_lists")}
HANGS_ON_DEAL = {"stage_visits", "opportunity_contacts"}
SEGMENT_ON_VISITS = ("deal", "visit")
ALL = "'All'"
ALSO_SPLIT = {"answer": ("mentions",)}
"""The tables that hold units too, beside the one of the unit."""
FINAL = ("answer", "left_out", "life", "warnings")
"""Sections that are results; every other one can be read by name in the sections after it."""

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


@dataclass
class Composition:
    """The tables in front of a metric's sections (name → SQL, in order) and the parameters they and it use."""

    tables: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)
    narrowed: set[str] = field(default_factory=set)

    def sql(self, metric: Metric, section: str, select: str | None = None) -> str:
        """The whole statement of one section; `select` is put in its place (it may read `rows`)."""
        body = select or metric.sections[section]
        fronts = dict(self.tables)
        fronts |= {name: sql for name, sql in metric.sections.items() if name not in (section, *FINAL)}
        fronts = needed(fronts, body)
        if not fronts:
            return body
        front = "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in fronts.items())
        own = re.match(r"WITH\s+", body, re.IGNORECASE)
        return f"{front},\n{body[own.end() :]}" if own else f"{front}\n{body}"

    def used(self, sql: str) -> dict[str, object]:
        """The parameters that `sql` names."""
        names = set(re.findall(r"\$([a-z_][a-z_0-9]*)", sql))
        return {name: value for name, value in self.parameters.items() if name in names}


def compose(
    metric: Metric, scope: Scope, snapshot: Snapshot, options: Mapping[str, OptionValue], *, taken_whole: bool = False
) -> Composition:
    """The tables that `scope` puts beneath `metric`. QuestionError where filter or split make no sense.

    `taken_whole`: the table `periods` is the one period from the first to the last day, whatever the grain; the
    calendar units of the answer are in `each_period`, which else is the same table.
    """
    return _Composer(metric, scope, snapshot, options).compose(taken_whole)


def unreached(metric: Metric, scope: Scope, snapshot: Snapshot) -> list[str]:
    """The filters of `scope` that narrow nothing that `metric` reads."""
    own = scope.by if scope.by in metric.own_splits else ""
    bought = is_bought(metric, snapshot)
    read = set().union(*(tables_read(sql, own) for sql in metric.sections.values()))
    narrowed = ((name, _narrows(place_of(name, metric, snapshot), metric)) for name, _ in scope.filters)
    return [
        name for name, table in narrowed
        if not (name == "product" if bought and table == "opportunities" else read & _reach(table))
    ]  # fmt: skip


def place_of(name: str, metric: Metric, snapshot: Snapshot) -> Place:
    """Where the dimension is for this metric."""
    return place(name, metric.unit, snapshot, touches=metric.touches)


def needed(fronts: Mapping[str, str], body: str) -> dict[str, str]:
    """The fronts that `body` rests on, each behind those that it reads, else in the order of `fronts`.

    A section may so read what comes after it: one of a shared file, a section of the metric that uses the file.
    DefinitionError where sections read each other in a circle.
    """
    reads: dict[str, list[str]] = {}
    queue = [body]
    while queue:
        for name in tables_read(queue.pop()) & fronts.keys() - reads.keys():
            read = tables_read(fronts[name])
            reads[name] = [other for other in fronts if other in read]
            queue.append(fronts[name])
    ordered: dict[str, str] = {}

    def stand(name: str, before: tuple[str, ...]) -> None:
        if name in before:
            raise DefinitionError(f"Sections read each other in a circle: {' → '.join((*before, name))}.")
        if name not in ordered:
            for other in reads[name]:
                stand(other, (*before, name))
            ordered[name] = fronts[name]

    for name in fronts:
        if name in reads:
            stand(name, ())
    return ordered


def is_bought(metric: Metric, snapshot: Snapshot) -> bool:
    """Whether the metric is of contracts or invoices, which have a product and nothing else of a deal."""
    return metric.by_product and snapshot.revenue_source != "won amounts"


def _narrows(found: Place, metric: Metric) -> str:
    """The table that a filter narrows. A deal is a target, or on a list, by its own opening date."""
    if found.name in ("target", "list") and metric.unit in ("deal", "visit"):
        return "opportunities"
    return "activities" if found.of == "touches" else found.of


def _reach(table: str) -> set[str]:
    reached = {table}
    if table == "accounts":
        reached |= HANGS_ON_ACCOUNT
    if table in ("accounts", "opportunities"):
        reached |= HANGS_ON_DEAL
    if table == "contacts":
        reached |= {"activities", "opportunity_contacts"}
    return reached


class _Composer:
    def __init__(self, metric: Metric, scope: Scope, snapshot: Snapshot, options: Mapping[str, OptionValue]) -> None:
        self.metric, self.scope, self.snapshot = metric, scope, snapshot
        self.unit_table = UNIT_TABLE[metric.unit]
        self.conditions: dict[str, list[str]] = {}
        self.of_product: list[str] = []
        self.joins: dict[str, dict[str, str]] = {}
        self.segments = dict.fromkeys((self.unit_table, *ALSO_SPLIT.get(metric.unit, ())), ALL)
        self.result = Composition(parameters={
            "as_of": snapshot.as_of, "as_of_end": snapshot.as_of_end, "target_on": self._target_on(),
            "by": scope.by if scope.by in metric.own_splits else "",
            "revenue_source": snapshot.revenue_source or "none", "split": scope.by or "",
            "of_product": metric.by_product and bool(scope.filter_values("product")),
            **options,
        })  # fmt: skip

    def compose(self, taken_whole: bool) -> Composition:
        for index, (name, values) in enumerate(self.scope.filters):
            self._narrow(place_of(name, self.metric, self.snapshot), values, index)
        if self.scope.by and self.scope.by not in self.metric.own_splits:
            self._split(self.scope.by)
        tables = self.result.tables
        tables["periods"] = self._periods(None if taken_whole else self.scope.grain)
        tables["each_period"] = self._periods(self.scope.grain) if taken_whole else "SELECT * FROM periods"
        tables["service_levels"] = self._service_levels()
        for name in dict.fromkeys(("accounts", "contacts", "opportunities", "activities", "contracts", *self.segments)):
            tables[name] = self._table(name)
        for name in sorted(HANGS_ON_DEAL):
            tables[name] = self._deal_table(name)
        for model_table in TABLES:
            if model_table.name not in tables:
                tables[model_table.name] = self._plain(model_table.name)
        for name in ("contracts", "invoices"):
            tables[f"all_{name}"] = f"SELECT * FROM model.{name}{_where(self.of_product)}"
        self.result.narrowed = set(self.conditions)
        return self.result

    def _target_on(self) -> date:
        return min(self.scope.end, self.snapshot.as_of) if self.scope.end else self.snapshot.as_of

    def _narrow(self, found: Place, values: tuple[str, ...], index: int) -> None:
        names = []
        for position, value in enumerate(values):
            names.append(f"$filter_{index}_{position}")
            self.result.parameters[f"filter_{index}_{position}"] = value
        table = _narrows(found, self.metric)
        if found.name == "product" and self.metric.by_product:
            self.of_product.append(f"coalesce(product, '{NONE}') IN ({', '.join(names)})")
        elif table == "opportunities" and is_bought(self.metric, self.snapshot):
            return
        if found.name == "list":
            expression = list_filter(table, ALIAS[table], ", ".join(names))
        else:
            expression = f"{self._value(found, table)} IN ({', '.join(names)})"
        self.conditions.setdefault(table, []).append(expression)

    def _split(self, name: str) -> None:
        if not self.metric.splits:
            raise QuestionError(f"{self.metric.name} cannot be split: it describes the whole.")
        if name == "account":
            if self.metric.unit != "account":
                raise QuestionError(
                    f"{self.metric.name} counts {self.metric.units}; only metrics of accounts can be shown by account."
                )
            self.segments = {"accounts": "a.account_id"}
            return
        found = place_of(name, self.metric, self.snapshot)
        if found.of not in (self.unit_table, "accounts") and not (found.table == self.unit_table):
            raise QuestionError(
                f"{self.metric.name} counts {self.metric.units} and cannot be split by {name}, which is a property of "
                f"{found.of}: one of the {self.metric.units} may have several. Filter by it instead."
            )
        for table in self.segments:
            value = self._value(found, table)
            # What names no account is in no segment of accounts.
            named = f"{ALIAS[table]}.account_id IS NOT NULL"
            self.segments[table] = f"CASE WHEN {named} THEN {value} END" if self.metric.unit == "answer" else value

    def _value(self, found: Place, base: str) -> str:
        """The dimension's value as text, for the rows of `base`; adds the joins that it needs."""
        alias = ALIAS[base]
        joins = self.joins.setdefault(base, {})
        if found.name == "target":
            if base == "opportunities":
                return "CASE WHEN o.target THEN 'target' ELSE 'rest' END"
            joins["targets"] = targets_join(alias)
            return "CASE WHEN targets.account_id IS NULL THEN 'rest' ELSE 'target' END"
        if found.name == "list":
            joins["lists"] = lists_join(base, alias)
            return f"COALESCE(lists.list, '{NONE}')"
        column = identifier(found.column)
        if found.table == base:
            return f"COALESCE(CAST({alias}.{column} AS VARCHAR), '{NONE}')"
        if found.table == "owners":
            owner = f"{alias}.owner"
            if found.of == "accounts" and base != "accounts":
                joins["account"], owner = _own_account(alias), "own.owner"
            joins["owners"] = f"LEFT JOIN model.owners w ON w.owner = {owner}"
            return f"COALESCE(CAST(w.{column} AS VARCHAR), '{NONE}')"
        joins["account"] = _own_account(alias)
        return f"COALESCE(CAST(own.{column} AS VARCHAR), '{NONE}')"

    def _periods(self, grain: Grain | None) -> str:
        scope, parameters = self.scope, self.result.parameters
        parameters["from"] = scope.start or FIRST_DAY
        # A period ends with the as-of day at the latest: what closes later is not in it. What is expected may be.
        last = LAST_DAY if self.metric.clock == "expected_close_on" else self.snapshot.as_of
        parameters["until"] = min(scope.end or LAST_DAY, last, LAST_DAY - timedelta(days=1)) + timedelta(days=1)
        if grain is None:
            whole = "FALSE" if scope.has_period else "TRUE"
            return (
                "SELECT CAST(NULL AS VARCHAR) AS period, $from AS starts_on, $until AS ends_before, "
                f"{whole} AS is_whole WHERE $from < $until"
            )
        if self.metric.clock == "as_of":
            raise QuestionError(f"{self.metric.name} is a state on the as-of day: it has no {grain}s.")
        parameters["grain"] = grain
        return (
            "SELECT label AS period, CASE WHEN starts_on < $from THEN $from ELSE starts_on END AS starts_on, "
            "CASE WHEN ends_before > $until THEN $until ELSE ends_before END AS ends_before, FALSE AS is_whole "
            "FROM model.calendar WHERE grain = $grain AND ends_before > $from AND starts_on < $until"
        )

    def _service_levels(self) -> str:
        """The days that a stage should take, a row each stage that has a level."""
        rows = []
        levels = service_levels(str(self.result.parameters.get("service_levels", "")))
        for number, (stage, days) in enumerate(levels.items()):
            self.result.parameters |= {f"level_stage_{number}": stage, f"level_days_{number}": days}
            rows.append(
                f"SELECT CAST($level_stage_{number} AS VARCHAR) AS stage, CAST($level_days_{number} AS DOUBLE) AS days"
            )
        return (
            " UNION ALL ".join(rows)
            or "SELECT CAST(NULL AS VARCHAR) AS stage, CAST(NULL AS DOUBLE) AS days WHERE FALSE"
        )

    def _table(self, name: str) -> str:
        alias = ALIAS[name]
        segment = ""
        if name in self.segments:
            segment = f", {self.segments[name]} AS segment"
        conditions = [*self.conditions.get(name, ()), *(self.of_product if name == "contracts" else ())]
        if name != "accounts" and "accounts" in self.conditions:
            conditions.append(f"{alias}.account_id IN (SELECT account_id FROM accounts)")
        if name == "activities" and "contacts" in self.conditions:
            conditions.append(f"{alias}.contact_id IN (SELECT contact_id FROM contacts)")
        joins = "".join(f" {join}" for join in self.joins.get(name, {}).values())
        return f"SELECT {alias}.*{segment} FROM model.{name} {alias}{joins}{_where(conditions)}"

    def _deal_table(self, name: str) -> str:
        narrowed = bool(self.conditions.keys() & {"accounts", "opportunities"})
        visits = name == "stage_visits"
        carries = visits and self.metric.unit in SEGMENT_ON_VISITS
        if carries and (narrowed or self.segments[self.unit_table] != ALL):
            return (
                "SELECT v.*, o.segment FROM model.stage_visits v "
                "JOIN opportunities o ON o.opportunity_id = v.opportunity_id"
            )
        # A history may be of deals that no export of deals names: no split, filter or list would show them.
        deals = "opportunities" if narrowed else "model.opportunities"
        where = f" WHERE v.opportunity_id IN (SELECT opportunity_id FROM {deals})" if narrowed or visits else ""
        segment = f", {self.segments[self.unit_table]} AS segment" if carries else ""
        return f"SELECT v.*{segment} FROM model.{name} v{where}"

    def _plain(self, name: str) -> str:
        conditions = list(self.of_product) if name == "invoices" else []
        if name in HANGS_ON_ACCOUNT and "accounts" in self.conditions:
            conditions.append("account_id IN (SELECT account_id FROM accounts)")
        return f"SELECT * FROM model.{name}{_where(conditions)}"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _own_account(alias: str) -> str:
    return f"LEFT JOIN model.accounts own ON own.account_id = {alias}.account_id"
