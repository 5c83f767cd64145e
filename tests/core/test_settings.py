"""Settings whose values are more than a number: what they may say, and what is refused with a sentence."""

import pytest

from metrics import QuestionError, find_metric, measure
from metrics.model.settings import service_levels
from metrics.settings import read_setting, setting_name


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("", {}),
        ("Proposal=14", {"Proposal": 14}),
        (" Proposal = 14 ,Negotiation=30.5,", {"Proposal": 14, "Negotiation": 30.5}),
        ('"Offer, revised"=14, Demo=3', {"Offer, revised": 14, "Demo": 3}),
        ('"The ""big"" one"=14', {'The "big" one': 14}),
        ("Offer = final=14", {"Offer = final": 14}),
        ("Переговоры=7, 谈判=9", {"Переговоры": 7, "谈判": 9}),
    ],
)
def test_service_levels_are_stages_and_days(text, levels):
    assert service_levels(text) == levels
    again = read_setting("service_levels", text)
    assert service_levels(again) == levels
    assert read_setting("service_levels", again) == again


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("P=abc", "“P=abc” is not a stage and its days"),
        ("Proposal", "“Proposal” is not a stage"),
        ("=14", "“=14” is not a stage"),
        ("Demo=3, P=-1", "“P=-1” is not a stage"),
        ("P=²", "“P=²” is not a stage"),
        ("P=1e9", "“P=1e9” is not a stage"),
        ("P=3, P=4", "the stage “P” is there twice"),
    ],
)
def test_other_service_levels_are_refused_in_a_question_and_as_a_setting(firm, text, message):
    with pytest.raises(QuestionError, match=message):
        read_setting("service_levels", text)
    with pytest.raises(QuestionError, match=message):
        measure(firm, "stalled_deals", options={"service_levels": text})


def test_a_stage_that_is_not_there_is_refused_where_the_data_are_known(firm, opened):
    told = "there is no stage “Propsal”. Did you mean “Proposal”"
    with pytest.raises(QuestionError, match=told):
        measure(firm, "stalled_deals", options={"service_levels": "Propsal=3"})
    with pytest.raises(QuestionError, match=told):
        read_setting("service_levels", "Propsal=3", firm)
    assert read_setting("service_levels", "Propsal=3") == "Propsal=3"
    assert read_setting("service_levels", "Proposal=3, All=60", firm) == "Proposal=3, All=60"
    assert read_setting("service_levels", "Demo=3", opened(accounts=[{"account_id": "a1"}])) == "Demo=3"


def test_a_level_that_was_saved_for_a_stage_since_gone_stops_no_question(opened):
    deals = [{"opportunity_id": "d1", "stage": "Demo", "opened_on": "2024-01-01"}]
    snapshot = opened(stages={"Demo": "open"}, opportunities=deals, settings={"service_levels": "Offer=3"})
    assert measure(snapshot, "stalled_deals").frame.empty


def test_a_stage_with_a_comma_has_its_level(opened):
    """In “Offer, revised” since 1 January, on 31 January: 30 days; in Demo as long."""
    snapshot = opened(
        stages={"Demo": "open", "Offer, revised": "open"},
        opportunities=[
            {"opportunity_id": "d1", "stage": "Offer, revised", "opened_on": "2024-01-01"},
            {"opportunity_id": "d2", "stage": "Demo", "opened_on": "2024-01-01"},
        ],
        entered=[("d1", "Offer, revised", "2024-01-01"), ("d2", "Demo", "2024-01-01")],
        as_of="2024-01-31",
    )
    levels = {"service_levels": 'Demo=40, "Offer, revised"=20'}
    frame = measure(snapshot, "stalled_deals", options=levels).frame
    assert frame[["opportunity_id", "value", "limit_days"]].values.tolist() == [["d1", 30, 20]]


def test_a_stage_named_like_sql_has_its_level(opened):
    """A name with quotes, = and a line break is a value, not text to be cut up: its level is 20, that of Demo none."""
    stage = "It's 5=6\n'; --"
    snapshot = opened(
        stages={"Demo": "open", stage: "open"},
        opportunities=[{"opportunity_id": "d1", "stage": stage, "opened_on": "2024-01-01"}],
        entered=[("d1", stage, "2024-01-01")],
        as_of="2024-01-31",
        settings={"service_levels": f'"{stage}"=20'},
    )
    assert measure(snapshot, "stalled_deals").frame["limit_days"].tolist() == [20]


def test_levels_are_written_alike():
    assert find_metric("stalled_deals").options["service_levels"].read("Demo=40.0") == "Demo=40"


def test_an_option_with_different_defaults_is_a_setting_of_each_metric(firm):
    """The window is 90 days for influence and without limit in the funnel: one value cannot be meant for both."""
    with pytest.raises(QuestionError, match=r"set .*marketing_influence.window_days or account_funnel.window_days"):
        read_setting("window_days", 30)
    assert read_setting("account_funnel.window_days", "30") == 30
    funnel, influence = find_metric("account_funnel"), find_metric("marketing_influence")
    assert [setting_name(metric, "window_days") for metric in (funnel, influence)] == [
        "account_funnel.window_days", "marketing_influence.window_days",
    ]  # fmt: skip
    assert setting_name(funnel, "preset") == "preset"
    chosen = {"account_funnel.window_days": 30, "preset": "minutes"}
    assert (funnel.settle(chosen)["window_days"], influence.settle(chosen)["window_days"]) == (30, 90)
    assert funnel.settle(chosen, {"window_days": 7})["window_days"] == 7
    asked = measure(firm, "account_funnel", None, {"account_funnel.window_days": 7})
    assert asked.options["window_days"] == 7
    with pytest.raises(QuestionError, match="has no option"):
        measure(firm, "account_funnel", None, {"marketing_influence.window_days": 7})


@pytest.mark.parametrize(
    ("text", "share"), [("80%", 0.8), ("80 %", 0.8), ("0.8", 0.8), ("100%", 1.0), ("37.5%", 0.375)]
)
def test_a_margin_may_be_in_percent(text, share):
    assert read_setting("margin", text) == pytest.approx(share)
    assert find_metric("customer_lifetime_value").settle({"margin": text})["margin"] == pytest.approx(share)


@pytest.mark.parametrize("text", ["80", "0%", "101%", "-5%", "%", "8²%", "80%%", ""])
def test_a_margin_that_is_no_share_is_refused(text):
    with pytest.raises(QuestionError, match="not a share above 0 and up to 1"):
        read_setting("margin", text)
