"""Who is hit: consumers by team, in short for a card, and in full for its thread where they fit into one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.views import limits
from bot.views.blocks import Payload, message, safe, section
from data import events
from data.catalog.known_edges import known_edge
from data.catalog.snapshot import Snapshot
from data.records.catalog import Impacted, Origin
from data.records.retirement import Retirement
from workflows.rules.consumers import callers
from workflows.rules.consumers import impact as rules
from workflows.rules.wording import counted

SECTIONS_MAX = 8  # what rules.impact puts into a part takes fewer, as a line is never torn
SHORT_SECTIONS_MAX = 3
NOTES_AT_MOST = 5
TEAMS_AT_MOST = 30
KNOWN_AT_MOST = 800  # more lines than any message shows; of those behind it nobody sees who declares them
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
        names = [safe(consumer.name) for consumer in consumers[:names_at_most]]
        few = limits.joined(names, 500, between=", ", beyond=len(consumers) - len(names))
        shown.append(f"• *{safe(team)}* ({len(consumers):,}): {few}")
    return shown


def by_distance(impacts: Sequence[Impacted]) -> str:
    """ "5 directly, 2 over 2 steps"."""
    counts = Counter(impact.distance for impact in impacts)
    how = {steps: "directly" if steps <= 1 else f"over {steps} steps" for steps in counts}
    few = [f"{counts[steps]:,} {how[steps]}" for steps in sorted(counts)]
    return limits.joined(few, 300, between=", ")


def by_tier(impacts: Sequence[Impacted], there: Snapshot) -> str:
    """ "1 of tier 1, 6 of no known tier": what their catalogs say of themselves, the strictest first."""
    counts = Counter(tier_of(impact, there) for impact in impacts)
    ranked = sorted(counts, key=lambda tier: (not tier, tier))
    return ", ".join(f"{counts[tier]:,} of {f'tier {tier}' if tier else 'no known tier'}" for tier in ranked)


def tier_of(impact: Impacted, there: Snapshot) -> int:
    known = there.find(impact.consumer_id)
    return known.tier if known is not None else 0


def known_by(impact: Impacted, there: Snapshot) -> str:
    """Who says that it depends, when it was last seen to, and whether a catalog still has it."""
    said = []
    edge = known_edge(there, impact)
    if edge is not None:
        how = "declared by" if edge.origin is Origin.DECLARED else "only seen by"
        said += [f"{how} {', '.join(edge.sources)}"] if edge.sources else []
        said += [f"last called {edge.last_seen}"] if edge.last_seen else []
    if since := there.unseen.get(impact.consumer_id):
        said.append(f"in no catalog since {since[:10]}")
    return ", ".join(said)


def consumer_line(impact: Impacted, model_id: str, there: Snapshot | None = None) -> str:
    """One consumer; the way to the model where others stand on it, how that is known, and what is unclear."""
    steps = [safe(short_id(one), rules.NAME_MAX) for one in way(impact, model_id)[1:]]
    via = f" via {limits.joined(steps, rules.WAY_MAX, between=' → ')}" if len(steps) > 1 else ""
    known = safe(known_by(impact, there), rules.KNOWN_MAX) if there is not None else ""
    notes = f" _({safe('; '.join(impact.owners.notes), rules.NOTES_MAX)})_" if impact.owners.notes else ""
    return f"    • {safe(impact.name, rules.NAME_MAX)}{via}{f'; {known}' if known else ''}{notes}"


def full_lines(
    impacts: Sequence[Impacted],
    notes: Sequence[str],
    model_id: str,
    *,
    start: int = 0,
    stop: int = 10**9,
    there: Snapshot | None = None,
) -> list[str]:
    """Every consumer, under its team, then what the catalog left open; of both, those from `start` to `stop`."""
    shown, seen = [], 0
    for team, consumers in by_team(impacts):
        taken = consumers[max(start - seen, 0) : max(stop - seen, 0)]
        if taken:
            goes_on = ", continued" if start > seen else ""
            shown.append(f"*{safe(team, rules.NAME_MAX)}* ({len(consumers):,}{goes_on})")
            shown += [
                consumer_line(consumer, model_id, there if place < KNOWN_AT_MOST else None)
                for place, consumer in enumerate(taken, start=len(shown))
            ]
        seen += len(consumers)
    left = notes[max(start - seen, 0) : max(stop - seen, 0)]
    return [*shown, *(f":grey_question: {safe(note, rules.PROSE_MAX)}" for note in left)]


def lines_of(impacts: Sequence[Impacted], notes: Sequence[str]) -> int:
    """How many `full_lines` has in all."""
    return rules.teams_in(impacts) + len(impacts) + len(notes)


def counts(impacts: Sequence[Impacted], there: Snapshot | None) -> list[str]:
    """How far away they are, and how critical they are, a line each; nothing where there is nobody."""
    if not impacts:
        return []
    tiers = [f"*By tier* {by_tier(impacts, there)}"] if there is not None else []
    return [f"*By distance* {by_distance(impacts)}", *tiers]


def asked_about(retirement: Retirement) -> list[str]:
    """One line for the callers of whom nobody knows yet whose they are; none where there are none."""
    waiting = callers.waiting(retirement)
    names = [safe(one.consumer.name, rules.NAME_MAX) for one in waiting]
    few = limits.joined(names, 500, between=", ", at_most=5)
    head = f":mag: *{counted(len(waiting), 'caller')} nobody declares*, asked about in the thread"
    return [f"{head}; no further step begins before each is somebody's: {few}"] if waiting else []


def part(
    event: events.Proposed | events.Revised,
    retirement_id: str,
    params: Mapping[str, str],
    there: Snapshot | None = None,
) -> Payload:
    """One message of the impact in full, or all of it in short. `params`: start, stop, ... (telling/notices.py)."""
    if "in_short" in params:
        return in_short(event, retirement_id, there)
    of = f", part {params['part']} of {params['parts']}" if params["parts"] != "1" else ""
    head = f":busts_in_silhouette: *Impact in full* of {retirement_id}{of}: {summary(event.impact)}"
    lines = full_lines(
        event.impact,
        [*map(str, event.impact_notes)],
        event.plan.subject.model_id,
        start=int(params["start"]),
        stop=int(params["stop"]),
        there=there,
    )
    lines = [*counts(event.impact, there), *lines] if params["start"] == "0" else lines
    return message(head, [section(head), *map(section, limits.spread(lines, at_most=SECTIONS_MAX))])


def in_short(event: events.Proposed | events.Revised, retirement_id: str, there: Snapshot | None) -> Payload:
    """Very many, by team with the nearest of each; all of them are in a file beside it."""
    head = f":busts_in_silhouette: *Impact* of {retirement_id}: {summary(event.impact)}"
    name = safe(event.plan.subject.model_name, rules.NAME_MAX)
    open_ = [
        f":grey_question: {safe(str(note), rules.PROSE_MAX)}" for note in event.impact_notes[:NOTES_AT_MOST]
    ]
    if len(event.impact_notes) > NOTES_AT_MOST:
        open_.append(f":grey_question: +{len(event.impact_notes) - NOTES_AT_MOST:,} more in the file")
    teams = team_lines(event.impact, names_at_most=3)
    if len(teams) > TEAMS_AT_MOST:
        teams[TEAMS_AT_MOST:] = [f"+{counted(len(teams) - TEAMS_AT_MOST, 'more team')}"]
    lines = [*counts(event.impact, there), *open_, *teams]
    where = f"All of them are in the file in this thread, and in `emeritus impact {name} --format csv`."
    return message(
        head, [section(head), *map(section, limits.spread(lines, at_most=SHORT_SECTIONS_MAX)), section(where)]
    )
