"""What people did, as marketing systems and web trackers list it."""

import pytest

from tests.exports.conftest import Parse

TOUCHES = """Activity ID,Activity Type,Activity Date,Email,Company,Campaign,Minutes,Status,One-to-one
t1,Visited Web Page,2026-02-03 10:00,ana@north.example,North,,4.5,,No
t2,Webinar,2026-02-04 15:00,ana@north.example,North,Spring webinar,45,Attended,No
t3,Webinar,2026-02-04 15:00,bo@south.example,South,Spring webinar,,No show,No
t4,Content Download,2026-02-05 09:00,bo@south.example,South,Handbook,,,Yes
t5,Clicked Email,2026-02-06 09:00,bo@south.example,South,Handbook,,,
t6,Email Sent,2026-02-06 08:00,bo@south.example,South,Handbook,,,
t7,Form Submission,2026-02-07 08:00,,South,Handbook,,,
t8,Platform training,2026-02-07 08:00,,South,,,,
,,,,,,,,
t9,Webinar,2026-09-01 15:00,ana@north.example,North,Autumn webinar,,,
"""


def test_a_list_of_marketing_touches(load: Parse) -> None:
    parsed = load(TOUCHES, "marketing-activities-2026-03-01.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("marketing", "touches")
    assert parsed.verdict == (10, 9, 0, 0, 1, 0)
    fields = "activity_id, kind, side, direction, is_done, contact_id, _account_domain, minutes, is_personal"
    assert parsed.rows("activities", fields) == [
        ("t1", "web_visit", "marketing", "in", True, "ana@north.example", "north.example", 4.5, False),
        ("t2", "webinar", "marketing", "in", True, "ana@north.example", "north.example", 45.0, False),
        ("t3", "webinar", "marketing", "in", False, "bo@south.example", "south.example", None, False),
        ("t4", "content", "marketing", "in", True, "bo@south.example", "south.example", None, True),
        ("t5", "email_click", "marketing", "in", True, "bo@south.example", "south.example", None, None),
        ("t6", "email_sent", "marketing", "out", True, "bo@south.example", "south.example", None, None),
        ("t7", "form", "marketing", "in", True, None, None, None, None),
        ("t8", None, "marketing", "in", True, None, None, None, None),
        ("t9", "webinar", "marketing", "in", False, "ana@north.example", "north.example", None, None),
    ]
    (unknown,) = [issue for issue in parsed.report["issues"] if issue["column"] == "Activity Type"]
    assert (unknown["kind"], unknown["n"]) == ("unknown value", 1)


@pytest.mark.parametrize(
    "header",
    [
        "Activity Type,Amount,Stage,Close Date",
        "Record ID,Activity date,Activity Type,Email",
        "Subject,Activity Type,Date,Email",
        "Activity Type,Email",
    ],
)
def test_what_only_looks_like_it_is_not_taken_for_it(load: Parse, header: str) -> None:
    parsed = load(f"{header}\n{','.join(['x'] * len(header.split(',')))}\n", "touches.csv")
    assert parsed.report["object"] != "touches"
