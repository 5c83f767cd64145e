"""What to do next for an account, by rules: the same facts always give the same steps, each with its reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from metrics.answer import plain

RULES = (
    "stalled_deal", "renewal_at_risk", "no_sales_touch", "past_expected_close", "missing_roles", "deal_roles",
    "single_threaded", "no_open_deal", "silent_target",
)  # fmt: skip
"""The rules in the order in which their steps are given: metrics.md §4's three first."""


@dataclass(frozen=True)
class NextStep:
    """A rule that holds for the account, and the figures that it holds by."""

    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, **{name: plain(value) for name, value in self.facts.items()}}


def next_steps(
    facts: Mapping[str, Any], deals: pd.DataFrame, late: pd.DataFrame, people: pd.DataFrame
) -> Iterator[NextStep]:
    """The steps for the account of these `facts` (a row of the list), its `deals`, those past their closing and its
    `people` with their `roles`.

    One step a rule: of several deals the one of the largest amount.
    """
    yield from _stalled(deals)
    if facts["renewals_at_risk"]:
        yield NextStep("renewal_at_risk", _some(facts, "renews_on", "renewal_reasons", "renewal_value"))
    if facts["is_quiet"]:
        yield NextStep("no_sales_touch", _some(facts, "points", "days_since_sales", "last_sales_on"))
    yield from _late(late)
    if facts["open_deals"] and facts["missing_roles"]:
        yield NextStep("missing_roles", _some(facts, "missing_roles", "roles_covered", "roles_needed"))
    yield from _lacking(deals, _named(facts["missing_roles"], ","), people)
    if facts["open_deals"] and facts["people"] is not None and facts["people"] <= 1:
        yield NextStep("single_threaded", _some(facts, "people", "people_known"))
    if not facts["open_deals"] and (facts["is_engaged"] or facts["in_market"]):
        yield NextStep("no_open_deal", _some(facts, "points", "is_engaged", "in_market", "is_customer"))
    touched = facts["marketing_touches"] or facts["sales_touches"]
    if facts["target"] == "target" and not touched and not facts["is_customer"]:
        yield NextStep("silent_target", _some(facts, "last_marketing_on", "last_sales_on"))


def _stalled(deals: pd.DataFrame) -> Iterator[NextStep]:
    stalled = deals[deals["is_stalled"].astype(bool)]
    if len(stalled):
        deal = _largest(stalled)
        facts = _some(deal, "opportunity_id", "deal", "stage", "days_in_stage", "limit_days", "amount")
        yield NextStep("stalled_deal", facts | {"others": len(stalled) - 1})


def _late(late: pd.DataFrame) -> Iterator[NextStep]:
    if len(late):
        deal = _largest(late)
        facts = {"opportunity_id": deal["opportunity_id"], "deal": deal["name"], "days": deal["measure"]}
        yield NextStep("past_expected_close", facts | _some(deal, "expected_close_on") | {"others": len(late) - 1})


def _lacking(deals: pd.DataFrame, unreached: list[str], people: pd.DataFrame) -> Iterator[NextStep]:
    """Open deals without anybody in a role that deals need, though an engaged person of the account has it, or none is
    needed at the account as a whole. `held`: the roles among them that somebody of the account has."""
    without = {one.lower() for one in unreached}
    lacks = [[role for role in _named(told, ",") if role.lower() not in without] for told in deals["missing_roles"]]
    lacking = deals.assign(lacks=pd.Series(lacks, index=deals.index, dtype=object))
    lacking = lacking[lacking["lacks"].astype(bool)]
    if len(lacking):
        deal = _largest(lacking)
        known = {role.lower() for told in people["roles"] for role in _named(told, ";")}
        held = [role for role in deal["lacks"] if role.lower() in known]
        roles = {"missing_roles": ", ".join(deal["lacks"]), "held": ", ".join(held)}
        yield NextStep(
            "deal_roles", _some(deal, "opportunity_id", "deal", "amount") | roles | {"others": len(lacking) - 1}
        )


def _named(told: Any, separator: str) -> list[str]:
    """The names in a text of several; none where nothing is told."""
    return [] if plain(told) is None else [name.strip() for name in str(told).split(separator)]


def _largest(deals: pd.DataFrame) -> dict[str, Any]:
    ordered = deals.sort_values(
        ["amount", "opportunity_id"], ascending=[False, True], kind="stable", na_position="last"
    )
    return {str(name): plain(value) for name, value in ordered.iloc[0].items()}


def _some(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names}
