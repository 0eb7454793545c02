"""`emeritus store`: the whole record copied to another database, backed up beside a running bot, and brought back."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, settings_for
from bot.keeping import open_record, redraw
from bot.settings import is_database
from bot.world import CalendarWorld
from data.errors import Refused
from data.sql.copying import copy
from data.sql.doubts import NUMBERS_SKIPPED, Doubted
from data.sqlite.backup import back_up
from data.sqlite.backup import restore as bring_back
from workflows.machine import RetirementMachine

TOLD_EVERY_ROWS = 10_000


@click.group()
def store() -> None:
    """Where the record is kept."""


@store.command("copy")
@click.argument("source", metavar="SRC", type=wanted.RECORD)
@click.argument("destination", metavar="DST", type=wanted.RECORD)
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


@store.command()
@click.argument("destination", metavar="DST", type=wanted.path)
@as_json
def backup(destination: Path, is_json: bool) -> None:
    """Back the record up to the new file DST, beside a running Emeritus; the copy is verified."""
    source = _file("Back it up with pg_dump, or stop Emeritus and run emeritus store copy URL FILE")
    if not source.exists():
        raise Refused(f"{source} does not exist", next_step="Set EMERITUS_STORE to the record to back up")
    # Before the copy begins: what is sent from here on is looked up once the backup is brought back.
    made = back_up(source, destination, RetirementMachine(), CalendarWorld().now())
    if is_json:
        print_json(made)
        return
    click.echo(f"{made.entries} entries of {made.streams} streams are in {made.path}, and they hold")
    click.echo(f"{made.bytes:,} bytes, as of {made.taken_at:%Y-%m-%d %H:%M:%S} UTC")


@store.command()
@click.argument("source", metavar="SRC", type=wanted.path)
@click.option("--replace", is_flag=True, help="Move aside what is there; it is kept under another name.")
@as_json
def restore(source: Path, replace: bool, is_json: bool) -> None:
    """Bring the backup SRC back as the record; what it was to send is looked up in Slack before it is sent."""
    destination = _file(
        "Bring a dump back with pg_restore, then run emeritus store recheck with its time; "
        "or run emeritus store copy FILE URL"
    )
    now = CalendarWorld().now()
    drawn = partial(redraw, now=now)
    found = bring_back(source, destination, RetirementMachine(), now, replace=replace, redraw=drawn)
    if is_json:
        print_json(found)
        return
    click.echo(f"{found.entries} entries of {found.streams} streams are in {found.path}, and they hold")
    click.echo(
        f"The record stands as on {found.taken_at:%Y-%m-%d %H:%M:%S} UTC; what came later is not on it"
    )
    _say_doubts(found.doubted)
    if found.kept:
        click.echo(f"What was there before is {found.kept}")


@store.command()
@click.argument("since", metavar="INSTANT")
@as_json
def recheck(since: str, is_json: bool) -> None:
    """Say that the record stands as at INSTANT (2026-03-02T09:00Z), as after pg_restore or a disk's snapshot."""
    now = CalendarWorld().now()
    taken_at = _instant(since, now)
    settings = settings_for(writes=True)
    if not settings.database and not settings.store.exists():
        raise Refused(f"{settings.store} does not exist", next_step="Set EMERITUS_STORE to the record")
    with closing(open_record(settings.database or settings.store, exclusive=True)) as record:
        doubts = record.doubt(taken_at, now)
        redraw(record, now)
    if is_json:
        print_json({"taken_at": taken_at, "doubted": doubts})
        return
    _say_doubts(doubts)


def _say_doubts(doubts: Doubted) -> None:
    click.echo(
        f"{doubts.messages} messages, {doubts.timers} dates and {doubts.commands} commands that waited then may "
        "have been dealt with since: each message is looked up in Slack before it is sent"
    )
    click.echo(
        f"Cards are drawn anew, and the next {NUMBERS_SKIPPED} numbers of retirements are left out: "
        "what Slack still shows of lost ones must not speak for new ones"
    )


def _file(otherwise: str) -> Path:
    """The record's SQLite file. Raises `Refused` with another way where it is on PostgreSQL."""
    settings = settings_for()
    if settings.database:
        raise Refused("The record is on PostgreSQL, and this is about a SQLite file", next_step=otherwise)
    return settings.store


def _instant(text: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found > now:
        raise click.UsageError(
            f'INSTANT "{text}": no instant of the past; give date, time and zone, e.g. 2026-03-02T09:00Z'
        )
    return found.astimezone(UTC)


def _place(where: str) -> Path | str:
    return where if is_database(where) else Path(where)


def _tell(table: str, rows: int) -> None:
    if rows % TOLD_EVERY_ROWS == 0:
        click.echo(f"{table}: {rows} rows", err=True)


COMMANDS = (store,)
