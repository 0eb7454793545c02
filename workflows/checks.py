"""Which checks does a consumer have: in its catalogs, or in the operator's own file?

The file counts where both have one of a name under one id. Who runs them is handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import msgspec
from msgspec.structs import replace

from data.archive.results import Stopped
from data.catalog.called import is_shared
from data.catalog.snapshot import Snapshot
from data.records.base import Record
from data.records.checks import NAME_MAX, Check, CheckAddress, CheckEnd, Declared, OwnChecks


class Ran(Record, frozen=True, kw_only=True):
    """How a check ended. `log`: what it said, cut; still as it was said otherwise."""

    end: CheckEnd
    why: str = ""
    log: str = ""


class Runner(Protocol):
    def run(self, check: Check, about: Mapping[str, str], stopped: Stopped) -> Ran | None:
        """Ask the address, or run the command, to its end. None where it was stopped. May run again after a crash.

        about   what a command is told in its environment
        """
        ...


class NoRunner:
    """Nothing is run here."""

    def run(self, check: Check, about: Mapping[str, str], stopped: Stopped) -> Ran | None:  # noqa: ARG002
        return Ran(end=CheckEnd.NOT_RUN, why="no checks are run here")


@dataclass(frozen=True, kw_only=True)
class Checks:
    own: OwnChecks = field(default_factory=OwnChecks)
    runner: Runner = field(default_factory=NoRunner)

    def of(self, there: Snapshot, consumer_id: str) -> tuple[Check, ...]:
        """In the order they are declared in, the operator's first, by the ids it is told of under.

        One of the operator's stands for that of its name in the catalog under the same id, and for no other's.
        """
        ids = sorted(there.ids_of(consumer_id))
        own = [one for each in ids for one in self.own.checks.get(each, ())]
        addresses = [
            Check(name=one.name, url=one.url)
            for each in ids
            for one in _addresses(there, each)
            if one.name not in {mine.name for mine in self.own.checks.get(each, ())}
        ]
        every = dict.fromkeys((*own, *addresses))
        taken = {one.name for one in every}
        found: dict[str, Check] = {}
        for one in every:
            name = _free(one.name, taken) if one.name in found else one.name
            taken.add(name)
            found[name] = replace(one, name=name)
        return tuple(found.values())

    def declared(self, there: Snapshot, consumer_ids: Iterable[str]) -> dict[str, tuple[Declared, ...]]:
        """Consumer -> its checks, of those that have some."""
        found = ((one, self.of(there, one)) for one in consumer_ids)
        return {
            one: tuple(Declared(name=check.name, digest=digest_of(check)) for check in checks)
            for one, checks in found
            if checks
        }


NO_CHECKS = Checks()


def _addresses(there: Snapshot, one: str) -> tuple[CheckAddress, ...]:
    """As the source of this id tells them. Nobody has an address asked by sharing a file in Slack."""
    entity = there.joins.entities.get(one)
    return entity.checks if entity is not None and not is_shared(entity) else ()


def _free(name: str, taken: AbstractSet[str]) -> str:
    """Of a consumer that is told of under two ids, each with a check of this name: for the second, "scoring-2"."""
    numbered = (f"{name[: NAME_MAX - len(f'-{n}')]}-{n}" for n in count(2))
    return next(one for one in numbered if one not in taken)


def digest_of(check: Check) -> str:
    """Of all that decides what it does."""
    return f"sha256:{hashlib.sha256(msgspec.json.encode(check)).hexdigest()}"
