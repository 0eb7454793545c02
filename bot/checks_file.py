"""Which checks of consumers does the operator declare, and whom may a catalog have asked? A TOML file says; all that is

wrong with it is told at once.

hosts = ["ci.example.com"]                    # whom checks in catalogs may ask, "host" or "host:port". May be left out

[checks."component:default/web"]              # a consumer, by its id in the catalog
scoring = { command = ["./score.sh", "web"], timeout_seconds = 600 }   # run in the file's directory, without a shell
features = { url = "https://features.example.com/health" }
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from data.addresses import is_address
from data.errors import Invalid
from data.records.checks import NAME, Check, OwnChecks
from data.toml_checks import Check as Accepts
from data.toml_checks import whole
from data.toml_tables import Tables, tables_of, text_of


class _Key(NamedTuple):
    check: Accepts


def _command(value: Any) -> str:
    is_list = isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    is_fine = is_list and bool(value[0]) and not any("\0" in one for one in value)
    accepted = 'a program and its arguments, each by itself, e.g. ["./score.sh", "web"]; no shell reads it'
    return "" if is_fine else accepted


def _url(value: Any) -> str:
    is_fine = isinstance(value, str) and is_address(value)
    return (
        "" if is_fine else "one address, https://..., of at most 1,000 characters, without a user or password"
    )


KEYS = {
    "command": _Key(_command),
    "url": _Key(_url),
    "timeout_seconds": _Key(whole(1, 3600, "seconds")),
}
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9._-]*)(:(?P<port>[1-9][0-9]{0,4}))?")
PORT_MAX = 65_535
HOSTS = 'a list of hosts in small letters, with or without a port, e.g. ["ci.example.com", "10.1.2.3:8443"]'
CONSUMER = re.compile(r"\S(.*\S)?")


def read_checks(path: Path | None) -> OwnChecks:
    """None without a file. Raises `Invalid` with every problem."""
    if path is None:
        return OwnChecks()
    source = path.name
    given = tables_of(text_of(path, otherwise="name a TOML file with [checks]"), source, holds="such file")
    reading = Tables(source)
    hosts, checks = given.pop("hosts", []), given.pop("checks", {})
    for unknown, value in given.items():
        reading.refuse("", unknown, value, "unknown; known here: hosts, checks")
    if not isinstance(hosts, list):
        reading.refuse("", "hosts", hosts, HOSTS)
        hosts = []
    for one in hosts:
        if not _is_host(one):
            reading.refuse("", "hosts", one, HOSTS)
    if not isinstance(checks, dict):
        reading.refuse(
            "", "checks", checks, 'a table for each consumer, e.g. [checks."component:default/web"]'
        )
        checks = {}
    found = {consumer: _of_consumer(reading, consumer, table) for consumer, table in checks.items()}
    if not hosts and not checks and not reading.problems:
        reading.refuse("", "", None, 'hosts, or at least one check, e.g. [checks."component:default/web"]')
    if reading.problems:
        raise Invalid(reading.problems)
    return OwnChecks(hosts=tuple(hosts), checks=found, file=str(path.resolve()))


def _is_host(value: Any) -> bool:
    found = HOST.fullmatch(value) if isinstance(value, str) else None
    return found is not None and int(found["port"] or 1) <= PORT_MAX


def _of_consumer(reading: Tables, consumer: str, given: Any) -> tuple[Check, ...]:
    where = f'checks."{consumer}"'
    if not isinstance(given, dict) or not given:
        example = 'a table of its checks, e.g. scoring = { url = "https://..." }'
        reading.refuse(where, "", given if given != {} else None, example)
        return ()
    if not CONSUMER.fullmatch(consumer):
        reading.refuse(where, "", None, "the id of a consumer in the catalog, e.g. component:default/web")
    return tuple(
        one for name, table in given.items() if (one := _check(reading, where, name, table)) is not None
    )


def _check(reading: Tables, where: str, name: str, given: Any) -> Check | None:
    place = f"{where}.{name}"
    if not re.fullmatch(NAME, name):
        reading.refuse(where, name, None, "the name of a check has 1 to 40 small letters, digits or -")
    fine: Mapping[str, Any] = reading.table(place, given, KEYS)
    if isinstance(given, dict) and len(given.keys() & {"command", "url"}) != 1:
        reading.refuse(place, "", None, "either a command or a url")
    if reading.problems:
        return None
    return Check(
        name=name,
        url=fine.get("url", ""),
        command=tuple(fine.get("command", ())),
        timeout_seconds=fine.get("timeout_seconds", 300),
        is_own=True,
    )
