"""What shall be imported without anybody typing it? A TOML file says; all that is wrong with it is told at once.

channel = "C0123ABC"                        # files shared there are imported; an id, as names move. May be left out

[registry]                                  # a name of your own: it stands in messages and in `emeritus doctor`
format = "mlflow"                           # as in `emeritus import FORMAT`
sources = ["https://mlflow.example.com"]    # what it is given; a relative path starts at the file's directory
every_hours = 6
exclude = ["tests", "*/drafts/*"]           # of directories, by name or path; * stands for anything. May be left out
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from bot.formats import BY_NAME, CALLS, has_scheme
from data.errors import Invalid
from data.records.imports import Scheduled
from data.toml_checks import Check, text, whole, word_of, words
from data.toml_tables import Tables, tables_of, text_of

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class _Key(NamedTuple):
    check: Check


KEYS = {
    "format": _Key(word_of((*BY_NAME, CALLS))),
    "sources": _Key(words(r"\S.*", 'a list of paths or addresses, e.g. ["/srv/catalog"]')),
    "every_hours": _Key(whole(1, 24 * 31, "hours")),
    "exclude": _Key(
        words(r".*[^\s/].*", 'a list of names or paths of what to leave out of directories, e.g. ["tests"]')
    ),
}
OPTIONAL = ("exclude",)
CHANNEL = text(
    r"[CG][A-Z0-9]{2,20}", 'the id of a channel, e.g. "C0123ABC"; its details in Slack end with it'
)


class Wanted(NamedTuple):
    """What is read on a schedule, in the order of the names, and the channel whose files are imported.

    exclude   name -> globs of what is left out of its directories, where there are some
    """

    scheduled: tuple[Scheduled, ...] = ()
    channel: str = ""
    exclude: Mapping[str, tuple[str, ...]] = MappingProxyType({})


NOTHING = Wanted()


def read_imports(path: Path | None) -> Wanted:
    """Nothing without a file. Raises `Invalid` with every problem."""
    if path is None:
        return NOTHING
    source = path.name
    given = tables_of(text_of(path, otherwise="name a TOML file with a table for each import"), source)
    reading = Tables(source)
    is_empty, channel = not given, given.pop("channel", None)
    if channel is not None and (accepted := CHANNEL(channel)):
        reading.refuse("", "channel", channel, accepted)
    found = [_scheduled(reading, name, given[name], path.resolve().parent) for name in sorted(given)]
    if is_empty:
        accepted = 'at least one import, e.g. [catalog] with format = "backstage"; or a channel'
        reading.refuse("", "", None, accepted)
    if reading.problems:
        raise Invalid(reading.problems)
    exclude = {name: tuple(one["exclude"]) for name, one in given.items() if one.get("exclude")}
    return Wanted(tuple(one for one in found if one is not None), channel or "", exclude)


def _scheduled(reading: Tables, name: str, given: Any, folder: Path) -> Scheduled | None:
    if not isinstance(given, dict):
        reading.refuse(
            "", name, given, f'a table, [{name}]; outside of tables stands channel = "C0123ABC" only'
        )
        return None
    if not NAME.fullmatch(name):
        accepted = "the name of an import has 1 to 40 small letters, digits, _ or -"
        reading.refuse("", f"[{name}]", None, accepted)
    fine = reading.table(name, given, KEYS)
    for missing in (key for key in KEYS if key not in given and key not in OPTIONAL):
        reading.refuse(name, missing, None, f"is missing; {KEYS[missing].check(None)}")
    if any(key not in fine for key in KEYS if key in given or key not in OPTIONAL):
        return None
    if not fine["sources"]:
        reading.refuse(name, "sources", [], KEYS["sources"].check(None))
    sources = tuple(_source(reading, name, one, fine["format"], folder) for one in fine["sources"])
    return Scheduled(
        name=name,
        format=fine["format"],
        sources=sources,
        every_hours=fine["every_hours"],
    )


def _source(reading: Tables, name: str, said: str, format: str, folder: Path) -> str:  # noqa: A002 - as above
    asks = BY_NAME[format].asks if format in BY_NAME else None
    if asks is None or not asks.is_one(said):
        if not has_scheme(said):
            return str(folder / said)
        called = f"a path, or {asks.called}" if asks else ""
        reading.refuse(name, "sources", said, called or f"a path: {format} is read from files")
        return said
    try:
        return asks.address(said)
    except Invalid as error:
        for problem in error.problems:
            reading.refuse(name, "sources", problem.value, problem.accepted)
        return said
