"""A metric is a runnable `.sql` file with a short header.

This room reads it and knows nothing of filters or screens.
"""

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from metrics.adding import Adding, OtherFigure, read_changes, read_figures
from metrics.errors import DefinitionError, QuestionError
from metrics.model.settings import WORKSPACE_SETTINGS, read_workspace_setting
from metrics.spelling import did_you_mean

UNITS = {
    "account": "accounts", "deal": "deals", "visit": "stage visits", "contact": "contacts",
    "activity": "activities", "contract": "contracts", "answer": "answers and mentions",
}  # fmt: skip
CLOCKS = {
    "closed_on": " closed", "opened_on": " opened", "created_on": " created", "exited_at": " completed",
    "occurred_at": ", touches", "as_of": "", "event": "", "period": "", "first engagement": " first engaged",
    "first revenue": " with first revenue", "first win": " first won", "expected_close_on": " expected to close",
    "answered_on": " of",
}  # fmt: skip
FORMATS = ("percent", "money", "days", "count", "ratio", "score")
BETTER = ("higher", "lower", "none")
INTERVALS = ("wilson", "median", "median_column", "none")
COMPARISONS = (
    "newcombe", "mean", "median", "sum", "ratio", "rate_or_ratio", "iqr_ratio", "correlation", "product", "none",
)  # fmt: skip
OptionValue = str | int | float | bool
_T = TypeVar("_T")
_SECTION = "-- section:"
_FIELDS = {
    "title", "definition", "formula", "unit", "clock", "format", "better", "keys", "needs", "interval", "compare",
    "steps", "own_splits", "splits", "options", "touches", "list_of", "compare_column", "uses",
    "parts_of_whole", "lists", "formulas", "lower_is_better", "shares", "by_product", "change", "columns",
}  # fmt: skip


@dataclass(frozen=True)
class Option:
    """A switch of a metric's definition, with its default and what it does.

    `choices`: its value is one of these; `parts`: it is some of these, separated by commas, kept in their order.
    """

    name: str
    default: OptionValue
    meaning: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    parts: tuple[str, ...] = ()

    def read(self, given: object) -> OptionValue:
        """`given` (text or a value) in the type of the default; QuestionError if it cannot be."""
        if self.name in WORKSPACE_SETTINGS:
            return read_workspace_setting(self.name, given)
        try:
            value = self._cast(given)
        except ValueError:
            kind = {bool: "yes or no", int: "a whole number", float: "a number"}.get(type(self.default), "text")
            raise QuestionError(f"Option {self.name}: “{given}” is not {kind} (default {self.default}).") from None
        if self.choices and value not in self.choices:
            hint = did_you_mean(str(given), self.choices)
            raise QuestionError(f"Option {self.name}: “{given}” is not one of {', '.join(self.choices)}.{hint}")
        if self.parts:
            return self._some_parts(str(value))
        if self.minimum is not None and float(value) < self.minimum:
            raise QuestionError(f"Option {self.name}: {given} is below the least, {self.minimum:g}.")
        return value

    def _some_parts(self, text: str) -> str:
        given = [part.strip() for part in text.split(",") if part.strip()]
        for part in given:
            if part not in self.parts:
                hint = did_you_mean(part, self.parts)
                raise QuestionError(f"Option {self.name}: “{part}” is not one of {', '.join(self.parts)}.{hint}")
        if not given:
            raise QuestionError(f"Option {self.name}: name at least one of {', '.join(self.parts)}.")
        return ", ".join(part for part in self.parts if part in given)

    def _cast(self, given: object) -> OptionValue:
        text = str(given).strip()
        if isinstance(self.default, bool):
            if text.casefold() in ("true", "yes", "1"):
                return True
            if text.casefold() in ("false", "no", "0"):
                return False
            raise ValueError(text)
        value = type(self.default)(text)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(text)
        return value


@dataclass(frozen=True)
class Metric:
    """One metric: its words, its shape, its switches and its SQL sections.

    `by_product`: it is of what accounts bought, so that a filter on product narrows contracts and invoices, and other
    properties of deals reach it only where won amounts are its revenue.
    """

    name: str
    topic: str
    title: str
    definition: str
    formula: str
    unit: str
    clock: str
    format: str
    better: str
    keys: tuple[str, ...]
    needs: tuple[str, ...]
    sections: Mapping[str, str]
    interval: str = "none"
    compare: str = "none"
    steps: tuple[str, ...] = ()
    own_splits: tuple[str, ...] = ()
    splits: bool = True
    touches: bool = False
    by_product: bool = False
    list_of: str = ""
    parts_of_whole: bool = False
    compare_column: str = "value"
    options: Mapping[str, Option] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)
    lower_is_better: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    changes: Mapping[str, Adding] = field(default_factory=dict)
    figures: Mapping[str, OtherFigure] = field(default_factory=dict)
    own_sections: tuple[str, ...] = ()

    def adding_of(self, keys: Mapping[str, object], column: str = "value") -> Adding | None:
        """What its segments are to the figure of the row with these keys; None where it has no other period."""
        if column in self.figures:
            return self.figures[column].change
        first = str(keys.get(self.keys[0])) if self.keys else ""
        return self.changes.get(first) or self.changes.get("")

    def formula_of(self, row: Mapping[str, object], column: str = "value") -> str:
        """The formula of a row of an answer: that of its first key's value, where the header has one for it."""
        if column in self.figures:
            return self.figures[column].formula
        own = self.formulas.get(str(row.get(self.keys[0]))) if self.keys else None
        return own or self.formula or self.title

    def better_of(self, keys: Mapping[str, object]) -> str:
        """Which of two values is the better one, of the row with these keys: higher, lower or none."""
        return "lower" if set(map(str, keys.values())) & set(self.lower_is_better) else self.better

    def format_of(self, keys: Mapping[str, object]) -> str:
        """How the value of the row with these keys is written: a share among other scores as a percentage."""
        return "percent" if set(map(str, keys.values())) & set(self.shares) else self.format

    @property
    def drawn_column(self) -> str:
        """The number in `rows` that lists show and comparisons draw; `measure` may be a key's name."""
        return "measured" if "measure" in self.keys else "measure"

    @property
    def units(self) -> str:
        return UNITS[self.unit]

    @property
    def group_columns(self) -> list[str]:
        """The columns that name a row of an answer."""
        return ["segment", "period", *self.keys]

    @property
    def clock_words(self) -> str:
        """What the clock says of the units, for the scope's sentence."""
        return CLOCKS[self.clock]

    def settle(self, *layers: Mapping[str, object]) -> dict[str, OptionValue]:
        """Every option's value: the default, overridden by each layer in turn. Unknown names are left to the caller.

        A layer names an option by itself or, before that, with the metric in front: account_funnel.window_days.
        """
        settled = {name: option.default for name, option in self.options.items()}
        for layer in layers:
            for name, option in self.options.items():
                for given in (name, f"{self.name}.{name}"):
                    if given in layer:
                        settled[name] = option.read(layer[given])
        return settled

    def refuse_unknown(self, options: Mapping[str, object]) -> None:
        """QuestionError if `options` names a switch that this metric does not have."""
        for name in options:
            if name.removeprefix(f"{self.name}.") not in self.options:
                known = ", ".join(self.options) or "none"
                hint = did_you_mean(name, self.options)
                raise QuestionError(f"{self.name} has no option “{name}”.{hint} Its options: {known}.")

    def refuse_unknown_list(self, name: str) -> None:
        """QuestionError if `name` is neither `rows` nor one of the metric's own lists."""
        known = [*(["rows"] if "rows" in self.sections else ()), *self.lists]
        if name not in known:
            said = f" Its lists: {', '.join(known)}." if known else ""
            raise QuestionError(f"{self.name} has no list “{name}”.{did_you_mean(name, known)}{said}")


def read_metric(path: Path, shared_in: Path | None = None) -> Metric:
    """The metric of the file at `path`; DefinitionError says what is wrong in it.

    `uses` names files beside the topics (`engagement` for `engagement.sql`), or else in `shared_in`: their sections
    stand in front of the metric's own, and their options are its own, so that what several rest on is said once.
    """
    header, sections = _read(path)
    _check(path, header)
    options, own = _options(path, header), tuple(sections)
    changes, figures = read_changes(path.name, header), read_figures(path.name, header)
    for name in reversed(header.pop("uses", [])):
        shared = (shared_in or path.parents[1]) / f"{name}.sql"
        shared_header, shared_sections = _read(shared)
        sections = _joined(path, shared_sections, sections)
        options = _joined(path, _options(shared, shared_header), options)
    if header.get("compare") == "product" and ("factors" not in sections or header.get("keys")):
        raise DefinitionError(f"{path.name}: to compare products it needs a section “factors”, and no keys.")
    if unlisted := set(header.get("lists", ())) - set(sections):
        raise DefinitionError(f"{path.name}: lists {', '.join(sorted(unlisted))}, which is no section.")
    if "answer" not in sections:
        raise DefinitionError(f"{path.name}: has no “{_SECTION} answer”.")
    for key in ("keys", "needs", "steps", "own_splits", "lower_is_better", "shares"):
        header[key] = tuple(header.get(key, ()))
    header.setdefault("formula", "")
    header.setdefault("better", "none")
    return Metric(name=path.stem, topic=path.parent.name, sections=sections, options=options, changes=changes,
                  figures=figures, own_sections=own, **header)  # fmt: skip


def _read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The header and the sections of the file."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("/*") or "*/" not in text:
        raise DefinitionError(f"{path.name}: must begin with its header between /* and */.")
    head, _, body = text[2:].partition("*/")
    try:
        return tomllib.loads(head), _sections(body)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{path.name}: the header is not TOML: {error}.") from error


def _joined(path: Path, shared: Mapping[str, _T], own: Mapping[str, _T]) -> dict[str, _T]:
    if twice := set(shared) & set(own):
        raise DefinitionError(f"{path.name}: {', '.join(sorted(twice))} is there already, in a file that it uses.")
    return {**shared, **own}


_CHOICES: dict[str, Collection[str]] = {
    "unit": UNITS, "clock": CLOCKS, "format": FORMATS, "better": BETTER, "interval": INTERVALS, "compare": COMPARISONS,
}  # fmt: skip


def _check(path: Path, header: dict[str, Any]) -> None:
    unknown = set(header) - _FIELDS
    missing = {"title", "definition", "unit", "clock", "format", "needs"} - set(header)
    if unknown or missing:
        raise DefinitionError(f"{path.name}: unknown header fields {sorted(unknown)}, missing {sorted(missing)}.")
    for key, known in _CHOICES.items():
        if header.get(key, "none") not in known:
            raise DefinitionError(f"{path.name}: {key} “{header[key]}” is not one of {', '.join(known)}.")


def _options(path: Path, header: dict[str, Any]) -> dict[str, Option]:
    return {name: _option(path, name, spec) for name, spec in header.pop("options", {}).items()}


def _option(path: Path, name: str, spec: dict[str, Any]) -> Option:
    try:
        return Option(
            name, spec["default"], spec["meaning"], tuple(spec.get("choices", ())), spec.get("minimum"),
            tuple(spec.get("parts", ())),
        )  # fmt: skip
    except KeyError as missing:
        raise DefinitionError(f"{path.name}: option {name} lacks {missing}.") from missing


def _sections(body: str) -> dict[str, str]:
    sections: dict[str, str] = {}
    for part in body.split(_SECTION)[1:]:
        name, _, sql = part.partition("\n")
        sections[name.strip()] = sql.strip().removesuffix(";").strip()
    return sections
