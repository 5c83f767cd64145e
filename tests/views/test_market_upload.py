"""Intent and the market on the Data page: files without a header are recognised, and answer at once."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest

from metrics import Workspace, measure, open_snapshot

RAW = (
    "North,north.example,51-200 employees,Rail,Products,payroll,72,lyon[80]|[61],France\n"
    ",south.example,,,Products,payroll,25,,\n"
)
UNIVERSE = (
    "Company Name,Domain,Industry,Estimated Value,Currency\nNorth,north.example,Rail,1000,EUR\nOther,,Air,500,EUR\n"
)


def test_files_of_the_market_are_loaded(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    app = visit("data")
    app.file_uploader[0].upload("Surge_20260216.csv", RAW.encode(), "text/csv")
    app.run()
    assert_sound(app)
    assert any("is ready to load: 2 of 2 rows" in text for text in texts(app))
    next(button for button in app.button if button.label == "Load it").click().run()
    app.file_uploader[0].upload("universe-2026-02-16.csv", UNIVERSE.encode(), "text/csv")
    app.run()
    next(button for button in app.button if button.label == "Load it").click().run()
    assert_sound(app)
    workspace = Workspace(tmp_path / "empty")
    assert [f"{one.source}.{one.object}" for one in workspace.imports()] == ["bombora.raw_surge", "market.companies"]
    current = workspace.current()
    assert current is not None
    snapshot = open_snapshot(current)
    assert snapshot.as_of == date(2026, 2, 16)
    (row,) = measure(snapshot, "in_market_accounts").rows()
    assert (row["value"], row["n"]) == (1, 2)
    (row,) = measure(snapshot, "total_available_market").rows()
    assert (row["value"], row["accounts"], row["in_data"]) == (1500, 2, 0.5)
    snapshot.close()
