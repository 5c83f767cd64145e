"""Titles say what the intervals allow: one clear case, one unclear, too few, ties and missing values each."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.text import findings, sentences
from dashboard.text import findings_time as time
from dashboard.text.findings import Compared
from metrics import newcombe

N = "\u00a0"


def funnel(*values, segment="All"):
    names = ["Discovery", "Qualified", "Proposal", "Security review", "Won"][: len(values)]
    return pd.DataFrame({"segment": segment, "stage": names, "value": values})


def test_the_step_that_loses_most_is_named_where_it_is_clear():
    """1000 → 900 → 300: a third reach Proposal, nine in ten the step before."""
    loss = findings.funnel_loss(funnel(1000, 900, 300))
    assert loss.step == "Proposal"
    assert loss.sentence == f"Proposal has the lowest step rate: 33{N}% of 900 deals"
    assert loss.clear


def test_a_funnel_without_a_clear_least_step_says_so():
    loss = findings.funnel_loss(funnel(20, 15, 11))
    assert loss.step == "Proposal"
    assert loss.sentence == f"No step clearly loses most: 73{N}% of 15 deals reach Proposal"
    assert not loss.clear


def test_equal_steps_are_named_together():
    assert findings.funnel_loss(funnel(100, 50, 25)).sentence == (
        f"Qualified and Proposal have the lowest step rate, 50{N}% of deals"
    )


def test_a_funnel_of_four_deals_says_nothing_about_steps():
    loss = findings.funnel_loss(funnel(4, 1))
    assert loss == (None, "Too few deals to say where they are lost: 4", False, False)


def test_a_funnel_that_loses_nobody():
    assert findings.funnel_loss(funnel(10, 10)).sentence == "Every one of 10 deals reaches the last step"


def test_an_open_pipeline_that_an_import_created_has_no_growth_to_tell():
    assert findings.bridge(0, 3e6, currency="EUR", undated=True) == (
        f"Open pipeline is €{N}3{N}M; when it was opened is not known"
    )


def test_the_page_says_the_rates_of_both_sides_only_where_they_clearly_differ():
    """341 → 196 in all; the rest 195 → 98, targets 146 → 98: 33 % against 50 % have not reached it."""
    frame = pd.concat([funnel(230, 190, 146, 98, segment="target"), funnel(423, 308, 195, 98, segment="rest")])
    sentence = findings.funnel_page(frame)
    assert sentence == (
        f"145 of 341 deals that reached Proposal have not reached Security review: targets 33{N}%, rest 50{N}%"
    )
    assert len(sentence) <= 110
    alike = pd.concat([funnel(100, 90, 80, 40, segment="target"), funnel(300, 270, 240, 122, segment="rest")])
    assert findings.funnel_page(alike) == "158 of 320 deals that reached Proposal have not reached Security review"


def test_the_page_says_no_more_than_the_card_where_no_step_clearly_loses_most():
    """Of 15 deals 11 reach Proposal, not clearly fewer than 15 of 20 reach Qualified; and two steps of a half each."""
    unclear = funnel(20, 15, 11)
    assert findings.funnel_loss(unclear).sentence.startswith("No step clearly loses most")
    assert findings.funnel_page(unclear) == (
        "No step clearly loses most; 4 of 15 deals that reached Qualified have not reached Proposal"
    )
    tails = {"unknown": 5, "still_open": lambda *_: 4, "limit": 96}
    long = findings.funnel_page(unclear.assign(stage=["Discovery", "Security review", "Negotiation"]), **tails)
    assert long == "No step clearly loses most; 4 of 15 deals at Security review have not reached Negotiation"
    tie = funnel(100, 50, 25)
    assert findings.funnel_page(tie) == findings.funnel_loss(tie).sentence


def test_a_finding_of_one_pipeline_is_headed_by_its_name_within_the_limit():
    said = findings.told_of(
        "New business", lambda limit: findings.funnel_loss(funnel(20, 15, 11), limit=limit).sentence
    )
    assert said == f"New business: no step clearly loses most: 73{N}% reach Proposal"
    named = findings.told_of("x" * 60, lambda limit: findings.funnel_loss(funnel(1000, 900, 300), limit=limit).sentence)
    assert named.endswith(f"…: Proposal has the lowest step rate, 33{N}%")
    assert max(len(said), len(named)) <= 70
    assert findings.told_of("New business", lambda _: "") == ""


def test_deals_of_an_unknown_way_are_lost_by_no_step():
    """Of 1,000 deals 600 are lost without a history: 400 → 360 is no large loss, 360 → 180 is."""
    frame = funnel(1000, 360, 180, 150)
    assert findings.funnel_loss(frame).step == "Qualified"
    assert findings.funnel_loss(frame, unknown=600).step == "Proposal"
    asked = []
    said = findings.funnel_page(
        funnel(1000, 100, 90, 80), unknown=600, still_open=lambda *steps: asked.append(steps) or 250
    )
    assert asked == [("Discovery", "Qualified")]
    assert said == (
        "300 of 400 deals at Discovery have not reached Qualified, 250 still open; 600 of unknown way left out"
    )
    later = findings.funnel_page(frame, unknown=600)
    assert later == "180 of 360 deals that reached Qualified have not reached Proposal"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", f"Target accounts win more often: 38{N}% against 27{N}%"),
        ("worse", f"Target accounts win less often: 38{N}% against 27{N}%"),
        ("no clear difference", f"Target accounts win 38{N}% against 27{N}%, not yet a clear difference"),
        ("too few to say", "Win rate: too few to compare target with the rest"),
    ],
)
def test_target_against_rest_follows_the_verdict(verdict, words):
    said = findings.target_or_rest(Compared((0.38, 0.27), verdict), metric="win_rate", title="Win rate", kind="percent")
    assert said == words


def test_a_side_without_a_value_is_not_compared():
    said = findings.target_or_rest(Compared((None, 9.0), "no clear difference"), metric="x", title="Size", kind="days")
    assert said == "Size cannot be compared: no value on one side"


def test_the_scoreboard_counts_clear_differences_only():
    assert findings.scoreboard(["better"] * 4 + ["no clear difference"]) == (
        "Target accounts do better on 4 of 5 measures"
    )
    assert (
        findings.scoreboard(["no clear difference"] * 3) == "No clear difference between target and rest on 3 measures"
    )
    assert findings.scoreboard(["better", "worse", "no clear difference"]).endswith(
        "better on 1 of 3 measures, worse on 1"
    )
    assert findings.scoreboard(["too few to say"]) == "Too few to compare target accounts with the rest"
    assert findings.scoreboard([]) == "Too few to compare target accounts with the rest"


def rates(*parts):
    """(segment, won, won or lost) a part."""
    frame = pd.DataFrame(parts, columns=["segment", "numerator", "denominator"])
    return frame.assign(value=frame["numerator"] / frame["denominator"], n=frame["denominator"])


def told(*parts, dimension="industry"):
    return findings.segments_that_differ(rates(*parts), metric="win_rate", dimension=dimension)


def test_a_segment_differs_where_it_is_clearly_apart_from_all_others_together():
    assert told(("A", 40, 80), ("B", 24, 80), ("C", 22, 80)) == "Only A clearly wins more often than all others"
    assert told(("A", 14, 80), ("B", 26, 80), ("C", 27, 80)) == "Only A clearly wins less often than all others"
    both = told(("A", 45, 80), ("B", 26, 80), ("C", 8, 80))
    assert both == "A clearly wins more often than the others, C less"


def test_two_segments_are_held_against_each_other_as_the_metric_does():
    """Clear in the one, not in the other: the same interval as a comparison of two sides."""
    clear, unclear = (("Ann", 45, 80), ("Bob", 30, 80)), (("Ann", 36, 80), ("Bob", 30, 80))
    for parts in (clear, unclear):
        low, high = newcombe(*parts[0][1:], *parts[1][1:])
        said = told(*parts, dimension="owner")
        assert said.startswith("No owner") == (low <= 0 <= high)
    assert told(*clear, dimension="owner") == f"Ann wins more often than Bob: 56{N}% against 38{N}%"


def test_a_sentence_becomes_shorter_before_a_name_is_cut():
    """Both names whole: 77 letters in the long form, 67 in the short one."""
    said = told(("Pharmaceuticals", 45, 80), ("Retail", 26, 80), ("Food & Beverage", 8, 80))
    assert said == "Pharmaceuticals clearly wins more often, Food & Beverage less"
    assert len(said) <= findings.CARD


def test_target_and_rest_of_cohorts_are_said_with_their_age():
    compared = Compared((0.21, 0.26), "no clear difference")
    said = findings.target_or_rest(
        compared, metric="cohorts", title="Revenue kept", kind="percent", age=3, units="months"
    )
    assert said == f"Revenue kept after 3 months: target 21{N}%, rest 26{N}%, not clear"


def test_no_segment_differs():
    said = told(("Banking", 31, 89), ("Health", 22, 78))
    assert said == "No industry clearly wins more or less often than all others"


def test_too_few_segments_to_compare():
    said = told(("A", 3, 3))
    assert said == "Too few in each industry to compare"


def losses(**deals):
    total = sum(deals.values())
    return pd.DataFrame([{"reason": k, "deals": v, "value": v / total} for k, v in deals.items()])


def test_the_largest_reason_a_tie_and_none_given():
    assert findings.loss_reason(losses(Price=20, Timing=5)) == f"Price is the largest reason: 80{N}% of 25 losses"
    assert findings.loss_reason(losses(Price=10, Timing=10)) == f"Price (50{N}%) and Timing (50{N}%) lead 20 losses"
    assert findings.loss_reason(losses(**{"(none)": 30, "Price": 10})) == f"75{N}% of 40 losses have no reason given"
    assert findings.loss_reason(losses(Price=3)) == "Too few losses to tell a reason: 3"


def test_a_lead_within_chance_is_none():
    """99 of 196 are no clear half; 120 of 160 are."""
    close = findings.loss_reason(losses(Price=99, Security=97, Timing=40))
    assert close == f"Price (42{N}%) and Security (41{N}%) lead 236 losses"
    assert findings.loss_reason(losses(Price=120, Security=40)).startswith("Price is the largest reason")
    several = findings.loss_reason(losses(Price=10, Security=9, Timing=8))
    assert several == f"No reason clearly leads 27 losses: Price 37{N}%, Security 33{N}%"


@pytest.mark.parametrize(
    ("deals", "named"),
    [({"Price": 12, "Timing": 3}, "Price"), ({"Price": 6, "Timing": 3}, None), ({"Price": 4, "Timing": 4}, None),
     ({"Price": 1}, None), ({"(none)": 6, "Price": 3}, "(none)"), ({"(none)": 4, "Price": 5}, "Price")],
)  # fmt: skip
def test_the_bar_in_ink_is_the_reason_that_the_title_names(deals: dict[str, int], named: str | None):
    frame = pd.DataFrame({"reason": list(deals), "deals": list(deals.values())})
    frame["value"] = frame["deals"] / frame["deals"].sum()
    assert findings.largest_reason(frame) == named
    assert named is None or named == "(none)" or named in findings.loss_reason(frame)


def test_the_change_of_revenue_is_exactly_wins_and_size():
    """10 deals of 100 became 12 of 150: +2 × 125 = 250 by wins, +50 × 11 = 550 by size, 800 together."""
    said = findings.revenue_change(1800, 12, 1000, 10, currency="EUR")
    assert said[0] == f"Won revenue rose from €{N}1{N}k to €{N}1.8{N}k."
    assert f"+\u2060€{N}250" in said[1]  # no line ends between sign and amount
    assert f"+\u2060€{N}550" in said[2]
    assert findings.revenue_change(1000, 0, 0, 0)[1:] == []


def test_a_headline_takes_what_fits():
    assert (
        findings.headline("Deals stick in review", "No stage clearly slowed")
        == "Deals stick in review; no stage clearly slowed."
    )
    assert findings.headline("A" * 100, "Too long to follow") == "A" * 100 + "."
    assert findings.headline("", "") == ""
    assert findings.headline("Deals stick", "Legal takes longest") == "Deals stick; Legal takes longest."


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_no_name_makes_a_title_too_long(stage, other):
    frame = pd.DataFrame({"stage": ["first", stage + "1", other + "2"], "value": [1000, 900, 300]})
    assert len(findings.funnel_loss(frame).sentence) <= 70


def stages(*parts):
    return pd.DataFrame(parts, columns=["stage", "value", "low", "high", "n"])


def test_the_longest_stage_is_clear_only_apart_from_the_second():
    clear = stages(("Review", 21.0, 18.0, 25.0, 80), ("Proposal", 12.0, 10.0, 14.0, 90))
    assert time.longest_stage(clear) == "Review takes longest, 21 days at the median"
    close = stages(("Review", 21.0, 11.0, 30.0, 8), ("Proposal", 12.0, 10.0, 14.0, 90))
    assert time.longest_stage(close) == "Review takes 21 days at the median, Proposal about as long"
    assert time.longest_stage(clear.assign(n=3)) == "Too few completed visits to compare the stages"


def test_a_stage_slowed_only_where_the_intervals_part():
    now = stages(("Review", 21.0, 18.0, 25.0, 80), ("Proposal", 12.0, 10.0, 14.0, 90))
    then = stages(("Review", 11.0, 9.0, 13.0, 80), ("Proposal", 11.0, 10.0, 13.0, 90))
    assert time.slowed(now, then) == "Review is the only stage that slowed, from 11 to 21 days"
    assert time.slowed(then, then) == "No stage clearly slowed"
    assert time.slowed(then, now) == "Review became faster, from 21 to 11 days"
    assert time.slowed(now, then.iloc[:0]) == "Too few completed visits to compare the stages"
    assert time.clearly_slower(now, then) == {"Review": True, "Proposal": False}


def test_where_no_stage_slowed_the_longest_is_named():
    now = pd.DataFrame({"stage": ["A", "B"], "value": [10.0, 30.0], "low": [8.0, 25.0], "high": [12.0, 35.0], "n": 40})
    assert time.slowed_or_longest(now, now) == "B takes longest, 30 days at the median"
    assert time.slowed_or_longest(now, now.iloc[:0]) == "B takes longest, 30 days at the median"
    then = now.assign(value=now["value"] / 3, low=now["low"] / 3, high=now["high"] / 3)
    assert time.slowed_or_longest(now, then) == "2 of 2 stages slowed, B most: 10 to 30 days"


def test_stalled_deals_are_counted_where_they_are_judged():
    frame = pd.DataFrame({"stage": ["A", "B"], "open_n": [40, 10], "stalled_n": [3.0, None]})
    assert time.stalled(frame) == "3 of 40 open deals are older than nine in ten before them"
    assert time.stalled(frame.assign(stalled_n=[0.0, None])) == "No open deal is older than nine in ten before it"
    assert time.stalled(frame.assign(stalled_n=None)).startswith("Too few completed visits")
    assert time.stalled_page(frame) == "3 of 40 open deals in A have stalled"
    assert time.stalled_page(frame.assign(stalled_n=0.0)) == ""


def test_half_closed_or_never():
    assert time.half_closed({"target": 84.0, "rest": 104.0}) == (
        "Half of target deals close within 84 days, of the rest within 104"
    )
    assert time.half_closed({"target": 84.0, "rest": None}) == (
        "Counting open deals, half of target deals close within 84 days"
    )
    assert time.half_closed({"All": 84.0}) == "Counting open deals, half of all deals close within 84 days"
    assert time.half_closed({"All": None}) == "Counting open deals, fewer than half have closed so far"


def test_more_opened_than_closed():
    frame = pd.DataFrame(
        [
            (p, s, v)
            for p, o, c in (("2026-01", 5, 3), ("2026-02", 2, 4), ("2026-03", 6, 1))
            for s, v in (("o", o), ("c", c))
        ],
        columns=["period", "segment", "value"],
    )
    words = {"o": "deals opened", "c": "closed"}
    assert time.more_than(frame, "o", "c", words=words) == "More deals opened than closed in 2 of 3 months"
    assert time.more_than(frame, "c", "o", words=words) == "Fewer closed than deals opened in 2 of 3 months"
    assert time.more_than(frame[frame["period"] != "2026-02"], "o", "c", words=words) == (
        "More deals opened than closed in every month"
    )


def cohorts(*parts):
    return pd.DataFrame(parts, columns=["cohort", "age", "value", "size"])


def test_cohorts_are_compared_at_an_age_that_both_have():
    """40 of 100 against 20 of 100 after two months: clearly apart."""
    frame = cohorts(
        ("2026-Q1", 0, 0.1, 100), ("2026-Q1", 1, 0.15, 100), ("2026-Q1", 2, 0.2, 100),
        ("2026-Q2", 0, 0.1, 100), ("2026-Q2", 1, 0.2, 100), ("2026-Q2", 2, 0.4, 100),
    )  # fmt: skip
    said = time.cohort_trend(frame)
    assert said == f"Q2{N}2026 is ahead of Q1{N}2026 after 2 months, 40{N}% against 20{N}%"
    unclear = frame.assign(size=20)
    assert time.cohort_trend(unclear) == f"Q2{N}2026 and Q1{N}2026 do not clearly differ after 2 months"
    assert time.cohort_trend(frame.iloc[:3]) == "Too few in each cohort to say how they develop"
    partial = frame.assign(partial=[False] * 5 + [True])
    assert "after 1 month" in time.cohort_trend(partial)


def together(*parts):
    return pd.DataFrame(parts, columns=["age", "value", "n", "cohorts"])


def test_the_level_is_that_of_the_greatest_age_with_thirty_units_of_two_cohorts():
    pooled = together((0, 0.2, 60, 3), (1, 0.3, 40, 2), (2, 0.5, 35, 1), (3, 0.6, 20, 2))
    said = time.cohort_level(pooled, what="engaged accounts have an opportunity")
    assert said == f"30{N}% of engaged accounts have an opportunity after 1 month"
    assert time.cohort_level(pooled.assign(n=3), what="x") == "Too few in each cohort to say how they develop"


def test_retention_speaks_of_what_customers_bring():
    pooled = together((0, 1.0, 40, 1), (1, 0.9, 40, 1), (2, 1.04, 40, 1))
    assert time.retention(pooled) == f"After 2 months customers bring 104{N}% of their first month"
    assert time.retention(pooled, revenue=False) == f"104{N}% of customers are there still after 2 months"
    assert time.retention(pooled.assign(n=3)) == "Too few in each cohort to say how they develop"
    assert time.retention_course(pooled, what="Revenue kept") == f"Revenue kept: 90{N}% after 1, 104{N}% after 2 months"
    assert time.retention_course(pooled.assign(n=9), what="x") == "Too few in each cohort to say how they develop"
    assert time.retention_course(pooled[:2], what="Revenue kept") == f"Revenue kept: 90{N}% after 1 month"


def test_a_rhythm_is_told_and_no_peak_of_it():
    """Quarterly bills: 23, 5, 5, 22 % of the first month; the last age that 30 were followed to is a peak."""
    pooled = together((2, 0.04, 60, 1), (3, 0.23, 55, 1), (4, 0.05, 50, 1), (5, 0.05, 45, 1), (6, 0.22, 40, 1))
    pooled = pd.concat([pooled, together((7, 1.17, 5, 1))])
    said = time.retention(pooled)
    assert said == f"Customers bring 5{N}% to 23{N}% of their first month in months 3–6"
    assert time.retention(pooled, revenue=False) == f"5{N}% to 23{N}% of customers buy in months 3–6"
    assert time.told_age(pooled) == 6
    falling = together((1, 0.9, 60, 1), (2, 0.7, 50, 1), (3, 0.5, 40, 1))
    assert time.retention(falling) == f"After 3 months customers bring 50{N}% of their first month"
    assert time.told_age(falling.assign(n=9)) is None


def test_no_card_title_is_cut_by_its_own_words():
    """The fixed words of every sentence leave at least twelve characters to each of up to two names."""
    for key, words in sentences().items():
        if key.startswith("findings.") and not key.startswith(("findings.change", "findings.funnel.page")):
            plain = re.sub(r"\{(name|step|stage|reason|other|title|what|first|second|new|old)\}", "x" * 10, words)
            plain = re.sub(r"\{[a-z_]+\}", "12 %", plain)
            assert len(plain) <= 70, key
