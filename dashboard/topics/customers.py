"""Customers: the figures of the page, its sentence, where revenue comes from, and why a figure has no value."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.kpi import kpi_card
from dashboard.cards.page import Page
from dashboard.cards.reading import Figure
from dashboard.text import caveats, findings, numbers, safe, say
from metrics import AbmError, Answer

WHY = ("customers_unknown", "no_customers_known", "revenue_unknown", "no_spend", "no_prediction", "no_loss",
       "abm_without_targets", "abm_without_spend", "costs_narrowed", "costs_of_parts", "spend_span")  # fmt: skip
"""The warnings that say why a figure has no value, the first that holds first."""
RETURN, ABM = "return_on_investment", {"program": "abm"}
"""The page's return is that on ABM, whatever the return as a whole is elsewhere."""
LEAVERS = 20
COSTED = ("acquisition_cost", "payback", "lifetime_ratio", RETURN)
"""The figures with a cost in them: target and rest have their own, and shared spend is in neither."""
FROM_LOSSES = ("churn_rate", "revenue_retention", "grr")
NO_BOUNDS = ("", "")
SOURCES = ("by_contracts", "by_invoices", "customers_unknown")
DOUBTS = ("cost_too_early", "customers_before_spend", "spend_span", "spend_span_deals", "lag_unknown", "costs_narrowed",
          "return_untouched", "abm_without_targets", "abm_without_spend", "contract_uninvoiced",
          "lost_and_back")  # fmt: skip
"""The warnings that change how a figure of this page is read: they stand below it."""


def customer_tables() -> tuple[str, ...]:
    """What must be loaded to know who is a customer still: contracts or else invoices; nothing where one of them is."""
    counts = visit.snapshot().row_counts
    return () if counts.get("contracts") or counts.get("invoices") else ("contracts",)


def is_by_contracts() -> bool:
    """Whether customers and their revenue are those of contracts; else of invoices."""
    return bool(visit.snapshot().row_counts.get("contracts"))


def counted(n: Any) -> str:
    """How many, with a star below five."""
    few = 0 < float(n) < numbers.FEW
    return numbers.count(n) + ("*" if few else "")


def said_of(answer: Answer, keys: tuple[str, ...]) -> list[str]:
    """The answer's warnings of these kinds in words, in the order of `keys`."""
    known = [(caveats.recognised(said, "warnings"), said) for said in answer.warnings]
    found = sorted((keys.index(key[0]), said) for key, said in known if key and key[0] in keys)
    return [_dated(caveats.warning_words(said)) for _, said in found]


def _dated(words: str) -> str:
    """The same with its days as people write them."""
    return re.sub(r"\b\d{4}-\d{2}-\d{2}\b", lambda found: numbers.date(found.group()), words)


def why_missing(answer: Answer) -> str:
    """Why the answer has no value; "" where it does not say."""
    return next(iter(said_of(answer, WHY)), "")


def doubts(answer: Answer) -> str:
    """What changes how the figure is read, for the foot of its card."""
    return " ".join(said_of(answer, DOUBTS))


def customer_figures(page: Page) -> None:
    """Churn, net and gross retention, cost, payback, lifetime value, its ratio to the cost, return. What is not
    loaded is asked for once."""
    figures = _figures(page)
    grid = st.grid(len(figures) if len(figures) < 6 else 4, min_column_width=150)
    at_once = not customer_tables() and bool(all_left_at_once(page))
    for figure in figures:
        # A state of today has nothing to be compared with, nor have losses of which only the last month's are known.
        still = figure.question.metric.clock == "as_of" or (at_once and figure.key in FROM_LOSSES)
        with grid:
            kpi_card(figure, replace(page.choice, compare="none") if still else page.choice)
    st.caption(safe.for_markdown(_sources(page)))


def _figures(page: Page) -> list[Figure]:
    churn, kept = page.asks("churn_rate"), page.asks("revenue_retention")
    cost, value = page.asks("customer_acquisition_cost"), page.asks("customer_lifetime_value")
    needs, predicted = customer_tables(), _predicts(page)
    found = [Figure("churn_rate", _label("churn"), churn, needs=needs)]
    if not needs:
        found.append(Figure("revenue_retention", _label("nrr"), kept))
        found.append(Figure("grr", _label("grr"), kept, "grr", NO_BOUNDS, trend_column="grr"))
    found.append(Figure("acquisition_cost", _label("cost"), cost))
    if not cost.missing_tables():
        found.append(Figure("payback", _label("payback"), cost, "payback_months", NO_BOUNDS, "score",
                            trend_column="payback_months"))  # fmt: skip
    found.append(Figure("lifetime_value", _label("predicted" if predicted else "observed"), value,
                        "predicted" if predicted else "value", NO_BOUNDS))  # fmt: skip
    if not cost.missing_tables():
        found.append(Figure("lifetime_ratio", _label("ratio"), value, "ratio", NO_BOUNDS, "times"))
        found.append(Figure("return_on_investment", _label("return"), page.asks(RETURN, **ABM)))
    return [replace(one, lacking=_why_no_value, sides=_line(page, one)) for one in found]


def _line(page: Page, figure: Figure) -> Callable[[], str] | None:
    """What stands below the figure: the months of a period that is no year, since churn and retention are read as
    yearly ones; whether the return is before margin; and what stands beside it."""
    if figure.question.missing_tables(*figure.needs):
        return None
    months, parts = _months(page), []
    if months != 12 and figure.question.metric.clock != "as_of" and figure.key != "payback":
        parts.append(say("customers.of_months", n=months))
    if figure.key == RETURN:
        margin = float(visit.snapshot().settings.get("margin", 1.0))
        parts.append(say(f"customers.sentence.{'before' if margin == 1 else 'after'}"))
    beside = _beside(page, figure)

    def said() -> str:
        words = " · ".join(part for part in (*parts, beside() if beside else "") if part)
        return words[:1].upper() + words[1:] if parts else words

    return said


def _beside(page: Page, figure: Figure) -> Callable[[], str] | None:
    """Target beside the rest, where both are shown; or what customers brought so far, beside what is predicted; or that
    what is compared with is not all known."""
    if figure.key in ("revenue_retention", "grr") and said_of(figure.question.answer(), ("before_uncovered",)):
        return lambda: say("customers.before_uncovered")
    if (figure.column == "predicted" or figure.key in FROM_LOSSES) and not customer_tables() and all_left_at_once(page):
        key = "customers.at_once" if figure.column == "predicted" else "customers.last_month_only"
        return lambda: say(key)
    if figure.question.missing_tables(*figure.needs):
        return None
    if not page.has_targets or page.choice.show != "both":
        return (lambda: _so_far(figure.question.answer())) if figure.column == "predicted" else None

    def said() -> str:
        answer = page.asks(figure.question.name, by="target").answer()
        kind = figure.kind or answer.metric.format
        found = {row["segment"]: row for row in answer.rows()}
        if set(found) != {"target", "rest"} or all(row[figure.column] is None for row in found.values()):
            return ""
        words = {
            side: numbers.rate(row[figure.column], row.get("numerator"), row.get("denominator")) if kind == "percent"
            else numbers.shown(row[figure.column], kind, answer.currency)
            for side, row in found.items()
        }  # fmt: skip
        return say(f"customers.sides.{'unshared' if figure.key in COSTED and _shares(answer) else 'both'}", **words)

    return said


def _shares(answer: Answer) -> bool:
    """Whether there is spend that is neither of ABM nor of the rest, and so in the figure of neither."""
    return any(said_of(answer, ("costs_apart",))) or any(row.get("shared_unallocated") for row in answer.rows())


def _so_far(answer: Answer) -> str:
    row = next(iter(answer.rows()), {})
    return say("customers.so_far_value", value=numbers.money(row.get("value"), answer.currency))


def _label(name: str) -> str:
    return say(f"customers.figures.{name}")


def is_billed_seldom(answer: Answer) -> bool:
    """Whether churn has no value because customers are invoiced less often than the period is long."""
    found = (caveats.recognised(reason, "reasons") for reason, _ in answer.excluded)
    return answer.is_empty and any(one is not None and one[0] == "billed_seldom" for one in found)


def _why_no_value(answer: Answer) -> str:
    if is_billed_seldom(answer):
        return say("customers.billed_seldom")
    row = next(iter(answer.rows()), {})
    if row.get("spend") is not None and not row.get("customers"):
        return say("customers.no_newcomer")
    return why_missing(answer)


def _predicts(page: Page) -> bool:
    return predicts(page.asks("customer_lifetime_value").answer())


def predicts(answer: Answer) -> bool:
    """Whether lifetime value is the predicted one: it is known, and it is what the settings hold against the cost."""
    row = next(iter(answer.rows()), {})
    return row.get("predicted") is not None and answer.options["lifetime"] == "predicted"


def _sources(page: Page) -> str:
    """Which revenue the figures rest on, and whether it is before margin."""
    parts = said_of(page.asks("churn_rate").answer(), SOURCES)
    source, margin = visit.revenue_source(), float(visit.snapshot().settings.get("margin", 1.0))
    if source:
        form = "before" if margin == 1 else "after"
        words = {"source": say(f"customers.sources.{source.replace(' ', '_')}"), "margin": numbers.percent(margin)}
        parts.append(say(f"customers.value_{form}", **words))
    parts.append(_days_of(page))
    return " ".join(part for part in parts if part)


def _days_of(page: Page) -> str:
    """Over which days the figures are that have a period, and what is of the last twelve months whatever it is."""
    scope = page.asks("churn_rate").scope
    if scope.start is None:
        return ""
    end = min(scope.end or page.as_of, page.as_of)
    months = _months(page)
    words: dict[str, Any] = {"start": numbers.date(scope.start), "end": numbers.date(end), "n": months}
    return say(f"customers.days_of{'_predicted' if _predicts(page) else ''}", **words)


def all_left_at_once(page: Page) -> str:
    """The month in which all leavers of the last twelve left, where there are several; else ""."""
    end = pd.Timestamp(page.as_of) + pd.Timedelta(days=1)
    first = (end - pd.DateOffset(months=12)).date()
    frame = page.asks("churn_rate").but(start=first, end=page.as_of, grain="month").answer().frame
    frame = frame.dropna(subset=["value"])
    return numbers.period(frame["period"].iloc[-1]) if len(frame) and is_at_once(frame) else ""


def is_at_once(frame: pd.DataFrame) -> bool:
    """Whether all who left did so in the last period: then the export is a snapshot, which knows no earlier endings."""
    gone = frame["gone"].astype(float)
    return len(frame) > 2 and bool(gone.iloc[-1] >= LEAVERS) and bool((gone.iloc[:-1] == 0).all())


def customers_sentence(page: Page) -> str:
    """What a customer costs and is worth; else, or as room allows, how many left."""
    try:
        worth = "" if not customer_tables() and all_left_at_once(page) else _worth(page)
        return findings.headline(worth, _left(page))
    except AbmError:
        return ""


def _worth(page: Page) -> str:
    question, value = page.asks("customer_acquisition_cost"), page.asks("customer_lifetime_value").answer()
    row = next(iter(value.rows()), {})
    form, column = ("worth", "predicted") if predicts(value) else ("brought", "value")
    amount = numbers.money(row.get(column), value.currency)
    margin = say(f"customers.sentence.{'before' if float(value.options.get('margin', 1.0)) == 1 else 'after'}")
    if not question.missing_tables() and row.get("ratio") is not None and not row["company_cost"]:
        return say(f"customers.sentence.{form}", cost=numbers.money(row["acquisition_cost"], value.currency),
                   value=amount, times=numbers.times(row["ratio"]), margin=margin)  # fmt: skip
    if row.get(column) is None:
        return ""
    return say(f"customers.sentence.{'value' if form == 'worth' else 'observed'}", value=amount, margin=margin)


def _left(page: Page) -> str:
    if customer_tables():
        return ""
    row = next(iter(page.asks("churn_rate").answer().rows()), {})
    if row.get("value") is None:
        return ""
    if month := all_left_at_once(page):
        (row,) = page.asks("churn_rate").but(start=page.as_of.replace(day=1), end=page.as_of).answer().rows()
        share = numbers.rate(row["value"], row["gone"], row["customers"])
        return say("customers.sentence.left_at_once", share=share, period=month)
    share = numbers.rate(row["value"], row["gone"], row["customers"])
    return say("customers.sentence.left", share=share, n=_months(page))


def _months(page: Page) -> int:
    """Calendar months that churn is measured over, begun ones too: the period's, else the last twelve."""
    scope = page.asks("churn_rate").scope
    if scope.start is None:
        return 12
    end = min(scope.end or page.as_of, page.as_of)
    return (end.year - scope.start.year) * 12 + end.month - scope.start.month + 1
