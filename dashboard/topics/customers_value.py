"""What a customer is worth, by a property of the accounts: what is predicted, or what it has brought so far; and the
ratio to what it cost."""

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.topics.customers import all_left_at_once, counted, doubts, predicts
from dashboard.topics.customers_split import chosen, dimension_switch, dimensions
from metrics import Answer

MOST_ROWS, HEIGHT = 12, 276


def value_chart(page: Page) -> Chart:
    """Predicted lifetime value by a property of the accounts, what a customer cost, and the ratio where that is known;
    what customers brought so far where nothing can be predicted."""
    options, by = dimensions(page), chosen("value_by", page)
    question, whole = page.asks("customer_lifetime_value", by=by), page.asks("customer_lifetime_value")

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        total = whole.answer()
        predicted = predicts(total)
        frame = answer.frame[answer.frame["n"] > 0]
        shown = "predicted" if predicted else "value"
        frame = frame.sort_values(shown, ascending=False, kind="stable", na_position="last").reset_index(drop=True)
        table = _own_costs(frame)
        frame = table.head(MOST_ROWS)
        if frame.empty or frame[shown].isna().all():
            return None
        figure = charts.measured_bars(
            frame.assign(value=frame[shown]), key="segment",
            texts=[numbers.money(value, answer.currency) for value in frame[shown]],
            columns=_value_columns(frame, answer, predicted), selected=(mark or {}).get("segment"),
            mode=theme_mode(), height=HEIGHT,
        )  # fmt: skip
        worked = _worked(total) if predicted else ""
        said = foot(answer, total.rows()[0]["n"], worked, *_value_notes(page, frame, answer, predicted, by))
        at_once = bool(predicted and all_left_at_once(page))
        return Drawn(_value_title(total, at_once=at_once), _value_caption(total, predicted), figure, said, table)

    def listing(mark: dict[str, str]) -> Listing:
        name = segment_name(mark["segment"])
        symbol = numbers.currency_symbol(question.answer().currency)
        head = say("customers.value.measure")
        return Listing(lambda n: say("customers.value.rows", n=n, segment=name), question,
                       {"segment": mark["segment"]}, measure=f"{head}, {symbol}" if symbol else head)  # fmt: skip

    return Chart("lifetime_value", say("customers.value.name"), question, build, listing,
                 lambda: dimension_switch("value_by", options))  # fmt: skip


def _own_costs(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows without the cost of all customers where their own is not known: a ratio to it would be nobody's."""
    borrowed = frame["company_cost"].astype("boolean").fillna(False).astype(bool)
    held = {name: frame[name].mask(borrowed) for name in ("net", "ratio", "acquisition_cost")}
    return frame.assign(**held).drop(columns="company_cost")


def _value_columns(frame: pd.DataFrame, answer: Answer, predicted: bool) -> dict[str, list[str]]:
    columns = {}
    if predicted:
        columns[say("customers.value.stays")] = [_stays(row, answer) for _, row in frame.iterrows()]
    if frame["acquisition_cost"].notna().any():
        columns[say("customers.value.cost")] = [numbers.money(x, answer.currency) for x in frame["acquisition_cost"]]
        columns[say("customers.value.ratio")] = [numbers.times(x) for x in frame["ratio"]]
    columns[say("charts.n")] = [counted(n) for n in frame["n"]]
    return columns


def _stays(row: pd.Series, answer: Answer) -> str:
    """Months that a customer is expected to stay; † where the churn is that of all customers."""
    cap, churn = float(answer.options["cap_months"]), row["monthly_churn"]
    if numbers.is_missing(churn) or churn <= 0 or numbers.is_missing(row["predicted"]):
        return numbers.MISSING
    months = 1 / churn
    mark = "†" if row["few_losses"] else ""
    return (
        say("customers.value.capped", months=numbers.count(cap)) if months >= cap else numbers.number(months)
    ) + mark


def _value_title(answer: Answer, *, at_once: bool) -> str:
    row = answer.rows()[0]
    if not predicts(answer):
        value = numbers.money(row["value"], answer.currency)
        if row["ratio"] is None or row["company_cost"] or answer.options["lifetime"] != "observed":
            return say("customers.value.title.observed", value=value)
        return say("customers.value.title.observed_ratio", value=value, times=numbers.times(row["ratio"]))
    value = numbers.money(row["predicted"], answer.currency)
    if at_once:
        return say("customers.value.title.at_most", value=value)
    if row["ratio"] is None or row["company_cost"]:
        return say("customers.value.title.value", value=value)
    return say("customers.value.title.ratio", value=value, times=numbers.times(row["ratio"]))


def _value_caption(answer: Answer, predicted: bool) -> str:
    if not predicted:
        return say("customers.value.caption_observed")
    margin = float(answer.options.get("margin", 1.0))
    words = (
        say("customers.value.margin", margin=numbers.percent(margin))
        if margin != 1
        else say("customers.value.before_margin")
    )
    return say("customers.value.caption", cap=numbers.count(answer.options["cap_months"]), margin=words)


def _worked(answer: Answer) -> str:
    """How the predicted value of all customers comes about: it multiplies up."""
    row, options = answer.rows()[0], answer.options
    months, cap, margin = 1 / row["monthly_churn"], float(options["cap_months"]), float(options.get("margin", 1.0))
    words = {"revenue": numbers.money(row["revenue_per_month"], answer.currency),
             "margin": say("customers.value.margin", margin=numbers.percent(margin)) if margin != 1 else "",
             "churn": numbers.percent(row["monthly_churn"]), "lost": numbers.count(row["customers_lost"]),
             "months": numbers.number(months), "cap": numbers.count(cap),
             "at_risk": numbers.count(row["customer_months"])}  # fmt: skip
    return say(f"customers.value.{'worked_capped' if months > cap else 'worked'}", **words)


def _value_notes(page: Page, frame: pd.DataFrame, answer: Answer, predicted: bool, by: str | None) -> list[str]:
    """What stands behind the ratio, and why it is missing where it is."""
    notes = []
    at_once = all_left_at_once(page) if predicted else ""
    if at_once:
        notes.append(say("customers.value.at_once", period=at_once))
    total = page.asks("customer_lifetime_value").answer()
    row = total.rows()[0]
    if predicted and row["value"] is not None and row["predicted"] < row["value"]:
        notes.append(say("customers.value.below", value=numbers.money(row["value"], total.currency)))
    if predicted and frame["few_losses"].astype("boolean").fillna(False).any():
        notes.append(say("customers.value.few_losses"))
    if frame["acquisition_cost"].isna().all():
        has_spend = not Question("customer_acquisition_cost", answer.scope).missing_tables()
        notes.append(say("customers.value.no_segment_cost" if has_spend else "customers.value.no_spend"))
    if by == "target":
        notes.append(say("customers.value.shared_apart") if frame["acquisition_cost"].notna().any() else "")
        observed = sides(answer)
        notes.append(say("customers.value.observed_sides", said=observed) if observed else "")
    notes.append(doubts(answer))
    return notes
