"""The Import tab: bring files, see what each is and why, match its columns, answer its questions, load."""

import streamlit as st

from dashboard import visit, work
from dashboard.cards.heads import card_head
from dashboard.cards.welcome import primary, sample_button
from dashboard.loading import incoming
from dashboard.loading.incoming import Incoming
from dashboard.loading.matching import because, matching_card, recognised_as, refusal
from dashboard.loading.side import lower_cards, upper_cards
from dashboard.text import numbers, safe, say
from metrics import AbmError

PHASES = ("copy", "read", "recognise", "convert", "write")
"""Of a check, in order."""


def import_tab() -> None:
    """The whole tab. What comes and goes above the columns has a place in every run: fields that move within the page
    are drawn anew, and an edit begun in one of them would be lost."""
    with st.container():
        _result()
    files = incoming.files()
    if not files:
        _bring()
        return
    _check_all(files)
    incoming.look_at_each_other(files)
    ready = [one for one in files if one.is_ready]
    waiting = len(files) - len(ready)
    st.header(safe.for_markdown(_sentence(files, waiting)), anchor=False)
    _steps(files)
    _overview(files)
    chosen = _chosen(files)
    with st.container():
        upper_cards(chosen)
    is_changed = matching_card(chosen)
    lower_cards(chosen)
    _load_row(files, [one for one in ready if one is not chosen or not is_changed], is_changed)
    with st.expander(say("load.more")):
        _bring_widgets()


def _bring() -> None:
    st.header(say("load.sentence" if visit.has_data() else "welcome.sentence"), anchor=False)
    with st.container(border=True):
        card_head(say("load.bring"), say("welcome.files"))
        _bring_widgets()
    if not visit.has_data():
        with st.container(border=True):
            card_head(say("load.sample_title"), say("load.sample_caption"))
            sample_button()


def _bring_widgets() -> None:
    uploads = st.file_uploader(
        say("load.files"), accept_multiple_files=True, type=[s.removeprefix(".") for s in incoming.SUFFIXES],
        key=incoming.uploader_key(),
    )  # fmt: skip
    if uploads:
        incoming.take_uploads(uploads)
        st.rerun()
    with st.form("load.path", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.text_input(say("load.path"), placeholder=say("load.path_example"))
        if st.form_submit_button(say("load.take"), icon=":material/folder_open:") and path.strip():
            try:
                incoming.take_path(path)
            except AbmError as error:
                st.error(safe.for_markdown(error))
            else:
                st.rerun()


def _check_all(files: list[Incoming]) -> None:
    """Check what has not been checked yet, or has changed. Whatever is pressed meanwhile ends it: the page tells how
    far it is, and Streamlit breaks off there."""
    place = st.empty()
    todo = [one for one in files if one.found is None]
    if not todo:
        return
    with place.container():
        bar = st.progress(0.0, text=say("load.checking", name=safe.for_markdown(todo[0].name)))
        st.button(say("work.stop"), on_click=incoming.drop_unchecked, key="import.stop", icon=":material/stop_circle:")
    for position, one in enumerate(todo):

        def told(phase: str, done: float, position: int = position, name: str = one.name) -> None:
            share = (PHASES.index(phase) + min(done, 1.0)) / len(PHASES) if phase in PHASES else 0.0
            share = min((position + share) / len(todo), 1.0)
            bar.progress(share, text=say("load.checking", name=safe.for_markdown(name)))

        told(PHASES[0], 0.0)
        incoming.check(one, told)
    place.empty()


def _sentence(files: list[Incoming], waiting: int) -> str:
    rows = sum(one.rows["loaded"] for file in files if file.is_ready for one in file.found or ())
    read = sum(one.rows["read"] for file in files if file.is_ready for one in file.found or ())
    counts = {"loaded": numbers.count(rows), "read": numbers.count(read)}
    if len(files) == 1 and not waiting:
        if files[0].loaded_as:
            return say("load.same_one", name=safe.shorten_file(files[0].name, 48), id=files[0].loaded_as)
        return say("load.ready_one", name=safe.shorten_file(files[0].name, 48), **counts)
    if not waiting:
        return say("load.ready", n=len(files), **counts)
    if len(files) == 1:
        return say(
            "load.refused_one" if files[0].is_refused else "load.waits_one", name=safe.shorten_file(files[0].name, 48)
        )
    refused = sum(file.is_refused for file in files)
    if refused == waiting:
        return say("load.refused_some", n=refused, ready=len(files) - refused, files=len(files))
    if refused:
        return say("load.waits_refused", waiting=waiting - refused, files=len(files), n=refused)
    return say("load.waits", n=len(files), waiting=waiting)


def _steps(files: list[Incoming]) -> None:
    """File, columns, check, load: what is done, and what is to be done now."""
    known = sum(bool(one.found) and all(part.source for part in one.found or ()) for one in files)
    columns = [column for one in files for part in one.found or () for column in part.columns]
    certain = sum(column["certainty"] == "certain" for column in columns)
    questions = sum(one.open_questions for one in files)
    done = [known == len(files), not any(_needs_mapping(one) for one in files), questions == 0]
    words = [
        say("load.steps.file", known=known, n=len(files)), say("load.steps.columns", certain=certain, n=len(columns)),
        say("load.steps.check", n=questions), say("load.steps.load"),
    ]  # fmt: skip
    now = next((i for i, is_done in enumerate(done) if not is_done), 3)
    if all(one.is_refused for one in files):
        done = [False] * len(done)
    with st.container(horizontal=True, gap="medium"):
        for position, text in enumerate(words):
            done_here = position < 3 and done[position]
            icon = (
                ":green[:material/check_circle:]"
                if done_here
                else (":blue[:material/radio_button_checked:]" if position == now else ":gray[:material/circle:]")
            )
            if position == 0 and any(one.is_refused for one in files):
                icon = ":red[:material/cancel:]"
            st.markdown(f"{icon} {text}", width="content")


def _needs_mapping(one: Incoming) -> bool:
    return any(question["kind"] == "mapping" for question in one.questions)


def _overview(files: list[Incoming]) -> None:
    """Where there are several: each file, what it is, and whether it can be loaded."""
    if len(files) < 2:
        return
    rows = [
        {
            say("load.table.file"): safe.shorten_file(one.name, 34), say("load.table.is"): recognised_as(one),
            say("load.table.why"): safe.shorten(because(one), 24),
            say("load.table.rows"): sum(part.rows["read"] for part in one.found or ()) or None,
            say("load.table.status"): _ready(one) if one.is_ready else _why(one),
        }
        for one in files
    ]  # fmt: skip
    config = {say("load.table.rows"): st.column_config.NumberColumn(width=80, format="localized"),
              say("load.table.file"): st.column_config.TextColumn(width=230),
              say("load.table.is"): st.column_config.TextColumn(width=170),
              say("load.table.why"): st.column_config.TextColumn(width=190),
              say("load.table.status"): st.column_config.TextColumn(width=180)}  # fmt: skip
    st.dataframe(rows, hide_index=True, width="stretch", row_height=34, height=34 + 34 * min(len(rows), 12),
                 column_config=config, placeholder="")  # fmt: skip
    for one in files:
        if one.is_refused:
            st.error(safe.for_markdown(refusal(one)), icon=":material/cancel:")


def _ready(one: Incoming) -> str:
    return say("load.status.same", id=one.loaded_as) if one.loaded_as else say("load.status.ready")


def _why(one: Incoming) -> str:
    """What keeps a file from being loaded."""
    if one.open_questions:
        return say("load.status.mapping" if _needs_mapping(one) else "load.status.questions", n=one.open_questions)
    return say("load.status.refused")


def _chosen(files: list[Incoming]) -> Incoming:
    """The file whose columns are shown: the one picked, else the first that waits for something."""
    if len(files) == 1:
        return files[0]
    first = next((i for i, one in enumerate(files) if not one.is_ready), 0)
    picked = st.selectbox(
        say("load.which"), range(len(files)), index=first, format_func=lambda i: _named(files[i]), width=560
    )
    return files[picked]


def _named(one: Incoming) -> str:
    """A file to choose, with how many questions of its own wait."""
    n = one.open_questions
    return safe.one_line(say("load.which_asks", name=safe.shorten_file(one.name, 48), n=n) if n else one.name)


def _load_row(files: list[Incoming], ready: list[Incoming], is_changed: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label = say("load.button", n=len(ready)) if len(ready) == len(files) else say("load.button_some", n=len(ready))
        if not ready:
            label = say("load.button_changed" if is_changed else "load.button_none")
        kind = primary() if len(ready) == len(files) else "secondary"  # else matching the columns comes first
        if st.button(label, type=kind, disabled=not ready, icon=":material/check:", key="import.load"):
            _load(ready)
        st.button(say("load.cancel"), on_click=incoming.clear, key="import.cancel")
        st.caption(say("load.undo_hint"))


def _load(ready: list[Incoming]) -> None:
    """Load every file that can be; the others stay."""
    name = safe.shorten_file(ready[0].name, 60) if len(ready) == 1 else say("load.several", n=len(ready))
    workspace, exports = visit.workspace(), [one.as_loaded() for one in ready]
    work.begin(
        "load", lambda phase: say("load.loading", name=name, phase=phase),
        lambda told: (ready, workspace.load_all(exports, progress=told)),
    )  # fmt: skip


def _result() -> None:
    """What the load just made did, once."""
    made = work.finished("load")
    if made is None:
        return
    ready, done = made.outcome or ((), ())
    refused = {one.file: one.reason or "" for one in done if one.status == "refused"}
    for message in [made.error] if made.error else refused.values():
        st.error(safe.for_markdown(message))
    incoming.keep_only([one for one in incoming.files() if one not in ready or one.name in refused])
    loaded = [one for one in done if one.status == "loaded"]
    same = [one for one in done if one.status == "unchanged"]
    if loaded:
        rows = sum(one.rows["loaded"] for one in loaded)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":green[:material/check_circle:] {say('load.done', n=len(loaded), rows=numbers.count(rows))}",
                width="content",
            )
            for name in ("overview", "funnel", "velocity", "cohorts"):
                st.page_link(f"views/{name}.py", label=say(f"nav.{name}"))
    if same:
        st.info(say("load.unchanged", n=len(same)), icon=":material/info:")
