"""The commands put together, and the one place where errors become messages and exit codes."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from metrics.commands import catalogue, keeping, loading, questions
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


for command in (
    loading.load, loading.imports, loading.undo, loading.rejects, catalogue.tables, catalogue.list_metrics,
    questions.show, questions.explain, catalogue.dimensions, keeping.targets, keeping.settings, loading.sample,
):  # fmt: skip
    app.command(name=command.__name__.removesuffix("_metrics"))(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(arguments, prog_name="python -m metrics", standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.TyperException as error:
        complain(_usage(error))
        return error.exit_code
    except AbmError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        complain("Stopped. The workspace is as it was.")
        return STOPPED
    except Exception as error:
        complain(f"This is a bug: {type(error).__name__} in {_place(error)}: {error}. Please report it.")
        return BUG
    return code


def _usage(error: typer.TyperException) -> str:
    """What was typed wrongly, with the closest thing that there is."""
    typed, known = getattr(error, "option_name", None), getattr(error, "possibilities", None)
    if typed and known:
        return f"There is no option {typed}.{did_you_mean(typed, known)}"
    return error.format_message()


def _reader_left() -> int:
    """The program that read the output ended first, as `head` does: no error. Nothing more can be written."""
    sys.stdout = open(Path("/dev/null"), "w", encoding="utf-8")  # noqa: SIM115 - lives until the process ends
    return 0


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
