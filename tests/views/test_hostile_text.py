"""Text from a CRM cannot format, link or load anything on a page, and is shown as it is in the CSV."""

import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from page_reading import WORDS, assert_sound
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

LINK, IMAGE, TAG = "[see](http://evil.example)", "![p](http://evil.example/p.png)", "<img src=x onerror=alert(1)>"
PAYLOADS = (
    LINK,
    IMAGE,
    TAG,
    "**loud**",
    ":material/home:",
    "$x^2$ and $y$",
    "=1+1",
    "{n} of {name}",
    "http://evil.example/",
)


@pytest.fixture(scope="module")
def hostile_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company, every name of it hostile."""
    tables, words = exports(), cycle(PAYLOADS)
    for row in tables["accounts"]:
        row["name"], row["industry"] = f"{next(words)} {row['account_id']}", next(words)
    stages = dict(zip(("Discovery", "Proposal", "Review"), (LINK, IMAGE, TAG), strict=True))
    for row in tables["opportunities"]:
        row |= {
            "name": next(words),
            "owner": next(words),
            "pipeline": LINK,
            "stage": stages.get(row["stage"], row["stage"]),
        }
        row["loss_reason"] = next(words) if row["loss_reason"] else ""
        row[f"Region {TAG}"] = next(words)
    for row in tables["invoices"]:
        row["product"] = next(words)
    tables["contracts"] = [
        {"contract_id": f"k{i} {LINK}", "account_id": f"a{i}", "product": next(words), "started_on": "2024-01-01",
         "renews_on": "2025-01-15", "monthly_revenue": 100, "currency": "EUR"} for i in range(30)
    ]  # fmt: skip
    tables["spend"] = [{"spent_on": "2024-03-01", "amount": 100, "currency": "EUR", "channel": next(words),
                        "campaign": next(words), "program": "ABM"} for _ in range(30)]  # fmt: skip
    for row in tables["stage_visits"]:
        row |= {"pipeline": LINK, "stage": stages.get(row["stage"], row["stage"])}
    return load(tmp_path_factory.mktemp("hostile"), tables)


def rendered(app: AppTest) -> list[str]:
    """What goes to elements that render Markdown, as it goes there."""
    found = []
    for kind in WORDS:
        for element in app.get(kind):
            found += [str(getattr(element, part, "") or "") for part in ("value", "label")]
    for control in app.get("button_group"):
        found += [option.content for option in control.proto.options]
    return found


@pytest.mark.parametrize(("page", "mark"), [
    ("overview", {"mark": "account_funnel", "mark.step": "engaged"}),
    ("funnel", {"mark": "stage_funnel", "mark.stage": IMAGE}),
    ("funnel", {"mark": "loss_reasons", "mark.reason": LINK, "where.industry": LINK}),
    ("velocity", {"mark": "days_in_stage", "mark.stage": TAG}),
    ("cohorts", {}),
    ("accounts", {}),
    ("accounts", {"account": "a1"}),
    ("accounts", {"account": LINK}),
    ("customers", {"view.churn_by": "industry", "mark": "churn_by", "mark.segment": LINK}),
    ("data", {"tab": "quality"}),
    ("data", {"tab": "history"}),
])  # fmt: skip
def test_no_text_of_the_data_formats_or_links(
    visit: Callable[..., AppTest], hostile_workspace: Path, page: str, mark: dict[str, str]
) -> None:
    app = visit(page, hostile_workspace, period="all", **mark)
    assert_sound(app)
    for text in rendered(app):
        assert "](http" not in text, text
        assert "**loud**" not in text, text
        assert not re.search(r"(?<!\\)<img", text), text
        assert "http://evil" not in text, text
