"""The list of accounts and the page of one, as a visitor sees them: found, narrowed, kept, opened, as a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote_plus

import pandas as pd
import pytest
import streamlit as st
from page_reading import assert_sound, figures, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

from dashboard.cards.opening import account_of
from dashboard.text.safe import csv_bytes
from dashboard.topics.account_deals import deal_names
from dashboard.topics.account_peers import peers_finding
from dashboard.topics.account_people import by_department
from dashboard.topics.account_steps import step_reason
from dashboard.topics.account_tiles import change_of, longest_waiting
from dashboard.topics.accounts import searched
from dashboard.topics.accounts_table import whole
from metrics import NextStep, PeerFigure, Workspace, list_accounts, open_snapshot

Visit = Callable[..., AppTest]


@pytest.fixture
def own_workspace(tmp_path: Path) -> Path:
    """One that a test may change."""
    return load(tmp_path / "own", exports())


def listed(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def said(app: AppTest) -> str:
    return " ".join(texts(app))


def test_the_list_has_every_account_of_the_scope(visit: Visit, full_workspace: Path) -> None:
    app = visit("accounts", full_workspace)
    assert_sound(app)
    assert len(listed(app)) == 60
    assert "60 accounts in scope, target (20) beside the rest (40)" in said(app)
    narrowed = visit("accounts", full_workspace, show="target", **{"where.industry": "Rail"})
    assert len(listed(narrowed)) == 20
    assert {cell[0] for cell in listed(narrowed)["Target"]} == {"Target"}


def test_without_data_and_where_nothing_matches(visit: Visit, full_workspace: Path) -> None:
    assert "Upload exports" in {button.label for button in visit("accounts").button}
    app = visit("accounts", full_workspace, show="target", **{"where.industry": "Sea"})
    assert_sound(app)
    assert "Nothing matches these filters" in said(app)
    assert any(label.startswith("Remove") or label == "Show both" for label in (b.label for b in app.button))
    assert not app.dataframe


def test_an_account_is_found_by_name_and_id(visit: Visit, full_workspace: Path) -> None:
    app = visit("accounts", full_workspace)
    app.text_input(key="accounts.search").set_value("company 59").run()
    assert_sound(app)
    assert listed(app)["Account"].tolist() == ["Company 59"]
    assert "1 of 60 accounts" in said(app)
    app.text_input(key="accounts.search").set_value("kim@person.example").run()
    assert "No account is found" in said(app)
    assert "person" not in unquote_plus(str(app.query_params))
    app.button(key="accounts.forget").click().run()
    assert len(listed(app)) == 60


def test_every_word_must_be_there_and_is_no_pattern() -> None:
    frame = pd.DataFrame({"account_id": ["1", "2"], "name": ["Acme (Rail) .*", None], "domain": [None, "bell.example"]})
    assert searched(frame, "rail ACME")["account_id"].tolist() == ["1"]
    assert searched(frame, ".*")["account_id"].tolist() == ["1"]
    assert searched(frame, "(")["account_id"].tolist() == ["1"]
    assert searched(frame, "bell")["account_id"].tolist() == ["2"]
    assert searched(frame, " ")["account_id"].tolist() == ["1", "2"]


def test_the_list_is_ordered_and_narrowed_to_what_needs_care(visit: Visit, full_workspace: Path) -> None:
    app = visit("accounts", full_workspace, **{"view.sort": "name", "view.columns": "company"})
    names = listed(app)["Account"].tolist()
    assert names == sorted(names, key=str.casefold)
    assert "Industry" in listed(app)
    with accounts_of(full_workspace) as frame:
        expected = set(frame.loc[frame["stalled_deals"] > 0, "name"])
    assert expected
    stalled = visit("accounts", full_workspace, **{"view.need": "stalled"})
    assert set(listed(stalled)["Account"]) == expected
    assert all("Stalled" in cell for cell in listed(stalled)["Needs care"])


@contextmanager
def accounts_of(workspace: Path) -> Iterator[pd.DataFrame]:
    """The list of accounts of a workspace."""
    current = Workspace(workspace).current()
    assert current
    snapshot = open_snapshot(current)
    yield list_accounts(snapshot)
    snapshot.close()


def test_the_file_holds_exactly_the_accounts_listed_and_no_formula(full_workspace: Path) -> None:
    with accounts_of(full_workspace) as frame:
        frame.loc[0, "name"] = "=1+1"
        frame.loc[1, "owner"] = "@SUM(A1)"
        written = csv_bytes(whole(frame.iloc[::-1], "EUR")).decode("utf-8-sig").splitlines()
    assert len(written) == 61
    assert written[0].startswith("Id,Account,Domain,Target")
    assert "'=1+1" in written[-1]
    assert "'@SUM(A1)" in written[-2]


def test_the_page_of_an_account(visit: Visit, full_workspace: Path) -> None:
    app = visit("accounts", full_workspace, account="a0", period="all")
    assert_sound(app)
    assert app.title[0].value == "Company 0"
    assert app.query_params["account"] == "a0"
    assert len(app.metric) == 5
    assert len(figures(app)) >= 1
    assert "Target since 1 Jan 2023" in said(app)
    app.button(key="account.history.toggle").click().run()
    assert_sound(app)
    app.button(key="account.back").click().run()
    assert_sound(app)
    assert "account" not in app.query_params
    assert app.query_params["period"] == "all"
    assert len(listed(app)) == 60


@pytest.mark.parametrize("account", ["nobody", "'; DROP TABLE model.accounts; --", "[x](http://evil.example)", "%"])
def test_an_unknown_account_says_so_and_leads_back(visit: Visit, full_workspace: Path, account: str) -> None:
    app = visit("accounts", full_workspace, account=account)
    assert_sound(app)
    assert "There is no account with this id" in said(app)
    app.button(key="account.back").click().run()
    assert len(listed(app)) == 60


def test_other_pages_have_no_account_in_their_link(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, account="a0")
    assert_sound(app)
    assert "account" not in app.query_params


def test_deals_alone_have_accounts_of_their_own(visit: Visit, deals_workspace: Path) -> None:
    app = visit("accounts", deals_workspace)
    assert_sound(app)
    with accounts_of(deals_workspace) as frame:
        assert len(listed(app)) == len(frame) > 0
        first = frame["account_id"].iloc[0]
    page = visit("accounts", deals_workspace, account=first, period="all")
    assert_sound(page)
    assert "Nobody is known here" in said(page)


def test_a_segment_is_kept_and_applied_by_everybody_of_the_workspace(visit: Visit, own_workspace: Path) -> None:
    app = visit("accounts", own_workspace, show="target", **{"where.owner": "nobody"})
    assert "segments.save" in {button.key for button in app.button}
    app.text_input(key="segments.name").set_value("[Our](x) targets")
    app.button(key="segments.save").click().run()
    assert_sound(app)
    kept = Workspace(own_workspace).segments()
    assert [(one["name"], one["filters"]) for one in kept] == [("[Our](x) targets", {"target": ["target"]})]
    st.cache_data.clear()
    other = visit("accounts", own_workspace)  # as after a restart
    assert len(listed(other)) == 60
    other.button(key="segments.use.0").click().run()
    assert_sound(other)
    assert len(listed(other)) == 20
    assert other.query_params["show"] == "target"
    other.button(key="segments.remove.0").click().run()
    assert_sound(other)
    assert Workspace(own_workspace).segments() == []


def test_what_a_segment_names_and_the_data_have_no_more_is_said(visit: Visit, own_workspace: Path) -> None:
    Workspace(own_workspace).save_segment("Old", [("industry", ["Rail", "Gone"]), ("region", ["Gone"])])
    app = visit("accounts", own_workspace)
    app.button(key="segments.use.0").click().run()
    assert_sound(app)
    assert len(listed(app)) == 20
    assert "No longer in the data and left out: Industry, Region" in said(app)


def test_the_link_to_the_crm_is_there_once_its_template_is_set(visit: Visit, own_workspace: Path) -> None:
    app = visit("accounts", own_workspace, account="a0")
    assert not app.get("link_button")
    app.text_input(key="account.crm.").set_value("javascript:alert({account_id})")
    app.button(key="account.crm.save").click().run()
    assert app.error
    assert not Workspace(own_workspace).settings()
    app.text_input(key="account.crm.").set_value("https://crm.example.com/r/{account_id}/view")
    app.button(key="account.crm.save").click().run()
    assert_sound(app)
    assert [link.proto.url for link in app.get("link_button")] == ["https://crm.example.com/r/a0/view"]


def test_a_click_opens_the_account_of_its_row() -> None:
    assert account_of([(1, "Account")], ["a", "b"]) == "b"
    assert account_of([], ["a"]) is None
    assert account_of([(7, "Account")], ["a"]) is None
    assert account_of([(0, "Account")], [None]) is None


def test_people_by_department_counts_by_hand() -> None:
    """IT: two people, one engaged, with touches this month (2) and three months ago (1); one without a department."""
    people = pd.DataFrame({
        "contact_id": ["p1", "p2", "p3"], "department": ["IT", "IT", None],
        "roles": ["Champion; User", "Buyer; user", "Buyer"],
        "is_engaged": [True, False, False], "last_touch_on": pd.to_datetime(["2024-06-01", None, None]),
    })  # fmt: skip
    months = pd.DataFrame({"contact_id": ["p1", "p1"], "months_ago": [0, 3], "touches": [2, 1]})
    table = by_department(people, months)
    assert table["department"].tolist() == ["IT", "(no department)"]
    assert table["known"].tolist() == [2, 1]
    assert table["engaged"].tolist() == [1, 0]
    assert table["roles"].tolist() == ["Buyer, Champion, user", "Buyer"]
    assert table["months"].tolist() == [[0, 0, 1, 0, 0, 2], [0] * 6]


def test_the_same_figures_give_the_same_words() -> None:
    facts = {"deal": "Acme - One", "stage": "Offer", "days_in_stage": 92.0, "limit_days": 38.0, "amount": 410000,
             "others": 1}  # fmt: skip
    words = step_reason(NextStep("stalled_deal", facts), "Acme", "EUR").replace("\u00a0", " ")
    assert words == (
        "One (€ 410 k) has been in Offer for 92 days; nine in ten visits there take at most 38. "
        "One more is stalled too."
    )
    never = NextStep("no_sales_touch", {"points": 12.0, "days_since_sales": None})
    assert step_reason(never, "Acme", None) == "It has 12 engagement points, and sales have never touched it."


def test_deals_of_one_name_are_told_apart_the_same_way_everywhere() -> None:
    """Two named alike are opened in different months, two in the same one; one has a name of its own, one none."""
    deals = pd.DataFrame({
        "opportunity_id": ["1", "2", "3", "4", "5", "6"],
        "deal": ["Acme - Gas", "Acme - Gas", "Acme - Flow", "Acme - Flow", "Acme - Level", None],
        "opened_on": pd.to_datetime(["2024-01-05", "2024-03-01", "2024-02-01", "2024-02-28", None, "2024-01-01"]),
    })  # fmt: skip
    profile = SimpleNamespace(facts={"name": "Acme"}, deals=deals)
    names = {key: name.replace("\u00a0", " ") for key, name in deal_names(profile).items()}  # type: ignore[arg-type]
    assert names == {"1": "Gas, Jan 2024", "2": "Gas, Mar 2024", "3": "Flow, Feb 2024 (1)", "4": "Flow, Feb 2024 (2)",
                     "5": "Level", "6": "6"}  # fmt: skip
    cut = deal_names(profile, 12)  # type: ignore[arg-type]
    assert len(set(cut.values())) == len(cut)


def test_the_change_of_a_figure_is_that_of_ninety_days() -> None:
    trend = pd.DataFrame({"points": [0.0] * 9 + [20.0, 30.0, 40.0, 50.0], "people": [0.0] * 13})
    assert change_of(trend, "points", 50.0, "score")["delta"] == "+30"
    assert change_of(trend, "points", 15.5, "score")["delta"] == "-4.5"
    assert change_of(trend, "points", 20.0, "score")["delta_arrow"] == "off"
    assert change_of(trend, "people", 0.0, "count") == {"delta": None}  # it never was anything
    assert change_of(trend, "relationship", 5.0, "score") == {"delta": None}


def test_the_finding_on_peers() -> None:
    def one(name: str, value: float) -> PeerFigure:
        return PeerFigure(name, "score", value, 10, 20, 30, 40)

    assert peers_finding([one("points", 20)]) == "Within the middle half of its peers throughout"
    assert peers_finding([one("points", 31), one("people", 9)]) == (
        "Better than three quarters of its peers in points; worse than three quarters in people"
    )
    many = [one(name, 31) for name in ("points", "people", "touches", "relationship")]
    assert peers_finding(many) == "Better than three quarters of its peers in 4 of 4 figures"
    mixed = [one("points", 31), one("days_in_stage", 31), one("people", 20)]
    assert peers_finding(mixed) == (
        "Better than three quarters of its peers in points; worse than three quarters in days in stage"
    )
    assert peers_finding([one("days_in_stage", 9)]) == "Better than three quarters of its peers in days in stage"


def test_the_overview_names_accounts_to_act_on_and_opens_them(visit: Visit, full_workspace: Path) -> None:
    app = visit("overview", full_workspace, period="all")
    assert_sound(app)
    opened = [button for button in app.button if str(button.key).startswith("acting.")]
    assert opened
    name = opened[0].label.replace("\\", "").strip("*")
    opened[0].click().run()
    assert_sound(app)
    assert app.title[0].value.replace("\\", "") == name
    assert app.query_params["period"] == "all"


def test_the_days_of_a_stage_name_their_deal() -> None:
    """Two open deals wait, 47 and 165 days; the lost one's 300 are over. Of one alone nothing needs saying."""
    deals = pd.DataFrame({
        "opportunity_id": ["1", "2", "3"], "deal": ["Acme - Gas", "Acme - Level", "Acme - Flow"],
        "opened_on": pd.to_datetime(["2024-01-05", "2024-03-01", "2024-02-01"]),
        "outcome": ["open", "open", "lost"], "days_in_stage": [47.0, 165.0, 300.0],
    })  # fmt: skip
    profile = SimpleNamespace(facts={"name": "Acme"}, deals=deals)
    assert longest_waiting(profile) == "the longest: Level"  # type: ignore[arg-type]
    profile.deals = deals.drop(1)
    assert longest_waiting(profile) == ""  # type: ignore[arg-type]
