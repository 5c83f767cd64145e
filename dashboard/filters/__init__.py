"""The global bar: what a visitor chose, as widgets, as scopes of questions and as plain keys of the URL."""

from dashboard.filters.bar import filter_bar
from dashboard.filters.choice import Choice, Mark
from dashboard.filters.periods import PRESETS, preset_dates
from dashboard.filters.state import change, choice, switch

__all__ = ["PRESETS", "Choice", "Mark", "change", "choice", "filter_bar", "preset_dates", "switch"]
