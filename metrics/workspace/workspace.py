"""The workspace: what is kept of the exports, and which snapshot is served.

Killed anywhere, the old snapshot is served: an import counts only once CURRENT names a state that has it.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from metrics.errors import QuestionError, WorkspaceError
from metrics.model import TABLES
from metrics.workspace import loading, rereading, snapshots, soundness, undoing
from metrics.workspace.changes import noted
from metrics.workspace.imports import Import, read_import
from metrics.workspace.lock import hold, who
from metrics.workspace.segments import Filters, drop_segment, keep_segment, kept_segments
from metrics.workspace.state import Manner, State, manner_of, read_state
from metrics.workspace.target_lists import new_list, read_keys, read_keys_file, shown_lists
from metrics.workspace.typed_goals import drop_goal, keep_goal

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, float], None]
DEFAULT_LIST = "Target accounts"


def _silent(phase: str, done: float) -> None:  # noqa: ARG001 - takes what a listener takes
    return


class Workspace:
    """A directory of exports, batches and snapshots. Reading never waits; one process writes at a time.

    Opening one builds its snapshot again where an older release built it; WorkspaceError where a newer one did.
    """

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)
        snapshots.tidy_if_free(self.directory)
        soundness.renew(self.directory)

    def load(
        self,
        path: Path | str,
        *,
        name: str | None = None,
        as_: str | None = None,
        mapping: Mapping[str, Any] | Path | str | None = None,
        as_of: date | str | None = None,
        dates: str | None = None,
        decimal: str | None = None,
        currency: str | None = None,
        dry_run: bool = False,
        answers: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[Import]:
        """Recognises, checks and loads a file, all of its objects or none; one import for each object.

        `name` is the file's own name where `path` is a temporary one; `mapping` a mapping file or what it says;
        `answers` the answers to earlier questions by column. `dry_run` keeps nothing, and tells what a load would
        change (`differences`). A refused file changes nothing: its imports say why (status `refused`), or what must be
        answered. FileError for a path that cannot be read.
        """
        source = loading.source(path, name, as_, mapping, as_of, dates, decimal, currency, answers)
        listen = progress or _silent
        manner = self._manner()
        if dry_run:
            with tempfile.TemporaryDirectory(prefix="abm-check-") as scratch:
                return loading.check(self.directory, source, Path(scratch), manner, listen)
        source.require()
        return self._load([source], manner, listen)

    def load_all(self, exports: Sequence[Mapping[str, Any]], progress: Progress | None = None) -> list[Import]:
        """`load` of several files at once: each all or nothing, read two at a time, with one build for all of them.

        Each of `exports` has `path` and any of the other arguments of `load`, `dry_run` and `progress` apart. A file
        that cannot be read is refused like any other. Every import, in the order of the files.
        """
        sources = [loading.source(**export) for export in exports]
        return self._load(sources, self._manner(), progress or _silent)

    def _load(self, sources: Sequence[loading.Source], manner: Manner, progress: Progress) -> list[Import]:
        names = ", ".join(source.name for source in sources[:3]) + ("…" if len(sources) > 3 else "")
        with hold(self.directory, f"loading {names}"):
            soundness.ready(self.directory)
            return loading.load(self.directory, sources, manner, progress)

    def _manner(self) -> Manner:
        return manner_of(self.settings())

    def imports(self) -> list[Import]:
        """Every import, those taken back too (status `undone`), in the order of loading."""
        state = read_state(self.directory)
        found = {n: read_import(state.batch(self.directory, n)) for n in (*state.imports, *map(int, state.undone))}
        return [
            replace(kept, status="undone", undone_at=state.undone[str(n)])
            if str(n) in state.undone
            else loading.with_issues(kept, state)
            for n, kept in sorted(found.items())
        ]

    def undo(self, import_id: str, progress: Progress | None = None, *, by: str = "") -> Import:
        """Takes one import back, as if it had never been loaded; that import, as it was loaded."""
        with hold(self.directory, f"undoing import {import_id}"):
            number = self._number(import_id, read_state(self.directory))
            return undoing.undo(self.directory, number, by or who(), progress or _silent)

    def redo(self, import_id: str, progress: Progress | None = None, *, by: str = "") -> Import:
        """Puts an import that was taken back in its old place again; that import. QuestionError where it cannot be."""
        with hold(self.directory, f"putting import {import_id} back"):
            return undoing.redo(self.directory, import_id, by or who(), progress or _silent)

    def compare(self, older: str, newer: str) -> list[dict[str, Any]]:
        """What became of the rows of one import in another one of the same object, table by table: `table`, `now` (rows
        of the older), `new`, `changed`, `same`, `gone`, `columns` (column → rows that change in it), and `rows`: each
        change, at most 1,000 of a kind. QuestionError where they are not of one object, or no longer kept."""
        state = read_state(self.directory)
        first, second = (undoing.kept(self.directory, state, one) for one in (older, newer))
        if (first.source, first.object) != (second.source, second.object):
            raise QuestionError(
                f"{first.file} and {second.file} are not exports of the same object. Choose two that are."
            )
        return loading.compare(self.directory, int(first.import_id or 0), int(second.import_id or 0))

    def rejects(self, import_id: str) -> "pd.DataFrame":
        """The rejected rows of an import, their reasons and columns in front, in the file's own columns."""
        state = read_state(self.directory)
        return loading.read_rejects(state.batch(self.directory, self._number(import_id, state)))

    def tables(self) -> dict[str, int]:
        """The rows of every canonical table."""
        counts = soundness.served(self.directory)[0].tables
        return {t.name: counts.get(t.name, 0) for t in TABLES}

    def settings(self) -> dict[str, Any]:
        """The settings that were changed, by name."""
        return dict(read_state(self.directory).settings)

    def change_settings(self, changes: Mapping[str, Any], progress: Progress | None = None, *, by: str = "") -> None:
        """Changes settings; None takes a change back. The caller has checked names and values.

        Another time zone reads every file again, since it decides the day of a time stamp, and scoring texts or no
        longer those that hold texts: all of them or none.
        """
        listen = progress or _silent
        with hold(self.directory, "changing settings"):
            state = soundness.ready(self.directory)
            settings = {n: v for n, v in {**state.settings, **changes}.items() if v is not None}
            if settings == state.settings:
                return
            changed = replace(state, settings=settings)
            for name in sorted({n for n in changes if state.settings.get(n) != settings.get(n)}):
                changed = noted(changed, "setting", name, state.settings.get(name), settings.get(name), by or who())
            try:
                if manner_of(settings) != manner_of(state.settings):
                    changed = rereading.in_manner(self.directory, changed, manner_of(settings), listen)
                snapshots.put_in_effect(self.directory, changed, listen)
            finally:
                snapshots.tidy(self.directory)

    def targets(self) -> list[dict[str, Any]]:
        """Every target list: `list`, `accounts`, `since`, `rules`, `unmatched`, and `kept`: can be removed."""
        state = read_state(self.directory)
        return shown_lists(state.about, state.targets)

    def add_targets(
        self,
        keys: Sequence[str] | str | None = None,
        *,
        file: Path | str | None = None,
        rule: str | None = None,
        list: str = DEFAULT_LIST,
        since: date | str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Adds accounts to a target list, by keys (or a paste of them), a file or a rule.

        Answers `list`, `matched` (accounts) and `unmatched` (keys). QuestionError for an empty list or an unknown rule.
        """
        if file is not None:
            keys = read_keys_file(Path(file))
        elif isinstance(keys, str):
            keys = read_keys(keys)
        added = new_list(keys, rule, list, since)
        with hold(self.directory, "changing target lists"):
            state = soundness.ready(self.directory)
            kept = tuple(one for one in state.targets if one != added)
            said = rule if rule is not None else f"{len(added.get('keys', ())):,} keys"
            changed = noted(replace(state, targets=(*kept, added)), "list", list, None, said, who())
            return snapshots.put_targets_in_effect(self.directory, changed, progress or _silent)

    def remove_targets(self, list: str, progress: Progress | None = None) -> None:
        """Removes a kept target list; QuestionError where none has that name."""
        with hold(self.directory, "changing target lists"):
            state = soundness.ready(self.directory)
            kept = tuple(one for one in state.targets if one["list"] != list)
            if len(kept) == len(state.targets):
                raise QuestionError(
                    f"There is no kept target list “{list}”. Lists from a file's column go with their import."
                )
            gone = len(state.targets) - len(kept)
            changed = noted(replace(state, targets=kept), "list", list, f"{gone} kept", None, who())
            snapshots.put_in_effect(self.directory, changed, progress or _silent)

    def segments(self) -> list[dict[str, Any]]:
        """Every kept segment by its name: `name`, `filters` (dimension → values), `saved_at` (UTC), `saved_by`."""
        return kept_segments(self.directory)

    def save_segment(self, name: str, filters: Filters, *, by: str = "") -> dict[str, Any]:
        """Keeps filters under a name, in place of an earlier segment of that name. `by`: who does, if known.

        QuestionError without a name or without a filter. The snapshot in use stays as it is.
        """
        return keep_segment(self.directory, name, filters, by or who())

    def remove_segment(self, name: str) -> None:
        """Removes a kept segment; QuestionError where none has that name."""
        drop_segment(self.directory, name)

    def goals(self) -> list[dict[str, Any]]:
        """Every typed goal: `metric`, `starts_on`, `ends_on` (ISO or None), `dimension`, `segment`, `value`, `set_at`
        (UTC), `set_by`. Those of loaded files are rows of the table goals."""
        return [dict(goal) for goal in read_state(self.directory).goals]

    def set_goal(self, goal: Mapping[str, Any], *, by: str = "", progress: Progress | None = None) -> dict[str, Any]:
        """Keeps a goal in place of one for the same metric, days and segment, a loaded one too. The caller has checked
        it (`metrics.read_goal`)."""
        return keep_goal(self.directory, goal, by or who(), progress or _silent)

    def remove_goal(self, goal: Mapping[str, Any], *, by: str = "", progress: Progress | None = None) -> None:
        """Removes a typed goal; QuestionError where there is none for this metric, days and segment."""
        drop_goal(self.directory, goal, by or who(), progress or _silent)

    def changes(self) -> list[dict[str, Any]]:
        """Who changed which setting, goal or target list, the latest first: `at` (UTC), `by`, `kind`, `name`,
        `before`, `after` (None: there was none, or the default)."""
        return [dict(change) for change in reversed(read_state(self.directory).changes)]

    def current(self) -> Path | None:
        """The snapshot in use, or the last sound one where that is damaged (`trouble`); None before the first load."""
        state, _ = soundness.served(self.directory)
        return state.snapshot(self.directory) if state.imports else None

    def trouble(self) -> str | None:
        """What is wrong with what is kept, what is served meanwhile and what to do; None where nothing is."""
        return soundness.served(self.directory)[1]

    def snapshot_id(self) -> str | None:
        """The id of the snapshot that is served: the same for the same imports and settings."""
        state, _ = soundness.served(self.directory)
        return state.about.get("snapshot") if state.imports else None

    def about(self) -> dict[str, Any]:
        """What the snapshot that is served says of itself: as-of day, currency, quality…; empty before any load."""
        return dict(soundness.served(self.directory)[0].about)

    def _number(self, import_id: str, state: State) -> int:
        if import_id.isascii() and import_id.isdigit() and int(import_id) in state.imports:
            return int(import_id)
        known = ", ".join(map(str, state.imports)) or "none"
        if import_id in state.undone:
            raise QuestionError(f"Import {import_id} was already taken back. In effect are: {known}.")
        raise QuestionError(f"There is no import “{import_id}”. In effect are: {known}.")


__all__ = ["DEFAULT_LIST", "Workspace", "WorkspaceError"]
