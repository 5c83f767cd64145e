"""Target against the rest on every figure that both sides have."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.chart import count_comparison
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.switches import card_switch
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import caveats, findings, numbers, say, segment_name
from dashboard.text.against import difference_interval
from metrics import AbmError, Answer, Comparison


@dataclass(frozen=True)
class Measure:
    """What is compared: a metric's figure in the row with this key's value, or the medians beside its mean."""

    metric: str
    row: tuple[str, str] | None = None
    median: bool = False


_OTHERWISE = {
    "median_days": Measure("deal_velocity", median=True),
    "followed_up": Measure("team_alignment", ("measure", "followed_up")),
    "mql_to_sql": Measure("lead_conversion", ("step", "sql")),
    "influence_pipeline": Measure("marketing_influence", ("of", "pipeline")),
    "influence_won": Measure("marketing_influence", ("of", "won")),
}
"""The measures that are not named as their metric is, whose `value` is compared."""
MEASURES = ("engaged_accounts", "accounts_with_opportunity", "win_rate", "average_deal_size", "median_days")
EVERY = (
    "in_market_accounts", "engaged_accounts", "qualified_accounts", "engagement_quality", "relationship_strength",
    "account_penetration", "followed_up", "influence_pipeline", "influence_won", "marketing_velocity",
    "accounts_with_opportunity", "mql_to_sql", "win_rate", "average_deal_size", "median_days", "sales_velocity",
    "churn_rate", "revenue_retention", "customer_lifetime_value", "customer_acquisition_cost", "return_on_investment",
)  # fmt: skip
"""Every figure that two kinds of accounts can have and of which one side is better: accounts, then deals, customers."""
MAIN = "win_rate"
_SHOWN = ("main", "all")


def measure_of(name: str) -> Measure:
    return _OTHERWISE.get(name) or Measure(name)


@dataclass(frozen=True)
class Compared:
    """One measure held against the rest: its answer, and the comparison of it that counts."""

    name: str
    answer: Answer
    found: Comparison

    @property
    def kind(self) -> str:
        """How the compared figure is written: a share where it stands beside a count."""
        metric = self.answer.metric
        return "percent" if metric.compare == "newcombe" else metric.format_of(self.found.keys)

    def size(self, side: str) -> int:
        """How many are behind the side's figure."""
        frame = self.answer.frame
        for key, value in self.found.keys.items():
            frame = frame[frame[key] == value]
        found = frame.loc[frame["segment"] == side, "denominator" if self._is_part else "n"]
        return 0 if found.empty or numbers.is_missing(found.iloc[0]) else int(found.iloc[0])

    @property
    def _is_part(self) -> bool:
        return self.answer.metric.compare == "newcombe" and "denominator" in self.answer.frame


def compared(page: Page, names: tuple[str, ...] = MEASURES) -> list[Compared]:
    """The measures that the data have, of both sides."""
    return [found for name in names if (found := _compared(page, name)) is not None]


def _compared(page: Page, name: str) -> Compared | None:
    measure = measure_of(name)
    question = page.asks(measure.metric, by="target")
    if question.missing_tables():
        return None
    try:
        answer = question.answer()
        pairs = visit.medians_apart(answer) if measure.median else answer.comparison
    except AbmError:
        return None
    own = [pair for pair in pairs if measure.row is None or pair.keys.get(measure.row[0]) == measure.row[1]]
    return Compared(name, answer, own[0]) if own else None


def every_target_chart(page: Page) -> Chart:
    """The Overview's dumbbell: the main measures, or every one that has a better side, asked only when they are wanted
    since they take as long as all the rest of the page."""
    names = EVERY if switch("kpis", _SHOWN) == "all" else MEASURES

    def shown() -> None:
        card_switch("kpis", _SHOWN, label=say("compared.shown"), key="compared.kpis",
                    words=lambda kind: say(f"compared.{kind}", n=len(EVERY)))  # fmt: skip

    can_choose = page.has_targets and page.choice.show == "both"
    return replace(target_chart(page, names), controls=shown if can_choose else None)


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
                count_comparison()
        frame = pd.DataFrame([_row(one) for one in measures])
        title = findings.scoreboard([one.found.verdict for one in measures])
        figure = charts.target_dumbbell(
            frame, currency=answer.currency, selected=(chosen or {}).get("metric"), mode=theme_mode()
        )
        missing = [say(f"compared.{name}") for name in names if name not in {one.name for one in measures}]
        parts = [say("compared.not_causal"), *_warnings(measures), *_apart(measures)]
        few = [say(f"compared.{one.name}") for one in measures if one.found.verdict == "too few to say"]
        parts += [say("compared.too_few", names=", ".join(few))] if few else []
        parts += [say("compared.missing", names=", ".join(missing))] if missing else []
        return Drawn(title, say("compared.caption"), figure, " ".join(parts), _table(measures, frame))

    def listing(mark: dict[str, str]) -> Listing:
        name = mark["metric"]
        measure = measure_of(name)
        return Listing(
            lambda n: say("compared.rows", n=n, measure=say(f"compared.{name}")),
            page.asks(measure.metric, by="target"),
            dict([measure.row]) if measure.row else {},
            _by_side,
        )

    return Chart("target_rest", say("compared.name"), question, build, listing, instead=_instead(page),
                 others=_others(page, names, main))  # fmt: skip


def _others(page: Page, names: tuple[str, ...], main: str) -> tuple[Question, ...]:
    metrics = dict.fromkeys(measure_of(name).metric for name in names if name != main)
    return tuple(page.asks(name, by="target") for name in metrics)


def _instead(page: Page) -> Any:
    if not page.has_targets:
        return lambda: empty.no_targets("target_rest")
    return (lambda: empty.one_side("target_rest")) if page.choice.show != "both" else None


def _row(one: Compared) -> dict[str, Any]:
    found = one.found
    return {
        "metric": one.name,
        "label": say(f"compared.{one.name}"),
        "kind": one.kind,
        "better": one.answer.metric.better_of(found.keys),
        "target": found.values[0],
        "rest": found.values[1],
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "verdict": found.verdict,
        "n_target": one.size("target"),
        "n_rest": one.size("rest"),
    }


def _table(measures: list[Compared], frame: pd.DataFrame) -> pd.DataFrame:
    """The measures in words, each in its own unit."""
    rows = []
    for one, row in zip(measures, frame.to_dict("records"), strict=True):
        kind, currency = one.kind, one.answer.currency
        rows.append({
            say("compared.measure"): row["label"],
            **{segment_name(side): numbers.shown(row[side], kind, currency, unit=kind == "days")
               for side in ("target", "rest")},
            say("compared.difference"): numbers.difference(row["difference"], kind, currency),
            say("compared.interval"): difference_interval(one.found, kind, currency),
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
    win = next((one for one in measures if one.name == MAIN), None)
    if win is not None and win.found.verdict in ("better", "worse"):
        return findings.target_or_rest(win.found, metric=MAIN, title=win.answer.metric.title, kind="percent")
    return findings.scoreboard([one.found.verdict for one in measures]) if measures else ""
