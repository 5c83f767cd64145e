"""Of which columns of files the prepared ones are made: for people who ask what a figure reads.

A name without a table is one of the same table. What is not named here is a column of a file itself, or is told by
files in more than one way and stands under its own name.
"""

_RATE = "currency exchange_rates.currency exchange_rates.valid_on exchange_rates.rate"
_TARGET = (
    "accounts.is_target accounts.target_since accounts.target_until "
    "account_lists.account_id account_lists.list account_lists.since account_lists.until"
)
MADE_OF: dict[str, dict[str, str]] = {
    "accounts": {"size": "employees", "is_derived": "account_id", "target": _TARGET, "name_key": "name"},
    "contacts": {"created_known": "created_on", "level": "seniority title"},
    "opportunities": {
        "value": f"amount closed_on {_RATE}", "value_issue": "amount currency", "opening_known": "opened_on",
        "closed_after_as_of": "closed_on", "stage_order": "pipeline stage stages.stage_order",
        "furthest_order": "pipeline stage stages.stage_order stage_visits.stage",
        "furthest_known": "stage_visits.stage",
        "target": f"account_id opened_on {_TARGET}",
    },
    "stage_visits": {
        "is_closing": "stage stages.outcome", "is_open": "opportunities.outcome",
        "backward": "stage stages.stage_order",
        "is_first": "stage entered_at", "enters_dates_only": "entered_at", "entered_on": "entered_at",
        "exited_on": "exited_at",
    },
    "activities": {"occurred_on": "occurred_at"},
    "contracts": {"monthly_value": f"monthly_revenue {_RATE}", "value_issue": "monthly_revenue currency"},
    "invoices": {"value": f"amount {_RATE}", "value_issue": "amount currency"},
    "survey_answers": {"subject": "question", "sentiment": "comment", "answered_at": "answered_on"},
    "mentions": {"wave": "published_on"},
    "market": {
        "account_id": "domain name", "is_segment": "segment companies", "listed": "name domain", "size": "employees",
        "value": f"estimated_value {_RATE}", "value_issue": "estimated_value currency",
    },
    "spend": {"value": f"amount {_RATE}", "value_issue": "amount currency"},
    "target_spans": {"account_id": "accounts.account_id", "list": _TARGET, "since": _TARGET, "until": _TARGET},
    "contract_products": {"contract_id": "contracts.contract_id", "product": "contracts.product"},
    "renewal_days": {"contract_id": "contracts.contract_id", "renews_on": "contracts.renews_on contracts.started_on"},
    "deal_roles": {
        "opportunity_id": "opportunity_contacts.opportunity_id opportunity_contacts.contact_id",
        "role": "opportunity_contacts.role contacts.buying_role",
    },
    "person_roles": {
        "contact_id": "contacts.contact_id", "role_key": "opportunity_contacts.role contacts.buying_role",
        "role": "opportunity_contacts.role contacts.buying_role",
    },
    "account_traits": {
        "account_id": "accounts.account_id", "attribute": "", "is_circular": "",
        "attribute_value": "accounts.industry accounts.employees accounts.region accounts.technology accounts.tier "
        "accounts.fit_score accounts.fit_tier",
    },
    "skipped_stages": {
        "opportunity_id": "stage_visits.opportunity_id", "pipeline": "stage_visits.pipeline",
        "stage": "stage_visits.stage", "stage_order": "stages.stage_order",
    },
    "calendar": dict.fromkeys(("grain", "unit", "label", "starts_on", "ends_before"), ""),
}  # fmt: skip


def origins(table: str, column: str) -> list[tuple[str, str]]:
    """(table, column) of files that this column of the model is made of; none for one of the calendar."""
    made_of = MADE_OF.get(table, {}).get(column, column).split()
    return [(of.partition(".")[0], of.partition(".")[2]) if "." in of else (table, of) for of in made_of]
