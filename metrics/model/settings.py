"""What holds for a whole workspace, whichever metric is asked. Data and the reading of values, no judgement."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
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


_LEVEL = re.compile(r"""\s*(?:"((?:[^"]|"")+)"|([^",][^,]*?))\s*=\s*(\d+(?:\.\d+)?)\s*(?:,|$)""", re.ASCII)


def service_levels(text: str) -> dict[str, float]:
    """Days by stage, of “Proposal=14, "Offer, revised"=30”; ValueError where a part is not a stage and its days."""
    levels: dict[str, float] = {}
    at = 0
    while rest := text[at:].lstrip(" ,"):
        at = len(text) - len(rest)
        found = _LEVEL.match(text, at)
        if found is None:
            wrong = rest.split(",")[0].strip()
            raise ValueError(f"“{wrong}” is not a stage and its days: write Proposal=14, Negotiation=30, and quotes "
                             'around a stage that has a comma: "Offer, revised"=14')  # fmt: skip
        stage = found[1].replace('""', '"') if found[1] else found[2].strip()
        if stage in levels:
            raise ValueError(f"the stage “{stage}” is there twice")
        levels[stage] = float(found[3])
        at = found.end()
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
    number = text.removesuffix("%").rstrip()
    value = float(number) if number.replace(".", "", 1).isdecimal() else -1.0
    value = value / 100 if text.endswith("%") else value
    if not 0 < value <= 1:
        raise ValueError(f"“{text}” is not a share above 0 and up to 1, such as 0.8 or 80%")
    return value


def _service_levels(text: str) -> str:
    return ", ".join(f"{_quoted(stage)}={days:.12g}" for stage, days in service_levels(text).items())


def _quoted(stage: str) -> str:
    plain = "," not in stage and not stage.startswith('"')
    return stage if plain else '"' + stage.replace('"', '""') + '"'


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word not in ("true", "yes", "on", "1", "false", "no", "off", "0"):
        raise ValueError(f"“{text}” is not yes or no")
    return word in ("true", "yes", "on", "1")


def _link(text: str) -> str:
    """A web address with the account's id in its path, query or fragment; empty: no link."""
    if not text:
        return text
    parts = urlsplit(text.replace("{account_id}", "0"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a link begins with https:// or http:// and a server's name")
    if "{account_id}" in text.split("/", 3)[2] or text.count("{") != 1 or "{account_id}" not in text or "}}" in text:
        raise ValueError(
            "write {account_id} once, after the server's name, where the account's id belongs: "
            "https://crm.example.com/accounts/{account_id}"
        )
    if any(character.isspace() or not character.isprintable() for character in text) or "@" in parts.netloc:
        raise ValueError("a link has no spaces, and no name or password")
    return text


def _roles(text: str) -> str:
    return ", ".join(role.strip() for role in text.split(",") if role.strip())


WORKSPACE_SETTINGS: dict[str, WorkspaceSetting] = {
    setting.name: setting
    for setting in (
        WorkspaceSetting(
            "time_zone", "UTC", "The company's time zone, which decides the day of a time stamp.", _time_zone
        ),
        WorkspaceSetting("fiscal_year_start", 1, "The month in which the fiscal year starts, 1 to 12; one that does "
                         "not start in January is named after the year in which it ends: FY2027, FY2027-Q1.", _month),
        WorkspaceSetting("currency", "", "The reporting currency; empty: the one that most amounts have.", _currency),
        WorkspaceSetting("margin", 1.0, "Gross margin as a share of revenue; 1 is before margin.", _share),
        WorkspaceSetting("service_levels", "", "Days that a stage should take: Proposal=14, Negotiation=30.",
                         _service_levels),
        WorkspaceSetting("score_text", False, "Score the sentiment of English texts of touches, mentions and answers "
                         "where a file has no score; no table keeps the text, the uploaded file does until its import "
                         "is taken back.", _yes_or_no),
        WorkspaceSetting("crm_link", "", "The address of an account's record in the CRM, with {account_id} in place "
                         "of its id; empty: no link.", _link),
        WorkspaceSetting("required_roles", "", "Buying roles that a deal needs, separated by commas.", _roles),
    )
}  # fmt: skip


def read_workspace_setting(name: str, given: object) -> SettingValue:
    """The value of the workspace's setting `name` that `given` means; QuestionError where it means none."""
    try:
        return WORKSPACE_SETTINGS[name].read(str(given).strip())
    except ValueError as error:
        raise QuestionError(f"Setting {name}: {error}.") from None
