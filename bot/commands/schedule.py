"""`emeritus schedule`: what is announced, with its dates, for whoever serves files and not a bot."""

from __future__ import annotations

import click

from bot.commands.opening import settings_for, store_to_read
from bot.keeping import open_catalog
from bot.views.catalog.schedule import FORMATS
from bot.world import CalendarWorld
from workflows.schedule import Schedule


@click.command()
@click.option(
    "--format",
    "as_format",
    type=click.Choice(tuple(FORMATS)),
    default="ics",
    help="For calendars, for feed readers, or for programs.",
)
def schedule(as_format: str) -> None:
    """The public schedule of what was announced: emeritus schedule > retirements.ics."""
    with store_to_read(settings_for()) as store:
        announced = Schedule(store, open_catalog(store), CalendarWorld().now).announced()
    _, written = FORMATS[as_format]
    # Names are printable in it already; a calendar's line breaks are its own.
    click.echo(written(announced).encode(), nl=False)


COMMANDS = (schedule,)
