"""Laws of brand perception: what may not change a figure, and by what it must change."""

import random
from datetime import date, timedelta

import pytest
from company import company

from metrics import Scope, measure, open_snapshot


def answers_of(seed: int, n: int = 120) -> list[dict]:
    draw = random.Random(seed)
    return [
        {
            "answer_id": f"r{i}", "question": draw.choice(["nps", "trust"]), "score": draw.randrange(0, 11),
            "scale_min": 0, "scale_max": 10, "contact_id": f"p{draw.randrange(60)}",
            "answered_on": str(date(2024, 1, 1) + timedelta(days=draw.randrange(360))),
        }
        for i in range(n)
    ]  # fmt: skip


def mentions_of(seed: int, n: int = 90) -> list[dict]:
    draw = random.Random(seed)
    return [
        {
            "mention_id": f"m{i}", "is_competitor": draw.random() < 0.5, "sentiment": draw.choice([None, -1, 0, 1]),
            "published_on": str(date(2024, 1, 1) + timedelta(days=draw.randrange(360))),
        }
        for i in range(n)
    ]  # fmt: skip


def found(**tables) -> dict[tuple[str, str], tuple]:
    told = measure(open_snapshot(company(as_of="2024-12-31", **tables)), "brand_perception").rows()
    return {(row["measure"], row["wave"]): (row["value"], row["n"], row["low"], row["high"]) for row in told}


@pytest.mark.parametrize("seed", range(3))
def test_an_older_answer_of_the_same_person_in_the_wave_changes_nothing(seed):
    rows = answers_of(seed)
    older = []
    for row in rows:
        day = date.fromisoformat(row["answered_on"])
        first = date(2024, 3 * ((day.month - 1) // 3) + 1, 1)
        if first < day:
            older.append(row | {"answer_id": "0" + row["answer_id"], "answered_on": str(first), "score": 0})
    assert older
    one, other = found(survey_answers=rows), found(survey_answers=[*older, *rows])
    assert one.keys() == other.keys()
    assert all(one[key] == pytest.approx(other[key], nan_ok=True) for key in one)


@pytest.mark.parametrize("seed", range(3))
def test_another_scale_with_the_same_shares_changes_nothing(seed):
    rows = [row for row in answers_of(seed) if row["question"] == "trust"]
    moved = [row | {"score": 1 + row["score"] * 0.4, "scale_min": 1, "scale_max": 5} for row in rows]
    one, other = found(survey_answers=rows), found(survey_answers=moved)
    assert one.keys() == other.keys()
    assert all(one[key] == pytest.approx(other[key], nan_ok=True) for key in one)


@pytest.mark.parametrize("seed", range(3))
def test_mentions_without_a_sentiment_change_the_voice_and_not_the_mood(seed):
    rows = mentions_of(seed)
    silent = [{**row, "mention_id": "s" + row["mention_id"], "sentiment": None} for row in rows]
    one, other = found(mentions=rows), found(mentions=[*rows, *silent])
    moods = {key for key in one if key[0] == "net_sentiment"}
    assert moods
    assert all(one[key] == other[key] for key in moods)
    voices = one.keys() - moods
    assert all(other[key][:2] == (one[key][0], 2 * one[key][1]) for key in voices)
    assert all(other[key][3] - other[key][2] < one[key][3] - one[key][2] for key in voices)


@pytest.mark.parametrize("seed", range(3))
def test_shares_stay_within_their_limits_and_hold_their_value(seed):
    limits = {"nps": (-100, 100), "trust": (0, 1), "net_sentiment": (-1, 1), "share_of_voice": (0, 1)}
    told = found(survey_answers=answers_of(seed, 60), mentions=mentions_of(seed, 40))
    assert {measure for measure, _ in told} == set(limits)
    for (name, _), (value, _, low, high) in told.items():
        least, most = limits[name]
        assert least <= value <= most
        if low is not None:
            assert least - 1e-9 <= low <= value <= high <= most + 1e-9


def test_a_wave_with_nobody_has_no_row_and_is_no_zero():
    rows = [row for row in answers_of(1) if not "2024-04-01" <= row["answered_on"] < "2024-07-01"]
    snapshot = open_snapshot(company(survey_answers=rows, as_of="2024-12-31"))
    told = measure(snapshot, "brand_perception").rows()
    assert "2024-Q2" not in {row["wave"] for row in told}
    third = next(row for row in told if (row["measure"], row["wave"]) == ("nps", "2024-Q3"))
    first = next(row for row in told if (row["measure"], row["wave"]) == ("nps", "2024-Q1"))
    assert third["change"] == pytest.approx(third["value"] - first["value"])
    quarters = measure(snapshot, "brand_perception", Scope(grain="quarter")).rows()
    assert {(row["period"], row["wave"]) for row in quarters if row["measure"] == "nps"} == {
        (wave, wave) for wave in ("2024-Q1", "2024-Q3", "2024-Q4")
    }
