"""Every single bit that flips in what vouches for the record is seen, and told of what it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.sqlite.store import SqliteStore
from data.store import Verified
from tests.contract.scripted import NOW, Scripted, a_command
from tests.contract.test_store_log import SIGNER, use

pytestmark = pytest.mark.long

TOLD = {
    "events": (("stored", "digest"), "stream || ' entry ' || version || ': stored bytes do not match '"),
    "states": (("digest", "state"), "stream || ' entry ' || version || ': '"),
    "prose": (("salt", "text"), "'RET-1 entry 1: a text kept beside it does not match its commitment'"),
    "leaves": (("digest",), "stream || ' entry ' || version || ': not the one that was sealed as leaf '"),
    "tiles": (("hashes",), "'tile/0/000 of the log: it is not what the entries hash to'"),
    "heads": (("root", "checkpoint"), "'the log''s head of ' || size || ' entries: '"),
}
"""By table: what somebody could change of it, and how what is told of a row begins."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        use(store, SIGNER)
        store.transact("k1", "RET-1", a_command(says=("why",)), b"", NOW)
        store.transact("k2", "RET-1", a_command(counts=1), b"", NOW)
        store.seal(NOW, SIGNER)
        yield store


@pytest.mark.parametrize("table", TOLD)
def test_every_single_bit_that_flips_is_told_of_where_it_is(store: SqliteStore, table: str) -> None:
    whole, flipped = Verified(entries=3, streams=2, sealed=3, checkpoints=1), 0
    columns, told = TOLD[table]
    for column in columns:
        asked = f"SELECT rowid, CAST({column} AS BLOB), typeof({column}), {told} FROM {table}"  # noqa: S608
        with store.reading() as conn:
            rows = conn.execute(asked).fetchall()
        for rowid, sound, kind, begins in rows:
            write = f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE rowid = ?"  # noqa: S608
            for bit in range(8 * len(sound)):
                changed = bytearray(sound)
                changed[bit // 8] ^= 1 << bit % 8
                put(store, write, bytes(changed), rowid)
                assert store.verify().bad.startswith(begins), (column, rowid, bit)
                flipped += 1
            put(store, write, sound, rowid)
        assert store.verify() == whole
    assert flipped > 150


def put(store: SqliteStore, statement: str, *values: object) -> None:
    """Behind the record's back."""
    store.write(lambda conn: conn.execute(statement, values))
