"""Titles that state what the figures say, and no more than their intervals allow.

Pure functions from an answer's frame or comparison to one sentence: subject, verb, number. On a card at most 70
characters, on a page 110; names from the data are shortened to fit. What is not clear is said to be not clear.
The sentences are plain text: make them safe for the outlet they go to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.text import has, numbers, safe, say, sentences
from metrics import against_others, clearly_lowest, rates_differ, wilson

CARD, PAGE = 70, 110
_FEW = numbers.FEW


class Compared(NamedTuple):
    """What the sentences need of a comparison of target and rest; a metric's own comparison has the same names."""

    values: tuple[float | None, float | None]
    verdict: str


class Loss(NamedTuple):
    """Where a funnel loses most: the step (None where that cannot be said), the sentence, whether it is clear, and
    whether another step loses as many.

    A chart marks the step in red only where it is clear.
    """

    step: str | None
    sentence: str
    clear: bool = False
    ties: bool = False


def fitted(key: str, names: Mapping[str, object], limit: int = CARD, **values: object) -> str:
    """The sentence with `names` (texts from the data) shortened evenly until it is within the limit.

    A sentence with a shorter form (the same key with `_short`) takes it before any name is cut.
    """
    forms = [form for form in (key, f"{key}_short") if has(form)]
    for room in range(40, 7, -1):
        words: dict[str, Any] = {name: safe.shorten(value, room) for name, value in names.items()} | values
        for form in forms:
            text = say(form, **words)
            if len(text) <= limit:
                return text
    return safe.shorten(text, limit)


def funnel_loss(
    frame: pd.DataFrame, *, key: str = "stage", names: Mapping[str, str] | None = None, unit: str = "deals",
    limit: int = CARD, unknown: int = 0,
) -> Loss:  # fmt: skip
    """The step that the smallest share of those before it reach. `frame`: one row a step, key and `value`, in order.

    `unknown`: how many are in the first step alone because nothing tells how far they came; no step has lost them.
    """
    table = _known(frame.groupby(key, sort=False)["value"].sum(), unknown)
    steps = pd.DataFrame({"now": table, "before": table.shift()}).dropna()
    count = numbers.count(table.iloc[0] if len(table) else 0)
    steps = steps[steps["before"] >= _FEW]
    if steps.empty:
        return Loss(None, say("findings.funnel.few", unit=unit, count=count))
    rates = steps["now"] / steps["before"]
    if rates.min() >= 1:
        return Loss(None, say("findings.funnel.none", unit=unit, count=count))
    worst, others = str(rates.idxmin()), rates.drop(rates.idxmin())
    named = {"step": _named(worst, names)}
    rate = numbers.percent(rates.min())
    if len(others) and others.min() == rates.min():
        named["other"] = _named(str(others.idxmin()), names)
        return Loss(worst, fitted("findings.funnel.tie", named, limit, rate=rate, unit=unit), ties=True)
    values = {"rate": rate, "before": numbers.count(steps.loc[worst, "before"]), "unit": unit}
    _, clear = clearly_lowest(steps["now"], steps["before"])
    return Loss(worst, fitted(f"findings.funnel.{'clear' if clear else 'unclear'}", named, limit, **values), clear)


def _known(table: pd.Series, unknown: int) -> pd.Series:
    """The steps' counts without those whose way is not known, who are in the first alone."""
    first = [unknown if place == 0 else 0 for place in range(len(table))]
    return table - pd.Series(first, index=table.index, dtype=float)


def funnel_page(
    frame: pd.DataFrame, *, key: str = "stage", names: Mapping[str, str] | None = None, unit: str = "deals",
    limit: int = PAGE, unknown: int = 0, still_open: Callable[[str, str], int] | None = None,
) -> str:  # fmt: skip
    """The same for a page: how many have not reached the step; how many of these are `still_open` (given the step
    before and the step), how many are of an `unknown` way, and both sides' rates where they clearly differ. Where no
    step clearly loses most, that first; of a tie no more than that, as on the card."""
    table = frame.groupby(key, sort=False)["value"].sum()
    loss = funnel_loss(table.reset_index(), key=key, names=names, unit=unit, limit=limit, unknown=unknown)
    if loss.step is None or loss.ties:
        return loss.sentence
    whole = _known(table, unknown)
    place = list(whole.index).index(loss.step)
    earlier, before = str(whole.index[place - 1]), float(whole.iloc[place - 1])
    lost = before - float(whole.iloc[place])
    is_open = still_open(earlier, loss.step) if still_open else 0
    tails = [say("findings.funnel.still_open", n=numbers.count(is_open))] if is_open else []
    if unknown and place == 1:
        tails.append(say("findings.funnel.unknown", n=numbers.count(unknown)))
    values: dict[str, object] = {"lost": numbers.count(lost), "before": numbers.count(before), "unit": unit}
    named = {"step": _named(loss.step, names), "earlier": _named(earlier, names)}
    if place > 1 or not unknown:
        tails.append(_sides_differ(frame, key, loss.step, earlier))
    form = "findings.funnel.page" if loss.clear else "findings.funnel.page_unclear"
    while True:  # what else to say goes before a name is cut
        said = fitted(form, named, limit, **values, more="".join(tails))
        if not tails or all(name in said for name in named.values()):
            return said
        tails.pop()


def _sides_differ(frame: pd.DataFrame, key: str, step: str, earlier: str) -> str:
    """How many of each side have not reached the step, where target and rest clearly differ."""
    if set(frame["segment"]) != {"target", "rest"}:
        return ""
    counts = frame.groupby(["segment", key])["value"].sum()
    now, before = (
        [float(counts.get((side, name), 0)) for side in ("target", "rest")] for name in (step, earlier)
    )  # fmt: skip
    missed = [b - n for n, b in zip(now, before, strict=True)]
    if not rates_differ(missed[0], before[0], missed[1], before[1]):
        return ""
    target, rest = (numbers.rate(m / b, m, b) for m, b in zip(missed, before, strict=True))
    return say("findings.funnel.sides", target=target, rest=rest)


def _named(step: str, names: Mapping[str, str] | None) -> str:
    return (names or {}).get(step, step)


def target_or_rest(
    comparison: Any, *, metric: str, title: str, kind: str, currency: str | None = None, **words: Any
) -> str:
    """Target against the rest on one measure. `comparison` has `values` (target, rest) and `verdict`.

    `words`: what the metric's own sentences need beside these, such as the age that is compared at.
    """
    if comparison is None or comparison.verdict == "too few to say":
        return fitted("findings.target.few", {"title": title})
    if any(numbers.is_missing(value) for value in comparison.values):
        return fitted("findings.target.missing", {"title": title})
    form = {"better": "better", "worse": "worse"}.get(comparison.verdict, "unclear")
    own = f"findings.target.{metric}.{form}"
    key = own if has(own) else f"findings.target.{form}"
    target, rest = (numbers.shown(value, kind, currency) for value in comparison.values)
    return fitted(key, {"title": title}, target=target, rest=rest, **words)


def scoreboard(verdicts: Sequence[str]) -> str:
    """On how many measures target accounts do clearly better. `verdicts` of all measures that the page compares."""
    usable = [verdict for verdict in verdicts if verdict != "too few to say"]
    better, worse, of = usable.count("better"), usable.count("worse"), len(usable)
    if not of:
        return say("findings.score.few")
    if better == of:
        return say("findings.score.one") if of == 1 else say("findings.score.all", of=of)
    if not better and not worse:
        return say("findings.score.none", of=of)
    form = "mixed" if better and worse else "some" if better else "worse"
    return say(f"findings.score.{form}", better=better, worse=worse, of=of)


def segments_that_differ(frame: pd.DataFrame, *, metric: str, dimension: str, key: str = "segment") -> str:
    """Which segments differ clearly from all others together: Newcombe's interval of the difference leaves out 0.

    `frame`: a rate's rows: key, `value`, `numerator`, `denominator`, of segments that no unit is in twice. With two
    segments this is their comparison.
    """
    sure = frame[frame["denominator"] >= _FEW].dropna(subset=["value"]).reset_index(drop=True)
    if len(sure) < 2:
        return say("findings.segments.few", dimension=dimension)
    sure = sure.assign(apart=_against_others(sure))
    above = sure[sure["apart"] > 0].sort_values("value", ascending=False, kind="stable")
    below = sure[sure["apart"] < 0].sort_values("value", kind="stable")
    found = len(above) + len(below)
    shares = {"one": "", "two": ""}
    if not found:
        form, names = "none", {}
    elif len(sure) == 2:
        form, names = "two", {"name": above[key].iloc[0], "other": below[key].iloc[0]}
        shares = {"one": numbers.percent(above["value"].iloc[0]), "two": numbers.percent(below["value"].iloc[0])}
    elif len(above) == 1 and len(below) == 1:
        form, names = "both", {"name": above[key].iloc[0], "other": below[key].iloc[0]}
    elif found == 1:
        form = "more" if len(above) else "less"
        names = {"name": (above if len(above) else below)[key].iloc[0]}
    else:
        form, names = "many", {"name": sure[key].iloc[int(sure["apart"].abs().argmax())]}
    own = f"findings.segments.{metric}.{form}"
    chosen = own if has(own) else f"findings.segments.{form}"
    values: dict[str, Any] = {"dimension": dimension, "count": found, "of": len(sure), **shares}
    return fitted(chosen, names, **values)


def _against_others(rows: pd.DataFrame) -> pd.Series:
    """By how much each row's rate is above (or, negative, below) that of all others together; 0 where not clear."""
    return pd.Series(against_others(rows["numerator"], rows["denominator"]), index=rows.index)


def loss_reason(frame: pd.DataFrame, *, names: Mapping[str, str] | None = None, key: str = "reason") -> str:
    """The largest reason and its share, where it clearly leads; where most losses have none, that. `frame`: key,
    `value` (share), `deals`."""
    table, leaders = _reasons(frame, key)
    values: dict[str, Any] = {"count": numbers.count(int(table["deals"].sum()))}
    if table["deals"].sum() < _FEW:
        return say("findings.losses.few", **values)
    if not leaders:
        share = table.loc[table[key].astype(str) == "(none)", "value"].iloc[0]
        return say("findings.losses.unknown", share=numbers.percent(share), **values)
    named = {"reason": _named(leaders[0], names)}
    shares = table.assign(reason=table[key].astype(str)).set_index("reason")["value"]
    values["share"] = numbers.percent(shares[leaders[0]])
    if len(leaders) == 1:
        return fitted("findings.losses.largest", named, **values)
    named["other"] = _named(leaders[1], names)
    values["share_other"] = numbers.percent(shares[leaders[1]])
    return fitted("findings.losses.two" if len(leaders) == 2 else "findings.losses.several", named, **values)


def largest_reason(frame: pd.DataFrame, *, key: str = "reason") -> str | None:
    """The reason that `loss_reason` speaks of; None where it names none, or two."""
    table, leaders = _reasons(frame, key)
    if table["deals"].sum() < _FEW:
        return None
    return "(none)" if not leaders else leaders[0] if len(leaders) == 1 else None


def _reasons(frame: pd.DataFrame, key: str) -> tuple[pd.DataFrame, list[str]]:
    """The reasons, the largest first, and those that lead: the largest and all that are not clearly fewer, which is
    where the interval of its share of the two holds a half. None lead where no reason is given, or of under half."""
    table = frame.dropna(subset=["value"]).sort_values("deals", ascending=False, kind="stable")
    unknown = table[key].astype(str) == "(none)"
    known = table[~unknown]
    if known.empty or float(table.loc[unknown, "value"].max()) > 0.5:
        return table, []
    first = float(known["deals"].iloc[0])
    behind = known["deals"].to_numpy(dtype=float)[1:]
    low, _ = wilson(np.full(len(behind), first), first + behind)
    others = known[key].iloc[1:][low <= 0.5].astype(str)
    return table, [str(known[key].iloc[0]), *others]


def bridge(start: float | None, end: float | None, *, currency: str | None = None, undated: bool = False) -> str:
    """Whether the open pipeline grew between two dates (amounts). `undated`: when most was opened is not known."""
    if numbers.is_missing(start) or numbers.is_missing(end) or start is None or end is None:
        return numbers.MISSING
    shown = {"change": numbers.money(abs(end - start), currency), "end": numbers.money(end, currency)}
    if undated:
        return say("findings.bridge.undated", end=shown["end"])
    form = "same" if end == start else "began" if not start else "grew" if end > start else "shrank"
    return say(f"findings.bridge.{form}", **shown)


def revenue_change(
    now: float, deals_now: int, then: float, deals_then: int, *, currency: str | None = None
) -> list[str]:
    """Won revenue against another period in up to three sentences: the change, and how much of it the number of wins
    and the size of the deals made; these two are together exactly the change. `deals`: won deals with an amount.
    """
    shown = {"now": numbers.money(now, currency), "then": numbers.money(then, currency)}
    form = "same" if now == then else "up" if now > then else "down"
    sentences = [say(f"findings.change.{form}", **shown)]
    if not deals_now or not deals_then or now == then:
        return sentences
    size_now, size_then = now / deals_now, then / deals_then
    by_count = (deals_now - deals_then) * (size_now + size_then) / 2
    by_size = (size_now - size_then) * (deals_now + deals_then) / 2
    counts = {"deals_now": numbers.count(deals_now), "deals_then": numbers.count(deals_then)}
    sizes = {"size_now": numbers.money(size_now, currency), "size_then": numbers.money(size_then, currency)}
    effects = [numbers.unbroken(numbers.difference(effect, "money", currency)) for effect in (by_count, by_size)]
    sentences.append(say("findings.change.wins", effect=effects[0], **counts))
    sentences.append(say("findings.change.size", effect=effects[1], **sizes))
    return sentences


@cache
def _openings() -> tuple[str, ...]:
    """The words of ours that sentences begin with, before any name or figure."""
    openings = {words.partition("{")[0] for key, words in sentences().items() if key.startswith("findings.")}
    return tuple(opening for opening in openings if opening.strip())


def _inside(sentence: str) -> str:
    """The sentence as it goes on behind others: our own words in small letters, a name from the data as it is."""
    return sentence[:1].lower() + sentence[1:] if sentence.startswith(_openings()) else sentence


def told_of(name: str, told: Callable[[int], str], limit: int = CARD) -> str:
    """ "New business: no step clearly loses most": a finding of one part, which `told` says in so many letters."""
    head = say("findings.told_of", name=safe.shorten(name, 24))
    said = told(limit - len(head))
    return f"{head}{_inside(said)}" if said else ""


def headline(*sentences: str, limit: int = PAGE) -> str:
    """One sentence for a page: the first, and as many of the following as fit, joined by semicolons."""
    chosen = ""
    for sentence in sentences:
        joined = f"{chosen}; {_inside(sentence)}" if chosen else sentence
        if sentence and len(joined) <= limit - 1:
            chosen = joined
    return f"{chosen}." if chosen and not chosen.endswith((".", "?", "!")) else chosen


def proportions_differ(share_a: float, n_a: float, share_b: float, n_b: float) -> bool:
    """Whether two shares differ clearly: the Newcombe interval of their difference leaves out 0."""
    return rates_differ(round(share_a * n_a), n_a, round(share_b * n_b), n_b)
