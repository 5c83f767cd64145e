"""A deal that changed its pipeline is as far as it got in the present one."""

from company import company

from metrics import measure, open_snapshot

STAGES = [
    {"pipeline": "A", "stage": "First", "stage_order": 1, "outcome": "open"},
    {"pipeline": "A", "stage": "Second", "stage_order": 2, "outcome": "open"},
    {"pipeline": "A", "stage": "Third", "stage_order": 3, "outcome": "open"},
    {"pipeline": "B", "stage": "Talk", "stage_order": 1, "outcome": "open"},
    {"pipeline": "B", "stage": "Offer", "stage_order": 2, "outcome": "open"},
    {"pipeline": "B", "stage": "Won", "stage_order": 3, "outcome": "won"},
    {"pipeline": "B", "stage": "Lost", "stage_order": 4, "outcome": "lost"},
]


def test_the_stages_of_an_earlier_pipeline_do_not_count_in_the_present_one():
    """Third in A (place 3), then Talk in B, then lost in B: it reached Talk, not Offer, not Won.

    entered   pipeline  stage
    1 March   A         Third
    5 March   B         Talk
    9 March   B         Lost
    """
    snapshot = open_snapshot(company(
        stages=STAGES,
        opportunities=[{"opportunity_id": "1", "pipeline": "B", "stage": "Lost", "opened_on": "2024-03-01",
                        "closed_on": "2024-03-09"}],
        stage_visits=[
            {"opportunity_id": "1", "pipeline": "A", "stage": "Third", "entered_at": "2024-03-01"},
            {"opportunity_id": "1", "pipeline": "B", "stage": "Talk", "entered_at": "2024-03-05"},
            {"opportunity_id": "1", "pipeline": "B", "stage": "Lost", "entered_at": "2024-03-09"},
        ],
        as_of="2024-03-31",
    ))  # fmt: skip
    funnel = measure(snapshot, "stage_funnel").frame
    reached = funnel[funnel["pipeline"] == "B"].set_index("stage")["value"].to_dict()
    snapshot.close()
    assert reached == {"Talk": 1, "Offer": 0, "Won": 0}


def test_several_won_stages_are_one_place_and_each_has_its_own_deals():
    """Both won stages are measured against the last open stage; the deal whose stage tells no won one is in the first.

    deal   furthest   outcome   present stage
    1      Won new    won       Won new
    2      Renewed    won       Renewed
    3      Renewed    won       Renewed
    4      Offer      open      Offer
    5      Talk       lost      Lost (no history)
    """
    stages = [
        {"pipeline": "B", "stage": "Talk", "stage_order": 1, "outcome": "open"},
        {"pipeline": "B", "stage": "Offer", "stage_order": 2, "outcome": "open"},
        {"pipeline": "B", "stage": "Won new", "stage_order": 3, "outcome": "won"},
        {"pipeline": "B", "stage": "Renewed", "stage_order": 4, "outcome": "won"},
        {"pipeline": "B", "stage": "Lost", "stage_order": 5, "outcome": "lost"},
    ]
    present = ["Won new", "Renewed", "Renewed", "Offer", "Lost"]
    snapshot = open_snapshot(company(
        stages=stages,
        opportunities=[{"opportunity_id": str(i), "pipeline": "B", "stage": stage, "opened_on": "2024-03-01",
                        "closed_on": None if stage == "Offer" else "2024-03-20"}
                       for i, stage in enumerate(present, start=1)],
        stage_visits=[{"opportunity_id": "1", "pipeline": "B", "stage": "Renewed", "entered_at": "2024-03-18"},
                      {"opportunity_id": "1", "pipeline": "B", "stage": "Won new", "entered_at": "2024-03-20"}],
        as_of="2024-03-31",
    ))  # fmt: skip
    funnel = measure(snapshot, "stage_funnel")
    rows = {row["stage"]: row for row in funnel.rows()}
    snapshot.close()
    assert {stage: row["value"] for stage, row in rows.items()} == {"Talk": 5, "Offer": 4, "Won new": 1, "Renewed": 2}
    assert {stage: row["denominator"] for stage, row in rows.items()} == {
        "Talk": None, "Offer": 5, "Won new": 4, "Renewed": 4,
    }  # fmt: skip
    assert rows["Renewed"]["overall_rate"] == 0.4
    assert [row["backward"] for row in rows.values()] == [0, 0, 0, 0]
    assert dict(funnel.excluded) == {"furthest stage unknown": 1, "no stage history (skipped and backward only)": 4}
