"""What an export is, by its headers: the header row is found by its content, and every column is matched on its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from metrics.errors import FileError
from metrics.exports import hubspot, nearly
from metrics.exports.headers import normalised, width_of
from metrics.exports.plan import EXTRAS, LINKS, Formats, Match, Parts, Plan
from metrics.exports.vendors import Shape, shapes
from metrics.model import TABLES, Table

_ROWS = 30
_REASONS = {"_modified_at": "tells the newer of two rows", "_is_deleted": "tells rows deleted in the source"}


@dataclass(frozen=True)
class Recognised:
    """The header's record number (None: there is no header), the shape, and the column numbers (from 1) by what they
    feed."""

    header: int | None
    shape: Shape
    found: dict[str, tuple[int, ...]]


def recognise(head: Sequence[Sequence[str]]) -> Recognised | None:
    """The export that the first records of a text show, or None."""
    widest = 0
    for number, cells in enumerate(head[:_ROWS]):
        filled = sum(1 for cell in cells if cell.strip())
        if filled < 2 or filled <= widest:  # a preamble is narrower than its header
            widest = max(widest, filled)
            continue
        widest = filled
        plain = nearly.plain_of(cells[: width_of(cells)])
        samples = head[number + 1 :]
        best: tuple[tuple[int, int, int], Recognised] | None = None
        lines = "\n".join(plain)
        for shape in (*shapes(), *_canonical_shapes()):
            if not shape.may_be(lines):
                continue
            found = nearly.found(shape, plain)
            score = _score(shape, found, plain, samples)
            if score is not None and (best is None or score > best[0]):
                best = score, Recognised(number, shape, found)
        if best:
            return best[1]
    return _without_header(head)


def _without_header(head: Sequence[Sequence[str]]) -> Recognised | None:
    """The export without a header that the cells themselves show, or None."""
    records = [cells for cells in head if any(cell.strip() for cell in cells)]
    for shape in shapes():
        if shape.positions and records and all(_has_form(shape, cells) for cells in records):
            return _by_position(shape)
    return None


def _has_form(shape: Shape, cells: Sequence[str]) -> bool:
    return len(cells) == shape.width and all(form.search(cells[p - 1].strip()) for p, form in shape.cells.items())


def _by_position(shape: Shape) -> Recognised:
    return Recognised(None, shape, {column: (position,) for column, position in shape.positions.items()})


def as_told(name: str, head: Sequence[Sequence[str]], file: str) -> Recognised:
    """The export that the user says it is; FileError names the columns that it lacks."""
    known = {shape.name: shape for shape in (*shapes(), *_canonical_shapes())}
    if name not in known:
        readers = ", ".join(shape.name for shape in shapes())
        raise FileError(f"{file}: there is no reader {name!r}. Readers: {readers}, canonical.<table>.")
    shape = known[name]
    if shape.positions:
        widths = {len(cells) for cells in head if any(cell.strip() for cell in cells)}
        if min(widths, default=0) < max(shape.positions.values()):
            raise FileError(f"{file}: {name} has {shape.width} columns and no header. Map the columns by hand.")
        return _by_position(shape)
    rows = [nearly.plain_of(cells) for cells in head[:_ROWS]]
    number = max(range(len(rows)), key=lambda i: (len(nearly.found(shape, rows[i])), -i))
    found = nearly.found(shape, rows[number])
    for group in shape.needs:
        if not any(column in found for column in group):
            raise FileError(
                f"{file}: no column for {_looked_for(shape, group)}, which {name} needs. Map the columns by hand."
            )
    return Recognised(number, shape, found)


def again(known: Recognised, headers: Sequence[str]) -> Recognised:
    """The same export with the columns found among these headers (those of all its parts)."""
    if known.shape.positions:
        return known
    return Recognised(known.header, known.shape, nearly.found(known.shape, nearly.plain_of(headers)))


def unknown(head: Sequence[Sequence[str]], file: str) -> str:
    """One sentence or two on a file that is no known export: what it comes nearest to, and what it lacks for that."""
    found = [near for cells in head[:_ROWS] if (near := _nearest(cells))]
    if found:
        _, shape, lacking = max(found, key=lambda near: near[0])
        return (
            f"{file}: this looks like {_called(shape)}, but it has no column for {_looked_for(shape, lacking)}. Add it "
            "to the export, or map the columns."
        )
    titles = ", ".join(dict.fromkeys(shape.title for shape in shapes() if shape.title))
    return (
        f"{file}: the columns are not those of a known export. Looked for the headers of {titles} and for the "
        "product's own column names. Map its columns."
    )


def _nearest(cells: Sequence[str]) -> tuple[tuple[int, int], Shape, list[str]] | None:
    """The vendor's object that a row of headers shows but for a column that it needs."""
    plain = nearly.plain_of(cells)
    best: tuple[tuple[int, int], Shape, list[str]] | None = None
    for shape in shapes():
        there = nearly.found(shape, plain)
        lacking = next((group for group in shape.needs if not any(column in there for column in group)), None)
        is_marked = any(p.search(header) for p in (*shape.marks, *shape.signs) for header in plain)
        is_other = any(p.search(header) for p in shape.unless for header in plain)
        is_like = is_marked if shape.marks or shape.signs else len(there) > 2
        if lacking is None or is_other or not shape.title or not is_like:
            continue
        score = int(is_marked), len(there)
        if best is None or score > best[0]:
            best = score, shape, lacking
    return best


def said_untested(shape: Shape, file: str) -> str:
    """A warning on a reader that no real file was read with."""
    return (
        f"{file}: the reader of {_called(shape)} is untested on a real file. Check the columns, and compare the "
        f"figures with {shape.title}'s own."
    )


def said_proposed(plan: Plan, headers: Sequence[str], file: str) -> str:
    """A warning on the columns that are likely something, and from which nothing is taken unasked."""
    told = [
        f"{headers[p - 1]!r} ({match.proposed.partition('.')[2].replace('_', ' ')})"
        for p, match in sorted(plan.matches.items())
        if match.proposed
    ]
    return (
        f"{file}: by their headers these columns may be known ones, and are not taken as such unasked: "
        f"{', '.join(told[:5])}{f' and {len(told) - 5} more' if len(told) > 5 else ''}. Match them if they are."
    )


def _called(shape: Shape) -> str:
    """ "Salesforce opportunity history" for a shape."""
    return f"{shape.title} {shape.object.replace('_', ' ')}"


def _looked_for(shape: Shape, group: Sequence[str]) -> str:
    """What a group of columns is about, with some of the headers that would show it."""
    looked = [h for column in group for h in shape.columns.get(column, [])[:3] if not h.startswith("~")][:6]
    said = " or ".join(dict.fromkeys(column.strip("_").replace("_", " ") for column in group))
    return f"{said} ({', '.join(map(repr, looked))})" if looked else said


def plan_of(known: Recognised, headers: Sequence[str], pipelines: Sequence[str], formats: Formats) -> Plan:
    """The plan of a recognised export; columns that carry a canonical name are taken too.

    What is only likely is proposed and not taken.
    """
    shape = known.shape
    plan = Plan(
        source=shape.source,
        object=shape.object,
        table_name=shape.table,
        columns=dict(known.found),
        constants={c: v for c, v in shape.constants.items() if c not in known.found},
        derived=dict(shape.derived),
        also={t: sql for t, sql in shape.also.items() if any(e in known.found for e in EXTRAS if e in sql)},
        lists=shape.lists,
        refuses=dict(shape.refuses),
        totals=shape.totals,
        parts=_parts(shape, known.found),
        dates=shape.dates,
        untested=shape.untested,
        formats=formats,
    )
    for column, positions in known.found.items():
        for position in positions:
            canonical = f"{shape.table}.{column}" if not column.startswith("_") else None
            if position not in plan.matches or canonical:
                feeds = () if canonical else _fed_by(shape, column)
                plan.matches[position] = Match(canonical, "certain", _REASONS.get(column, "its header"), feeds)
    _take_home_amounts(plan)
    _add_canonical_names(plan, headers)
    if shape.name == "hubspot.deals":
        hubspot.add_stage_dates(plan, headers, pipelines)
    _propose(plan, shape, headers)
    return plan


def _parts(shape: Shape, found: Mapping[str, tuple[int, ...]]) -> Parts | None:
    """How the rows of one id make one record; where no column tells its items apart, their figures do."""
    if not shape.parts:
        return None
    names = [column for column in shape.parts["same"] if column in found]
    return Parts(
        tuple(names or [column for column in shape.parts["else"] if column in found]),
        tuple(shape.parts["sums"]),
        tuple(shape.parts.get("joins", ())),
        tuple(shape.parts.get("least", ())),
    )


def _fed_by(shape: Shape, extra: str) -> tuple[str, ...]:
    """The canonical columns and tables that are worked out or found with an extra."""
    names = re.compile(rf"\b{extra}\b")
    columns = [column for column, sql in shape.derived.items() if names.search(sql)]
    columns = [LINKS.get(column, column) for column in [*columns, extra]]
    fed = [f"{shape.table}.{column}" for column in columns if not column.startswith("_")]
    return tuple(dict.fromkeys([*fed, *(target for target, sql in shape.also.items() if names.search(sql))]))


def _take_home_amounts(plan: Plan) -> None:
    """Amounts in the company's currency count where nothing says in which one the others are; a deal's own currency is
    not theirs.
    """
    home = plan.columns.pop("_home_amount", None)
    if home is None:
        return
    left_out, reason = home, "the amounts in the deals' own currencies are taken"
    if "amount" not in plan.columns or "currency" not in plan.columns:
        left_out = (*plan.columns.pop("amount", ()), *plan.columns.pop("currency", ()))
        plan.columns["amount"] = home
        plan.matches[home[0]] = Match(f"{plan.table_name}.amount", "certain", "amounts in one currency, the company's")
        reason = "the amounts in the company's currency are taken"
    plan.ignored |= set(left_out)
    plan.matches |= {position: Match(None, "certain", reason) for position in left_out}


def _add_canonical_names(plan: Plan, headers: Sequence[str]) -> None:
    """Headers that are a canonical text column's own name, where nothing else feeds it."""
    for position, header in enumerate(headers, start=1):
        name = normalised(header).rstrip(": ").replace(" ", "_")
        if position in plan.matches or name not in plan.table or name in plan.columns or name in plan.derived:
            continue
        column = plan.table[name]
        if column.kind in ("text", "flag") and not column.choices and name not in plan.constants:
            plan.columns[name] = (position,)
            plan.matches[position] = Match(f"{plan.table_name}.{name}", "certain", "the header is this column's name")


def _propose(plan: Plan, shape: Shape, headers: Sequence[str]) -> None:
    """Tell what the columns that nothing takes may be by their headers. Nothing is taken from them unasked."""
    if shape.positions or shape.asks:
        return
    plain = nearly.plain_of(headers)
    free = {p for p, header in enumerate(plain, start=1) if header and p not in plan.matches}
    fed = {*plan.columns, *plan.constants, *plan.derived}
    for position, column in nearly.proposals(shape, plain, fed, free).items():
        proposed = f"{plan.table_name}.{column}"
        plan.matches[position] = Match(None, "likely", "its header is nearly this column's", proposed=proposed)


def _score(
    shape: Shape, found: dict[str, tuple[int, ...]], plain: Sequence[str], samples: Sequence[Sequence[str]]
) -> tuple[int, int, int] | None:
    """How well the headers fit (ids or signs that prove it, headers that mark it, columns found); None if not."""
    width = sum(1 for header in plain if header)
    has_dates = any(hubspot.is_stage_date(header) for header in plain)
    there = found.keys() | ({"_entered"} if has_dates else set())
    if width > shape.most_columns or len(found) < 2 or any(p.search(header) for p in shape.never for header in plain):
        return None
    proof = _proof(shape, plain, samples)
    if proof < 0:
        return None
    if proof == 0:
        needed = [[column for column in group if column in there] for group in shape.needs]
        if not all(needed) or len({c for group in needed for c in group}) < len(needed):
            return None
        if any(p.search(header) for p in shape.unless for header in plain):
            return None
    marked = any(p.search(header) for p in shape.marks for header in plain)
    if shape.marks and not marked and proof == 0:
        return None
    if shape.source == "canonical" and len(found) < 0.6 * width:
        return None
    signed = any(p.search(header) for p in shape.signs for header in plain)
    if shape.signs and not signed:
        return None
    return proof + signed, int(marked), len(found)


def _proof(shape: Shape, plain: Sequence[str], samples: Sequence[Sequence[str]]) -> int:
    """1 if a column `Id` holds this object's ids, -1 if those of another, 0 if it does not say."""
    if shape.prefix is None or "id" not in plain:
        return 0
    at = plain.index("id")
    ids = [cells[at].strip() for cells in samples if len(cells) > at and cells[at].strip()]
    ids = [i for i in ids if re.fullmatch(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?", i)]
    if not ids:
        return 0
    if all(i.startswith(shape.prefix) for i in ids):
        return 1
    others = {s.prefix for s in shapes() if s.prefix}
    return -1 if all(i[:3] in others for i in ids) else 0


@cache
def _canonical_shapes() -> tuple[Shape, ...]:
    return tuple(_canonical(t) for t in TABLES)


def _canonical(table: Table) -> Shape:
    """The product's own column names as an export."""
    columns = {c.name: [c.name, c.name.replace("_", " ")] for c in table.columns}
    if "account_id" in columns:
        columns["account_id"].append("account")
    required = [c.name for c in table.columns if c.required and c.name != table.id_column]
    needs = [[name] for name in required]
    if table.id_column:
        needs.append([table.id_column, *(c for c in table.names if c not in required)])
    return Shape("canonical", table.name, table.name, columns, needs or [list(table.names)])
