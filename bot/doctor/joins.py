"""What do sources tell differently of one thing, and which names could mean several? Nothing fails by that: what
counts is clear, and what is in doubt is joined to nothing. It is for people to settle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.doctor.finding import Finding
from data.catalog.snapshot import Snapshot

NAMED_AT_MOST = 3


def examine_joins(there: Snapshot) -> Iterator[Finding]:
    joined = sorted({there.id_of(one) for one in there.joins.one_of})
    yield from _finding("told differently", [note for one in joined for note in there.told_apart(one)])
    holders = sorted({one for ids in there.joins.doubts.values() for one in ids})
    notes = dict(told for one in holders for told in there.joins.in_doubt(one))
    yield from _finding("names in doubt", list(notes.values()))


def _finding(what: str, notes: Sequence[str]) -> Iterator[Finding]:
    if notes:
        more = f"; and {len(notes) - NAMED_AT_MOST:,} more" if len(notes) > NAMED_AT_MOST else ""
        yield Finding(what=what, ok=True, found="; ".join(notes[:NAMED_AT_MOST]) + more)
