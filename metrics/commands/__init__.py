"""The command line: the scriptable face of `metrics`. It asks what the pages ask, through the same functions.

JSON and CSV go to standard output alone, messages to standard error. Modules that take long to import are imported
inside the commands that need them, so that help and errors are quick.
"""

from metrics.commands.app import main

__all__ = ["main"]
