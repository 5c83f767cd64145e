"""What a metric's figures are worked out from: the tables and columns that its SQL reads, from its syntax tree."""

from functools import cache

import sqlglot
from sqlglot import expressions as exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from metrics.catalog import find_metric
from metrics.compose import needed
from metrics.metric import Metric
from metrics.model import PREPARED, TABLES, table
from metrics.model.origins import MADE_OF, origins
from metrics.syntax import tables_read

_MODEL = "model__"
"""In front of a table of the snapshot; without it, it is the table as a scope narrows it."""
_BENEATH = {
    "periods": ("period", "starts_on", "ends_before", "is_whole"),
    "each_period": ("period", "starts_on", "ends_before", "is_whole"),
    "service_levels": ("stage", "days"),
}
"""What a scope puts beneath a metric and no file has."""
_OF_NO_FILE = ("segment", "_import", "_row")
"""Columns of every table that a scope or a load adds."""
_BY_STEPS = {"goal_left": ("goals", ("metric", "starts_on", "ends_on", "dimension", "segment", "value"))}
"""What a step after the SQL reads of the files by itself."""
_SAID_BESIDE = ("left_out", "warnings")


@cache
def columns_read(name: str) -> dict[str, tuple[str, ...]]:
    """The tables that the metric's figures come from, with the columns as files give them, in the model's order.

    A prepared column counts as those that it is made of: `value` as amount, currency and the rates of exchange. What
    only counts the rows left out, or fills a list beside the figures, is not among them.
    """
    metric = find_metric(name)
    found = {_BY_STEPS[step][0]: set(_BY_STEPS[step][1]) for step in metric.steps if step in _BY_STEPS}
    for place, column in read_by(metric):
        for source, original in origins(place, column):
            found.setdefault(source, set()).add(original)
    return {
        known.name: tuple(column for column in _columns(known.name) if column in found[known.name])
        for known in TABLES if known.name in found
    }  # fmt: skip


def read_by(metric: Metric) -> set[tuple[str, str]]:
    """(table, column) of the snapshot that is left once what the metric's figures do not need is taken out."""
    figures = _figures(metric)
    body = " CROSS JOIN ".join(figures)
    fronts = ", ".join(f"{name} AS ({sql})" for name, sql in needed(metric.sections, f"SELECT 1 FROM {body}").items())
    tree = sqlglot.parse_one(
        f"WITH {fronts} SELECT {', '.join(f'{name}.*' for name in figures)} FROM {body}", dialect="duckdb"
    )
    for read in tree.find_all(exp.Table):
        if read.db:
            read.replace(exp.table_(f"{_MODEL}{read.name}", alias=read.alias or read.name))
    pruned = pushdown_projections(qualify(tree, dialect="duckdb", schema=_schema()))
    found = {
        (source.name.removeprefix(_MODEL), column.name)
        for scope in traverse_scope(pruned) for column in scope.columns
        if isinstance(source := scope.sources.get(column.table), exp.Table)
    }  # fmt: skip
    return {
        (name.removeprefix("all_"), column)
        for name, column in found
        if name not in _BENEATH and column not in _OF_NO_FILE
    }


def _figures(metric: Metric) -> list[str]:
    """The sections that the figures are: the answer, and what a step after it reads, which no other section does."""
    own = [name for name in metric.own_sections if name not in (*_SAID_BESIDE, *metric.lists)]
    read = set().union(*(tables_read(metric.sections[name]) for name in own))
    return [name for name in own if name in ("answer", "life") or name not in read]


@cache
def _schema() -> dict[str, object]:
    """Every table that a section may name, with its columns: as the snapshot has it, and as a scope narrows it."""
    tables = {table.name: _columns(table.name) for table in TABLES}
    helpers = {name: tuple(columns) for name, columns in MADE_OF.items() if name not in tables}
    named: dict[str, tuple[str, ...]] = {
        f"{_MODEL}{name}": (*columns, "_import", "_row") for name, columns in (tables | helpers).items()
    }
    named |= {name: (*columns, *_OF_NO_FILE) for name, columns in tables.items()} | dict(_BENEATH)
    named |= {f"all_{name}": tables[name] for name in ("contracts", "invoices")}
    return {name: dict.fromkeys(columns, "TEXT") for name, columns in named.items()}


def _columns(table_name: str) -> tuple[str, ...]:
    own = tuple(column.name for column in table(table_name).columns)
    return own + tuple(column.name for column in PREPARED.get(table_name, ()) if column.name not in own)
