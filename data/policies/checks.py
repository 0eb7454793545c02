"""What may some keys of a policy say that no other file of ours has: days, places, people?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from data.public_holidays import ACCEPTED, is_known
from data.records.artifacts import ArtifactClass
from data.records.policy import USER_GROUP
from data.toml_checks import text, words
from data.zones import is_zone

TIERS = ("1", "2", "3")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TEAM_NAME = r"(?!(?i:slack:)|<!)\S.*"
"""Of the catalog: what names or mentions a user group of Slack is none."""
GROUPS = words(
    rf"{USER_GROUP}S[A-Z0-9]{{2,}}|{TEAM_NAME}",
    'a list of teams of the catalog, e.g. ["ml-platform"], or ["model.owner"]; user groups of Slack by their ids, '
    f'e.g. ["{USER_GROUP}S0614TZR7"]',
)
PEOPLE = words(r"[UW][A-Z0-9]{2,}", 'a list of Slack user ids, e.g. ["U024BE7LH"]')
CLASSES = words("|".join(ArtifactClass), f"a list of any of {', '.join(ArtifactClass)}, each once")
DESCRIBED = words(
    "|".join(one for one in ArtifactClass if one is not ArtifactClass.WEIGHTS),
    f"a list of any of {', '.join(one for one in ArtifactClass if one is not ArtifactClass.WEIGHTS)}, each once",
)
CHANNEL_NAME = r"#[^\s#<>@,]{1,80}|[CG][A-Z0-9]{2,}"
CHANNEL = text(CHANNEL_NAME, 'a channel as "#name" or by its id, e.g. "C024BE91L"')


def channel_or_none(value: Any) -> str:
    return "" if value == "" else CHANNEL(value)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone(value: Any) -> str:
    known = isinstance(value, str) and is_zone(value)
    return "" if known else 'the IANA name of a time zone, e.g. "Europe/Lisbon"'


def place(value: Any) -> str:
    return "" if value == "" or (isinstance(value, str) and is_known(value)) else ACCEPTED


def day(value: Any) -> str:
    is_day = isinstance(value, str) and (value == "" or (DAY.fullmatch(value) and is_date(value)))
    return "" if is_day else 'a day, e.g. "2027-05-01", or "" for none'


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def weekdays(value: Any) -> str:
    form = f"a list of working days, e.g. {list(WEEKDAYS[:5])}".replace("'", '"')
    return words("|".join(WEEKDAYS), form)(value) if value != [] else form


def days_before(value: Any) -> str:
    accepted = "different whole numbers of days from 0 to 3650, the largest first, e.g. [30, 7, 1, 0]"
    if not isinstance(value, list) or not all(type(item) is int and 0 <= item <= 3650 for item in value):
        return accepted
    return "" if value == sorted(set(value), reverse=True) else accepted


def tiers(value: Any) -> str:
    known = list(map(int, TIERS))
    is_fine = isinstance(value, list) and value and all(type(one) is int and one in known for one in value)
    return "" if is_fine and value == sorted(set(value)) else f"a list of tiers, each once, e.g. {known}"
