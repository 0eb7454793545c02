"""What does a policy say of brownouts, planned short outages before a switch-off? And does it fit what else it says?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from data.policies.keys import Key
from data.records.brownouts import RUNS_OVER_MINUTES
from data.toml_checks import whole
from data.toml_tables import Tables

WINDOWS_MAX = 10
MINUTES_MAX = 1440
"""A day: what is off for longer is switched off."""


def growing(value: Any) -> str:
    """None are fine, too."""
    accepted = f"growing whole numbers of minutes from 1 to {MINUTES_MAX}, {WINDOWS_MAX} of them at most, e.g. [5, 60]"
    if not isinstance(value, list) or not all(type(one) is int and 1 <= one <= MINUTES_MAX for one in value):
        return accepted
    return "" if value == sorted(set(value)) and len(value) <= WINDOWS_MAX else accepted


BROWNOUTS: Mapping[str, Key] = {
    "minutes": Key(
        says="how long each [brownout](#brownouts) lasts, one after the other; `[]` for none",
        field="brownout_minutes",
        check=growing,
    ),
    "lead_days": Key(
        says="they are within so many days before the switch-off, and consumers have moved before the first",
        field="brownout_lead_days",
        check=whole(2, 365, "days"),
    ),
    "moved_calls_max": Key(
        says="a brownout ends at once when it has refused more calls than this of consumers that said to have moved",
        field="brownout_moved_calls_max",
        check=whole(0, 1_000_000, "calls"),
    ),
    "errors_percent_max": Key(
        says="and when more than this of the calls that are let through meanwhile fail",
        field="brownout_errors_percent_max",
        check=whole(0, 100, "percent"),
    ),
}


def check_brownouts(reading: Tables, said: dict[str, Any], are_fine: Callable[..., bool]) -> None:
    """Refuses what no plan could have. Where the dates of one leave too little room, it has fewer, and says so."""
    minutes, lead = said["brownout_minutes"], said["brownout_lead_days"]
    if are_fine("brownouts.minutes", "brownouts.lead_days") and len(minutes) > lead:
        accepted = f"at most one for each of the {lead} days of lead_days"
        reading.refuse("brownouts", "minutes", minutes, accepted)
    if not are_fine("brownouts.minutes", "windows.from_hour", "windows.until_hour"):
        return
    day = 60 * (said["until_hour"] - said["from_hour"])
    longer = [one for one in minutes if day < one < RUNS_OVER_MINUTES]
    if day > 0 and longer:
        accepted = (
            f"no more than the {day} minutes of a day of [windows], or at least {RUNS_OVER_MINUTES}, "
            "which may run over its end"
        )
        reading.refuse("brownouts", "minutes", minutes, accepted)
