"""What machines read: objects with all their keys, and one shape for whatever went wrong.

Records leave defaults out when they are stored; for a reader a key that vanishes when it is empty is a trap.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import click
import msgspec

from data.errors import EmeritusError, Invalid, NotFound, Refused


def whole(value: Any) -> Any:
    """Records as objects with every key, at any depth; the rest as it is, texts as Unicode."""
    if isinstance(value, msgspec.Struct):
        config, fields = value.__struct_config__, _fields(type(value))
        tag = {config.tag_field: config.tag} if config.tag_field else {}
        return tag | {key: whole(getattr(value, name)) for name, key in fields}
    if isinstance(value, Mapping):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, str):
        # A name of a file, or an argument, that was no text to begin with has no JSON.
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [whole(item) for item in value]
    return value


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """Name and key of each: looked up once, since a report may have a record for each of very many things."""
    return tuple((field.name, field.encode_name) for field in msgspec.structs.fields(kind))


def as_text(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(whole(value))).decode()


def failure(error: EmeritusError | click.ClickException) -> dict[str, Any]:
    """What a command that fails prints with --json; every key is always there.

    error       the sentence     next_step   what to do, where it is a sentence of its own
    problems    all that is wrong with an input, each with field, value and what would be accepted
    """
    if isinstance(error, click.ClickException):
        text, cause = error.format_message(), error.__cause__
        asked = error.ctx if isinstance(error, click.UsageError) else None
        next_step = f"Run {asked.command_path} --help" if asked else ""
    else:
        cause = error
        next_step = error.next_step if isinstance(error, Refused | NotFound) else ""
        text = str(error).removesuffix(f". {next_step}")
    problems = cause.problems if isinstance(cause, Invalid) else ()
    return {"error": text, "next_step": next_step, "problems": problems}
