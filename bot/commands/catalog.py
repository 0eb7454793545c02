"""`emeritus import` and `emeritus impact`: what catalogs say goes in; who depends on a model comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read, store_to_write
from bot.keeping import open_catalog
from bot.lookup import model_in_shell
from bot.views.impact import by_team, way
from bot.world import CalendarWorld
from data.catalog import Catalog
from data.importers.report import Reading
from data.records.catalog import Dependency, Entity, Origin
from data.snapshot import Snapshot
from workflows.rules.wording import counted


class Format(NamedTuple):
    """How a format is called, what people are told it reads, and who reads it."""

    name: str
    reads: str
    reader: Callable[[Catalog, tuple[Path, ...]], Reading]


@click.group("import")
def import_() -> None:
    """Read a catalog; importing the same thing twice changes nothing."""


# Readers are loaded where they are used: a YAML parser or a walk through a manifest is nothing others wait for.
def _backstage(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.backstage import read_backstage  # noqa: PLC0415

    return read_backstage(paths, known=catalog.known(), taken=catalog.slack_ids_outside(paths))


def _csv(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.csv_edges import read_csv  # noqa: PLC0415

    return read_csv(paths, known=catalog.known_outside(paths))


FORMATS = (
    Format("backstage", "Files or directories of Backstage catalog-info YAML.", _backstage),
    Format("csv", "Files or directories of CSV edges: from,to and what is known of them.", _csv),
)


def _register(format: Format) -> None:  # noqa: A002 - the word of the event
    @import_.command(format.name, help=format.reads)
    @click.argument(
        "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
    )
    @as_json
    def read(paths: tuple[Path, ...], is_json: bool) -> None:
        with store_to_write(settings_for(writes=True)) as store:
            catalog = open_catalog(store)
            reading = format.reader(catalog, paths)
            report = catalog.import_(reading, format=format.name, now=CalendarWorld().now())
        if is_json:
            print_json(report)
        else:
            click.echo(str(report))


for _format in FORMATS:
    _register(_format)


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


COMMANDS = (import_, impact)
