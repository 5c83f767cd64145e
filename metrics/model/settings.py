"""What holds for a whole workspace, whichever metric is asked. Data and the reading of values, no judgement."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

from metrics.errors import QuestionError
from metrics.spelling import did_you_mean

SettingValue = str | int | float | bool


@dataclass(frozen=True)
class WorkspaceSetting:
    """A setting of the workspace. `read` turns what a person wrote into its value, or raises ValueError saying why."""

    name: str
    default: SettingValue
    meaning: str
    read: Callable[[str], SettingValue]


def service_levels(text: str) -> dict[str, float]:
    """Days by stage, of “Proposal=14, Negotiation=30”; ValueError where a part is not a stage and a number of days."""
    levels = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        stage, equals, days = part.rpartition("=")
        if not equals or not stage.strip() or not days.strip().replace(".", "", 1).isdigit():
            raise ValueError(f"“{part}” is not a stage and its days: write Proposal=14, Negotiation=30")
        levels[stage.strip()] = float(days)
    return levels


def _time_zone(text: str) -> str:
    zones = available_timezones()
    if text not in zones:
        raise ValueError(f"“{text}” is not a time zone.{did_you_mean(text, zones)} Write one like Europe/Madrid")
    return text


def _month(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 12:
        raise ValueError(f"“{text}” is not a month from 1 to 12")
    return int(text)


def _currency(text: str) -> str:
    code = text.upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise ValueError(f"“{text}” is not a three-letter currency code such as EUR")
    return code


def _share(text: str) -> float:
    value = float(text) if text.replace(".", "", 1).isdigit() else -1.0
    if not 0 < value <= 1:
        raise ValueError(f"“{text}” is not a share above 0 and up to 1")
    return value


def _service_levels(text: str) -> str:
    return ", ".join(f"{stage}={days:g}" for stage, days in service_levels(text).items())


def _roles(text: str) -> str:
    return ", ".join(role.strip() for role in text.split(",") if role.strip())


WORKSPACE_SETTINGS: dict[str, WorkspaceSetting] = {
    setting.name: setting
    for setting in (
        WorkspaceSetting(
            "time_zone", "UTC", "The company's time zone, which decides the day of a time stamp.", _time_zone
        ),
        WorkspaceSetting("fiscal_year_start", 1, "The month in which the fiscal year starts, 1 to 12.", _month),
        WorkspaceSetting("currency", "", "The reporting currency; empty: the one that most amounts have.", _currency),
        WorkspaceSetting("margin", 1.0, "Gross margin as a share of revenue; 1 is before margin.", _share),
        WorkspaceSetting("service_levels", "", "Days that a stage should take: Proposal=14, Negotiation=30.",
                         _service_levels),
        WorkspaceSetting("required_roles", "", "Buying roles that a deal needs, separated by commas.", _roles),
    )
}  # fmt: skip


def read_workspace_setting(name: str, given: object) -> SettingValue:
    """The value of the workspace's setting `name` that `given` means; QuestionError where it means none."""
    try:
        return WORKSPACE_SETTINGS[name].read(str(given).strip())
    except ValueError as error:
        raise QuestionError(f"Setting {name}: {error}.") from None
