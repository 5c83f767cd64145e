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
