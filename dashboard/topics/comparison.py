"""Target against the rest on every figure that both sides have."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import charts
from dashboard.cards import empty
from dashboard.cards.chart import note_comparisons
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import theme_mode
from dashboard.text import caveats, findings, numbers, say, segment_name
from dashboard.text.against import difference_interval
from metrics import AbmError, Answer

MEASURES = ("engaged_accounts", "accounts_with_opportunity", "win_rate", "average_deal_size", "deal_velocity")
MAIN = "win_rate"


@dataclass(frozen=True)
class Compared:
    """One measure held against the rest."""

    name: str
    answer: Answer


def compared(page: Page, names: tuple[str, ...] = MEASURES) -> list[Compared]:
    """The measures that the data have, of both sides."""
    found = []
    for name in names:
        question = page.asks(name, by="target")
        if question.missing_tables():
            continue
        try:
            answer = question.answer()
        except AbmError:
            continue
        if answer.comparison:
            found.append(Compared(name, answer))
    return found


def target_chart(page: Page, names: tuple[str, ...] = MEASURES, main: str = MAIN) -> Chart:
    """The dumbbell; without target lists the way to define them, with one side chosen the way to show both. `main`:
    the measure whose currency is that of all."""
    question = page.asks(main, by="target")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        measures = compared(page, names)
        if not measures:
            return None
        for one in measures:
            if one.name != main:
                note_comparisons(one.answer)
        frame = pd.DataFrame([_row(one) for one in measures])
        title = findings.scoreboard([one.answer.comparison[0].verdict for one in measures])
        figure = charts.target_dumbbell(
            frame, currency=answer.currency, selected=(chosen or {}).get("metric"), mode=theme_mode()
        )
        missing = [say(f"compared.{name}") for name in names if name not in {one.name for one in measures}]
        parts = [say("compared.not_causal"), *_warnings(measures), *_apart(measures)]
        parts += [say("compared.missing", names=", ".join(missing))] if missing else []
        return Drawn(title, say("compared.caption"), figure, " ".join(parts), _table(measures, frame))

    def listing(mark: dict[str, str]) -> Listing:
        name = mark["metric"]
        return Listing(
            lambda n: say("compared.rows", n=n, measure=say(f"compared.{name}")),
            page.asks(name, by="target"),
            {},
            _by_side,
        )

    return Chart("target_rest", say("compared.name"), question, build, listing, instead=_instead(page),
                 others=_others(page, names, main))  # fmt: skip


def _others(page: Page, names: tuple[str, ...], main: str) -> tuple[Question, ...]:
    return tuple(page.asks(name, by="target") for name in names if name != main)


def _instead(page: Page) -> Any:
    if not page.has_targets:
        return lambda: empty.no_targets("target_rest")
    return (lambda: empty.one_side("target_rest")) if page.choice.show != "both" else None


def _row(one: Compared) -> dict[str, Any]:
    found, metric = one.answer.comparison[0], one.answer.metric
    sizes = one.answer.frame.set_index("segment")["n"]
    return {
        "metric": one.name,
        "label": say(f"compared.{one.name}"),
        "kind": metric.format,
        "better": metric.better,
        "target": found.values[0],
        "rest": found.values[1],
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "verdict": found.verdict,
        "n_target": sizes.get("target", 0),
        "n_rest": sizes.get("rest", 0),
    }


def _table(measures: list[Compared], frame: pd.DataFrame) -> pd.DataFrame:
    """The measures in words, each in its own unit."""
    rows = []
    for one, row in zip(measures, frame.to_dict("records"), strict=True):
        kind, currency = one.answer.metric.format, one.answer.currency
        compared = one.answer.comparison[0]
        rows.append({
            say("compared.measure"): row["label"],
            **{segment_name(side): numbers.shown(row[side], kind, currency, unit=kind == "days")
               for side in ("target", "rest")},
            say("compared.difference"): numbers.difference(row["difference"], kind, currency),
            say("compared.interval"): difference_interval(compared, kind, currency),
            say("compared.n", side=segment_name("target")): row["n_target"],
            say("compared.n", side=segment_name("rest")): row["n_rest"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def _warnings(measures: list[Compared]) -> list[str]:
    """The guard against a flag that was set because a deal existed, once."""
    known = [(caveats.recognised(said, "warnings"), said) for one in measures for said in one.answer.warnings]
    told = [caveats.warning_words(said) for found, said in known if found and found[0] in caveats.LATE_TARGETS]
    return list(dict.fromkeys(told))[:1]


def _apart(measures: list[Compared]) -> list[str]:
    """That shared spend is in the cost of neither side, where a cost is compared."""
    said = [said for one in measures if one.answer.metric.name == "customer_acquisition_cost"
            for said in one.answer.warnings]  # fmt: skip
    return [caveats.warning_words(text) for text in said if caveats.recognised(text, "warnings") == ("costs_apart", {})]


def _by_side(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        say("segments.target"): rows[rows["segment"] == "target"],
        say("segments.rest"): rows[rows["segment"] == "rest"],
    }


def comparison_sentence(page: Page) -> str:
    """How often target accounts win where that is clear, else on how many measures they do better; "" where both sides
    are not shown."""
    if not page.has_targets or page.choice.show != "both":
        return ""
    measures = compared(page)
    win = next((one.answer for one in measures if one.name == MAIN), None)
    if win is not None and win.comparison[0].verdict in ("better", "worse"):
        return findings.target_or_rest(win.comparison[0], metric=MAIN, title=win.metric.title, kind="percent")
    return findings.scoreboard([one.answer.comparison[0].verdict for one in measures]) if measures else ""
