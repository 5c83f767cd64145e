"""Colours by meaning for the light and the dark theme, and the one small plotly template of all charts.

Pass `theme=None` to `st.plotly_chart`: these figures bring everything. Colours are never chosen elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import plotly.graph_objects as go

FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
TICK, NAME, VALUE, HEADER = 11.5, 12.5, 13, 12
CLEAR = "rgba(0,0,0,0)"
CHART_CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}
"""For `st.plotly_chart(figure, theme=None, config=CHART_CONFIG)`."""


@dataclass(frozen=True)
class Palette:
    """One theme's colours by meaning; see the style guide. `*_ink` is the text colour fixed to each step."""

    mode: str
    background: str
    text: str
    accent: str
    rest: str
    muted: str
    accent_soft: str
    rest_soft: str
    good: str
    warn: str
    bad: str
    grid: str
    band: str
    sequential: tuple[str, ...]
    sequential_ink: tuple[str, ...]
    diverging: tuple[str, ...]
    diverging_ink: tuple[str, ...]
    categories: tuple[str, ...]
    stages: tuple[str, ...]

    @property
    def ink(self) -> str:
        """All accounts together, or the one mark that the title speaks of."""
        return self.text

    def segment(self, name: object, position: int = 0) -> str:
        """Accent for target accounts, ink for all together, grey for the rest, else a category by its position."""
        meaning = {"target": self.accent, "rest": self.rest, "All": self.ink, "Other": self.rest}
        if str(name) in meaning:
            return meaning[str(name)]
        return self.categories[position] if position < len(self.categories) else self.rest


def ink_on(fill: str) -> str:
    """The ink that reads on a grey."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return LIGHT.text if 0.299 * red + 0.587 * green + 0.114 * blue > 120 else DARK.text


def soft(colour: str, opacity: float = 0.13) -> str:
    """The colour as a see-through band."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


_DARK_INK = "#15181E"
LIGHT = Palette(
    mode="light",
    background="#FFFFFF",
    text="#15181E",
    accent="#2354D9",
    rest="#868D99",
    muted="#5A6270",
    accent_soft="#C3D2F8",
    rest_soft="#D5D9E0",
    good="#00775F",
    warn="#A66300",
    bad="#9A2A0C",
    grid="#EBEDF1",
    band="#F2F4F7",
    sequential=("#EDF2FE", "#C9D8FB", "#9AB7F6", "#6390EE", "#2F63DF", "#1C42A8"),
    sequential_ink=(_DARK_INK,) * 4 + ("#FFFFFF",) * 2,
    diverging=("#B8502A", "#E39A77", "#F6DACC", "#EEF0F3", "#C9D8FB", "#8FB0F5", "#2F63DF"),
    diverging_ink=("#FFFFFF",) + (_DARK_INK,) * 5 + ("#FFFFFF",),
    categories=("#2354D9", "#099F6F", "#966614", "#611B44"),
    stages=("#E3E6EB", "#C5CAD3", "#9AA2AF", "#5A6270"),
)
DARK = Palette(
    mode="dark",
    background="#101318",
    text="#E9ECF1",
    accent="#7DA2FF",
    rest="#78818F",
    muted="#9DA6B4",
    accent_soft="#2C437D",
    rest_soft="#3A414D",
    good="#41C5A4",
    warn="#F2C46D",
    bad="#F4764A",
    grid="#222730",
    band="#191D24",
    sequential=("#182038", "#20315F", "#2C4A94", "#4F7BD9", "#7DA2FF", "#BFD2FF"),
    sequential_ink=("#E9ECF1",) * 3 + ("#0B0D11",) * 3,
    diverging=("#F4936B", "#C06A45", "#5A3424", "#2A303A", "#2C437D", "#4A76D6", "#A9C2FF"),
    diverging_ink=("#0B0D11", "#0B0D11", "#E9ECF1", "#E9ECF1", "#E9ECF1", "#000000", "#0B0D11"),
    categories=("#7DA2FF", "#6FE3CF", "#F2C46D", "#DA2777"),
    stages=("#3A414D", "#5A6270", "#9AA2AF", "#C5CAD3"),
)


def palette(mode: str | None) -> Palette:
    """The colours of "light" or "dark"; anything else, such as an unknown browser theme, is light."""
    return DARK if mode == "dark" else LIGHT


@cache
def template(mode: str) -> go.layout.Template:
    """Transparent, quiet and without interaction other than hover and click; about 1 KB a figure."""
    colours = palette(mode)
    axis: dict[str, Any] = {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickangle": 0,
        "gridcolor": colours.grid,
        "tickfont": {"size": TICK, "color": colours.muted},
    }
    steady = {"marker": {"opacity": 1}}  # a click must not fade the other marks: the page draws the selection
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": HEADER, "color": colours.text},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "colorway": list(colours.categories),
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "clickmode": "event+select",
            "bargap": 0.4,
            "hoverlabel": {
                "bgcolor": colours.text,
                "bordercolor": colours.text,
                "align": "left",
                "font": {"family": FONT, "size": HEADER, "color": colours.background},
            },
            "xaxis": axis,
            "yaxis": axis,
        },
        data={
            "bar": [{"selected": steady, "unselected": steady}],
            "scatter": [{"selected": steady, "unselected": steady}],
        },
    )
