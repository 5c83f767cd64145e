"""The settings that a page offers where their figures are: each control, and which settings of the workspace it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard import visit
from dashboard.cards.preview import control_key
from dashboard.cards.settings import setting_control
from dashboard.text import say
from metrics import Metric, find_metric, read_setting, setting_name, settled


def owner(name: str, metrics: Sequence[str]) -> Metric:
    """The first of the metrics that has the option; its present value is the one shown."""
    return next(metric for metric in map(find_metric, metrics) if name in metric.options)


def changed(card: str, name: str, metrics: Sequence[str], words: Callable[[str], str] = str) -> dict[str, Any]:
    """Draw the control of an option, its label being `{card}.labels.{name}` and `words` those of its choices.

    {name: value} where the visitor chose another value than the present one, else nothing.
    """
    metric = owner(name, metrics)
    now = settled(visit.snapshot(), metric.name)[name]
    label = say(f"{card}.labels.{name}")
    value = setting_control(metric.options[name], now, control_key(card, name, now), label, words)
    return {} if value == now else {name: value}


def full_names(name: str, metrics: Sequence[str]) -> list[str]:
    """The settings of the workspace that the option is: one of each metric where their defaults differ."""
    owners = [metric for metric in map(find_metric, metrics) if name in metric.options]
    return list(dict.fromkeys(setting_name(metric, name) for metric in owners))


def checked(chosen: Mapping[str, Any], names: Callable[[str], Sequence[str]]) -> dict[str, Any]:
    """The settings to keep, read as they will be; `names`: those of the workspace that an option is.

    Raises QuestionError for a value that is impossible, or names a stage that the data do not have.
    """
    return {full: read_setting(full, value, visit.snapshot()) for name, value in chosen.items() for full in names(name)}
