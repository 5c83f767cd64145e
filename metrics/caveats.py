"""What an answer warns of: what is missing, what a filter does not reach, what may mislead."""

from collections.abc import Mapping
from dataclasses import replace

from metrics.compose import compose, is_bought, place_of, unreached
from metrics.dimensions import SEVERAL, place_values
from metrics.engines import Snapshot
from metrics.metric import Metric, OptionValue
from metrics.periods import COMPARED_WITH, compared_scope, shared_days
from metrics.scope import NONE, Scope
from metrics.spelling import did_you_mean
from metrics.standing import asks_for_standing

NO_TARGETS = (
    "There are no target accounts, so that everything is in rest. Add a list of them on the data page or with "
    '`targets --add FILE`, or a rule with `targets --rule "tier=1"`.'
)
_HOLDERS = {
    "accounts": "account", "opportunities": "deal", "contacts": "contact", "activities": "activity",
    "contracts": "contract", "owners": "owner",
}  # fmt: skip
"""Who has the values of a table's column."""


def missing_tables(snapshot: Snapshot, metric: Metric) -> list[str]:
    """The tables that the metric needs and that hold nothing: without them it is undefined, not 0."""
    return [table for table in metric.needs if not snapshot.row_counts.get(table)]


def caveats(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> list[str]:
    """The sentences to read beside the answer to this question, the metric's own (section `warnings`) among them."""
    missing = missing_tables(snapshot, metric)
    found = [f"{metric.title} needs {', '.join(missing)}: nothing of it is loaded."] if missing else []
    found += [
        f"Not filtered by {name}: it is no property of what is counted." for name in unreached(metric, scope, snapshot)
    ]
    if scope.start and scope.start > snapshot.as_of and metric.clock != "as_of":
        found.append(f"The period begins on {scope.start}, after the as-of day {snapshot.as_of}: "
                     "nothing of it has happened yet.")  # fmt: skip
    found += unknown_values(snapshot, metric, scope)
    if scope.by in SEVERAL and scope.by not in metric.own_splits:
        found.append(f"One of the {metric.units} may be in several segments of {scope.by}: they do not add up.")
    if asks_for_standing(scope) and not snapshot.row_counts.get("target_spans"):
        found.append(NO_TARGETS)
    if scope.by == "target" or scope.filter_values("target"):
        found += target_bias(snapshot)
    if "warnings" in metric.sections:
        undivided = replace(scope, by=scope.by if scope.by in metric.own_splits else None)
        composition = compose(metric, undivided, snapshot, options, taken_whole=True)
        sql = composition.sql(metric, "warnings")
        own = snapshot.run(sql, composition.used(sql))
        found += [str(w).replace("{n}", f"{int(n):,}") for w, n in zip(own["warning"], own["n"], strict=True) if n]
    if scope.compare in COMPARED_WITH and scope.start:
        found += compared_days(scope, snapshot)
    return [*found, *snapshot.warnings]


def compared_days(scope: Scope, snapshot: Snapshot) -> list[str]:
    """Which days are held against which: an unfinished period only against as many of the other; and which are on
    both sides."""
    assert scope.start, "a comparison is with a period"
    assert scope.compare, "a comparison is with a period"
    end = min(scope.end or snapshot.as_of, snapshot.as_of)
    other = compared_scope(scope, snapshot.as_of, scope.compare)
    both = shared_days(scope, snapshot.as_of, scope.compare)
    found = [f"Compared: {scope.start} to {end} with {other.start} to {other.end}."]
    if both:
        found.append(f"{both[0]} to {both[1]} is in both periods compared: what is of then is held against itself.")
    return found


def unknown_values(snapshot: Snapshot, metric: Metric, scope: Scope) -> list[str]:
    """The values filtered by that the data do not have, each with the closest that they have: mostly a slip."""
    found = []
    for name, values in scope.filters:
        place = place_of(name, metric, snapshot)
        holder, known = _HOLDERS[place.table], ["target", "rest"] if name == "target" else place_values(place, snapshot)
        if name == "product" and is_bought(metric, snapshot):
            holder, sold = "contract or invoice", (replace(place, table=table) for table in ("contracts", "invoices"))
            known = list(dict.fromkeys(value for one in sold for value in place_values(one, snapshot)))
        found += [
            f"No {holder} has the {name} “{value}”.{did_you_mean(value, known)}"
            for value in values
            if value != NONE and value not in known
        ]
    return found


def target_bias(snapshot: Snapshot) -> list[str]:
    """The guard against a target flag set after the deal."""
    late, undated = snapshot.target_dating
    found = []
    if late:
        accounts = (
            "1 account became a target after its" if late == 1 else f"{late:,} accounts became targets after their"
        )
        found.append(f"{accounts} first deal had opened.")
    if undated:
        found.append(
            "Some target accounts have no since-date: today's flag is used, and accounts are often flagged because a "
            "deal exists."
        )
    return found
