"""The command line: `emeritus ...`. Exits 0 on success, 1 when a check does not hold, 2 on wrong use."""

from __future__ import annotations

import os

import click

from bot.commands import (
    archive,
    asking,
    audit,
    candidates,
    catalog,
    catalogs,
    check,
    endpoint,
    erase,
    log,
    plan,
    policy,
    record,
    schedule,
    search,
    service,
    stopped,
    store,
)
from bot.commands.machine import as_text, failure
from bot.logs import log_privately
from data.errors import EmeritusError
from data.printable import in_lines

AS_JSON = f"{__name__}.as_json"


class Commands(click.Group):
    """Says our own errors as the sentences they are, or with --json as an object; a bug keeps its traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Looked at here, since a command line that is wrong never gets as far as the command's own options.
        ctx.meta[AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (EmeritusError, click.ClickException) as error:
            if ctx.meta[AS_JSON]:
                click.echo(as_text(failure(error)))
                ctx.exit(error.exit_code if isinstance(error, click.ClickException) else 1)
            if isinstance(error, click.ClickException):
                raise
            raise click.ClickException(in_lines(str(error))) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Retires machine-learning models responsibly, in Slack."""
    log_privately(os.environ)


for command in (
    *service.COMMANDS,
    *policy.COMMANDS,
    *catalog.COMMANDS,
    *asking.COMMANDS,
    *candidates.COMMANDS,
    *check.COMMANDS,
    *catalogs.COMMANDS,
    *endpoint.COMMANDS,
    *record.COMMANDS,
    *plan.COMMANDS,
    *log.COMMANDS,
    *audit.COMMANDS,
    *archive.COMMANDS,
    *search.COMMANDS,
    *schedule.COMMANDS,
    *store.COMMANDS,
    *stopped.COMMANDS,
    *erase.COMMANDS,
):
    cli.add_command(command)


def main() -> None:
    cli(prog_name="emeritus")
