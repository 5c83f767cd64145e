"""`show` and `explain`: the shapes that programs read, and what people see."""

import csv
import io
import json
import re

import pytest


def answer(ended):
    assert ended.code == 0, ended.err
    assert ended.err == ""
    return json.loads(ended.out)


def test_show_in_json(run, loaded):
    told = answer(run("show", "win_rate", "--format", "json", "--workspace", loaded))
    assert told["rows"][0] == {
        "segment": "All", "value": 0.75, "n": 4, "numerator": 3, "denominator": 4,
        "by_value": pytest.approx(9 / 11), "broad": 0.75, "won_amount": 900, "decided_amount": 1100,
        "low": pytest.approx(0.300641842582405), "high": pytest.approx(0.954412739233007),
    }  # fmt: skip
    assert (told["metric"], told["unit"], told["as_of"], told["scope"]) == (
        "win_rate",
        "percent",
        "2024-03-31",
        "all deals",
    )
    assert told["excluded"] == []


def test_a_list_behind_a_metric(run, loaded):
    """`rows` of every metric that has rows, and the lists that it names; a mark narrows them."""
    told = answer(run("show", "win_rate", "--part", "rows", "--format", "json", "--workspace", loaded))
    assert {row["opportunity_id"] for row in told["rows"]} == {"d1", "d2", "d3", "d5"}
    assert (told["metric"], told["part"], told["as_of"]) == ("win_rate", "rows", "2024-03-31")
    told = answer(run("show", "icp_accounts", "--part", "judged", "--mark", "account=North", "--format", "json",
                      "--workspace", loaded))  # fmt: skip
    assert [(row["account"], row["grade"]) for row in told["rows"]] == [("North", None)]
    people = run("show", "icp_accounts", "--part", "judged", "--workspace", loaded)
    assert "3 rows as of 2024-03-31" in people.out
    wrong = run("show", "icp_accounts", "--part", "juged", "--workspace", loaded)
    assert (wrong.code, "Did you mean" in wrong.err) == (2, True)
    assert run("show", "win_rate", "--mark", "stage=Won", "--workspace", loaded).code == 2
    unknown = run("show", "win_rate", "--part", "rows", "--mark", "stge=Won", "--workspace", loaded)
    assert (unknown.code, "no column “stge”" in unknown.err) == (2, True)


def test_what_a_goal_takes(run, loaded):
    """900 won in the year by 3 of 4 decided deals: 300 a deal. 1,800 takes 6 deals, 8 opportunities."""
    told = answer(run("plan", "--goal", "1800", "--growth", "100", "--format", "json", "--workspace", loaded))
    assert (told["rates"]["revenue"], told["rates"]["deal_size"], told["currency"]) == (900, 300, "EUR")
    assert [(plan["revenue"], plan["growth"], plan["deals"], plan["opportunities"]) for plan in told["plans"]] == [
        (1800, None, 6, 8), (1800, 1, 6, 8),
    ]  # fmt: skip
    people = run("plan", "--workspace", loaded)
    assert people.code == 0
    assert "+10%" in people.out
    assert run("plan", "--goal", "-5", "--workspace", loaded).code == 2


def test_the_workspace_may_stand_before_the_command_or_in_the_environment(run, loaded, monkeypatch, tmp_path):
    after = answer(run("show", "won_revenue", "--format", "json", "--workspace", loaded))
    assert answer(run("--workspace", loaded, "show", "won_revenue", "--format", "json")) == after
    monkeypatch.setenv("ABM_WORKSPACE", str(loaded))
    assert answer(run("show", "won_revenue", "--format", "json")) == after
    monkeypatch.chdir(tmp_path)
    assert run("show", "won_revenue", "--workspace", tmp_path / "other").code == 4, "the option beats the environment"


def test_scope_options(run, loaded):
    told = answer(run(
        "show", "win_rate", "--by", "owner", "--where", "pipeline=Sales", "--from", "2024-01-01", "--to", "2024-03-31",
        "--grain", "quarter", "--format", "json", "--workspace", loaded,
    ))  # fmt: skip
    assert [(r["segment"], r["period"], r["n"]) for r in told["rows"]] == [
        ("Seat 1", "2024-Q1", 2),
        ("Seat 2", "2024-Q1", 2),
    ]
    assert told["scope"] == "deals closed 2024-01-01 to 2024-03-31, pipeline is Sales, by owner, per quarter"


def test_a_filter_value_may_hold_anything(run, loaded):
    told = answer(
        run("show", "open_pipeline", "--where", "Vertical=A=B; 100%", "--format", "json", "--workspace", loaded)
    )
    assert [(row["stage"], row["value"]) for row in told["rows"]] == [("Talks", 400)]


def test_repeated_filters_are_alternatives(run, loaded):
    arguments = ("--where", "Vertical=Rail", "--where", "Vertical=Air", "--format", "json", "--workspace", loaded)
    assert answer(run("show", "win_rate", *arguments))["rows"][0]["n"] == 3


def test_options_and_settings(run, loaded):
    told = answer(run("show", "overdue_deals", "--set", "idle_days=10000", "--format", "json", "--workspace", loaded))
    assert told["rows"] == []


def test_compare(run, loaded):
    told = answer(run(
        "show", "won_revenue", "--from", "2024-03-01", "--to", "2024-03-31", "--compare", "previous",
        "--format", "json", "--workspace", loaded,
    ))  # fmt: skip
    (comparison,) = told["comparison"]
    assert (comparison["difference"], comparison["lift"], comparison["verdict"]) == (700, 7.0, "too few to say")
    assert comparison["segments"] == ["this period", "the previous period"]
    assert "Compared: 2024-03-01 to 2024-03-31 with 2024-02-01 to 2024-02-29." in told["warnings"]


def test_a_slip_in_a_value_is_noticed(run, loaded):
    ended = run("show", "win_rate", "--where", "Vertical=rail", "--workspace", loaded)
    assert ended.code == 0
    assert "Note: No deal has the Vertical “rail”. Did you mean “Rail”?" in ended.out


def test_csv_holds_the_rows_and_the_rest_goes_to_standard_error(run, loaded):
    ended = run(
        "show", "win_rate", "--by", "Vertical", "--from", "2024-01-01", "--format", "csv", "--workspace", loaded
    )
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [(row["segment"], row["n"]) for row in rows] == [("'=1+1", "1"), ("Air", "1"), ("Rail", "2")]
    assert ended.code == 0


def test_people_see_units_intervals_and_remarks(run, loaded):
    ended = run("show", "win_rate", "--by", "owner", "--from", "2024-01-01", "--workspace", loaded)
    assert ended.code == 0
    assert "Win rate: deals closed 2024-01-01 to the as-of day, by owner" in ended.out
    assert "value, %" in ended.out
    assert "95 % interval, %" in ended.out
    assert "100.0" in ended.out
    assert "As of 2024-03-31" in ended.out
    assert "too few to say" in ended.out
    money = run("show", "won_revenue", "--workspace", loaded)
    assert "value, EUR" in money.out
    assert "900" in money.out


def test_an_empty_answer_says_so(run, loaded):
    assert "Nothing to show" in run("show", "open_pipeline", "--where", "owner=Nobody", "--workspace", loaded).out


def test_explain(run, loaded):
    told = answer(run("explain", "win_rate", "--rows", "--format", "json", "--workspace", loaded))
    assert told["formula"] == "All: 3 won ÷ 4 won or lost = 0.75"
    assert told["used"] == len(told["rows"]) == 4
    assert told["excluded"] == []
    assert "SELECT" in told["sql"]
    text = run("explain", "win_rate", "--rows", "--workspace", loaded).out
    assert "3 won ÷ 4 won or lost" in text
    assert "Rows used: 4" in text
    assert "d5" in text
    assert answer(run("explain", "win_rate", "--format", "json", "--workspace", loaded))["rows"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "winrate"], "There is no metric “winrate”. Did you mean “win_rate”?"),
        (["show", "win_rate", "--by", "ownr"], "There is no dimension “ownr”. Did you mean “owner”?"),
        (["show", "win_rate", "--where", "vertical=Rail"], "Did you mean “Vertical”?"),
        (["show", "overdue_deals", "--set", "idle_dys=3"], "Did you mean “idle_days”?"),
        (["show", "overdue_deals", "--set", "idle_days=few"], "is not a whole number"),
        (["show", "win_rate", "--by", "account"], "only metrics of accounts"),
        (["show", "win_rate", "--by", "channel"], "cannot be split by channel"),
        (["show", "open_pipeline", "--grain", "month"], "has no months"),
        (["show", "win_rate", "--grain", "week"], "choose one of month, quarter, year"),
        (["show", "win_rate", "--compare", "never"], "choose one of previous, last-year, goal"),
        (["show", "win_rate", "--compare", "previous"], "needs a period"),
        (["show", "win_rate", "--compare", "goal", "--from", "2024-01-01"], "There is no goal for win_rate"),
        (["show", "win_rate", "--from", "yesterday"], "--from: “yesterday” is not a date"),
        (["show", "win_rate", "--from", "2024-02-01", "--to", "2024-01-01"], "swap the two dates"),
        (["show", "win_rate", "--where", "Rail"], "lacks its “=”"),
        (["show", "win_rate", "--set", "idle_days"], "lacks its “=”"),
        (["show", "win_rate", "--whre", "a=b"], "There is no option --whre. Did you mean “--where”?"),
        (["show", "win_rate", "--format", "yaml"], "there is no form “yaml”"),
        (["show"], "Missing argument 'METRIC'"),
        (["shw", "win_rate"], "Did you mean 'show'?"),
        (["settings", "margn=0.5"], "Did you mean “margin”?"),
        (["settings", "margin=lots"], "is not a share"),
        (["settings", "time_zone=Europe/Madrit"], "Did you mean “Europe/Madrid”?"),
        (["load", "deals.csv", "--dates", "dym"], "“dym” is not one of dmy, mdy, ymd"),
        (["undo", "99"], "There is no import “99”"),
        (["rejects", "99"], "There is no import “99”"),
        (["targets", "--rule", "tier"], "is not a rule"),
        (["targets", "--add", "x", "--remove"], "Choose one of"),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_one_sentence(run, loaded, arguments, message):
    ended = run(*arguments, "--workspace", loaded)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert ended.err.count("\n") == 1


def test_a_workspace_without_data_ends_with_4_and_the_way_out(run, tmp_path):
    ended = run("show", "win_rate", "--workspace", tmp_path / "new")
    assert ended.code == 4
    assert "load an export" in ended.err


def test_a_bug_ends_with_1_and_no_traceback(run, loaded, monkeypatch):
    monkeypatch.setattr("metrics.asking.measure", lambda *_: 1 / 0)
    ended = run("show", "win_rate", "--workspace", loaded)
    assert ended.code == 1
    assert ended.err.startswith("This is a bug: ZeroDivisionError in test_show.py:")
    assert "Traceback" not in ended.err


def test_control_characters_do_not_reach_the_terminal(run, loaded):
    ended = run("show", "win_rate", "--where", "owner=\x1b[31mred\x07", "--workspace", loaded)
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out


def test_explain_says_what_each_segment_did_to_the_change(run, loaded):
    """Won in the 1st quarter: 100 by Seat 1, 300 and 500 by Seat 2; in the 2nd nothing was won."""
    asked = ("explain", "won_revenue", "--from", "2024-01-01", "--to", "2024-03-31", "--compare", "previous")
    told = answer(run(*asked, "--by", "owner", "--format", "json", "--workspace", loaded))["change"]
    assert (told["before"], told["now"], told["adds_up"]) == (None, 900, True)
    assert [(part["segment"], part["effect"]) for part in told["parts"]] == [("Seat 2", 800), ("Seat 1", 100)]
    text = run(*asked, "--by", "owner", "--workspace", loaded).out
    assert "From n/a to 900 (+900). The segments, which add up to it:" in text
    assert re.search(r"^All +n/a +900 +n/a +n/a +\+900 *$", text, re.MULTILINE)
    refused = run(*asked, "--workspace", loaded)
    assert (refused.code, "--by" in refused.err) == (2, True)
