"""Every switch there is, by name: the workspace's own and the metrics' options, and the reading of their values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from metrics.catalog import catalog
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.metric import Metric, Option
from metrics.model.settings import WORKSPACE_SETTINGS, read_workspace_setting, service_levels
from metrics.spelling import did_you_mean

ALL_STAGES = "All"
"""The row of velocity_predictability that holds whole deals, from opened to won: it has a service level too."""


@dataclass(frozen=True)
class Setting:
    """A switch with its present `value`. `used_by` names the metrics that have it, none for the workspace's own."""

    name: str
    default: Any
    value: Any
    meaning: str
    choices: tuple[str, ...]
    used_by: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "default": self.default, "value": self.value, "meaning": self.meaning,
            "choices": list(self.choices), "used_by": list(self.used_by),
        }  # fmt: skip


def every_setting(chosen: Mapping[str, object]) -> Iterator[Setting]:
    """All settings; `chosen` are those that the workspace has changed."""
    for own in WORKSPACE_SETTINGS.values():
        users = tuple(metric.name for metric, _ in _owners(own.name))
        yield Setting(own.name, own.default, chosen.get(own.name, own.default), own.meaning, (), users)
    for name, owners in _option_settings().items():
        option = owners[0][1]
        yield Setting(
            name, option.default, chosen.get(name, option.default), option.meaning, option.choices,
            tuple(metric.name for metric, _ in owners),
        )  # fmt: skip


def setting_name(metric: Metric, option: str) -> str:
    """The setting that the metric's option is: of one name with other metrics' where all have the same default.

    Options of one name with different defaults cannot have one value: each metric's is a setting of its own.
    """
    if option in WORKSPACE_SETTINGS or len({owned.default for _, owned in _owners(option)}) == 1:
        return option
    return f"{metric.name}.{option}"


def read_setting(name: str, given: object, snapshot: Snapshot | None = None) -> Any:
    """The value of the setting `name` that `given` means; QuestionError for an unknown name or an impossible value.

    With a `snapshot`, stages that it does not have are impossible too.
    """
    if name in WORKSPACE_SETTINGS:
        value = read_workspace_setting(name, given)
        if snapshot is not None:
            refuse_unknown_stages(snapshot, {name: value})
        return value
    settings = _option_settings()
    owners = settings.get(name, ())
    if not owners and (of_one := [full for full in settings if full.endswith(f".{name}")]):
        raise QuestionError(f"The metrics have different defaults of “{name}”: set {' or '.join(of_one)}.")
    if not owners:
        hint = did_you_mean(name, (*WORKSPACE_SETTINGS, *settings))
        raise QuestionError(f"There is no setting “{name}”.{hint} `settings` names them all.")
    values = [option.read(given) for _, option in owners]
    return values[0]


def refuse_unknown_stages(snapshot: Snapshot, options: Mapping[str, object]) -> None:
    """QuestionError where `options` give service levels for stages that the data do not have."""
    for stage in service_levels(str(options.get("service_levels", ""))):
        if snapshot.stages and stage not in (*snapshot.stages, ALL_STAGES):
            hint = did_you_mean(stage, snapshot.stages)
            raise QuestionError(f"service_levels: there is no stage “{stage}”.{hint} The stages are "
                                f"{', '.join(snapshot.stages)}.")  # fmt: skip


def _option_settings() -> dict[str, list[tuple[Metric, Option]]]:
    """The metrics' options by the setting that each is, in the order of the catalogue."""
    found: dict[str, list[tuple[Metric, Option]]] = {}
    for metric in catalog().values():
        for name, option in metric.options.items():
            if name not in WORKSPACE_SETTINGS:
                found.setdefault(setting_name(metric, name), []).append((metric, option))
    return found


def _owners(name: str) -> list[tuple[Metric, Option]]:
    return [(metric, metric.options[name]) for metric in catalog().values() if name in metric.options]
