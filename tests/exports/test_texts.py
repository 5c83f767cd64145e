"""Sentiment: uploaded scores stand, texts beside them are scored where that is asked for, and no text is kept."""

import random
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics.exports import sentiment
from tests.exports.conftest import Parse, Parsed

TOUCHES: dict[str, Any] = {
    "table": "activities",
    "columns": {"activity_id": "id", "occurred_at": "day", "text": "said", "sentiment": "mood"},
}
GLAD = "The demo went very well and they love the product."
CROSS = "They are frustrated with the delays and are threatening to cancel the contract."
GERMAN = "Der Kunde ist mit der Lieferung sehr unzufrieden und will den Vertrag kündigen."
NO_LANGUAGE = "ok"


def _file(*rows: tuple[str, str]) -> str:
    lines = [f'a{i},2026-02-0{i},"{said}",{mood}' for i, (said, mood) in enumerate(rows, start=1)]
    return "\n".join(["id,day,said,mood", *lines, ""])


def _issues(parsed: Parsed) -> list[tuple[str, str, int, list[int]]]:
    return [(i["kind"], i["column"], i["n"], i["rows"]) for i in parsed.report["issues"]]


def _is_nowhere(text: str, directory: Path) -> bool:
    """Whether no file holds the text, neither as it is nor in a cell of a table, which may be compressed."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    written = [path.read_bytes().decode(errors="replace") for path in files]
    with duckdb.connect() as con:
        tables = [path for path in files if path.suffix == ".parquet"]
        written += [str(con.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()) for path in tables]
    return len(tables) > 0 and not any(text in content for content in written)


def test_no_text_is_scored_unless_that_is_asked_for(load: Parse) -> None:
    parsed = load(_file((GLAD, ""), (CROSS, "0.25")), mapping=TOUCHES)
    assert parsed.rows("activities", "activity_id, sentiment") == [("a1", None), ("a2", 0.25)]
    assert "text" not in parsed.columns("activities")
    assert parsed.report["issues"] == []


def test_a_text_in_an_offered_language_is_scored(load: Parse) -> None:
    parsed = load(_file((GLAD, ""), (CROSS, ""), ("The meeting is on Tuesday in the office.", "")),
                  mapping=TOUCHES, score_text=True)  # fmt: skip
    (glad, cross, plain) = [score for (score,) in parsed.rows("activities", "sentiment")]
    assert -1 <= cross < -0.05 < plain == 0 < 0.05 < glad <= 1
    assert parsed.report["issues"] == []


def test_an_uploaded_score_stands_whatever_the_text_beside_it_says(load: Parse) -> None:
    parsed = load(_file((GLAD, "-0.9"), (CROSS, "0"), (GERMAN, "0.5")), mapping=TOUCHES, score_text=True)
    assert parsed.rows("activities", "sentiment") == [(-0.9,), (0.0,), (0.5,)]
    assert parsed.report["issues"] == []


def test_other_languages_and_none_are_null_and_counted(load: Parse) -> None:
    rows = [(GERMAN, ""), (GLAD, ""), (NO_LANGUAGE, ""), (GERMAN, ""), ("", ""), ("   ", "")]
    parsed = load(_file(*rows), mapping=TOUCHES, score_text=True)
    scores = [score for (score,) in parsed.rows("activities", "sentiment")]
    assert [score is None for score in scores] == [True, False, True, True, True, True]
    assert _issues(parsed) == [
        ("text in a language that is not scored", "said", 2, [2, 5]),
        ("text whose language cannot be told", "said", 1, [4]),
    ]


def test_a_file_without_scores_gains_a_column_of_them(load: Parse) -> None:
    mapping = TOUCHES | {"columns": {"activity_id": "id", "occurred_at": "day", "text": "said"}}
    parsed = load(_file((GLAD, ""), (GERMAN, "")), mapping=mapping, score_text=True)
    (glad, german) = [score for (score,) in parsed.rows("activities", "sentiment")]
    assert (glad > 0, german) == (True, None)
    assert "sentiment" not in load(_file((GLAD, "")), mapping=mapping).columns("activities")


@pytest.mark.parametrize("is_asked", [True, False])
def test_no_text_is_written_anywhere(load: Parse, is_asked: bool) -> None:
    secret = "They love the quokka release and everybody is happy with it"
    torn = f'a9,2026-02-09,{secret}, and more,0.1,0.2\n,not a day,"{secret}",\n'
    parsed = load(_file((secret, ""), (secret, "0.5")) + torn, mapping=TOUCHES, score_text=is_asked)
    assert parsed.report["rows"]["rejected"] == 2
    assert parsed.report["rows"]["loaded"] == 2
    assert _is_nowhere("quokka", parsed.out)
    assert next(c for c in parsed.report["columns"] if c["header"] == "said")["samples"] == []
    assert parsed.rows("rejects", '_row, "said"') == [(4, None), (5, None)]


def test_a_report_shows_no_value_of_what_is_left_out_as_personal(load: Parse) -> None:
    header = "Record ID,Company name,Company Domain Name,Lifecycle Stage,Phone Number,Notes,City\n"
    parsed = load(header + "7,North,north.example,Customer,+49 30 1234567,calls at night,Graz\n")
    shown = {column["header"]: column["samples"] for column in parsed.report["columns"]}
    assert (shown["Phone Number"], shown["Notes"], shown["City"]) == ([], [], ["Graz"])
    assert _is_nowhere("1234567", parsed.out)
    assert _is_nowhere("at night", parsed.out)


def test_ids_made_for_touches_do_not_depend_on_scoring(load: Parse) -> None:
    mapping = TOUCHES | {"columns": {"occurred_at": "day", "text": "said", "kind": "mood"}}
    content = _file((GLAD, "call"), (CROSS, "call"))
    plain, scored = (load(content, mapping=mapping, score_text=asked) for asked in (False, True))
    assert plain.rows("activities", "activity_id") == scored.rows("activities", "activity_id")


def test_the_text_of_mentions_goes_the_same_way(load: Parse) -> None:
    content = f'id,on,said,mood\nm1,2026-02-01,"{GLAD}",\nm2,2026-02-02,"{GLAD}",negative\n'
    mapping = {"table": "mentions", "columns": {"mention_id": "id", "published_on": "on", "text": "said",
                                                "sentiment": "mood"}}  # fmt: skip
    parsed = load(content, mapping=mapping, score_text=True)
    (first, second) = [score for (score,) in parsed.rows("mentions", "sentiment")]
    assert (first > 0, second) == (True, -1)
    assert "text" not in parsed.columns("mentions")


def test_notes_of_a_crm_are_texts(load: Parse) -> None:
    header = "Record ID,Activity date,Call Title,Call outcome,Call notes\n"
    content = header + f'1,2026-02-01 10:00,Intro,Connected,"<p>{GLAD}</p>"\n'
    parsed = load(content, score_text=True)
    assert (parsed.report["object"], parsed.report["mapping"]["text"]) == ("calls", "Call notes")
    assert parsed.rows("activities", "sentiment > 0.3") == [(True,)]
    assert _is_nowhere("demo went", parsed.out)


@pytest.mark.parametrize(
    ("cell", "read"),
    [("0.5", 0.5), ('"-0,25"', -0.25), ("1", 1.0), ("0.812", 0.812), ("Positive", 1.0), ("negativo", -1.0),
     ("neutral", 0.0), ("85", None), ("-1.01", None), ("fine", None)],
)  # fmt: skip
def test_an_uploaded_score_is_from_minus_one_to_one(load: Parse, cell: str, read: float | None) -> None:
    parsed = load(f"id,day,said,mood\na1,2026-02-01,,{cell}\n", mapping=TOUCHES)
    assert parsed.rows("activities", "sentiment") == [(read,)]
    told = [("not a sentiment from -1 to 1", "mood", 1, [2])]
    assert _issues(parsed) == ([] if read is not None else told)


def test_html_and_addresses_are_no_words() -> None:
    body = "<div>All good &amp; done<br>see (https://example.com/x) or @angry, hate@example.com</div><p>a < b</p>"
    assert sentiment.plain_text(body).split() == ["All", "good", "&", "done", "see", "or", "a", "<", "b"]


def test_the_score_of_a_text_is_the_mean_of_its_sentences() -> None:
    one, other = "They love the product.", "The meeting is on Tuesday."
    assert sentiment.sentence_mean(f"{one} {other}") == pytest.approx(
        (sentiment.sentence_mean(one) + sentiment.sentence_mean(other)) / 2
    )
    assert sentiment.sentence_mean(one * 1) == pytest.approx(sentiment.sentence_mean(" ".join([one] * 40)))


def _odd_texts() -> list[str]:
    """Texts that make readers slow or break: no spaces, no letters, unclosed tags, one long word of one sign."""
    draw = random.Random(7)
    signs = [*"aB.!? \t\n<>&@#'\"-:;)(", "é", "ж", "的", "😀", "\u200d", "\u202e", "\x00", "n't", "</p>", "http://"]
    drawn = ["".join(draw.choices(signs, k=draw.randrange(60))) for _ in range(300)]
    return [*drawn, *(sign * 20_000 for sign in signs), "@" * 10 + "x" * 20_000, "no " * 10_000, "very GOOD! " * 3_000]


def test_no_text_breaks_the_scoring_or_takes_long() -> None:
    sentiment.mood("The libraries are read with the first text.")
    for text in _odd_texts():
        began = time.process_time()
        score = sentiment.mood(text).score
        assert score is None or -1 <= score <= 1
        assert time.process_time() - began < 2, text[:40]


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert len(sentiment.plain_text("word " * 50_000)) <= 10_000
