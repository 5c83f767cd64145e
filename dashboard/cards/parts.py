"""What a page hands to a card: the chart to be, the finished chart, and the rows behind a mark."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard.cards.question import Question
from dashboard.filters.choice import Switches
from metrics import Answer


@dataclass(frozen=True)
class Drawn:
    """A finished chart. All texts are plain: the card makes them safe. `table`: what "show as table" shows."""

    title: str
    caption: str
    figure: go.Figure
    foot: str = ""
    table: pd.DataFrame | None = None


@dataclass(frozen=True)
class Listing:
    """The rows behind a mark: what they are (said with their count), whose rows, and the parts they fall into.

    `keep` narrows the rows of `where` to those of the mark where equal keys do not tell them, such as a duration."""

    title: Callable[[str], str]
    question: Question
    where: Mapping[str, str]
    parts: Callable[[pd.DataFrame], dict[str, pd.DataFrame]] | None = None
    measure: str = ""
    keep: Callable[[pd.DataFrame], pd.DataFrame] | None = None

    def rows(self) -> pd.DataFrame:
        """As many as the mark says."""
        rows = self.question.rows(self.where)
        return rows if self.keep is None else self.keep(rows).reset_index(drop=True)


@dataclass(frozen=True)
class Chart:
    """A chart card to be. `name` is its noun title where there is nothing to draw; `build` draws the answer, with
    the keys of the mark chosen in it or None; `listing` says what a click on a mark lists. `fits_narrow`: it has no
    columns beside it, so that a narrow window need not show its table instead. `opens`: the page that tells more, and
    its switches that show it."""

    key: str
    name: str
    question: Question
    build: Callable[[Answer, dict[str, str] | None], Drawn | None]
    listing: Callable[[dict[str, str]], Listing | None] | None = None
    controls: Callable[[], None] | None = None
    instead: Callable[[], None] | None = None
    others: tuple[Question, ...] = ()
    needs: tuple[str, ...] = ()
    compares: bool = True
    fits_narrow: bool = False
    opens: tuple[str, Switches] | None = None
