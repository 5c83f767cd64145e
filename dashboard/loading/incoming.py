"""The files that a visitor has brought and not loaded yet, and what a check of each has found."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.loading.questions import Question, is_open, put_together
from metrics import AbmError, FileError, table

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".zip")
_FILES, _ROUND = "incoming.files", "incoming.round"
MOST_FILES = 200
_ACCOUNT = {"account": "account_id"}  # a mapping file may use either


class Uploaded:
    """A directory of uploads; gone, with what is in it, once no file of it waits or is loaded any more, or the
    visitor has left."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="abm-upload-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass
class Incoming:
    """One file. `table`, `columns` (canonical column → header, "" for none), `stages`, `currency` and `answers` (by
    header) are what the visitor said; `rest` are further sections of the mapping `remembered` from an earlier file.
    `found` is what the last check found (imports as the workspace reports them), `error` why it could not be checked,
    `asked` every question so far, `uploaded` the directory that its copy is in."""

    name: str
    path: Path
    table: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    currency: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    remembered: str = ""
    asked: list[Question] = field(default_factory=list)
    uploaded: Uploaded | None = None
    found: list[Any] | None = None
    error: str = ""

    def mapping(self) -> dict[str, Any] | None:
        """What the visitor said, as a mapping file would: a whole one with `table`, else corrections."""
        if not self.columns and not self.stages:
            return None
        said: dict[str, Any] = {"table": self.table} if self.table else {}
        columns = {name: header for name, header in self.columns.items() if header or not self.table}
        said |= {"columns": columns} if columns else {}
        return said | ({"stages": self.stages} if self.stages else {}) | self.rest

    def as_loaded(self) -> dict[str, Any]:
        """The file and what was said of it, as arguments of a load."""
        return {"path": self.path, "name": self.name, "mapping": self.mapping(), "answers": self.answers,
                "currency": self.currency or None}  # fmt: skip

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What the last check asked, question by question."""
        return [question for one in self.found or () for question in one.questions]

    @property
    def open_questions(self) -> int:
        """How many questions the visitor has still to answer; what columns mean and the order of stages are such."""
        needs_mapping = any(not question["choices"] for question in self.questions)
        return needs_mapping + self.asks_order + sum(is_open(question, self.answers) for question in self.asked)

    @property
    def is_refused(self) -> bool:
        """Whether no answer can make it load: it cannot be read, or every part is refused and asks nothing."""
        asks = self.questions or any(part.columns or part.status != "refused" for part in self.found or ())
        return self.found is not None and not asks

    @property
    def asks_order(self) -> bool:
        """Whether the stages of a table matched by hand are in an order that nothing in it tells."""
        return any(
            part.source == "mapping" and not all(stage.get("is_order_told", True) for stage in part.stages)
            for part in self.found or ()
        )

    @property
    def is_ready(self) -> bool:
        """Checked, every part of it can be loaded, and nobody loads a guessed order of stages unseen."""
        checked = bool(self.found) and all(one.status == "loaded" for one in self.found or ())
        return checked and not self.asks_order


def files() -> list[Incoming]:
    """The files brought so far, in order."""
    return st.session_state.setdefault(_FILES, [])


def uploader_key() -> str:
    """The uploader's key; a new one after each upload frees the memory of the old."""
    return f"uploader.{st.session_state.get(_ROUND, 0)}"


def take_uploads(uploads: Iterable[Any]) -> None:
    """Copy uploads to disk and empty the uploader. Names on disk are made here, the file's own is kept as text."""
    uploaded = Uploaded()
    for position, upload in enumerate(uploads):
        path = uploaded.path / f"{position}{_suffix(upload.name)}"
        with path.open("wb") as target:
            shutil.copyfileobj(upload, target)
        _add(Incoming(upload.name, path, uploaded=uploaded))
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _suffix(name: str) -> str:
    suffix = Path(name.replace("\\", "/").replace("\0", "")).suffix.casefold()
    return suffix if suffix in SUFFIXES else ".csv"


def take_path(given: str) -> None:
    """A file, or all exports of a folder, on the server. FileError where there is nothing to load."""
    path = Path(given.strip()).expanduser()
    try:
        found = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    except OSError as error:
        raise FileError(f"{given}: cannot be read: {error.strerror}. Check the path and its permissions.") from None
    usable = [p for p in found if p.suffix.casefold() in SUFFIXES and p.is_file()]
    if not usable:
        raise FileError(f"{given}: no export there. Give a file or a folder with {', '.join(SUFFIXES)} files.")
    for one in usable[:MOST_FILES]:
        _add(Incoming(one.name, one))


def _add(incoming: Incoming) -> None:
    files().append(incoming)


def keep_only(some: list[Incoming]) -> None:
    """These stay, the others have been loaded."""
    files()[:] = some  # not a list anew: the session holds on to the one before


def clear() -> None:
    keep_only([])


def check(incoming: Incoming, progress: Any = None) -> None:
    """Look what a load of the file would find, with what the visitor said so far."""
    _check(incoming, progress)
    if any(not question["choices"] for question in incoming.questions) and _remember(incoming):
        _check(incoming, progress)
    incoming.asked = put_together(incoming.asked, incoming.questions)


def _check(incoming: Incoming, progress: Any) -> None:
    try:
        incoming.found = visit.workspace().load(**incoming.as_loaded(), dry_run=True, progress=progress)
        incoming.error = ""
    except AbmError as error:
        incoming.found, incoming.error = [], str(error)


def _remember(incoming: Incoming) -> bool:
    """Match an unknown file as an earlier one with the same headers was matched; whether there was one."""
    if incoming.columns:
        return False
    headers = {column["header"] for one in incoming.found or () for column in one.columns}
    for kept in reversed(visit.workspace().imports()):
        mapping = kept.options.get("mapping") or {}
        columns = {_ACCOUNT.get(name, name): header for name, header in mapping.get("columns", {}).items()}
        name = mapping.get("table")
        if name and columns and set(columns.values()) <= headers and columns.keys() <= set(table(name).names):
            incoming.table, incoming.columns = name, columns
            incoming.stages = dict(mapping.get("stages", {}))
            incoming.currency = kept.options.get("currency") or ""
            incoming.rest = {part: mapping[part] for part in ("format", "constants") if part in mapping}
            incoming.remembered = kept.file
            return True
    return False
