"""The commands put together, and the one place where errors become messages and exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from metrics.commands import accounts, catalogue, goals, keeping, loading, questions
from metrics.commands.output import complain
from metrics.commands.shared import DirectoryOption
from metrics.errors import AbmError
from metrics.spelling import did_you_mean

BUG, STOPPED = 1, 130

app = typer.Typer(
    name="metrics", add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 a file was refused or asks a question, 4 the workspace cannot"
    " be used.",
)  # fmt: skip


@app.callback()
def _before(context: typer.Context, workspace: DirectoryOption = None) -> None:
    """Does account-based marketing work? Funnel, velocity and cohorts from CRM exports.

    First `load FILE…`, then `list` names the metrics and `show METRIC` measures one.
    """
    context.obj = workspace


EXAMPLES: dict[Callable[..., None], str] = {
    loading.load: "load deals.csv --dates dmy --dry-run",
    loading.imports: "imports --all",
    loading.undo: "undo 3",
    loading.redo: "redo 3",
    loading.compare: "compare 3 7 --format csv > changes.csv",
    loading.rejects: "rejects 3 --format csv > to-mend.csv",
    catalogue.tables: "tables --format json",
    catalogue.list_metrics: "list",
    questions.show: "show win_rate --by target --from 2025-01-01 --where region=East",
    questions.explain: "explain win_rate --where region=East --rows",
    goals.goals: "goals won_revenue=1000000 --from 2026-01-01 --to 2026-03-31",
    goals.plan: "plan --goal 5000000 --growth 10 --growth 30",
    accounts.accounts: "accounts --where target=target --format csv > targets.csv",
    accounts.segments: "segments --save Rail --where industry=Rail",
    catalogue.dimensions: "dimensions",
    keeping.targets: "targets --add accounts.txt --list Spring --since 2025-01-01",
    keeping.settings: "settings idle_days=21 currency=EUR",
    loading.sample: "sample --workspace /tmp/sample",
}
"""Every command, in the order of the help, with an example of it."""

for command, example in EXAMPLES.items():
    app.command(name=command.__name__.removesuffix("_metrics"), epilog=f"Example: python -m metrics {example}")(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(arguments, prog_name="python -m metrics", standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.TyperException as error:
        return _ended(_usage(error), error.exit_code)
    except AbmError as error:
        return _ended(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):  # typer makes the one the other, and nothing else here exits
        return _reader_left()
    except KeyboardInterrupt:
        return _ended("Stopped. The workspace is as it was.", STOPPED)
    except Exception as error:
        return _ended(f"This is a bug: {type(error).__name__} in {_place(error)}: {error}. Please report it.", BUG)
    return code


def _ended(message: str, code: int) -> int:
    """The exit code, once the message is told to whoever still listens."""
    try:
        complain(message)
        sys.stdout.flush()
    except BrokenPipeError:
        _reader_left()
    return code


def _usage(error: typer.TyperException) -> str:
    """What was typed wrongly, with the closest thing that there is."""
    typed, known = getattr(error, "option_name", None), getattr(error, "possibilities", None)
    if typed and known:
        return f"There is no option {typed}.{did_you_mean(typed, known)}"
    return error.format_message()


def _reader_left() -> int:
    """The program that read the output ended first, as `head` does: no error. Nothing more can be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return 0


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
