"""What a new customer costs and when that is repaid, what it is worth, and lifetime value at equal age."""

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import numbers, say, segment_name
from dashboard.text.against import TOO_FEW, UNCLEAR, against_words
from dashboard.topics.customers import all_left_at_once, doubts
from dashboard.topics.customers_retention import is_running
from dashboard.topics.customers_split import chosen, dimension_switch, dimensions, view_switch
from metrics import Answer, Comparison

PARTS = ("abm", "other", "shared_unallocated")
GRAINS = ("quarter", "month", "year")
SIDES = ("target", "rest")
MOST_ROWS, HEIGHT = 12, 276


def cost_chart(page: Page) -> Chart:
    """Cost of a new customer by period, or of target accounts and the rest; made up of ABM, other and shared spend."""
    both = page.has_targets and page.choice.show == "both"
    views = (*GRAINS, "sides") if both else GRAINS
    view = switch("cost_view", views)
    whole = page.asks("customer_acquisition_cost")
    question = page.asks("customer_acquisition_cost", by="target") if view == "sides" else whole.but(grain=view)
    key = "segment" if view == "sides" else "period"

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["spend"].notna() | (answer.frame["customers"] > 0)]
        frame = frame.tail(MOST_ROWS).reset_index(drop=True)
        if frame.empty or frame["value"].isna().all():
            return None
        each = frame[[*PARTS]].div(frame["customers"].where(frame["customers"] > 0), axis=0)
        if view == "sides":
            each["shared_unallocated"] = float("nan")  # of neither side
        figure = charts.cost_bars(
            each.assign(**{key: frame[key].astype(str)}), key=key, names=_row_names(frame, key, page),
            parts={part: say(f"customers.cost.parts.{part}") for part in PARTS if each[part].notna().any()},
            texts=[numbers.money(value, answer.currency) for value in frame["value"]],
            columns={say("customers.cost.new"): [_counted(n) for n in frame["customers"]],
                     say("customers.cost.payback"): [numbers.number(months) for months in frame["payback_months"]]},
            selected=(mark or {}).get(key), mode=theme_mode(), height=HEIGHT - 18,
        )  # fmt: skip
        together = whole.answer()
        return Drawn(_cost_title(together), _cost_caption(together), figure,
                     foot(answer, together.rows()[0]["customers"], _spent(together), sides(answer), doubts(together)),
                     frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        name = numbers.period(mark["period"]) if "period" in mark else segment_name(mark["segment"])
        return Listing(lambda n: say("customers.cost.rows", n=n, name=name), question, {key: mark[key]})

    return Chart("acquisition_cost", say("customers.cost.name"), question, build, listing,
                 None if whole.missing_tables() else lambda: view_switch("cost_view", views))  # fmt: skip


def _counted(n: Any) -> str:
    few = 0 < float(n) < numbers.FEW
    return numbers.count(n) + ("*" if few else "")


def _row_names(frame: pd.DataFrame, key: str, page: Page) -> dict[str, str]:
    if key == "segment":
        return {str(name): segment_name(name) for name in frame["segment"]}
    names = {}
    for label in frame["period"].astype(str):
        runs = not label.startswith("FY") and is_running(label, page.as_of)
        name = numbers.period(label)
        names[label] = say("customers.so_far", period=name) if runs else name
    return names


def _cost_title(answer: Answer) -> str:
    row = answer.rows()[0]
    cost = numbers.money(row["value"], answer.currency)
    if row["value"] is None:
        return say("customers.cost.title.none")
    if row["payback_months"] is None:
        return say("customers.cost.title.cost", cost=cost)
    return say("customers.cost.title.paid", cost=cost, months=numbers.number(row["payback_months"]))


def _cost_caption(answer: Answer) -> str:
    """What is divided by what, which lag is used and why, and before which margin it is repaid."""
    row, options = answer.rows()[0], answer.options
    days = row["lag_days"]
    if days is None:
        form = "unknown"
    elif options.get("lag_days", -1) >= 0:
        form = "chosen" if days else "same"
    else:
        form = "median" if days else "same"
    margin = float(options.get("margin", 1.0))
    paid = say("customers.cost.before_margin") if margin == 1 else say("customers.cost.margin",
                                                                      margin=numbers.percent(margin))  # fmt: skip
    return " ".join((say("customers.cost.caption"), say(f"customers.cost.lag.{form}", days=numbers.count(days)), paid))


def _spent(answer: Answer) -> str:
    """The whole spend and its parts: they add up."""
    row = answer.rows()[0]
    if row["spend"] is None:
        return ""
    known = [say("customers.cost.part", name=say(f"customers.cost.parts.{part}"),
                 amount=numbers.money(row[part], answer.currency)) for part in PARTS if row[part]]  # fmt: skip
    return say("customers.cost.spent", amount=numbers.money(row["spend"], answer.currency), parts=", ".join(known))


def value_chart(page: Page) -> Chart:
    """Predicted lifetime value by a property of the accounts, what a customer cost, and the ratio where that is known;
    what customers brought so far where nothing can be predicted."""
    options, by = dimensions(page), chosen("value_by", page)
    question, whole = page.asks("customer_lifetime_value", by=by), page.asks("customer_lifetime_value")

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        total = whole.answer()
        predicted = total.rows()[0]["predicted"] is not None
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
        return Drawn(_value_title(total), _value_caption(total, predicted), figure, said, table)

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
    columns[say("charts.n")] = [_counted(n) for n in frame["n"]]
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


def _value_title(answer: Answer) -> str:
    row = answer.rows()[0]
    if row["predicted"] is None:
        return say("customers.value.title.observed", value=numbers.money(row["value"], answer.currency))
    value = numbers.money(row["predicted"], answer.currency)
    if row["ratio"] is None or row["company_cost"]:
        return say("customers.value.title.value", value=value)
    return say("customers.value.title.ratio", value=value, times=numbers.times(row["ratio"]))


def _value_caption(answer: Answer, predicted: bool) -> str:
    if not predicted:
        return say("customers.value.caption_observed")
    margin = float(answer.options.get("margin", 1.0))
    words = say("customers.value.margin", margin=numbers.percent(margin)) if margin != 1 else ""
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


def equal_age_chart(page: Page) -> Chart:
    """What customers had brought 3, 6, 12 and 24 months after their first win, whenever that was: target beside the
    rest where both are shown."""
    both = page.has_targets and page.choice.show == "both"
    asked = page.asks("lifetime_value_impact", by="target" if both else None)
    question = replace(asked, scope=replace(asked.scope, start=None, end=None))

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame.dropna(subset=["value"])
        if frame.empty:
            return None
        selected = (mark or {}).get("measure")
        if both and set(frame["segment"]) == set(SIDES):
            figure = _paired(frame, answer, selected)
        else:
            figure = _alone(frame, answer, selected)
        said = _aged_words(answer)
        return Drawn(_aged_title(frame, answer), say("customers.aged.caption"), figure,
                     foot(answer, frame.groupby("segment")["n"].max().sum(), said), frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        age = mark["measure"]
        symbol = numbers.currency_symbol(question.answer().currency)
        head = say("customers.aged.measure")
        return Listing(lambda n: say("customers.aged.rows", n=n, months=age), question, {"age_months": age},
                       _by_segment, f"{head}, {symbol}" if symbol else head)  # fmt: skip

    return Chart("lifetime_value_impact", say("customers.aged.name"), question, build, listing)


def _by_segment(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {segment_name(side): rows[rows["target"] == side] for side in SIDES}


def _held(answer: Answer) -> dict[int, Comparison]:
    return {int(c.keys["age_months"]): c for c in answer.comparison if c.segments == SIDES}


def _paired(frame: pd.DataFrame, answer: Answer, selected: str | None) -> Any:
    held = _held(answer)
    rows = []
    for age in sorted(frame["age_months"].unique()):
        own = frame[frame["age_months"] == age].set_index("segment")
        found = held.get(int(age))
        for side in SIDES:
            row = own.loc[side] if side in own.index else None
            few = row is not None and row["n"] < numbers.FEW
            rows.append({
                "measure": str(int(age)), "label": say("customers.aged.months", n=int(age)), "side": side,
                "value": float("nan") if row is None or few else float(row["value"]),
                "text": _aged_text(row, answer), "difference": _difference(found, answer),
                "interval": _interval(found, answer),
            })  # fmt: skip
    ages = sorted(frame["age_months"].unique())
    counts = [" / ".join(_n_of(frame, age, side) for side in SIDES) for age in ages]
    return charts.paired_bars(
        pd.DataFrame(rows), sides=SIDES, names=(segment_name(SIDES[0]), segment_name(SIDES[1])),
        beside=(say("charts.n"), counts), selected=selected, mode=theme_mode(), height=HEIGHT,
    )  # fmt: skip


def _n_of(frame: pd.DataFrame, age: Any, side: str) -> str:
    own = frame[(frame["age_months"] == age) & (frame["segment"] == side)]
    return numbers.count(own["n"].sum())


def _aged_text(row: pd.Series | None, answer: Answer) -> str:
    if row is None:
        return say("customers.aged.nobody")
    if row["n"] < numbers.FEW:
        return say("customers.aged.few")
    return numbers.money(row["value"], answer.currency)


def _difference(found: Comparison | None, answer: Answer) -> str:
    if found is None or found.verdict == TOO_FEW:
        return ""
    if found.verdict == UNCLEAR:
        return say("charts.dumbbell.unclear")
    return numbers.difference(found.difference, "money", answer.currency)


def _interval(found: Comparison | None, answer: Answer) -> str:
    if found is None or found.verdict == TOO_FEW:
        return ""
    return numbers.difference_interval(found.low, found.high, "money", answer.currency)


def _alone(frame: pd.DataFrame, answer: Answer, selected: str | None) -> Any:
    rows = frame[frame["segment"] == frame["segment"].iloc[0]].sort_values("age_months")
    few = rows["n"] < numbers.FEW
    table = rows.assign(measure=rows["age_months"].astype(int).astype(str), value=rows["value"].mask(few))
    return charts.measured_bars(
        table, key="measure", names={str(int(a)): say("customers.aged.months", n=int(a)) for a in rows["age_months"]},
        texts=[_aged_text(row, answer) for _, row in rows.iterrows()],
        columns={say("charts.n"): [numbers.count(n) for n in rows["n"]],
                 say("customers.aged.median"): ["" if is_few else numbers.money(m, answer.currency)
                                                for m, is_few in zip(rows["median"], few, strict=True)]},
        selected=selected, mode=theme_mode(), height=HEIGHT,
    )  # fmt: skip


def _told(answer: Answer) -> tuple[int, Comparison] | None:
    """The greatest age at which thirty of both sides were followed, else five."""
    held = _held(answer)
    least = answer.frame.groupby("age_months")["n"].min()
    for enough in (numbers.SMALL, numbers.FEW):
        ages = [age for age in held if held[age].verdict != TOO_FEW and least.get(age, 0) >= enough]
        if ages:
            return max(ages), held[max(ages)]
    return None


def _aged_title(frame: pd.DataFrame, answer: Answer) -> str:
    told = _told(answer)
    if told is not None:
        age, found = told
        form = {"better": "better", "worse": "worse"}.get(found.verdict, "unclear")
        one, other = (numbers.money(value, answer.currency) for value in found.values)
        return say(f"customers.aged.title.{form}", n=age, target=one, rest=other)
    sure = frame[frame["n"] >= numbers.FEW]
    if sure.empty or set(frame["segment"]) == set(SIDES):
        return say("customers.aged.title.few")
    row = sure.sort_values("age_months").iloc[-1]
    return say(
        "customers.aged.title.alone", n=int(row["age_months"]), value=numbers.money(row["value"], answer.currency)
    )


def _aged_words(answer: Answer) -> str:
    """The comparison that the title speaks of, with its interval."""
    told = _told(answer)
    if told is None:
        return ""
    age, found = told
    said = against_words([replace(found, keys={})], "money", answer.currency)
    return say("customers.aged.at", n=age, said=said)
