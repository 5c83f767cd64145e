"""How the figures of segments make up that of the whole: what a metric's header says of it in `[change]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics.errors import DefinitionError

KINDS = ("sum", "rate", "mean", "ratio", "none")
REASONS = {
    "median": "a median has no parts; without says by how much it would have changed without the segment",
    "spread": "how far days spread, against their median, has no parts",
    "correlation": "a correlation has no parts",
    "derived": "it is worked out from several figures, which have parts of their own",
    "cohort": "a cohort is of one period and not in another",
    "wave": "a wave of answers is of one period and not in another; change holds it against the wave before",
    "today": "it is of the as-of day, and there is no other one",
}
"""Why the segments of a figure of kind “none” do not add up to its change."""
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "sum": (set(), {"beyond", "apart"}), "rate": ({"under"}, {"over", "beyond", "apart"}),
    "mean": ({"under"}, {"beyond", "apart"}), "ratio": ({"over", "under"}, {"undivided", "beyond", "apart"}),
    "none": ({"because"}, set()),
}  # fmt: skip
"""What [change] of each kind must say, and what else it may."""
_TERM = re.compile(r"([+-]?)\s*(?:([a-z]\w*)\s*×\s*)?([a-z]\w*)")
Terms = tuple[tuple[int, str, str], ...]
"""(1 or −1, the option that it is multiplied by or "", the column) of each."""


@dataclass(frozen=True)
class Adding:
    """What a figure's segments are to it.

    `kind`: it is their "sum"; a "rate" or a "mean", which is theirs weighed by `under` (`over` ÷ `under` where `over`
    is given, which is then known also of a segment without any `under`); a "ratio" `over` ÷ `under` where one of the
    two is not divided among the segments, or not in proportion; or "none" of these, `because` of one of REASONS.
    `over` and `under` are columns of the answer, added or taken off, perhaps times an option; of those that are
    `undivided`, no segment has a part, whatever it is held against. `beyond`: what segments leave over, in words.
    `apart`: dimensions one of whose segments is no part of the whole.
    """

    kind: str
    over: Terms = ()
    under: Terms = ()
    because: str = ""
    undivided: tuple[str, ...] = ()
    beyond: str = ""
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherFigure:
    """Another figure that an answer has beside its value: its formula, and what its segments are to it (None: not
    said)."""

    formula: str
    change: Adding | None


def read_adding(name: str, spec: Mapping[str, Any]) -> Adding:
    """`[change]` of a header; DefinitionError where it says too little, too much, or what does not go together."""
    kind = spec.get("kind")
    told = {key: value for key, value in spec.items() if key != "kind"}
    if kind not in KINDS:
        raise DefinitionError(f"{name}: [change] is of the kind {', '.join(KINDS)}, not “{kind}”.")
    needed, more = _FIELDS[kind]
    allowed = needed | more
    if set(told) - allowed or needed - set(told):
        has, must, may = (", ".join(sorted(names)) or "nothing" for names in (told, needed, allowed))
        raise DefinitionError(f"{name}: [change] of kind “{kind}” has {has}; it needs {must} and may have {may}.")
    if kind == "none" and told["because"] not in REASONS:
        raise DefinitionError(f"{name}: [change] because “{told['because']}” is not one of {', '.join(REASONS)}.")
    return Adding(
        kind, _terms(name, told.get("over", "")), _terms(name, told.get("under", "")), told.get("because", ""),
        tuple(told.get("undivided", ())), told.get("beyond", ""), tuple(told.get("apart", ())),
    )  # fmt: skip


def _terms(name: str, text: str) -> Terms:
    """ "margin × revenue - cost" as ((1, "margin", "revenue"), (−1, "", "cost"))."""
    found = list(_TERM.finditer(text))
    if "".join(term[0] for term in found).replace(" ", "") != text.replace(" ", "") or any(
        not term[1] for term in found[1:]
    ):
        raise DefinitionError(f"{name}: [change] “{text}” is no sum of columns.")
    return tuple(
        (-1 if sign == "-" else 1, option or "", column) for sign, option, column in (t.groups() for t in found)
    )


def read_changes(name: str, header: dict[str, Any]) -> dict[str, Adding]:
    """`[change]` and, for single values of the first key, `[change.of.VALUE]`: taken out of the header, by that value
    ("" for all others). A metric that has another period says it, one of the as-of day and a list say nothing."""
    told = header.pop("change", None)
    has_other_period = header["clock"] != "as_of" and not header.get("list_of")
    if (told is None) == has_other_period:
        raise DefinitionError(f"{name}: [change] is for metrics that have another period, and those need it.")
    if told is None:
        return {}
    each = told.pop("of", {})
    if each and not header.get("keys"):
        raise DefinitionError(f"{name}: [change.of] names values of a key, and there is none.")
    return {"": read_adding(name, told)} | {str(key): read_adding(name, spec) for key, spec in each.items()}


def read_figures(name: str, header: dict[str, Any]) -> dict[str, OtherFigure]:
    """`[columns.NAME]`, taken out of the header: the formula of another figure of the answer, and its `change`."""
    found = {}
    for column, spec in header.pop("columns", {}).items():
        told = spec.get("change")
        if set(spec) - {"formula", "change"} or "formula" not in spec:
            raise DefinitionError(f"{name}: [columns.{column}] has a formula and a change, nothing else.")
        if told is not None and header["clock"] == "as_of":
            raise DefinitionError(f"{name}: [columns.{column}] has no change, as there is no other period.")
        found[column] = OtherFigure(spec["formula"], None if told is None else read_adding(name, told))
    return found
