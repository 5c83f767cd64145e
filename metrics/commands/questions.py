"""Asking: `show` measures, `explain` opens the figure up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.output import complain, say, say_table, write
from metrics.commands.shared import (
    DirectoryOption,
    Form,
    FormOption,
    loaded_snapshot,
    open_workspace,
    read_day,
    read_pairs,
)
from metrics.commands.words import change_in_words, columns_in_words, rows_in_words
from metrics.errors import QuestionError
from metrics.scope import Scope
from metrics.spelling import did_you_mean

if TYPE_CHECKING:
    from metrics.answer import Answer
    from metrics.engines import Snapshot

MetricArgument = Annotated[str, typer.Argument(metavar="METRIC", help="A metric's name; `list` has them all.")]
ByOption = Annotated[str | None, typer.Option(metavar="DIM", help="Split by a dimension, or by `account`.")]
WhereOption = Annotated[
    list[str] | None, typer.Option(metavar="DIM=VALUE", help="Only these; again for more values or dimensions.")
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day of the period.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day of the period.")]
GrainOption = Annotated[str | None, typer.Option(metavar="month|quarter|year", help="A row a calendar unit.")]
CompareOption = Annotated[
    str | None, typer.Option(metavar="previous|last-year|goal", help="Hold it against another period or its goal.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="OPTION=VALUE", help="Switch an option of the metric.")
]

PartOption = Annotated[
    str | None, typer.Option("--part", metavar="LIST", help="List instead: `rows`, or a list that `list` names.")
]
MarkOption = Annotated[
    list[str] | None, typer.Option("--mark", metavar="COLUMN=VALUE", help="Only these rows of the list.")
]


def show(
    context: typer.Context, metric: MetricArgument, by: ByOption = None, where: WhereOption = None,
    start: FromOption = None, end: ToOption = None, grain: GrainOption = None, compare: CompareOption = None,
    options: SetOption = None, part: PartOption = None, mark: MarkOption = None, form: FormOption = Form.TEXT,
    workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Measure a metric: value, interval, n, what was left out. With --part, one of the lists behind it."""
    from metrics.asking import measure
    from metrics.catalog import find_metric

    found = find_metric(metric)
    if part is not None:
        found.refuse_unknown_list(part)
    elif mark:
        raise QuestionError("--mark narrows a list: name it with --part, such as --part rows.")
    scope = read_scope(by, where, start, end, grain, compare)
    snapshot = loaded_snapshot(open_workspace(context, workspace))
    answer = measure(snapshot, metric, scope, dict(read_pairs("--set", options or ())))
    if part is not None:
        _show_part(snapshot, answer, part, dict(read_pairs("--mark", mark or ())), form)
        return
    if form is Form.CSV:
        for line in _remarks(answer):
            complain(line)
    write(form, answer.as_json(), answer.rows, lambda: _print_answer(answer))


def _show_part(snapshot: "Snapshot", answer: "Answer", part: str, mark: dict[str, str], form: Form) -> None:
    """One of the lists behind the answer, in its shape: its rows instead of the figures."""
    from metrics.answer import plain
    from metrics.detail import list_rows

    reached = {"age": mark.pop("age")} if "age" in mark and "age" in answer.metric.keys else {}
    listed = list_rows(snapshot, answer.metric.name, answer.scope, answer.options, reached, part)
    for column, value in mark.items():
        if column not in listed:
            hint = did_you_mean(column, list(map(str, listed.columns)))
            raise QuestionError(
                f"--mark: the list has no column “{column}”.{hint} Its columns: {', '.join(map(str, listed))}."
            )
        listed = listed[[str(plain(cell)) == value for cell in listed[column]]]
    rows = [{str(column): plain(value) for column, value in row.items()} for row in listed.to_dict("records")]

    def text() -> None:
        say(f"{answer.metric.title}: {answer.sentence}", answer.metric.lists.get(part, "The rows behind it."), "")
        say_table(list(listed.columns), (list(row.values()) for row in rows))
        say("", f"{len(rows):,} rows as of {answer.as_of.isoformat()}", *_remarks(answer))

    told = {name: said for name, said in answer.as_json().items() if name != "comparison"}
    write(form, told | {"part": part, "rows": rows}, lambda: rows, text)


def read_scope(
    by: str | None, where: list[str] | None, start: str | None, end: str | None, grain: str | None, compare: str | None
) -> Scope:
    """The scope that was typed; QuestionError where it makes no sense."""
    return Scope(
        filters=tuple((name, (value,)) for name, value in read_pairs("--where", where or ())),
        start=read_day("--from", start),
        end=read_day("--to", end),
        by=by,
        grain=grain,  # type: ignore[arg-type]  # the scope refuses other words itself
        compare=compare,  # type: ignore[arg-type]
    )


def _print_answer(answer: "Answer") -> None:
    say(f"{answer.metric.title}: {answer.sentence}", answer.metric.definition, "")
    if answer.frame.empty:
        say("Nothing to show: no row is in this scope.")
    else:
        columns, numbers = columns_in_words(answer)
        say_table(columns, rows_in_words(answer), numbers)
    say("", f"As of {answer.as_of.isoformat()}", *_remarks(answer))


def _remarks(answer: "Answer") -> list[str]:
    return [
        *(comparison.sentence for comparison in answer.comparison),
        *(f"Left out: {n:,} ({reason})" for reason, n in answer.excluded),
        *(f"Note: {warning}" for warning in answer.warnings),
    ]


def explain(
    context: typer.Context, metric: MetricArgument, by: ByOption = None, where: WhereOption = None,
    start: FromOption = None, end: ToOption = None, grain: GrainOption = None,
    compare: Annotated[
        str | None, typer.Option(metavar="previous|last-year", help="With --by: what each segment did to the change.")
    ] = None,
    options: SetOption = None,
    mark: Annotated[
        list[str] | None, typer.Option("--mark", metavar="KEY=VALUE", help="With --compare: which of several figures.")
    ] = None,
    column: Annotated[
        str, typer.Option(metavar="COLUMN", help="With --compare: another figure of the answer, such as median.")
    ] = "value",
    rows: Annotated[bool, typer.Option("--rows", help="List the rows themselves too.")] = False,
    form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Open a figure up: formula with figures, SQL, rows, and why it changed."""
    from metrics.catalog import find_metric
    from metrics.columns import unit_of
    from metrics.contributions import change_by
    from metrics.detail import explain as explained

    found = find_metric(metric)
    scope = read_scope(by, where, start, end, grain, compare)
    if compare and not by:
        raise QuestionError("--compare tells what each segment did to the change: say which segments with --by.")
    snapshot = loaded_snapshot(open_workspace(context, workspace))
    chosen, marked = dict(read_pairs("--set", options or ())), dict(read_pairs("--mark", mark or ()))
    told = explained(snapshot, metric, replace(scope, compare=None), chosen, rows=rows)
    change_told: list[Any] = []
    if by and compare:
        change = change_by(snapshot, metric, scope, by, chosen, marked, column)
        told["change"] = change.as_json()
        change_told = list(
            change_in_words(change, found.format_of(marked) if column == "value" else unit_of(column, found))
        )
    told["formula"] = "\n".join(told["formula"])
    told.setdefault("rows", None)
    write(
        form,
        told,
        lambda: told["rows"] or [{k: v for k, v in told.items() if k != "rows"}],
        lambda: _tell(told, *change_told),
    )


def _tell(told: dict[str, Any], change: str = "", headers: Sequence[str] = (), parts: Sequence[Any] = ()) -> None:
    say(f"{told['metric']}: {told['scope']}", told["definition"], "", told["formula"], "")
    if told["used"] is not None:
        say(f"Rows used: {told['used']:,}")
    say(*(f"Left out: {e['n']:,} ({e['reason']})" for e in told["excluded"]), "")
    if change:
        say(change)
        say_table(list(headers), parts, numbers=list(headers[1:]))
        say("")
    say(told["sql"], "")
    say(*(f"${name} = {value}" for name, value in told["parameters"].items()))
    listed = told["rows"]
    if listed:
        say("")
        say_table(list(listed[0]), (list(row.values()) for row in listed))
