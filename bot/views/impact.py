"""Who is hit: consumers by team, in short for a card and in full for its thread, over as many messages as it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.views import limits
from bot.views.blocks import Payload, message, safe, section
from data import events
from data.records.catalog import Impacted
from data.records.retirement import Retirement
from workflows.rules import callers
from workflows.rules import impact as rules
from workflows.rules.wording import counted

SECTIONS_MAX = 8  # what rules.impact puts into a part takes fewer, as a line is never torn
UNOWNED = "nobody (owner unresolved)"
UNKNOWN = "unknown callers (nobody declares whose they are)"


def team_name(impact: Impacted) -> str:
    return impact.owners.team_name or impact.owners.team_id or (UNKNOWN if impact.is_unknown else UNOWNED)


def short_id(entity_id: str) -> str:
    """An entity's id as people say it: where nothing else is meant, kind and namespace go without saying."""
    return entity_id.rpartition(":default/")[2]


def by_team(impacts: Sequence[Impacted]) -> list[tuple[str, tuple[Impacted, ...]]]:
    """Team name and its consumers, nearest first; the team with most consumers first."""
    return [(team_name(team.consumers[0]), team.consumers) for team in rules.by_team(impacts)]


def way(impact: Impacted, model_id: str) -> tuple[str, ...]:
    """Ids from the consumer to the model: where it depends on an endpoint, the model it serves follows."""
    return impact.path if impact.path[-1:] == (model_id,) else (*impact.path, model_id)


def summary(impacts: Sequence[Impacted]) -> str:
    """ "12 consumers of 4 teams, 7 of them directly; and 2 unknown callers"."""
    known = [impact for impact in impacts if not rules.is_unclaimed(impact)]
    callers = counted(len(impacts) - len(known), "unknown caller")
    if not known:
        return callers if impacts else "no known consumer"
    direct = sum(impact.distance <= 1 for impact in known)
    teams = len({team_name(impact) for impact in known})
    said = f"{counted(len(known), 'consumer')} of {counted(teams, 'team')}, {direct:,} directly"
    return said if len(known) == len(impacts) else f"{said}; and {callers}"


def team_lines(impacts: Sequence[Impacted], *, names_at_most: int = 5) -> list[str]:
    """One line per team: how many consumers, and the nearest of them."""
    shown = []
    for team, consumers in by_team(impacts):
        names = [safe(consumer.name) for consumer in consumers]
        few = limits.joined(names, 500, between=", ", at_most=names_at_most)
        shown.append(f"• *{safe(team)}* ({len(consumers):,}): {few}")
    return shown


def consumer_line(impact: Impacted, model_id: str) -> str:
    """One consumer; the way to the model where others stand on it, and what is unclear about its owners."""
    steps = [safe(short_id(one), rules.NAME_MAX) for one in way(impact, model_id)[1:]]
    via = f" via {limits.joined(steps, rules.WAY_MAX, between=' → ')}" if len(steps) > 1 else ""
    notes = f" _({safe('; '.join(impact.owners.notes), rules.NOTES_MAX)})_" if impact.owners.notes else ""
    return f"    • {safe(impact.name, rules.NAME_MAX)}{via}{notes}"


def full_lines(
    impacts: Sequence[Impacted], notes: Sequence[str], model_id: str, *, start: int = 0, stop: int = 10**9
) -> list[str]:
    """Every consumer, under its team, then what the catalog left open; of both, those from `start` to `stop`."""
    shown, seen = [], 0
    for team, consumers in by_team(impacts):
        taken = consumers[max(start - seen, 0) : max(stop - seen, 0)]
        if taken:
            goes_on = ", continued" if start > seen else ""
            shown.append(f"*{safe(team, rules.NAME_MAX)}* ({len(consumers):,}{goes_on})")
            shown += [consumer_line(consumer, model_id) for consumer in taken]
        seen += len(consumers)
    left = notes[max(start - seen, 0) : max(stop - seen, 0)]
    return [*shown, *(f":grey_question: {safe(note, rules.PROSE_MAX)}" for note in left)]


def asked_about(retirement: Retirement) -> list[str]:
    """One line for the callers of whom nobody knows yet whose they are; none where there are none."""
    waiting = callers.waiting(retirement)
    names = [safe(one.consumer.name, rules.NAME_MAX) for one in waiting]
    few = limits.joined(names, 500, between=", ", at_most=5)
    head = f":mag: *{counted(len(waiting), 'caller')} nobody declares*, asked about in the thread"
    return [f"{head}; no further step begins before each is somebody's: {few}"] if waiting else []


def part(event: events.Proposed | events.Revised, retirement_id: str, params: Mapping[str, str]) -> Payload:
    """One message of the impact in full. `params`: start, stop, part, parts (rules/notices.py)."""
    of = f", part {params['part']} of {params['parts']}" if params["parts"] != "1" else ""
    head = f":busts_in_silhouette: *Impact in full* of {retirement_id}{of}: {summary(event.impact)}"
    lines = full_lines(
        event.impact,
        event.impact_notes,
        event.plan.subject.model_id,
        start=int(params["start"]),
        stop=int(params["stop"]),
    )
    return message(head, [section(head), *map(section, limits.spread(lines, at_most=SECTIONS_MAX))])
