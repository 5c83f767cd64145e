"""Campaigns: members and deals carry the id, the campaign's own export its name and channel."""

import pytest

FAIR, FAIR_18, CALL = "7011G00000N38JZ", "7011G00000N38JZQAZ", "7011G00000N38JY"
CAMPAIGNS = [
    {"campaign_id": FAIR_18, "campaign": "Fair", "channel": "Event"},
    {"campaign_id": CALL, "campaign": "Ask us", "channel": "Webinar"},
]


def touch(key, campaign, **more):
    return {"activity_id": key, "campaign": campaign, "kind": "campaign_response", "occurred_at": "2024-01-01", **more}


def touches(found):
    return found.rows("SELECT activity_id, campaign, channel FROM model.activities ORDER BY activity_id")


def test_a_member_has_its_campaigns_name_and_channel(built):
    """t1 by the id with 18 characters, t2 with 15, t3 by name, t4 keeps its own channel, t5 has a campaign unknown."""
    found = built(
        campaigns=CAMPAIGNS,
        activities=[
            touch("t1", FAIR_18),
            touch("t2", FAIR),
            touch("t3", "fair"),
            touch("t4", CALL, channel="Partner"),
            touch("t5", "7011G00000N38JX"),
            touch("t6", None),
        ],
    )
    assert touches(found) == [
        ("t1", "Fair", "Event"),
        ("t2", "Fair", "Event"),
        ("t3", "Fair", "Event"),
        ("t4", "Ask us", "Partner"),
        ("t5", "7011G00000N38JX", None),
        ("t6", None, None),
    ]
    assert found.rows("SELECT DISTINCT kind FROM model.activities") == [("campaign_response",)]
    assert (
        '"kind": "campaign not found", "table": "activities", "column": "campaign", "n": 1, "rows": [5]'
        in found.about("quality")
    )


def test_a_deals_primary_campaign_is_named(built):
    found = built(
        campaigns=CAMPAIGNS,
        opportunities=[
            {"opportunity_id": "d1", "campaign": FAIR},
            {"opportunity_id": "d2", "campaign": "Ask us"},
            {"opportunity_id": "d3"},
        ],
    )
    assert found.rows("SELECT opportunity_id, campaign FROM model.opportunities ORDER BY 1") == [
        ("d1", "Fair"),
        ("d2", "Ask us"),
        ("d3", None),
    ]


def test_campaigns_of_one_name_stay_apart_by_their_ids(built):
    """Two campaigns are called News: each carries its id behind the name, and the bare name belongs to neither."""
    found = built(
        campaigns=[
            {"campaign_id": "n1", "campaign": "News", "channel": "Email", "starts_on": "2024-01-01", "actual_cost": 10},
            {"campaign_id": "n2", "campaign": "News", "channel": "Social", "starts_on": "2024-01-02", "actual_cost": 5},
        ],
        activities=[touch("t1", "n1"), touch("t2", "n2"), touch("t3", "News")],
        opportunities=[{"opportunity_id": "d1", "campaign": "n2"}],
    )
    assert touches(found) == [("t1", "News (n1)", "Email"), ("t2", "News (n2)", "Social"), ("t3", "News", None)]
    assert found.one("SELECT campaign FROM model.opportunities") == "News (n2)"
    assert found.rows("SELECT campaign_id, campaign FROM model.campaigns") == [("n1", "News (n1)"), ("n2", "News (n2)")]
    assert found.rows("SELECT campaign, value FROM model.spend") == [("News (n1)", 10.0), ("News (n2)", 5.0)]
    assert '"kind": "several campaigns of that name"' in found.about("quality")
    assert "campaign not found" not in found.about("quality")


@pytest.mark.parametrize("campaigns", [[], [{"campaign_id": "c1"}]])
def test_without_a_name_the_campaign_stays_as_it_is(built, campaigns):
    found = built(campaigns=campaigns, activities=[touch("t1", "c1")])
    assert touches(found) == [("t1", "c1", None)]
    assert "campaign not found" not in found.about("quality")


def test_spend_by_id_is_spend_of_the_named_campaign(built):
    found = built(campaigns=CAMPAIGNS, spend=[{"spent_on": "2024-01-01", "amount": 3, "campaign": FAIR}])
    assert found.rows("SELECT campaign, channel FROM model.spend") == [("Fair", "Event")]
