"""`emeritus import` and `emeritus impact`: what catalogs say goes in; who depends on a model comes out."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read, store_to_write
from bot.keeping import open_catalog
from bot.lookup import model_in_shell
from bot.views.impact import by_team, way
from bot.world import CalendarWorld
from data.records.catalog import Entity, Impacted
from workflows.rules.wording import counted


@click.group("import")
def import_() -> None:
    """Read a catalog; importing the same thing twice changes nothing."""


@import_.command("backstage")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
@as_json
def backstage(paths: tuple[Path, ...], is_json: bool) -> None:
    """Files or directories of Backstage catalog-info YAML."""
    from data.importers.backstage import read_backstage  # noqa: PLC0415 - only here YAML is read

    with store_to_write(settings_for(writes=True)) as store:
        catalog = open_catalog(store)
        taken = catalog.slack_ids_outside(paths)
        reading = read_backstage(paths, known=catalog.known(), taken=taken)
        report = catalog.import_(reading, format="backstage", now=CalendarWorld().now())
    if is_json:
        print_json(report)
    else:
        click.echo(str(report))


@click.command()
@click.argument("model")
@as_json
def impact(model: str, is_json: bool) -> None:
    """Who depends on MODEL, directly or through others, and along which path."""
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        found = model_in_shell(catalog, model)
        consumers = catalog.impact(found.id).consumers
    if is_json:
        print_json(as_data(found, consumers))
    else:
        say(*as_lines(found, consumers))


def as_data(model: Entity, consumers: tuple[Impacted, ...]) -> dict[str, object]:
    """Every key is always there, whatever it holds."""
    return {
        "model": {"id": model.id, "name": model.name, "tier": model.tier},
        "count": len(consumers),
        "consumers": [
            {
                "id": consumer.consumer_id,
                "name": consumer.name,
                "team": consumer.owners.team_name,
                "owners": consumer.owners.slack_ids,
                "notes": consumer.owners.notes,
                "distance": consumer.distance,
                "path": way(consumer, model.id),
            }
            for consumer in consumers
        ],
    }


def as_lines(model: Entity, consumers: tuple[Impacted, ...]) -> list[str]:
    lines = [f"{model.name} ({model.id}): {counted(len(consumers), 'consumer')}"]
    for team, owned in by_team(consumers):
        lines.append(f"{team}:")
        for consumer in owned:
            notes = f" ({'; '.join(consumer.owners.notes)})" if consumer.owners.notes else ""
            lines.append(
                f"  {consumer.distance} {consumer.name}: {' -> '.join(way(consumer, model.id))}{notes}"
            )
    return lines


COMMANDS = (import_, impact)
