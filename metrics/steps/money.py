"""What is said beside costs and returns: which segments a cost is known of, and when the targets became targets."""

import pandas as pd

from metrics.caveats import target_bias
from metrics.steps.behind import Behind

NOT_OF_PARTS = (
    "Spend has no account: it is known of all accounts, of the target accounts (program abm) and of the rest (program "
    "other). Of any other part it is not known."
)
APART = "Of target accounts the cost is the ABM spend, of the rest the other spend: shared spend is in neither."


def cost_reach(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Warns where costs do not reach a segment, or reach it in part; the frame stays as it is.

    The metric has a section `reach` with the column `costs_of`: all, abm, other or none, a row a segment.
    """
    reached = set(behind.section("reach")["costs_of"]) if behind.snapshot.row_counts.get("spend") else set()
    if "none" in reached:
        behind.warn(NOT_OF_PARTS)
    if reached & {"abm", "other"}:
        behind.warn(APART)
    return frame


def target_dating(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Warns of accounts that became targets after their deals, where the whole is of target accounts; else as it is."""
    scope, asked = behind.scope, behind.options["program"] == "abm"
    if asked and scope.by not in ("target", *behind.metric.own_splits) and not scope.filter_values("target"):
        for sentence in target_bias(behind.snapshot):
            behind.warn(sentence)
    return frame
