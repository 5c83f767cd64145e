"""The canonical tables, as data: what a row is, its columns, their types and meaning.

Metrics read these tables and no others; vendors are unknown past the loader.
"""

from metrics.model.kinds import SQL_TYPE, Column, Table
from metrics.model.prepared import PREPARED
from metrics.model.tables import PARTS, TABLES, table

__all__ = ["PARTS", "PREPARED", "SQL_TYPE", "TABLES", "Column", "Table", "table"]
