"""The people of an account by department: who is engaged, with which role, and who is missing. No name, no address."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.heads import card_head
from dashboard.cards.tables import height, row_height
from dashboard.text import numbers, safe, say
from dashboard.topics.account_steps import either
from metrics import AccountProfile

MONTHS, SHOWN = 6, 9
_WIDTHS = {"department": 96, "roles": 176}


def people_card(profile: AccountProfile) -> None:
    """Departments as a table; below it the roles that nobody engaged has."""
    if profile.people.empty:
        card_head(say("accounts.people.name"))
        empty.missing("account.people", ["account_people"])
        return
    card_head(people_finding(profile), say("accounts.people.caption"))
    table = by_department(profile.people, profile.months)
    counts = zip(table["engaged"], table["known"], strict=True)
    told = [say("accounts.people.engaged_of", engaged=numbers.count(n), known=numbers.count(of)) for n, of in counts]
    table = table.assign(engaged=told).drop(columns="known")
    heads = {name: say(f"accounts.people.{name}") for name in table}
    each = row_height(table, {name: _WIDTHS[name] for name in ("department", "roles")})
    top = max((max(values) for values in table["months"]), default=0) or 1
    config: dict[str, Any] = {
        heads["department"]: st.column_config.TextColumn(heads["department"], width=_WIDTHS["department"]),
        heads["engaged"]: st.column_config.TextColumn(heads["engaged"], width=58),
        heads["roles"]: st.column_config.TextColumn(heads["roles"], width=_WIDTHS["roles"]),
        heads["months"]: st.column_config.BarChartColumn(heads["months"], y_min=0, y_max=top, color="gray", width=64),
        heads["last_touch_on"]: st.column_config.DateColumn(heads["last_touch_on"], format="D MMM YY", width=74),
    }
    st.dataframe(table.rename(columns=heads), hide_index=True, width="stretch", row_height=each, placeholder="",
                 height=height(len(table), SHOWN, each), column_config=config, key="account.people")  # fmt: skip
    _roles(profile)


def _roles(profile: AccountProfile) -> None:
    roles = profile.roles
    if roles.empty:
        return
    with st.container(horizontal=True):
        for role, covered in zip(roles["role"], roles["is_covered"], strict=True):
            said = say(f"accounts.people.{'covered' if covered else 'missing'}", role=safe.shorten(role, 40))
            icon = ":material/check:" if covered else ":material/person_off:"
            st.badge(safe.for_markdown(said), color="gray" if covered else "orange", icon=icon)
    st.caption(say("accounts.people.needed"))


def people_finding(profile: AccountProfile) -> str:
    """Who is missing, the roles before the departments."""
    people, roles = profile.people, profile.roles
    if not people["is_engaged"].any():
        return say("accounts.people.nobody")
    missing = [str(role) for role, covered in zip(roles["role"], roles["is_covered"], strict=True) if not covered]
    if missing:
        return safe.shorten(say("accounts.people.no_role", roles=either(missing)), 90)
    engaged = people.groupby(people["department"].fillna(""))["is_engaged"].any()
    without = [str(name) for name, reached in engaged.items() if name and not reached]
    if without:
        return safe.shorten(say("accounts.people.no_department", departments=either(without)), 90)
    n = int(people["is_engaged"].sum())
    return say("accounts.people.reached", n=n, count=numbers.count(n), of=numbers.count(len(people)))


def by_department(people: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """A row a department, most engaged first: known, engaged, roles, touches by month, last."""
    table = people.assign(department=people["department"].fillna(say("accounts.people.no_name")))
    of = dict(zip(table["contact_id"], table["department"], strict=True))
    counts = (
        months.assign(department=months["contact_id"].map(of)).groupby(["department", "months_ago"])["touches"].sum()
    )
    rows = []
    for name, own in table.groupby("department", sort=True):
        rows.append({
            "department": str(name), "known": len(own), "engaged": int(own["is_engaged"].sum()),
            "roles": _role_words(own),
            "months": [int(counts.get((name, ago), 0)) for ago in range(MONTHS - 1, -1, -1)],
            "last_touch_on": own["last_touch_on"].max(),
        })  # fmt: skip
    found = pd.DataFrame(rows).sort_values(["engaged", "known"], ascending=False, kind="stable", ignore_index=True)
    found["last_touch_on"] = pd.to_datetime(found["last_touch_on"])
    return found


def _role_words(people: pd.DataFrame) -> str:
    """The roles of its people, each once."""
    parts = {part.lower(): part for told in people["roles"].dropna() for part in str(told).split("; ")}
    return ", ".join(sorted(parts.values()))
