"""A metric's file: what its header must say, and what its options accept."""

import pytest
import sqlglot

from metrics import DefinitionError, Option, QuestionError, catalog, find_metric
from metrics.adding import Adding
from metrics.metric import read_metric

HEADER = """title = "Deals"
definition = "All deals."
unit = "deal"
clock = "closed_on"
format = "count"
needs = ["opportunities"]
change = {kind = "sum"}
"""
ANSWER = "-- section: answer\nSELECT 1 AS value\n;\n"


def metric_file(tmp_path, header=HEADER, body=ANSWER):
    path = tmp_path / "pipeline" / "deals.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"/*\n{header}*/\n{body}", encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path):
    options = '[options.window_days]\ndefault = 90\nmeaning = "Days."\nminimum = 0\n'
    metric = read_metric(metric_file(tmp_path, HEADER + options, ANSWER + "-- section: left_out\nSELECT 2;\n"))
    assert (metric.name, metric.topic, metric.units, metric.clock_words) == ("deals", "pipeline", "deals", " closed")
    assert metric.sections == {"answer": "SELECT 1 AS value", "left_out": "SELECT 2"}
    assert metric.options["window_days"] == Option("window_days", 90, "Days.", (), 0)
    assert (metric.keys, metric.interval, metric.compare) == ((), "none", "none")


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        ("title = ", ANSWER, "the header is not TOML"),
        (HEADER.replace('title = "Deals"\n', ""), ANSWER, r"missing \['title'\]"),
        (HEADER + "colour = 1\n", ANSWER, r"unknown header fields \['colour'\]"),
        (HEADER.replace('"deal"', '"dog"'), ANSWER, "unit “dog” is not one of"),
        (HEADER.replace('"closed_on"', '"noon"'), ANSWER, "clock “noon” is not one of"),
        (HEADER.replace('"count"', '"furlong"'), ANSWER, "format “furlong” is not one of"),
        (HEADER + "interval = 'guess'\n", ANSWER, "interval “guess” is not one of"),
        (HEADER + "compare = 'guess'\n", ANSWER, "compare “guess” is not one of"),
        (HEADER + "better = 'guess'\n", ANSWER, "better “guess” is not one of"),
        (HEADER + "[options.days]\ndefault = 1\n", ANSWER, "option days lacks 'meaning'"),
        (HEADER, "SELECT 1;", "has no “-- section: answer”"),
        (HEADER.replace('change = {kind = "sum"}', ""), ANSWER, "those need it"),
        (HEADER.replace("closed_on", "as_of"), ANSWER, "is for metrics that have another period"),
        (HEADER.replace('"sum"', '"guess"'), ANSWER, "of the kind sum, rate, mean, ratio, none, not “guess”"),
        (
            HEADER.replace('"sum"', '"rate"'),
            ANSWER,
            "has nothing; it needs under and may have apart, beyond, over, under",
        ),
        (
            HEADER.replace('"sum"', '"sum", over = "won"'),
            ANSWER,
            "has over; it needs nothing and may have apart, beyond",
        ),
        (HEADER.replace('"sum"', '"none", because = "so"'), ANSWER, "because “so” is not one of median"),
        (HEADER.replace('"sum"', '"ratio", under = "a", over = "b ÷ c"'), ANSWER, "“b ÷ c” is no sum of columns"),
        (HEADER.replace('"sum"', '"sum", of = {won = {kind = "sum"}}'), ANSWER, "names values of a key"),
        (
            HEADER.replace("closed_on", "as_of").replace('change = {kind = "sum"}\n', "")
            + "[columns.median]\nformula = 'middle'\nchange = {kind = 'sum'}\n",
            ANSWER,
            "has no change, as there is no other period",
        ),
        (HEADER + "[columns.median]\nwords = 'middle'\n", ANSWER, "has a formula and a change, nothing else"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, header, body, message):
    with pytest.raises(DefinitionError, match=message):
        read_metric(metric_file(tmp_path, header, body))


def test_what_segments_are_to_a_figure_is_read_from_the_header(tmp_path):
    said = HEADER.replace(
        '"sum"', '"ratio", over = "margin × revenue - cost", under = "cost", undivided = ["cost"], beyond = "Cost"'
    )
    adding = read_metric(metric_file(tmp_path, said)).adding_of({})
    assert adding == Adding(
        "ratio", ((1, "margin", "revenue"), (-1, "", "cost")), ((1, "", "cost"),), undivided=("cost",), beyond="Cost"
    )


def test_every_column_that_a_change_is_worked_out_from_is_in_the_answer():
    """Of the section `answer`, or of a step after it."""
    later = {"pipeline_coverage": {"goal"}}
    for metric in catalog().values():
        named = {one.alias_or_name for one in sqlglot.parse_one(metric.sections["answer"], dialect="duckdb").selects}
        named |= later.get(metric.name, set())
        for adding in (
            *metric.changes.values(),
            *(figure.change for figure in metric.figures.values() if figure.change),
        ):
            assert {name for _, _, name in (*adding.over, *adding.under)} <= named, metric.name
            assert {option for _, option, _ in adding.over if option} <= set(metric.options), metric.name
        assert set(metric.figures) <= named


def test_a_file_without_header_is_refused(tmp_path):
    path = tmp_path / "deals.sql"
    path.write_text("SELECT 1", encoding="utf-8")
    with pytest.raises(DefinitionError, match="must begin with its header"):
        read_metric(path)


@pytest.mark.parametrize(
    ("default", "given", "value"),
    [
        (90, "30", 30), (90, 30, 30), (0.5, "0.25", 0.25), (0.5, "1", 1.0), ("a", "b", "b"),
        (True, "no", False), (False, "Yes", True), (False, "true", True), (True, "0", False),
    ],
)  # fmt: skip
def test_an_option_takes_the_type_of_its_default(default, given, value):
    read = Option("x", default, "").read(given)
    assert read == value
    assert type(read) is type(default)


@pytest.mark.parametrize(
    ("option", "given", "message"),
    [
        (Option("days", 90, ""), "ninety", "“ninety” is not a whole number"),
        (Option("days", 90, ""), "9.5", "is not a whole number"),
        (Option("share", 0.5, ""), "half", "is not a number"),
        (Option("share", 0.5, ""), "nan", "is not a number"),
        (Option("share", 0.5, ""), "inf", "is not a number"),
        (Option("on", True, ""), "maybe", "is not yes or no"),
        (Option("touch", "any", "", ("any", "response")), "none", "is not one of any, response"),
        (Option("touch", "any", "", ("any", "response")), "respons", "Did you mean “response”"),
        (Option("days", 90, "", (), 0), "-1", "-1 is below the least, 0"),
    ],
)
def test_an_option_refuses_what_it_cannot_be(option, given, message):
    with pytest.raises(QuestionError, match=message):
        option.read(given)


def test_every_metric_of_the_catalogue_says_what_it_is():
    for name, metric in catalog().items():
        assert metric.name == name
        assert metric.title
        assert metric.definition.endswith("."), name
        for option in metric.options.values():
            assert option.meaning, (name, option.name)
            assert option.read(option.default) == option.default


def test_an_unknown_metric_or_option_gets_a_suggestion():
    with pytest.raises(QuestionError, match="Did you mean “win_rate”"):
        find_metric("winrate")
    with pytest.raises(QuestionError, match="has no option “days”"):
        find_metric("win_rate").refuse_unknown({"days": 3})
