"""The order of the open stages of each pipeline, put together of what every import tells of it.

An order that is known stays: a file that tells none (the order of its rows is none) only adds its new stages, one that
tells another one changes the places of the stages that it names, and what the user said stands above all files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Order:
    """The open stages of a pipeline in the order of one import; `told`: those whose place is no guess."""

    stages: tuple[str, ...]
    told: frozenset[str]


def put_together(orders: Iterable[Order]) -> list[str]:
    """One order of all these, the later ones standing above the earlier where they are told."""
    known: list[str] = []
    for order in orders:
        there = iter([stage for stage in order.stages if stage in order.told and stage in known])
        known = [next(there) if stage in order.told else stage for stage in known]
        _add_new(known, order.stages)
    return known


def _add_new(known: list[str], stages: Sequence[str]) -> None:
    """Each new stage behind the one before it; the first before the next that is known, else last."""
    for place, stage in enumerate(stages):
        if stage in known:
            continue
        if place:
            known.insert(known.index(stages[place - 1]) + 1, stage)
        else:
            known.insert(next((known.index(s) for s in stages if s in known), len(known)), stage)


def write_places(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates `stage_places` (pipeline, stage, place) of the open stages that are mapped."""
    found = connection.execute("""
        SELECT m.pipeline, s._import, m.stage, coalesce(s._is_order_told, TRUE)
        FROM mapped_stages m
        JOIN merged_stages s ON s.stage = m.stage AND coalesce(s.pipeline, m.pipeline) = m.pipeline
        JOIN imports i ON i._import = s._import
        WHERE coalesce(m.outcome, 'open') = 'open'
        ORDER BY m.pipeline, i.own_stages, s._import, s.stage_order NULLS LAST, s.probability NULLS LAST, m.stage
    """).fetchall()
    orders: dict[str, dict[int, dict[str, bool]]] = {}
    for pipeline, number, stage, is_told in found:
        orders.setdefault(pipeline, {}).setdefault(number, {}).setdefault(stage, is_told)
    connection.execute("CREATE TEMP TABLE stage_places (pipeline VARCHAR, stage VARCHAR, place BIGINT)")
    rows = [
        (pipeline, stage, place)
        for pipeline, by_import in orders.items()
        for place, stage in enumerate(put_together(map(order_of, by_import.values())))
    ]
    if rows:
        connection.executemany("INSERT INTO stage_places VALUES ($1, $2, $3)", rows)


def order_of(stages: Mapping[str, bool]) -> Order:
    """Of stages in order, each with whether its place is told."""
    return Order(tuple(stages), frozenset(stage for stage, is_told in stages.items() if is_told))
