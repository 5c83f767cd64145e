"""What a column and a table of the model are."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "money", "number", "integer", "rate", "date", "timestamp", "flag"]

SQL_TYPE: dict[str, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "rate": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column. `required`: a row whose cell of this column was mapped and cannot be read is rejected."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        return SQL_TYPE[self.kind]


@dataclass(frozen=True)
class Table:
    """One table.

    `key`: the columns by which a newer export replaces rows (the id, or the natural key).
    `id_column`: the id that gets made from the row's natural key where the file has none.
    `attributes`: whether the export's other columns are kept as attributes.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    id_column: str | None = None
    attributes: bool = False

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    def __contains__(self, column: str) -> bool:
        return any(c.name == column for c in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)
