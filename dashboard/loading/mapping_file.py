"""What the visitor matched, as the mapping file that `load --mapping` takes."""

import json
from typing import Any

from dashboard.loading.incoming import Incoming


def mapping_file(one: Incoming) -> str:
    """The mapping of a file as TOML; empty where nothing was matched by hand."""
    mapping = one.mapping()
    if mapping is None:
        return ""
    if one.currency:
        mapping = mapping | {"format": {**mapping.get("format", {}), "currency": one.currency.upper()}}
    lines = [f"table = {_written(mapping['table'])}"] if "table" in mapping else []
    for section in ("columns", "stages", "format", "constants"):
        if mapping.get(section):
            lines += ["", f"[{section}]"]
            lines += [f"{_written(name)} = {_written(value)}" for name, value in mapping[section].items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _written(value: Any) -> str:
    """A value as TOML writes it: for texts, numbers and truth values the same as JSON, but for the character DEL."""
    return json.dumps(str(value) if not isinstance(value, bool | int | float) else value, ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )
