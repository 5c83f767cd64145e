"""A filter click: what the Funnel page asks the metrics for when the scope changes, and how long that takes."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import visit
from dashboard.filters.choice import Choice
from metrics import Answer, Scope, Snapshot, dimension_values, measure

APP = Path("dashboard/app.py")
DIMENSION = "region"

Call = tuple[str, Scope | None, Mapping[str, object] | None]


@dataclass(frozen=True)
class Click:
    """Median milliseconds of a click: the metric calls by themselves, and the whole run of the page with them.

    A run ends where the browser begins to repaint.
    """

    calls: int
    metrics_ms: float
    page_ms: float


def time_click(workspace: Path, snapshot: Snapshot, clicks: int) -> Click:
    """The first visit of the page, then `clicks` clicks, each on a region that nobody asked for before."""
    known = {name: values for name, _, values in dimension_values(snapshot)}
    asked: list[list[Call]] = []
    taken: list[float] = []
    with _served(workspace), _noted(asked):
        app = AppTest.from_file(str(APP.resolve()), default_timeout=600)
        app.switch_page("views/funnel.py")
        asked.append([])
        app.run()
        for region in known[DIMENSION][:clicks]:
            app.session_state["choice"] = Choice(filters=((DIMENSION, (region,)),))
            asked.append([])
            before = time.perf_counter()
            app.run()
            taken.append((time.perf_counter() - before) * 1000)
        if app.exception:
            raise RuntimeError(f"the Funnel page failed: {app.exception}")
    alone = [_timed(lambda calls=calls: [measure(snapshot, *call) for call in calls]) for calls in asked[1:]]
    return Click(len(asked[-1]), median(alone), median(taken))


def _timed(run: Callable[[], Any]) -> float:
    before = time.perf_counter()
    run()
    return (time.perf_counter() - before) * 1000


@contextmanager
def _served(workspace: Path) -> Iterator[None]:
    """The dashboard on this workspace, its caches empty before and after."""
    with patch.dict(os.environ, {"ABM_WORKSPACE": str(workspace.resolve())}):
        st.cache_data.clear()
        yield
        st.cache_data.clear()
        st.cache_resource.clear()


@contextmanager
def _noted(asked: list[list[Call]]) -> Iterator[None]:
    """Every question that is not answered from a cache is noted in the last list of `asked`."""

    def noting(
        snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
    ) -> Answer:
        asked[-1].append((name, scope, options))
        return measure(snapshot, name, scope, options)

    with patch.object(visit, "measure", noting):
        yield
