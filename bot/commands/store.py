"""`emeritus store copy`: the whole record from a SQLite file to PostgreSQL, or back, with every hash as it was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from bot.commands.opening import as_json, print_json
from bot.keeping import open_record
from bot.settings import is_database
from data.errors import Refused
from data.sql.copying import copy

TOLD_EVERY_ROWS = 10_000


@click.group()
def store() -> None:
    """Where the record is kept."""


@store.command("copy")
@click.argument("source", metavar="SRC")
@click.argument("destination", metavar="DST")
@as_json
def copy_(source: str, destination: str, is_json: bool) -> None:
    """Copy the record SRC into the empty DST; each a SQLite file or postgresql://user@host/database.

    Emeritus must not run on either. What was copied is read back and verified; SRC stays as it is.
    """
    if not is_database(source) and not Path(source).exists():
        raise Refused(f"{source} does not exist", next_step="Give the record to copy: a file, or a URL")
    with (
        closing(open_record(_place(source), exclusive=True)) as from_,
        closing(open_record(_place(destination), exclusive=True)) as to,
    ):
        copied = copy(from_, to, _tell)
    if is_json:
        print_json(copied)
        return
    click.echo(f"{copied.entries} entries of {copied.streams} streams are copied, and they hold")
    click.echo(", ".join(f"{rows} {name}" for name, rows in copied.rows.items() if rows))
    click.echo("Set EMERITUS_STORE to the copy, and keep the source as a backup")


def _place(where: str) -> Path | str:
    return where if is_database(where) else Path(where)


def _tell(table: str, rows: int) -> None:
    if rows % TOLD_EVERY_ROWS == 0:
        click.echo(f"{table}: {rows} rows", err=True)


COMMANDS = (store,)
