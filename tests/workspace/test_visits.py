"""Stage histories: one row an unbroken stay, with its days; how far each deal came."""

import pytest

STAGES = {"A": "open", "B": "open", "C": "open", "Won": "won", "Lost": "lost"}


def deal(key="d1", stage="A", **more):
    return {"opportunity_id": key, "stage": stage, **more}


def visits(found, columns="stage, days, is_open"):
    return found.rows(
        f"SELECT {columns} FROM model.stage_visits ORDER BY opportunity_id, entered_at, exited_at NULLS LAST"
    )


def test_equal_stages_in_a_row_are_one_stay(built):
    """A on the 1st and 3rd, B on the 5th, A again on the 9th: A 4 days, B 4 days, A open."""
    found = built(
        stages=STAGES,
        opportunities=[deal()],
        entered=[
            ("d1", "A", "2024-01-01"),
            ("d1", "A", "2024-01-03"),
            ("d1", "B", "2024-01-05"),
            ("d1", "A", "2024-01-09"),
        ],
    )
    assert visits(found) == [("A", 4.0, False), ("B", 4.0, False), ("A", None, True)]
    assert visits(found, "backward") == [(False,), (False,), (True,)]


def test_rows_are_sorted_by_time_and_then_by_the_files_order(built):
    """The file has C before A; B and C share a stamp, B stands first."""
    found = built(
        stages=STAGES,
        opportunities=[deal(stage="C")],
        entered=[("d1", "B", "2024-01-03"), ("d1", "C", "2024-01-03"), ("d1", "A", "2024-01-01")],
    )
    assert visits(found) == [("A", 2.0, False), ("B", 0.0, False), ("C", None, True)]
    assert (
        '"kind": "out of order", "table": "stage_visits", "column": "entered_at", "n": 1, "rows": [3]'
        in found.about("quality")
    )


def test_timestamps_give_elapsed_days_and_midnights_give_calendar_days(built):
    """From noon to the next day's 18:00: 1.25 days."""
    found = built(
        stages=STAGES,
        opportunities=[deal(stage="B")],
        entered=[("d1", "A", "2024-01-01 12:00:00"), ("d1", "B", "2024-01-02 18:00:00")],
    )
    assert visits(found, "stage, days, enters_dates_only") == [("A", 1.25, False), ("B", None, False)]


def test_a_summer_time_night_is_elapsed_time(built):
    """Noon UTC to noon UTC is one day, whatever the company's clocks do in between."""
    found = built(
        stages=STAGES,
        opportunities=[deal(stage="B")],
        settings={"time_zone": "Europe/Madrid"},
        entered=[("d1", "A", "2024-03-30 12:00:00"), ("d1", "B", "2024-03-31 12:00:00")],
    )
    assert visits(found, "days")[0] == (1.0,)


def test_closing_stages_stay_but_have_no_dwell(built):
    """Won on the 5th, reopened in B on the 8th: the closing visit is there, ended, without days; B is open."""
    found = built(
        stages=STAGES,
        opportunities=[deal(stage="B")],
        entered=[("d1", "A", "2024-01-01"), ("d1", "Won", "2024-01-05"), ("d1", "B", "2024-01-08")],
    )
    assert visits(found, "stage, days, is_closing, is_open, backward") == [
        ("A", 4.0, False, False, False),
        ("Won", None, True, False, False),
        ("B", None, False, True, True),
    ]


def test_the_last_visit_of_a_closed_deal_without_its_closing_stage_is_neither(built):
    found = built(
        stages=STAGES, opportunities=[deal(stage="Won", closed_on="2024-02-01")], entered=[("d1", "A", "2024-01-01")]
    )
    assert visits(found, "stage, exited_at, days, is_open") == [("A", None, None, False)]


def test_an_open_deal_whose_history_ends_closed_has_no_open_visit(built):
    found = built(
        stages=STAGES, opportunities=[deal()], entered=[("d1", "A", "2024-01-01"), ("d1", "Lost", "2024-01-02")]
    )
    assert visits(found) == [("A", 1.0, False), ("Lost", None, False)]


def test_an_exit_that_the_file_gives_counts(built):
    """A left on the 4th though B starts on the 6th; B left on the 9th, and nothing follows: not open."""
    rows = [("A", "2024-01-01", "2024-01-04"), ("B", "2024-01-06", "2024-01-09")]
    found = built(
        stages=STAGES,
        opportunities=[deal()],
        stage_visits=[
            {"opportunity_id": "d1", "stage": s, "entered_at": a, "exited_at": b, "quality": "partial"}
            for s, a, b in rows
        ],
    )
    assert visits(found, "stage, days, is_open, quality") == [
        ("A", 3.0, False, "partial"),
        ("B", 3.0, False, "partial"),
    ]


def test_negative_stays_are_kept_for_metrics_to_count(built):
    found = built(
        stages=STAGES,
        opportunities=[deal()],
        stage_visits=[{"opportunity_id": "d1", "stage": "A", "entered_at": "2024-01-05", "exited_at": "2024-01-03"}],
    )
    assert visits(found, "days") == [(-2.0,)]
    assert '"kind": "negative duration"' in found.about("quality")


def test_the_best_history_of_each_deal_is_taken(built):
    found = built(
        stages=STAGES,
        opportunities=[deal("d1", "B"), deal("d2", "B")],
        stage_visits=[
            {"opportunity_id": "d1", "stage": "A", "entered_at": "2024-01-01", "quality": "full"},
            {"opportunity_id": "d1", "stage": "C", "entered_at": "2024-01-02", "quality": "partial"},
            {"opportunity_id": "d2", "stage": "A", "entered_at": "2024-01-01", "quality": "partial"},
        ],
    )
    assert visits(found, "opportunity_id, stage, quality") == [("d1", "A", "full"), ("d2", "A", "partial")]


def test_a_history_finds_its_deal_by_fifteen_characters_or_by_name(built):
    found = built(
        stages=STAGES,
        opportunities=[
            deal("0068d00000Abc12AAB"),
            deal("d2", name="Only one"),
            deal("d3", name="Two"),
            deal("d4", name="Two"),
        ],
        entered=[("0068d00000Abc12", "A", "2024-01-01"), ("Only one", "A", "2024-01-01"), ("Two", "A", "2024-01-01")],
    )
    assert visits(found, "opportunity_id, is_open") == [("0068d00000Abc12AAB", True), ("d2", True)]
    assert (
        '"kind": "several deals of that name", "table": "stage_visits", "column": "opportunity_id", "n": 1'
        in found.about("quality")
    )


def test_a_deals_pipeline_is_its_historys_where_that_names_none(built):
    found = built(
        stages=[
            {"pipeline": p, "stage": s, "outcome": "open", "stage_order": n}
            for p, order in (("New", "AB"), ("Old", "BA"))
            for n, s in enumerate(order, start=1)
        ],
        opportunities=[deal("d1", "A", pipeline="Old"), deal("d2", "B", pipeline="New")],
        entered=[
            ("d1", "B", "2024-01-01"),
            ("d1", "A", "2024-01-02"),
            ("d2", "A", "2024-01-01"),
            ("d2", "B", "2024-01-02", "Old"),
        ],
    )
    assert visits(found, "pipeline, stage, stage_order, backward") == [
        ("Old", "B", 1, False),
        ("Old", "A", 2, False),
        ("New", "A", 1, False),
        ("Old", "B", 1, False),
    ]


@pytest.mark.parametrize(
    ("stage", "history", "furthest", "known"),
    [
        ("B", [], 2, True),  # open, no history: where it is
        ("A", ["A", "C", "A"], 3, True),  # went back: it was in C
        ("C", ["A", "B"], 3, True),  # present stage is later than its history
        ("Won", [], 4, True),
        ("B", ["A", "Won"], 2, True),  # reopened: a win that was taken back is not reached
        ("A", ["A", "C", "Won", "A"], 3, True),  # reopened: up to the furthest open stage, C
        (None, ["A", "B", "Won"], 2, True),  # reopened without a present stage: its history's furthest open one
        ("Lost", ["A", "C", "Lost"], 3, True),  # lost: the furthest open stage of its history
        ("Lost", ["A", "Won", "Lost"], 1, True),  # a win is not an open stage
        ("Lost", [], 1, False),
        ("Lost", ["Lost"], 1, False),
        (None, [], 1, False),
    ],
)
def test_how_far_a_deal_came(built, stage, history, furthest, known):
    found = built(
        stages=STAGES,
        opportunities=[deal(stage=stage)],
        entered=[("d1", s, f"2024-01-{n:02}") for n, s in enumerate(history, start=1)],
    )
    assert found.one("SELECT furthest_order, furthest_known FROM model.opportunities") == (furthest, known)


def test_stages_of_the_history_that_no_map_has_come_after_the_open_ones(built):
    """X and Y are not on the map: open, after C, X first since deals enter it earlier; Won stays last."""
    found = built(
        stages=STAGES,
        opportunities=[deal()],
        entered=[("d1", "A", "2024-01-01"), ("d1", "X", "2024-01-02"), ("d1", "Y", "2024-01-03")],
    )
    assert found.rows("SELECT stage, stage_order, outcome FROM model.stages ORDER BY stage_order NULLS LAST") == [
        ("A", 1, "open"),
        ("B", 2, "open"),
        ("C", 3, "open"),
        ("X", 4, "open"),
        ("Y", 5, "open"),
        ("Won", 6, "won"),
        ("Lost", None, "lost"),
    ]


def test_a_deal_without_a_stage_is_open_in_none_and_that_is_no_step(built):
    found = built(stages=STAGES, opportunities=[deal(stage=None), deal("d2", "B")])
    assert found.rows("SELECT pipeline, stage, outcome FROM model.opportunities ORDER BY opportunity_id") == [
        ("(none)", "(none)", "open"),
        ("(none)", "B", "open"),
    ]
    assert ("(none)",) not in found.rows("SELECT stage FROM model.stages")


def test_without_any_stage_there_is_still_a_first_step(built):
    found = built(opportunities=[{"opportunity_id": "d1"}])
    assert found.rows("SELECT stage, stage_order FROM model.stages") == [("(none)", 1)]


def test_the_map_beats_the_files_own_outcome_and_the_contradiction_is_counted(built):
    """The flag says won, the map says open. A stage that is on no map takes the flag of all its deals."""
    found = built(
        stages={"A": "open"}, opportunities=[deal(outcome="won"), deal("d2", "Signed", outcome="won"), deal("d3")]
    )
    assert found.rows("SELECT outcome FROM model.opportunities ORDER BY opportunity_id") == [
        ("won" if n == 2 else "open",) for n in (1, 2, 3)
    ]
    assert (
        '"kind": "outcome contradicts the stage", "table": "opportunities", "column": "outcome", "n": 1'
        in found.about("quality")
    )
    assert found.one("SELECT outcome FROM model.stages WHERE stage = 'Signed'") == "won"


def test_where_the_map_leaves_it_open_each_deal_says_for_itself(built):
    """A source whose stage does not change at closing: the status of the deal decides."""
    found = built(
        stages=[{"stage": "A", "stage_order": 1, "outcome": None}],
        opportunities=[deal(outcome="won"), deal("d2", outcome="lost"), deal("d3", outcome="open")],
    )
    assert found.rows("SELECT outcome FROM model.opportunities ORDER BY opportunity_id") == [
        ("won",),
        ("lost",),
        ("open",),
    ]
