"""An account beside its peers: who they are, and where its figures stand among theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from metrics.answer import plain

LEAST_PEERS = 10
"""So many others make a group that quartiles say something of; a narrower group is widened."""
FEWEST = 5
GROUPS = (
    ("target", "standing", "tier", "industry"), ("target", "standing", "industry"), ("target", "standing", "tier"),
    ("target", "standing", "size"), ("target", "standing"), ("target", "industry"), ("target",),
)  # fmt: skip
"""By what peers are alike, the most alike first."""
PEER_FIGURES = {
    "points": "score", "people": "count", "touches": "count", "relationship": "score", "days_in_stage": "days",
    "open_amount": "money", "won_amount": "money",
}  # fmt: skip
"""What is compared, and in which unit. Days in stage and open amounts are of accounts with an open deal."""


@dataclass(frozen=True)
class PeerFigure:
    """One figure: the account's `value` beside the peers' quartiles; `n` peers have it, the account's own apart."""

    name: str
    kind: str
    value: float | None
    p25: float | None
    median: float | None
    p75: float | None
    n: int

    @property
    def place(self) -> str:
        """Above or below the middle half of the peers, or within it; "unknown" where there are too few to say."""
        if self.value is None or self.p25 is None or self.p75 is None:
            return "unknown"
        return "above" if self.value > self.p75 else "below" if self.value < self.p25 else "within"


@dataclass(frozen=True)
class Peers:
    """`alike`: what the account and its `n` peers share, by dimension."""

    alike: dict[str, str]
    n: int
    figures: tuple[PeerFigure, ...]


def account_peers(everyone: pd.DataFrame, account_id: str, strengths: Mapping[str, float] | None = None) -> Peers:
    """The account among those alike it, of all accounts of the list. `strengths`: relationship strength by account.

    The narrowest group of GROUPS with at least LEAST_PEERS others; quartiles from FEWEST others on, interpolated
    linearly.
    """
    own = everyone[everyone["account_id"] == account_id].iloc[0]
    group, alike = _group(everyone[everyone["account_id"] != account_id], own)
    known = {str(name): float(value) for name, value in (strengths or {}).items()}
    figures = []
    for name, kind in PEER_FIGURES.items():
        if name == "relationship":
            value, others = known.get(account_id), group["account_id"].map(known).dropna()
        else:
            value, others = plain(own[name]), group[name].dropna()
        quartiles = _quartiles(others.astype(float).to_numpy())
        figures.append(PeerFigure(name, kind, None if value is None else float(value), *quartiles, len(others)))
    return Peers(alike, len(group), tuple(figures))


def _group(others: pd.DataFrame, own: pd.Series) -> tuple[pd.DataFrame, dict[str, str]]:
    found, alike = others, dict[str, str]()
    for names in GROUPS:
        values: dict[str, Any] = {name: plain(own[name]) for name in names}
        if any(value is None for value in values.values()):
            continue
        same = np.logical_and.reduce([others[name] == value for name, value in values.items()])
        found, alike = others[same], {name: str(value) for name, value in values.items()}
        if len(found) >= LEAST_PEERS:
            break
    return found, alike


def _quartiles(values: "np.ndarray[Any, Any]") -> tuple[float | None, float | None, float | None]:
    if len(values) < FEWEST:
        return None, None, None
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)
