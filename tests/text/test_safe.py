"""Hostile text from a CRM stays text: in figures, in Markdown and in files."""

import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.text import safe


def test_plotly_sees_neither_tags_nor_links_nor_templates_nor_formulas():
    shown = safe.for_plotly('<a href="javascript:x">a</a> & $x$ %{y}')
    assert "<" not in shown
    assert "$" not in shown
    assert "%{" not in shown
    assert shown.startswith("&lt;a href=")


@settings(deadline=None)  # a busy machine is no failure
@given(st.text())
def test_plotly_text_has_no_open_tag_and_no_line_break(text):
    shown = safe.for_plotly(text)
    assert "<" not in shown
    assert ">" not in shown
    assert not any(c in shown for c in "\n\r\t\u2028\u202e")


@pytest.mark.parametrize(
    "hostile", ["[x](http://e.co)", "**b**", ":red[x]", ":material/home:", "# h", "$x^2$", "`c`", "<b>"]
)
def test_markdown_marks_are_escaped(hostile):
    shown = safe.for_markdown(hostile)
    for mark in "[]()*:#$`<>^":
        assert shown.count(mark) == shown.count(f"\\{mark}"), mark


@pytest.mark.parametrize("link", ["https://evil.example", "www.evil.example", "a@evil.example", ":smile:"])
def test_what_markdown_would_find_by_itself_is_broken_up(link):
    assert safe.WORD_JOINER in safe.for_markdown(link)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "＝", "＋", "－", "＠", " ="])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(start):
    assert safe.for_csv(f"{start}cmd|x").startswith("'")


@pytest.mark.parametrize("plain", [-5, 3.5, None, "-5", "+49301234", "a=b", "", "Kestrel", "2026-01-01"])
def test_numbers_and_plain_text_stay_as_they_are(plain):
    assert safe.for_csv(plain) == plain


def test_a_file_carries_no_formula_in_cells_or_headers_and_keeps_its_numbers():
    frame = pd.DataFrame({"=head": ["=1+1", "ok"], "amount": [-5.5, 7.0]})
    written = safe.csv_bytes(frame)
    assert written.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(io.BytesIO(written))
    assert list(read.columns) == ["'=head", "amount"]
    assert list(read["'=head"]) == ["'=1+1", "ok"]
    assert list(read["amount"]) == [-5.5, 7.0]


def test_long_text_ends_in_an_ellipsis_within_the_limit():
    assert safe.shorten("Security review of the branch", 12) == "Security re…"
    assert safe.shorten("Short", 12) == "Short"
    assert safe.shorten_file("06-deals-latin1.csv", 19) == "06-deals-latin1.csv"
    assert safe.shorten_file("06-deals-latin1.csv", 18) == "06-deals-latin1…"
    shown = safe.shorten_file("hubspot-crm-exports-contacts-2026-01-31.csv", 30)
    assert shown == "hubspot-cr…contacts-2026-01-31"
    assert safe.shorten("Two\nlines\u00a0here", 40) == "Two lines\u00a0here"
