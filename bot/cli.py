"""The command line: `emeritus ...`. Exits 0 on success, 1 when a check does not hold, 2 on wrong use."""

from __future__ import annotations

import logging
import sys

import click

from bot.commands import catalog, record, service
from data.errors import EmeritusError


class Commands(click.Group):
    """Says our own errors as the sentences they are; a bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EmeritusError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Retires machine-learning models responsibly, in Slack."""
    # To stderr, so that what --json prints is all there is on stdout.
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=form)


for command in (*service.COMMANDS, *catalog.COMMANDS, *record.COMMANDS):
    cli.add_command(command)


def main() -> None:
    cli(prog_name="emeritus")
