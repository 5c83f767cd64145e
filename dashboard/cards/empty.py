"""What stands where there is nothing to draw: which export is missing, which filter empties it, what went wrong."""

import logging
from collections.abc import Sequence

import streamlit as st

from dashboard import visit
from dashboard.cards.question import Question
from dashboard.filters import state
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import caveats, dimension_name, has, numbers, safe, say, say_markdown
from metrics import AbmError, Scope

_LOG = logging.getLogger(__name__)


def _centred(icon: str, fact: str, why: str) -> None:
    st.markdown(f":gray[:material/{icon}:]", text_alignment="center")
    st.markdown(f"**{safe.for_markdown(fact)}**", text_alignment="center")
    st.caption(safe.for_markdown(why), text_alignment="center")


def missing(key: str, tables: Sequence[str]) -> None:
    """The export that is missing, why nothing is guessed from others, and the way to load it."""
    table = tables[0]
    named = table if has(f"missing.{table}.fact") else "other"
    _centred("upload_file", say(f"missing.{named}.fact", table=table), say(f"missing.{named}.why", table=table))
    with st.container(horizontal=True, horizontal_alignment="center"):
        _to_data(say("missing.load"), ":material/upload:", f"{key}.load")


def no_targets(key: str) -> None:
    """Nobody has said which accounts are targets: the way to say it."""
    _centred("target", say("missing.targets.fact"), say("missing.targets.why"))
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button(say("bar.define_targets"), icon=":material/target:", key=f"{key}.targets"):
            st.switch_page(DATA_PAGE, query_params={"tab": "targets"})


def one_side(key: str) -> None:
    """Only one side is shown, and nothing can be held against the other."""
    _centred("compare_arrows", say("nothing.one_side"), say("nothing.one_side_why"))
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(say("nothing.both"), key=f"{key}.both", on_click=state.change, kwargs={"show": "both"})


def _to_data(label: str, icon: str, key: str) -> None:
    if st.button(label, icon=icon, key=key):
        st.switch_page(DATA_PAGE, query_params={"tab": "import"})


def nothing_matches(key: str, question: Question) -> None:
    """The filter that empties it, how much there is without it, and a button that removes it."""
    if _has_lone_side(key, question):
        return
    culprit = emptied_by(question)
    if culprit is None:
        _nothing_at_all(key, question)
        return
    name, n = culprit
    count = say("nothing.count", n=numbers.count(n), units=question.metric.unit if n == 1 else question.metric.units)
    if name == "period":
        why = say("nothing.without_period", count=count)
        if question.is_before_the_data():
            why = say("nothing.before", day=numbers.date(visit.begins()), count=count)
        _centred("filter_alt_off", say("nothing.fact"), why)
        _all_time(key)
        return
    without_filter(key, name, question.scope.filter_values(name), count)


def _has_lone_side(key: str, question: Question) -> bool:
    """Where target and rest are asked for and only one has any: which has none, and how many the other has."""
    scope, frame = question.scope, question.answer().frame
    if scope.by != "target" or scope.filter_values("target") or question.is_before_the_data():
        return False
    sides = frame["segment"].unique()
    if len(sides) != 1:
        return False
    n = question.count() or 0
    count = say("nothing.count", n=numbers.count(n), units=question.metric.unit if n == 1 else question.metric.units)
    _centred("compare_arrows", say(f"nothing.lone_{sides[0]}"), say("nothing.lone_why", count=count))
    if scope.has_period:
        _all_time(key)
    return True


def _all_time(key: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(say("nothing.all_time"), key=f"{key}.undo", on_click=state.change,
                  kwargs={"period": "all", "start": None, "end": None})  # fmt: skip


def without_filter(key: str, name: str, values: Sequence[str], count: str) -> None:
    """This filter empties it: how much there is without it, in words, and the button that removes it."""
    if name == "target":
        _centred("filter_alt_off", say("nothing.fact"), say("nothing.without_target", count=count))
        label, undo = say("nothing.both"), (lambda: state.change(show="both"))
    else:
        words = {"dimension": dimension_name(name), "values": ", ".join(values), "count": count}
        _centred("filter_alt_off", say("nothing.fact"), say("nothing.without", **words))
        label, undo = say_markdown("nothing.remove", **words), (lambda: state.remove_filter(name))
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(label, key=f"{key}.undo", on_click=undo)


def _nothing_at_all(key: str, question: Question) -> None:
    """No filter is to blame: what was left out and why, or else that nothing of the kind is loaded."""
    answer = question.answer()
    left = [caveats.left_out_words(why, numbers.count(n)) for why, n in answer.excluded]
    everywhere = visit.snapshot().warnings  # of the data as a whole: no reason for this
    told = [caveats.warning_words(warning) for warning in answer.warnings
            if warning not in everywhere and not caveats.is_proxy(warning)]  # fmt: skip
    if left:
        _centred("block", say("nothing.unusable"), " · ".join(left))
        if told:
            st.caption(safe.for_markdown(told[0]), text_alignment="center")
        return
    narrowed = bool(question.scope.filters)
    own = f"nothing.of.{question.name}"
    otherwise = own if has(own) else "nothing.why" if narrowed else "nothing.not_loaded"
    why = told[0] if told else say(otherwise)
    _centred("block", say("nothing.fact" if narrowed else "nothing.none"), why)
    if not narrowed:
        with st.container(horizontal=True, horizontal_alignment="center"):
            _to_data(say("missing.load"), ":material/upload:", f"{key}.load")


def emptied_by(question: Question) -> tuple[str, int] | None:
    """(filter, count without it) of the first filter, or the period, without which there is something else to show."""
    scope, own = question.scope, question.answer().frame
    tries: list[tuple[str, Scope]] = [(name, scope.without(name)) for name, _ in scope.filters]
    if scope.has_period:
        tries.append(("period", Scope(filters=scope.filters, by=scope.by)))
    if question.is_before_the_data():
        tries = tries[-1:]
    for name, other in tries:
        asked = Question(question.name, other, question.options)
        try:
            other_answer = asked.answer()
            if not other_answer.is_empty and not other_answer.frame.equals(own):
                return name, asked.count() or 0
        except AbmError:
            continue
    return None


def failed(error: Exception) -> None:
    """What could not be worked out, and what to do: in this card only. A fault of ours goes to the server's log."""
    if not isinstance(error, AbmError):
        _LOG.error("a card could not be drawn", exc_info=error)
    _centred("error", say("failed.fact"), str(error) if isinstance(error, AbmError) else say("failed.unexpected"))


def tell_trouble() -> None:
    """What is wrong with what is kept on the disk, and what is shown meanwhile."""
    if told := visit.workspace().trouble():
        st.warning(safe.for_markdown(told), icon=":material/healing:")


def unusable(error: AbmError) -> None:
    """The workspace cannot be read at all: the whole page says so."""
    with st.container(border=True):
        st.subheader(say("failed.page"), anchor=False)
        st.text(safe.one_line(error))
