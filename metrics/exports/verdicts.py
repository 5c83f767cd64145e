"""What becomes of each record: loaded, blank, footer, rejected for a reason, or a duplicate of another."""

from dataclasses import dataclass

import duckdb

from metrics.errors import FileError
from metrics.exports.convert import Rows
from metrics.exports.plan import EXTRAS
from metrics.exports.sheet import FOOTER, NOTICE
from metrics.model.keys import REPEATS

_FIGURES = ("money", "number", "integer", "rate", "score")


@dataclass(frozen=True)
class Counts:
    """Records of a file by what became of them; they add up to `read`, which was counted without the parser."""

    read: int
    loaded: int
    rejected: int
    duplicate: int
    blank: int
    footer: int

    def require(self, name: str) -> None:
        """FileError unless every record is accounted for."""
        told = self.loaded + self.rejected + self.duplicate + self.blank + self.footer
        if told != self.read:
            raise FileError(
                f"{name}: {self.read:,} records were counted in the file, and {told:,} are accounted for: "
                f"{self.loaded:,} loaded, {self.rejected:,} rejected, {self.duplicate:,} repeats, {self.blank:,} blank "
                f"and {self.footer:,} footers. Nothing was loaded; please report it."
            )


def judge(con: duckdb.DuckDBPyConnection, rows: Rows) -> Counts:
    """Fill `{table}_verdicts` (_row, verdict, reason, col) for all rows that are not loaded, and count."""
    name = f"{rows.sheet.table}_verdicts"
    con.execute(f"CREATE TABLE {name} (_row BIGINT, verdict VARCHAR, reason VARCHAR, col VARCHAR)")
    _blank_and_footer(con, rows, name)
    _totals_by_id(con, rows, name)
    if rows.plan.totals:
        _insert(con, rows, name, "footer", "NULL", rows.plan.totals)
    _insert(con, rows, name, "rejected", "'deleted in the source'", "_is_deleted", "_is_deleted")
    for reason, condition in rows.plan.refuses.items():
        _insert(con, rows, name, "rejected", f"'{reason}'", condition)
    key = rows.plan.table.id_column
    if key is not None:
        _insert(
            con,
            rows,
            name,
            "rejected",
            "'no id and fewer than two values'",
            f'"{key}" IS NULL AND {_filled(_mapped(rows))} < 2',
            key,
        )
    _required(con, rows, name)
    _duplicates(con, rows, name)
    found = dict(con.execute(f"SELECT verdict, count(*) FROM {name} GROUP BY verdict").fetchall())
    sheet = rows.sheet
    (loaded,) = con.execute(f"SELECT count(*) {staying(con, rows)}").fetchall()[0]
    counts = Counts(
        read=sheet.records,
        loaded=loaded,
        rejected=found.get("rejected", 0) + len(sheet.misfits),
        duplicate=found.get("duplicate", 0),
        blank=found.get("blank", 0) + sheet.blank,
        footer=found.get("footer", 0) + sheet.footer,
    )
    counts.require(sheet.name)
    return counts


def staying(con: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    """SQL of the rows that nothing was said against so far, from its FROM on. Most files have no others."""
    name = f"{rows.sheet.table}_verdicts"
    judged = con.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall()
    return f"FROM {rows.name} WHERE " + (f"_row NOT IN (SELECT _row FROM {name})" if judged else "true")


def _insert(
    con: duckdb.DuckDBPyConnection, rows: Rows, name: str, verdict: str, reason: str, condition: str, column: str = ""
) -> None:
    con.execute(
        f"INSERT INTO {name} SELECT _row, $verdict, {reason}, $col FROM {rows.name} "
        f"WHERE ({condition}) AND _row NOT IN (SELECT _row FROM {name})",
        {"verdict": verdict, "col": column},
    )


def _mapped(rows: Rows) -> list[str]:
    return [c for c in rows.plan.columns if c in rows.plan.table or c in EXTRAS or c.startswith("_score:")]


def _filled(columns: list[str]) -> str:
    """SQL of the number of columns that hold something."""
    return "(0" + "".join(f' + ("{c}" IS NOT NULL)::INT' for c in columns) + ")"


def _blank_and_footer(con: duckdb.DuckDBPyConnection, rows: Rows, name: str) -> None:
    """Without a column of ids, a total has one word at the most: currencies and numbers of records are none."""
    table, plan = rows.sheet.table, rows.plan
    cells = ", ".join(f"cell(c{i + 1})" for i in range(len(rows.sheet.headers)))
    first = f"coalesce({cells}, NULL)"
    key = plan.table.id_column
    if key in plan.columns:
        poor = f'"{key}" IS NULL'
    else:
        words = [c for c in _mapped(rows) if plan.kind(c) not in (*_FIGURES, "currency")]
        required = [c.name for c in plan.table.columns if c.required and c.name in plan.columns]
        counts = [f"""("{c}" IS NOT NULL AND TRY_CAST("{c}" AS DOUBLE) IS NULL)::INT""" for c in words]
        poor = " OR ".join([f"({' + '.join(['0', *counts])}) <= 1", *(f'"{c}" IS NULL' for c in required)])
    con.execute(
        f"CREATE TABLE {name}_poor AS SELECT _row, {_filled(_mapped(rows))} AS filled FROM {rows.name} WHERE {poor}"
    )
    if con.execute(f"SELECT count(*) FROM {name}_poor").fetchall()[0][0] == 0:
        return
    # Cells are looked at in these few rows only: a join would look at those of all rows first.
    con.execute(f"CREATE TABLE {name}_cells AS SELECT * FROM {table} JOIN {name}_poor USING (_row)")
    con.execute(f"CREATE TABLE {name}_first AS SELECT _row, filled, {first} AS first FROM {name}_cells")
    con.execute(
        f"INSERT INTO {name} SELECT _row, CASE WHEN first IS NULL THEN 'blank' ELSE 'footer' END, NULL, NULL "
        f"FROM {name}_first WHERE (first IS NULL AND filled = 0) OR regexp_matches(first, $footer, 'i')",
        {"footer": FOOTER},
    )


def _totals_by_id(con: duckdb.DuckDBPyConnection, rows: Rows, name: str) -> None:
    """Rows at the end whose id says total, with figures and no words beside it, are footers; so are notices there.

    A grand total is one without figures too.
    After the last record of its part of the file no other id may follow; a record that has a name or a day is a record.
    """
    plan, key = rows.plan, rows.plan.table.id_column
    if key is None or key not in plan.columns:
        return
    others = [c for c in _mapped(rows) if c != key]
    figures = [c for c in others if plan.kind(c) in _FIGURES]
    words = [c for c in others if plan.kind(c) not in (*_FIGURES, "currency")]
    wordless = [
        f"{_filled(words)} = 0",
        *(f"""NOT coalesce(regexp_matches("{a}", '\\p{{L}}'), FALSE)""" for a in rows.attributes),
    ]
    part = "_part" if rows.sheet.parts > 1 else "0"
    says_total = f"""("{key}" NOT BETWEEN '0' AND ':') AND regexp_matches("{key}", $footer, 'i')"""
    if not con.execute(f"SELECT 1 FROM {rows.name} WHERE {says_total} LIMIT 1", {"footer": FOOTER}).fetchall():
        return
    is_notice = f"""regexp_matches("{key}", $notice, 'i')"""
    con.execute(
        f"CREATE TABLE {name}_totals AS SELECT _row, {part} AS part FROM {rows.name} "
        f"WHERE {says_total} AND ({_filled(figures)} > 0 OR {is_notice}) AND {' AND '.join(wordless)}",
        {"footer": FOOTER, "notice": NOTICE},
    )
    if con.execute(f"SELECT count(*) FROM {name}_totals").fetchall()[0][0] == 0:
        return
    con.execute(
        f"INSERT INTO {name} SELECT t._row, 'footer', NULL, NULL FROM {name}_totals t LEFT JOIN ("
        f'SELECT {part} AS part, max(_row) AS last FROM {rows.name} WHERE "{key}" IS NOT NULL '
        f"AND _row NOT IN (SELECT _row FROM {name}_totals) GROUP BY 1) e ON e.part = t.part "
        f"WHERE e.last IS NULL OR t._row > e.last"
    )


def _required(con: duckdb.DuckDBPyConnection, rows: Rows, name: str) -> None:
    plan = rows.plan
    for column in plan.table.columns:
        if not column.required or column.name not in rows.fed:
            continue
        said = column.name.replace("_", " ")
        if column.name in rows.marks:
            reason = rows.marks[column.name][0] if column.kind == "id" else f"unreadable {said}"
            _insert(con, rows, name, "rejected", f"'{reason}'", f'"!{column.name}"', column.name)
        if column.name != plan.table.id_column or column.kind != "id":
            _insert(con, rows, name, "rejected", f"'no {said}'", f'"{column.name}" IS NULL', column.name)


def _duplicates(con: duckdb.DuckDBPyConnection, rows: Rows, name: str) -> None:
    """Of rows with the same key the newest modification stays, else the last."""
    table = rows.plan.table
    key = [c for c in table.key if c in rows.fed]
    if table.name == "owners":  # two sellers may have one name
        key.append("_owner_id")
    if table.name in REPEATS or not key or (table.id_column and table.id_column not in rows.fed):
        _repeated_parts(con, rows, name)
        return
    key += rows.plan.parts.same if rows.plan.parts else ()
    by = ", ".join(_compared(con, rows, c) for c in key)
    has_id = f'"{table.id_column}" IS NOT NULL' if table.id_column else "true"
    rest = f"{staying(con, rows)} AND {has_id}"
    # Numbers of eight bytes are told apart sooner than texts; where they all differ, so do the texts.
    n, different = con.execute(f"SELECT count(*), count(DISTINCT hash({by})) {rest}").fetchall()[0]
    if n == different:
        return
    con.execute(
        f"INSERT INTO {name} SELECT _row, 'duplicate', NULL, NULL FROM (SELECT _row, row_number() OVER "
        f"(PARTITION BY {by} ORDER BY _modified_at DESC NULLS LAST, _row DESC) AS place {rest}) WHERE place > 1"
    )


def _compared(con: duckdb.DuckDBPyConnection, rows: Rows, column: str) -> str:
    """SQL of a key's column as it is compared: ids of both of Salesforce's lengths may name one record."""
    if rows.plan.kind(column) != "id":
        return f'"{column}"'
    lengths = ", ".join(f'bool_or(strlen("{column}") = {length})' for length in (15, 18))
    both = all(con.execute(f"SELECT {lengths} FROM {rows.name}").fetchall()[0])
    return f'id_key("{column}")' if both else f'"{column}"'


def _repeated_parts(con: duckdb.DuckDBPyConnection, rows: Rows, name: str) -> None:
    """Parts of one export may overlap: a row of a later part that an earlier one holds as often is a duplicate."""
    if rows.sheet.parts == 1:
        return
    same = ", ".join(f'"{c}"' for c in rows.fed)
    con.execute(
        f"INSERT INTO {name} SELECT _row, 'duplicate', NULL, NULL FROM (SELECT _row, row_number() OVER "
        f"(PARTITION BY {same}, place ORDER BY _part) AS copy FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY {same}, _part ORDER BY _row) AS place FROM {rows.name} "
        f"WHERE _row NOT IN (SELECT _row FROM {name}))) WHERE copy > 1"
    )
