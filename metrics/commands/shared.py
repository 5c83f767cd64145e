"""What several commands share: their options, and the reading of what was typed."""

import os
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.errors import QuestionError, WorkspaceError
from metrics.spelling import did_you_mean

if TYPE_CHECKING:
    from metrics.engines import Snapshot
    from metrics.workspace import Workspace


class Form(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


DirectoryOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; default $ABM_WORKSPACE, else ./workspace."),
]


def _form(given: str) -> Form:
    """The form of that name; QuestionError where there is none."""
    try:
        return Form(given)
    except ValueError:
        known = [form.value for form in Form]
        raise QuestionError(
            f"--format: there is no form “{given}”.{did_you_mean(given, known)} Choose text, json or csv."
        ) from None


FormOption = Annotated[
    Form,
    typer.Option("--format", parser=_form, metavar="text|json|csv", help="For people, or for programs."),
]


def open_workspace(context: typer.Context, given: Path | None) -> "Workspace":
    """The workspace named after the command, before it, in the environment, or ./workspace."""
    from metrics.workspace import Workspace

    return Workspace(given or context.obj or Path(os.environ.get("ABM_WORKSPACE") or "workspace"))


def snapshot_in_use(workspace: "Workspace") -> "Snapshot | None":
    """The snapshot that the workspace serves; None before the first load."""
    from metrics.engines import open_snapshot

    path = workspace.current()
    return None if path is None else open_snapshot(path)


def loaded_snapshot(workspace: "Workspace") -> "Snapshot":
    """The snapshot in use; WorkspaceError where nothing has been loaded yet."""
    snapshot = snapshot_in_use(workspace)
    if snapshot is None:
        raise WorkspaceError(
            f"The workspace {workspace.directory} holds no data yet: load an export (`load FILE`) or the sample "
            "company (`sample`)."
        )
    if said := workspace.trouble():
        typer.echo(f"Note: {said}", err=True)
    return snapshot


def read_day(option: str, text: str | None) -> date | None:
    """The date of an option; QuestionError where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise QuestionError(f"{option}: “{text}” is not a date. Write it as 2026-01-31.") from None


def read_pairs(option: str, given: Iterable[str]) -> list[tuple[str, str]]:
    """NAME=VALUE pairs, split at the first “=”: a value may hold more of them."""
    pairs = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise QuestionError(f"{option}: “{text}” lacks its “=”. Write {option} NAME=VALUE.".replace("  ", " "))
        pairs.append((name.strip(), value))
    return pairs
