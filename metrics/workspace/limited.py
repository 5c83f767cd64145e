"""Runs a module in a process of bounded memory and time: `-m metrics.workspace.limited BYTES SECONDS MODULE ARG…`.

The limits are set here, in the child itself, since code between fork and exec is unsafe in a program with threads.
"""

import os
import resource
import runpy
import sys
import threading


def _limit(kind: int, amount: int) -> None:
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        amount = min(amount, most)
    try:
        resource.setrlimit(kind, (amount, most))
    except (ValueError, OSError):
        return  # macOS does not bound the address space; the time limit still holds


def _end_with_parent() -> None:
    """Standard input is a pipe that the parent holds open: its end is the parent's, and nobody waits for us."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    memory, seconds, module, *arguments = sys.argv[1:]
    os.umask(0o077)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(resource.RLIMIT_AS, int(memory))
    _limit(resource.RLIMIT_CPU, int(seconds))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
