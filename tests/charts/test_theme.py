"""One theme: the app's settings, the charts' tokens and the fonts agree; marks and numbers keep their contrast."""

import tomllib
from pathlib import Path

import pytest
import streamlit.config

from dashboard.charts.theme import DARK, FONT, LIGHT, palette, soft

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_app_and_the_charts_have_the_same_colours(colours):
    theme = SETTINGS["theme"][colours.mode]
    assert theme["backgroundColor"] == colours.background
    assert theme["textColor"] == colours.text
    assert theme["primaryColor"] == colours.accent
    assert theme["redColor"] == colours.bad
    assert theme["greenColor"] == colours.good
    assert theme["orangeColor"] == colours.warn
    assert theme["grayTextColor"] == colours.muted
    assert theme["chartCategoricalColors"] == [*colours.categories, colours.rest]
    assert len(theme["chartSequentialColors"]) == len(theme["chartDivergingColors"]) == 10


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_in_cells_reach_four_and_a_half_to_one(colours):
    for fills, inks in ((colours.sequential, colours.sequential_ink), (colours.diverging, colours.diverging_ink)):
        assert len(fills) == len(inks)
        assert min(contrast(fill, ink) for fill, ink in zip(fills, inks, strict=True)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_texts_stand_out_from_the_page(colours):
    marks = (colours.accent, colours.rest, colours.ink, *colours.categories)
    assert min(contrast(mark, colours.background) for mark in marks) >= 3
    texts = (colours.text, colours.muted, colours.bad, colours.good, colours.warn, colours.accent)
    assert min(contrast(text, colours.background) for text in texts) >= 4.5


def test_every_setting_is_one_that_streamlit_knows():
    known = set(streamlit.config._config_options_template)

    def walk(tree: dict, prefix: str) -> None:
        for name, value in tree.items():
            key = f"{prefix}{name}"
            if isinstance(value, dict):
                walk(value, f"{key}.")
            else:
                assert key in known, key

    walk(SETTINGS, "")


def test_every_font_file_is_served_by_the_app_itself_with_its_licence():
    faces = SETTINGS["theme"]["fontFaces"]
    assert len(faces) == 4
    for face in faces:
        assert face["url"].startswith("app/static/")
        file = ROOT / "dashboard" / face["url"].removeprefix("app/")
        assert file.read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (ROOT / "dashboard" / "static" / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    latin = next(face for face in faces if face["url"].endswith("inter-latin.woff2"))
    assert "U+0030" not in latin["unicodeRange"]
    assert SETTINGS["theme"]["font"] == FONT


def test_nothing_is_sent_out_and_only_this_machine_is_served():
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["server"]["address"] == "127.0.0.1"
    assert SETTINGS["client"]["showErrorDetails"] == "none"
    assert SETTINGS["client"]["showErrorLinks"] is False


def test_segments_have_one_colour_by_meaning():
    assert palette("light").segment("target") == LIGHT.accent
    assert palette("dark").segment("rest") == DARK.rest
    assert palette(None).segment("All") == LIGHT.ink
    assert palette("light").segment("North", 5) == LIGHT.rest
    assert soft("#2354D9") == "rgba(35,84,217,0.13)"
