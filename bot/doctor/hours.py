"""The doctor's look at people's working hours: which are known, who waits for theirs, and does Slack tell them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slack_sdk import WebClient

from bot.doctor.finding import Finding
from bot.slack.errors import FAILURES, word_of
from data.catalog.catalog import Catalog
from data.policies.checks import WEEKDAYS
from data.records.catalog import Person
from data.records.hours import Windows
from data.store import Asleep
from workflows.rules.wording import counted

WHAT = "working hours"
CURE = (
    "Give the app the scopes of emeritus manifest and install it again; until then they get no better hours"
)


def examine_hours(windows: Windows, catalog: Catalog, asleep: Sequence[Asleep]) -> Iterator[Finding]:
    """That a message waits for a morning is no trouble; where nobody says whose holidays count, none do."""
    if windows.is_always:
        yield Finding(what=WHAT, ok=True, found="by the policy, people are written to at any hour")
        return
    days = ", ".join(WEEKDAYS[day] for day in windows.weekdays)
    told = [f"{windows.from_hour} to {windows.until_hour} o'clock on their own clock, {days}"]
    if not windows.country:
        people = [one for one in catalog.known() if isinstance(one, Person) and one.slack_id]
        everybody = {one.slack_id for one in people}
        without = everybody - {one.slack_id for one in people if one.country}
        if without:
            told.append(
                f"no public holidays for {len(without)} of {counted(len(everybody), 'person', 'people')}, "
                "of whom nobody says where they are"
            )
    if asleep:
        whose = counted(len({one.person for one in asleep}), "person", "people")
        told.append(
            f"{counted(len(asleep), 'message')} for {whose} wait for theirs, the first until "
            f"{asleep[0].until:%Y-%m-%d %H:%M} UTC"
        )
    yield Finding(what=WHAT, ok=True, found="; ".join(told))


def examine_clocks(client: WebClient, own_id: str, windows: Windows) -> Iterator[Finding]:
    """Does Slack tell whose clock it is, and who rests? Asked of the bot itself; said where it does not."""
    if windows.is_always:
        return
    asked = [
        ("users.info", client.users_info, f"people's clocks: without one, {windows.default_zone} counts")
    ]
    if windows.do_not_disturb:
        asked.append(("dnd.info", client.dnd_info, "who wants not to be disturbed: nobody is spared"))
    for method, ask, what in asked:
        try:
            ask(user=own_id)
        except FAILURES as error:
            found = f"{method} ({word_of(error)}) does not tell {what}"
            yield Finding(what=WHAT, ok=False, found=found, fix=CURE)
