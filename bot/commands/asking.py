"""`emeritus impact` and `emeritus who`: who depends on a model, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.lookup import model_in_shell
from bot.views import who as who_view
from bot.views.impact import by_team, way
from data.records.catalog import Dependency, Entity, Origin, Responsible
from data.snapshot import Snapshot
from workflows.rules.wording import counted


@click.command()
@click.argument("model")
@as_json
def impact(model: str, is_json: bool) -> None:
    """Who depends on MODEL, directly or through others, and along which path."""
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        found = model_in_shell(catalog, model)
        seen = catalog.snapshot()
    if is_json:
        print_json(as_data(found, seen))
    else:
        say(*as_lines(found, seen))


def as_data(model: Entity, catalog: Snapshot) -> dict[str, object]:
    """Every key is always there, whatever it holds."""
    consumers = catalog.impact(model.id).consumers
    return {
        "model": {"id": model.id, "name": model.name, "tier": model.tier},
        "count": len(consumers),
        "direct": sum(consumer.distance == 1 for consumer in consumers),
        "teams": sorted({consumer.owners.team_name for consumer in consumers if consumer.owners.team_name}),
        "consumers": [
            {
                "id": consumer.consumer_id,
                "name": consumer.name,
                "kind": catalog.entity(consumer.consumer_id).kind,
                "team": consumer.owners.team_name,
                "owners": consumer.owners.slack_ids,
                "notes": consumer.owners.notes,
                "distance": consumer.distance,
                "path": way(consumer, model.id),
                **_known_by(catalog.dependency(*consumer.path[:2])),
            }
            for consumer in consumers
        ],
    }


def _known_by(edge: Dependency) -> dict[str, object]:
    return {
        "origin": edge.origin,
        "sources": edge.sources,
        "first_seen": edge.first_seen,
        "last_seen": edge.last_seen,
        "calls_per_day": edge.calls_per_day,
    }


def as_lines(model: Entity, catalog: Snapshot) -> list[str]:
    consumers = catalog.impact(model.id).consumers
    lines = [f"{model.name} ({model.id}): {counted(len(consumers), 'consumer')}"]
    for team, owned in by_team(consumers):
        lines.append(f"{team}:")
        for consumer in owned:
            said = [*consumer.owners.notes, *_calls(catalog.dependency(*consumer.path[:2]))]
            notes = f" ({'; '.join(said)})" if said else ""
            lines.append(
                f"  {consumer.distance} {consumer.name}: {' -> '.join(way(consumer, model.id))}{notes}"
            )
    return lines


def _calls(edge: Dependency) -> Iterator[str]:
    """What is seen of it, where anything is."""
    if edge.origin is Origin.OBSERVED:
        yield "seen calling, declared nowhere"
    if edge.last_seen:
        yield f"last called {edge.last_seen}"
    if edge.calls_per_day is not None:
        yield f"{edge.calls_per_day:,.6g} calls a day"


@click.command()
@click.argument("model")
@as_json
def who(model: str, is_json: bool) -> None:
    """Who answers for MODEL, its versions, endpoints and successor, why, and what is missing."""
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        found = model_in_shell(catalog, model, ask="emeritus who")
        seen = catalog.snapshot()
    answering, consumers = seen.responsible(found.id), seen.impact(found.id).consumers
    if is_json:
        unasked = [one.consumer_id for one in consumers if not one.owners.slack_ids]
        print_json({"responsible": [_answering(one) for one in answering], "unasked": unasked})
    else:
        say(*who_view.lines(answering, consumers))


def _answering(one: Responsible) -> dict[str, object]:
    return {
        "id": one.thing.id,
        "name": one.thing.name,
        "part": one.part,
        "team_id": one.owners.team_id,
        "team": one.owners.team_name,
        "owners": one.owners.slack_ids,
        "declared_in": one.thing.declared_in,
        "owner_note": one.thing.owner_note,
        "notes": one.owners.notes,
    }


COMMANDS = (impact, who)
