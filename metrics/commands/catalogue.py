"""What there is: the metrics, the dimensions, the tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from metrics.catalog import catalog
from metrics.commands.output import say, say_table, write
from metrics.commands.shared import DirectoryOption, Form, FormOption, open_workspace, snapshot_in_use
from metrics.metric import Metric
from metrics.model import SQL_TYPE, TABLES

if TYPE_CHECKING:
    from metrics.engines import Snapshot

_WIDEST = 56
"""Letters of the last column, so that a line fits a wide terminal where the output is none."""


def list_metrics(form: FormOption = Form.TEXT, workspace: DirectoryOption = None) -> None:  # noqa: ARG001 - every command takes it
    """Name every metric, with its options."""
    metrics = [_metric(metric) for metric in catalog().values()]

    def text() -> None:
        columns = ("topic", "metric", "what it is", "unit", "clock", "options")
        say_table(columns, ((m["topic"], m["name"], m["title"], m["unit"], m["clock"], " ".join(
            f"{name}={option['default']}" for name, option in m["options"].items())) for m in metrics),
            widest={"options": _WIDEST})  # fmt: skip

    write(form, {"metrics": metrics}, lambda: metrics, text)


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name, "title": metric.title, "unit": metric.unit, "clock": metric.clock, "topic": metric.topic,
        "definition": metric.definition, "format": metric.format, "keys": list(metric.keys),
        "needs": list(metric.needs), "lists": dict(metric.lists),
        "options": {
            name: {"default": option.default, "meaning": option.meaning, "choices": list(option.choices)}
            for name, option in metric.options.items()
        },
    }  # fmt: skip


def dimensions(context: typer.Context, form: FormOption = Form.TEXT, workspace: DirectoryOption = None) -> None:
    """Say what can be filtered and split by, with its values."""
    from metrics.dimensions import dimension_values

    snapshot = snapshot_in_use(open_workspace(context, workspace))
    found = [
        {"name": name, "table": table, "values": values}
        for name, table, values in (dimension_values(snapshot) if snapshot else ())
    ]

    def text() -> None:
        if not found:
            say("No dimension has values yet: load an export first.")
            return
        say_table(("dimension", "of", "values"), ((d["name"], d["table"], _some(d["values"])) for d in found),
                  widest={"values": 2 * _WIDEST})  # fmt: skip

    write(form, {"dimensions": found}, lambda: found, text)


def _some(values: Sequence[str], shown: int = 8) -> str:
    more = f" … and {len(values) - shown} more" if len(values) > shown else ""
    return " · ".join(values[:shown]) + more


def tables(context: typer.Context, form: FormOption = Form.TEXT, workspace: DirectoryOption = None) -> None:
    """Show the canonical tables: columns, types, rows."""
    snapshot = snapshot_in_use(open_workspace(context, workspace))
    found = _tables(snapshot)

    def text() -> None:
        say_table(
            ("table", "a row is", "rows", "columns"),
            ((t["name"], t["row"], f"{t['rows']:,}", ", ".join(c["name"] for c in t["columns"])) for t in found),
            numbers=("rows",), widest={"columns": _WIDEST},
        )  # fmt: skip

    write(form, {"tables": found}, lambda: found, text)


def _tables(snapshot: "Snapshot | None") -> list[dict[str, Any]]:
    counts = snapshot.row_counts if snapshot else {}
    attributes = snapshot.attributes.values() if snapshot else ()
    return [
        {
            "name": table.name, "row": table.row, "rows": counts.get(table.name, 0),
            "columns": [
                *({"name": c.name, "type": SQL_TYPE[c.kind], "meaning": c.meaning} for c in table.columns),
                *({"name": a.column, "type": "VARCHAR", "meaning": "A column of the export's own."}
                  for a in attributes if a.table == table.name),
            ],
        }
        for table in TABLES
    ]  # fmt: skip
