"""How answers are written: JSON and CSV for programs, tables for people.

Text from exports is shown as it is, never run: a terminal obeys control characters and a spreadsheet runs cells that
begin like a formula, so neither gets them.
"""

import csv
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from metrics.commands.shared import Form

_FORMULA = tuple("=+-@\t\r＝＋－＠")


def complain(message: str) -> None:
    """One message on standard error."""
    print(_visible(message), file=sys.stderr)


def write(
    form: "Form", answer: Mapping[str, Any], rows: Callable[[], Iterable[Mapping[str, Any]]], text: Callable[[], None]
) -> None:
    """The answer in the form asked for: the whole as JSON, its rows as CSV, or what `text` prints."""
    if form == "json":
        print(json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2))
    elif form == "csv":
        write_csv(list(rows()))
    else:
        text()


def write_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows under the union of their columns; what is no single value is written as JSON."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: object) -> object:
    if isinstance(value, (list, dict, tuple)):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _visible(text: str) -> str:
    """The text without characters that a terminal obeys or that turn its direction."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "�" for c in text)


def say(*lines: str) -> None:
    """Lines for people, on standard output."""
    for line in lines:
        print(_visible(line))


def make_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[str] = (),
    widest: Mapping[str, int] | None = None,
) -> "Table":  # fmt: skip
    """A table for people; `numbers` are the columns that stand to the right, `widest` the letters after which a column
    goes on in the next line. None is shown as n/a."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    to_the_right = set(numbers)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            Text(_visible(column)), justify="right" if column in to_the_right else "left", overflow="fold",
            max_width=(widest or {}).get(column),
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text("n/a" if cell is None else _visible(str(cell))) for cell in row))
    return table


def say_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[str] = (),
    widest: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Prints such a table: as wide as it needs to be where the output is no terminal, folded and never cut in one."""
    from rich.console import Console

    is_terminal = sys.stdout.isatty()
    console = Console(highlight=False, force_terminal=is_terminal)
    if not is_terminal:
        console.width = 10_000
    console.print(make_table(columns, rows, numbers, widest))
