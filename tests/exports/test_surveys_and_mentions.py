"""Surveys and mentions recognised without help, and what is asked where a file does not say."""

import pytest

from tests.exports.conftest import Parse

KEYS = "question, wave, score, scale_min, scale_max, contact_id, CAST(answered_on AS VARCHAR)"
MONKEY = """Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"How likely is it that you would recommend us, honestly?",Why did you give this score?,How far do you agree? (1-5),,Which colour?
,,,,,,,,,,Open-Ended Response,Acme is an authority in its field,I trust Acme,Response
11,7,09/01/2026 08:00:00 AM,09/13/2026 08:05:00 AM,10.0.0.1,Ann@Acme.example,,,,9,"The secret: wonderful people, great help.",4,5,blue
12,7,09/02/2026 08:00:00 AM,,,,,,,10 - Extremely likely,,,,
13,7,09/02/2026 08:00:00 AM,09/14/2026 09:00:00 AM,,bob@borg.example,,,,0,Terrible support and awful waiting times for everybody.,1,1,red
13,7,09/02/2026 08:00:00 AM,09/15/2026 09:00:00 AM,,bob@borg.example,,,,3,Terrible support and awful waiting times for everybody.,1,2,red
"""  # noqa: E501
TYPEFORM = """#,<b>How likely are you to recommend us?</b>,What's your email?,We agree on our goals (1 to 5),Which team are you in?,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags
t1,8,ann@acme.example,4,Marketing,completed,2024-10-05 02:31:38,null,2024-10-05 02:41:38,n1,null
t2,null,null,2,Sales,partial,2024-10-06 02:31:38,2024-10-06 02:35:00,null,n2,null
"""  # noqa: E501
BRANDWATCH = """\ufeffReport:,Bulk Mentions Download
Brand:,Acme
From:,2026-01-01
To:,2026-03-01
Label:,All

Date,Url,Full Text,Author,Resource Id,Sentiment,Impressions,Domain
2026-01-05 10:00:00.0,https://a.example/1,A secret praise,somebody,77,positive,900,a.example
2026-01-06 10:00:00.0,https://a.example/2,,somebody,,negative,100,a.example
2026-01-05 10:00:00.0,https://a.example/1,A secret praise,somebody,77,positive,900,a.example
"""


def test_surveymonkey_with_two_rows_of_headers(load: Parse) -> None:
    parsed = load(MONKEY, name="CustomerPulse Q3 2026 2026-10-31.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("surveymonkey", "responses")
    assert parsed.verdict == (4, 3, 0, 1, 0, 0)
    assert parsed.report["tables"] == {"survey_answers": 7}
    rows = parsed.rows("survey_answers", f"_row, {KEYS}")
    assert sorted(rows) == [
        (3, "authority", None, 4, 1, 5, "ann@acme.example", "2026-09-13"),
        (3, "nps", None, 9, 0, 10, "ann@acme.example", "2026-09-13"),
        (3, "trust", None, 5, 1, 5, "ann@acme.example", "2026-09-13"),
        (4, "nps", None, 10, 0, 10, None, "2026-09-02"),
        (6, "authority", None, 1, 1, 5, "bob@borg.example", "2026-09-15"),
        (6, "nps", None, 3, 0, 10, "bob@borg.example", "2026-09-15"),
        (6, "trust", None, 2, 1, 5, "bob@borg.example", "2026-09-15"),
    ]
    names = set(parsed.rows("survey_answers", "_survey, _wave, _account_domain"))
    assert names == {("CustomerPulse Q3 2026", "2026-Q3", domain) for domain in ("acme.example", "borg.example", None)}
    assert len({answer for (answer,) in parsed.rows("survey_answers", "answer_id")}) == 7


def test_comments_are_scored_where_asked_for_and_kept_nowhere(load: Parse) -> None:
    quiet, scored = load(MONKEY), load(MONKEY, score_text=True)
    assert {mood for (mood,) in quiet.rows("survey_answers", "_sentiment")} == {None}
    moods = dict(scored.rows("survey_answers", "question || ' ' || contact_id, _sentiment"))
    assert moods["nps ann@acme.example"] > 0.5
    assert moods["nps bob@borg.example"] < -0.3
    assert moods["trust ann@acme.example"] is None, "the comment explains the score before it"
    for parsed in (quiet, scored):
        kept = b"".join(path.read_bytes() for path in parsed.out.rglob("*") if path.is_file())
        assert b"secret" not in kept
        assert b"Terrible" not in kept
        assert "wonderful" not in str(parsed.report)
        assert "comment" in parsed.report["mapping"], "the setting's change reads the file again"


def test_typeform(load: Parse) -> None:
    parsed = load(TYPEFORM)
    assert (parsed.report["source"], parsed.report["status"]) == ("typeform", "loaded"), parsed.report["reason"]
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert sorted(parsed.rows("survey_answers", "question, score, _team, _subject, CAST(answered_on AS VARCHAR)")) == [
        ("alignment", 2, "Sales", "We agree on our goals (1 to 5)", "2024-10-06"),
        ("alignment", 4, "Marketing", "We agree on our goals (1 to 5)", "2024-10-05"),
        ("nps", 8, "Marketing", "How likely are you to recommend us?", "2024-10-05"),
    ]


def test_answers_row_by_row(load: Parse) -> None:
    file = (
        "Survey,Wave,Question,Score,Scale Max,Scale Min,Comment,Email,Date\n"
        "Pulse,Spring,How likely are you to recommend us?,9,10,0,a secret,ann@acme.example,2026-02-01\n"
        "Pulse,Spring,I trust Acme,Strongly agree,5,1,,ann@acme.example,2026-02-01\n"
        "Pulse,Spring,Nice weather?,3,5,1,,bob@borg.example,2026-02-01\n"
    )
    parsed = load(file)
    assert (parsed.report["source"], parsed.report["object"]) == ("surveys", "answers")
    assert parsed.rows("survey_answers", KEYS) == [
        ("nps", "Spring", 9, 0, 10, "ann@acme.example", "2026-02-01"),
        ("trust", "Spring", 5, 1, 5, "ann@acme.example", "2026-02-01"),
        ("other", "Spring", 3, 1, 5, "bob@borg.example", "2026-02-01"),
    ]


WIDE = "Email,Date,NPS: would you recommend us?,We rely on Acme,How trusted is Acme?,Stars\n" + "".join(
    f"p{n}@x{n}.example,2026-02-{n:02},{n % 11},{1 + n % 5},{1 + n % 5},{n % 4}\n" for n in range(1, 25)
)


def test_what_is_not_certain_is_asked(load: Parse) -> None:
    asked = load(WIDE)
    assert asked.report["object"] == "responses"
    assert asked.report["status"] == "refused"
    questions = {one["column"]: (one["kind"], one["choices"]) for one in asked.report["questions"]}
    assert questions == {
        "We rely on Acme": ("question", ["trust 1–5", "trust 1–7", "trust 0–10", "trust 1–10", "other"]),
        "How trusted is Acme?": ("scale", ["1–5", "1–7", "0–10", "1–10"]),
    }
    assert "'We rely on Acme' does not show what is asked" in asked.reason
    answers = {"We rely on Acme": "trust 1–7", "How trusted is Acme?": "1–5"}
    for told in ({"answers": answers}, {"mapping": {"questions": answers}}):
        parsed = load(WIDE, **told)
        scales = set(parsed.rows("survey_answers", "question, scale_min, scale_max, _subject"))
        assert scales == {
            ("nps", 0, 10, "NPS: would you recommend us?"), ("trust", 1, 7, "We rely on Acme"),
            ("trust", 1, 5, "How trusted is Acme?"), ("other", None, None, "Stars"),
        }  # fmt: skip
        assert parsed.report["tables"] == {"survey_answers": 96}


def test_a_recommendation_from_one_to_five_is_not_taken_for_nps(load: Parse) -> None:
    rows = "".join(f"a{n}@b.example,2026-02-01,{1 + n % 5}\n" for n in range(25))
    file = f"Email,Date,Would you recommend us?\n{rows}"
    (question,) = load(file).report["questions"]
    assert (question["kind"], question["choices"]) == ("question", ["nps", "other"])


def test_questions_of_a_mapping(load: Parse) -> None:
    file = "who,when,q1,q2\n1,2026-02-01,9,4\n2,2026-02-02,3,\n"
    mapping = {
        "table": "survey_answers", "columns": {"answer_id": "who", "answered_on": "when"},
        "questions": {"q1": "nps", "q2": "trust 1-5"}, "constants": {"wave": "W1"},
    }  # fmt: skip
    rows = load(file, mapping=mapping).rows("survey_answers", "question, score, scale_max, wave")
    assert sorted(rows) == [("nps", 3, 10, "W1"), ("nps", 9, 10, "W1"), ("trust", 4, 5, "W1")]
    wrong = load(file, mapping=mapping | {"questions": {"q1": "happiness"}})
    assert "'q1' = 'happiness' does not say what is asked; write one of nps, authority, trust" in wrong.reason


def test_brandwatch(load: Parse) -> None:
    parsed = load(BRANDWATCH, score_text=False)
    assert (parsed.report["source"], parsed.report["object"]) == ("brandwatch", "mentions")
    assert parsed.verdict == (3, 2, 0, 1, 0, 0)
    rows = parsed.rows("mentions", "mention_id, brand, sentiment, reach, source, CAST(published_on AS VARCHAR)")
    assert sorted(rows) == [
        ("77", "Acme", 1, 900, "a.example", "2026-01-05"),
        ("https://a.example/2", "Acme", -1, 100, "a.example", "2026-01-06"),
    ]
    kept = b"".join(path.read_bytes() for path in parsed.out.rglob("*") if path.is_file())
    assert b"secret" not in kept
    assert "somebody" not in str(parsed.report), "authors are nobody's business"


@pytest.mark.parametrize(
    ("kind", "expected"), [("Own brand", False), ("Competitor", True), ("competitors", True), ("Partner", None)]
)
def test_mentions_of_any_tool(load: Parse, kind: str, expected: bool | None) -> None:
    file = f"Mention ID,Date,Brand,Brand Type,Source,Text,Sentiment,Reach\n1,2026-02-01,Acme,{kind},web,Words,-0.4,12\n"
    parsed = load(file)
    assert (parsed.report["source"], parsed.report["object"]) == ("mentions", "mentions")
    assert parsed.rows("mentions", "mention_id, brand, is_competitor, sentiment, reach") == [
        ("1", "Acme", expected, -0.4, 12)
    ]
