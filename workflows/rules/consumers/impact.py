"""Whom does a retirement reach? Groups impacted consumers by the team that answers for them; counts them.

Also whether the whole of them fits into one message: that must be known when it is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.records.base import Record
from data.records.catalog import Impacted

PART_CHARACTERS_MAX = 10_500
"""Of one message, beside its heading: Slack refuses beyond 12,000 or so (bot/views/limits.py)."""
NAME_MAX, WAY_MAX, KNOWN_MAX, NOTES_MAX, PROSE_MAX = 80, 400, 90, 200, 400
"""How much bot/views/graph/impact.py shows of each."""
MARK_MAX, HEADING_MAX = 24, 120  # what stands around a line, and the name of a team above its lines


class TeamImpact(Record, frozen=True, kw_only=True):
    """One team's consumers, nearest first. `team_id` is empty for consumers nobody answers for.

    is_unknown   callers that nobody declares, and nobody has said whose they are
    """

    team_id: str
    team_name: str
    slack_ids: tuple[str, ...]
    consumers: tuple[Impacted, ...]
    is_unknown: bool = False


def is_unclaimed(consumer: Impacted) -> bool:
    """A caller that nobody declares, and nobody has said is theirs."""
    return consumer.is_unknown and not consumer.owners.team_id


def by_team(impact: Sequence[Impacted]) -> tuple[TeamImpact, ...]:
    """Teams with most consumers first, then with the nearest one, then by name; unowned consumers last.

    Behind them, by themselves, callers that nobody declares.
    """
    grouped: dict[tuple[str, bool], list[Impacted]] = {}
    for consumer in impact:
        grouped.setdefault(_answering(consumer), []).append(consumer)
    teams = (_team(team_id, consumers, is_unknown) for (team_id, is_unknown), consumers in grouped.items())
    return tuple(sorted(teams, key=_rank))


def teams_in(impact: Sequence[Impacted]) -> int:
    """How many `by_team` has, without putting anybody into order."""
    return len(set(map(_answering, impact)))


def summary(impact: Sequence[Impacted]) -> str:
    """One line, e.g. "7 consumers in 4 teams, 3 of them direct; 1 has no reachable owner"."""
    if not impact:
        return "no consumers"
    teams = {consumer.owners.team_id for consumer in impact} - {""}
    direct = sum(consumer.distance == 1 for consumer in impact)
    counted = f"{_counted(len(impact), 'consumer')} in {_counted(len(teams), 'team')}"
    line = f"{counted}, {f'{direct:,}' if direct else 'none'} of them direct"
    unreachable = sum(not consumer.owners.slack_ids for consumer in impact)
    if not unreachable:
        return line
    return f"{line}; {unreachable:,} {'has' if unreachable == 1 else 'have'} no reachable owner"


def parts(impact: Sequence[Impacted], notes: Sequence[str], model_id: str) -> tuple[tuple[int, int], ...]:
    """From where to where each message goes: numbers of consumers, as `by_team` has them, then of notes."""
    lengths = []
    for team in by_team(impact):
        lengths += [_length(consumer, model_id) for consumer in team.consumers]
        lengths[-len(team.consumers)] += HEADING_MAX
    lengths += [MARK_MAX + _escaped(note, PROSE_MAX) for note in notes]
    found, start, filled = [], 0, 0
    for number, length in enumerate(lengths):
        if filled and filled + length > PART_CHARACTERS_MAX:
            found.append((start, number))
            start, filled = number, HEADING_MAX
        filled += length
    return (*found, (start, len(lengths))) if lengths else ()


def _length(consumer: Impacted, model_id: str) -> int:
    """At most how many characters its line takes."""
    steps = [*consumer.path[1:], *(() if consumer.path[-1:] == (model_id,) else (model_id,))]
    way = sum(_escaped(step, NAME_MAX) + 3 for step in steps) if len(steps) > 1 else 0
    notes = _escaped("; ".join(consumer.owners.notes), NOTES_MAX)
    return MARK_MAX + KNOWN_MAX + _escaped(consumer.name, NAME_MAX) + min(WAY_MAX, way) + notes


def _escaped(text: str, most: int) -> int:
    """How long a text is for Slack, where three signs become entities."""
    return min(most, len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">")))


def unreachable(impact: Sequence[Impacted]) -> tuple[str, ...]:
    """A line for each consumer nobody can be told about, with what is missing."""
    return tuple(
        f"{consumer.name}: {'; '.join(consumer.owners.notes) or 'no owner'}"
        for consumer in impact
        if not consumer.owners.slack_ids
    )


def _answering(consumer: Impacted) -> tuple[str, bool]:
    """Whose it is; of nobody's, whether it is declared at all."""
    return (consumer.owners.team_id, is_unclaimed(consumer))


def _team(team_id: str, consumers: list[Impacted], is_unknown: bool) -> TeamImpact:
    return TeamImpact(
        is_unknown=is_unknown,
        team_id=team_id,
        team_name=consumers[0].owners.team_name,
        slack_ids=tuple(
            dict.fromkeys(slack_id for consumer in consumers for slack_id in consumer.owners.slack_ids)
        ),
        consumers=tuple(
            sorted(consumers, key=lambda consumer: (consumer.distance, consumer.name, consumer.consumer_id))
        ),
    )


def _rank(team: TeamImpact) -> tuple[bool, bool, int, int, str, str]:
    first = team.consumers[0].distance
    return (not team.team_id, team.is_unknown, -len(team.consumers), first, team.team_name, team.team_id)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
