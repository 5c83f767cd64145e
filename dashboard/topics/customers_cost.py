"""What a new customer costs, by period or of target accounts and the rest, and when that is repaid."""

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import numbers, say, segment_name
from dashboard.topics.customers import counted, doubts
from dashboard.topics.customers_churn import is_running
from dashboard.topics.customers_split import view_switch
from metrics import Answer

PARTS = ("abm", "other", "shared_unallocated")
GRAINS = ("quarter", "month", "year")
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
            columns={say("customers.cost.new"): [counted(n) for n in frame["customers"]],
                     say("customers.cost.payback"): [numbers.number(months) for months in frame["payback_months"]]},
            selected=(mark or {}).get(key), mode=theme_mode(), height=HEIGHT - 18,
        )  # fmt: skip
        together = whole.answer()
        return Drawn(_cost_title(together), _cost_caption(together, view), figure,
                     foot(answer, together.rows()[0]["customers"], _spent(together), sides(answer), doubts(together)),
                     frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        name = numbers.period(mark["period"]) if "period" in mark else segment_name(mark["segment"])
        return Listing(lambda n: say("customers.cost.rows", n=n, name=name), question, {key: mark[key]})

    return Chart("acquisition_cost", say("customers.cost.name"), question, build, listing,
                 None if whole.missing_tables() else lambda: view_switch("cost_view", views))  # fmt: skip


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


def _cost_caption(answer: Answer, view: str) -> str:
    """What is divided by what, which lag is used and why, and before which margin it is repaid; of target and rest,
    that shared spend is in neither."""
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
    whole = say("customers.cost.unshared" if view == "sides" else "customers.cost.caption")
    return " ".join((whole, say(f"customers.cost.lag.{form}", days=numbers.count(days)), paid))


def _spent(answer: Answer) -> str:
    """The whole spend and its parts: they add up."""
    row = answer.rows()[0]
    if row["spend"] is None:
        return ""
    known = [say("customers.cost.part", name=say(f"customers.cost.parts.{part}"),
                 amount=numbers.money(row[part], answer.currency)) for part in PARTS if row[part]]  # fmt: skip
    return say("customers.cost.spent", amount=numbers.money(row["spend"], answer.currency), parts=", ".join(known))
