"""Costs and exchange rates: LinkedIn, Google Ads, Meta in four languages, any other; days and ranges; central banks."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import csv
import io

import pytest

from tests.exports.conftest import Parse

COST = "spent_on::TEXT, spent_until::TEXT, channel, campaign, amount::TEXT, currency, impressions, clicks"
LINKEDIN = (
    "Campaign Performance Report (in UTC)\nReport Start: 09/01/2026, 12:00 AM\nReport End: 09/30/2026, 11:59 PM\n"
    "Date Generated: 10/01/2026, 9:00 AM\n\n"
    "Start Date (in UTC)\tAccount Name\tCampaign Group Name\tCampaign Name\tCampaign ID\tCurrency\tTotal Spent\tImpressions\tClicks\n"
    '9/1/2026\tOurs\tG\tABM Q3\t1\tUSD\t"1,234.50"\t1000\t-\n'
    "9/2/2026\tOurs\tG\tABM Q3\t1\tUSD\t10.00\t1000\t3\n"
    'Total\t\t\t\t\tUSD\t"1,244.50"\t2000\t3\n'
)


@pytest.mark.parametrize("content", [LINKEDIN.encode("utf-16"), LINKEDIN.replace("\t", ",")], ids=["UTF-16", "UTF-8"])
def test_linkedin_by_day(load: Parse, content: bytes | str) -> None:
    """Days that do not show their order are month first; the row of totals is a footer; `-` is nothing."""
    parsed = load(content)
    assert (parsed.report["source"], parsed.report["object"]) == ("linkedin", "spend")
    assert parsed.verdict == (3, 2, 0, 0, 0, 1)
    assert parsed.rows("spend", COST) == [
        ("2026-09-01", None, "LinkedIn Ads", "ABM Q3", "1234.5000", "USD", 1000, None),
        ("2026-09-02", None, "LinkedIn Ads", "ABM Q3", "10.0000", "USD", 1000, 3),
    ]
    assert parsed.rows("spend", "side, _is_platform")[0] == ("marketing", True)


def test_a_report_without_days_is_spent_over_the_days_above_it(load: Parse) -> None:
    head, body = LINKEDIN.split("Start Date (in UTC)\t")
    first, *rows = body.splitlines(keepends=True)
    parsed = load(head + first + "".join(row.partition("\t")[2] for row in rows[:2]))
    assert parsed.rows("spend", "spent_on::TEXT, spent_until::TEXT, amount::TEXT") == [
        ("2026-09-01", "2026-09-30", "1234.5000"), ("2026-09-01", "2026-09-30", "10.0000"),
    ]  # fmt: skip


GOOGLE = (
    'Campaign report\n"November 1, 2026 - November 30, 2026"\n'
    "Campaign status,Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks,Conversions\n"
    'Enabled,Brand,1,2026-11-01,EUR,"1,234.56","10,000",100,--\nEnabled,Brand,1,2026-11-02,EUR,12.00,100,10,--\n'
    'Total: Campaigns, --, --, --,EUR,"1,246.56","10,100",110,0.00\nTotal: Account, --, --, --,EUR,"1,246.56","10,100",110,0.00\n'
)


def _as_excel_csv(text: str) -> bytes:
    """What Google Ads calls "Excel .csv": tabs, in UTF-16."""
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\r\n").writerows(
        csv.reader(io.StringIO(text), skipinitialspace=True)
    )
    return written.getvalue().encode("utf-16")


@pytest.mark.parametrize("content", [GOOGLE, _as_excel_csv(GOOGLE)], ids=["CSV", "Excel .csv"])
def test_google_by_day(load: Parse, content: bytes | str) -> None:
    parsed = load(content)
    assert (parsed.report["source"], parsed.report["object"]) == ("google_ads", "spend")
    assert parsed.verdict == (4, 2, 0, 0, 0, 2)
    assert parsed.rows("spend", COST) == [
        ("2026-11-01", None, "Google Ads", "Brand", "1234.5600", "EUR", 10000, 100),
        ("2026-11-02", None, "Google Ads", "Brand", "12.0000", "EUR", 100, 10),
    ]


def test_google_without_days(load: Parse) -> None:
    """The days stand above the header; a total in the campaign's column is none; without any day nothing is loaded."""
    body = 'Campaign,Currency code,Cost,Impr.,Clicks\nBrand,EUR,"1,234.56","10,000",100\nTotal: Campaigns,EUR,"1,246.56","10,100",110\n'
    parsed = load('Campaign report\n"November 1, 2026 - November 30, 2026"\n' + body)
    assert parsed.verdict == (2, 1, 0, 0, 0, 1)
    assert parsed.rows("spend", COST) == [
        ("2026-11-01", "2026-11-30", "Google Ads", "Brand", "1234.5600", "EUR", 10000, 100)
    ]
    assert "on which days the money was spent" in load("Campaign report\n" + body).reason


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        (
            "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Impressions,Link clicks,Clicks (all),Reach,Results\n2026-11-01,2026-11-30,A,12.5,100,3,5,1,2\n",
            ("2026-11-01", "2026-11-30", "Meta Ads", "A", "12.5000", "USD", 100, 3),
        ),
        (
            "Inicio del informe,Fin del informe,Nombre de la campaña,Día,Importe gastado (EUR),Impresiones,Alcance,Clics en el enlace,Resultados\n2026-11-01,2026-11-30,A,2026-11-05,12.5,100,1,3,2\n",
            ("2026-11-05", None, "Meta Ads", "A", "12.5000", "EUR", 100, 3),
        ),
        (
            'Дата начала отчетности,Дата окончания отчетности,Название кампании,Сумма затрат (USD),Показы,Клики по ссылке,Результаты\n2026-11-01,2026-11-01,А,"12,5",100,3,1\n',
            ("2026-11-01", None, "Meta Ads", "А", "12.5000", "USD", 100, 3),
        ),
        (
            "报告开始日期,报告结束日期,单日,广告系列名称,已花费金额 (USD),展示次数,链接点击量,点击量（全部）,覆盖人数,成效\n2026-11-01,2026-11-30,2026-11-02,A,12.5,100,3,5,1,2\n",
            ("2026-11-02", None, "Meta Ads", "A", "12.5000", "USD", 100, 3),
        ),
    ],
    ids=["en, a range", "es, by day", "ru, one day", "zh, by day"],
)
def test_meta_in_four_languages(load: Parse, text: str, cost: tuple[object, ...]) -> None:
    parsed = load(text)
    assert (parsed.report["source"], parsed.report["object"]) == ("meta", "spend")
    assert parsed.rows("spend", COST) == [cost]


def test_metas_row_of_all_days_is_a_total(load: Parse) -> None:
    """Once with `All` for its day, once without a campaign."""
    parsed = load(
        "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR),Impressions\n"
        "2026-11-01,2026-11-30,,2026-11-01,22.5,300\n2026-11-01,2026-11-30,A,All,10,100\n"
        "2026-11-01,2026-11-30,A,2026-11-01,10,100\n2026-11-01,2026-11-30,B,2026-11-02,12.5,200\n"
    )
    assert parsed.verdict == (4, 2, 0, 0, 0, 2)
    assert parsed.rows("spend", "campaign, amount::TEXT") == [("A", "10.0000"), ("B", "12.5000")]


@pytest.mark.parametrize("word", ["All", "Todo", "Все", "全部", "", "Total"])
def test_metas_row_of_all_campaigns_is_a_total(load: Parse, word: str) -> None:
    """In a file without days; with them a campaign may be called so."""
    head = "Inicio del informe,Fin del informe,Nombre de la campaña,Importe gastado (EUR),Impresiones\n"
    parsed = load(
        f"{head}2026-05-15,2026-06-13,A,300,10\n2026-06-01,2026-06-30,B,5,20\n2026-05-15,2026-06-30,{word},305,30\n"
    )
    assert parsed.verdict == (3, 2, 0, 0, 0, 1)
    days = load(
        "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR)\n2026-06-01,2026-06-30,All,2026-06-05,10\n"
    )
    assert days.rows("spend", "campaign") == [("All",)]


COVERS = "spent_on::TEXT, _covers_from::TEXT, _covers_until::TEXT"


def test_a_report_by_day_covers_the_days_that_it_names(load: Parse) -> None:
    """Above its rows (LinkedIn, Google) or beside them (Meta), also those without a cost; a range that its days lie
    outside of is not believed."""
    assert load(LINKEDIN).rows("spend", COVERS)[0] == ("2026-09-01", "2026-09-01", "2026-09-30")
    assert load(GOOGLE).rows("spend", COVERS)[1] == ("2026-11-02", "2026-11-01", "2026-11-30")
    assert load(GOOGLE.replace("November", "March", 2)).rows("spend", COVERS)[1] == ("2026-11-02", None, None)
    meta = load(
        "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR)\n2026-06-01,2026-06-30,A,2026-06-05,10\n"
    )
    assert meta.rows("spend", COVERS) == [("2026-06-05", "2026-06-01", "2026-06-30")]


def test_costs_from_anywhere(load: Parse) -> None:
    """A month is a range of its days; a cost of nothing in particular has its side alone; equal rows are two costs."""
    parsed = load(
        "Month,Side,Program,Uses Intent,Channel,Campaign,Cost,Currency\n"
        "2026-02,marketing,ABM,yes,Events,Fair,1000,EUR\n2026-02,marketing,ABM,yes,Events,Fair,1000,EUR\nMarch 2026,sales,Shared,,,,2000,EUR\nsoon,sales,Shared,,,,2000,EUR\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("spend", "costs")
    assert parsed.verdict == (4, 3, 1, 0, 0, 0)
    assert parsed.rows(
        "spend", "spent_on::TEXT, spent_until::TEXT, side, program, uses_intent, channel, amount::TEXT"
    ) == [
        ("2026-02-01", "2026-02-28", "marketing", "abm", True, "Events", "1000.0000"),
        ("2026-02-01", "2026-02-28", "marketing", "abm", True, "Events", "1000.0000"),
        ("2026-03-01", "2026-03-31", "sales", "shared", None, None, "2000.0000"),
    ]


@pytest.mark.parametrize("head", ["Start Date,End Date", "date_from,date_to", "Date From,Date To", "From,To"])
def test_costs_over_a_range_and_on_a_day(load: Parse, head: str) -> None:
    parsed = load(f"{head},Channel,Spend (USD)\n2026-03-01,2026-05-31,Events,900\n2026-03-13,2026-03-13,Events,1\n")
    assert parsed.rows("spend", "spent_on::TEXT, spent_until::TEXT, amount::TEXT, currency") == [
        ("2026-03-01", "2026-05-31", "900.0000", "USD"), ("2026-03-13", None, "1.0000", "USD"),
    ]  # fmt: skip


RATE = "currency, valid_on::TEXT, round(rate, 6)"


def test_rates_by_currency_and_day(load: Parse) -> None:
    parsed = load(
        "Date,From Currency,To Currency,Rate\n2026-03-01,USD,EUR,0.92\n2026-03-01,gbp,EUR,1.17\n2026-03-02,USD,EUR,0\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("rates", "daily")
    assert parsed.verdict == (3, 2, 1, 0, 0, 0)
    assert parsed.rows("exchange_rates", RATE) == [("USD", "2026-03-01", 0.92), ("GBP", "2026-03-01", 1.17)]
    assert parsed.rows("rejects", "_reason") == [("rate of 0 or less",)]


def test_rates_to_two_currencies_cannot_be_used_at_once(load: Parse) -> None:
    parsed = load("Date,From,To,Rate\n2026-03-01,USD,EUR,0.92\n2026-03-01,GBP,USD,1.27\n")
    assert "EUR, USD" in parsed.reason


def test_a_central_banks_rates_are_turned_round(load: Parse) -> None:
    """A euro buys so many of each: the euro's file is known by its name, for others the base is asked."""
    text = "Date,USD,JPY,BGN,\n2026-03-02,1.25,160,N/A,\n2026-03-01,1.28,,1.9558,\n"
    parsed = load(text, "eurofxref-hist.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("rates", "wide")
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert sorted(parsed.rows("exchange_rates", RATE)) == [
        ("BGN", "2026-03-01", 0.5113), ("EUR", "2026-03-01", 1.0), ("EUR", "2026-03-02", 1.0),
        ("JPY", "2026-03-02", 0.00625), ("USD", "2026-03-01", 0.78125), ("USD", "2026-03-02", 0.8),
    ]  # fmt: skip
    asked = load(text, "rates.csv")
    assert "the currency against which its rates are" in asked.reason
    (question,) = asked.report["questions"]
    assert (question["kind"], question["choices"][0]) == ("currency", "EUR")
    for answer in ({"answers": {question["column"]: "EUR"}}, {"currency": "EUR"}):
        again = load(text, "rates.csv", **answer)
        assert again.rows("exchange_rates", RATE) == parsed.rows("exchange_rates", RATE)


def test_salesforces_rates_are_turned_round(load: Parse) -> None:
    parsed = load("Id,IsoCode,ConversionRate,StartDate,NextStartDate\n04w1,USD,1.25,2026-01-01,2026-02-01\n")
    assert parsed.rows("exchange_rates", RATE) == [("USD", "2026-01-01", 0.8)]


OF_EACH = "Date,USD,GBP,JPY\n2026-01-01,0.9,1.15,0.006\n2026-06-01,0.8,N/A,0.005\n"


def test_the_report_says_which_way_round_rates_are_read(load: Parse) -> None:
    wide = load("Date,USD,JPY\n2026-03-02,1.25,160\n", "rates.csv", currency="EUR")
    (said,) = wide.report["warnings"]
    assert "1 EUR = 1.25 USD (on 2026-03-02), that is 1 USD = 0.8 EUR" in said
    turned = 'rates = "1 USD = 1.25 EUR"'
    assert turned in said
    again = load("Date,USD,JPY\n2026-03-02,1.25,160\n", mapping={"format": {"rates": "1 USD = 1.25 EUR"}})
    assert ("USD", "2026-03-02", 1.25) in again.rows("exchange_rates", RATE)


@pytest.mark.parametrize("told", [{"currency": "EUR"}, {"answers": {"USD": "EUR"}}])
def test_rates_that_cannot_be_that_way_round_are_asked(load: Parse, told: dict[str, object]) -> None:
    """A euro does not buy 0.005 yen: by the answer the same file is read in euro for one of each."""
    asked = load(OF_EACH, **told)
    assert "1 EUR = 0.005 JPY is not likely" in asked.reason
    (question,) = asked.report["questions"]
    assert (question["kind"], question["choices"]) == ("rates", ["1 EUR = 0.005 JPY", "1 JPY = 0.005 EUR"])
    (key,) = question["columns"]
    answers = dict(told.get("answers", {}))  # type: ignore[call-overload]
    each = load(OF_EACH, **told | {"answers": answers | {key: question["choices"][1]}})
    assert sorted(each.rows("exchange_rates", RATE)) == [
        ("EUR", "2026-01-01", 1.0), ("EUR", "2026-06-01", 1.0), ("GBP", "2026-01-01", 1.15),
        ("JPY", "2026-01-01", 0.006), ("JPY", "2026-06-01", 0.005), ("USD", "2026-01-01", 0.9), ("USD", "2026-06-01", 0.8),
    ]  # fmt: skip
    assert "1 USD = 0.8 EUR" in each.report["warnings"][0]
    bank = load(OF_EACH, **told | {"answers": answers | {key: question["choices"][0]}})
    assert ("JPY", "2026-06-01", 200.0) in bank.rows("exchange_rates", RATE)


def test_rates_that_can_be_either_way_round_are_asked(load: Parse) -> None:
    """A euro for 1.25 dollars, or a dollar for 1.25 euro: only a person knows. The central bank's file name says it, and so does
    a yen of which a euro buys 160."""
    text = "Date,USD,GBP\n2026-03-02,1.25,0.85\n"
    asked = load(text, "rates.csv", currency="EUR")
    assert "which way round they are, 1 EUR = 1.25 USD or 1 USD = 1.25 EUR" in asked.reason
    assert "not likely" not in asked.reason
    (question,) = asked.report["questions"]
    (key,) = question["columns"]
    for choice, rate in zip(question["choices"], (0.8, 1.25), strict=True):
        told = load(text, "rates.csv", currency="EUR", answers={key: choice})
        assert ("USD", "2026-03-02", rate) in told.rows("exchange_rates", RATE)
        assert "other way round" not in told.report["warnings"][0]
    assert load(text, "eurofxref.csv").rows("exchange_rates", RATE)[0] == ("USD", "2026-03-02", 0.8)
    assert load("Date,USD,JPY\n2026-03-02,1.25,160\n", currency="EUR").report["status"] == "loaded"


def test_a_small_currencys_rates_to_large_ones_are_asked(load: Parse) -> None:
    assert "1 RUB = 90 USD is not likely" in load("Date,USD,EUR\n2026-03-02,90,98\n", currency="RUB").reason


def test_a_mappings_rates_say_one_of_them(load: Parse) -> None:
    assert "1 EUR = 1.1 USD" in load(OF_EACH, mapping={"format": {"rates": "EUR"}}).reason
