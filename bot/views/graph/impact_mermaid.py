"""The graph of an impact as far as Mermaid draws it: above its limits each team is one box, with a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.views import limits
from bot.views.graph import impact_text
from bot.views.graph.impact import team_name
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity, Impacted
from workflows.rules.consumers import impact as rules
from workflows.rules.wording import counted

# mermaid.js.org/config/schema-docs/config.html: maxEdges, maxTextSize. A viewer shows an error above either.
EDGES_MAX = 500
TEXT_MAX = 50_000
TEAMS_MAX = 100
"""Boxes, those with most consumers first. More than these are no picture, either."""
NAME_MAX = 40
"""Of a name in a box: each sign of it may be nine characters, and 101 of them have to fit."""


def fitting(model: Entity, catalog: Snapshot) -> tuple[str, str]:
    """The text, and what it says of being summed up; that is empty where it has everything."""
    whole = impact_text.mermaid(model, catalog)
    edges = sum(" --> " in row or " -.-> " in row for row in whole.split("\n"))
    characters = len(whole.encode("utf-16-le")) // 2  # as JavaScript counts them
    if edges <= EDGES_MAX and characters <= TEXT_MAX:
        return whole, ""
    consumers = catalog.impact(model.id).consumers
    said = (
        f"summed up by team: {counted(len(consumers), 'consumer')} with {counted(edges, 'edge')} in {characters:,} "
        f"characters are more than Mermaid draws ({EDGES_MAX} edges, {TEXT_MAX:,} characters); --format dot, csv and "
        "json have all of them"
    )
    rows = ["graph RL", f"  %% {said}", f'  n0[["{_name(model.name)}"]]']
    for number, (label, mark) in enumerate(_boxes(consumers), 1):
        rows.append(f'  n{number}["{label}"]{mark}')
        rows.append(f"  n{number} --> n0")
    if any(rules.is_unclaimed(one) for one in consumers):
        rows.append(impact_text.MERMAID_UNKNOWN)
    return "\n".join(rows) + "\n", said


def _boxes(consumers: Sequence[Impacted]) -> Iterator[tuple[str, str]]:
    """The label of each, and its class. What nobody answers for is never among others."""
    teams = rules.by_team(consumers)
    owned = [one for one in teams if one.team_id]
    nobodys = [one for one in teams if not one.team_id]
    room = TEAMS_MAX - len(nobodys)
    for team in owned[:room]:
        yield _label(_name(team_name(team.consumers[0])), len(team.consumers)), ""
    if others := owned[room:]:
        count = sum(len(one.consumers) for one in others)
        yield _label(counted(len(others), "other team"), count), ""
    for team in nobodys:
        name = impact_text.coded(team_name(team.consumers[0]))
        yield _label(name, len(team.consumers)), ":::unknown" if team.is_unknown else ""


def _label(name: str, count: int) -> str:
    return f"{name}: {counted(count, 'consumer')}"


def _name(text: str) -> str:
    return impact_text.coded(limits.clip(text, NAME_MAX))
