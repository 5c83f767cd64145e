"""Cohorts taken together: hand-counted, and against the life table of the same units one by one."""

import numpy as np
import pandas as pd
import pytest

from metrics import pooled_ages, sides_at
from metrics.statistics.survival import LifeTable


def cells(*parts: tuple[str, str, int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(parts, columns=["segment", "cohort", "age", "numerator", "size"])
    return frame.assign(value=frame["numerator"] / frame["size"], denominator=frame["size"])


def test_the_share_reached_is_chained_over_the_cohorts_that_completed_the_age() -> None:
    """
    cohort  size  age 0  age 1  age 2
    Jan       10      4      6      6
    Feb       20      2      8
    Mar       10      0
    age 0: 6 of 40; age 1: 2 + 6 of (6 + 18) not there yet: missed 34/40 · 16/24; age 2: 0 of 4: unchanged.
    The mean over complete cells would be 47 % at age 1 and 60 % at age 2, of other cohorts than before.
    """
    frame = cells(("All", "2026-01", 0, 4, 10), ("All", "2026-01", 1, 6, 10), ("All", "2026-01", 2, 6, 10),
                  ("All", "2026-02", 0, 2, 20), ("All", "2026-02", 1, 8, 20), ("All", "2026-03", 0, 0, 10))  # fmt: skip
    pooled = pooled_ages(frame, by_age=True)
    missed = [34 / 40, 34 / 40 * 16 / 24, 34 / 40 * 16 / 24]
    assert pooled["value"].tolist() == pytest.approx([1 - share for share in missed])
    assert pooled["n"].tolist() == [40, 30, 10]
    assert pooled["cohorts"].tolist() == [3, 2, 1]
    assert (pooled["low"] <= pooled["value"]).all()
    assert (pooled["value"] <= pooled["high"]).all()


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_life_table_of_the_units(seed: int) -> None:
    """Each unit alone: reached at its age, or censored after its cohort's last completed age."""
    rng = np.random.default_rng(seed)
    parts, times, reached = [], [], []
    for cohort in range(6):
        size, last = int(rng.integers(1, 30)), 5 - cohort
        ages = rng.integers(0, 9, size)
        times += [min(age, last) for age in ages]
        reached += [age <= last for age in ages]
        parts += [("All", f"2026-0{cohort + 1}", age, int((ages <= age).sum()), size) for age in range(last + 1)]
    ended = np.asarray(reached, dtype=float)
    table = LifeTable.of(times, ended, ended, 1 - ended)
    pooled = pooled_ages(cells(*parts), by_age=True).set_index("age")["value"]
    for age, share in zip(table.time, 1 - table.survival, strict=True):
        assert pooled[int(age)] == pytest.approx(share)
    assert pooled.is_monotonic_increasing


def test_without_younger_cohorts_the_interval_is_wilsons() -> None:
    """20 of 50 by age 1, all followed: 0.4 of effective 50."""
    pooled = pooled_ages(cells(("All", "2026-01", 0, 10, 50), ("All", "2026-01", 1, 20, 50)), by_age=True)
    assert pooled["effective_n"].tolist() == pytest.approx([50, 50])
    assert pooled.loc[1, ["low", "high"]].tolist() == pytest.approx([0.2761, 0.5382], abs=1e-4)


def test_kept_customers_and_revenue_are_sums_over_the_cohorts_that_completed_the_age() -> None:
    """
    cohort  size  revenue at 0, 1, 2 (the last unit runs)
    Jan        4  100, 60, 50
    Feb       10  300, 300*            * not ended: neither it nor February's 300 enters age 1
    """
    frame = pd.DataFrame({"segment": "All", "cohort": ["2026-01"] * 3 + ["2026-02"] * 2, "age": [0, 1, 2, 0, 1],
                          "size": [4, 4, 4, 10, 10], "revenue": [100.0, 60.0, 50.0, 300.0, 300.0],
                          "partial": [False, False, True, False, True]})  # fmt: skip
    frame["value"] = 1.0
    pooled = pooled_ages(frame, by_age=False)
    assert pooled["age"].tolist() == [0, 1]
    assert pooled["value"].tolist() == [1.0, 0.6]
    assert pooled["n"].tolist() == [14, 4]
    assert pooled["low"].isna().all()
    logos = frame.drop(columns="revenue").assign(numerator=[4, 3, 3, 10, 10])
    assert pooled_ages(logos, by_age=False)["value"].tolist() == [1.0, 0.75]


def test_the_sides_are_compared_once_and_too_few_are_not() -> None:
    parts = [("target", "2026-01", 0, 30, 40), ("rest", "2026-01", 0, 20, 60)]
    found = sides_at(pooled_ages(cells(*parts), by_age=True), 0)
    assert found is not None
    assert (found.values, found.verdict) == ((0.75, pytest.approx(1 / 3)), "better")
    assert found.low is not None
    assert found.low > 0
    few = sides_at(pooled_ages(cells(("target", "2026-01", 0, 3, 4), parts[1]), by_age=True), 0)
    assert few is not None
    assert few.verdict == "too few to say"
    assert few.low is None
    assert sides_at(pooled_ages(cells(parts[0]), by_age=True), 0) is None


def test_revenue_of_the_sides_is_drawn_by_account() -> None:
    """Each target account keeps all of its revenue, each of the rest half: no draw says otherwise."""
    frame = pd.DataFrame({
        "segment": ["target", "target", "rest", "rest"], "cohort": "2026-01", "age": [0, 1] * 2, "size": 8,
        "revenue": [800.0, 800.0, 800.0, 400.0], "value": [1.0, 1.0, 1.0, 0.5],
    })  # fmt: skip
    rows = pd.DataFrame({"segment": ["target"] * 8 + ["rest"] * 8, "account_id": [f"a{n}" for n in range(16)],
                         "measure": [100.0] * 8 + [50.0] * 8, "weight": 100.0})  # fmt: skip
    pooled = pooled_ages(frame, by_age=False)
    found = sides_at(pooled, 1, rows)
    assert found is not None
    assert (found.values, found.low, found.high, found.verdict) == ((1.0, 0.5), 0.5, 0.5, "better")
    assert (untold := sides_at(pooled, 1)) is not None
    assert untold.verdict == "too few to say"
