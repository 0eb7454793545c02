"""What a command is to read: a path that is there, or what the format asks besides. No secret is repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from bot.commands.wanted import given, named
from bot.formats import Asked, has_scheme
from data.importers.sources import Source
from data.printable import shortened, without_secrets

SHOWN_MAX = 300

excluded = click.option(
    "--exclude",
    "globs",
    multiple=True,
    metavar="GLOB",
    type=named("the name or path of what to leave out of directories, e.g. tests or */drafts/*"),
    help="Files and folders to leave out of directories, by name or path; * stands for anything.",
)


def source_of(asks: Asked | None) -> Callable[[str], Source]:
    """How one is read from the command line."""

    def parsed(text: str) -> Source:
        given(text, "a path" if asks is None else f"a path, or {asks.called}")
        if asks is not None and asks.is_one(text):
            return text
        shown = f'"{shortened(without_secrets(text), SHOWN_MAX)}"'
        if has_scheme(text):
            raise click.BadParameter(f"{shown} is no path: name one{f', or {asks.called}' if asks else ''}")
        if not _exists(text):
            why = f"is neither a file or directory nor {asks.called}" if asks else "does not exist"
            raise click.BadParameter(f"{shown} {why}")
        return Path(text)

    return parsed


def path_of(text: str) -> Path:
    """For a command that asks nobody."""
    found = source_of(None)(text)
    assert isinstance(found, Path)
    return found


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # no name of a file
        return False
