"""The page Customers: its figures add up and agree with the metrics, marks list what they count, what is missing is
named once, and settings are seen before they are saved."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from page_reading import assert_sound, figures, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

from metrics import Scope, Workspace, measure, open_snapshot

Visit = Callable[..., AppTest]


def shown(app: AppTest) -> dict[str, str]:
    """The cards' figures by their labels."""
    return {metric.label: str(metric.value).replace("\xa0", " ") for metric in app.metric}


def money_tables() -> dict[str, list[dict[str, object]]]:
    """Four customers of 100 a month each from 2024-01-01, one a target; one leaves, one doubles, a fifth is new; costs
    of 1,200 over the year."""
    accounts = [{"account_id": f"a{i}", "name": f"Company {i}", "industry": ("Rail", "Sea")[i % 2],
                 "is_target": "true" if i == 0 else "false", "target_since": "2023-01-01" if i == 0 else ""}
                for i in range(8)]  # fmt: skip
    contracts = [
        {"contract_id": f"k{i}", "account_id": f"a{i}", "started_on": date(2024, 1, 1), "ended_on": "", "renews_on": "",
         "monthly_revenue": 100, "currency": "EUR"} for i in range(4)
    ]  # fmt: skip
    contracts[1]["ended_on"] = date(2024, 7, 1)
    contracts.append(contracts[2] | {"contract_id": "k2b", "started_on": date(2024, 6, 1)})
    contracts.append(contracts[3] | {"contract_id": "k5", "account_id": "a5", "started_on": date(2024, 9, 1),
                                     "renews_on": date(2025, 2, 1)})  # fmt: skip
    spend = [{"spent_on": date(2024, month, 1), "amount": 100, "currency": "EUR", "channel": "Ads",
              "program": ("ABM", "Other", "")[month % 3]} for month in range(1, 13)]  # fmt: skip
    return {"accounts": accounts, "contracts": contracts, "spend": spend}


@pytest.fixture(scope="module")
def money_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load(tmp_path_factory.mktemp("money"), money_tables())


def year(**params: str) -> dict[str, str]:
    return {"period": "custom", "from": "2024-01-01", "to": "2024-12-31"} | params


def test_the_figures_of_a_small_company_are_those_counted_by_hand(visit: Visit, money_workspace: Path) -> None:
    """4 customers on 1 January, 1 gone: 1 of 4. 400 then; 100 + 200 + 100 now of the same: 100 %; each capped at its
    own: 75 %. 100 new."""
    app = visit("customers", money_workspace, **year())
    assert_sound(app)
    cards = shown(app)
    assert cards["Churn rate"] == "1 of 4"
    assert cards["Net revenue retention"] == "100 %"
    assert cards["Gross revenue retention"] == "75 %"
    assert "The customers at the start now bring as much as then" in texts(app)


def test_the_bridge_adds_up_and_its_table_says_so(visit: Visit, money_workspace: Path) -> None:
    app = visit("customers", money_workspace, **year())
    app.button(key="retention_bridge.toggle").click().run()
    assert_sound(app)
    table = next(frame.value for frame in app.dataframe if "Step" in frame.value)
    start, new, more, less, lost, end = table["Revenue, €"]
    assert (start, new, more, less, lost, end) == (400, 100, 100, 0, 100, 500)
    assert start + new + more - less - lost == end
    assert list(table["Accounts"]) == [4, 1, 1, 0, 1, 4]


MARKS: tuple[tuple[dict[str, str], str], ...] = (
    ({"mark": "retention_bridge", "mark.step": "start"}, "customers at the start"),
    ({"mark": "retention_bridge", "mark.step": "new"}, "new customers"),
    ({"mark": "retention_bridge", "mark.step": "expansion"}, "customers who bring more"),
    ({"mark": "retention_bridge", "mark.step": "contraction"}, "customers who bring less"),
    ({"mark": "retention_bridge", "mark.step": "lost"}, "customers lost"),
    ({"mark": "retention_bridge", "mark.step": "end"}, "customers at the end"),
    ({"mark": "churn_over", "mark.period": "2026-03"}, "customers at the start of Mar 2026"),
    ({"mark": "churn_by", "mark.segment": "target"}, "customers at the start: Target"),
    ({"mark": "acquisition_cost", "mark.period": "2026-Q1"}, "new customers: Q1 2026"),
    ({"mark": "lifetime_value", "mark.segment": "rest"}, "customers: Rest"),
    ({"mark": "lifetime_value_impact", "mark.measure": "6"}, "customers followed for 6 months"),
    ({"mark": "return_whole", "mark.part": "abm"}, "accounts: ABM"),
    ({"mark": "return_by", "mark.segment": "Email"}, "accounts with credit: Email"),
)


def test_a_click_lists_as_many_as_its_mark_counts(visit: Visit, sample_workspace: Workspace) -> None:
    for mark, ending in MARKS:
        app = visit("customers", sample_workspace.directory, **mark)
        assert_sound(app)
        said = next(text for text in (t.replace("\xa0", " ") for t in texts(app)) if text.endswith(ending))
        count = int(said.split()[0].replace(",", ""))
        notes = [str(note["text"]) for figure in figures(app) for note in figure["layout"].get("annotations", [])]
        assert count > 0, mark
        assert count in [len(frame.value) for frame in app.dataframe], mark
        sums = {sum(int(n) for n in note.split(" / ")) for note in notes if re.fullmatch(r"\d+ / \d+", note)}
        unsaid = ("churn_over", "return_whole", "return_by")  # their n stands in the hover
        assert f"{count:,}" in " ".join(notes) or count in sums or mark["mark"] in unsaid, mark


def test_every_figure_is_the_metrics_own(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("customers", sample_workspace.directory)
    assert_sound(app)
    snapshot = open_snapshot(sample_workspace.current())
    scope = Scope(start=date(2025, 10, 1), end=date(2026, 10, 31))
    cards = shown(app)
    churn, cost = measure(snapshot, "churn_rate", scope).rows()[0], measure(
        snapshot, "customer_acquisition_cost", scope).rows()[0]  # fmt: skip
    value = measure(snapshot, "customer_lifetime_value", scope).rows()[0]
    assert cards["Churn rate"] == f"{round(churn['value'] * 100)} %"
    assert cards["Payback, months"] == f"{cost['payback_months']:.1f}"
    assert cards["Lifetime value ÷ cost"] == f"{value['ratio']:.1f}×"
    assert value["ratio"] == pytest.approx(value["predicted"] / (cost["spend"] / cost["customers"]))
    snapshot.close()


def test_without_contracts_and_invoices_nothing_is_guessed(visit: Visit, deals_workspace: Path) -> None:
    app = visit("customers", deals_workspace, period="all")
    assert_sound(app)
    said = [text.strip("*") for text in texts(app)]
    assert said.count("No contracts or invoices yet") == 1
    assert said.count("No costs yet") == 1
    assert "Churn rate" in shown(app)
    assert shown(app)["Churn rate"] == "n/a"
    assert "Net revenue retention" not in shown(app)
    assert any("won deals" in text for text in said)


@pytest.mark.parametrize("table", ["contracts", "invoices", "spend", "accounts"])
def test_one_table_alone_is_no_error(visit: Visit, tmp_path: Path, table: str) -> None:
    own = money_tables() | {"invoices": exports()["invoices"]}
    app = visit("customers", load(tmp_path, {table: own[table]}), period="all")
    assert_sound(app)


def test_invoices_alone_say_that_customers_are_those_of_the_invoices(visit: Visit, full_workspace: Path) -> None:
    app = visit("customers", full_workspace, period="all")
    assert_sound(app)
    said = " ".join(texts(app))
    assert "customers and their revenue are those of the invoices" in said
    assert "Lifetime value is of invoices, before margin" in said
    assert "No costs yet" in said


def test_a_segment_whose_cost_nobody_knows_has_no_ratio(visit: Visit, money_workspace: Path) -> None:
    app = visit("customers", money_workspace, **year(**{"view.value_by": "industry"}))
    assert_sound(app)
    said = " ".join(texts(app))
    assert "what a customer of one segment cost is not known" in said
    app.button(key="lifetime_value.toggle").click().run()
    table = next(frame.value for frame in app.dataframe if "Segment" in frame.value)
    assert not any("÷ cost" in str(name) for name in table)


def test_a_setting_is_previewed_before_it_is_saved(visit: Visit, sample_workspace: Workspace, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(sample_workspace.directory, own)
    app = visit("customers", own)
    assert "Save for everybody" not in {button.label for button in app.button}
    app.number_input(key="customers.margin.1.0").set_value(0.5).run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "Then" in frame.value).set_index("Figure")
    assert effect.loc["Lifetime value, predicted", "Now"] != effect.loc["Lifetime value, predicted", "Then"]
    assert effect.loc["Churn rate", "Now"] == effect.loc["Churn rate", "Then"]
    assert Workspace(own).settings() == {}
    next(button for button in app.button if button.label == "Save for everybody").click().run()
    assert_sound(app)
    assert Workspace(own).settings() == {"margin": 0.5}
    assert any("at a margin of 50 %" in text.replace("\xa0", " ") for text in texts(app))


def test_renewals_are_listed_soonest_first_and_by_their_reason(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("customers", sample_workspace.directory)
    table = next(frame.value for frame in app.dataframe if "Renews on" in frame.value)
    days = pd.to_datetime(table["Renews on"])
    assert list(days) == sorted(days)
    assert {"Account", "Product", "A year, €", "Why", "Signs", "Owner"} <= set(table)
    app.button_group(key="renewals.by").set_value("rival").run()
    assert_sound(app)
    fewer = next(frame.value for frame in app.dataframe if "Renews on" in frame.value)
    assert 0 < len(fewer) < len(table)
    assert fewer["Why"].str.contains("ompetitor").all()


def renewing_tables() -> dict[str, list[dict[str, object]]]:
    """As of 20 December 2024, company 0, one of two, renews its second contract on 31 January 2025; its engagement fell
    from two downloads to none. It has an ended contract, one open deal of 500 and one lost."""
    touches = [{"activity_id": f"t{i}", "account_id": "a0", "kind": "content", "side": "marketing",
                "occurred_at": date(2024, 8, day), "channel": "Website"} for i, day in enumerate((1, 20))]  # fmt: skip
    contracts = [
        {"contract_id": name, "account_id": account, "started_on": start, "ended_on": ended, "renews_on": renews,
         "monthly_revenue": 100, "currency": "EUR", "product": product}
        for name, account, start, ended, renews, product in (
            ("k1", "a0", date(2023, 1, 1), date(2023, 12, 31), "", "Meters"),
            ("k2", "a0", date(2024, 2, 1), "", date(2025, 1, 31), "Sensors"),
            ("k3", "a1", date(2024, 2, 1), "", date(2025, 1, 31), "Sensors"),
        )
    ]  # fmt: skip
    deals = [
        {"opportunity_id": "o0", "account_id": "a0", "name": "Deal 0", "stage": "Offer", "outcome": "open",
         "amount": 500, "currency": "EUR", "opened_on": date(2024, 12, 20), "closed_on": ""},
        {"opportunity_id": "o1", "account_id": "a0", "name": "Deal 1", "stage": "Lost", "outcome": "lost",
         "amount": 500, "currency": "EUR", "opened_on": date(2024, 6, 1), "closed_on": date(2024, 7, 1)},
    ]  # fmt: skip
    accounts = [{"account_id": f"a{i}", "name": f"Company {i}"} for i in range(2)]
    return {"accounts": accounts, "contracts": contracts, "opportunities": deals, "activities": touches}


def test_a_renewal_opens_its_accounts_contracts_touches_and_deals(visit: Visit, tmp_path: Path) -> None:
    workspace = load(tmp_path, renewing_tables())
    app = visit("customers", workspace, period="all", mark="renewals", **{"mark.contract_id": "k2"})
    assert_sound(app)
    assert "Company 0, Sensors: renews on 31 Jan 2025" in [text.replace("\xa0", " ") for text in texts(app)]
    held = next(frame.value for frame in app.dataframe if "Contract" in frame.value)
    assert list(held["Contract"]) == ["k2", "k1"]
    assert list(held["A year, €"]) == [1200, 1200]
    app.button_group(key="renewal.part").set_value("last_touches").run()
    assert_sound(app)
    touches = next(frame.value for frame in app.dataframe if "Touch" in frame.value)
    assert [str(day)[:10] for day in touches["Day"]] == ["2024-08-20", "2024-08-01"]
    assert set(touches["Touch"]) == {"Content"}
    app.button_group(key="renewal.part").set_value("open_deals").run()
    assert_sound(app)
    deals = next(frame.value for frame in app.dataframe if "Stage" in frame.value)
    assert list(deals["Deal"]) == ["Deal 0"]
    assert list(deals["Amount, €"]) == [500]
    app.button(key="renewal.clear").click().run()
    assert_sound(app)
    assert not any("renews on 31 Jan" in text for text in texts(app))


def test_a_link_to_a_renewal_that_is_not_listed_opens_nothing(visit: Visit, tmp_path: Path) -> None:
    app = visit("customers", load(tmp_path, renewing_tables()), mark="renewals", **{"mark.contract_id": "k3"})
    assert_sound(app)
    assert not any("renews on 31 Jan" in text for text in texts(app))


def test_contracts_that_do_not_say_when_they_renew_are_not_said_to_renew_never(visit: Visit, tmp_path: Path) -> None:
    tables = renewing_tables()
    silent = [contract | {"renews_on": "", "ended_on": ""} for contract in tables["contracts"]]
    app = visit("customers", load(tmp_path, tables | {"contracts": silent}))
    assert_sound(app)
    said = [text.replace("\xa0", " ") for text in texts(app)]
    assert "No renewal within 90 days is known: 3 contracts do not say when they renew" in said


def test_several_settings_are_seen_each_alone_and_together(visit: Visit, money_workspace: Path) -> None:
    """Half the margin doubles the payback, and so does nothing else here; a grace of a year keeps who left in July."""
    app = visit("customers", money_workspace, **year())
    app.number_input(key="customers.margin.1.0").set_value(0.5).run()
    app.number_input(key="customers.grace_days.30").set_value(400).run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "All together" in frame.value).set_index("Figure")
    assert list(effect) == ["Now", "Margin 0.5 alone", "Grace, days 400 alone", "All together", "Change"]
    payback = effect.loc["Payback, months"]
    assert float(payback["Margin 0.5 alone"]) == pytest.approx(2 * float(payback["Now"]))
    assert payback["Grace, days 400 alone"] == "same"
    assert effect.loc["Churn rate", "Margin 0.5 alone"] == "same"
    assert effect.loc["Churn rate", "All together"] == effect.loc["Churn rate", "Now"]


def test_service_levels_are_settings_of_the_page_with_their_effect(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("customers", sample_workspace.directory)
    app.text_input(key="customers.service_levels.").set_value("Proposal=14").run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "Then" in frame.value).set_index("Figure")
    assert effect.loc["Within its service level: Proposal", "Now"] == "n/a"
    assert effect.loc["Within its service level: Proposal", "Then"].endswith("%")
    app.text_input(key="customers.service_levels.").set_value("Propsal=14").run()
    assert any("there is no stage" in error.value for error in app.error)


def test_what_target_and_rest_cost_says_that_shared_spend_is_in_neither(
    visit: Visit, sample_workspace: Workspace
) -> None:
    app = visit("customers", sample_workspace.directory, **{"view.cost_view": "sides"})
    assert_sound(app)
    said = [text.replace("\xa0", " ") for text in texts(app)]
    cards = [text for text in said if "Target " in text and "both without shared spend" in text]
    assert len(cards) == 4  # cost, payback, ratio and return
    assert [text for text in cards if text.startswith("13 months · before margin · ")] == cards[-1:]
    assert any(text.startswith("13 months · Target 6") for text in said)  # churn, read as a yearly rate
    assert any("shared spend is in neither, nor in their paybacks" in text for text in said)
    assert any(text.startswith("Association, not cause.") and "shared spend is in neither" in text for text in said)


@pytest.mark.parametrize("show", ["target", "rest"])
def test_one_side_alone(visit: Visit, sample_workspace: Workspace, show: str) -> None:
    app = visit("customers", sample_workspace.directory, show=show)
    assert_sound(app)
    assert not any("Target 1" in text and "· rest" in text for text in texts(app))


def test_a_snapshot_of_leavers_says_that_it_knows_no_earlier_losses(visit: Visit, tmp_path: Path) -> None:
    """30 of 60 customers of two years' standing end on the as-of day: no month before has a loss, none is claimed."""
    accounts = [{"account_id": f"a{i}", "name": f"Company {i}", "Leaver": ("yes", "no")[i % 2]} for i in range(60)]
    contracts = [
        {"contract_id": f"k{i}", "account_id": f"a{i}", "started_on": date(2023, 1, 1),
         "ended_on": date(2024, 12, 31) if i % 2 == 0 else "", "monthly_revenue": 10, "currency": "EUR"}
        for i in range(60)
    ]  # fmt: skip
    app = visit("customers", load(tmp_path, {"accounts": accounts, "contracts": contracts}), **year())
    assert_sound(app)
    said = [text.replace("\xa0", " ") for text in texts(app)]
    assert "50 % of the customers left in Dec 2024" in said
    assert any("knows no earlier endings" in text for text in said)
    assert any("too high: losses of one month only are known" in text for text in said)
    assert not any(text.startswith("A customer should bring") and text.endswith(".") for text in said)


def test_invoices_far_apart_have_no_churn_by_month(visit: Visit, tmp_path: Path) -> None:
    invoices = [
        {"invoice_id": f"i{i}-{year_}", "account_id": f"a{i}", "invoiced_on": date(year_, 1 + i % 12, 5), "amount": 100,
         "currency": "EUR"}
        for i in range(24) for year_ in (2021, 2022, 2023, 2024)
    ]  # fmt: skip
    workspace = load(tmp_path, {"invoices": invoices})
    app = visit("customers", workspace, period="custom", **{"from": "2024-01-01", "to": "2024-12-31"})
    assert_sound(app)
    app = visit("customers", workspace, **year(**{"view.churn_over": "month"}))
    assert_sound(app)
    assert any("less often than this period is long" in text for text in texts(app))  # up to 5 December: 11 months
    assert any("invoiced less often than once a month" in text for text in texts(app))


def test_what_was_before_the_data_is_not_compared(visit: Visit, tmp_path: Path) -> None:
    """Invoices of 2024 only, twelve months against the twelve before: nothing of them is known."""
    invoices = [{"invoice_id": f"i{i}-{month}", "account_id": f"a{i}", "invoiced_on": date(2024, month, 5),
                 "amount": 100, "currency": "EUR"} for i in range(9) for month in range(1, 13)]  # fmt: skip
    workspace = load(tmp_path, {"invoices": invoices})
    app = visit("customers", workspace, period="custom", **{"from": "2024-06-01", "to": "2024-12-31"})
    assert_sound(app)
    said = texts(app)
    assert "Revenue cannot be held against a time before the data begin" in said
    assert any(text.endswith("7 months · the time before is only partly in the data") for text in said)
    assert any("begins on 1 Jan 2024" in text.replace("\xa0", " ") or "on 5 Jan 2024" in text.replace("\xa0", " ")
               for text in said)  # fmt: skip
    assert not any("2024-01-05" in text for text in said)


def test_customers_without_any_property_have_no_card_that_parts_them(visit: Visit, tmp_path: Path) -> None:
    invoices = [{"invoice_id": f"i{i}-{month}", "account_id": f"a{i}", "invoiced_on": date(2024, month, 5),
                 "amount": 100, "currency": "EUR"} for i in range(9) for month in range(1, 13)]  # fmt: skip
    app = visit("customers", load(tmp_path, {"invoices": invoices}), period="all")
    assert_sound(app)
    assert "Churn by segment" not in texts(app)
    assert not any("of the customers left in the period" in text for text in texts(app))


def test_less_to_come_than_customers_brought_is_explained(visit: Visit, tmp_path: Path) -> None:
    """Ten buy for 9,000 in June 2023, and five of them for 10 a month in 2024; the others are gone: what is to come is
    told by the last twelve months, and is less than what was brought."""

    def bill(i: int, day: date, amount: int) -> dict[str, object]:
        return {
            "invoice_id": f"i{i}-{day}",
            "account_id": f"a{i}",
            "invoiced_on": day,
            "amount": amount,
            "currency": "EUR",
        }

    first = [bill(i, date(2023, 6, 5), 9000) for i in range(10)]
    later = [bill(i, date(2024, month, 31 if month == 12 else 5), 10) for i in range(5) for month in range(1, 13)]
    app = visit("customers", load(tmp_path, {"invoices": first + later}), period="all")
    assert_sound(app)
    assert any("so far is more: what customers bought before the last 12 months" in text for text in texts(app))


def test_contracts_that_began_late_in_a_month_have_no_retention_of_thousands(visit: Visit, tmp_path: Path) -> None:
    """Sixty contracts begin on the 31st: their first month is one day, and no share of it is a finding."""
    contracts = [{"contract_id": f"k{i}", "account_id": f"a{i}", "started_on": date(2024, 1 + 2 * (i % 2), 31),
                  "ended_on": "", "monthly_revenue": 100, "currency": "EUR"} for i in range(60)]  # fmt: skip
    contracts.append(contracts[0] | {"contract_id": "late", "account_id": "z", "started_on": date(2024, 12, 31)})
    app = visit("cohorts", load(tmp_path, {"contracts": contracts}), period="all")
    assert_sound(app)
    assert "Contracts began late in their first month: shares of it say little" in texts(app)
    assert not any(
        "of their first month in months" in text or text.startswith("Revenue kept: 3,") for text in texts(app)
    )


def test_cohorts_without_newcomers_in_the_period_say_so_once_a_retention(visit: Visit, tmp_path: Path) -> None:
    invoices = [{"invoice_id": f"i{i}-{month}", "account_id": f"a{i}", "invoiced_on": date(2024, month, 5),
                 "amount": 100, "currency": "EUR"} for i in range(9) for month in range(1, 13)]  # fmt: skip
    app = visit(
        "cohorts", load(tmp_path, {"invoices": invoices}), period="custom", **{"from": "2024-06-01", "to": "2024-12-31"}
    )
    assert_sound(app)
    assert [text.strip("*") for text in texts(app)].count("Nothing matches these filters") == 2
