"""What only the visitor can answer: each question once a file, and what every choice makes of the file's values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.loading.new_stages import ask_outcomes
from dashboard.text import has, numbers, safe, say
from metrics import moment, number, turned

if TYPE_CHECKING:
    from dashboard.loading.incoming import Incoming

SIGNS = {"$": ("USD", "CAD", "AUD", "MXN"), "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"), "kr": ("SEK", "NOK", "DKK")}
"""Signs that several currencies have in common, with the most usual of them."""

MOST_EXAMPLES, MOST_NAMES = 4, 3
ROW = 34


@dataclass(frozen=True)
class Question:
    """What cannot be told from these columns of a file; `examples` are values of theirs, `rows` the first rows that
    hold one: number, what people know it by, value."""

    kind: str
    choices: tuple[str, ...]
    columns: tuple[str, ...]
    examples: tuple[str, ...]
    rows: tuple[tuple[int, str, str], ...] = ()


def put_together(asked: Iterable[Question], found: Iterable[dict[str, Any]]) -> list[Question]:
    """The questions asked before and those of a check, as `Import.questions` has them: equal ones are one.

    What is asked in a survey is asked of each of its questions by itself.
    """
    together = {_same(question.kind, question.choices, question.columns[0]): question for question in asked}
    for told in found:
        choices = tuple(map(str, told["choices"]))
        if not choices:
            continue
        columns = [str(column) for column in told.get("columns") or [told["column"]]]
        key = _same(told["kind"], choices, columns[0])
        was = together.get(key) or Question(told["kind"], choices, (), ())
        examples = dict.fromkeys([*was.examples, *map(str, told.get("examples") or ())])
        rows = [(int(row["row"]), str(row["name"] or ""), str(row["value"])) for row in told.get("rows") or ()]
        together[key] = replace(
            was, columns=tuple(dict.fromkeys([*was.columns, *columns])), examples=tuple(examples)[:MOST_EXAMPLES],
            rows=tuple(dict.fromkeys([*was.rows, *rows]))[:MOST_EXAMPLES],
        )  # fmt: skip
    return list(together.values())


def _same(kind: str, choices: tuple[str, ...], column: str) -> tuple[str, tuple[str, ...], str]:
    return kind, choices, column if kind == "question" else ""


def is_open(question: Question, answers: dict[str, str]) -> bool:
    """Whether one of its columns has no answer yet."""
    return any(column not in answers for column in question.columns)


def questions_card(one: Incoming) -> None:
    """The open questions, and those already answered, whose answers can be changed."""
    if not one.asked and not one.new_stages and one.unclear_amount is None:
        return
    here = sum(is_open(question, one.answers) for question in one.asked) + len(one.open_stages) + one.asks_currency
    n = one.open_questions if here else 0
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            title = say("load.questions.title", n=n) if n else say("load.questions.answered")
            st.subheader(title, anchor=False, width="content")
            if n:
                st.badge(say("load.questions.needed"), icon=":material/help:", color="orange")
        if n > here:
            st.caption(say("load.questions.below", n=n - here))
        for question in one.asked:
            _ask(one, question)
        ask_outcomes(one)
        if one.unclear_amount:
            _ask_currency(one, *one.unclear_amount)


def _ask_currency(one: Incoming, sign: str, amount: str) -> None:
    """Which of the currencies that have this sign it is; any other one can be typed beside the columns."""
    choices = list(dict.fromkeys([*SIGNS[sign], *([one.currency.upper()] if one.currency else [])]))
    with st.container(gap="xxsmall"):
        st.markdown(safe.for_markdown(say("load.questions.sign", sign=sign)))
        st.caption(safe.for_markdown(say("load.questions.sign_where", amount=safe.shorten(amount, 40))))
    given = one.currency.upper() or None
    chosen = st.pills(
        say("load.questions.sign", sign=""), choices, default=given, required=given is not None,
        key=f"sign.{one.path}.{given}", label_visibility="collapsed", format_func=safe.for_markdown,
    )  # fmt: skip
    if chosen and chosen != given:
        one.currency, one.found = str(chosen), None
        st.rerun()


def _ask(one: Incoming, question: Question) -> None:
    kind = question.kind if has(f"load.questions.{question.kind}") else "other"
    with st.container(gap="xxsmall"):
        st.markdown(say(f"load.questions.{kind}"))
        st.caption(safe.for_markdown(_where(question.columns)))
    given = one.answers.get(question.columns[0])
    chosen = st.pills(
        say(f"load.questions.{kind}"), question.choices, default=given, required=given is not None,
        format_func=lambda choice: _choice_words(question.kind, choice),
        key=f"question.{one.path}.{question.kind}.{question.columns[0]}.{given}", label_visibility="collapsed",
    )  # fmt: skip
    effects = _effects(question)
    if effects:
        st.dataframe(effects, hide_index=True, width="stretch", row_height=ROW, height=34 + ROW * len(effects))
    if chosen and chosen != given:
        one.answers |= dict.fromkeys(question.columns, chosen)
        one.found = None
        st.rerun()


def _where(columns: tuple[str, ...]) -> str:
    """ "In Create Date, Close Date, Signed and 4 more columns; one answer goes for all." """
    if len(columns) == 1:
        return say("load.questions.column", column=safe.shorten(columns[0], 60))
    named = ", ".join(safe.shorten(column, 40) for column in columns[:MOST_NAMES])
    if len(columns) <= MOST_NAMES:
        return say("load.questions.columns", columns=named)
    return say("load.questions.more_columns", columns=named, n=len(columns) - MOST_NAMES)


def _choice_words(kind: str, choice: str) -> str:
    """A choice in words; what a survey asks may have its scale behind it."""
    key = f"load.questions.choices.{kind}.{choice}"
    if has(key):
        return say(key)
    asks, _, scale = choice.partition(" ")
    if has(f"load.questions.choices.{kind}.{asks}"):
        return say("load.questions.on_scale", asks=say(f"load.questions.choices.{kind}.{asks}"), scale=scale)
    return safe.for_markdown(choice)


def _effects(question: Question) -> list[dict[str, str]]:
    """Rows of the file, each value as it stands there, and as each choice reads it."""
    if question.kind not in ("dates", "swapped", "decimal"):
        return []
    named = any(name for _, name, _ in question.rows)
    shown = question.rows or [(0, "", text) for text in question.examples]
    return [
        ({say("load.questions.row"): safe.shorten(name, 24) or numbers.count(row)} if named else {})
        | {say("load.questions.value"): safe.one_line(text)}
        | {_choice_words(question.kind, choice): read_as(question.kind, choice, text) for choice in question.choices}
        for row, name, text in shown
    ]


def read_as(kind: str, choice: str, text: str) -> str:
    """A value of the file as a choice reads it: "3 April 2026" or "1,234"."""
    if kind == "dates":
        day = moment(text, choice)  # type: ignore[arg-type]  # choices are those of the question
        return numbers.date(day.date()) if day else say("load.questions.no_date")
    if kind == "swapped":
        day = turned(text) if choice == "swapped" else moment(text, "dmy")
        return numbers.date(day.date()) if day else say("load.questions.no_date")
    value = number(text, choice)  # type: ignore[arg-type]
    return numbers.exact(value)
