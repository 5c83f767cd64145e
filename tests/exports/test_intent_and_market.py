"""Intent signals and the market: Bombora with and without a header, 6sense, any other vendor, companies, segments."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import gzip
from pathlib import Path

import pytest
from places import REAL_DATA

from tests.exports.conftest import Parse

SURGE = """Company Name,Domain,Size,Industry,Category,Topic,Composite Score,Bucket Code,Metro Area,Metro Composite Score,Metro Bucket Code,Domain Origin Country
North,north.example,51-200 employees,Rail,Products,payroll,72,2132,Lyon,80,2132,France
North,north.example,51-200 employees,Rail,Products,payroll,72,2132,Paris,61,2132,France
North,north.example,51-200 employees,Rail,Competitors,Rivalsoft,55,2132,Lyon,51,2132,France
,south.example,,,Products,payroll,100,3131,,,,
"""
SIGNALS = "account_id, domain, vendor, topic, score, scale, is_competitor, observed_on::TEXT"


def test_bombora_repeats_a_score_for_each_metro(load: Parse) -> None:
    parsed = load(SURGE, "bombora-company-surge-2026-02-16.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("bombora", "surge")
    assert parsed.verdict == (4, 3, 0, 1, 0, 0)
    assert parsed.rows("intent", SIGNALS) == [
        ("north.example", "north.example", "Bombora", "payroll", 72.0, 100.0, False, "2026-02-16"),
        ("north.example", "north.example", "Bombora", "Rivalsoft", 55.0, 100.0, True, "2026-02-16"),
        ("south.example", "south.example", "Bombora", "payroll", 100.0, 100.0, False, "2026-02-16"),
    ]
    assert parsed.report["warnings"] == []


def test_the_week_is_the_day_of_upload_where_the_name_has_none_and_that_is_told(load: Parse) -> None:
    parsed = load(SURGE, "surge.csv", export_day="2026-03-01")
    assert {day for (day,) in parsed.rows("intent", "observed_on::TEXT")} == {"2026-03-01"}
    (warning,) = parsed.report["warnings"]
    assert "2026-03-01, the day of upload" in warning


def test_bombora_packed(load: Parse) -> None:
    parsed = load(gzip.compress(SURGE.encode()), "surge_20260216.csv.gz")
    assert parsed.rows("intent", "observed_on::TEXT")[0] == ("2026-02-16",)


def test_bombora_without_a_header(load: Parse) -> None:
    raw = "".join(line for line in SURGE.splitlines(keepends=True)[1:])
    parsed = load(raw, "Input_20260216.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("bombora", "raw_scores")
    assert parsed.verdict == (4, 3, 0, 1, 0, 0)
    assert parsed.rows("intent", SIGNALS) == load(SURGE, "Surge_20260216.csv").rows("intent", SIGNALS)


def test_the_surging_topics_without_a_header(load: Parse) -> None:
    raw = (
        "North,north.example,51-200 employees,Rail,Products,payroll,72,lyon[80]|[61],France\n"
        ",south.example,,,Products,payroll,25,,\n"
    )
    parsed = load(raw, "Output_20260216.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("bombora", "raw_surge")
    assert parsed.rows("intent", "domain, topic, score, observed_on::TEXT") == [
        ("north.example", "payroll", 72.0, "2026-02-16"),
        ("south.example", "payroll", 25.0, "2026-02-16"),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "a,north.example,b,c,d,topic,104,2132,x,1,2132,y\n",
        "a,no domain,b,c,d,topic,50,2132,x,1,2132,y\n",
        "a,north.example,b,c,d,topic,50,2132,x,1,2132\n",
    ],
    ids=["a score over 100", "no domain", "a column short"],
)
def test_other_files_without_a_header_are_not_taken_for_it(load: Parse, raw: str) -> None:
    assert "not those of a known export" in load(raw * 3).reason


@pytest.mark.parametrize(
    ("name", "kind", "intents"),
    [
        ("Input_AllDomainsAllTopics_20150719-reduced-sample.csv", "raw_scores", 9578),
        ("Output_MasterSurgeFile_20150719-sample.csv", "raw_surge", 10000),
    ],
)
@pytest.mark.skipif(not REAL_DATA.exists(), reason="the public data sets are not beside this checkout")
def test_the_published_files_are_recognised_as_their_mapping_reads_them(
    load: Parse, name: str, kind: str, intents: int
) -> None:
    path: Path = REAL_DATA / "bombora-surge-sample" / name
    parsed = load(path, name)
    assert (parsed.report["source"], parsed.report["object"]) == ("bombora", kind)
    assert parsed.verdict == (10000, intents, 0, 10000 - intents, 0, 0)
    assert {day for (day,) in parsed.rows("intent", "observed_on::TEXT")} == {"2015-07-19"}


def test_6sense_stages_are_scores(load: Parse) -> None:
    """Decision and Purchase 100, Consideration 60, earlier ones 0; without a stage the vendor's own score."""
    stages = ["Purchase", "Decision", "Consideration", "Awareness", "Target", ""]
    rows = "".join(f"Company {n},c{n}.example,{stage},Strong,77\n" for n, stage in enumerate(stages))
    parsed = load(
        "6sense Account Name,6sense Domain,6sense Buying Stage,6sense Profile Fit,Intent Score\n" + rows,
        "6sense-segment-2026-02-20.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("6sense", "accounts")
    assert parsed.rows("intent", "domain, score, vendor, observed_on::TEXT") == [
        (f"c{n}.example", score, "6sense", "2026-02-20") for n, score in enumerate([100, 100, 60, 0, 0, 77])
    ]


def test_any_other_vendor(load: Parse) -> None:
    parsed = load(
        "Date of Intent,Intent Source,Company Domain,Category,Topic,Score\n"
        "2026-02-02,Vendor,north.example,Products,payroll,61.5\n"
        "2026-02-02,Vendor,north.example,Competitors,Rivalsoft,90\n"
        "2026-02-09,Vendor,north.example,Products,payroll,70\n"
        "soon,Vendor,north.example,Products,payroll,70\n"
        "2026-02-09,Vendor,south.example,Products,payroll,high\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("intent", "signals")
    assert parsed.verdict == (5, 3, 2, 0, 0, 0)
    assert parsed.rows("intent", "domain, vendor, topic, score, is_competitor, observed_on::TEXT") == [
        ("north.example", "Vendor", "payroll", 61.5, False, "2026-02-02"),
        ("north.example", "Vendor", "Rivalsoft", 90.0, True, "2026-02-02"),
        ("north.example", "Vendor", "payroll", 70.0, False, "2026-02-09"),
    ]


def test_a_company_known_by_its_name_alone_keeps_its_signals_apart(load: Parse) -> None:
    parsed = load(
        "Date,Source,Company Name,Topic,Intent Score\n2026-02-02,V,North,payroll,61\n2026-02-02,V,South,payroll,61\n"
    )
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert parsed.rows("intent", "account_id") == [("North",), ("South",)]


def test_the_market_by_companies(load: Parse) -> None:
    parsed = load(
        "Company Name,Domain,Industry,Region,Country,Employees,Estimated Value,Currency\n"
        'North,north.example,Rail,DACH,Germany,120,"12,000.50",EUR\nSouth,south.example,Air,DACH,Austria,,,EUR\n'
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("market", "companies")
    assert parsed.rows("market", "name, domain, industry, region, employees, estimated_value::TEXT, currency") == [
        ("North", "north.example", "Rail", "DACH", 120, "12000.5000", "EUR"),
        ("South", "south.example", "Air", "DACH", None, None, "EUR"),
    ]


def test_the_market_by_segments(load: Parse) -> None:
    """Equal rows stay: two segments may look alike."""
    parsed = load(
        "Segment,Industry,Number of Companies,Market Value (EUR)\nMid,Rail,1200,5000000\nTop,Rail,40,\nTop,Rail,40,\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("market", "segments")
    assert parsed.rows("market", "segment, industry, companies, estimated_value::TEXT, currency") == [
        ("Mid", "Rail", 1200, "5000000.0000", "EUR"), ("Top", "Rail", 40, None, "EUR"), ("Top", "Rail", 40, None, "EUR"),
    ]  # fmt: skip


def test_companies_without_an_estimate_are_the_market_where_that_is_said(load: Parse) -> None:
    text = "Company Name,Domain,Industry\nNorth,north.example,Rail\nSouth,south.example,Air\n"
    assert load(text).report["object"] != "companies" or load(text).report["source"] != "market"
    parsed = load(text, **{"as": "market.companies"})
    assert parsed.rows("market", "name, industry") == [("North", "Rail"), ("South", "Air")]


def test_uploaded_fit_of_a_salesforce_account(load: Parse) -> None:
    parsed = load(
        "Account ID,Account Name,Industry,accountProfileFit6sense__c,Fit Score\n0011G00000N38JZ,North,Rail,Strong,81\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "accounts")
    assert parsed.rows("accounts", "fit_tier, fit_score") == [("Strong", 81.0)]
