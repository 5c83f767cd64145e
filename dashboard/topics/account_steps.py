"""The next steps of an account in words: what to do, and the rule's reason with its figures."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.text import numbers, say
from metrics import NextStep


def step_title(step: NextStep) -> str:
    """What to do."""
    return say(f"accounts.steps.{step.rule}.title")


def step_reason(step: NextStep, account: str, currency: str | None, names: Mapping[str, str] | None = None) -> str:
    """Why: the same figures always give the same words. `account`: its name, which deals' names need not repeat.
    `names`: what the page calls the deals, by their ids."""
    facts = dict(step.facts)
    if "deal" in facts:
        named = (names or {}).get(str(facts.get("opportunity_id")))
        short = short_deal(facts["deal"], account) if facts["deal"] else say("accounts.steps.a_deal")
        facts["deal"] = named or short
    return _REASONS[step.rule](facts, currency) + _others(step)


def short_deal(deal: object, account: str) -> str:
    """The deal's name without the account's in front of it."""
    return str(deal).removeprefix(account).lstrip(" -–—:,|/·") or str(deal)


def either(names: list[str]) -> str:
    """The names as a choice: "Champion, Buyer or User"."""
    return names[0] if len(names) == 1 else say("accounts.people.or", first=", ".join(names[:-1]), last=names[-1])


def _others(step: NextStep) -> str:
    """How many more deals the rule holds for."""
    n = step.facts.get("others")
    return say(f"accounts.steps.{step.rule}.others", n=n, count=numbers.count(n)) if n else ""


def _stalled(facts: Mapping[str, Any], currency: str | None) -> str:
    amount = "" if facts["amount"] is None else f" ({numbers.money(facts['amount'], currency)})"
    days, limit = numbers.days(facts["days_in_stage"], unit=True), numbers.days(facts["limit_days"])
    return say("accounts.steps.stalled_deal.reason", deal=facts["deal"], amount=amount, stage=facts["stage"],
               days=days, limit=limit)  # fmt: skip


def _renewal(facts: Mapping[str, Any], currency: str | None) -> str:
    value = facts["renewal_value"]
    worth = say("accounts.steps.worth", amount=numbers.money(value, currency)) if value else ""
    named = str(facts["renewal_reasons"]).split(", ")
    reasons = ", ".join(say(f"accounts.steps.reasons.{name.replace(' ', '_')}") for name in named)
    day = numbers.date(facts["renews_on"])
    return say("accounts.steps.renewal_at_risk.reason", day=day, worth=worth, reasons=reasons)


def _quiet(facts: Mapping[str, Any], _currency: str | None) -> str:
    words = {"points": numbers.number(facts["points"])}
    if facts["days_since_sales"] is None:
        return say("accounts.steps.no_sales_touch.never", **words)
    days = numbers.days(facts["days_since_sales"], unit=True)
    return say("accounts.steps.no_sales_touch.reason", days=days, **words)


def _late(facts: Mapping[str, Any], _currency: str | None) -> str:
    day, days = numbers.date(facts["expected_close_on"]), numbers.days(facts["days"], unit=True)
    return say("accounts.steps.past_expected_close.reason", deal=facts["deal"], day=day, days=days)


def _roles(facts: Mapping[str, Any], _currency: str | None) -> str:
    covered, needed = numbers.count(facts["roles_covered"]), numbers.count(facts["roles_needed"])
    return say(
        "accounts.steps.missing_roles.reason",
        roles=either(facts["missing_roles"].split(", ")),
        covered=covered,
        needed=needed,
    )


def _deal_roles(facts: Mapping[str, Any], currency: str | None) -> str:
    amount = "" if facts["amount"] is None else f" ({numbers.money(facts['amount'], currency)})"
    form = "held" if facts["held"] == facts["missing_roles"] else "some" if facts["held"] else "reason"
    roles, held = (either(facts[name].split(", ")) for name in ("missing_roles", "held"))
    return say(f"accounts.steps.deal_roles.{form}", deal=facts["deal"], amount=amount, roles=roles, held=held)


def _single(facts: Mapping[str, Any], _currency: str | None) -> str:
    n = facts["people_known"]
    known = say("accounts.steps.known", n=n, count=numbers.count(n)) if n else ""
    return say(f"accounts.steps.single_threaded.{'reason' if facts['people'] else 'nobody'}") + known


def _no_deal(facts: Mapping[str, Any], _currency: str | None) -> str:
    why = "both" if facts["is_engaged"] and facts["in_market"] else "engaged" if facts["is_engaged"] else "in_market"
    return say(f"accounts.steps.no_open_deal.{why}", points=numbers.number(facts["points"]))


def _silent(facts: Mapping[str, Any], _currency: str | None) -> str:
    days = [str(facts[name]) for name in ("last_marketing_on", "last_sales_on") if facts[name]]
    if not days:
        return say("accounts.steps.silent_target.never")
    return say("accounts.steps.silent_target.reason", day=numbers.date(max(days)))


_REASONS: dict[str, Callable[[Mapping[str, Any], str | None], str]] = {
    "stalled_deal": _stalled, "renewal_at_risk": _renewal, "no_sales_touch": _quiet, "past_expected_close": _late,
    "missing_roles": _roles, "deal_roles": _deal_roles, "single_threaded": _single, "no_open_deal": _no_deal,
    "silent_target": _silent,
}  # fmt: skip
