"""The results as Markdown tables."""

from collections.abc import Sequence

from benchmarks.compare import Times
from benchmarks.filter_click import Click
from benchmarks.loading import Loaded
from benchmarks.memory import Large
from benchmarks.upload import Upload

HEADS = {
    "load": ("file", "rows", "MB", "product s", "reading", "building", "read_csv s", "product ÷ read_csv",
             "product CPU s", "read_csv CPU s", "CPU ÷ CPU"),
    "metrics": ("metric", "product ms", "its SQL ms", "best SQL ms", "pandas ms", "its SQL ÷ best SQL",
                "product ÷ best SQL", "product ÷ pandas"),
    "memory": ("file", "rows", "MB", "product s", "read_csv s", "CPU ÷ CPU", "reader MB", "builder MB", "app MB",
               "app MB after"),
    "upload": ("MB", "app MB before", "more at most", "once checked", "once loaded", "once the visitor has left"),
    "click": ("deals", "metric calls", "calls ms", "whole run ms"),
}  # fmt: skip

Line = Sequence[str]


def table(kind: str, lines: Sequence[Line]) -> str:
    """A Markdown table under the head of its kind."""
    head = HEADS[kind]
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(row(cells) for cells in (head, rule, *lines))


def row(cells: Line) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"


def load_line(one: Loaded) -> Line:
    return (
        one.what, f"{one.rows:,}", f"{one.megabytes:,.0f}", f"{one.product:.1f}", f"{one.reading:.1f}",
        f"{one.building:.1f}", f"{one.sql:.1f}", f"{one.product / one.sql:.1f}",
        f"{one.product_cpu:.1f}", f"{one.sql_cpu:.1f}", f"{one.product_cpu / one.sql_cpu:.1f}",
    )  # fmt: skip


def large_line(one: Large) -> Line:
    return (
        "activities", f"{one.rows:,}", f"{one.megabytes:,.0f}", f"{one.product:.1f}", f"{one.sql:.1f}",
        f"{one.product_cpu / one.sql_cpu:.1f}",
        *(f"{n / 1e6:,.0f}" for n in (one.reader, one.builder, one.app, one.app_after)),
    )  # fmt: skip


def upload_line(one: Upload) -> Line:
    held = (one.before, one.most, one.checked, one.loaded, one.left)
    return f"{one.megabytes:,.0f}", *(f"{n / 1e6:,.0f}" for n in held)


def metric_line(name: str, times: Times) -> Line:
    return (
        f"`{name}`", *(f"{times.median[way]:,.0f}" for way in ("product", "answer", "sql", "pandas")),
        *(f"{times.ratio(*pair):.1f}" for pair in (("answer", "sql"), ("product", "sql"), ("product", "pandas"))),
    )  # fmt: skip


def click_line(deals: int, one: Click) -> Line:
    return f"{deals:,}", f"{one.calls}", f"{one.metrics_ms:,.0f}", f"{one.page_ms:,.0f}"
