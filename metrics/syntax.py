"""What a piece of metric SQL reads, from its syntax tree."""

from functools import cache

import sqlglot
from sqlglot import expressions as exp


@cache
def tables_read(sql: str, by: str | None = None) -> frozenset[str]:
    """The unqualified tables that `sql` reads; with `by`, without what it reads only for another split of its own."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return frozenset(
        t.name for t in tree.find_all(exp.Table)
        if not t.db and t.name not in own and (by is None or not _is_for_another_split(t, by))
    )  # fmt: skip


def _is_for_another_split(read: exp.Table, by: str) -> bool:
    """Whether a SELECT around the table says WHERE $by = 'another'."""
    select = read.find_ancestor(exp.Select)
    while select is not None:
        where = select.args.get("where")
        conditions = list(where.this.flatten()) if where and isinstance(where.this, exp.And) else [where and where.this]
        if any(_asks_for_another(condition, by) for condition in conditions):
            return True
        select = select.find_ancestor(exp.Select)
    return False


def _asks_for_another(condition: exp.Expr | None, by: str) -> bool:
    if not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Literal):
        return False
    asked = condition.this.this if isinstance(condition.this, exp.Cast) else condition.this
    return (
        isinstance(asked, (exp.Parameter, exp.Placeholder)) and asked.name == "by" and condition.expression.name != by
    )
