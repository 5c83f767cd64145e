"""Accounts one by one: the list, one account before a call, and the segments that people keep."""

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.output import say, say_table, write
from metrics.commands.questions import WhereOption, read_scope
from metrics.commands.shared import DirectoryOption, Form, FormOption, loaded_snapshot, open_workspace
from metrics.errors import QuestionError
from metrics.scope import Scope

if TYPE_CHECKING:
    from metrics.workspace import Workspace

_SHOWN = ("account_id", "name", "target", "owner", "points", "last_sales_on", "open_deals", "open_amount", "stage")
_NUMBERS = ("points", "open_deals", "open_amount")
SegmentOption = Annotated[str | None, typer.Option(metavar="NAME", help="The accounts of a kept segment.")]


def accounts(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(metavar="ID", help="One account, by its id.")] = None,
    where: WhereOption = None, segment: SegmentOption = None, form: FormOption = Form.TEXT,
    workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """List the accounts with what a seller wants to know before a call, or tell all of one."""
    kept = open_workspace(context, workspace)
    if account is not None:
        if where or segment:
            raise QuestionError("An account is named by its id alone: leave out --where and --segment.")
        _one(kept, account, form)
        return
    from metrics.accounts.listing import list_accounts

    scope = read_scope(None, where, None, None, None, None)
    if segment is not None:
        scope = Scope(filters=(*scope.filters, *_filters(kept, segment)))
    rows = _rows(list_accounts(loaded_snapshot(kept), scope))

    def text() -> None:
        say_table(_SHOWN, ([_told(row[name]) for name in _SHOWN] for row in rows), numbers=_NUMBERS)
        say("", f"{len(rows):,} accounts")

    write(form, {"accounts": rows}, lambda: rows, text)


def _one(kept: "Workspace", account: str, form: Form) -> None:
    """Everything that the page of an account shows."""
    from metrics.accounts.links import account_link
    from metrics.accounts.listing import FIT, account_fits, list_accounts
    from metrics.accounts.peers import account_peers
    from metrics.accounts.profile import PARTS, account_profile
    from metrics.answer import plain
    from metrics.detail import list_rows

    snapshot = loaded_snapshot(kept)
    profile = account_profile(snapshot, account)
    fits = account_fits(snapshot).set_index("account_id").loc[account]
    facts = profile.facts | {name: plain(fits[name]) for name in FIT}
    touched = list_rows(snapshot, "relationship_strength") if snapshot.row_counts.get("activities") else None
    strengths = {} if touched is None else dict(zip(touched["account_id"], touched["measure"], strict=True))
    peers = account_peers(list_accounts(snapshot, fit=False), account, strengths)
    figures = [{field.name: getattr(one, field.name) for field in fields(one)} for one in peers.figures]
    told: dict[str, Any] = {
        "account": facts, "link": account_link(str(snapshot.settings.get("crm_link") or ""), account),
        "next_steps": [step.as_json() for step in profile.steps],
        "peers": {"alike": peers.alike, "n": peers.n, "figures": figures},
        **{name: _rows(getattr(profile, name)) for name in PARTS},
    }  # fmt: skip

    def text() -> None:
        say_table(("fact", "value"), ([name, _told(value)] for name, value in facts.items()))
        say("", "Next:", *(f"  {', '.join(f'{k}={_told(v)}' for k, v in step.items())}" for step in told["next_steps"]))
        say("", f"Beside {peers.n:,} accounts alike it ({', '.join(f'{k}={v}' for k, v in peers.alike.items())}):")
        columns = ("name", "value", "p25", "median", "p75", "n")
        say_table(columns, ([_told(one[name]) for name in columns] for one in figures), numbers=columns[1:])

    write(form, told, lambda: [facts], text)


def segments(
    context: typer.Context,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Keep the filters of --where.")] = None,
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="Remove a segment.")] = None,
    where: WhereOption = None, form: FormOption = Form.TEXT, workspace: DirectoryOption = None,
) -> None:  # fmt: skip
    """Show the kept segments, keep filters under a name, or remove one."""
    kept = open_workspace(context, workspace)
    if save and remove:
        raise QuestionError("Keep a segment or remove one, not both at once.")
    if where and not save:
        raise QuestionError("--where names the filters to keep: name the segment with --save.")
    if save:
        scope = read_scope(None, where, None, None, None, None)
        _check(kept, scope)
        kept.save_segment(save, scope.filters)
    elif remove:
        kept.remove_segment(remove)
    found = kept.segments()

    def text() -> None:
        if not found:
            say("No segment is kept. For example: segments --save Rail --where industry=Rail")
            return
        rows = ([one["name"], _filter_words(one["filters"]), one["saved_at"], one["saved_by"]] for one in found)
        say_table(("segment", "filters", "saved at", "by"), rows)

    write(form, {"segments": found}, lambda: found, text)


def _check(kept: "Workspace", scope: Scope) -> None:
    """QuestionError where a filter names no dimension."""
    from metrics.accounts.listing import list_accounts

    if kept.current() is not None:
        list_accounts(loaded_snapshot(kept), scope)


def _filters(kept: "Workspace", name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    for one in kept.segments():
        if one["name"].casefold() == name.casefold():
            return tuple((dimension, tuple(values)) for dimension, values in one["filters"].items())
    known = ", ".join(one["name"] for one in kept.segments()) or "none"
    raise QuestionError(f"There is no segment “{name}”. Kept are: {known}.")


def _filter_words(filters: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}={' or '.join(values)}" for name, values in filters.items())


def _rows(frame: Any) -> list[dict[str, Any]]:
    from metrics.answer import plain

    return [{str(name): plain(cell) for name, cell in row.items()} for row in frame.to_dict("records")]


def _told(value: object) -> object:
    return "" if value is None else round(value, 1) if isinstance(value, float) else value
