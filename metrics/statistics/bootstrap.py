"""The interval of a difference that no formula gives: a percentile bootstrap over accounts."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

DRAWS = 2000
SEED = 20250101
_CELLS = 4_000_000
"""How many numbers one chunk of draws may hold, so that memory stays flat."""

Statistic = Literal["mean", "median", "sum", "ratio"]
Numbers = npt.NDArray[np.float64]
Ids = npt.NDArray[np.object_]


def difference_interval(
    statistic: Statistic, one: tuple[Numbers, Numbers, Ids], other: tuple[Numbers, Numbers, Ids]
) -> tuple[float, float]:
    """The 95 % percentile interval of statistic(one) − statistic(other) over 2,000 draws of accounts, fixed seed.

    Each side is (measure, weight, cluster id) of its rows; a draw takes whole clusters, with replacement.
    `ratio` is Σ measure ÷ Σ weight; the others ignore the weight.
    """
    rng = np.random.default_rng(SEED)
    differences = _draws(statistic, *one, rng) - _draws(statistic, *other, rng)
    usable = differences[np.isfinite(differences)]
    if not len(usable):
        return float("nan"), float("nan")
    low, high = np.quantile(usable, [0.025, 0.975])
    return float(low), float(high)


def _draws(statistic: Statistic, measure: Numbers, weight: Numbers, ids: Ids, rng: np.random.Generator) -> Numbers:
    _, cluster = np.unique(ids.astype(str), return_inverse=True)
    clusters = int(cluster.max()) + 1
    order = np.argsort(measure, kind="stable")
    measure, weight, cluster = measure[order], weight[order], cluster[order]
    work = _STATISTICS[statistic](measure, weight, cluster, clusters)
    step = max(1, _CELLS // max(len(measure) if statistic == "median" else clusters, 1))
    chunks = [
        work(rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=min(step, DRAWS - start)))
        for start in range(0, DRAWS, step)
    ]
    return np.concatenate(chunks)


_Work = Callable[[npt.NDArray[np.int64]], Numbers]


def _sums(measure: Numbers, weight: Numbers, cluster: npt.NDArray[np.intp], clusters: int) -> tuple[Numbers, Numbers]:
    return (
        np.bincount(cluster, weights=measure, minlength=clusters).astype(float),
        np.bincount(cluster, weights=weight, minlength=clusters).astype(float),
    )


def _ratio(measure: Numbers, weight: Numbers, cluster: npt.NDArray[np.intp], clusters: int) -> _Work:
    over, under = _sums(measure, weight, cluster, clusters)

    def work(counts: npt.NDArray[np.int64]) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (counts @ over) / (counts @ under)

    return work


def _mean(measure: Numbers, _: Numbers, cluster: npt.NDArray[np.intp], clusters: int) -> _Work:
    return _ratio(measure, np.ones_like(measure), cluster, clusters)


def _sum(measure: Numbers, weight: Numbers, cluster: npt.NDArray[np.intp], clusters: int) -> _Work:
    total, _ = _sums(measure, weight, cluster, clusters)
    return lambda counts: counts @ total


def _median(measure: Numbers, _: Numbers, cluster: npt.NDArray[np.intp], __: int) -> _Work:
    def work(counts: npt.NDArray[np.int64]) -> Numbers:
        upto = np.cumsum(counts[:, cluster], axis=1)
        n = upto[:, -1:]
        lower = np.argmax(upto > (n - 1) // 2, axis=1)
        upper = np.argmax(upto > n // 2, axis=1)
        return np.where(n[:, 0] > 0, (measure[lower] + measure[upper]) / 2, np.nan)

    return work


_STATISTICS: dict[str, Callable[[Numbers, Numbers, npt.NDArray[np.intp], int], _Work]] = {
    "mean": _mean, "median": _median, "sum": _sum, "ratio": _ratio,
}  # fmt: skip
