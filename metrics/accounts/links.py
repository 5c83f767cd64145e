"""The link from an account to its record in the CRM, made from a template that a person sets."""

from urllib.parse import quote

PLACEHOLDER = "{account_id}"


def account_link(template: str, account_id: str) -> str | None:
    """The address of the account's record; None while no template is set. The id is encoded: it is a value only."""
    return template.replace(PLACEHOLDER, quote(account_id, safe="")) if template else None
