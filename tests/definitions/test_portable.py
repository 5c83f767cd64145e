"""Metric SQL stays within what other engines run too: every file's syntax tree is walked for what is not."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from sqlglot import expressions as exp

import metrics
from metrics import catalog
from metrics.accounts.listing import definition

DEFINITIONS = Path(metrics.__file__).parent / "definitions"
FORBIDDEN = {
    exp.Pivot: "PIVOT",
    exp.Array: "a list",
    exp.Struct: "a struct",
    exp.Bracket: "an element of a list",
    exp.RegexpLike: "a regular expression",
    exp.RegexpExtract: "a regular expression",
    exp.RegexpReplace: "a regular expression",
    exp.GenerateSeries: "generate_series",
    exp.Unnest: "unnest",
    exp.Explode: "unnest",
    exp.ArrayAgg: "a list",
    exp.Qualify: "QUALIFY",
    exp.Median: "median, not quantile_cont",
    exp.Mode: "mode",
    exp.CurrentDate: "the clock",
    exp.CurrentTimestamp: "the clock",
    exp.Lambda: "a lambda",
}
DAYS = ("last_touch", "counted_from")
"""Columns that are DATEs though their names do not end in _on."""
CLOCKS = ("now", "today", "current_localtime", "get_current_timestamp", "transaction_timestamp")


def sections() -> Iterator[tuple[str, str, str]]:
    """(metric, section, SQL) of every definition and of the list of accounts; what a shared file says, once."""
    told = set()
    for metric in (*catalog().values(), definition()):
        for section, sql in metric.sections.items():
            if (section, sql) not in told:
                told.add((section, sql))
                yield metric.name, section, sql


@pytest.fixture(params=list(sections()), ids=lambda given: f"{given[0]}-{given[1]}")
def section(request: pytest.FixtureRequest) -> tuple[str, str, exp.Expression]:
    _, section, sql = request.param
    return section, sql, parsed(sql)


@cache
def parsed(sql: str) -> exp.Expression:
    """Its syntax tree, which the tests only read."""
    return sqlglot.parse_one(sql, dialect="duckdb")


def offences(sql: str, tree: exp.Expression) -> set[str]:
    """What of `sql` other engines would not run."""
    found = {what for kind, what in FORBIDDEN.items() if tree.find(kind)}
    if "::" in sql:
        found.add("::")
    if any(join.args.get("using") for join in tree.find_all(exp.Join)):
        found.add("USING")
    if any(group.args.get("all") for group in tree.find_all(exp.Group)):
        found.add("GROUP BY ALL")
    if any(distinct.args.get("on") for distinct in tree.find_all(exp.Distinct)):
        found.add("DISTINCT ON")
    if any(star.args.get(kind) for star in tree.find_all(exp.Star) for kind in ("except", "except_", "replace")):
        found.add("EXCLUDE")
    if {f.name.lower() for f in tree.find_all(exp.Anonymous)} & set(CLOCKS):
        found.add("the clock")
    return found


def test_every_section_is_in_the_portable_subset(section):
    _, sql, tree = section
    assert not offences(sql, tree), sql


@pytest.mark.parametrize(
    ("sql", "offence"),
    [
        ("SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON"),
        ("SELECT a::INT FROM t", "::"),
        ("SELECT a FROM t JOIN u USING (a)", "USING"),
        ("SELECT a FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT * EXCLUDE (a) FROM t", "EXCLUDE"),
        ("SELECT now()", "the clock"),
        ("SELECT today()", "the clock"),
        ("SELECT current_date", "the clock"),
        ("SELECT [1, 2]", "a list"),
        ("SELECT list(a) FROM t", "a list"),
        ("SELECT a[1] FROM t", "an element of a list"),
        ("SELECT {'a': 1}", "a struct"),
        ("SELECT regexp_matches(a, 'b') FROM t", "a regular expression"),
        ("SELECT unnest(a) FROM t", "unnest"),
        ("SELECT median(a) FROM t", "median, not quantile_cont"),
        ("SELECT mode(a) FROM t", "mode"),
        ("SELECT generate_series(1, 2)", "generate_series"),
        ("SELECT a FROM t QUALIFY row_number() OVER () = 1", "QUALIFY"),
    ],
)
def test_the_guard_sees_what_it_forbids(sql, offence):
    assert offence in offences(sql, sqlglot.parse_one(sql, dialect="duckdb"))


def test_days_are_counted_between_dates_only(section):
    """date_diff of two stamps counts midnights in one engine and 24 hours in another: an operand must be a date."""
    _, sql, tree = section
    for difference in tree.find_all(exp.DateDiff):
        assert difference.text("unit").upper() in ("DAY", "MONTH"), sql
        for operand in (difference.this, difference.expression):
            assert all(is_day(part) for part in outcomes(operand)), f"{operand.sql('duckdb')} in\n{sql}"


def outcomes(operand: exp.Expression) -> Iterator[exp.Expression]:
    """What the operand can be: the branches of a CASE, the alternatives of a COALESCE, else itself."""
    if isinstance(operand, exp.Case):
        branches = [branch.args["true"] for branch in operand.args["ifs"]] + [operand.args.get("default")]
        for branch in filter(None, branches):
            yield from outcomes(branch)
    elif isinstance(operand, exp.Coalesce):
        for part in (operand.this, *operand.expressions):
            yield from outcomes(part)
    else:
        yield operand


def is_day(operand: exp.Expression) -> bool:
    """A cast to DATE, or a column or parameter that is a DATE by its name."""
    if isinstance(operand, exp.Cast):
        return bool(operand.to.this == exp.DataType.Type.DATE)
    return operand.name.endswith(("_on", "as_of", "starts_on", "ends_before")) or operand.name in DAYS


def test_answers_end_in_a_complete_order(section):
    """Ties must not be broken by chance: an answer is ordered by its keys to the last."""
    name, sql, tree = section
    if name == "answer":
        assert tree.args.get("order") is not None, f"no final ORDER BY in\n{sql}"


def test_base_tables_that_a_metric_shadows_are_named_with_their_schema(section):
    _, sql, tree = section
    assert not [t for t in tree.find_all(exp.Table) if t.db and t.db != "model"], sql


def test_another_engine_accepts_every_statement(section):
    """Compiled for Spark, each section gives a statement and no unsupported part."""
    _, sql, _ = section
    compiled = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert len(compiled) == 1
    assert compiled[0]


def test_every_file_is_in_the_catalogue_or_used_by_one():
    shared = {path.stem for path in DEFINITIONS.glob("*.sql")}
    files = [*DEFINITIONS.glob("*/*.sql"), DEFINITIONS.parent / "accounts" / "accounts.sql"]
    used = {name for path in files for name in shared if f'"{name}"' in path.read_text("utf-8")}
    assert shared == used
    assert {path.stem for path in DEFINITIONS.glob("*/*.sql")} == set(catalog())
