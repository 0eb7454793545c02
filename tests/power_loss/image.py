"""Does an image, opened with ordinary SQLite by the product's own store, hold everything that was acknowledged?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from data.errors import Corrupt, Unavailable
from data.records.base import Record
from data.sqlite.store import SqliteStore
from tests.contract.scripted import Scripted
from tests.power_loss.life import RECORD, Life, fingerprint
from tests.power_loss.work import Ack


class Verdict(Record, frozen=True, kw_only=True):
    """What an image lacks.

    lost      commits that were acknowledged and are not there
    corrupt   why nobody can read it, or what of it is half there; empty when sound
    content   the fingerprint of what it holds
    """

    acknowledged: int
    lost: int = 0
    corrupt: str = ""
    content: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.lost and not self.corrupt

    @property
    def says(self) -> str:
        return self.corrupt or f"{self.lost} of {self.acknowledged} acknowledged commits lost"


def examined(
    files: Mapping[str, bytes],
    folder: Path,
    *,
    life: Life,
    at: int,
    before: Iterable[Ack],
    read_only: bool = True,
) -> Verdict:
    """What is left of a life that was cut `at` that moment; `before` was acknowledged in earlier ones."""
    for old in folder.iterdir():
        old.unlink()
    for name, left in files.items():
        (folder / name).write_bytes(left)
    known = [content for came_back_at, content in life.commits if came_back_at <= at]
    acks = [*before, *(ack for came_back_at, ack in life.acks if came_back_at <= at)]
    # Before it was opened once there may be no tables to read: the product adds them when it opens to write.
    try:
        with closing(SqliteStore(folder / RECORD, Scripted(), read_only=read_only and bool(known))) as store:
            content, broken, missing = fingerprint(store.read()), _broken(store), _missing(store, acks)
    except Unavailable as error:
        # Not even there, or without tables: nothing that was acknowledged is left.
        return Verdict(acknowledged=len(known), lost=len(known), corrupt="" if known else str(error))
    except (Corrupt, sqlite3.Error) as error:
        return Verdict(acknowledged=len(known), lost=len(known), corrupt=str(error))
    every = [content for _, content in life.commits]
    if content not in every:
        broken = broken or missing or "it is no state the record ever was in"
        return Verdict(acknowledged=len(known), corrupt=broken)
    newest = max(number for number, one in enumerate(every) if one == content)
    lost = max(0, len(known) - 1 - newest)
    return Verdict(
        acknowledged=len(known), lost=lost, corrupt=broken or ("" if lost else missing), content=content
    )


def _broken(store: SqliteStore) -> str:
    """What contradicts itself, said without knowing what was asked of the record."""
    if bad := store.verify().bad:
        return bad
    (checked,) = store.read().execute("PRAGMA integrity_check").fetchone()
    return "" if checked == "ok" else str(checked)


def _missing(store: SqliteStore, acks: Iterable[Ack]) -> str:
    """What a command was promised and did not keep, said without trusting any fingerprint."""
    conn = store.read()
    effects = {key for (key,) in conn.execute("SELECT key FROM effects")}
    timers = {name for (name,) in conn.execute("SELECT name FROM timers")}
    for ack in acks:
        if store.receipt(ack.receipt.key) != ack.receipt:
            return f"the receipt of {ack.receipt.key} is gone"
        if gone := set(ack.effects) - effects:
            return f"effects of {ack.receipt.key} are gone: {', '.join(sorted(gone))}"
        if ack.timer and ack.timer not in timers:
            return f"the timer of {ack.receipt.key} is gone"
    return ""
