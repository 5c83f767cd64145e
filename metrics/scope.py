"""Scope: which part of the company a question is about, and how its answer is split. It composes with every metric."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from metrics.errors import QuestionError

Grain = Literal["month", "quarter", "year"]
Compare = Literal["previous", "last-year", "goal"]
NONE = "(none)"


@dataclass(frozen=True)
class Scope:
    """A question's scope.

    `filters`: (dimension, values) pairs; the values of one dimension are alternatives, the pairs all hold.
    `start`, `end`: the period, both inclusive; None is open. `by`: the dimension of the split.
    `grain`: adds a row a calendar unit. `compare`: the other period (or goal) to hold the answer against.
    """

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    start: date | None = None
    end: date | None = None
    by: str | None = None
    grain: Grain | None = None
    compare: Compare | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise QuestionError(f"The period ends ({self.end}) before it starts ({self.start}): swap the two dates.")
        if self.grain is not None and self.grain not in get_args(Grain):
            raise QuestionError(f"Unknown grain “{self.grain}”: choose one of {', '.join(get_args(Grain))}.")
        if self.compare is not None and self.compare not in get_args(Compare):
            raise QuestionError(f"Unknown comparison “{self.compare}”: choose one of {', '.join(get_args(Compare))}.")
        merged: dict[str, set[str]] = {}
        for name, values in self.filters:
            merged.setdefault(name, set()).update(values)
        canonical = tuple((name, tuple(sorted(values))) for name, values in sorted(merged.items()))
        object.__setattr__(self, "filters", canonical)

    @property
    def has_period(self) -> bool:
        return self.start is not None or self.end is not None

    def where(self, dimension: str, values: Iterable[str] | str) -> "Scope":
        """The same scope, narrowed to `values` of `dimension` (in place of an earlier filter on it)."""
        chosen = (values,) if isinstance(values, str) else tuple(values)
        kept = tuple(pair for pair in self.filters if pair[0] != dimension)
        return replace(self, filters=(*kept, (dimension, chosen)))

    def without(self, dimension: str) -> "Scope":
        """The same scope without its filter on `dimension`."""
        return replace(self, filters=tuple(pair for pair in self.filters if pair[0] != dimension))

    def filter_values(self, dimension: str) -> tuple[str, ...]:
        """What `dimension` is narrowed to; empty if it is not."""
        return next((values for name, values in self.filters if name == dimension), ())

    def sentence(self, units: str, clock: str) -> str:
        """The scope in words, from the same object that makes the query, so that the two cannot disagree."""
        start = f"{self.start}" if self.start else "the beginning"
        end = f"{self.end}" if self.end else "the as-of day"
        parts = [f"{units}{clock} {start} to {end}" if self.has_period else f"all {units}"]
        parts += [f"{name} is {' or '.join(values)}" for name, values in self.filters]
        parts += [f"by {self.by}"] if self.by else []
        parts += [f"per {self.grain}"] if self.grain else []
        return ", ".join(parts)
