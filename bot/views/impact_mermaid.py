"""The graph of an impact as far as Mermaid draws it: above its limits each team is one box, with a count."""

from __future__ import annotations

from bot.views import impact_text
from bot.views.impact import by_team
from data.records.catalog import Entity
from data.snapshot import Snapshot
from workflows.rules.wording import counted

# mermaid.js.org/config/schema-docs/config.html: maxEdges, maxTextSize. A viewer shows an error above either.
EDGES_MAX = 500
TEXT_MAX = 50_000
TEAMS_MAX = 100
"""Boxes, those with most consumers first. More than these are no picture, either."""


def fitting(model: Entity, catalog: Snapshot) -> tuple[str, str]:
    """The text, and what it says of being summed up; that is empty where it has everything."""
    whole = impact_text.mermaid(model, catalog)
    edges = sum(" --> " in row or " -.-> " in row for row in whole.split("\n"))
    if edges <= EDGES_MAX and len(whole) <= TEXT_MAX:
        return whole, ""
    consumers = catalog.impact(model.id).consumers
    said = (
        f"summed up by team: {counted(len(consumers), 'consumer')} and {counted(edges, 'edge')} are more than "
        f"Mermaid draws ({EDGES_MAX} edges, {TEXT_MAX:,} characters); --format dot, csv and json have all of them"
    )
    teams = [(team, len(owned)) for team, owned in by_team(consumers)]
    shown, others = teams[:TEAMS_MAX], teams[TEAMS_MAX:]
    if others:
        shown.append((counted(len(others), "other team"), sum(count for _, count in others)))
    rows = ["graph RL", f"  %% {said}", f'  n0[["{impact_text.coded(model.name)}"]]']
    for number, (team, count) in enumerate(shown, 1):
        label = f"{team}: {counted(count, 'consumer')}"
        rows.append(f'  n{number}["{impact_text.coded(label)}"]')
        rows.append(f"  n{number} --> n0")
    return "\n".join(rows) + "\n", said
