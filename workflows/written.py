"""What did people write, in which entry, and in which entries does a name stand? For whoever is to erase it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from data.events import Event, name_of
from data.ledger import ERASED, commitments
from data.records.base import Record
from data.store import Store, StoredEvent


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


def written(store: Store, retirement_ids: Iterable[str], *, containing: str = "") -> Iterator[Written]:
    """In the order it happened; with `containing`, only where that stands, however it is capitalized."""
    sought = containing.casefold()
    for retirement_id in retirement_ids:
        for stored in store.events(retirement_id):
            if found := _of(retirement_id, stored, sought):
                yield found


def _of(retirement_id: str, stored: StoredEvent, sought: str) -> Written | None:
    event = stored.event
    assert isinstance(event, Event)
    tree = msgspec.to_builtins(event)
    texts = tuple(text for text in commitments(tree) if text != ERASED and sought in text.casefold())
    fixed = tuple(dict.fromkeys(one for one in _fixed(tree) if sought in one.casefold())) if sought else ()
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


def _fixed(tree: Any) -> Iterator[str]:
    """All words in it but those people wrote."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict) and tree.keys() != {"prose"}:
        for key, value in tree.items():
            yield key
            yield from _fixed(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _fixed(value)
