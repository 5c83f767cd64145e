"""A choice as plain keys of the URL, and back. What comes from a URL is input: unknown values are left out and named.

Names of people never stand in a URL: a filter on a seller is written as a fingerprint of the name, which only
those who have the data can read back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from hashlib import sha256

from dashboard.filters.choice import AUTO, NO_SPLIT, Choice, Mark
from dashboard.filters.periods import PRESETS
from metrics import NONE

PERSONAL = ("owner", "manager")
COMPARES = ("last-year", "previous", "goal", "none")
SHOWS = ("both", "target", "rest")
ROLES = ("leader", "seller", "executive")
_WHERE, _SET, _MARK = "where.", "view.", "mark."
MOST_SWITCHES, MOST_TEXT = 20, 200


def write_url(choice: Choice) -> dict[str, list[str]]:
    """The query parameters that bring this choice back; what is at its default is left out."""
    plain = {field.name: getattr(choice, field.name) for field in fields(choice)}
    written = {
        name: [str(plain[name])]
        for name in ("role", "show", "period", "compare", "split", "account")
        if plain[name] != getattr(Choice(), name)
    }
    if choice.period == "custom":
        written |= {name: [day.isoformat()] for name, day in (("from", choice.start), ("to", choice.end)) if day}
    for dimension, values in choice.filters:
        written[f"{_WHERE}{dimension}"] = [_coded(dimension, value) for value in values]
    written |= {f"{_SET}{name}": [value] for name, value in choice.switches}
    if choice.mark:
        written["mark"] = [choice.mark.chart]
        written |= {f"{_MARK}{key}": [_coded(key, value)] for key, value in choice.mark.keys}
    return written


def read_url(params: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]) -> tuple[Choice, list[str]]:
    """The choice that the parameters say, and the keys that were ignored. `known`: dimension → its values."""
    reader = _Reader(params, known)
    return reader.choice(), reader.ignored


def fingerprint(name: str) -> str:
    """Twelve characters that stand for a name in a URL."""
    return sha256(name.encode()).hexdigest()[:12]


def _coded(dimension: str, value: str) -> str:
    return fingerprint(value) if dimension in PERSONAL else value


class _Reader:
    def __init__(self, params: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]) -> None:
        self.params, self.known = params, known
        self.ignored: list[str] = []

    def choice(self) -> Choice:
        splits = ("target", NO_SPLIT, *self.known)
        start, end = self._day("from"), self._day("to")
        period = self._one("period", PRESETS, Choice().period)
        if period == "custom" and (start is None or end is None or end < start):
            self._ignore("period")
            period = Choice().period
        custom = period == "custom"
        return Choice(
            role=self._one("role", ROLES, "leader"),  # type: ignore[arg-type]
            show=self._one("show", SHOWS, "both"),  # type: ignore[arg-type]
            period=period, start=start if custom else None, end=end if custom else None,
            compare=self._one("compare", COMPARES, AUTO),
            split=self._one("split", splits, "target"),
            filters=self._filters(), switches=self._switches(), mark=self._mark(),
            account=(list(self.params.get("account", ())) or [""])[-1],
        )  # fmt: skip

    def _ignore(self, key: str) -> None:
        if key not in self.ignored:
            self.ignored.append(key)

    def _one(self, key: str, allowed: Sequence[str], default: str) -> str:
        given = list(self.params.get(key, ()))
        if not given:
            return default
        if given[-1] in allowed:
            return given[-1]
        self._ignore(key)
        return default

    def _day(self, key: str) -> date | None:
        given = list(self.params.get(key, ()))
        try:
            return date.fromisoformat(given[-1]) if given else None
        except ValueError:
            self._ignore(key)
            return None

    def _filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = []
        for key, given in self.params.items():
            if not key.startswith(_WHERE):
                continue
            dimension = key.removeprefix(_WHERE)
            told = (*self.known[dimension], NONE) if dimension in self.known else ()
            meant = {_coded(dimension, value): value for value in told}
            values = tuple(meant[value] for value in given if value in meant)
            if len(values) < len(given) or dimension == "target":
                self._ignore(key)
            if values and dimension != "target":
                found.append((dimension, values))
        return tuple(found)

    def _switches(self) -> tuple[tuple[str, str], ...]:
        pairs = [(key.removeprefix(_SET), given[-1]) for key, given in self.params.items()
                 if key.startswith(_SET) and given and len(key) + len(given[-1]) < MOST_TEXT]  # fmt: skip
        return tuple(pairs[:MOST_SWITCHES])

    def _mark(self) -> Mark | None:
        charts = list(self.params.get("mark", ()))
        if not charts:
            return None
        keys = []
        for key, given in self.params.items():
            if key.startswith(_MARK) and given:
                name = key.removeprefix(_MARK)
                meant = {fingerprint(value): value for value in self.known.get(name, ())} if name in PERSONAL else {}
                keys.append((name, meant.get(given[-1], given[-1])))
        return Mark(charts[-1], tuple(keys[:MOST_SWITCHES]))
