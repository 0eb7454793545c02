"""`emeritus import`: what catalogs say goes in, one format a command."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.calls import calls
from bot.commands.opening import as_json, print_json, settings_for, store_to_write
from bot.commands.sources import excluded, source_of
from bot.commands.telling import NOTHING_IMPORTED, telling
from bot.formats import FORMATS, Format
from bot.keeping import open_catalog
from bot.world import CalendarWorld
from data.importers.left_out import without
from data.importers.sources import Source


@click.group("import")
def import_() -> None:
    """Read a catalog; importing the same thing twice changes nothing."""


def _register(format: Format) -> None:  # noqa: A002 - the word of the event
    @import_.command(format.name, help=format.reads)
    @click.argument(
        "sources",
        nargs=-1,
        required=True,
        metavar="SOURCE..." if format.asks else "PATH...",
        type=source_of(format.asks),
    )
    @excluded
    @as_json
    def read(sources: tuple[Source, ...], globs: tuple[str, ...], is_json: bool) -> None:
        settings = settings_for(writes=True)
        with telling(NOTHING_IMPORTED):
            answered = format.answered(
                tuple(without(one, globs) if isinstance(one, Path) else one for one in sources)
            )
        with store_to_write(settings) as store:
            catalog = open_catalog(store)
            with telling(NOTHING_IMPORTED):
                reading = format.read(catalog, answered)
            report = catalog.import_(reading, format=format.name, now=CalendarWorld().now())
        if is_json:
            print_json(report)
        else:
            click.echo(str(report))


for _format in FORMATS:
    _register(_format)
import_.add_command(calls)


COMMANDS = (import_,)
