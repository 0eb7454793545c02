"""What did people write, in which entry, and in which entries does a name stand? For whoever is to erase it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from data.events import Event, name_of
from data.records.base import Record
from data.sql.entries import words_of
from data.sql.record import SqlStore
from data.store import StoredEvent


class Written(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An entry with words of people.

    texts   what they wrote, which `emeritus erase` erases
    fixed   what else in it has the words that were looked for: it is hashed as it stands, and cannot be erased
    """

    retirement: str
    entry: int
    at: datetime
    event: str
    by: str
    texts: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


def written(store: SqlStore, retirement_ids: Iterable[str], *, containing: str = "") -> Iterator[Written]:
    """In the order it happened; with `containing`, only where that stands, however it is capitalized."""
    sought = containing.casefold()
    for retirement_id in retirement_ids:
        texts = words(store, retirement_id)
        for stored in store.events(retirement_id):
            kept = tuple(filter(None, texts.get(stored.version, ())))
            if found := _of(retirement_id, stored, kept, sought):
                yield found


def words(store: SqlStore, stream: str) -> dict[int, tuple[str | None, ...]]:
    """What people wrote, by entry; None for a text that is gone."""
    with store.snapshot() as conn:
        return words_of(conn, stream)


def _of(retirement_id: str, stored: StoredEvent, kept: Sequence[str], sought: str) -> Written | None:
    event = stored.event
    assert isinstance(event, Event)
    texts = tuple(text for text in kept if sought in text.casefold())
    others = dict.fromkeys(one for one in _strings(msgspec.to_builtins(event)) if one not in kept)
    fixed = tuple(one for one in others if sought in one.casefold()) if sought else ()
    if not texts and not fixed:
        return None
    return Written(
        retirement=retirement_id,
        entry=stored.version,
        at=event.at,
        event=name_of(type(event)),
        by=event.by,
        texts=texts,
        fixed=fixed,
    )


def _strings(tree: Any) -> Iterator[str]:
    """All that stands in it, whoever wrote it."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _strings(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _strings(value)
