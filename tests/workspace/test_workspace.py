"""A workspace from the outside: load, look, take back, change settings and lists. The real worker reads the files."""

import json
import os
import stat
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from metrics import open_snapshot
from metrics.errors import FileError, QuestionError, WorkspaceError
from metrics.workspace import Workspace

DEALS = """id,company,phase,opened,closed,worth,area
d1,North,Won,2024-01-05,2024-02-01,100,East
d2,North,Talk,2024-01-10,2024-09-01,50,West
d3,South,Lost,2024-01-20,2024-03-01,70,East
"""
MAPPING = {
    "table": "opportunities",
    "columns": {
        "opportunity_id": "id",
        "account": "company",
        "stage": "phase",
        "opened_on": "opened",
        "closed_on": "closed",
        "amount": "worth",
    },
    "stages": {"Talk": "open", "Won": "won", "Lost": "lost"},
    "format": {"dates": "ymd", "currency": "EUR"},
}
ACCOUNTS = "name,tier\nNorth,1\nSouth,2\nWest,1\n"
ACCOUNT_MAPPING = {"table": "accounts", "columns": {"account_id": "name", "name": "name", "tier": "tier"}}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def write(directory: Path, text: str = DEALS, name: str = "deals.csv") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def load_deals(workspace, tmp_path, text=DEALS, **more):
    (found,) = workspace.load(write(tmp_path, text), mapping=MAPPING, **more)
    return found


def everything(directory: Path) -> set[str]:
    return {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()} - {"lock"}


def ask(workspace, sql):
    with duckdb.connect(str(workspace.current()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_load_answers_what_it_did_and_serves_it(workspace, tmp_path):
    phases = []
    found = load_deals(workspace, tmp_path, progress=lambda phase, done: phases.append((phase, done)))
    assert found.as_json() | {"loaded_at": "", "loaded_by": "", "export_day": ""} == {
        "import_id": "1",
        "file": "deals.csv",
        "source": "mapping",
        "object": "opportunities",
        "status": "loaded",
        "reason": None,
        "tables": {"opportunities": 3, "stages": 3},
        "questions": [],
        "issues": [],
        "warnings": [],
        "as_of": None,
        "rows": {"read": 3, "loaded": 3, "rejected": 0, "duplicate": 0, "blank": 0, "footer": 0},
        "mapping": found.mapping,
        "loaded_at": "",
        "loaded_by": "",
        "export_day": "",
    }
    assert ask(workspace, "SELECT opportunity_id, outcome FROM model.opportunities ORDER BY 1") == [
        ("d1", "won"),
        ("d2", "open"),
        ("d3", "lost"),
    ]
    assert workspace.tables()["opportunities"] == 3
    assert workspace.about()["as_of"] == "2024-03-01"
    assert phases[0][0] == "copy"
    assert phases[-1] == ("build", 1.0)
    assert all(0 <= done <= 1 for _, done in phases)


def test_the_core_opens_what_the_workspace_serves(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    snapshot = open_snapshot(workspace.current())
    assert snapshot.id == workspace.snapshot_id()
    assert snapshot.as_of.isoformat() == "2024-03-01"
    snapshot.close()


def test_the_same_file_with_the_same_mapping_changes_nothing(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    before, snapshot = everything(workspace.directory), workspace.snapshot_id()
    again = load_deals(workspace, tmp_path)
    assert (again.status, again.import_id) == ("unchanged", "1")
    assert (everything(workspace.directory), workspace.snapshot_id()) == (before, snapshot)


def test_one_file_feeds_two_tables_through_two_mappings(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    (found,) = workspace.load(
        tmp_path / "deals.csv", mapping={"table": "accounts", "columns": {"account_id": "company", "region": "area"}}
    )
    assert found.status == "loaded"
    assert ask(workspace, "SELECT account_id, is_derived FROM model.accounts ORDER BY 1") == [
        ("North", False),
        ("South", False),
    ]


def test_undo_gives_back_what_was_before(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    snapshot = workspace.snapshot_id()
    rows = ask(workspace, "SELECT * EXCLUDE (_import) FROM model.opportunities ORDER BY opportunity_id")
    newer = DEALS.replace("d2,North,Talk", "d2,North,Won").replace("d3", "d4")
    assert load_deals(workspace, tmp_path, newer).import_id == "2"
    assert ask(workspace, "SELECT count(*), count(*) FILTER (outcome = 'won') FROM model.opportunities") == [(4, 2)]
    taken = workspace.undo("2")
    assert (taken.import_id, taken.status, taken.rows["loaded"]) == ("2", "undone", 3)
    assert workspace.snapshot_id() == snapshot
    assert ask(workspace, "SELECT * EXCLUDE (_import) FROM model.opportunities ORDER BY opportunity_id") == rows
    assert [(one.import_id, one.status) for one in workspace.imports()] == [("1", "loaded"), ("2", "undone")]
    with pytest.raises(QuestionError, match="already taken back"):
        workspace.undo("2")
    assert load_deals(workspace, tmp_path, newer).import_id == "3"


def test_undoing_the_only_import_leaves_no_snapshot(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    workspace.undo("1")
    assert (workspace.current(), workspace.snapshot_id()) == (None, None)


def after(monkeypatch, days):
    """From here on the workspace tidies up, and puts back, as on a later day."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=days)

    monkeypatch.setattr("metrics.workspace.snapshots.datetime", Later)
    monkeypatch.setattr("metrics.workspace.undoing.datetime", Later)


def test_what_was_taken_back_can_be_put_back_for_a_month_and_is_gone_then(workspace, tmp_path, monkeypatch):
    """Deal d2 is won in the second upload only. Put back it is won again, and the snapshot is the one of before."""
    load_deals(workspace, tmp_path)
    load_deals(workspace, tmp_path, DEALS.replace("d2,North,Talk", "d2,North,Won"))
    both, rows = workspace.snapshot_id(), ask(workspace, "SELECT * FROM model.opportunities ORDER BY opportunity_id")
    (deals,) = workspace.compare("1", "2")
    assert (deals["new"], deals["changed"], deals["same"], deals["gone"], deals["columns"]) == (
        0,
        1,
        2,
        0,
        {"stage": 1},
    )
    with pytest.raises(QuestionError, match="are not kept"):
        workspace.compare("1", "9")
    workspace.undo("1")
    workspace.undo("2", by="Ana")
    assert [(one.status, bool(one.undone_at)) for one in workspace.imports()] == [("undone", True)] * 2
    assert workspace.redo("2").status == "loaded"
    assert workspace.redo("1").import_id == "1"
    assert workspace.snapshot_id() == both
    assert ask(workspace, "SELECT * FROM model.opportunities ORDER BY opportunity_id") == rows
    kinds = [(one["by"], one["name"], one["after"]) for one in workspace.changes() if one["kind"] == "import"]
    assert kinds[2] == ("Ana", "deals.csv", "taken back")
    assert [after for _, _, after in kinds] == ["in effect", "in effect", "taken back", "taken back"]
    with pytest.raises(QuestionError, match="was taken back"):
        workspace.redo("2")
    workspace.undo("2")
    after(monkeypatch, 29)
    Workspace(workspace.directory)
    assert workspace.redo("2").import_id == "2"
    workspace.undo("2")
    after(monkeypatch, 31)
    Workspace(workspace.directory)
    assert len(list((workspace.directory / "exports").iterdir())) == 1
    assert not list((workspace.directory / "batches" / "2").glob("*.parquet"))
    with pytest.raises(QuestionError, match="no longer kept"):
        workspace.redo("2")


def test_a_file_loaded_again_is_not_put_back_beside_itself(workspace, tmp_path):
    """The parts of an archive have its bytes in common: one of them that is in effect does not keep another away."""
    archive = tmp_path / "both.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("deals.csv", "Record ID,Deal Name,Deal Stage\n1,One,Won\n")
        zipped.writestr("companies.csv", "Record ID,Company name,Company Domain Name\n9,North,north.example\n")
    deals, companies = (one.import_id for one in workspace.load(archive))
    with pytest.raises(QuestionError, match="of the same object"):
        workspace.compare(deals, companies)
    workspace.undo(deals)
    assert workspace.redo(deals).status == "loaded"
    workspace.undo(deals)
    workspace.undo(companies)
    assert [one.import_id for one in workspace.load(archive)] == ["3", "4"]
    with pytest.raises(QuestionError, match="loaded again as import 3"):
        workspace.redo(deals)
    assert ask(workspace, "SELECT count(*) FROM model.opportunities") == [(1,)]


def test_what_is_put_back_is_read_as_files_are_read_by_then(workspace, tmp_path):
    """Two in the night of the 5th in UTC is the evening of the 4th in New York."""
    deals = DEALS.replace("2024-01-05", "2024-01-05T02:00:00Z")
    load_deals(workspace, tmp_path, deals)
    workspace.undo("1")
    workspace.change_settings({"time_zone": "America/New_York"})
    workspace.redo("1")
    opened = "SELECT CAST(opened_on AS VARCHAR) FROM model.opportunities WHERE opportunity_id = 'd1'"
    assert ask(workspace, opened) == [("2024-01-04",)]
    assert not any("time zone" in warning for warning in workspace.about()["warnings"])


@pytest.mark.parametrize("import_id", ["7", "x", "", "../1", "१"])
def test_an_unknown_import_is_a_wrong_question(workspace, tmp_path, import_id):
    load_deals(workspace, tmp_path)
    with pytest.raises(QuestionError, match="In effect are: 1"):
        workspace.undo(import_id)


def test_a_dry_run_writes_nothing(workspace, tmp_path):
    found = load_deals(workspace, tmp_path, dry_run=True)
    assert (found.status, found.import_id, found.rows["read"]) == ("loaded", None, 3)
    assert [column["header"] for column in found.columns] == [
        "id",
        "company",
        "phase",
        "opened",
        "closed",
        "worth",
        "area",
    ]
    assert not workspace.directory.exists()


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"", {}),
        (b"\x00\x01\x02\x03", {}),
        (DEALS.encode(), {}),
        (DEALS.encode(), {"mapping": {"table": "opportunities", "columns": {"stage": "x"}}}),
    ],
)
def test_a_refused_file_leaves_the_workspace_as_it_was(workspace, tmp_path, content, options):
    load_deals(workspace, tmp_path)
    before = everything(workspace.directory)
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    found = workspace.load(path, **options)
    assert [one.status for one in found] == ["refused"]
    assert found[0].reason
    assert everything(workspace.directory) == before


def test_rejected_rows_can_be_read_with_their_reasons(workspace, tmp_path):
    rows = "day,cost\n2024-01-01,10\nnot a day,20\n2024-01-03,none\n2024-01-04,5\n2024-01-05,6\n2024-01-06,7\n"
    (found,) = workspace.load(
        write(tmp_path, rows, "costs.csv"), mapping={"table": "spend", "columns": {"spent_on": "day", "amount": "cost"}}
    )
    frame = workspace.rejects(found.import_id)
    assert len(frame) == found.rows["rejected"] > 0
    assert list(frame.columns[:3]) == ["_row", "_reason", "_column"]
    assert set(frame["day"]) >= {"not a day"}
    with pytest.raises(QuestionError):
        workspace.rejects("9")


def test_a_path_that_is_not_there_is_the_files_fault(workspace, tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        workspace.load(tmp_path / "absent.csv")
    with pytest.raises(FileError, match="cannot be read"):
        workspace.load(tmp_path)
    with pytest.raises(FileError, match="not TOML"):
        workspace.load(write(tmp_path), mapping=write(tmp_path, "[columns", "m.toml"))
    with pytest.raises(QuestionError, match="not a day"):
        workspace.load(write(tmp_path), as_of="yesterday")


def test_the_name_on_disk_is_the_content_and_files_are_private(workspace, tmp_path):
    found = load_deals(workspace, tmp_path, name="../../evil\x00 name.csv")
    assert found.file.endswith("evil\x00 name.csv")
    assert [p.name for p in (workspace.directory / "exports").iterdir()] == [found.sha256]
    for path in workspace.directory.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o077 == 0, f"{path} is {mode:o}"


def test_the_as_of_day_given_at_loading_is_kept(workspace, tmp_path):
    assert load_deals(workspace, tmp_path, as_of="2024-02-15").as_of == "2024-02-15"
    assert workspace.about()["as_of"] == "2024-02-15"


def test_the_newest_as_of_day_that_was_given_stays_until_it_is_lifted(workspace, tmp_path):
    """Not the one given last: a later load without one, or with an older one, does not move the day."""
    load_deals(workspace, tmp_path, as_of="2024-02-15")
    load_deals(workspace, tmp_path, as_of="2024-01-31")
    load_deals(workspace, tmp_path)
    assert workspace.about()["as_of"] == "2024-02-15"
    (warning,) = [w for w in workspace.about()["warnings"] if "as-of" in w]
    assert "load any export again with a later as-of date" in warning
    load_deals(workspace, tmp_path, as_of="2024-03-31")
    assert workspace.about()["as_of"] == "2024-03-31"
    workspace.undo("4")
    assert workspace.about()["as_of"] == "2024-02-15"


def test_the_day_in_the_files_name_is_the_exports_day(workspace, tmp_path):
    """Closings after it are plans: the newest event is the opening of the 20th of January."""
    (found,) = workspace.load(write(tmp_path, name="deals_2024-01-31.csv"), mapping=MAPPING)
    assert (found.export_day, workspace.about()["as_of"]) == ("2024-01-31", "2024-01-20")


def test_settings_make_a_new_snapshot_and_can_be_taken_back(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    first = workspace.snapshot_id()
    workspace.change_settings({"margin": 0.7, "time_zone": "Europe/Madrid"})
    second = workspace.snapshot_id()
    workspace.change_settings({"window_days": 30})
    assert len({first, second, workspace.snapshot_id()}) == 3
    assert workspace.settings() == {"margin": 0.7, "time_zone": "Europe/Madrid", "window_days": 30}
    ((told,),) = ask(workspace, "SELECT value FROM model.about WHERE key = 'settings'")
    assert json.loads(told) == workspace.settings()
    assert ask(workspace, "SELECT value FROM model.about WHERE key = 'snapshot'") == [(workspace.snapshot_id(),)]
    workspace.change_settings(dict.fromkeys(workspace.settings()))
    assert workspace.snapshot_id() == first


def test_settings_before_the_first_load_hold_for_it(workspace, tmp_path):
    workspace.change_settings({"currency": "USD"})
    assert workspace.current() is None
    load_deals(workspace, tmp_path)
    assert workspace.about()["currency"] == "USD"


def test_target_lists(workspace, tmp_path):
    workspace.load(write(tmp_path, ACCOUNTS, "accounts.csv"), mapping=ACCOUNT_MAPPING)
    load_deals(workspace, tmp_path)
    assert workspace.targets() == []
    assert workspace.add_targets("north\nnobody\n", list="Pasted", since="2024-01-08") == {
        "list": "Pasted",
        "matched": 1,
        "unmatched": ["nobody"],
    }
    assert workspace.add_targets(rule="tier=1", list="Tier one")["matched"] == 2
    assert ask(workspace, "SELECT opportunity_id FROM model.opportunities WHERE target ORDER BY 1") == [
        ("d1",),
        ("d2",),
    ]
    assert workspace.targets() == [
        {"list": "Pasted", "accounts": 1, "since": "2024-01-08", "rules": [], "unmatched": 1, "kept": True},
        {"list": "Tier one", "accounts": 2, "since": None, "rules": ["tier=1"], "unmatched": 0, "kept": True},
    ]
    workspace.remove_targets("Tier one")
    assert ask(workspace, "SELECT opportunity_id FROM model.opportunities WHERE target ORDER BY 1") == [("d2",)]
    workspace.undo("2")
    assert [one["list"] for one in workspace.targets()] == ["Pasted"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [("industry=Mining", "No account has a value of “industry”"), ("tier=9", "No account fits “tier=9”"),
     ("tier=1 and name=Nobody", "No account fits")],
)  # fmt: skip
def test_a_rule_that_no_account_fits_is_not_kept(workspace, tmp_path, rule, reason):
    workspace.load(write(tmp_path, ACCOUNTS, "accounts.csv"), mapping=ACCOUNT_MAPPING)
    before = everything(workspace.directory)
    with pytest.raises(QuestionError, match=reason):
        workspace.add_targets(rule=rule, list="None")
    assert (workspace.targets(), everything(workspace.directory)) == ([], before)


def test_wrong_lists_change_nothing(workspace, tmp_path):
    workspace.load(write(tmp_path, ACCOUNTS, "accounts.csv"), mapping=ACCOUNT_MAPPING)
    before = everything(workspace.directory)
    for wrong in ({"rule": "colour=red"}, {"rule": "tier"}, {"keys": "  \n"}, {"keys": ["North"], "since": "soon"}):
        with pytest.raises(QuestionError):
            workspace.add_targets(**wrong)
    with pytest.raises(QuestionError):
        workspace.remove_targets("Nothing")
    assert everything(workspace.directory) == before


@pytest.mark.parametrize(
    ("content", "matched"),
    [
        ("North\nSouth\n", 2),
        ("\ufeffAccount Name,Score\nNorth,5\n", 1),
        ("Score;Company\n5;South\n7;West\n", 2),
        ("North\tx\nWest\ty\n", 2),
        ('"North"\r\n', 1),
    ],
)
def test_a_list_file_is_lines_or_a_table(workspace, tmp_path, content, matched):
    workspace.load(write(tmp_path, ACCOUNTS, "accounts.csv"), mapping=ACCOUNT_MAPPING)
    assert workspace.add_targets(file=write(tmp_path, content, "list.csv")) == {
        "list": "Target accounts",
        "matched": matched,
        "unmatched": [],
    }


def test_a_list_file_that_is_no_text_is_refused(workspace, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04\x00\x00")
    with pytest.raises(FileError, match="Save the list as CSV"):
        workspace.add_targets(file=path)
    path.write_bytes("North\n".encode("utf-16"))
    assert workspace.add_targets(file=path)["unmatched"] == ["North"]


def test_links_that_lead_nowhere_are_told_with_the_import(workspace, tmp_path):
    workspace.load(
        write(tmp_path, "name\nNorth\n", "accounts.csv"),
        mapping={"table": "accounts", "columns": {"account_id": "name"}},
    )
    (issue,) = load_deals(workspace, tmp_path).issues
    assert issue == {"kind": "account not found", "table": "opportunities", "column": "account_id", "n": 1, "rows": [4]}
    assert workspace.imports()[1].issues == [issue]


def test_the_snapshot_before_stays_for_those_who_read_it(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    first = workspace.current()
    load_deals(workspace, tmp_path, DEALS + "d4,West,Talk,2024-02-02,,5,East\n")
    assert first.is_file()
    workspace.change_settings({"margin": 0.5})
    assert not first.exists()
    assert len(list((workspace.directory / "snapshots").glob("*.duckdb"))) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_workspace_is_served_and_says_why_it_takes_nothing(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    for path in (workspace.directory, *workspace.directory.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        again = Workspace(workspace.directory)
        assert again.tables()["opportunities"] == 3
        with pytest.raises(WorkspaceError, match="cannot be written"):
            load_deals(again, tmp_path, DEALS + "d4,West,Talk,2024-02-02,,5,East\n")
    finally:
        for path in (workspace.directory, *workspace.directory.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_a_workspace_path_that_is_a_file_cannot_be_used(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot be"):
        load_deals(Workspace(write(tmp_path, name="occupied")), tmp_path)


def test_a_damaged_current_is_mended(workspace, tmp_path):
    load_deals(workspace, tmp_path)
    for damaged in ("nonsense", "", "7 abc\n", "1 abc\n"):
        (workspace.directory / "CURRENT").write_text(damaged)
        assert Workspace(workspace.directory).tables()["opportunities"] == 3
    for copy in ("json", "copy"):
        (workspace.directory / "snapshots" / f"1.{copy}").write_text(f"no {copy}")
    with pytest.raises(WorkspaceError, match="neither copy"):
        workspace.imports()


def test_a_large_snapshot_is_built_in_a_process_of_its_own(workspace, tmp_path, monkeypatch):
    """The same snapshot, told of step by step; where that process cannot end its work, nothing is changed."""
    load_deals(workspace, tmp_path)
    monkeypatch.setattr("metrics.workspace.apart.LARGE", 0)
    apart, phases = Workspace(tmp_path / "apart"), []
    load_deals(apart, tmp_path, progress=lambda phase, done: phases.append((phase, done)))
    assert apart.about() == workspace.about()
    assert phases[-1] == ("build", 1.0)
    assert len([phase for phase, _ in phases if phase == "build"]) > 10
    for table in ("opportunities", "stages", "accounts"):
        sql = f"SELECT * FROM model.{table} ORDER BY ALL"
        assert ask(apart, sql) == ask(workspace, sql)
    before = everything(apart.directory)
    monkeypatch.setattr("metrics.workspace.reading.MEMORY", 200 << 20)
    with pytest.raises(WorkspaceError, match=r"could not be built: .* ended early"):
        apart.change_settings({"currency": "USD"})
    assert everything(apart.directory) == before


def test_a_reader_that_is_stopped_by_its_limits_refuses_the_file(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr("metrics.workspace.reading.MEMORY", 200 << 20)
    found = load_deals(workspace, tmp_path)
    assert found.status == "refused"
    assert "Nothing was loaded" in found.reason
    assert workspace.current() is None
    assert not list((workspace.directory / "exports").iterdir())
