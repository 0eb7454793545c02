"""Is nobody above told before an owner has had it for the working hours, and nobody asked during a pause?

For worlds in which people are written to in their hours. Looked at is when messages landed, whatever the bot says.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from data.records.progress import StepKind
from tests.simulation.asleep import OFFICE
from tests.simulation.faults import Violation
from tests.simulation.history import History
from tests.simulation.slack import Workspace

ABOUT_DATES = re.compile(r"/announcement-\d+/dm/|/handed-|/remind/|/escalate/")
SLACK = timedelta(minutes=10)
"""It takes a while to land, and clocks are set meanwhile."""


def check_respect(history: History, workspace: Workspace) -> None:
    _check_owners_first(history, workspace)
    _check_pauses(history, workspace)


def are_asked_lately(history: History, workspace: Workspace, now: datetime) -> bool:
    """Has an owner of what is open not had a request for so long that a day at work is over, wherever they live?

    Or not been at work since the day to have moved: Easter with its weekend is four days, and Auckland is ahead.
    """
    if history.plan is not None and now - history.plan.step(StepKind.MIGRATE).due_at < timedelta(days=6):
        return True
    prefix = f"{history.stream}/announcement-{history.announced}/dm/"
    open_ones = (people for consumer, people in history.people.items() if consumer not in history.settled)
    for person in {one for people in open_ones for one in people}:
        asked = [one.landed_at for (_, key), one in workspace.by_key.items() if key == f"{prefix}{person}"]
        if not asked or min(asked) > now - timedelta(days=7):
            return True
    return False


def _check_owners_first(history: History, workspace: Workspace) -> None:
    """So many hours at work are no fewer hours by any clock."""
    for told_at, announced, owners in history.told_above:
        latest = told_at - timedelta(hours=OFFICE.owner_hours) + SLACK
        for consumer, people in owners.items():
            request = re.compile(
                f"{history.stream}/(announcement-{announced}/dm|handed-[0-9]+)/({'|'.join(people)})"
            )
            landed = [one.landed_at for (_, key), one in workspace.by_key.items() if request.fullmatch(key)]
            if landed and min(landed) > latest:
                raise Violation(
                    f"{history.stream}: those above heard of {consumer} at {told_at}, its owners at {min(landed)}"
                )


def _check_pauses(history: History, workspace: Workspace) -> None:
    for begins, ends in history.pauses:
        for (channel, key), one in workspace.by_key.items():
            is_asked = key.startswith(f"{history.stream}/") and ABOUT_DATES.search(key)
            if is_asked and channel.startswith("DU") and begins + SLACK < one.landed_at < ends:
                raise Violation(
                    f"{key} landed at {one.landed_at}, though it is paused from {begins} to {ends}"
                )
