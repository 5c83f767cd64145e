"""The dirt that real exports carry, put into a file's rows in known quantities.

None of it changes what is true of the company: damaged, deleted and orphaned rows are added beside the true ones,
copies are older than their originals, and unreadable cells stand where no planted truth depends on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

UNREADABLE_DAY = "########"  # what a spreadsheet shows, and saves, where a column is too narrow
DAMAGED_ID = "6.89813E+11"  # what a spreadsheet makes of a long id


@dataclass(frozen=True)
class Dirt:
    """What to put into one file, for every thousand of its rows; at least one of each kind that is named.

    duplicates: older copies, their cells changed as `older` says. blank: rows of empty cells. damaged: rows whose id
    column reads `damage`. deleted: rows marked deleted, with ids of their own. unreadable: column → per thousand.
    orphans: rows added with ids of their own and `orphan` cells. natural_key: the columns that tell rows apart where a
    file has no id; what repeats them is a duplicate too.
    """

    id_column: str
    duplicates: float = 0
    older: Mapping[str, str] = field(default_factory=dict)
    blank: float = 0
    damaged: float = 0
    damage: str = DAMAGED_ID
    deleted: float = 0
    unreadable: Mapping[str, float] = field(default_factory=dict)
    orphans: float = 0
    orphan: Mapping[str, str] = field(default_factory=dict)
    natural_key: tuple[str, ...] = ()


@dataclass
class Counts:
    """What a reader should find in a file: rows by fate, and cells by trouble."""

    read: int = 0
    loaded: int = 0
    rejected: int = 0
    duplicate: int = 0
    blank: int = 0
    footer: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)
    unknown_account: int = 0

    def add(self, other: "Counts") -> None:
        """Take another block's counts in."""
        for name in ("read", "loaded", "rejected", "duplicate", "blank", "footer", "unknown_account"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for column, n in other.unreadable.items():
            self.unreadable[column] = self.unreadable.get(column, 0) + n


def number_of(rows: int, per_thousand: float) -> int:
    """How many of a file's rows that is; at least one."""
    return max(1, round(rows * per_thousand / 1000)) if per_thousand else 0


def spoil(
    rng: np.random.Generator, frame: pd.DataFrame, dirt: Dirt, spare_ids: np.ndarray
) -> tuple[pd.DataFrame, Counts]:
    """The file's rows with the dirt among them, and what is in it. `spare_ids` are ids that no true row has."""
    rows = len(frame)
    order = rng.permutation(rows)
    frame = frame.copy()
    unreadable, taken = {}, 0
    for column, per_thousand in dirt.unreadable.items():
        filled = order[taken:][(frame[column].to_numpy()[order[taken:]] != "")]
        chosen = filled[: number_of(rows, per_thousand)]
        frame.loc[chosen, column] = UNREADABLE_DAY
        unreadable[column] = len(chosen)
    is_clean = np.ones(rows, dtype=bool)
    for column in unreadable:
        is_clean &= (frame[column] != UNREADABLE_DAY).to_numpy()
    pool = rng.permutation(np.flatnonzero(is_clean))
    amounts = [number_of(rows, n) for n in (dirt.duplicates, dirt.damaged, dirt.deleted, dirt.orphans, dirt.blank)]
    edges = np.cumsum([0, *amounts])
    copies, damaged, deleted, orphans, blanks = (frame.loc[pool[a:b]] for a, b in pairwise(edges))
    spare = iter(np.array_split(spare_ids[: len(deleted) + len(orphans)], [len(deleted)]))
    added = [
        copies.assign(**dirt.older),
        damaged.assign(**{dirt.id_column: dirt.damage}),
        deleted.assign(**{dirt.id_column: next(spare)} | ({"IsDeleted": "true"} if len(deleted) else {})),
        orphans.assign(**{dirt.id_column: next(spare)} | dict(dirt.orphan)),
        blanks.assign(**dict.fromkeys(frame.columns, "")),
    ]
    whole = pd.concat([frame, *added])
    place = np.concatenate([np.arange(rows), *(rng.random(len(part)) * rows for part in added)])
    whole = whole.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    repeated = int(frame.duplicated(list(dirt.natural_key)).sum()) if dirt.natural_key else 0
    counts = Counts(
        read=len(whole),
        loaded=rows - repeated + len(orphans),
        rejected=len(damaged) + len(deleted),
        duplicate=repeated + len(copies),
        blank=len(blanks),
        unreadable=unreadable,
        unknown_account=len(orphans) if dirt.orphan else 0,
    )
    return whole, counts
