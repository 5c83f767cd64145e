"""The process that builds a large snapshot: `-m metrics.workspace.builder REQUEST.json`.

It prints progress as JSON lines and leaves what `build` answers beside its request; it ends with ENOSPC where the disk
is full.
"""

import errno
import json
import sys
from pathlib import Path

from metrics.workspace.apart import SAID
from metrics.workspace.build import build
from metrics.workspace.files import is_full
from metrics.workspace.snapshots import batches_of
from metrics.workspace.state import understood

MEMORY = "600MB"
"""What the database may hold at once; more spills to disk."""


def main(arguments: list[str]) -> int:
    """Build what a request asks for."""
    request = Path(arguments[0])
    asked = json.loads(request.read_bytes())
    directory = Path(asked["workspace"])
    state = understood(directory, json.dumps(asked["state"]).encode())

    def say(done: float) -> None:
        print(json.dumps({"phase": "build", "done": done}), flush=True)

    try:
        told = build(batches_of(directory, state), state.for_build, Path(asked["out"]), say, memory=MEMORY)
        request.with_name(SAID).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    except Exception as error:
        if not is_full(error):
            raise
        return errno.ENOSPC
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
