"""What people say of a consumer's duty, and whose it is by the catalog: as lines in the card's thread."""

from __future__ import annotations

from bot.views import limits
from bot.views.blocks import mention, safe, said, said_by, weekday
from bot.views.card.steps import zone_of
from bot.views.consumers import callers, duties
from bot.views.graph import impact
from data import events
from data.records.checks import CHECKS
from data.records.retirement import Duty, Retirement
from data.records.waivers import ARCHIVE

NAMES_AT_ONCE = 25
TAKEN_BACK = {
    Duty.MIGRATED: "says it has not moved yet, so it is asked again:",
    Duty.NEEDS_TIME: "takes back the request for more time for",
    Duty.OBJECTS: "takes back the objection for",
}


def consumer_name(retirement: Retirement, consumer_id: str) -> str:
    """What the consumer is called; "traffic" and what is not known any more stand as they are."""
    if consumer_id.startswith(ARCHIVE):
        return f"an archive without {safe(consumer_id.removeprefix(ARCHIVE))}"
    if consumer_id.startswith(CHECKS):
        return f"{consumer_name(retirement, consumer_id.removeprefix(CHECKS))} going without its checks"
    owed = retirement.obligation(retirement.id_of(consumer_id))
    if owed is None:
        return callers.name_in(retirement, consumer_id)
    return duties.called(owed.consumer, duties.twins(retirement))


def owners_changed(event: events.OwnersChanged, retirement: Retirement) -> str:
    """By team: whoever belongs to one is asked in a message of their own."""
    teams: dict[str, list[str]] = {}
    for consumer_id, owners in event.owners.items():
        team = safe(owners.team_name or impact.UNOWNED, 100)
        teams.setdefault(team, []).append(consumer_name(retirement, consumer_id))
    owned = [
        f"{limits.joined(names, 500, between=', ', at_most=NAMES_AT_ONCE)} ({team})"
        for team, names in teams.items()
    ]
    head = ":busts_in_silhouette: The catalog names other owners for"
    return f"{head} {limits.joined(owned, 2_000, between=', ')}"


def duty_changed(event: events.DutyChanged, retirement: Retirement) -> str:
    until = f" until {weekday(event.extension.until, zone_of(retirement))}" if event.extension else ""
    note = event.note or (event.extension.reason if event.extension else event.note)
    return f"{duty_words(event, consumer_name(retirement, event.consumer_id), retirement)}{until}{said(note)}"


def extension_decided(event: events.ExtensionDecided, name: str) -> str:
    """By a vote; one of an older version was the coordinator's word."""
    by = "A vote" if event.by == events.EMERITUS else mention(event.by)
    if event.granted == "past":
        return f":scales: The request for more time for {name} is over: its day is no later than the dates there are"
    return f":scales: {by} {'granted' if event.granted == 'yes' else 'refused'} more time for {name}"


def waived_words(event: events.Waived, names: str) -> str:
    return f":pencil: {mention(event.by)} takes responsibility for {names}{said(event.reason)}"


def waiver_outdated(event: events.WaiverOutdated, name: str) -> str:
    """Who had waived it is called: what they vouched for was another thing."""
    before = f"{mention(event.was_by)} waived it{said(event.reason)}"
    since = f"A catalog tells of {name} by now, and only a file shared in Slack did when {before}"
    return f":repeat: {since}; it is asked as before"


def duty_words(event: events.DutyChanged, name: str, retirement: Retirement) -> str:
    """What an owner answered. `name` may be those of many consumers, where one press was about all of them."""
    by = said_by(event.by, event.on_behalf_of)
    who_finds_out = f"{mention(retirement.coordinator_id)} finds its owner and corrects the catalog"
    if event.takes_back is not None:
        return f":leftwards_arrow_with_hook: {by} {TAKEN_BACK[event.takes_back]} {name}"
    if event.named:
        who_finds_out = f"they say it is {mention(event.named)}'s, who is asked; until then {who_finds_out}"
    words = {
        Duty.OPEN: f":white_circle: {by} opened {name} again",
        Duty.ACKNOWLEDGED: f":eyes: {by} acknowledged for {name}",
        Duty.NEEDS_TIME: f":hourglass_flowing_sand: {by} needs more time for {name}",
        Duty.MIGRATING: f":truck: {by} is migrating {name}{_moved_by(event, retirement)}",
        Duty.OBJECTS: f":raised_hand: {by} objects to the plan for {name}",
        Duty.NOT_MINE: f":grey_question: {by} says {name} is not theirs; {who_finds_out}",
        Duty.MIGRATED: f":white_check_mark: {by} migrated {name}",
        Duty.WAIVED: f":pencil: {by} waived {name}",
    }
    return words[event.duty]


def _moved_by(event: events.DutyChanged, retirement: Retirement) -> str:
    return f", to have moved by {weekday(event.moves_on, zone_of(retirement))}" if event.moves_on else ""
