"""The files that a visitor has brought and not loaded yet, and what a check of each has found."""

import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import visit
from dashboard.loading.questions import SIGNS, Question, is_open, put_together
from metrics import AbmError, FileError, table

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".zip")
_FILES, _ROUND = "incoming.files", "incoming.round"
MOST_FILES = 200
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")  # of a currency, beside an amount or in its header
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
    header) are what the visitor said, `outcomes` what each new stage means, `decided` the headers whose likely meaning
    was confirmed or changed; `rest` are further sections of the mapping `remembered` from an earlier file.
    `found` is what the last check found (imports as the workspace reports them), `error` why it could not be checked,
    `asked` every question so far, `new_stages` those whose meaning nothing says, neither the file nor what is loaded,
    `order_from` the file beside it that tells the order of its stages, `uploaded` the directory that its copy is in,
    `loaded_as` the import that came of the same bytes, read in the same way."""

    name: str
    path: Path
    table: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    currency: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    rest: dict[str, Any] = field(default_factory=dict)
    remembered: str = ""
    asked: list[Question] = field(default_factory=list)
    new_stages: list[dict[str, Any]] = field(default_factory=list)
    order_from: str = ""
    uploaded: Uploaded | None = None
    found: list[Any] | None = None
    error: str = ""
    loaded_as: str = ""

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
        asked = sum(is_open(question, self.answers) for question in self.asked)
        own = self.asks_order + bool(self.likely) + self.asks_currency + len(self.open_stages)
        return needs_mapping + own + asked

    @property
    def unclear_amount(self) -> tuple[str, str] | None:
        """A sign of several currencies, and an amount of the file with it, where nothing says which of them it is."""
        columns = [column for part in self.found or () if part.status == "loaded" for column in part.columns]
        fed = [str(column["canonical"] or "") for column in columns]
        if any(name.endswith(".currency") for name in fed):
            return None
        for column, name in zip(columns, fed, strict=True):
            of, _, canonical = name.partition(".")
            if of and canonical in table(of) and table(of)[canonical].kind == "money":
                plain = [text for text in column["samples"] if not _CODE.search(f"{column['header']} {text}")]
                signed = [(sign, text) for text in plain for sign in SIGNS if sign in text.casefold()]
                if signed:
                    return signed[0]
        return None

    @property
    def asks_currency(self) -> bool:
        """Whether the visitor has to say which currency a sign means."""
        return not self.currency and self.unclear_amount is not None

    @property
    def likely(self) -> list[str]:
        """The headers whose meaning is likely and was neither confirmed nor changed: they are not loaded unasked."""
        columns = [column for part in self.found or () for column in part.columns]
        return [c["header"] for c in columns if c.get("proposed") and c["header"] not in self.decided]

    @property
    def open_stages(self) -> list[dict[str, Any]]:
        """The new stages of which nobody has said yet what they mean."""
        return [stage for stage in self.new_stages if stage["stage"] not in self.outcomes]

    def say_outcome(self, outcome: str, *stages: str) -> None:
        """What new stages mean. The file is read so once it is known of all of them."""
        self.outcomes |= dict.fromkeys(stages, outcome)
        if not self.open_stages:
            every = {s["stage"]: s["outcome"] or "open" for part in self.found or () for s in part.stages}
            self.stages = every | self.stages | self.outcomes
            self.found = None

    @property
    def is_refused(self) -> bool:
        """Whether no answer can make it load: it cannot be read, or every part is refused and asks nothing."""
        asks = self.questions or any(part.columns or part.status != "refused" for part in self.found or ())
        return self.found is not None and not asks

    @property
    def asks_order(self) -> bool:
        """Whether neither the file, nor another one beside it, nor what is loaded tells the order of its stages."""
        return not self.order_from and not all(
            stage.get("is_order_told", True) for part in self.found or () for stage in part.stages
        )

    @property
    def is_ready(self) -> bool:
        """Checked, every part of it can be loaded, and nobody loads a guessed order of stages unseen."""
        checked = bool(self.found) and all(one.status == "loaded" for one in self.found or ())
        return checked and not (self.asks_order or self.likely or self.open_stages or self.asks_currency)


def files() -> list[Incoming]:
    """The files brought so far, in order."""
    return st.session_state.setdefault(_FILES, [])


def uploader_key() -> str:
    """The uploader's key; a new one after each upload frees the memory of the old."""
    return f"uploader.{st.session_state.get(_ROUND, 0)}"


def take_uploads(uploads: Iterable[Any]) -> None:
    """Copy uploads to disk and empty the uploader; nothing of them stays in memory. Names on disk are made here, the
    file's own is kept as text."""
    uploaded = Uploaded()
    for position, upload in enumerate(uploads):
        path = uploaded.path / f"{position}{_suffix(upload.name)}"
        with path.open("wb") as target:
            shutil.copyfileobj(upload, target)
        _forget(upload)
        _add(Incoming(upload.name, path, uploaded=uploaded))
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _forget(upload: Any) -> None:
    """Streamlit holds an upload until its visitor leaves, whatever becomes of the uploader: it is taken out as
    Streamlit's own chat input does."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)


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
        _add(Incoming(one.name.encode("utf-8", "replace").decode(), one))  # a disk may hold names that are no text


def _add(incoming: Incoming) -> None:
    files().append(incoming)


def keep_only(some: list[Incoming]) -> None:
    """These stay, the others have been loaded."""
    files()[:] = some  # not a list anew: the session holds on to the one before


def drop_unchecked() -> None:
    """The files that were looked at stay, the others go."""
    keep_only([one for one in files() if one.found is not None])


def clear() -> None:
    keep_only([])


def check(incoming: Incoming, progress: Any = None) -> None:
    """Look what a load of the file would find, with what the visitor said so far."""
    _check(incoming, progress)
    if _remember(incoming):
        _check(incoming, progress)
    incoming.asked = put_together(incoming.asked, incoming.questions)
    incoming.loaded_as = _loaded_as(incoming)
    if not incoming.outcomes:
        incoming.new_stages = _new_stages(incoming)


def _loaded_as(incoming: Incoming) -> str:
    """The import in effect that is the same file, read in the same way; empty where none is."""
    said = incoming.as_loaded()
    for part in incoming.found or ():
        for kept in visit.workspace().imports():
            options = kept.options
            same = all(
                (options.get(name) or None) == (said[name] or None) for name in ("mapping", "answers", "currency")
            )
            if kept.status == "loaded" and kept.sha256 == part.sha256 and same:
                return str(kept.import_id)
    return ""


def look_at_each_other(some: list[Incoming]) -> None:
    """Which of the files waits for no answer on the order of its stages, because another one tells it."""
    for one in some:
        stages = [stage for part in one.found or () for stage in part.stages if stage["outcome"] == "open"]
        untold = {stage["stage"] for stage in stages if not stage.get("is_order_told", True)}
        others = (other for other in some if other is not one and untold and untold <= _told_stages(other))
        one.order_from = next((other.name for other in others), "")


def _told_stages(one: Incoming) -> set[str]:
    """The stages whose places a file tells."""
    return {s["stage"] for part in one.found or () for s in part.stages if s.get("is_order_told", True)}


def _check(incoming: Incoming, progress: Any) -> None:
    try:
        incoming.found = visit.workspace().load(**incoming.as_loaded(), dry_run=True, progress=progress)
        incoming.error = ""
    except AbmError as error:
        incoming.found, incoming.error = [], str(error)


def _new_stages(incoming: Incoming) -> list[dict[str, Any]]:
    """The stages of the file whose meaning neither it nor anything loaded tells, each once."""
    untold = [s for part in incoming.found or () for s in part.stages if not s.get("is_outcome_told", True)]
    return list({stage["stage"]: stage for stage in reversed(untold)}.values())[::-1]


def _remember(incoming: Incoming) -> bool:
    """Take over what was said of an earlier file with the same headers, where this one asks; whether anything was."""
    if incoming.remembered or incoming.columns or incoming.answers or incoming.stages:
        return False
    is_unknown = any(not question["choices"] for question in incoming.questions)
    parts = {(part.source, part.object) for part in incoming.found or ()}
    headers = {column["header"] for part in incoming.found or () for column in part.columns}
    for kept in reversed(visit.workspace().imports() if headers else []):
        mapping = kept.options.get("mapping") or {}
        columns = {_ACCOUNT.get(name, name): header for name, header in mapping.get("columns", {}).items()}
        if is_unknown:
            if not _fits(mapping.get("table"), columns, headers):
                continue
            incoming.table = mapping["table"]
        elif (kept.source, kept.object) not in parts or {column["header"] for column in kept.columns} != headers:
            continue
        incoming.columns, incoming.stages = columns, dict(mapping.get("stages", {}))
        incoming.currency = kept.options.get("currency") or ""
        incoming.rest = {part: mapping[part] for part in ("format", "constants") if part in mapping}
        incoming.answers = dict(kept.options.get("answers") or {})
        incoming.decided = set(columns.values())
        if not (columns or incoming.stages or incoming.answers or incoming.currency):
            return False
        incoming.remembered = kept.file
        return True
    return False


def _fits(name: str | None, columns: dict[str, Any], headers: set[str]) -> bool:
    """Whether that matching is of a file with these headers."""
    if not name or not columns:
        return False
    return set(columns.values()) <= headers and columns.keys() <= set(table(name).names)
