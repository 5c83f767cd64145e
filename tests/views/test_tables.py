"""Every chart as a table: on a phone that is how cards begin. And a card that fails does not take its page with it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, figures, texts
from streamlit.testing.v1 import AppTest

from dashboard import charts

Visit = Callable[..., AppTest]
CARDS = {
    "overview": ("target_rest", "account_funnel"),
    "funnel": ("stage_funnel", "win_rate", "opened_closed", "loss_reasons", "pipeline_bridge"),
    "velocity": ("deal_velocity", "days_in_stage", "ageing", "survival", "owner_performance"),
    "cohorts": ("cohort_conversion", "cohort_conversion.curves", "cohort_win_rate", "cohort_revenue_retention"),
}


@pytest.mark.parametrize("page", CARDS)
def test_every_chart_has_a_table(visit: Visit, page: str, full_workspace: Path) -> None:
    app = visit(page, full_workspace, period="all")
    before = len(figures(app))
    for card in CARDS[page]:
        app.session_state[f"{card}.as_table"] = True
    app.run()
    assert_sound(app)
    assert len(figures(app)) == before - len(CARDS[page])
    assert not any("could not be worked out" in text for text in texts(app))
    for table in app.dataframe:
        names = [str(name) for name in table.value.columns]
        assert len(names) == len(set(names))
        assert not any(name in ("metric", "label", "kind", "verdict") for name in names)


def test_a_fault_in_one_card_stays_in_it(visit: Visit, full_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(charts, "bridge", broken)
    app = visit("funnel", full_workspace, period="all")
    assert_sound(app)
    said = texts(app)
    assert sum("could not be worked out" in text for text in said) == 1
    assert not any("a fault of ours" in text for text in said)
    assert len(figures(app)) == 4
