"""What the company aims at: won revenue a quarter, for the whole and for target accounts, and two rates.

One quarter is missed, the current one is on its way, the others are met about.
"""

import pandas as pd

from data.world import World

QUARTERS = (("2025-10-01", "2025-12-31", 3_200_000, 2_200_000), ("2026-01-01", "2026-03-31", 2_500_000, 1_600_000),
            ("2026-04-01", "2026-06-30", 2_900_000, 2_000_000), ("2026-07-01", "2026-09-30", 3_300_000, 2_100_000),
            ("2026-10-01", "2026-12-31", 3_700_000, 2_400_000))  # fmt: skip
"""First and last day, goal of the whole, goal of target accounts, in euros."""
SHARES = (("Win rate", "2025-01-01", "2026-12-31", "40 %"), ("Engaged accounts", "2025-10-01", "2026-12-31", "45 %"),
          ("Engaged accounts", "2026-01-01", "2026-12-31", "40 %"))  # fmt: skip


def goals(_: World) -> pd.DataFrame:
    """The sheet of goals: a row is a metric, its days, the part it is for, and what is aimed at."""
    rows = [("Won revenue", start, end, "", "", str(whole)) for start, end, whole, _ in QUARTERS]
    rows += [("Won revenue", start, end, "target", "target", str(target)) for start, end, _, target in QUARTERS]
    rows += [(title, start, end, "", "", goal) for title, start, end, goal in SHARES]
    return pd.DataFrame(rows, columns=["Metric", "From", "To", "Dimension", "Segment", "Goal"])
