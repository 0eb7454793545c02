"""`emeritus stopped`: dead letters. What they are, and what whoever has looked at one can do about it."""

from __future__ import annotations

import click

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read, store_to_write
from bot.world import CalendarWorld
from data.closest import closest
from data.errors import NotFound, Refused
from data.sql.record import SqlStore


@click.group()
def stopped() -> None:
    """What stopped for good, or is held up, and waits for a person."""


@stopped.command("list")
@as_json
def list_(is_json: bool) -> None:
    """Messages, work, timers and commands that are not tried any more, or in vain, and why."""
    with store_to_read(settings_for()) as store:
        found = store.troubles()
    if is_json:
        print_json([trouble._asdict() for trouble in found])
        return
    for trouble in found:
        say(f"{trouble.key}: {'held up, ' if trouble.is_held_up else ''}{trouble.why}")
    if not found:
        say("Nothing has stopped for good")


@stopped.command()
@click.argument("key", type=wanted.KEY)
@as_json
def retry(key: str, is_json: bool) -> None:
    """Have KEY tried again, once what stopped it is mended; a message that stopped is looked up in Slack first."""
    with store_to_write(settings_for(writes=True)) as store:
        _check_stopped(store, key)
        if not store.retry(key, CalendarWorld().now()):
            raise Refused(
                f"{key} is a command of a person, and what it asked is erased",
                next_step="Ask them to press or type it again, and run emeritus stopped dismiss KEY",
            )
    _told(key, "is tried again as soon as Emeritus runs", is_json=is_json)


@stopped.command()
@click.argument("key", type=wanted.KEY)
@as_json
def dismiss(key: str, is_json: bool) -> None:
    """Put KEY away: somebody has seen to it, and it is not tried again."""
    with store_to_write(settings_for(writes=True)) as store:
        _check_stopped(store, key)
        if not store.dismiss(key):
            raise Refused(
                f"{key} is held up, and goes on by itself once that is mended",
                next_step="Mend what emeritus stopped list says of it",
            )
    _told(key, "is put away", is_json=is_json)


def _check_stopped(store: SqlStore, key: str) -> None:
    keys = [trouble.key for trouble in store.troubles()]
    if key not in keys:
        raise NotFound("dead letter", key, closest=closest(key, keys), next_step="Run emeritus stopped list")


def _told(key: str, what: str, *, is_json: bool) -> None:
    if is_json:
        print_json({"key": key})
    else:
        say(f"{key} {what}")


COMMANDS = (stopped,)
