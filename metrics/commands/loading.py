"""Bringing exports in and taking them back: `load`, `imports`, `undo`, `redo`, `compare`, `rejects`…"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.goals import tell_goals
from metrics.commands.output import complain, say, say_table, write
from metrics.commands.shared import DirectoryOption, Form, FormOption, open_workspace, read_day, snapshot_in_use
from metrics.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from metrics.workspace import Import, Workspace

REFUSED = 3
_ANSWERED_BY = {"dates": "--dates", "decimal": "--decimal", "currency": "--currency",
                "rates": "--mapping FILE.toml with [format] rates =",
                "swapped": "--mapping FILE.toml with [questions] and, for each column,",
                "question": "--mapping FILE.toml with [questions] and, for each,",
                "scale": "--mapping FILE.toml with [questions] and, for each,"}  # fmt: skip
ImportArgument = Annotated[str, typer.Argument(metavar="IMPORT", help="An import's id; `imports` has them all.")]


def load(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="csv, tsv, xlsx, xls, or a zip of them.")],
    as_: Annotated[str | None, typer.Option("--as", metavar="SOURCE.OBJECT", help="What it is: hubspot.deals.")] = None,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Columns, and stages in order.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The day that the figures speak of.")] = None,
    dates: Annotated[str | None, typer.Option(metavar="dmy|mdy|ymd", help="Order of day and month.")] = None,
    decimal: Annotated[str | None, typer.Option(metavar=",|.", help="The decimal sign.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="EUR", help="The currency of the amounts.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; load nothing.")] = False,
    form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Recognise, check and load exports, each all or nothing."""
    kept = open_workspace(context, workspace)
    options = {
        "as_": as_, "mapping": mapping, "as_of": read_day("--as-of", as_of),
        "dates": _one_of("--dates", dates, ("dmy", "mdy", "ymd")), "decimal": _one_of("--decimal", decimal, (",", ".")),
        "currency": currency,
    }  # fmt: skip
    with _progress(files[0].name if len(files) == 1 else f"{len(files)} files") as progress:
        if dry_run:
            found = [one for file in files for one in _checked(kept, file, options, progress)]
        else:
            found = kept.load_all([{"path": file, **options} for file in files], progress)
    _report(kept, found, form, is_dry=dry_run)
    if form is Form.TEXT and not dry_run:
        tell_goals(kept, found)


def _checked(
    kept: "Workspace", file: Path, options: dict[str, Any], progress: "Callable[[str, float], None] | None"
) -> "list[Import]":
    from metrics.workspace import Import

    try:
        return kept.load(file, **options, dry_run=True, progress=progress)
    except FileError as error:
        return [Import(None, file.name, None, None, "refused", str(error))]


def _one_of(option: str, given: str | None, choices: tuple[str, ...]) -> str | None:
    if given is not None and given not in choices:
        raise typer.BadParameter(f"“{given}” is not one of {', '.join(choices)}.", param_hint=option)
    return given


@contextmanager
def _progress(label: str) -> Iterator["Callable[[str, float], None] | None"]:
    """A bar on a terminal, on standard error; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(escape(label), total=1.0)
        yield lambda phase, done: bar.update(task, description=escape(f"{label}: {phase}"), completed=done)


def _report(kept: "Workspace", imports: "list[Import]", form: Form, *, is_dry: bool = False) -> None:
    found, as_of = [one.as_json() for one in imports], _as_of(kept)

    def text() -> None:
        _tell_imports(found, is_dry=is_dry)
        for one in imports:
            _tell_rejected(kept, one)
            _tell_unknown_stages(one)
        _tell_as_of(as_of)

    write(form, {"imports": found, "as_of": as_of}, lambda: found, text)
    refused = [one for one in found if one["status"] == "refused"]
    for one in refused:
        complain(_why(one))
    if refused:
        raise typer.Exit(REFUSED)


def _as_of(kept: "Workspace") -> str | None:
    snapshot = snapshot_in_use(kept)
    return snapshot.as_of.isoformat() if snapshot else None


def _why(one: dict[str, Any]) -> str:
    """The reason, and for each kind of open question the option that answers it."""
    reason = str(one.get("reason") or "refused")
    asked = {
        question["kind"]: " or ".join(
            f'"{choice}"' if " " in str(choice) else str(choice) for choice in question["choices"]
        )
        for question in one.get("questions") or ()
    }
    answers = [
        f"Answer with {_ANSWERED_BY.get(kind, '--mapping FILE.toml')}{' ' * bool(choices)}{choices}."
        for kind, choices in asked.items()
    ]
    return " ".join([reason if reason.startswith(one["file"]) else f"{one['file']}: {reason}", *answers])


def _tell_rejected(kept: "Workspace", one: "Import") -> None:
    """Why rows of a loaded file were rejected, and where they are."""
    if one.import_id is None or one.status != "loaded" or not one.rows["rejected"]:
        return
    reasons = kept.rejects(one.import_id)["_reason"].value_counts()
    told = ", ".join(f"{n:,} × {reason}" for reason, n in reasons.items())
    say(f"{one.file}: rejected {told}. `rejects {one.import_id}` has the rows.")


def _tell_unknown_stages(one: "Import") -> None:
    """The stages that nothing tells the meaning of, with what they are taken for, and how to say otherwise."""
    taken: dict[str, list[str]] = {}
    for stage in one.stages:
        if one.status != "unchanged" and not stage.get("is_outcome_told", True):
            taken.setdefault(stage["outcome"], []).append(stage["stage"])
    for outcome, stages in taken.items():
        say(
            f"{one.file}: nothing tells what these stages mean; they are taken as {outcome}: "
            f"{', '.join(dict.fromkeys(stages))}. Say otherwise under [stages] in --mapping FILE.toml."
        )


def _tell_imports(found: list[dict[str, Any]], *, is_dry: bool = False) -> None:
    """What was found in files, and made of them; of a dry run, what a load would make of them."""
    would = {"loaded": "would load"} if is_dry else {}
    counts = ("read", "loaded", "rejected", "duplicate", "blank", "footer")
    heads = [would.get(count, count) for count in counts]
    say_table(
        ("import", "file", "recognised as", "status", *heads),
        (
            (one.get("import_id"), one["file"], _recognised(one), would.get(one["status"], one["status"]),
             *((one.get("rows") or {}).get(count) for count in counts))
            for one in found
        ),
        numbers=heads,
    )  # fmt: skip
    for one in found:
        for change in one.get("changes") or ():
            say(f"{one['file']}: {_changes(change)}.")
        for issue in one.get("issues") or ():
            rows = ", ".join(map(str, issue.get("rows") or ()))
            say(
                f"{one['file']}: {issue['n']:,} × {issue['kind']} in {issue.get('column') or 'the file'} (rows {rows}…)"
            )
        for warning in one.get("warnings") or ():
            say(warning if warning.startswith(one["file"]) else f"{one['file']}: {warning}")


def _tell_as_of(as_of: str | None) -> None:
    if as_of:
        say("", f"As of {as_of}")


def _tell_history(found: list[dict[str, Any]], as_of: str | None) -> None:
    """Every import with when and by whom it was loaded."""
    if not found:
        say("No import yet: `load FILE…` brings an export in, `sample` the sample company.")
        return
    counts = ("read", "loaded", "rejected", "duplicate")
    say_table(
        ("import", "file", "recognised as", "status", "on (UTC)", "by", *counts),
        (
            (one["import_id"], one["file"], _recognised(one), one["status"],
             str(one["loaded_at"])[:16].replace("T", " "), one["loaded_by"], *(one["rows"][count] for count in counts))
            for one in found
        ),
        numbers=counts,
    )  # fmt: skip
    _tell_as_of(as_of)


def _changes(change: dict[str, Any]) -> str:
    """What a dry run tells of one table: its rows now and then, and what is new, changed and gone."""
    return f"{change['table']} would go from {change['now']:,} rows to {change['then']:,}: {_counts(change)}"


def _counts(change: dict[str, Any]) -> str:
    told = f"{change['new']:,} new, {change['changed']:,} changed, {change['same']:,} the same"
    return told + (f", {change['gone']:,} of the earlier export not in it" if change["gone"] else "")


def _recognised(one: dict[str, Any]) -> str | None:
    parts = [part for part in (one.get("source"), one.get("object")) if part]
    return ".".join(parts) if parts else None


def imports(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were taken back.")] = False,
    form: FormOption = Form.TEXT,
    workspace: DirectoryOption = None,
) -> None:
    """List what has been loaded, newest last."""
    kept = open_workspace(context, workspace)
    found, as_of = _history(kept, everything), _as_of(kept)
    write(form, {"imports": found, "as_of": as_of}, lambda: found, lambda: _tell_history(found, as_of))


def _history(kept: "Workspace", everything: bool = False) -> list[dict[str, Any]]:
    return [one.as_json() for one in kept.imports() if everything or one.status != "undone"]


def undo(
    context: typer.Context, import_id: ImportArgument, form: FormOption = Form.TEXT, workspace: DirectoryOption = None
) -> None:
    """Take one import back, as if it had never been loaded."""
    kept = open_workspace(context, workspace)
    kept.undo(import_id)
    (undone,) = (one.as_json() for one in kept.imports() if one.import_id == import_id)
    rest, as_of = _history(kept), _as_of(kept)

    def text() -> None:
        say(f"Import {import_id} was taken back: {undone['file']}, {undone['rows']['loaded']:,} rows.")
        if rest:
            _tell_history(rest, as_of)
        else:
            say("It was the only one: the workspace is empty again.")

    write(form, {"imports": rest, "as_of": as_of, "undone": undone}, lambda: rest, text)


def redo(
    context: typer.Context, import_id: ImportArgument, form: FormOption = Form.TEXT, workspace: DirectoryOption = None
) -> None:
    """Put an import that was taken back in its old place again."""
    kept = open_workspace(context, workspace)
    redone = kept.redo(import_id).as_json()
    rest, as_of = _history(kept), _as_of(kept)

    def text() -> None:
        say(f"Import {import_id} is in effect again: {redone['file']}, {redone['rows']['loaded']:,} rows.")
        _tell_history(rest, as_of)

    write(form, {"imports": rest, "as_of": as_of, "redone": redone}, lambda: rest, text)


def compare(
    context: typer.Context,
    older: Annotated[str, typer.Argument(metavar="OLDER", help="The id of an import.")],
    newer: Annotated[str, typer.Argument(metavar="NEWER", help="The id of a later one of the same object.")],
    form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Tell what became of the rows of one import in another: new, changed column by column, gone."""
    found = open_workspace(context, workspace).compare(older, newer)
    rows = [{"table": one["table"], **row} for one in found for row in one["rows"]]

    def text() -> None:
        for one in found:
            columns = ", ".join(f"{name} {n:,}" for name, n in one["columns"].items())
            say(f"{one['table']}: {_counts(one)}{f' ({columns})' if columns else ''}")
        if rows:
            say_table(list(rows[0]), (list(row.values()) for row in rows))

    write(form, {"older": older, "newer": newer, "changes": found}, lambda: rows, text)


def rejects(
    context: typer.Context, import_id: ImportArgument, form: FormOption = Form.TEXT, workspace: DirectoryOption = None
) -> None:
    """List the rejected rows of an import, with reasons."""
    from metrics.answer import plain

    frame = open_workspace(context, workspace).rejects(import_id)
    found = [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]

    def text() -> None:
        if found:
            say_table(list(found[0]), (list(row.values()) for row in found))
        else:
            say("No row was rejected.")

    write(form, {"import_id": import_id, "rejects": found}, lambda: found, text)


def sample(context: typer.Context, form: FormOption = Form.TEXT, workspace: DirectoryOption = None) -> None:
    """Load the sample company into a new workspace."""
    from metrics.sample import load_sample

    kept = open_workspace(context, workspace)
    with _progress("sample company") as progress:
        loaded: list[Import] = load_sample(kept, progress=progress)
    _report(kept, loaded, form)
