"""The committed exports are what the generator writes, and hold what planted.json says: read here with pandas alone."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.generate import HERE, generate

EXPORTS = HERE / "exports"
PLANTED = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))
CASCADE = ["Discovery", "Qualified", "Proposal", "Security review", "Negotiation"]


def records(path: Path) -> list[list[str]]:
    """Every record of a file, header first: the lines that a platform writes above it are left away."""
    encoding, above, delimiter = "utf-8-sig", 0, ","
    if path.name.startswith("salesforce-report"):
        encoding = "iso-8859-1"
    elif path.name.startswith("linkedin"):
        encoding, above, delimiter = "utf-16", 5, "\t"
    elif path.name.startswith("google"):
        above = 2
    elif path.name.startswith("brandwatch"):
        above = 6
    elif path.name.startswith("surveymonkey"):
        above = 1
    text = StringIO(path.read_bytes().decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter))[above:]


def rows(view: str, key: str) -> pd.DataFrame:
    """A file's true rows: no blank, deleted or damaged ones, no footer; of each id the newest."""
    (path,) = [p for p in EXPORTS.iterdir() if view in p.name]
    header, *body = records(path)
    frame = pd.DataFrame([r for r in body if len(r) == len(header)], columns=header)
    frame = frame[(frame[key] != "") & ~frame[key].str.contains("E+", regex=False)]
    if "Invoice Date" in frame:
        frame = frame[frame["Invoice Date"] != "########"]
    if "IsDeleted" in frame:
        frame = frame[frame["IsDeleted"] == "false"]
    if "Last Modified Date" in frame:
        modified = pd.to_datetime(frame["Last Modified Date"])
        frame = frame.assign(modified=modified).sort_values("modified", kind="stable")
    return frame.drop_duplicates(key, keep="last")


def planted(metric: str, column: str, **where: str | None) -> float:
    """The expected value of a truth; `by` and keys of its row in `where`."""
    by = where.pop("by", None)
    row = {"segment": "All"} | where
    (found,) = [
        t for t in PLANTED["truths"] if (t["metric"], t["column"], t["by"], t["row"]) == (metric, column, by, row)
    ]
    return found["expected"]


def read_fact(begins: str) -> int:
    """The expected value of a fact of the snapshot."""
    (found,) = [f for f in PLANTED["snapshot"] if f["says"].startswith(begins)]
    return found["expected"]


@pytest.fixture(scope="module")
def deals() -> pd.DataFrame:
    """The report's deals with days, numbers and outcome."""
    frame = rows("report-opportunities", "Opportunity ID")
    frame["opened"] = pd.to_datetime(frame["Created Date"], format="%m/%d/%Y")
    frame["closed"] = pd.to_datetime(frame["Close Date"], format="%m/%d/%Y")
    frame["outcome"] = frame["Stage"].map({"Closed Won": "won", "Closed Lost": "lost", "No decision": "none"})
    return frame


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    """Stage history of the report's deals, edits of the amount left out, with the days until the next entry."""
    frame = rows("OpportunityHistory", "Id").assign(deal=lambda f: f["OpportunityId"].str[:15])
    frame["at"] = pd.to_datetime(frame["CreatedDate"]).dt.tz_localize(None)
    frame = frame.sort_values(["deal", "at"], kind="stable")
    frame = frame[frame["StageName"] != frame.groupby("deal")["StageName"].shift()]
    return frame.assign(left=frame.groupby("deal")["at"].shift(-1))


def test_fresh_run_is_the_committed_one(tmp_path: Path) -> None:
    generate(tmp_path)
    for path in sorted(EXPORTS.iterdir()):
        assert (tmp_path / "exports" / path.name).read_bytes() == path.read_bytes(), path.name
    assert (tmp_path / "planted.json").read_bytes() == (HERE / "planted.json").read_bytes()
    assert len(list((tmp_path / "exports").iterdir())) == len(list(EXPORTS.iterdir())) == len(PLANTED["files"])


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    generate(tmp_path, seed=1)
    name = "salesforce-report-opportunities-2026-10-31.csv"
    assert (tmp_path / "exports" / name).read_bytes() != (EXPORTS / name).read_bytes()


def test_scale_multiplies_and_keeps_ids_apart(tmp_path: Path) -> None:
    generate(tmp_path, scale=3, block=2)
    assert not (tmp_path / "planted.json").exists()
    for view, key in (("companies", "Record ID"), ("report-opportunities", "Opportunity ID"), ("CampaignMember", "Id")):
        (path,) = [p for p in (tmp_path / "exports").iterdir() if view in p.name]
        header, *body = records(path)
        ids = pd.Series([r[header.index(key)] for r in body if len(r) == len(header)])
        ids = ids[(ids != "") & ~ids.str.contains("E+", regex=False)]
        once = len(rows(view, key))
        assert ids.nunique() == pytest.approx(3 * once, rel=0.1)
        assert 1 - ids.nunique() / len(ids) < 0.02
    names = pd.read_csv(tmp_path / "exports" / "hubspot-crm-exports-companies-2026-10-31.csv")["Company name"].dropna()
    assert names.nunique() == 3 * 1240


@pytest.mark.parametrize("name", sorted(PLANTED["files"]))
def test_rows_by_fate_add_up(name: str) -> None:
    count = PLANTED["files"][name]
    assert len(records(EXPORTS / name)) - 1 == count["read"]
    assert count["read"] == sum(count[k] for k in ("loaded", "rejected", "duplicate", "blank", "footer"))


def test_about_three_rows_in_a_hundred_are_dirty() -> None:
    """Of the files that people fill; what machines write (costs, rates, surveys) is clean, a sum at its end apart."""
    dirty = total = 0
    for count in PLANTED["files"].values():
        spoiled = count["read"] - count["loaded"] - count["footer"]
        if spoiled:
            dirty += spoiled + sum(count["unreadable"].values()) + count["unknown_account"]
            total += count["read"]
    assert 0.025 <= dirty / total <= 0.035


def test_size_of_the_company(deals: pd.DataFrame) -> None:
    accounts = rows("companies", "Record ID")
    assert len(accounts) == 1240
    assert (accounts["Target Account"] == "Yes").sum() == read_fact("Target accounts") == 262
    partner = rows("exports-deals", "Record ID")
    assert len(deals) + len(partner) == planted("opportunities_created", "value")
    assert sum(p.stat().st_size for p in EXPORTS.iterdir()) < 10_000_000


def test_the_year_before_the_last_one_compares(deals: pd.DataFrame) -> None:
    last, before = (
        ((deals["opened"] >= f"{year}-11-01") & (deals["opened"] < f"{year + 1}-11-01")).sum() for year in (2025, 2024)
    )
    assert 1.0 < last / before < 1.3
    ends = {
        day: ((deals["opened"] <= day) & ((deals["closed"] > day) | deals["outcome"].isna())).sum()
        for day in ("2024-10-31", "2025-10-31")
    }
    assert ends["2024-10-31"] > 0.6 * ends["2025-10-31"]


def test_ids_keep_case_and_checksum(deals: pd.DataFrame) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    for long in rows("OpportunityHistory", "Id")["OpportunityId"].head(200):
        groups = [long[:15][i : i + 5] for i in (0, 5, 10)]
        assert long[15:] == "".join(letters[sum(c.isupper() << n for n, c in enumerate(g))] for g in groups)
    assert deals["Opportunity ID"].str.lower().nunique() < deals["Opportunity ID"].nunique()


def test_headers_are_as_the_vendors_write_them() -> None:
    first = (EXPORTS / "hubspot-crm-exports-deals-2026-10-31.csv").read_text(encoding="utf-8").splitlines()[0]
    assert '"Date entered ""Offer (joint) (Partner channel)"""' in first
    assert re.fullmatch(r'"[^"]+(""[^"]+"")?"(,"[^"]+(""[^"]+"")?")*', first)
    report = (EXPORTS / "salesforce-report-opportunities-2026-10-31.csv").read_bytes()
    assert "Grün".encode("iso-8859-1") in report
    assert b"Confidential Information" in report


def test_win_rate(deals: pd.DataFrame) -> None:
    partner = rows("exports-deals", "Record ID")
    won = (deals["outcome"] == "won").sum() + (partner["Is Closed Won"] == "Yes").sum()
    lost = (deals["outcome"] == "lost").sum() + (partner["Deal Stage"] == "Closed lost").sum()
    assert won / (won + lost) == pytest.approx(planted("win_rate", "value"), abs=1e-12)


def test_days_to_won(deals: pd.DataFrame) -> None:
    won = deals[deals["outcome"] == "won"]
    assert (won["closed"] - won["opened"]).dt.days.mean() == pytest.approx(planted("deal_velocity", "value"))


def test_security_review_is_slowest(history: pd.DataFrame) -> None:
    days = (history["left"] - history["at"]).dt.total_seconds() / 86400
    medians = days.groupby(history["StageName"]).median().reindex(CASCADE)
    assert medians.to_list() == pytest.approx([planted("days_in_stage", "value", stage=s) for s in CASCADE])
    assert medians.idxmax() == "Security review"
    assert len(history) == read_fact("Stage visits")


def test_targets_pass_the_early_steps_and_fail_in_security_review() -> None:
    steps = {
        segment: [
            planted("stage_funnel", "step_rate", by=by, segment=segment, stage=stage)
            for stage in (*CASCADE[1:], "Closed Won")
        ]
        for segment, by in (("All", None), ("target", "target"))
    }
    difference = np.array(steps["target"]) - np.array(steps["All"])
    assert difference[0] > 0.02
    assert difference[1] > 0.02
    assert difference[3] < -0.02


def test_detours(history: pd.DataFrame) -> None:
    before = history.groupby("deal")["StageName"].shift()
    assert ((before == "Closed Lost") & history["StageName"].isin(CASCADE)).sum() == read_fact("Reopened") > 10
    order = {stage: n for n, stage in enumerate(CASCADE)}
    fallen = history["StageName"].map(order) < before.map(order)
    assert fallen.sum() == read_fact("Moves from an open stage") > 20
    assert planted("stage_funnel", "skipped", stage="Security review") > 30


def test_biased_flag(deals: pd.DataFrame) -> None:
    accounts = rows("companies", "Record ID").set_index("Company name")
    partner = rows("exports-deals", "Record ID")
    opened = pd.concat(
        [
            deals.set_index("Account Name")["opened"],
            pd.to_datetime(partner.set_index("Associated Company (Primary)")["Create Date"]).dt.floor("D"),
        ]
    )
    first = opened.groupby(level=0).min()
    since = pd.to_datetime(accounts["Target since"].replace("", None))
    assert (since.reindex(first.index) > first).sum() == read_fact("The biased flag") == 26
    judged = deals[deals["outcome"].isin(["won", "lost"])]
    flagged = judged["Account Name"].map(since)
    rates = [(judged.loc[mask, "outcome"] == "won").mean() for mask in (flagged <= judged["opened"], flagged.notna())]
    assert rates[0] == pytest.approx(planted("win_rate", "value", by="target", segment="target"))
    assert rates[1] > rates[0] + 0.01


def rates() -> pd.DataFrame:
    """Euros for one unit of each currency: a column each, a row a month."""
    header, *body = records(EXPORTS / "exchange-rates-2026-10-31.csv")
    frame = pd.DataFrame(body, columns=header).assign(Rate=lambda f: f["Rate"].astype(float))
    wide = frame.pivot(index="Date", columns="Currency", values="Rate")
    assert len(wide) == 46
    return wide.set_axis(pd.to_datetime(wide.index)).assign(EUR=1.0)


def test_customers_who_left_in_a_year() -> None:
    """Stripe's subscriptions alone: who was a customer a year ago and is none now; 30 days of grace."""
    frame = rows("stripe-subscriptions", "id")
    since, until = (pd.to_datetime(frame[name]).dt.floor("D") for name in ("Start Date (UTC)", "Ended At (UTC)"))
    spans = pd.DataFrame({"customer": frame["Customer ID"], "since": since, "until": until})

    def is_customer(group: pd.DataFrame, day: pd.Timestamp) -> bool:
        held = group[(group["since"] <= day) & (group["until"].isna() | (group["until"] > day))]
        if len(held):
            return True
        begun, over = group[group["since"] > day]["since"], group[group["until"] <= day]["until"]
        return any((b - o).days <= 30 for b in begun for o in over)

    then, now = pd.Timestamp("2025-11-01"), pd.Timestamp("2026-10-31")
    customers = [group for _, group in spans.groupby("customer") if is_customer(group, then)]
    gone = sum(not is_customer(group, now) for group in customers)
    assert len(customers) == planted("churn_rate", "customers")
    assert gone == planted("churn_rate", "gone") > 20
    assert gone / len(customers) == pytest.approx(planted("churn_rate", "value"))


def test_invoices_pay_for_what_contracts_say() -> None:
    """Within a contract's year the instalments add up to its price; amounts in three currencies are one to the cent."""
    invoices, contracts = rows("invoices-2026", "Invoice ID"), rows("stripe", "id")
    invoices["amount"] = invoices["Amount"].astype(float)
    wide = rates()
    month = pd.to_datetime(invoices["Invoice Date"]).dt.to_period("M").dt.to_timestamp()
    rate = [wide.loc[at, currency] for at, currency in zip(month, invoices["Currency"], strict=True)]
    mean = (invoices["amount"] * rate).groupby(invoices["Account Name"]).sum().mean()
    assert mean == pytest.approx(planted("customer_lifetime_value", "value"), abs=0.01)
    assert invoices["Currency"].nunique() == contracts["Currency"].nunique() == 3
    yearly = contracts["Amount"].astype(float) * contracts["Quantity"].astype(int)
    once = contracts[~contracts["Customer Name"].duplicated(keep=False)]
    over = once[(once["Status"] == "canceled")]
    paid = invoices.groupby("Account Name")["amount"].sum().reindex(over["Customer Name"])
    whole_year = pd.to_datetime(over["Ended At (UTC)"]) - pd.to_datetime(over["Start Date (UTC)"]) >= pd.Timedelta(
        days=365
    )
    assert paid[whole_year.to_numpy()].to_numpy() == pytest.approx(yearly[over.index][whole_year].to_numpy(), abs=0.1)


def test_the_platform_bills_what_the_campaign_says_it_cost() -> None:
    campaigns = rows("salesforce-Campaign-", "Id").set_index("Name")
    header, *body = records(EXPORTS / "linkedin-campaign-performance-report-2026-10-31.csv")
    days = pd.DataFrame(body[:-1], columns=header)
    dollars = days["Total Spent"].astype(float)
    assert dollars.sum() == pytest.approx(float(dict(zip(header, body[-1], strict=True))["Total Spent"]), abs=0.01)
    month = pd.to_datetime(days["Start Date (in UTC)"], format="%m/%d/%Y").dt.to_period("M").dt.to_timestamp()
    euros = (dollars * rates().loc[month, "USD"].to_numpy()).groupby(days["Campaign Name"]).sum()
    own = campaigns.loc[euros.index, "ActualCost"].astype(float)
    assert len(own) == 24
    assert euros.to_numpy() == pytest.approx(own.to_numpy(), abs=0.3)


def test_targets_recommend_more_from_wave_to_wave() -> None:
    """SurveyMonkey's export alone: of each address the last answer of a wave; targets by the companies' export."""
    header, *body = records(EXPORTS / "surveymonkey-customer-survey-2026-10-31.csv")
    assert header[:9] == [""] * 9, "the second row of headers holds choices only"
    frame = pd.DataFrame([[row[3], row[5], int(row[9])] for row in body], columns=["at", "email", "score"])
    frame["at"] = pd.to_datetime(frame["at"], format="%m/%d/%Y %I:%M:%S %p")
    frame["wave"] = frame["at"].dt.to_period("Q").astype(str).str.replace("Q", "-Q")
    frame["who"] = frame["email"].where(frame["email"] != "", frame.index.astype(str))
    frame = frame.sort_values("at").drop_duplicates(["who", "wave"], keep="last")
    companies = rows("companies", "Record ID").set_index("Company Domain Name")
    is_target = frame["email"].str.split("@").str[1].map(companies["Target since"].replace("", None).notna())
    nps = 100 * ((frame["score"] >= 9).astype(int) - (frame["score"] <= 6).astype(int))
    for segment, group in (("All", frame), ("target", frame[is_target == True]), ("rest", frame[is_target == False])):  # noqa: E712
        by = None if segment == "All" else "target"
        for wave, value in nps[group.index].groupby(group["wave"]).mean().items():
            expected = planted("brand_perception", "value", by=by, segment=segment, measure="nps", wave=str(wave))
            assert value == pytest.approx(expected)
    of_targets = [
        planted("brand_perception", "value", by="target", segment="target", measure="nps", wave=wave)
        for wave in ("2025-Q4", "2026-Q2", "2026-Q4")
    ]
    assert of_targets == sorted(of_targets)
    assert of_targets[2] > of_targets[0] + 20


def test_share_of_voice_grows() -> None:
    """Brandwatch's export alone: each mention once."""
    header, *body = records(EXPORTS / "brandwatch-mentions-2026-10-31.csv")
    frame = pd.DataFrame(body, columns=header).drop_duplicates("Resource Id")
    quarter = pd.to_datetime(frame["Date"]).dt.to_period("Q").astype(str).str.replace("Q", "-Q")
    voice = (frame["Brand Type"] == "Own").groupby(quarter).mean()
    for wave, value in voice.items():
        expected = planted("brand_perception", "value", measure="share_of_voice", wave=str(wave))
        assert value == pytest.approx(expected)
    assert voice["2026-Q4"] > voice["2025-Q4"] + 0.05
