"""An account beside its peers, links and kept segments."""

from pathlib import Path

import pandas as pd
import pytest

from metrics import QuestionError, Workspace, account_link, account_peers, read_setting


def listed(n: int, **own: object) -> pd.DataFrame:
    """`n` targets of one industry with an open deal and points 1, 2, …; the first is account 0."""
    frame = pd.DataFrame({
        "account_id": [str(i) for i in range(n)], "target": "target", "standing": "open_deal", "tier": None,
        "industry": "Rail", "size": "1–50", "points": [float(i + 1) for i in range(n)], "people": 1, "touches": 2,
        "days_in_stage": 10.0, "open_amount": None, "won_amount": 0.0,
    })  # fmt: skip
    return frame.assign(**own)


def test_quartiles_are_of_the_others() -> None:
    """Account 0 has 1 point; the other eleven 2 to 12: quartiles 4.5, 7, 9.5."""
    told = account_peers(listed(12), "0")
    points = told.figures[0]
    assert told.n == 11
    assert told.alike == {"target": "target", "standing": "open_deal", "industry": "Rail"}
    assert (points.value, points.p25, points.median, points.p75, points.n) == (1, 4.5, 7, 9.5, 11)
    assert points.place == "below"


def test_too_narrow_a_group_is_widened() -> None:
    """Four other accounts are of Rail, eleven others have an open deal: these are the peers."""
    told = account_peers(listed(12, industry=["Rail"] * 5 + ["Sea"] * 7, size=[f"size {i}" for i in range(12)]), "0")
    assert told.n == 11
    assert told.alike == {"target": "target", "standing": "open_deal"}


def test_few_peers_have_no_quartiles() -> None:
    told = account_peers(listed(5), "0")
    assert told.n == 4
    assert {figure.place for figure in told.figures} == {"unknown"}


def test_what_the_account_lacks_is_not_compared() -> None:
    told = account_peers(listed(12), "0", {str(i): 50.0 for i in range(1, 12)})
    relationship = next(figure for figure in told.figures if figure.name == "relationship")
    assert relationship.value is None
    assert relationship.median == 50
    assert relationship.place == "unknown"


TEMPLATE = "https://crm.example.com/lightning/r/{account_id}/view"


@pytest.mark.parametrize(("key", "link"), [
    ("001A", "https://crm.example.com/lightning/r/001A/view"),
    ("a/../b?x=1#y", "https://crm.example.com/lightning/r/a%2F..%2Fb%3Fx%3D1%23y/view"),
    ("\"><script>", "https://crm.example.com/lightning/r/%22%3E%3Cscript%3E/view"),
    ("{account_id}", "https://crm.example.com/lightning/r/%7Baccount_id%7D/view"),
    ("鉄道", "https://crm.example.com/lightning/r/%E9%89%84%E9%81%93/view"),
])  # fmt: skip
def test_the_id_is_only_ever_a_value_in_the_link(key: str, link: str) -> None:
    assert account_link(TEMPLATE, key) == link


def test_without_a_template_there_is_no_link() -> None:
    assert account_link("", "001A") is None
    assert read_setting("crm_link", "") == ""
    assert read_setting("crm_link", f" {TEMPLATE} ") == TEMPLATE


@pytest.mark.parametrize("template", [
    "javascript:alert({account_id})", "//crm.example/{account_id}", "ftp://crm.example/{account_id}",
    "https://{account_id}.example/", "https://crm.example/", "https://crm.example/{id}", "https:///{account_id}",
    "https://crm.example/{account_id}/{account_id}", "https://user:pass@crm.example/{account_id}",
    "https://crm.example/ {account_id}", "https://crm.example/{account_id!r}", "https://crm.example/{{account_id}}",
])  # fmt: skip
def test_a_template_that_leads_elsewhere_is_refused(template: str) -> None:
    with pytest.raises(QuestionError, match="crm_link"):
        read_setting("crm_link", template)


def test_a_kept_segment_survives_and_builds_nothing(tmp_path: Path) -> None:
    first = Workspace(tmp_path)
    first.save_segment("  Rail   targets ", [("industry", ["Rail", "Rail"]), ("target", ["target"])], by="kim")
    again = Workspace(tmp_path)  # as after a restart
    kept = again.segments()
    assert [(one["name"], one["filters"], one["saved_by"]) for one in kept] == [
        ("Rail targets", {"industry": ["Rail"], "target": ["target"]}, "kim")
    ]
    assert kept[0]["saved_at"].endswith("+00:00")
    assert again.current() is None
    again.save_segment("rail TARGETS", [("industry", ["Sea"])])
    assert [(one["name"], one["filters"]) for one in again.segments()] == [("rail TARGETS", {"industry": ["Sea"]})]
    again.remove_segment("rail TARGETS")
    assert Workspace(tmp_path).segments() == []


def test_a_segment_outlives_settings_and_loads(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.save_segment("Rail", [("industry", ["Rail"])])
    workspace.change_settings({"margin": 0.5})
    workspace.add_targets("acme.example")
    assert [one["name"] for one in Workspace(tmp_path).segments()] == ["Rail"]
    assert Workspace(tmp_path).settings() == {"margin": 0.5}


@pytest.mark.parametrize(("name", "filters"), [
    ("", [("industry", ["Rail"])]), (" \n ", [("industry", ["Rail"])]), ("x" * 61, [("industry", ["Rail"])]),
    ("Rail", []), ("Rail", [("industry", [])]),
])  # fmt: skip
def test_a_segment_needs_a_name_and_a_filter(tmp_path: Path, name: str, filters: list) -> None:
    with pytest.raises(QuestionError):
        Workspace(tmp_path).save_segment(name, filters)
    assert Workspace(tmp_path).segments() == []


def test_an_unknown_segment_cannot_be_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.save_segment("Rail", [("industry", ["Rail"])])
    with pytest.raises(QuestionError, match="Kept are: Rail"):
        workspace.remove_segment("Sea")
