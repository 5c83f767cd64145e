"""What a revenue goal takes: deals, pipeline, opportunities, engaged and target accounts; and whether they are there.

`goal_plan` is pure arithmetic on rates; `goal_rates` asks the metrics for them. A rate that is not known makes what
rests on it unknown (None), never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from metrics.asking import measure
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.periods import add_months
from metrics.scope import Scope

GROWTH = (0.10, 0.25, 0.50)


@dataclass(frozen=True)
class GoalRates:
    """What a year was like, each as a fraction of 1 or in the reporting currency; None: not known.

    `revenue`: won in the twelve months. `win_rate` by count, `win_rate_by_value` by amount. `engaged_to_opportunity`,
    `target_to_engaged`: steps of the account funnel, where "engaged" is engaged or later; unknown where nobody engages.
    `market_left`: companies of the market that are no customers.
    """

    revenue: float | None = None
    deal_size: float | None = None
    win_rate: float | None = None
    win_rate_by_value: float | None = None
    engaged_to_opportunity: float | None = None
    target_to_engaged: float | None = None
    market_left: float | None = None


@dataclass(frozen=True)
class GoalPlan:
    """What `revenue` takes, not rounded. `growth`: over the last twelve months; None for a goal set by hand.

    `is_enough`: whether the market still has the target accounts; None where either is not known.
    """

    revenue: float
    growth: float | None
    deals: float | None
    pipeline: float | None
    opportunities: float | None
    engaged_accounts: float | None
    target_accounts: float | None
    market_left: float | None

    @property
    def is_enough(self) -> bool | None:
        if self.target_accounts is None or self.market_left is None:
            return None
        return self.target_accounts <= self.market_left


def goal_plan(rates: GoalRates, goal: float | None = None, growth: Sequence[float] = GROWTH) -> list[GoalPlan]:
    """The plan for `goal`, where one is given, then one a scenario of `growth` over the last twelve months' revenue.

    QuestionError for a goal that is not above 0, or a growth of −100 % or less. Without known revenue the scenarios are
    left out.
    """
    if goal is not None and not goal > 0:
        raise QuestionError(f"A revenue goal must be above 0, not {goal:g}.")
    for share in growth:
        if not share > -1:
            raise QuestionError(f"Growth must be above -100 %, not {share:.0%}.")
    plans = [] if goal is None else [_plan(rates, goal, None)]
    if rates.revenue:
        plans += [_plan(rates, rates.revenue * (1 + share), share) for share in growth]
    return plans


def goal_rates(snapshot: Snapshot, scope: Scope | None = None) -> GoalRates:
    """The rates of the twelve months to the as-of day, whatever the period of `scope`; its filters hold.

    The funnel is that of target accounts, unless `scope` filters by target itself or there are none.
    """
    first = add_months(snapshot.as_of + timedelta(days=1), -12)
    year = Scope(filters=scope.filters if scope else (), start=first, end=snapshot.as_of)
    size, won, rate = (_row(snapshot, name, year) for name in ("average_deal_size", "won_revenue", "win_rate"))
    market = _row(snapshot, "total_available_market", Scope())
    targets = year
    if not year.filter_values("target") and snapshot.row_counts.get("target_spans"):
        targets = year.where("target", "target")
    funnel = measure(snapshot, "account_funnel", targets).rows()
    steps = {row["step"]: row["step_rate"] for row in funnel}
    if not (_row(snapshot, "engaged_accounts", targets).get("value") and "engaged" in steps):
        steps = {}  # nobody is known to engage: "engaged or later" is then those with a deal, and says nothing
    companies, customers = market.get("accounts"), market.get("customers")
    left = companies - customers if companies and customers is not None else None
    return GoalRates(
        revenue=won.get("value"), deal_size=size.get("value"), win_rate=rate.get("value"),
        win_rate_by_value=rate.get("by_value"), engaged_to_opportunity=steps.get("with_opportunity"),
        target_to_engaged=steps.get("engaged"), market_left=left,
    )  # fmt: skip


def whole(figure: float) -> int:
    """A number of deals or accounts, rounded up (arithmetic dust aside): half a deal reaches no goal."""
    return -int(-round(figure, 6) // 1)


def _plan(rates: GoalRates, revenue: float, growth: float | None) -> GoalPlan:
    deals = _divided(revenue, rates.deal_size)
    opportunities = _divided(deals, rates.win_rate)
    engaged = _divided(opportunities, rates.engaged_to_opportunity)
    return GoalPlan(
        revenue, growth, deals, _divided(revenue, rates.win_rate_by_value), opportunities, engaged,
        _divided(engaged, rates.target_to_engaged), rates.market_left,
    )  # fmt: skip


def _divided(what: float | None, by: float | None) -> float | None:
    return what / by if what is not None and by else None


def _row(snapshot: Snapshot, name: str, scope: Scope) -> dict[str, float | None]:
    return next(iter(measure(snapshot, name, scope).rows()), {})
