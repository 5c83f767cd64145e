"""What the columns of a file that no reader knows may mean, by their headers. The visitor confirms or changes it."""

from difflib import get_close_matches

from metrics import TABLES, table

NOTHING = "-"  # an empty cell would read as None
HINTS = {
    "account_id": ("account", "company", "customer", "organisation", "organization"),
    "stage": ("stage", "status"),
    "owner": ("owner", "agent", "seller", "rep"),
    "amount": ("amount", "value", "price", "revenue"),
    "opened_on": ("created", "createdate", "opened", "engage", "start"),
    "closed_on": ("close", "closed", "closedate", "closing"),
    "name": ("name", "title"),
    "industry": ("industry", "sector", "vertical"),
    "employees": ("employees", "headcount"),
    "country": ("country", "location"),
    "email": ("email", "mail"),
    "loss_reason": ("reason",),
    "created_on": ("created", "createdate"),
    "parent_account_id": ("parent", "subsidiary"),
}
"""Words in a header that hint at a canonical column, where nothing else says what it is."""


def likely_table(headers: list[str]) -> str:
    """The table in which most of these headers seem to name a column; deals where several have as many."""
    score = {t.name: len({guess(header, t.name) for header in headers} - {NOTHING}) for t in TABLES}
    return max(score, key=lambda name: (score[name], name == "opportunities"))


def guess(header: str, name: str) -> str:
    """The canonical column that a header seems to name; NOTHING where none does."""
    own = table(name).names
    plain = _plain(header)
    joined = {name.replace("_", ""): name for name in own}
    close = get_close_matches(plain, own, n=1, cutoff=0.86) or get_close_matches(plain, joined, n=1, cutoff=0.86)
    if close:
        return joined.get(close[0], close[0])
    words = set(plain.split("_"))
    hinted = next((column for column, hints in HINTS.items() if column in own and words & set(hints)), NOTHING)
    return table(name).id_column or NOTHING if hinted == NOTHING and words & {"id", "ref", "key"} else hinted


def _plain(header: str) -> str:
    """The words of a header; what a copy of a vendor's tables puts around each one is none."""
    words = header.casefold().replace("-", " ").replace("_", " ").split()
    return "_".join(words[1:] if words[:1] == ["property"] and len(words) > 1 else words)
