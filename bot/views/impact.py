"""Who is hit: consumers by team, in short for a card and in full for its thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.views import limits
from bot.views.blocks import safe
from data.records.catalog import Impacted
from workflows.rules.wording import counted

UNOWNED = "nobody (owner unresolved)"


def team_name(impact: Impacted) -> str:
    return impact.owners.team_name or impact.owners.team_id or UNOWNED


def short_id(entity_id: str) -> str:
    """An entity's id as people say it: where nothing else is meant, kind and namespace go without saying."""
    return entity_id.rpartition(":default/")[2]


def by_team(impacts: Iterable[Impacted]) -> list[tuple[str, list[Impacted]]]:
    """Team name and its consumers, nearest first; the team with most consumers first."""
    teams: dict[str, list[Impacted]] = defaultdict(list)
    for impact in sorted(impacts, key=lambda one: (one.distance, one.name)):
        teams[team_name(impact)].append(impact)
    return sorted(teams.items(), key=lambda team: (-len(team[1]), team[0]))


def summary(impacts: Sequence[Impacted]) -> str:
    """ "12 consumers of 4 teams, 7 of them directly"."""
    if not impacts:
        return "no known consumer"
    direct = sum(impact.distance <= 1 for impact in impacts)
    teams = len({team_name(impact) for impact in impacts})
    return f"{counted(len(impacts), 'consumer')} of {counted(teams, 'team')}, {direct:,} directly"


def team_lines(impacts: Sequence[Impacted], *, names_at_most: int = 5) -> list[str]:
    """One line per team: how many consumers, and the nearest of them."""
    shown = []
    for team, consumers in by_team(impacts):
        names = [safe(consumer.name) for consumer in consumers]
        few = limits.joined(names, 500, between=", ", at_most=names_at_most)
        shown.append(f"• *{safe(team)}* ({len(consumers):,}): {few}")
    return shown


def consumer_line(impact: Impacted) -> str:
    """One consumer; for a transitive one the way it depends, and whatever is unclear about its owners."""
    way = f" via {limits.joined([safe(short_id(one)) for one in impact.path[1:-1]], 400, between=' → ')}"
    notes = f" _({safe('; '.join(impact.owners.notes), 200)})_" if impact.owners.notes else ""
    return f"    • {safe(impact.name)}{way if len(impact.path) > 2 else ''}{notes}"


def full_lines(impacts: Sequence[Impacted], notes: Sequence[str]) -> list[str]:
    """Every consumer, under its team, then what the catalog left open."""
    shown = []
    for team, consumers in by_team(impacts):
        shown.append(f"*{safe(team)}* ({len(consumers):,})")
        shown += [consumer_line(consumer) for consumer in consumers]
    return [*shown, *(f":grey_question: {safe(note, limits.PROSE_MAX)}" for note in notes)]
