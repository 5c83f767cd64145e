"""Target lists that people keep: from a file or a paste of ids, domains or names, or from a rule."""

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from metrics.errors import FileError, QuestionError
from metrics.workspace.build.targets import parse_rule

KEY_HEADERS = (
    ("account id", "account_id", "company id", "record id", "id"),
    ("domain", "company domain", "company domain name", "website", "web site", "url"),
    ("account", "account name", "company", "company name", "name"),
)
"""Headers of a table whose column names the company, best first."""


def read_keys(text: str) -> list[str]:
    """The keys in a paste or a file: one a line, or a table's column that names the company. Each once, in order."""
    lines = [line for line in text.replace("\ufeff", "").splitlines() if line.strip()]
    if not lines:
        return []
    delimiter = max("\t;,|", key=lines[0].count)
    header = [cell.strip().casefold() for cell in lines[0].split(delimiter)]
    columns = [header.index(name) for names in KEY_HEADERS for name in names if name in header]
    if not columns:
        keys: Iterable[str] = (
            lines if delimiter == "," or delimiter not in lines[0] else (line.split(delimiter)[0] for line in lines)
        )
    else:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))[1:]
        keys = (next((row[c] for c in columns if c < len(row) and row[c].strip()), "") for row in rows)
    return list(dict.fromkeys(key.strip().strip('"').strip() for key in keys if key.strip().strip('"').strip()))


def read_keys_file(path: Path) -> list[str]:
    """`read_keys` of a text file, or of the standard input for `-`; FileError where it is not text."""
    if str(path) == "-":
        return read_keys(sys.stdin.read())
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}. Check the path and its permissions.") from None
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:
                return read_keys(text)
    raise FileError(f"{path.name}: not a text file. Save the list as CSV, or paste it.")


def new_list(keys: Sequence[str] | None, rule: str | None, name: str, since: date | str | None) -> dict[str, Any]:
    """A kept list of `keys` or of a `rule`; QuestionError where it says nothing."""
    if rule is not None and not parse_rule(rule):
        raise QuestionError(
            f"“{rule}” is not a rule. Write a dimension of accounts and its value: tier=1, or tier=1 and region=East."
        )
    if rule is None and not keys:
        raise QuestionError("The list is empty: give ids, domains or names of accounts, one a line.")
    try:
        day = date.fromisoformat(str(since)).isoformat() if since else None
    except ValueError:
        raise QuestionError(f"“{since}” is not a day: write it as 2026-01-31.") from None
    return {"list": name, "since": day, **({"rule": rule} if rule is not None else {"keys": list(keys or ())})}


def shown_lists(about: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every target list with its number of accounts, the rules behind it and how many of its keys were not found."""
    names = dict.fromkeys([*(one["list"] for one in about.get("lists", ())), *(one["list"] for one in kept)])
    counts = {one["list"]: one for one in about.get("lists", ())}
    told = about.get("targets") or [{"list": one["list"], "unmatched": one.get("keys", ())} for one in kept]
    return [
        {
            "list": name,
            "accounts": counts.get(name, {}).get("accounts", 0),
            "since": counts.get(name, {}).get("since"),
            "rules": [one["rule"] for one in kept if one["list"] == name and one.get("rule")],
            "unmatched": sum(len(one["unmatched"]) for one in told if one["list"] == name),
            "kept": any(one["list"] == name for one in kept),
        }
        for name in names
    ]
