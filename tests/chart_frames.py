"""Invented tidy answers, one a family of charts."""

import pandas as pd

STEPS = ("Discovery", "Qualified", "Proposal", "Security review", "Won")
TARGET, TOTAL = (230, 190, 146, 98, 50), (653, 498, 341, 196, 93)


def funnel_split() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"segment": segment, "stage": step, "value": value}
            for step, target, total in zip(STEPS, TARGET, TOTAL, strict=True)
            for segment, value in (("target", target), ("rest", total - target))
        ]
    )


def funnel_whole() -> pd.DataFrame:
    return pd.DataFrame({"segment": "All", "stage": STEPS, "value": TOTAL, "median_days": [None, 12, 19, 21, 14]})


def win_rates() -> pd.DataFrame:
    parts = [("Banking", 0.42, 89), ("Retail", 0.14, 22), ("Public sector", 0.25, 4)]
    frame = pd.DataFrame(parts, columns=["segment", "value", "n"])
    frame["numerator"] = (frame["value"] * frame["n"]).round()
    return frame.assign(denominator=frame["n"], low=frame["value"] - 0.1, high=frame["value"] + 0.1)


def measures() -> pd.DataFrame:
    columns = ["metric", "label", "kind", "better", "target", "rest", "difference", "low", "high", "verdict"]
    return pd.DataFrame(
        [
            ("win_rate", "Win rate", "percent", "higher", 0.38, 0.27, 0.11, 0.02, 0.22, "better", 120, 292),
            ("days", "Days to win", "days", "lower", 76.0, 91.0, -15.0, -31.0, 1.0, "no clear difference", 57, 71),
            ("share", "Share of three", "percent", "higher", 0.5, 0.4, None, None, None, "too few to say", 4, 71),
        ],
        columns=[*columns, "n_target", "n_rest"],
    )


def durations(shift: float = 0.0) -> pd.DataFrame:
    rows = [("target", 44.0, 58.0, 76.0, 104.0, 141.0, 57), ("rest", 49.0, 66.0, 91.0, 128.0, 176.0, 71)]
    frame = pd.DataFrame(rows, columns=["segment", "p10", "p25", "median", "p75", "p90", "n"])
    days = ["p10", "p25", "median", "p75", "p90"]
    frame[days] = frame[days] + shift
    return frame


def stage_days() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"segment": segment, "stage": stage, "value": m, "p25": m * 0.6, "p75": m * 1.7, "p90": m * 2.5, "n": 100}
            for stage, m in (("Discovery", 9.0), ("Security review", 21.0))
            for segment in ("target", "rest")
        ]
    )


def influenced() -> pd.DataFrame:
    columns = ["segment", "of", "touched_before", "touched_during", "uninfluenced", "sourced", "amount"]
    parts = [("target", "pipeline", 0.5, 0.2, 0.3, 0.4, 9000.0), ("rest", "won", 0.04, 0.06, 0.9, None, None)]
    return pd.DataFrame(parts, columns=columns)


def steadiness() -> pd.DataFrame:
    parts = [("All", 0.7, 0.9), ("Proposal", None, None), ("Review", 1.4, 0.2)]
    return pd.DataFrame(parts, columns=["stage", "value", "reference"])


def uncovered() -> pd.DataFrame:
    parts = [("d1", "North", 900.0), ("d2", "South", None), ("d3", "South", 20.0)]
    return pd.DataFrame(parts, columns=["opportunity_id", "name", "amount"])


def covering() -> pd.DataFrame:
    parts = [("d1", "Web", 1), ("d1", "Mail", 14), ("d3", "Web", 2), ("d9", "Radio", 2)]
    return pd.DataFrame(parts, columns=["opportunity_id", "channel", "touches"])


def limits() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stage": ["Discovery", "Security review"],
            "value": [12.0, 20.0],
            "p75": [17.0, 34.0],
            "p90": [27.0, None],
            "open_n": [40, 20],
            "stalled_n": [3.0, None],
        }
    )


def open_deals(n: int = 60) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "opportunity_id": [f"d{i}" for i in range(n)],
            "stage": ["Discovery" if i % 3 else "Security review" for i in range(n)],
            "days": [float(i % 40) for i in range(n)],
            "stalled": [bool(i % 3 and i % 40 > 27) for i in range(n)],
            "segment": ["target" if i % 2 else "rest" for i in range(n)],
            "name": [f"Account {i}" for i in range(n)],
        }
    )


def cohorts() -> pd.DataFrame:
    months = [f"2025-{m:02d}" for m in (10, 11, 12)] + [f"2026-{m:02d}" for m in range(1, 6)]
    return pd.DataFrame(
        [
            {"segment": "All", "cohort": month, "age": age, "value": min(0.04 * age, 0.2), "size": 40 + i}
            for i, month in enumerate(months)
            for age in range(len(months) - i)
        ]
    )


def ages() -> pd.DataFrame:
    sides = (("target", (0.5, 0.6, 0.6)), ("rest", (0.3, 0.4, None)))
    return pd.DataFrame(
        [
            {"segment": side, "age": age, "value": value, "n": 40 - age, "low": 0.2, "high": 0.7}
            for side, values in sides
            for age, value in enumerate(values)
        ]
    )


def flow() -> pd.DataFrame:
    months = [f"2025-{m:02d}" for m in (11, 12)] + [f"2026-{m:02d}" for m in (1, 2)]
    values = {"opened": (48, 44, 61, 58), "closed": (40, 52, 38, 41)}
    return pd.DataFrame(
        [{"segment": s, "period": m, "value": v} for s, vs in values.items() for m, v in zip(months, vs, strict=True)]
    )


def survival() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"segment": s, "t": t, "value": v, "low": max(v - 0.1, 0), "high": min(v + 0.1, 1), "n": 50}
            for s, shift in (("target", 0), ("rest", 10))
            for t, v in ((10 + shift, 0.2), (50 + shift, 0.6), (90 + shift, 0.9))
        ]
    )


def reasons(n: int = 12) -> pd.DataFrame:
    deals = [2 * (n - i) for i in range(n)]
    return pd.DataFrame({"reason": [f"Reason {i}" for i in range(n)], "deals": deals}).assign(
        value=lambda frame: frame["deals"] / frame["deals"].sum()
    )


def steps() -> pd.DataFrame:
    names = ["open_at_start", "created", "won", "lost", "no_decision", "open_at_end"]
    return pd.DataFrame({"step": names, "amount": [18e6, 14e6, 5e6, 6e6, 1e6, 20e6], "n": [210, 170, 60, 90, 10, 220]})


def banded() -> pd.DataFrame:
    """Accounts by band, of two segments."""
    parts = [
        ("target", "one", 0.25, 10),
        ("target", "many", 0.75, 30),
        ("rest", "one", 0.97, 97),
        ("rest", "many", 0.03, 3),
    ]
    return pd.DataFrame(parts, columns=["segment", "band", "share", "n"])


def deep_and_recent() -> pd.DataFrame:
    """Accounts by two bands."""
    return pd.DataFrame([("new", "deep", 4), ("new", "flat", 9), ("old", "deep", 1)], columns=["age", "depth", "n"])


def shares_of_pairs() -> pd.DataFrame:
    """Shares over two properties, one pair of few."""
    parts = [("Tier 1", "Banking", 0.9, 18, 20), ("Tier 2", "Banking", 0.25, 1, 4), ("Tier 1", "Energy", 0.4, 4, 10)]
    frame = pd.DataFrame(parts, columns=["across", "down", "value", "numerator", "denominator"])
    return frame.assign(low=frame["value"] - 0.1, high=frame["value"] + 0.1)


def lifted() -> pd.DataFrame:
    """The lift of three values, one of few accounts and one without an interval."""
    return pd.DataFrame({
        "attribute": "industry", "attribute_value": ["Banking", "Energy", "Food"],
        "label": ["Banking", "Energy", "Food"],
        "value": [1.8, 0.6, 2.4], "low": [1.4, 0.2, None], "high": [2.2, 1.1, None], "rate": [0.36, 0.12, 0.5],
        "numerator": [36, 3, 2], "denominator": [100, 25, 4],
    })  # fmt: skip


def paired() -> pd.DataFrame:
    """Two measures of two sides, one side of which has no value."""
    return pd.DataFrame({
        "measure": ["rate", "rate", "days", "days"], "label": ["Rate", "Rate", "Days", "Days"],
        "side": ["yes", "no", "yes", "no"], "value": [0.5, 0.25, 40.0, None],
        "text": ["50 %", "25 %", "40 days", "n/a"],
        "difference": ["+25 pts", "+25 pts", "", ""],
    })  # fmt: skip


def retained() -> pd.DataFrame:
    """Revenue of customers from start to end: 400 + 100 + 50 − 20 − 130 = 400."""
    return pd.DataFrame({
        "step": ["start", "new", "expansion", "contraction", "lost", "end"], "value": [400, 100, 50, 20, 130, 400],
    })  # fmt: skip


def churned() -> pd.DataFrame:
    """Churn of four months: one without a known revenue, one of few customers, one that runs."""
    return pd.DataFrame({
        "period": ["2026-01", "2026-02", "2026-03", "2026-04"], "value": [0.1, 0.0, 0.25, 0.02],
        "low": [0.05, 0.0, 0.05, None], "high": [0.2, 0.04, 0.7, None], "n": [100, 90, 4, 99], "gone": [10, 0, 1, 2],
        "revenue_churn": [0.12, None, 0.3, 0.01], "running": [False, False, False, True],
    })  # fmt: skip


def costs() -> pd.DataFrame:
    """What a new customer cost by kind of spend; the last row has no customer, so that nothing is known of it."""
    return pd.DataFrame({
        "segment": ["North", "South", "East"], "abm": [2000.0, 1500.0, None], "other": [1000.0, None, None],
        "shared": [500.0, 250.0, None],
    })  # fmt: skip
