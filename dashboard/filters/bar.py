"""The widgets of the global bar. They show the choice and change it, and hold nothing themselves."""

from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard import visit
from dashboard.charts.rows import text_width
from dashboard.filters import state
from dashboard.filters.choice import AUTO, NO_SPLIT, Choice
from dashboard.filters.periods import PRESETS, preset_dates
from dashboard.filters.segments import segments_part
from dashboard.filters.url import COMPARES, SHOWS, write_url
from dashboard.text import dimension_name, has, numbers, safe, say, say_markdown, segment_name

DATA_PAGE = "views/data.py"
NOT_IN_FILTER = ("target", "list", "owner", "team")
FRAME, LETTER, LEAST, LONGEST = 46, 13.0, 96, 28
"""Pixels of a select box around its words, the size that they are measured at, its least width; its most letters."""
_ICONS = {"quality": ":material/check_circle:", "remove": ":material/close:"}


def page_head(title: str, beside: Callable[[], None] | None = None) -> None:
    """Title, what stands `beside` it, as-of date and the data-quality badge, which opens the Data page."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.title(title, anchor=False, width="content")
            if beside is not None:
                beside()
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            snapshot = visit.snapshot()
            st.caption(say("bar.as_of", date=numbers.date(snapshot.as_of)), width="content")
            share = visit.loaded_share()
            if share is not None:
                colour = "gray" if share >= 0.95 else "orange"
                label = say_markdown("bar.quality", share=numbers.percent(share))
                st.page_link(
                    DATA_PAGE, label=f":{colour}-badge[{_ICONS['quality']} {label}]", query_params={"tab": "quality"}
                )


def filter_bar(pipelines: Sequence[str] = (), *, dated: bool = True) -> Choice:
    """Draw the bar and the note on a link's unknown parts; the choice it shows. `pipelines`: to choose one or all.
    `dated`: with period, comparison and split."""
    choice, dimensions = state.choice(), visit.dimensions()
    with st.container(horizontal=True, wrap=False, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            _whom(choice)
            if dated:
                _dates(choice)
            _people(choice, dimensions)
            if dated:
                _split(choice, dimensions)
            _filters(choice, dimensions, pipelines)
        with st.container(width="content"):  # beside the others, which wrap among themselves
            _view_popover(choice)
    ignored = state.ignored()
    if ignored:
        st.caption(say_markdown("bar.ignored", keys=", ".join(ignored)))
    return choice


def _whom(choice: Choice) -> None:
    if visit.has_targets():
        _segments(choice)
    else:
        st.page_link(DATA_PAGE, label=say("bar.define_targets"), icon=":material/target:",
                     query_params={"tab": "targets"})  # fmt: skip


def _dates(choice: Choice) -> None:
    _select("period", choice.period, PRESETS, _period_words, _set_period)
    if choice.period == "custom":
        _custom_dates(choice)
    if choice.period != "all":
        shown = choice.settled(visit.snapshot().as_of, visit.first_day()) if choice.compare == AUTO else choice
        _select("compare", shown.compare, COMPARES, lambda c: say(f"bar.compares.{c}"), _setter("compare"))


def _filters(choice: Choice, dimensions: dict[str, list[str]], pipelines: Sequence[str]) -> None:
    lists = dimensions.get("list", [])
    if len(lists) > 1:
        now = (choice.values("list") or ("",))[0]
        _select("list", now, ["", *lists], lambda v: safe.one_line(v) or say("bar.any_list"), _narrower("list"))
    in_box = ["owner", "team"]
    if len(pipelines) > 1 and len(choice.values("pipeline")) < 2:
        in_box.append("pipeline")
        now = (choice.values("pipeline") or ("",))[0]
        _select("pipeline", now, ["", *pipelines], lambda v: safe.one_line(v) or say("bar.all_pipelines"),
                _narrower("pipeline"))  # fmt: skip
    _active(choice, in_box)
    _filter_popover(choice, {name: values for name, values in dimensions.items() if name not in NOT_IN_FILTER})


def _setter(name: str) -> Callable[[str], None]:
    return lambda value: state.change(**{name: value})


def _narrower(dimension: str) -> Callable[[str], None]:
    return lambda value: state.set_filter(dimension, (value,) if value else ())


def _read(key: str, write: Callable[[str], None]) -> None:
    state.forget_ignored()
    value = st.session_state[key]
    if value is not None:
        write(value)


def _select(
    name: str, value: str, options: Sequence[str], words: Callable[[str], str], write: Callable[[str], None]
) -> None:
    """A select box that shows `value`, as wide as its words, and writes what is picked."""
    key = f"bar.{name}"
    st.session_state[key] = value
    told = {one: safe.shorten(words(one), LONGEST) for one in (*options, value)}  # in the page's run
    st.selectbox(
        say(f"bar.{name}"), options, format_func=told.__getitem__, key=key,
        on_change=_read, args=(key, write), label_visibility="collapsed",
        width=max(FRAME + round(text_width(safe.shorten(words(value), LONGEST), LETTER)), LEAST),
    )  # fmt: skip


def _segments(choice: Choice) -> None:
    st.session_state["bar.show"] = choice.show
    words = {"both": say("bar.both"), "target": segment_name("target"), "rest": segment_name("rest")}
    st.segmented_control(
        say("bar.show"), [SHOWS[1], SHOWS[2], SHOWS[0]], format_func=words.__getitem__, key="bar.show", required=True,
        on_change=_read, args=("bar.show", _setter("show")), label_visibility="collapsed",
    )  # fmt: skip


def _period_words(preset: str) -> str:
    """The preset's words; one that has not ended says that it goes to date."""
    end = preset_dates(preset, visit.snapshot().as_of, visit.year_starts())[1]
    running = end is not None and end > visit.snapshot().as_of and has(f"bar.to_date.{preset}")
    return say(f"bar.{'to_date' if running else 'periods'}.{preset}")


def _set_period(preset: str) -> None:
    """A preset; custom dates begin with the ones shown so far."""
    start, end = state.choice().dates(visit.snapshot().as_of)
    as_of = visit.snapshot().as_of
    if preset == "custom":
        first = preset_dates("five_quarters", as_of, visit.year_starts())[0]
        state.change(period=preset, start=start or first, end=min(end or as_of, as_of))
    else:
        state.change(period=preset, start=None, end=None)


def _custom_dates(choice: Choice) -> None:
    st.session_state["bar.dates"] = (choice.start, choice.end)
    st.date_input(
        say("bar.dates"), key="bar.dates", on_change=_read_dates, label_visibility="collapsed", format="DD/MM/YYYY",
        width=218, min_value=date(1970, 1, 1), max_value=date(2100, 12, 31),
    )  # fmt: skip


def _read_dates() -> None:
    days = st.session_state["bar.dates"]
    if isinstance(days, tuple) and len(days) == 2:
        state.change(start=days[0], end=days[1])


def _people(choice: Choice, dimensions: dict[str, list[str]]) -> None:
    people = [f"team:{name}" for name in dimensions.get("team", ())]
    people += [f"owner:{name}" for name in dimensions.get("owner", ())]
    if not people:
        return
    now = next((f"{dim}:{choice.values(dim)[0]}" for dim in ("owner", "team") if choice.values(dim)), "")

    def words(value: str) -> str:
        kind, _, name = value.partition(":")
        return (
            say("bar.all_owners") if not kind else safe.one_line(say("bar.team", name=name) if kind == "team" else name)
        )

    _select("owner", now, ["", *people], words, _set_person)


def _set_person(value: str) -> None:
    kind, _, name = value.partition(":")
    for dimension in ("owner", "team"):
        state.set_filter(dimension, (name,) if kind == dimension else ())


def _split(choice: Choice, dimensions: dict[str, list[str]]) -> None:
    options = [
        *(["target"] if visit.has_targets() else []),
        NO_SPLIT,
        *(d for d in dimensions if d not in ("target", "list")),
    ]
    now = choice.split if choice.split in options else NO_SPLIT

    def words(value: str) -> str:
        if value in ("target", NO_SPLIT):
            return say(f"bar.split_{value}")
        return safe.one_line(say("bar.split_by", dimension=dimension_name(value)))

    _select("split", now, options, words, _setter("split"))


def _active(choice: Choice, in_box: Sequence[str]) -> None:
    """One small button a filter, which removes it; a single value that a select box shows needs none."""
    for dimension, values in choice.filters:
        if dimension in in_box and len(values) == 1:
            continue
        shown = values[0] if len(values) == 1 else say("bar.more_values", first=values[0], n=len(values) - 1)
        name = dimension_name(dimension)
        st.button(
            say_markdown("bar.active", dimension=name, values=safe.shorten(shown, 32)), key=f"bar.remove.{dimension}",
            icon=_ICONS["remove"], icon_position="right", on_click=state.remove_filter, args=(dimension,),
            help=say_markdown("bar.remove", dimension=name, values=", ".join(values)),
        )  # fmt: skip


def _filter_popover(choice: Choice, dimensions: dict[str, list[str]]) -> None:
    names = list(dimensions)
    with st.popover(say("bar.filter"), icon=":material/add:", type="tertiary"):
        if names:
            dimension = st.selectbox(
                say("bar.filter_by"), names, format_func=lambda n: safe.one_line(dimension_name(n)), key="bar.dimension"
            )
            _values(choice, dimension, dimensions[dimension])
            st.divider()
        segments_part(choice)


def _values(choice: Choice, dimension: str, values: list[str]) -> None:
    key = f"bar.values.{dimension}"
    st.session_state[key] = [value for value in choice.values(dimension) if value in values]
    st.multiselect(
        say("bar.values"), values, key=key, format_func=safe.one_line, on_change=_read_values, args=(key, dimension)
    )


def _read_values(key: str, dimension: str) -> None:
    state.forget_ignored()
    state.set_filter(dimension, tuple(st.session_state[key]))


def _view_popover(choice: Choice) -> None:
    with st.popover(say("bar.view"), icon=":material/bookmark:", type="tertiary"):
        st.markdown(say("bar.link"))
        query = urlencode(write_url(choice), doseq=True)
        st.code(f"{st.context.url or ''}{'?' + query if query else ''}", language=None, wrap_lines=True)
        st.caption(say("bar.link_help"))
        st.button(say("bar.reset"), icon=":material/restart_alt:", on_click=state.reset, type="tertiary")
