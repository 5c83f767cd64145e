"""Web pages that pose as workbooks: their tables are read as they are, and nothing else of them."""

from pathlib import Path

import pytest

from metrics.errors import FileError
from metrics.exports import webpage


def tables(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "page"
    path.write_text(text, encoding="utf-8")
    return [page.path.read_text(encoding="utf-8") for page in webpage.pages_of(path, "page.xls", tmp_path)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<table><tr><th>a<th>b<tr><td>1<td>x&amp;y&nbsp;z</table>", ["a,b\n1,x&y z\n"]),  # nothing is closed
        ("<table><tr><td>a<br>b</td><td><b>c</b> d</td></tr></table>", ["a b,c d\n"]),
        ('<table><tr><td colspan=2>a<td>b<tr><td>1<td>2<td>"3"</table>', ['a,,b\n1,2,"""3"""\n']),
        ("<table><tr><td rowspan=3>a<td>1<tr><td>2<tr><td>3<tr><td>b<td>4</table>", ["a,1\na,2\na,3\nb,4\n"]),
        ("<table><tr><td>a<script>td('x')</script><style>b {}</style></table>", ["a\n"]),
        ("<table><tr><td>out<table><tr><td>in</table>er</table>", ["outer\n", "in\n"]),
        ("<p>before<table></table><TABLE><TR><TD>A</TABLE>after", ["A\n"]),
        ("<table><tr><td>a", ["a\n"]),
        ("<Workbook><Table><Row><Cell><Data>a</Data><Cell ss:Index='4'><Data>d</Data></Row>", ["a,,,d\n"]),
    ],
)  # fmt: skip
def test_tables(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert tables(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><frameset><frame src='http://x.example/sheet.htm'></frameset>", "without a table"),
        ("<table>" * 101, "more than 100 tables"),
        ("<table><tr>" + "<td>" * 16_385, "more than 16,384 cells"),
        ("<table><tr>" + "<td colspan=1000>" * 17, "more than 16,384 cells"),
    ],
)
def test_what_no_table_should_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        tables(tmp_path, text)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", True),
        ("<html>".encode("utf-16"), True),
        (b"<?xml version='1.0'?><Workbook", True),
        (b"<?xml version='1.0'?><feed/>", False),
        (b"name,<html>\n", False),
        (b"<5,6\n", False),
    ],
)
def test_a_page_is_known_by_its_beginning(head: bytes, known: bool) -> None:
    assert webpage.is_page(head) == known


def test_the_encoding_that_a_page_declares() -> None:
    assert webpage.declared_encoding(b'<meta charset="windows-1251">') == "windows-1251"
    assert webpage.declared_encoding(b"<meta content='text/html; charset=GBK'>") == "gbk"
    assert webpage.declared_encoding(b"<table>") is None
