"""What is kept: exports as they came, their canonical rows, and the snapshot built of them."""

from metrics.workspace.imports import Import
from metrics.workspace.workspace import DEFAULT_LIST, Workspace

__all__ = ["DEFAULT_LIST", "Import", "Workspace"]
