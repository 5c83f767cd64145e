"""Whatever is wrong with a file, its mapping or an option: one sentence, the right exit code, nothing changed."""

import hashlib
import io
import subprocess
import sys
import zipfile

import pytest

from metrics.workspace import Workspace


def archive(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in members.items():
            target.writestr(f"{name}.csv", content)
    return packed.getvalue()


FILES = {
    "blank.csv": (b"\n\n   \n", "is empty"),
    "header.csv": (b"Record ID,Deal Name,Deal Stage,Amount\n", "a header and no rows"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
    "document.xlsx": (b"%PDF-1.4 ", "is a PDF document"),
    "workbook.xlsx": (b"PK\x03\x04rubbish", "damaged or cut off"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + bytes(600), "cannot be opened"),
    "page.xls": (b"<html><table></table></html>", "is a web page"),
    "nothing.zip": (archive(deals=""), "holds no table"),
    "text.zip": (b"hello,world\n1,2\n", "not those of a known export"),
}
MAPPINGS = {
    "[cols]\na = 'b'": "unknown section 'cols'",
    "table = 'opportunities'": "[columns] is empty",
    "table = 'opportunities'\n[columns]\nopportunity_id = 99": "column 99",
    "table = ['a']": "there is no table ['a']",
    "\x00\x01": "not TOML",
}
OPTIONS = {
    ("--dates", "dym"): (2, "--dates"),
    ("--decimal", "x"): (2, "--decimal"),
    ("--as-of", "31/01/2024"): (2, "--as-of"),
    ("--currency", "euro"): (2, "euro"),
    ("--no-such-option",): (2, "--no-such-option"),
    ("--as", "hubspot.dealz"): (3, "hubspot.dealz"),
    ("--as", "hubspot.deals"): (3, "hubspot.deals needs"),
}


def contents(workspace):
    """Every file of a workspace with a hash of what is in it."""
    return {
        str(path.relative_to(workspace)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in workspace.rglob("*")
        if path.is_file() and path.name != "lock"
    }


@pytest.fixture
def refused(run, loaded):
    """`refused(code, said, *arguments)`: it ends with that code and one sentence, and the workspace is as before."""

    def called(code, said, *arguments):
        before, snapshot = contents(loaded), Workspace(loaded).snapshot_id()
        ended = run("load", *arguments, "--workspace", loaded)
        assert ended.code == code
        assert said in ended.err
        assert ended.err.count("\n") == 1
        assert "Traceback" not in ended.err
        assert Workspace(loaded).snapshot_id() == snapshot
        assert contents(loaded) == before

    return called


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file(refused, tmp_path, name):
    content, said = FILES[name]
    (tmp_path / name).write_bytes(content)
    refused(3, said, tmp_path / name)


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_bad_mapping(refused, files, tmp_path, mapping):
    (tmp_path / "bad.toml").write_text(mapping, encoding="utf-8")
    refused(3, MAPPINGS[mapping], files / "deals.csv", "--mapping", tmp_path / "bad.toml")


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_a_bad_option(refused, files, options):
    code, said = OPTIONS[options]
    refused(code, said, files / "deals.csv", *options)


def test_a_file_that_is_not_there_or_is_a_directory(refused, tmp_path):
    refused(3, "cannot be read", tmp_path / "nowhere.csv")
    refused(3, "cannot be read", tmp_path)


def test_as_a_program(loaded, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    before = contents(loaded)
    done = subprocess.run(
        [sys.executable, "-m", "metrics", "load", str(tmp_path / "empty.csv"), "--workspace", str(loaded)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        3,
        "empty.csv: the file is empty. Export it again and check that it holds rows.\n",
    )
    assert contents(loaded) == before
