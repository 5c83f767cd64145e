"""Surveys: what is asked in which column or row, and a row an answer from files whose row is a person's answers."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from metrics.exports import asked, columns
from metrics.exports.convert import Rows
from metrics.exports.headers import normalised
from metrics.exports.plan import Asked, Certainty, Match, Plan
from metrics.exports.sheet import Sheet
from metrics.exports.vendors import reason_to_leave_out

TABLE = "survey_answers"
_MOST = 100
"""Above this no figure is a score."""
_SHARE = 0.8
"""Of a question's answers, those that can be read as scores: with fewer it is a free question."""
_SCALED = ("authority", "trust", "alignment")
"""What is asked on a scale that the answers do not show."""
_LINKS = ("_account_name", "_account_domain", "_modified_at")
_TOLD = ("_subject", "_team", "_survey", "_wave", "_sentiment", "_answered_at")
_DAY = re.compile(r"[-_. ]*(?<!\d)20\d{2}[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_ENDING = re.compile(r"\.(csv|tsv|txt|xlsx?|zip|gz)$", re.IGNORECASE)
_QUARTER = re.compile(r"(?<!\d)(20\d\d)[ _-]*[Qq]([1-4])(?!\d)|(?<![A-Za-z])[Qq]([1-4])[ _-]*(20\d\d)(?!\d)")
_NUMBERED = re.compile(r"(?<![A-Za-z])(wave|round|edition|ola|волна)[ _-]*(\d{1,3})(?!\d)", re.IGNORECASE)


def prepare(
    con: duckdb.DuckDBPyConnection, plan: Plan, read: Sheet, aside: Sequence[re.Pattern[str]] = (), *, asks: bool
) -> None:
    """Give the plan of a survey's file its questions, and what its name says of survey and wave.

    `asks`: columns that nothing else takes are questions, but for those with a header of `aside`; columns that the user
    named a question are one in any case.
    """
    if plan.table_name != TABLE:
        return
    if "question" in plan.columns:
        plan.columns["_question"] = plan.columns["question"]
    name = survey_name(read.name)
    plan.constants.setdefault("_survey", name)
    if wave := wave_in(name):
        plan.constants.setdefault("_wave", wave)
    _find_questions(con, plan, read, aside, asks=asks)


def survey_name(file: str) -> str:
    """A survey's name by its file's, without the day of the export."""
    return re.sub(r"[-_ ]+", " ", _DAY.sub("", _ENDING.sub("", file.replace("\\", "/").rsplit("/", 1)[-1]))).strip()


def wave_in(text: str) -> str | None:
    """The wave that a survey's name says: 2026-Q3 or Wave 2; None where it says none."""
    if found := _QUARTER.search(text):
        return f"{found[1] or found[4]}-Q{found[2] or found[3]}"
    found = _NUMBERED.search(text)
    return f"{found[1].capitalize()} {int(found[2])}" if found else None


def _find_questions(
    con: duckdb.DuckDBPyConnection, plan: Plan, read: Sheet, aside: Sequence[re.Pattern[str]], *, asks: bool
) -> None:
    fed = {p for feeds in plan.columns.values() for p in feeds}
    answers = plan.formats.answers
    found: list[Asked] = []
    for p, header in enumerate(read.headers, start=1):
        is_told = bool(asked.answered(answers.get(header, "")))
        is_open = asks and p not in plan.ignored and not _is_aside(header, aside)
        if not is_told and (p in fed or not is_open):
            continue
        (cells,) = columns.cells_of(con, read.table, read.headers, [p])
        if one := _question(cells, answers):
            found.append(one)
        elif asked.is_comment(header):
            _explain(plan, found, p)
    for one in found:
        plan.columns[f"_score:{one.position}"] = (one.position,)
        plan.matches[one.position] = _match(one)
    plan.asked = tuple(found)
    if comments := tuple(one.comment for one in found if one.comment):
        plan.columns["comment"] = comments
        plan.columns |= {f"_comment:{p}": (p,) for p in comments}


def _is_aside(header: str, aside: Sequence[re.Pattern[str]]) -> bool:
    plain = normalised(asked.without_tags(header))
    is_comment = asked.is_comment(header)
    return any(p.search(plain) for p in aside) or (bool(reason_to_leave_out(plain)) and not is_comment)


def _question(cells: columns.Cells, answers: Mapping[str, str]) -> Asked | None:
    """The question of a column; None where its answers are no scores."""
    texts = cells.distinct()
    worth = asked.scores(text for text, _ in texts)
    scored = sum(n for text, n in texts if text in worth)
    if not scored or scored < _SHARE * cells.filled:
        return None
    low, high = min(worth.values()), max(worth.values())
    if low < 0 or high > _MOST:
        return None
    told = asked.told(cells.header)
    kind, kinds, scale = told.kind, told.kinds, told.scale
    if kind == "nps" and (
        high > 10 or low != int(low) or scale not in (None, asked.NPS_SCALE) or _looks_shorter(texts, high)
    ):
        kind, kinds = None, ("nps",)
    if scale is None and (ladder := asked.word_scale(text for text, _ in texts)):
        scale = (1.0, float(len(ladder)))
    if said := asked.answered(answers.get(cells.header, "")):
        kind, scale = said[0] or kind, said[1] or scale
    if kind == "nps":
        scale = scale or asked.NPS_SCALE
    examples = tuple(text for text, _ in texts[:3])
    return Asked(cells.position, asked.without_tags(cells.header), kind, kinds, scale, low, high, examples)


def _looks_shorter(texts: Sequence[tuple[str, int]], high: float) -> bool:
    """Whether so many answers, none of them over five, are hardly ones from 0 to 10."""
    return high <= 5 and sum(n for _, n in texts) >= 20


def _explain(plan: Plan, found: list[Asked], position: int) -> None:
    """A free answer explains the score before it, the first one where it stands before all."""
    plan.matches[position] = Match(f"{TABLE}.comment", "certain", "explains the score before it", ())
    if found and found[-1].comment is None:
        found[-1] = replace(found[-1], comment=position)


def _match(one: Asked) -> Match:
    certainty: Certainty = "likely" if one.kind in (None, "other") else "certain"
    says = "asks for something else" if one.kind == "other" else f"asks for {one.kind or ' or '.join(one.kinds)}"
    return Match(None, certainty, says, (f"{TABLE}.score",))


def questions(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """What must be asked before the scores can be used: what a question asks, or on which scale."""
    plan = rows.plan
    if plan.table_name != TABLE or rows.questions:
        return []
    if plan.asked:
        headers = rows.sheet.headers
        return [ask for one in plan.asked if (ask := _ask(headers[one.position - 1], one))]
    return _of_rows(con, rows)


def _ask(header: str, one: Asked) -> dict[str, Any] | None:
    on = [] if one.scale else asked.scales_of(one.low, one.high)
    if one.kind is None:
        kinds = (*one.kinds, "other") if "other" not in one.kinds else one.kinds
        return {
            "column": header,
            "kind": "question",
            "choices": asked.choices(kinds, on),
            "examples": list(one.examples),
        }
    if one.kind in _SCALED and one.scale is None:
        offered = [asked.in_words(scale) for scale in on]
        return {"column": header, "kind": "scale", "choices": offered, "examples": list(one.examples)}
    return None


def _of_rows(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """As `questions`, of a file whose row is an answer: a question for each different one in it."""
    plan = rows.plan
    if "score" not in plan.columns:
        return []
    header = rows.sheet.headers[plan.columns["score"][0] - 1]
    asking = []
    for text, kind, low, high, unscaled, examples in con.execute(
        "SELECT _question, any_value(question), min(score), max(score), count(*) FILTER (WHERE scale_max IS NULL), "
        f"list_slice(list(DISTINCT score ORDER BY score), 1, 3) FROM {rows.name} WHERE score IS NOT NULL "
        "GROUP BY _question, CASE WHEN _question IS NULL THEN question END ORDER BY 1"
    ).fetchall():
        said = _said(text or header, plan.formats.answers)
        kinds = (kind,) if kind else asked.told(text).kinds if text else ("other",)
        if kind is None and text is None:
            continue
        scale = said if unscaled else (low, high)
        one = Asked(0, text or header, kind, kinds, scale, low, high, tuple(f"{score:g}" for score in examples))
        if ask := _ask(text or header, one):
            asking.append(ask)
    return asking


def _said(text: str, answers: Mapping[str, str]) -> asked.Scale | None:
    """The scale of a question by its answer, else by its words."""
    said = asked.answered(answers.get(text, ""))
    return (said[1] if said else None) or asked.told(text).scale


def answers(con: duckdb.DuckDBPyConnection, rows: Rows, kept: str) -> str:
    """A table of the answers in `kept`, as the model has them and with what the build reads beside; its name."""
    name, asking = f"{rows.sheet.table}_answers", rows.plan.asked
    if not asking:
        _with_scales(con, rows, kept, name)
        return name
    marks = {f"mark{i}": _mark(rows.sheet.headers[one.position - 1]) for i, one in enumerate(asking)}
    texts = {f"text{i}": one.text for i, one in enumerate(asking)}
    there = {column for column, *_ in con.execute(f"DESCRIBE {kept}").fetchall()}
    query = " UNION ALL ".join(_of_question(i, one, kept, there) for i, one in enumerate(asking))
    con.execute(f"CREATE TABLE {name} AS {query} ORDER BY _row", marks | texts)
    return name


def _with_scales(con: duckdb.DuckDBPyConnection, rows: Rows, kept: str, name: str) -> None:
    """The table `name` of a file whose row is an answer: the rows, with the scales that their questions' words say."""
    con.execute(f"CREATE TABLE {name}_scales (text VARCHAR, low DOUBLE, high DOUBLE)")
    header = rows.sheet.headers[rows.plan.columns["score"][0] - 1] if "score" in rows.plan.columns else ""
    for (text,) in con.execute(f"SELECT DISTINCT _question FROM {kept}").fetchall():
        low, high = _said(text or header, rows.plan.formats.answers) or (None, None)
        con.execute(f"INSERT INTO {name}_scales VALUES ($text, $low, $high)", {"text": text, "low": low, "high": high})
    kinds = ", ".join(f"'{kind}'" for kind in asked.KINDS)
    own = {
        "scale_min": "coalesce(k.scale_min, s.low)",
        "scale_max": "coalesce(k.scale_max, s.high)",
        "_subject": f"CASE WHEN lower(k._question) NOT IN ({kinds}) THEN k._question END",
    }
    con.execute(
        f"CREATE TABLE {name} AS SELECT {_columns(own)} FROM {kept} k "
        f"LEFT JOIN {name}_scales s ON s.text IS NOT DISTINCT FROM k._question"
    )


def _of_question(i: int, one: Asked, kept: str, there: Iterable[str]) -> str:
    """The answers to one question; the id is the person's answers' with a mark of the question."""
    low, high = one.scale or (None, None)
    mood = f'k."_mood:{one.comment}"' if f"_mood:{one.comment}" in there else "CAST(NULL AS DOUBLE)"
    own = {
        "answer_id": f"k.answer_id || '-' || $mark{i}",
        "question": f"'{one.kind}'",
        "score": f'k."_score:{one.position}"',
        "scale_min": _number(low),
        "scale_max": _number(high),
        "_subject": f"$text{i}",
        "_sentiment": mood,
    }
    return f'SELECT {_columns(own)} FROM {kept} k WHERE k."_score:{one.position}" IS NOT NULL'


def _number(value: float | None) -> str:
    return f"CAST({'NULL' if value is None else value} AS DOUBLE)"


def _columns(own: Mapping[str, str]) -> str:
    names = ("answer_id", "survey", "wave", "question", "score", "scale_min", "scale_max", "account_id", "contact_id",
             "answered_on", *_LINKS, *_TOLD)  # fmt: skip
    return ", ".join(["k._row", *(f"{own.get(column, 'k.' + column)} AS {column}" for column in names)])


def _mark(header: str) -> str:
    return hashlib.md5(normalised(header).encode(), usedforsecurity=False).hexdigest()[:8]
