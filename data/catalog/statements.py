"""An edge as it is told: by whom it is stated, and which calls were seen along it, read into one `Dependency`.

They are kept as they are stored, and read once somebody asks: there are very many, and few are asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from data.catalog.called import SHARED
from data.records.catalog import Dependency, Origin

Statement = tuple[str, str, str]
"""What is depended on, the source that states it, and where: plain, as a catalog has hundreds of thousands."""


class Calls(NamedTuple):
    """What one source tells of calls along an edge, wherever it leads."""

    seen_in: str
    first_seen: str
    last_seen: str
    calls_per_day: float | None

    def again(self, told: Calls) -> Calls:
        """After the same source told of it again: it may know of later calls, never of fewer."""
        latest = told if told.last_seen >= self.last_seen else self
        calls = latest.calls_per_day if latest.calls_per_day is not None else self.calls_per_day
        return Calls(latest.seen_in, _earlier(self.first_seen, told.first_seen), latest.last_seen, calls)


class Seen(NamedTuple):
    """Calls from one thing to another."""

    to_id: str
    source: str
    calls: Calls


def dependencies(
    from_id: str, stated: Iterable[Statement], seen: Iterable[Seen] = ()
) -> tuple[Dependency, ...]:
    """Each edge once, in order of what is depended on, with all who state it and all calls that were seen.

    Where catalogs state it, it is declared there, and not in a file that was shared in Slack; so are calls.
    """
    found: dict[str, Dependency] = {}
    in_order = sorted(stated, key=lambda one: (one[0], one[2].startswith(SHARED), one[2], one[1]))
    for to_id, source, declared_in in in_order:
        known = found.get(to_id)
        found[to_id] = (
            _also_from(known, source)
            if known
            else Dependency(from_id=from_id, to_id=to_id, declared_in=declared_in, sources=(source,))
        )
    for one in sorted(seen, key=lambda one: (one.to_id, one.calls.seen_in.startswith(SHARED), one.source)):
        edge = found.get(one.to_id) or Dependency(
            from_id=from_id, to_id=one.to_id, declared_in=one.calls.seen_in, origin=Origin.OBSERVED
        )
        found[one.to_id] = _with_calls(edge, one)
    return tuple(found[to_id] for to_id in sorted(found))


def _with_calls(edge: Dependency, seen: Seen) -> Dependency:
    both = Calls("", edge.first_seen, edge.last_seen, edge.calls_per_day).again(seen.calls)
    is_latest = edge.origin is Origin.OBSERVED and seen.calls.last_seen > edge.last_seen
    return replace(
        _also_from(edge, seen.source),
        declared_in=seen.calls.seen_in if is_latest else edge.declared_in,
        first_seen=both.first_seen,
        last_seen=both.last_seen,
        calls_per_day=both.calls_per_day,
    )


def _also_from(edge: Dependency, source: str) -> Dependency:
    return replace(edge, sources=tuple(dict.fromkeys((*edge.sources, source))))


def _earlier(one: str, other: str) -> str:
    """Of two days, where an empty one is not known."""
    return min(filter(None, (one, other)), default="")
