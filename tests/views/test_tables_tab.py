"""The Tables tab of the Data page: what is loaded, and which metrics each table feeds."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest

from dashboard.loading.quality import headline
from dashboard.loading.side import touched
from dashboard.loading.tables import few, in_full, metrics_fed, metrics_of, metrics_touched
from metrics import TABLES, Workspace, catalog, open_snapshot


def test_the_tab_shows_every_table_with_its_rows(visit: Callable[..., AppTest], full_workspace: Path) -> None:
    """As many rows as the snapshot has, counted there again."""
    app = visit("data", full_workspace, tab="tables")
    assert_sound(app)
    shown = app.dataframe[0].value
    snapshot = open_snapshot(Workspace(full_workspace).current())
    counts = {t.name: int(snapshot.run_once(f"SELECT count(*) AS n FROM model.{t.name}")["n"][0]) for t in TABLES}
    assert dict(zip(shown["Table"], shown["Rows"], strict=True)) == {
        name.replace("_", " ").capitalize(): n for name, n in counts.items()
    }
    loaded = sum(n > 0 for n in counts.values())
    ready = sum(all(counts[table] for table in metric.needs) for metric in catalog().values())
    sentence = (
        f"{loaded} of {len(TABLES)} tables hold rows; {ready} of {len(catalog())} metrics have all that they need."
    )
    assert sentence in texts(app)


def test_before_the_first_load_every_table_is_empty(visit: Callable[..., AppTest]) -> None:
    app = visit("data", tab="tables")
    assert_sound(app)
    assert set(app.dataframe[0].value["Rows"]) == {0}


def test_a_table_names_the_metrics_that_it_feeds() -> None:
    """What a metric needs by its definition, what it reads besides by its SQL; a table that only helps says how."""
    needed, also = metrics_of()["spend"]
    assert {"Customer acquisition cost", "Return on investment"} <= set(needed)
    assert "Customer lifetime value" in also
    assert not set(needed) & set(also)
    assert in_full("spend", 12).startswith("Spend: 12 rows. Needed for: ")
    assert in_full("goals", 0) == "Goals: nothing loaded yet. Goals that figures are held against."


def test_an_issue_names_the_metrics_that_read_its_column() -> None:
    """Found in the tables it names a column of theirs; found while reading, the file's own header."""
    assert "Win rate" in metrics_touched("opportunities", "outcome")
    assert {"Days in stage", "Stalled deals"} <= set(metrics_touched("stage_visits", "entered_at"))
    assert "Total available market" not in metrics_touched("stage_visits", "entered_at")
    told = [metrics_touched("opportunities", "amount"), metrics_touched("contracts", "monthly_revenue"),
            metrics_touched("activities", "occurred_at"), metrics_touched("stage_visits", "entered_at")]  # fmt: skip
    assert [titles[0] for titles in told] == [
        "Average deal size", "Renewals at risk", "Engagement quality", "Stalled deals",
    ]  # fmt: skip
    column = {"header": "Close Date", "canonical": "opportunities.closed_on", "feeds": ["opportunities.closed_on"]}
    part = SimpleNamespace(columns=[column])
    found_in_file = touched(part, {"kind": "unreadable date", "column": "Close Date"})
    assert found_in_file == metrics_touched("opportunities", "closed_on") != ()
    assert touched(part, {"kind": "x", "table": "opportunities", "column": "closed_on"}) == found_in_file
    assert touched(part, {"kind": "x", "column": "Another"}) == ()
    assert (few(("A",)), few(("A", "B", "C")), few(())) == ("A", "A and 2 more", "")


def test_rows_that_hold_no_data_are_not_said_to_be_of_use() -> None:
    """20 rows: 14 loaded, 2 rejected, a repeat, 3 footers."""
    quality = {"read": 20, "loaded": 14, "rejected": 2, "duplicate": 1, "footer": 3, "issues": [{}, {}]}
    assert headline(quality) == "14 of 16 rows are loaded; 2 things were found in them."
    assert headline(quality | {"issues": [{}]}).endswith("; one thing was found in them.")
    assert headline(quality | {"issues": []}).endswith(", and nothing was found in them.")


def test_a_file_feeds_the_metrics_that_read_its_columns() -> None:
    """An id alone feeds none, a reason for losing one, and rows that are nothing but links those that need them."""
    assert metrics_fed(["opportunities.opportunity_id", "opportunities.account_id"]) == []
    assert metrics_fed(["opportunities.loss_reason"]) == ["Loss reasons"]
    with_days = metrics_fed(["opportunities.opportunity_id", "opportunities.opened_on"])
    assert {"Opportunities created", "Win rate by cohort"} <= set(with_days)
    assert "Loss reasons" in with_days[: len(metrics_of()["opportunities"][0])]
    assert (
        set(metrics_fed(["opportunity_contacts"]))
        == {t for ts in metrics_of()["opportunity_contacts"] for t in ts}
        != set()
    )
    assert metrics_fed(["goals.value", "no_table.column", ""]) == []
