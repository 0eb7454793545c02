"""What somebody wants who types `/retire delegate`: another person until a day, nobody any more, or to be shown it."""

from __future__ import annotations

import re
from datetime import date

from bot.typed.words import ESCAPED_PERSON, OFF, as_typed
from data.errors import Problem
from workflows.commands import Command, Delegate, EndDelegation

_WISH = re.compile(r"(?P<who><[^>]*>|\S+)(?:\s+(?:until\s+)?(?P<day>\S+))?", re.IGNORECASE)


def wish(text: str, by: str) -> Command:
    """What it asks for, where there is something. `off` ends one's own, `off @PERSON` what that person delegated."""
    found = _WISH.fullmatch(text)
    assert found is not None, "problem_with has looked at it"
    if found["who"].casefold() == OFF:
        return EndDelegation(by=by, person=_person(found["day"]) or by)
    return Delegate(by=by, to=_person(found["who"]), until=date.fromisoformat(found["day"]))


def problem_with(text: str, usage: str) -> Problem | None:
    """What is wrong with it; None where it can be read."""
    found = _WISH.fullmatch(text)
    who, day = (found["who"], found["day"] or "") if found else (text, "")
    if not text or (who.casefold() == OFF and (not day or _person(day))):
        return None
    field, value, accepted = "", "", ""
    if found is None:
        field, value, accepted = "delegation", text, f"a person and a day, or off: {usage}"
    elif who.casefold() == OFF or not _person(who):
        value = day if who.casefold() == OFF else who
        field, accepted = "@PERSON", f"not a person; type @ and choose the name: {usage}"
    elif not day:
        field, accepted = "until", f"missing; say the last day as 2027-01-05: {usage}"
    elif not _is_day(day):
        field, value, accepted = "until", day, "a day as 2027-01-05"
    shown = f'"{as_typed(value)[:80]}"' if value else ""
    return Problem(field=field, value=shown, accepted=accepted) if field else None


def _person(text: str | None) -> str:
    found = ESCAPED_PERSON.fullmatch(text or "")
    return found.group(1) if found else ""


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
