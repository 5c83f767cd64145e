"""What the user decides for the whole workspace: the target lists and the settings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from metrics.commands.output import say, say_table, write
from metrics.commands.shared import (
    DirectoryOption,
    Form,
    FormOption,
    open_workspace,
    read_day,
    read_pairs,
    snapshot_in_use,
)
from metrics.errors import QuestionError


def settings(
    context: typer.Context,
    changes: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE…", help="What to change.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Who changed what, and when, instead.")] = False,
    form: FormOption = Form.TEXT,
    workspace: DirectoryOption = None,
) -> None:
    """Show every setting, or change some: `settings margin=0.7`."""
    from metrics.settings import every_setting, read_setting

    kept = open_workspace(context, workspace)
    if history and changes:
        raise QuestionError("--history shows what was changed: leave out what to change.")
    if history:
        _show_changes(kept.changes(), form)
        return
    snapshot = snapshot_in_use(kept) if changes else None
    chosen = {name: read_setting(name, value, snapshot) for name, value in read_pairs("settings", changes or ())}
    if chosen:
        kept.change_settings(chosen)
    found = [setting.as_json() for setting in every_setting(kept.settings())]

    def text() -> None:
        say_table(
            ("setting", "value", "meaning", "default", "choices"),
            (
                (s["name"], _short(s["value"]), s["meaning"],
                 "" if s["value"] == s["default"] else _short(s["default"]), ", ".join(s["choices"]))
                for s in found
            ),
        )  # fmt: skip
        say(*(f"Set {name} to {value}." for name, value in chosen.items()))

    write(form, {"settings": found}, lambda: found, text)


def _show_changes(changes: list[dict[str, Any]], form: Form) -> None:
    def text() -> None:
        if not changes:
            say("Nothing was changed yet: every setting is its default, and no goal or target list was kept.")
            return
        names = ("at", "by", "kind", "name", "before", "after")
        say_table(names, ([None if one[n] is None else _short(one[n]) for n in names] for one in changes))

    write(form, {"changes": changes}, lambda: changes, text)


def _short(value: object, most: int = 40) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def targets(
    context: typer.Context,
    add: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ids, domains or names, one a line or in a table; - reads the input."),
    ] = None,
    rule: Annotated[str | None, typer.Option(metavar="DIM=VALUE", help="All accounts that have it: tier=1.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the list.")] = False,
    name: Annotated[str, typer.Option("--list", metavar="NAME", help="The list's name.")] = "Target accounts",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Targets since this day.")] = None,
    form: FormOption = Form.TEXT,
    workspace: DirectoryOption = None,
) -> None:
    """Show the target lists, add to one, or remove one."""
    if (add is not None) + (rule is not None) + remove > 1:
        raise QuestionError("Choose one of --add, --rule and --remove.")
    kept = open_workspace(context, workspace)
    day = read_day("--since", since)
    told: dict[str, Any] = {}
    if remove:
        kept.remove_targets(name)
    elif rule is not None:
        told = kept.add_targets(rule=rule, list=name, since=day)
    elif add is not None:
        told = kept.add_targets(file=add, list=name, since=day)
    lists = kept.targets()

    def text() -> None:
        if told:
            say(f"{name}: {told['matched']:,} matched, {len(told['unmatched']):,} not found.")
            if told["unmatched"] and kept.current() is None:
                say("  Nothing is loaded yet: they are looked for again with every load.")
            say(*(f"  not found: {key}" for key in told["unmatched"]))
        if lists:
            say_table(
                ("list", "accounts", "since", "rules", "not found"),
                ((o["list"], o["accounts"], o["since"], ", ".join(o["rules"]), o["unmatched"]) for o in lists),
                numbers=("accounts", "not found"),
            )
        else:
            say("No target accounts yet: `targets --add FILE` or `targets --rule tier=1` names them.")

    write(form, {**told, "lists": lists}, lambda: lists, text)
