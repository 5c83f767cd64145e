"""Brand perception: counted by hand, answered a second time in plain Python over random answers, and its traps."""

import random
from collections import defaultdict
from datetime import date, timedelta
from statistics import mean

import pytest
from company import company

from metrics import QuestionError, Scope, Snapshot, list_rows, measure, open_snapshot
from metrics.statistics.intervals import wilson

SCALES = {"nps": (0, 10), "authority": (1, 5), "trust": (1, 7)}


def answer(number, question, score, day, **more):
    low, high = SCALES.get(question, (1, 5))
    return {
        "answer_id": f"r{number}", "question": question, "score": score, "scale_min": low, "scale_max": high,
        "answered_on": day, **more,
    }  # fmt: skip


def mention(number, day, *, competes=False, mood=None, reach=None, **more):
    return {"mention_id": f"m{number}", "brand": "Rival" if competes else "Own", "is_competitor": competes,
            "sentiment": mood, "reach": reach, "published_on": day, **more}  # fmt: skip


ACCOUNTS = [
    {"account_id": "a1", "name": "North", "domain": "north.example", "is_target": True, "industry": "Rail"},
    {"account_id": "a2", "name": "South", "domain": "south.example", "is_target": False, "industry": "Sea"},
]
ANSWERS = [
    answer(1, "nps", 10, "2024-02-01", contact_id="p1@north.example", _account_domain="north.example"),
    answer(2, "nps", 9, "2024-02-02", account_id="North"),
    answer(3, "nps", 8, "2024-02-03", account_id="a2"),
    answer(4, "nps", 0, "2024-02-04"),
    answer(5, "nps", 3, "2024-02-20", contact_id="p1@north.example", _account_domain="north.example"),
    answer(6, "nps", 9, "2024-05-01", account_id="a1"),
    answer(7, "trust", 7, "2024-02-01", account_id="a1"),
    answer(8, "trust", 4, "2024-02-01", account_id="a2"),
    answer(9, "trust", 8, "2024-02-01"),
    answer(10, "trust", None, "2024-02-01"),
    answer(11, "authority", 2, "2024-02-01"),
    answer(12, "authority", 3, None),
    answer(13, "authority", 3, "2024-02-01", scale_max=None),
    answer(14, "nps", 9, "2024-02-01", scale_max=5),
    answer(15, "other", 3, "2024-02-01"),
    answer(16, None, 3, "2024-02-01"),
    answer(17, "alignment", 3, "2024-02-01"),
]
MENTIONS = [
    mention(1, "2024-01-05", mood=1.0, reach=300), mention(2, "2024-01-06", mood=-0.2, reach=100),
    mention(3, "2024-01-07", mood=0.04, reach=100), mention(4, "2024-01-08", reach=100),
    mention(5, "2024-01-09", competes=True, mood=1.0, reach=400), mention(6, "2024-04-09", competes=True),
]  # fmt: skip


def opened(**tables):
    return open_snapshot(company(**tables))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return opened(accounts=ACCOUNTS, survey_answers=ANSWERS, mentions=MENTIONS, as_of="2024-06-30")


def by_name(found) -> dict[tuple[str, str], dict]:
    return {(row["measure"], row["wave"]): row for row in found.rows()}


def test_by_hand(snapshot):
    """2024-Q1: of the answers 1 (replaced by 5, the same person, 3), 2 (9), 3 (8), 4 (0; a 0 is an answer) and 5 (3)
    one of four recommends and two do not. 7 is out of 7, 4 the middle of 1 to 7; authority 2 of 1 to 5 is a quarter."""
    found = by_name(measure(snapshot, "brand_perception"))
    nps = found["nps", "2024-Q1"]
    assert (nps["value"], nps["n"], nps["promoters"], nps["passives"], nps["detractors"]) == (-25.0, 4, 1, 1, 2)
    later = found["nps", "2024-Q2"]
    assert (later["value"], later["n"], later["change"], later["first_on"]) == (100.0, 1, 125.0, "2024-05-01")
    assert (found["trust", "2024-Q1"]["value"], found["trust", "2024-Q1"]["n"]) == (0.75, 2)
    assert found["authority", "2024-Q1"]["value"] == 0.25
    assert (found["authority", "(none)"]["value"], found["authority", "(none)"]["n"]) == (0.5, 1)
    mood = found["net_sentiment", "2024-Q1"]
    assert (mood["value"], mood["n"], mood["positive"], mood["neutral"], mood["negative"]) == (0, 3, 1, 1, 1)
    assert mood["by_reach"] == pytest.approx((300 - 100) / 500)
    voice = found["share_of_voice", "2024-Q1"]
    assert (voice["value"], voice["numerator"], voice["denominator"]) == (0.8, 4, 5)
    assert voice["by_reach"] == pytest.approx(600 / 1000)
    assert (voice["low"], voice["high"]) == pytest.approx(tuple(float(end) for end in wilson(4, 5)))
    assert found["share_of_voice", "2024-Q2"]["value"] == 0
    assert len(found) == 8


def test_left_out(snapshot):
    assert dict(measure(snapshot, "brand_perception").excluded) == {
        "answered again in the same wave": 1, "no score": 1, "score outside its scale": 1, "no scale": 1,
        "not on a scale from 0 to 10": 1, "another question": 1, "not known what was asked": 1,
        "mention without a sentiment (net sentiment only)": 1,
    }  # fmt: skip
    assert {key: dict(left) for key, left in measure(snapshot, "brand_perception").excluded_of.items()} == {
        "nps": {"answered again in the same wave": 1, "not on a scale from 0 to 10": 1},
        "trust": {"no score": 1, "score outside its scale": 1}, "authority": {"no scale": 1},
        "net_sentiment": {"mention without a sentiment (net sentiment only)": 1},
    }  # fmt: skip
    within = measure(snapshot, "brand_perception", Scope(start=date(2024, 4, 1), end=date(2024, 6, 30)))
    assert dict(within.excluded) == {"no date": 1}
    assert {(row["measure"], row["n"]) for row in within.rows()} == {("nps", 1), ("share_of_voice", 1)}


def test_who_names_no_account_is_in_no_segment(snapshot):
    found = measure(snapshot, "brand_perception", Scope(by="target"))
    rows = {(row["segment"], row["measure"], row["wave"]): row for row in found.rows()}
    assert rows["target", "nps", "2024-Q1"]["value"] == 0  # 9 and, of the person who answered twice, 3
    assert rows["rest", "nps", "2024-Q1"]["n"] == 1
    assert {segment for segment, *_ in rows} == {"target", "rest"}
    assert dict(found.excluded)["answer of no account, which no split holds"] == 3
    assert dict(found.excluded)["mention of no account, which no split holds"] == 6
    assert dict(found.excluded_of["nps"])["answer of no account, which no split holds"] == 1
    assert dict(found.excluded_of["mentions"]) == {"mention of no account, which no split holds": 6}
    assert any("name no account: they are in none of the segments of target" in said for said in found.warnings)
    filtered = measure(snapshot, "brand_perception", Scope().where("industry", "Rail"))
    assert {(row["measure"], row["wave"], row["n"]) for row in filtered.rows()} == {
        ("nps", "2024-Q1", 2), ("nps", "2024-Q2", 1), ("trust", "2024-Q1", 1),
    }  # fmt: skip


def test_a_split_by_what_a_deal_has_is_refused(snapshot):
    with pytest.raises(QuestionError, match="cannot be split by product"):
        measure(snapshot, "brand_perception", Scope(by="product"))


def test_rows_and_brands(snapshot):
    rows = list_rows(snapshot, "brand_perception", where={"measure": "nps", "wave": "2024-Q1"})
    assert dict(zip(rows["answer_id"], rows["measured"], strict=True)) == {"r2": 100, "r3": 0, "r4": -100, "r5": -100}
    brands = list_rows(snapshot, "brand_perception", part="brands")
    assert {(b.brand, b.wave): (b.mentions, b.measured) for b in brands.itertuples()} == {
        ("Own", "2024-Q1"): (4, 0.8), ("Rival", "2024-Q1"): (1, 0.2), ("Rival", "2024-Q2"): (1, 1.0),
    }  # fmt: skip


def test_whose_brand_it_is():
    """By the setting where the file does not say; the file's word stands above it; by nothing, all are the own one."""
    told = [
        {
            "mention_id": f"m{n}",
            "brand": brand,
            "is_competitor": competes,
            "published_on": "2024-01-05",
            "sentiment": 1.0,
        }
        for n, (brand, competes) in enumerate(
            [("Acme", None), ("ACME Labs", None), ("Borg", None), ("Borg", False), (None, None)]
        )
    ]
    snapshot = opened(mentions=told)
    found = by_name(measure(snapshot, "brand_perception", options={"own_brands": "acme; Acme labs"}))
    voice = found["share_of_voice", "2024-Q1"]
    assert (voice["numerator"], voice["denominator"]) == (3, 4)
    unknown = dict(measure(snapshot, "brand_perception").excluded)
    assert unknown["mention not known to be of the own brand or a competitor's"] == 4
    silent = opened(mentions=[row | {"is_competitor": None} for row in told])
    answered = measure(silent, "brand_perception")
    assert {(row["measure"], row["n"]) for row in answered.rows()} == {("net_sentiment", 5)}
    assert any("all 5 are taken to be of the own one" in said for said in answered.warnings)
    assert any("No mention of a competitor is loaded" in said for said in answered.warnings)


def test_a_wave_is_the_surveys_own_else_the_fiscal_quarter():
    rows = [
        answer(1, "nps", 9, "2024-02-01", wave="Spring"), answer(2, "nps", 9, "2024-02-01", _wave="Wave 2"),
        answer(3, "nps", 9, "2024-02-01"), answer(4, "nps", 9, "2024-02-01", wave="Spring", _wave="Wave 2"),
    ]  # fmt: skip
    fiscal = opened(survey_answers=rows, settings={"fiscal_year_start": 4})
    assert {wave: row["n"] for (_, wave), row in by_name(measure(fiscal, "brand_perception")).items()} == {
        "Spring": 2, "Wave 2": 1, "FY2024-Q4": 1,
    }  # fmt: skip


def test_nothing_loaded_is_no_row_and_says_so():
    answered = measure(opened(accounts=ACCOUNTS), "brand_perception")
    assert answered.rows() == []
    assert sum("is loaded" in said for said in answered.warnings) == 2


def test_comments_scored_stand_beside_the_answers():
    rows = [answer(n, "nps", 9, "2024-02-01", _sentiment=mood) for n, mood in enumerate([0.5, -0.1, None])]
    (row,) = measure(opened(survey_answers=rows), "brand_perception").rows()
    assert (row["sentiment"], row["sentiment_n"]) == (pytest.approx(0.2), 2)


def random_company(seed: int) -> dict:
    """Two hundred answers of forty people at ten accounts, and mentions of three brands."""
    draw = random.Random(seed)
    accounts = [{"account_id": f"a{n}", "name": f"Name {n}", "is_target": n % 3 == 0} for n in range(10)]
    answers = []
    for n in range(200):
        question = draw.choice(["nps", "authority", "trust", "other"])
        low, high = SCALES.get(question, (1, 5))
        person = draw.randrange(50)
        answers.append(answer(
            n, question, draw.choice([None, *range(low, high + 2)]),
            str(date(2024, 1, 1) + timedelta(days=draw.randrange(270))) if draw.random() < 0.95 else None,
            contact_id=f"p{person}" if person < 40 else None, account_id=f"a{person % 12}" if person < 45 else None,
            _subject=draw.choice(["first words", "other words", None]), wave=draw.choice([None, None, "Own wave"]),
        ))  # fmt: skip
    mentions = [
        mention(n, str(date(2024, 1, 1) + timedelta(days=draw.randrange(270))), competes=draw.random() < 0.6,
                mood=draw.choice([None, -0.8, -0.05, 0.0, 0.04, 0.05, 0.9]), reach=draw.choice([None, 10, 300]))
        for n in range(120)
    ]  # fmt: skip
    return {"accounts": accounts, "survey_answers": answers, "mentions": mentions, "as_of": "2024-09-30"}


def quarter(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def second_answer(tables: dict, since: str, until: str, targets: bool | None) -> dict:
    """(measure, wave) → (value, n), in plain Python; `targets`: only those of targets, or only the others."""
    known = {row["account_id"]: row["is_target"] for row in tables["accounts"]}
    latest: dict = {}
    for row in tables["survey_answers"]:
        low, high = row["scale_min"], row["scale_max"]
        if row["question"] == "other" or row["score"] is None or not low <= row["score"] <= high:
            continue
        wave = row["wave"] or (quarter(row["answered_on"]) if row["answered_on"] else "(none)")
        words = "" if row["question"] == "nps" else row["_subject"] or ""
        key = (row["question"], wave, words, row["contact_id"] or row["answer_id"])
        order = (row["answered_on"] or "", row["answer_id"])
        if key not in latest or order > latest[key][0]:
            latest[key] = (order, row)
    marks = defaultdict(list)
    for (question, wave, *_), (_, row) in latest.items():
        if since and not since <= (row["answered_on"] or "") <= until:
            continue
        if targets is not None and known.get(row["account_id"]) is not targets:
            continue
        low, high, score = row["scale_min"], row["scale_max"], row["score"]
        mark = 100 * ((score >= 9) - (score <= 6)) if question == "nps" else (score - low) / (high - low)
        marks[question, wave].append(mark)
    for row in tables["mentions"] if targets is None else ():
        if since and not since <= row["published_on"] <= until:
            continue
        wave, mood = quarter(row["published_on"]), row["sentiment"]
        marks["share_of_voice", wave].append(not row["is_competitor"])
        if mood is not None and not row["is_competitor"]:
            marks["net_sentiment", wave].append((mood >= 0.05) - (mood <= -0.05))
    return {key: (pytest.approx(mean(values)), len(values)) for key, values in marks.items()}


@pytest.mark.parametrize("seed", range(4))
def test_second_answer(seed):
    tables = random_company(seed)
    snapshot = opened(**tables)
    whole = by_name(measure(snapshot, "brand_perception"))
    assert {key: (row["value"], row["n"]) for key, row in whole.items()} == second_answer(tables, "", "", None)
    scope = Scope(start=date(2024, 2, 15), end=date(2024, 7, 31))
    within = by_name(measure(snapshot, "brand_perception", scope))
    expected = second_answer(tables, "2024-02-15", "2024-07-31", None)
    assert {key: (row["value"], row["n"]) for key, row in within.items()} == expected
    split = measure(snapshot, "brand_perception", Scope(by="target")).rows()
    for segment, flag in (("target", True), ("rest", False)):
        mine = {(r["measure"], r["wave"]): (r["value"], r["n"]) for r in split if r["segment"] == segment}
        assert mine == second_answer(tables, "", "", flag)
