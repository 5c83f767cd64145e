"""Every error that a user may meet, by who must act on it.

One base, four kinds. A message says what is wrong, where, and what to do next; driver errors are wrapped once,
at the edge, so that nobody above an edge sees a library's exception.
"""


class AbmError(Exception):
    """Base of all errors of the product. `exit_code` is what the command line ends with."""

    exit_code = 1


class DefinitionError(AbmError):
    """A metric's own file is wrong: the product's developers must act."""


class QuestionError(AbmError):
    """The question is wrong: an unknown metric, dimension or option, or a split that makes no sense."""

    exit_code = 2


class FileError(AbmError):
    """A file was refused, or asks a question that only the user can answer."""

    exit_code = 3


class WorkspaceError(AbmError):
    """The workspace cannot be used: locked, unreadable, full, or of a newer format."""

    exit_code = 4
