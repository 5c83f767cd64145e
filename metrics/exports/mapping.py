"""A mapping file (or the mapping form) checked and turned into a plan. Every fault is told with what is allowed."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from metrics.errors import FileError
from metrics.exports import asked
from metrics.exports.dates import SWAPPED
from metrics.exports.dialect import DELIMITERS
from metrics.exports.headers import normalised
from metrics.exports.plan import Formats, Match, Plan
from metrics.exports.rates import IN_WORDS
from metrics.model import PARTS, TABLES, Table, table
from metrics.model.tables import OUTCOMES

_SECTIONS = ("table", "columns", "stages", "questions", "format", "constants")
_FORMAT = ("dates", "decimal", "currency", "header", "delimiter", "rates")
_EXTRA = {"is_deleted": "_is_deleted", "owner_id": "_owner_id", "modified_at": "_modified_at",
          "is_won": "_is_won", "is_closed": "_is_closed"}  # fmt: skip
_EXTRA_OF = {"contracts": {"tenure_months": "_tenure_months", "churned": "_churned"}}


@dataclass(frozen=True)
class CheckedMapping:
    """A checked mapping. `columns`: canonical column or extra → header, or column number from 1.

    `questions`: header or words of a survey's question → what it asks and on which scale, as in “trust 1-5”.
    """

    table: Table | None
    columns: Mapping[str, str | int]
    stages: Mapping[str, str]
    constants: Mapping[str, Any]
    format: Mapping[str, Any]
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_header(self) -> bool:
        return bool(self.format.get("header", True))


def checked(raw: Mapping[str, Any], *, is_correction: bool = False) -> CheckedMapping:
    """The mapping, or a FileError naming the first thing wrong in it.

    Without `table` it corrects what is recognised: its columns, stages, constants and formats stand above.
    """
    _known("section", raw, _SECTIONS)
    for section in _SECTIONS[1:]:
        if not isinstance(raw.get(section, {}), dict):
            raise FileError(f"mapping: [{section}] must be a table of names and values.")
    target = _table(raw.get("table"), is_correction=is_correction)
    form = dict(raw.get("format", {}))
    _known("[format] key", form, _FORMAT)
    _check_format(form)
    stages = {str(k): v for k, v in raw.get("stages", {}).items()}
    for stage, outcome in stages.items():
        if outcome not in OUTCOMES:
            raise FileError(f"mapping: stage {stage!r} has the outcome {outcome!r}; use one of {', '.join(OUTCOMES)}.")
    columns = {_column(target, c, "columns"): header for c, header in raw.get("columns", {}).items()}
    for column, header in columns.items():
        if isinstance(header, bool) or not isinstance(header, str | int):
            raise FileError(f"mapping: column {column} must name a header of the file, or the number of a column.")
    constants = {_column(target, c, "constants"): value for c, value in raw.get("constants", {}).items()}
    for column, value in constants.items():
        _check_constant(target, column, value)
    questions = {str(k): v for k, v in raw.get("questions", {}).items()}
    for header, said in questions.items():
        if said not in SWAPPED and (not isinstance(said, str) or asked.answered(said) is None):
            raise FileError(
                f"mapping: [questions] {header!r} = {said!r} does not say what is asked; write one of "
                f"{', '.join(asked.KINDS)}, with its scale where the file does not say it: 'trust 1-5'."
            )
    if target is not None and not columns and not is_correction:
        raise FileError("mapping: [columns] is empty. Name at least one canonical column and the file's header for it.")
    return CheckedMapping(target, columns, stages, constants, form, questions)


def _table(name: Any, *, is_correction: bool) -> Table | None:
    if name is None:
        return None
    if is_correction and name in {part.name for part in PARTS}:
        return table(name)
    names = [t.name for t in TABLES]
    if name not in names:
        raise FileError(f"mapping: there is no table {name!r}.{_meant(name, names)} Tables: {', '.join(names)}.")
    return table(name)


def _known(what: str, given: Mapping[str, Any], allowed: Sequence[str]) -> None:
    for key in given:
        if key not in allowed:
            raise FileError(f"mapping: unknown {what} {key!r}.{_meant(key, allowed)} Allowed: {', '.join(allowed)}.")


def _meant(word: Any, allowed: Sequence[str]) -> str:
    close = difflib.get_close_matches(str(word), allowed, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _column(target: Table | None, name: str, section: str) -> str:
    if name == "account":
        name = "account_id"
    if name in _EXTRA and (target is None or name not in target):
        return _EXTRA[name]
    if target is not None and name in (own := _EXTRA_OF.get(target.name, {})):
        return own[name]
    if target is not None and name not in target:
        allowed = [*target.names, *(["account"] if "account_id" in target else []), "is_deleted"]
        raise FileError(
            f"mapping: {target.name} has no column {name!r} (in [{section}]).{_meant(name, allowed)} "
            f"Columns: {', '.join(allowed)}."
        )
    return name


def _check_format(form: Mapping[str, Any]) -> None:
    allowed: dict[str, Sequence[Any]] = {
        "dates": ("ymd", "dmy", "mdy"),
        "decimal": (".", ","),
        "header": (True, False),
        "delimiter": (*DELIMITERS, "whitespace"),
    }
    for key, values in allowed.items():
        if key in form and form[key] not in values:
            shown = ", ".join(repr(v) for v in values)
            raise FileError(f"mapping: [format] {key} = {form[key]!r} is not known; use one of {shown}.")
    if "rates" in form and not IN_WORDS.match(str(form["rates"])):
        raise FileError(
            f"mapping: [format] rates = {form['rates']!r} does not say which way round the rates of a file are; write "
            "one of them: '1 EUR = 1.1 USD'."
        )
    code = form.get("currency")
    if code is not None and not (isinstance(code, str) and len(code) == 3 and code.isalpha()):
        raise FileError(f"mapping: [format] currency = {code!r} must be a code of three letters, such as EUR.")


def _check_constant(target: Table | None, column: str, value: Any) -> None:
    if target is None or column not in target:
        return
    choices, kind = target[column].choices, target[column].kind
    if choices and value not in choices:
        raise FileError(f"mapping: constant {column} = {value!r} is not known; use one of {', '.join(choices)}.")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if (kind == "flag" and not isinstance(value, bool)) or (
        kind in ("money", "number", "integer", "rate") and not is_number
    ):
        raise FileError(
            f"mapping: constant {column} = {value!r} must be {'true or false' if kind == 'flag' else 'a number'}."
        )


def find_header(mapping: CheckedMapping, head: Sequence[Sequence[str]], name: str) -> int | None:
    """The record that holds all mapped headers; None where the file has no header. FileError tells what is missing."""
    if not mapping.has_header:
        return None
    wanted = {normalised(h): h for h in mapping.columns.values() if isinstance(h, str)}
    best, most = 0, -1
    for number, cells in enumerate(head):
        there = {normalised(cell) for cell in cells}
        found = len(wanted.keys() & there)
        if found > most and any(cell.strip() for cell in cells):
            best, most = number, found
        if found == len(wanted) and any(cell.strip() for cell in cells):
            return number
    there = {normalised(cell) for cell in head[best]}
    missing = [h for key, h in wanted.items() if key not in there]
    columns = ", ".join(cell.strip() for cell in head[best][:30] if cell.strip())
    raise FileError(
        f"{name}: the mapping names {'columns' if len(missing) > 1 else 'a column'} that the file does not have: "
        f"{', '.join(missing)}. The file has: {columns}. Correct the mapping."
    )


def fits(mapping: CheckedMapping, head: Sequence[Sequence[str]]) -> bool:
    """Whether one of the first records holds all mapped headers."""
    wanted = {normalised(h) for h in mapping.columns.values() if isinstance(h, str)}
    return not mapping.has_header or any(wanted <= {normalised(cell) for cell in cells} for cells in head)


def plan_of(mapping: CheckedMapping, headers: list[str], name: str, formats: Formats) -> Plan:
    """The plan for a file with these headers; the mapping names its table."""
    assert mapping.table is not None
    columns: dict[str, tuple[int, ...]] = {c: (position(h, headers, name),) for c, h in mapping.columns.items()}
    return Plan(
        source="mapping",
        object=mapping.table.name,
        table_name=mapping.table.name,
        columns=columns,
        constants=constants_of(mapping),
        stages=dict(mapping.stages),
        matches={p: Match(f"{mapping.table.name}.{c}", "certain", "as mapped") for c, (p, *_) in columns.items()},
        formats=with_format(mapping, formats),
    )


def correct(plan: Plan, mapping: CheckedMapping, headers: list[str], name: str) -> None:
    """Put the user's corrections above what was recognised; an empty header takes a column out."""
    for column, header in mapping.columns.items():
        plan.derived.pop(column, None)
        old = plan.columns.pop(column, ())
        for p in old:
            plan.matches.pop(p, None)
        if header != "":
            p = position(header, headers, name)
            plan.columns[column] = (p,)
            plan.matches[p] = Match(f"{plan.table_name}.{column}", "certain", "as corrected")
    for column, value in constants_of(mapping).items():
        plan.columns.pop(column, None)
        plan.derived.pop(column, None)
        plan.constants[column] = value
    plan.stages = dict(mapping.stages)
    plan.formats = with_format(mapping, plan.formats)


def constants_of(mapping: CheckedMapping) -> dict[str, Any]:
    """Constants, without those whose column is mapped to a column of the file."""
    return {c: v for c, v in mapping.constants.items() if c not in mapping.columns}


def with_format(mapping: CheckedMapping, formats: Formats) -> Formats:
    """What the mapping says of the cells; what was asked for at loading stands above it."""
    return replace(
        formats,
        answers={**mapping.questions, **formats.answers},
        dates=formats.dates or mapping.format.get("dates"),
        decimal=formats.decimal or mapping.format.get("decimal"),
        currency=formats.currency or (mapping.format.get("currency") or "").upper() or None,
    )


def position(header: str | int, headers: list[str], name: str) -> int:
    """The number (from 1) of the column with that header or number."""
    if isinstance(header, int):
        if not 1 <= header <= len(headers):
            raise FileError(f"{name}: the mapping names column {header}, but the file has {len(headers)} columns.")
        return header
    if header.strip() in headers:
        return headers.index(header.strip()) + 1
    plain = [normalised(h) for h in headers]
    if normalised(header) not in plain:
        raise FileError(f"{name}: the mapping names a column that the file does not have: {header}.")
    return plain.index(normalised(header)) + 1
