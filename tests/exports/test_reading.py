"""Bytes to cells: encodings, delimiters, line ends, odd records. Each file has an exact verdict."""

import gzip
import io
import zipfile

import openpyxl
import pytest

from tests.exports.conftest import Parse

ACCOUNTS = {"table": "accounts", "columns": {"account_id": "id", "name": "name", "city": "city"}}
TEXT = "id,name,city\n1,Ñandú S.A.,Málaga\n2,Łódź,Kraków\n3,Ромашка,Тверь\n4,北京公司,上海\n"


def zipped(files: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_of_all_letters(load: Parse, encoding: str) -> None:
    text = TEXT if encoding != "gb18030" else "id,name,city\n1,华为技术,北京\n2,成交公司,上海\n"
    bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
    parsed = load(bom + text.encode(encoding), mapping=ACCOUNTS)
    lines = [tuple(line.split(",")) for line in text.splitlines()[1:]]
    assert parsed.rows("accounts", "account_id, name, city") == lines


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", ["Ñandú S.A.", "Société Générale", "Übung – Größe €"]),
        ("latin-1", ["Café", "Málaga", "São Paulo"]),
        ("cp1251", ["ООО Ромашка", "Закрыто", "Тверь"]),
        ("gb18030", ["华为技术", "北京公司", "上海"]),
        ("utf-16-le", ["plain", "letters", "only"]),
    ],
)
def test_single_encodings(load: Parse, encoding: str, names: list[str]) -> None:
    text = "id,name,city\n" + "".join(f"{i},{name},X\n" for i, name in enumerate(names))
    parsed = load(text.encode(encoding), mapping=ACCOUNTS)
    assert [name for (name,) in parsed.rows("accounts", "name")] == names
    if encoding not in ("utf-16-le",):
        assert "not in UTF-8" in parsed.report["warnings"][0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(load: Parse, delimiter: str, end: str) -> None:
    lines = [delimiter.join(r) for r in (["id", "name", "city"], ["1", "A", "B"], ["2", f'"x{delimiter}""y"""', "D"])]
    parsed = load(end.join(lines), mapping=ACCOUNTS)
    assert parsed.rows("accounts", "_row, account_id, name, city") == [
        (2, "1", "A", "B"),
        (3, "2", f'x{delimiter}"y"', "D"),
    ]


def test_line_feeds_in_cells_and_mixed_line_ends(load: Parse) -> None:
    parsed = load(b'id,name,city\r\n1,"two\nlines",A\r\n2,"two\r\nlines",B\r\n', mapping=ACCOUNTS)
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert parsed.rows("accounts", "_row, name") == [(2, "two\nlines"), (3, "two\r\nlines")]
    mixed = load(b'id,name,city\r\n1,"two\nlines",A\n2,"two\r\nlines",B\r\n', mapping=ACCOUNTS)
    assert mixed.rows("accounts", "_row, name") == [(2, "two\nlines"), (3, "two\nlines")]


def test_records_that_do_not_fit_are_counted_and_rejected_with_their_cells(load: Parse) -> None:
    parsed = load("id,name,city\n1,A,B\n\n2,C\n3,D,E,F\n4,G,H,\n , ,\nTotal\n5,I,J\n", mapping=ACCOUNTS)
    assert parsed.verdict == (8, 3, 2, 0, 2, 1)
    assert parsed.rows("accounts", "_row, account_id") == [(2, "1"), (6, "4"), (9, "5")]
    assert parsed.rows("rejects", "_row, _reason, id, name, city") == [
        (4, "it has 2 cells, the header 3", "2", "C", None),
        (5, "it has 4 cells, the header 3", "3", "D", "E,F"),
    ]


def test_stray_quotes_spoil_their_own_record_only(load: Parse) -> None:
    parsed = load('id,name,city\n1,"A"b,c\n2,"never closed,x\n3,"B",y\n4,C 5" pipe,z\n', mapping=ACCOUNTS)
    assert parsed.verdict == (4, 3, 1, 0, 0, 0)
    assert parsed.rows("accounts", "_row, account_id, name") == [(2, "1", "Ab"), (4, "3", "B"), (5, "4", 'C 5" pipe')]
    assert parsed.rows("rejects", "_row, _reason") == [(3, "its quotes are broken")]


def test_zero_bytes_and_padded_quotes(load: Parse) -> None:
    text = "id,name,city\n" + "".join(f"{i},name {i},city\n" for i in range(50)) + "x\x00y,n,c\n"
    assert load(text, mapping=ACCOUNTS).rows("accounts", "account_id")[-1] == ("xy",)
    padded = load('"id", "name", "city"\n"1", "A, B", "C"\n', mapping=ACCOUNTS)
    assert padded.rows("accounts", "account_id, name, city") == [("1", "A, B", "C")]


def test_a_header_shorter_or_longer_than_its_rows(load: Parse) -> None:
    trailing = load("id,name,city,\n1,A,B,\n2,C,D,\n", mapping=ACCOUNTS)
    assert trailing.verdict == (2, 2, 0, 0, 0, 0)
    short = load("id,name,city\n1,A,B,surplus\n2,C,D,surplus\n", mapping=ACCOUNTS)
    assert short.verdict[1] == 2
    long = load("id,name,city,more\n1,A,B\n2,C,D\n", mapping=ACCOUNTS)
    assert long.verdict == (2, 0, 2, 0, 0, 0)


def test_duplicate_headers_are_told_apart(load: Parse) -> None:
    mapping = {"table": "accounts", "columns": {"account_id": "id", "name": "x (2)"}}
    parsed = load("id,x,x,x,\n1,a,b,c,d\n", mapping={"table": "accounts", "columns": {"account_id": "id", "name": 3}})
    assert parsed.rows("accounts", 'name, "attr:x", "attr:x (3)", "attr:Column 5"') == [("b", "a", "c", "d")]
    assert load("id,x,x\n1,a,b\n", mapping=mapping | {"columns": {"account_id": "id", "name": 3}}).verdict[1] == 1


def test_blank_separated_columns_and_no_header(load: Parse) -> None:
    mapping = {
        "table": "invoices",
        "columns": {"account": 1, "invoiced_on": 2, "amount": 3},
        "format": {"header": False, "delimiter": "whitespace", "currency": "USD"},
    }
    parsed = load(" 00004 19970101  29.33\n 00004 19970101  29.33\n 00021 19970112   0.00\n", mapping=mapping)
    assert parsed.verdict == (3, 3, 0, 0, 0, 0)
    rows = parsed.rows("invoices", "invoice_id, account_id, invoiced_on::TEXT, amount::TEXT, currency")
    assert [r[1:] for r in rows] == [
        ("00004", "1997-01-01", "29.3300", "USD"),
        ("00004", "1997-01-01", "29.3300", "USD"),
        ("00021", "1997-01-12", "0.0000", "USD"),
    ]
    assert len({r[0] for r in rows}) == 3
    assert rows == load(
        " 00004 19970101  29.33\n 00004 19970101  29.33\n 00021 19970112   0.00\n", mapping=mapping
    ).rows("invoices", "invoice_id, account_id, invoiced_on::TEXT, amount::TEXT, currency")


def test_a_workbook_keeps_ids_and_dates(load: Parse) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title = "hiddenSheet"
    hidden.append(["something", "else"])
    sheet = book.create_sheet("Deals")
    sheet.append([])
    sheet.append(["Record ID", "Deal Name", "Deal Stage", "Amount", "Create Date"])
    import datetime as dt

    sheet.append(["006000000000000001", "Text id", "Open", 12.5, dt.datetime(2024, 12, 5, 20, 9)])
    sheet.append([900719925474099, "Number id", "Open", 1234, dt.date(2024, 12, 6)])
    target = io.BytesIO()
    book.save(target)
    parsed = load(target.getvalue(), "deals.xlsx")
    assert parsed.rows("opportunities", "_row, opportunity_id, amount::TEXT, opened_on::TEXT") == [
        (3, "006000000000000001", "12.5000", "2024-12-05"),
        (4, "900719925474099", "1234.0000", "2024-12-06"),
    ]


def test_a_mapping_reads_only_the_sheets_that_hold_its_headers(load: Parse) -> None:
    book = openpyxl.Workbook()
    book.active.append(["other", "things"])
    for title in ("a", "b"):
        sheet = book.create_sheet(title)
        sheet.append(["id", "name", "city"])
        sheet.append([title, f"name {title}", "X"])
    target = io.BytesIO()
    book.save(target)
    parsed = load(target.getvalue(), "book.xlsx", mapping=ACCOUNTS)
    assert parsed.rows("accounts", "account_id, name") == [("a", "name a"), ("b", "name b")]


def test_overlapping_parts_of_an_archive_are_one_export(load: Parse) -> None:
    first = "Record ID,Company name,Company Domain Name\n1,A,a.com\n2,B,b.com\n"
    second = "Record ID,Company name,Industry,Company Domain Name\n2,B,Tech,b.com\n3,C,Bio,c.com\n,,,\n"
    parsed = load(
        zipped({"x/1.csv": first, "x/2.csv": second, "__MACOSX/1.csv": "junk", "readme.txt": "hi\n"}), "e.zip"
    )
    assert parsed.verdict == (5, 3, 0, 1, 1, 0)
    assert parsed.rows("accounts", "account_id, name, domain, industry") == [
        ("1", "A", "a.com", None),
        ("2", "B", "b.com", "Tech"),
        ("3", "C", "c.com", "Bio"),
    ]


def test_overlapping_parts_without_ids(load: Parse) -> None:
    mapping = {
        "table": "invoices",
        "columns": {"account": "a", "invoiced_on": "d", "amount": "x"},
        "format": {"currency": "EUR"},
    }
    one = "a,d,x\nA,2024-01-01,5\nA,2024-01-01,5\nB,2024-01-02,6\n"
    two = "a,d,x\nA,2024-01-01,5\nB,2024-01-02,6\nC,2024-01-03,7\n"
    assert load(zipped({"1.csv": one, "2.csv": two}), "e.zip", mapping=mapping).verdict == (6, 4, 0, 2, 0, 0)


def test_a_compressed_text(load: Parse) -> None:
    assert load(gzip.compress(TEXT.encode()), "accounts.csv.gz", mapping=ACCOUNTS).verdict[1] == 4


def test_two_objects_in_one_archive_give_two_reports(load: Parse) -> None:
    companies = "Record ID,Company name,Company Domain Name\n1,A,a.com\n"
    deals = "Record ID,Deal Name,Deal Stage,Amount\n9,D,Open,5\n"
    parsed = load(zipped({"companies.csv": companies, "deals.csv": deals}), "all.zip")
    assert [(r["source"], r["object"], r["status"]) for r in parsed.reports] == [
        ("hubspot", "companies", "loaded"),
        ("hubspot", "deals", "loaded"),
    ]


def test_a_cell_longer_than_the_parser_likes(load: Parse) -> None:
    parsed = load(f"id,name,city\n1,{'x' * 3_000_000},B\n2,C,D\n", mapping=ACCOUNTS)
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)


def test_the_export_day_is_in_the_file_name(load: Parse) -> None:
    text = "id,name,city\n1,A,B\n"
    named = load(text, "hubspot-crm-exports-all-2026-02-27.csv", mapping=ACCOUNTS).report
    assert (named["export_day"], named["snapshot_day_from"]) == ("2026-02-27", "file name")
    plain = load(text, "accounts-2026-99-99.csv", mapping=ACCOUNTS).report
    assert (plain["export_day"], plain["snapshot_day_from"]) == ("2026-03-01", "upload")


@pytest.mark.parametrize(
    ("archive", "inner", "day", "told"),
    [
        ("exports-2026-02-10.zip", "deals-2026-01-31.csv", "2026-01-31", "file name"),
        ("exports-2026-02-10.zip", "deals.csv", "2026-02-10", "file name"),
        ("exports.zip", "deals-2026-01-31.csv", "2026-01-31", "file name"),
        ("exports.zip", "deals.csv", "2026-03-01", "upload"),
    ],
)
def test_the_day_of_a_file_in_an_archive(load: Parse, archive: str, inner: str, day: str, told: str) -> None:
    """The inner name's date, else the archive's, else the day of upload; parts of one export as one."""
    text = "Record ID,Deal Name,Deal Stage,Amount\n{},A,Open,5\n"
    for parts in ([inner], [inner, inner.replace("deals", "deals_2")]):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as target:
            for n, name in enumerate(parts):
                target.writestr(name, text.format(n))
        report = load(packed.getvalue(), archive).report
        assert (report["export_day"], report["snapshot_day_from"]) == (day, told)


def test_what_lies_after_the_exports_day_is_not_done(load: Parse) -> None:
    """The day in the name decides, not the day of upload (2026-03-01)."""
    text = (
        "Id,Subject,StartDateTime,DurationInMinutes\n00U1G00000N38JZ,Demo,2026-01-31T20:00:00.000Z,45\n"
        "00U1G00000N38JY,Demo,2026-02-05T10:00:00.000Z,45\n"
    )
    assert load(text, "Event-2026-01-31.csv").rows("activities", "is_done") == [(True,), (False,)]
    assert load(text, "Event.csv").rows("activities", "is_done") == [(True,), (True,)]


@pytest.mark.parametrize("name", ["Müller – “Ñandú” à", "Спасибо рассрочка", "华为技术"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("taken_for", ["cp1252", "latin-1"])
def test_letters_encoded_twice_are_restored(load: Parse, name: str, mark: str, taken_for: str) -> None:
    """UTF-8 taken for a single-byte encoding and saved again; cp1252's undefined bytes pass as control characters."""
    once = f"{mark}id,name,city\n1,{name},x\n".encode()
    twice = "".join(bytes([b]).decode(taken_for, errors="ignore") or chr(b) for b in once)
    for bom in (b"", b"\xef\xbb\xbf"):
        parsed = load(bom + twice.encode(), mapping=ACCOUNTS)
        assert parsed.rows("accounts", "name") == [(name,)]
        assert any("encoded twice" in warning for warning in parsed.report["warnings"])


@pytest.mark.parametrize("name", ["Müller", "Ã la carte Ñandú", "Спасибо", "São Ção", "Ã¼ and ü", "Why???", "Plain"])
def test_sound_letters_stay(load: Parse, name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        parsed = load(f"id,name,city\n1,{name},x\n".encode(encoding), mapping=ACCOUNTS)
        assert parsed.rows("accounts", "name") == [(name,)]
        assert parsed.report["warnings"] == []


def test_letters_that_are_gone_are_told(load: Parse) -> None:
    rows = "".join(f"{n},???????,x\n" for n in range(5))
    (warning,) = load(f"id,name,city\n{rows}", mapping=ACCOUNTS).report["warnings"]
    assert "question marks" in warning
    (warning,) = load("id,name,city\n1,M\ufffdller,x\n", mapping=ACCOUNTS).report["warnings"]
    assert "1 characters were lost" in warning


def test_blanks_that_only_some_files_have_are_found_in_each_object_of_an_archive(load: Parse) -> None:
    """The first file is plain ASCII; the second has no-break spaces and line feeds around its cells."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.csv", "account_id,name,city\n1 , A,B\n")
        archive.writestr("2.csv", 'opportunity_id,name,stage\n1\u00a0,\u00a0A,"B\n"\n')
        archive.writestr("3.csv", "contact_id,name,email\n1 , A,b@c.com\n")
    parsed = load(packed.getvalue(), "all.zip")
    assert [r["status"] for r in parsed.reports] == ["loaded"] * 3
    assert parsed.rows("accounts", "account_id, name, city") == [("1", "A", "B")]
    assert parsed.rows("opportunities", "opportunity_id, name, stage", 1) == [("1", "A", "B")]
    assert parsed.rows("contacts", "contact_id, name, email", 2) == [("1", "A", "b@c.com")]
