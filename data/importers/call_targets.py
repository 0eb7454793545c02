"""Which endpoint does a call mean? By exact id, the name its platform knows it by, or an alias, also as an address.

An alias may be an address with or without its host, or a host alone; one that ends in a slash means what lies
below it. Where a call says no host, an alias that has its whole path on some host is meant, and that is told. What
several endpoints are called names each of them: whichever is meant is in use, and nobody tells which.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from posixpath import normpath
from typing import NamedTuple

from data.records.catalog import Entity, Kind

_ENCODED = re.compile("%([0-9a-fA-F]{2})")
_BESIDE = re.compile("(?:;|%3[bB])[^/]*")
_HOST = re.compile(r"[\w.-]+\.[a-z]{2,}(?::\d+)?|[\w.-]+:\d+|localhost", re.IGNORECASE)
ANY_HOST = "*"
"""How an address begins where nobody says on which host: "*/v1/churn"."""
CALLED = (Kind.ENDPOINT, Kind.MODEL, Kind.VERSION)
EACH_MAX, SHOWN_MAX = 50, 5
"""A name that more things have says of none that it is in use, and of each call so many would be told."""
APART = "give each an alias of its own"


class Meant(NamedTuple):
    """What a call may be one of, each of them; nothing where that could be too many. `note`: what is to be told."""

    ids: tuple[str, ...]
    note: str = ""


class Targets:
    """What the catalog declares that can be called."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._below: dict[str, set[str]] = defaultdict(set)
        for entity in entities:
            if entity.kind in CALLED:
                for name in _names(entity):
                    self._exact[name.rstrip("/")].add(entity.id)
                    if name.endswith("/"):
                        self._below[name.rstrip("/")].add(entity.id)

    def find(self, targets: Iterable[str]) -> Meant | None:
        """`targets` as in `Call`; None where nothing is called so."""
        for target in targets:
            if ids := self._exact.get(target):
                return _each(ids, target)
        for target in targets:
            above = target.rpartition("/")[0] if "/" in target else ""
            while above:
                if ids := self._below.get(above):
                    return _each(ids, above)
                above = above.rpartition("/")[0]
        return None


def _each(ids: set[str], name: str) -> Meant:
    there = tuple(sorted(ids))
    if len(there) == 1:
        note = f"said without its host; taken for {there[0]}, which alone has that path"
        return Meant(there, note if name.startswith(ANY_HOST) else "")
    if len(there) > EACH_MAX:
        return Meant(
            (), f"{len(there):,} endpoints and models are called so, too many to count it for each; {APART}"
        )
    more = f" (+{len(there) - SHOWN_MAX:,} more)" if len(there) > SHOWN_MAX else ""
    fits = f"could be {' or '.join(there[:SHOWN_MAX])}{more}"
    return Meant(there, f"{fits}; counted for each of them, as nobody tells which: {APART}")


def _names(entity: Entity) -> Iterator[str]:
    yield entity.id.casefold()
    if entity.kind is Kind.ENDPOINT and entity.endpoint_ref:
        yield entity.endpoint_ref.casefold()
        yield f"{entity.endpoint_kind}:{entity.endpoint_ref}".casefold()
    for alias in entity.aliases:
        name = alias.casefold()
        address = name.removeprefix("https://").removeprefix("http://").removesuffix("*")
        host, stroke, path = address.partition("/")
        yield address
        yield f"{host}{normal(f'{stroke}{path}')}"
        if path and (address != name or _HOST.fullmatch(host)):
            yield f"{ANY_HOST}{normal(f'/{path}').rstrip('/')}"


def normal(path: str) -> str:
    """One writing for all that mean one path, without what is said beside its segments, such as a session.

    Source: RFC 3986, sections 3.3, 6.2.2 and 6.2.3; several strokes are one to what serves them.
    """
    plain = _ENCODED.sub(_unreserved, path)
    if not plain.startswith("/"):
        return plain
    plain = re.sub("/{2,}", "/", _BESIDE.sub("", plain))
    return f"{normpath(plain).rstrip('/')}{'/' if plain.endswith('/') else ''}"


def _unreserved(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign.casefold() if sign.isascii() and (sign.isalnum() or sign in "-._~") else found[0]
