"""What the numbers mean. Pages, command line and notebooks use these names and no others.

The names arrive when first used, so that `python -m metrics --help` and a load's child process start without pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from metrics.catalog import catalog, find_metric
from metrics.columns import unit_of
from metrics.errors import AbmError, DefinitionError, FileError, QuestionError, WorkspaceError
from metrics.metric import Metric, Option
from metrics.scope import NONE, Scope

if TYPE_CHECKING:
    from metrics.accounts.acting import AccountToActOn, accounts_to_act_on
    from metrics.accounts.links import account_link
    from metrics.accounts.listing import account_fits, accounts_unreached, list_accounts, with_fit
    from metrics.accounts.peers import PEER_FIGURES, PeerFigure, Peers, account_peers
    from metrics.accounts.profile import AccountProfile, account_profile
    from metrics.accounts.rules import NextStep
    from metrics.accounts.trend import TREND_BEFORE
    from metrics.answer import Answer, Comparison
    from metrics.asking import life_tables, measure, medians_apart, settled
    from metrics.beginning import first_day, stray_deals
    from metrics.cohorts import pooled_ages, sides_at
    from metrics.compose import unreached
    from metrics.contributions import Change, Contribution, change_by, divides
    from metrics.counting import count_units
    from metrics.detail import explain, list_rows
    from metrics.dimensions import dimension_values
    from metrics.engines import Snapshot, open_snapshot
    from metrics.exports.dates import moment, turned
    from metrics.exports.numbers import number
    from metrics.goal_calculator import GoalPlan, GoalRates, goal_plan, goal_rates, whole
    from metrics.goal_reading import can_have_goal, goal_columns, goal_figure, goal_name, known_goals, read_goal
    from metrics.goals import held_to_goal
    from metrics.model import TABLES, table
    from metrics.model.tables import OUTCOMES
    from metrics.periods import compared_scope, shared_days
    from metrics.rates import against_others, clearly_lowest, rates_differ
    from metrics.reading import columns_read
    from metrics.rounding import digits_of, rounded
    from metrics.sample import load_sample
    from metrics.settings import every_setting, read_setting, setting_name
    from metrics.statistics.intervals import newcombe, wilson
    from metrics.statistics.survival import LifeTable, logrank
    from metrics.workspace import Workspace
    from metrics.workspace.undoing import redo_until

__all__ = [
    "NONE",
    "OUTCOMES",
    "PEER_FIGURES",
    "TABLES",
    "TREND_BEFORE",
    "AbmError",
    "AccountProfile",
    "AccountToActOn",
    "Answer",
    "Change",
    "Comparison",
    "Contribution",
    "DefinitionError",
    "FileError",
    "GoalPlan",
    "GoalRates",
    "LifeTable",
    "Metric",
    "NextStep",
    "Option",
    "PeerFigure",
    "Peers",
    "QuestionError",
    "Scope",
    "Snapshot",
    "Workspace",
    "WorkspaceError",
    "account_fits",
    "account_link",
    "account_peers",
    "account_profile",
    "accounts_to_act_on",
    "accounts_unreached",
    "against_others",
    "can_have_goal",
    "catalog",
    "change_by",
    "clearly_lowest",
    "columns_read",
    "compared_scope",
    "count_units",
    "digits_of",
    "dimension_values",
    "divides",
    "every_setting",
    "explain",
    "find_metric",
    "first_day",
    "goal_columns",
    "goal_figure",
    "goal_name",
    "goal_plan",
    "goal_rates",
    "held_to_goal",
    "known_goals",
    "life_tables",
    "list_accounts",
    "list_rows",
    "load_sample",
    "logrank",
    "measure",
    "medians_apart",
    "moment",
    "newcombe",
    "number",
    "open_snapshot",
    "pooled_ages",
    "rates_differ",
    "read_goal",
    "read_setting",
    "redo_until",
    "rounded",
    "setting_name",
    "settled",
    "shared_days",
    "sides_at",
    "stray_deals",
    "table",
    "turned",
    "unit_of",
    "unreached",
    "whole",
    "wilson",
    "with_fit",
]

_HOME = {
    "AccountToActOn": "accounts.acting", "accounts_to_act_on": "accounts.acting",
    "account_link": "accounts.links", "accounts_unreached": "accounts.listing", "list_accounts": "accounts.listing",
    "account_fits": "accounts.listing", "with_fit": "accounts.listing", "PEER_FIGURES": "accounts.peers",
    "TREND_BEFORE": "accounts.trend",
    "PeerFigure": "accounts.peers", "Peers": "accounts.peers", "account_peers": "accounts.peers",
    "AccountProfile": "accounts.profile", "account_profile": "accounts.profile", "NextStep": "accounts.rules",
    "Answer": "answer", "Comparison": "answer", "life_tables": "asking", "measure": "asking", "settled": "asking",
    "medians_apart": "asking",
    "first_day": "beginning", "stray_deals": "beginning", "unreached": "compose",
    "Change": "contributions", "Contribution": "contributions", "change_by": "contributions",
    "divides": "contributions", "count_units": "counting",
    "explain": "detail", "list_rows": "detail", "dimension_values": "dimensions", "Snapshot": "engines",
    "open_snapshot": "engines", "moment": "exports.dates", "turned": "exports.dates", "number": "exports.numbers",
    "TABLES": "model",
    "GoalPlan": "goal_calculator", "GoalRates": "goal_calculator", "goal_plan": "goal_calculator",
    "goal_rates": "goal_calculator", "whole": "goal_calculator", "held_to_goal": "goals",
    "known_goals": "goal_reading", "read_goal": "goal_reading",
    "can_have_goal": "goal_reading", "goal_columns": "goal_reading", "goal_figure": "goal_reading",
    "goal_name": "goal_reading",
    "table": "model", "OUTCOMES": "model.tables", "against_others": "rates", "clearly_lowest": "rates",
    "rates_differ": "rates", "load_sample": "sample", "every_setting": "settings", "read_setting": "settings",
    "setting_name": "settings",
    "pooled_ages": "cohorts", "sides_at": "cohorts",
    "compared_scope": "periods", "shared_days": "periods",
    "logrank": "statistics.survival", "LifeTable": "statistics.survival",
    "newcombe": "statistics.intervals", "wilson": "statistics.intervals", "Workspace": "workspace",
    "redo_until": "workspace.undoing", "columns_read": "reading", "digits_of": "rounding", "rounded": "rounding",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
