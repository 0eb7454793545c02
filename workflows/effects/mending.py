"""Putting an archive right from its second copy, and that copy from the archive. Both may run twice."""

from __future__ import annotations

from collections.abc import Collection

from data.archive.auditing import Turn
from data.archive.results import Mended
from data.errors import Corrupt, Refused
from data.events import EMERITUS
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows.effects.workshop import Workshop
from workflows.rules.keeping.auditing import ARCHIVE, COPY

NAMED_AT_MOST = 20


def mended(state: Retirement, error: Corrupt, shop: Workshop, gone: Collection[str] = ()) -> tuple[str, ...]:
    """What was put right of the archive. Raises the error where it cannot be, with why not."""
    assert state.archived is not None
    if shop.second is None:
        raise error
    try:
        done = shop.second.mend(state.archived, shop.world.now, shop.ending.is_set, gone=gone)
    except (Corrupt, Refused) as why:
        raise Corrupt(f"{error}. Its second copy does not mend it: {why}") from error
    _record(state, ARCHIVE, done, shop)
    return done.names


def copied(state: Retirement, turn: Turn, shop: Workshop, gone: Collection[str] = ()) -> tuple[str, ...]:
    """What was put right of the copy, of an archive that holds."""
    assert state.archived is not None
    if shop.second is None:
        return ()
    done = shop.second.keep_up(state.archived, turn, shop.world.now, shop.ending.is_set, gone=gone)
    _record(state, COPY, done, shop)
    return done.names


def _record(state: Retirement, place: str, done: Mended, shop: Workshop) -> None:
    names = done.names
    if not names:
        return
    assert state.archived is not None
    more = len(names) - NAMED_AT_MOST
    command = cmd.RecordMended(
        by=EMERITUS,
        was_at=state.archived.location,
        manifest_digest=state.archived.manifest_digest,
        place=place,
        names=(*names[:NAMED_AT_MOST], *([f"and {more} more"] if more > 0 else [])),
        version=done.version if place == ARCHIVE else "",
    )
    key = f"mended/{state.id}/{place}/{shop.world.now().isoformat()}"
    shop.engine.execute(key, state.id, command)
