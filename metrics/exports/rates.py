"""Exchange rates with a column for each currency, as central banks publish them: one unit of a base in each of them."""

import re
from collections.abc import Mapping, Sequence

import duckdb

from metrics.errors import FileError
from metrics.exports.convert import Rows
from metrics.exports.plan import Match, Plan

_CODE = re.compile(r"^[A-Z]{3}$")
_BASES = ("EUR", "USD", "GBP", "CHF", "CNY", "RUB")
_OF_FILE = {"eurofxref": "EUR"}  # the European Central Bank's file names


def add_currencies(plan: Plan, headers: Sequence[str], answers: Mapping[str, str], name: str) -> None:
    """Give the plan the columns of the rates and their base: what the file's name proves, else what the user said."""
    plan.rates = {header: position for position, header in enumerate(headers, start=1) if _CODE.match(header)}
    for code, position in plan.rates.items():
        plan.columns[f"_rate:{code}"] = (position,)
        plan.matches[position] = Match("exchange_rates.rate", "certain", "a currency's code")
    known = next((base for part, base in _OF_FILE.items() if part in name.lower()), None)
    told = next((answers[code] for code in plan.rates if code in answers), None)
    plan.base = told or plan.formats.currency or known


def question(plan: Plan) -> dict[str, object] | None:
    """What must be asked before the rates can be used: of which currency one unit is meant."""
    if not plan.rates or plan.base:
        return None
    choices = [code for code in _BASES if code not in plan.rates] or list(_BASES)
    first = next(iter(plan.rates))
    return {"column": first, "kind": "currency", "choices": choices, "examples": list(plan.rates)[:3]}


def by_currency(con: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    """A table of the rates as the model has them, units of the base for one of each currency; its name."""
    name, base = f"{rows.sheet.table}_by_currency", rows.plan.base
    each = [
        f"SELECT '{code}' AS currency, valid_on, 1 / \"_rate:{code}\" AS rate, _row FROM {rows.sheet.table}_loaded "
        f'WHERE "_rate:{code}" > 0'
        for code in rows.plan.rates
        if code != base
    ]
    each.append(f"SELECT $base, valid_on, CAST(1 AS DOUBLE), _row FROM {rows.sheet.table}_loaded")
    con.execute(f"CREATE TABLE {name} AS {' UNION ALL '.join(each)}", {"base": base})
    return name


def refuse_several_bases(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """FileError where the rates of a file lead to several currencies: only those to the reporting one can be used."""
    if "_base" not in rows.plan.columns:
        return
    found = con.execute(f'SELECT DISTINCT "_base" FROM {rows.name} WHERE "_base" IS NOT NULL ORDER BY 1').fetchall()
    if len(found) > 1:
        codes = ", ".join(code for (code,) in found[:5])
        raise FileError(
            f"{rows.sheet.name}: its rates lead to several currencies ({codes}). Keep the rows that lead to the "
            "reporting currency and load the file again."
        )
