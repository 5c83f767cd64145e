"""Exchange rates with a column for each currency: one unit of a base in each, as central banks do, or the reverse."""

import re
from collections.abc import Mapping, Sequence

import duckdb

from metrics.errors import FileError
from metrics.exports.convert import Rows
from metrics.exports.plan import Match, Plan

_CODE = re.compile(r"^[A-Z]{3}$")
_BASES = ("EUR", "USD", "GBP", "CHF", "CNY", "RUB")
IN_WORDS = re.compile(r"^1 ([A-Z]{3}) = [0-9.e+-]+ ([A-Z]{3})$")
"""An answer that tells which way round a file's rates are, by one of them."""
_LARGE = ("EUR", "USD", "GBP", "CHF")
_SMALL = ("JPY", "KRW", "INR", "RUB", "CNY", "HUF", "CZK", "SEK", "NOK", "DKK", "MXN", "THB", "PHP", "IDR", "ISK",
          "ZAR", "HKD", "KZT", "UAH")  # fmt: skip
"""One unit of each of the former has bought several of each of the latter in all their recorded years."""
_OF_FILE = {"eurofxref": "EUR"}  # the European Central Bank's file names


def add_currencies(plan: Plan, headers: Sequence[str], answers: Mapping[str, str], name: str) -> None:
    """Give the plan the columns of the rates and their base: what the user said, else what the file's name proves.

    An answer is the base's code, or a rate of the file in words: `1 USD = 0.9 EUR`.
    """
    plan.rates = {header: position for position, header in enumerate(headers, start=1) if _CODE.match(header)}
    for code, position in plan.rates.items():
        plan.columns[f"_rate:{code}"] = (position,)
        plan.matches[position] = Match("exchange_rates.rate", "certain", "a currency's code")
    known = next((base for part, base in _OF_FILE.items() if part in name.lower()), None)
    told = next((answers[code] for code in plan.rates if code in answers), None)
    plan.base = told or plan.formats.currency or known
    said = next((found for answer in answers.values() if (found := IN_WORDS.match(answer))), None)
    if said:
        if plan.base not in said.groups():
            plan.base = said[2] if said[1] in plan.rates and said[2] not in plan.rates else said[1]
        plan.each_in_base = plan.base == said[2]
    plan.is_direction_told = said is not None or (known is not None and plan.base == known)


def questions(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, object]]:
    """What must be asked before the rates can be used: of which currency one unit is meant, or which way round.

    The second unless the file's name, the user or a rate says it: a unit of a large currency buys more than one of a
    small one. Where a rate cannot be that way round, `examples` holds it.
    """
    plan = rows.plan
    if not plan.rates or rows.questions:
        return []
    if not plan.base:
        choices = [code for code in _BASES if code not in plan.rates] or list(_BASES)
        codes = list(plan.rates)
        return [{"column": codes[0], "columns": codes, "kind": "currency", "choices": choices, "examples": []}]
    newest = [] if plan.is_direction_told else _newest(con, f"{rows.sheet.table}_typed", plan)
    shown = [(code, rate, _is_likely(plan.base, code, rate)) for code, _, rate in newest]
    against = [(code, rate) for code, rate, is_likely in shown if is_likely is False]
    if not shown or (not against and any(is_likely for _, _, is_likely in shown)):
        return []
    code, rate = (against or [shown[0][:2]])[0]
    choices = [f"1 {plan.base} = {rate:g} {code}", f"1 {code} = {rate:g} {plan.base}"]
    return [
        {
            "column": code,
            "columns": [f"{code}, {plan.base}"],
            "kind": "rates",
            "choices": choices,
            "examples": choices[:1] if against else [],
        }
    ]


def _is_likely(base: str, code: str, rate: float) -> bool | None:
    """Whether one unit of the base can buy so many of the other currency; None where both ways are possible."""
    if base in _LARGE and code in _SMALL:
        return rate > 1
    if base in _SMALL and code in _LARGE:
        return rate < 1
    return None


def said(con: duckdb.DuckDBPyConnection, rows: Rows) -> str | None:
    """How the rates were understood, in words with one of the file; None where a row is one currency's."""
    plan = rows.plan
    for code, day, rate in _newest(con, f"{rows.sheet.table}_loaded", plan) if plan.rates else []:
        read, turned = (code, plan.base) if plan.each_in_base else (plan.base, code)
        told = (
            f"{rows.sheet.name}: its rates are read as 1 {read} = {rate:g} {turned} (on {day}), that is "
            f"1 {turned} = {1 / rate:.6g} {read}."
        )
        otherwise = (
            " If it is the other way round, take the import back and load the file again with a mapping file: "
            f'[format] rates = "1 {turned} = {rate:g} {read}".'
        )
        return told if plan.is_direction_told else told + otherwise
    return None


def _newest(con: duckdb.DuckDBPyConnection, table: str, plan: Plan) -> list[tuple[str, str, float]]:
    """Of each currency but the base: its code, the newest day with a rate above 0, and that rate."""
    found = []
    for code in plan.rates:
        if code != plan.base:
            column = f'"_rate:{code}"'
            found += con.execute(
                f"SELECT '{code}', valid_on::VARCHAR, {column} FROM {table} WHERE {column} > 0 AND valid_on IS NOT NULL"
                " ORDER BY valid_on DESC LIMIT 1"
            ).fetchall()
    return found


def by_currency(con: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    """A table of the rates as the model has them, units of the base for one of each currency; its name."""
    name, base = f"{rows.sheet.table}_by_currency", rows.plan.base
    rate = '"_rate:{}"' if rows.plan.each_in_base else '1 / "_rate:{}"'
    each = [
        f"SELECT '{code}' AS currency, valid_on, {rate.format(code)} AS rate, _row FROM {rows.sheet.table}_loaded "
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
