"""What a command wants where a script left an argument empty, as with a variable that is not set."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click


def given(text: str, wanted: str) -> str:
    """The text. Wrong use (exit 2) where nothing is in it: it means neither everything nor this directory."""
    if not text.strip():
        raise click.BadParameter(f"is empty; give {wanted}")
    return text


def named(wanted: str) -> Callable[[str], str]:
    return lambda text: given(text, wanted)


def path(text: str) -> Path:
    """One that may be there or not."""
    return Path(given(text, "a path"))


CONTENT_BYTES_MAX = 2**29


def content(text: str) -> bytes:
    """What is in a file; of one that is larger than any of ours, enough to see that."""
    try:
        with path(text).open("rb") as file:
            return file.read(CONTENT_BYTES_MAX)
    except OSError as error:
        raise click.BadParameter(f"{text} cannot be read ({os.strerror(error.errno or 0)})") from error


MODEL = named("the name or id of a model")
RETIREMENT = named("the id of a retirement, such as RET-1, or the name of its model")
KEY = named("a key of emeritus stopped list")
ENDPOINT = named("the name of an endpoint of emeritus endpoint list")
RECORD = named("a path, or postgresql://user@host/database")
