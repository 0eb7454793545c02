"""What commands have in common: settings from the environment, the store opened and closed again, JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot.commands.machine import as_text
from bot.keeping import open_store
from bot.settings import Settings, read
from data.errors import Invalid, Refused
from data.printable import printable
from data.sql.record import SqlStore

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON, for machines.")


def settings_for(*, slack: str = "no", http: str | None = None, writes: bool = False) -> Settings:
    """From the environment. Wrong use (exit 2) with every problem."""
    try:
        return read(os.environ, slack=slack, http=http, writes=writes)
    except Invalid as error:
        raise click.UsageError(f"these settings are not right:\n{error}") from error


@contextmanager
def store_to_read(settings: Settings) -> Iterator[SqlStore]:
    """Read-only, so that it works beside a running Emeritus. Raises `Refused` where there is none yet."""
    if not settings.database and not settings.store.exists():
        raise Refused(
            f"{settings.store} does not exist yet", next_step="Run emeritus import backstage PATH to make it"
        )
    store = open_store(settings, read_only=True)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def store_to_write(settings: Settings) -> Iterator[SqlStore]:
    """Raises `Unavailable` while another Emeritus has it."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def say(*lines: str, err: bool = False) -> None:
    """On a terminal, which obeys none of what catalogs, callers and people wrote."""
    for line in lines:
        click.echo(printable(line), err=err)


def print_json(value: Any) -> None:
    click.echo(as_text(value))
