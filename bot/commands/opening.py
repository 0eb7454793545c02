"""What commands have in common: settings from the environment, the store opened and closed again, JSON."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot.commands.machine import as_text
from bot.keeping import open_store
from bot.settings import Settings, read
from data.errors import Invalid, Refused
from data.sql.record import SqlStore

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON, for machines.")


def settings_for(*, slack: str = "no", http: str = "", writes: bool = False) -> Settings:
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


def print_json(value: Any) -> None:
    click.echo(as_text(value))


def say(text: str, *, err: bool = False) -> None:
    """Print text for people that may hold words from catalogs, callers and archives."""
    click.echo(printable(text), err=err)


def printable(text: str) -> str:
    """The same lines, in which nothing speaks to the terminal: no escape sequence, no mark that reorders a line."""
    return "".join(sign if sign == "\n" or sign.isprintable() else _shown(sign) for sign in text)


def _shown(sign: str) -> str:
    # Blanks of other widths are harmless; everything else is told as what it is.
    return " " if unicodedata.category(sign) == "Zs" else ascii(sign)[1:-1]
