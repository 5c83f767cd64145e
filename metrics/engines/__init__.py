"""Where the SQL runs. Only this room knows the database when measuring."""

from metrics.engines.snapshot import Snapshot, open_snapshot

__all__ = ["Snapshot", "open_snapshot"]
