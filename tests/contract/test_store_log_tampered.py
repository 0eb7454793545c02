"""Is whatever was done to the log named, on every store, and nothing signed that contradicts what was?"""

from __future__ import annotations

import pytest

from data.errors import Corrupt
from data.events.anchors import CheckpointAnchored
from data.log.checkpoints import Head, head_of
from data.records.anchors import STREAM
from data.sql.connection import Connection
from data.sql.log import leaves
from data.sql.record import SqlStore
from data.store import Verified
from tests.contract.scripted import NOW, at, count_up
from tests.contract.test_store_log import LATER, SIGNER, a_sealed_record

Statement = str | tuple[str, bytes]

CUT_OFF: tuple[Statement, ...] = (
    "DELETE FROM leaves WHERE number >= 4",
    "DELETE FROM heads WHERE size > 4",
    "DELETE FROM events WHERE stream = 'RET-1' AND version > 2",
    "UPDATE states SET version = 2 WHERE stream = 'RET-1'",
    """UPDATE states SET digest = (SELECT digest FROM events WHERE stream = 'RET-1' AND version = 2)
    WHERE stream = 'RET-1'""",
    ("UPDATE states SET state = ? WHERE stream = 'RET-1'", b'{"count":2,"said":["words"]}'),
    "DELETE FROM tiles",
)
REMOVED = ("DELETE FROM events WHERE stream = 'RET-2'", "DELETE FROM states WHERE stream = 'RET-2'")
NO_LEAF = "DELETE FROM leaves WHERE stream = 'RET-2'"
TAMPERED = [
    pytest.param(
        REMOVED, "RET-2 entry 1: sealed as leaf 3 of the log, and gone from the record", id="a stream gone"
    ),
    pytest.param(
        (*REMOVED, NO_LEAF),
        "leaf 3 of the log: missing, leaf 4 is stored in its place",
        id="a stream and its leaves gone",
    ),
    pytest.param(
        (
            *REMOVED,
            NO_LEAF,
            "UPDATE leaves SET number = number - 1 WHERE number > 3",
        ),
        "000 of the log: it is not what the entries hash to",
        id="a stream and its leaves gone, and the others moved up",
    ),
    pytest.param(
        ("DELETE FROM leaves WHERE number = 5",),
        "000 of the log: it is not what the entries hash to",
        id="a leaf at the end gone",
    ),
    pytest.param(
        ("DELETE FROM leaves WHERE number = 5", "DELETE FROM tiles"),
        "000 of the log: it is not what the entries hash to",
        id="tiles gone",
    ),
    pytest.param(
        ("UPDATE leaves SET position = position + 1 WHERE number = 5",),
        "RET-1 entry 4: not the one that was sealed as leaf 5 of the log",
        id="a leaf changed",
    ),
    pytest.param(
        (("INSERT INTO tiles VALUES (1, 0, ?)", b""),),
        "the log: it has tiles of entries that it does not have",
        id="a tile too many",
    ),
    pytest.param(
        (("UPDATE heads SET root = ? WHERE size = 4", b""),),
        "the log's head of 4 entries: its checkpoint is that of another",
        id="a root changed",
    ),
    pytest.param(
        (("UPDATE heads SET checkpoint = '', root = ? WHERE size = 4", b""),),
        "the log's head of 4 entries: the first 4 entries of the log are others now",
        id="a root changed, and its signature taken away",
    ),
    pytest.param(
        ("UPDATE heads SET checkpoint = replace(checkpoint, 'record', 'other') WHERE size = 4",),
        "the log's head of 4 entries: no key that is known of example.com/other signed it",
        id="a checkpoint changed",
    ),
    pytest.param(
        ("UPDATE heads SET size = 9, checkpoint = '' WHERE size = 6",),
        "the log's head of 9 entries: the log has only 6 entries; it was cut, or rolled back",
        id="a head of more",
    ),
    pytest.param(
        ("DELETE FROM heads",),
        "the log's head of 6 entries: it is gone; the last one there is has 0",
        id="all heads gone",
    ),
    pytest.param(
        ("DELETE FROM heads WHERE size = 6",),
        "the log's head of 6 entries: it is gone; the last one there is has 4",
        id="the last head gone",
    ),
    pytest.param(
        ("UPDATE sealed_until SET position = 999999, xid = 999999",),
        "RET-1 entry 5: it stands before the end of the log, and is not in it",
        id="told that all later ones are in it",
    ),
]


@pytest.mark.parametrize(("statements", "bad"), TAMPERED)
def test_what_was_done_to_the_log_is_named(
    store: SqlStore, statements: tuple[Statement, ...], bad: str
) -> None:
    a_sealed_record(store)
    count_up(store, "late")
    assert store.verify() == Verified(entries=7, streams=3, sealed=6, checkpoints=2)
    do(store, *statements)

    assert store.verify().bad.endswith(bad)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM leaves WHERE number = 5",
        ("UPDATE tiles SET hashes = ? WHERE level = 0", bytes(6 * 32)),
        ("UPDATE heads SET root = ? WHERE size = 6", bytes(32)),
    ],
    ids=["leaf gone", "tile changed", "head changed"],
)
def test_no_head_is_signed_that_contradicts_the_last_one(store: SqlStore, statement: Statement) -> None:
    a_sealed_record(store)
    do(store, statement)
    count_up(store, "late")
    with pytest.raises(Corrupt, match="does not begin with the 6 of its last head; nothing was sealed"):
        store.seal(at(180), SIGNER)

    with store.reading() as conn:
        assert conn.execute("SELECT count(*) FROM heads").fetchone() == (2,)


def do(store: SqlStore, *statements: Statement) -> None:
    """Behind the store's back."""

    def job(conn: Connection) -> None:
        for statement in statements:
            text, *values = (statement,) if isinstance(statement, str) else statement
            conn.execute(text, values)

    store.write(job)


def test_a_kept_checkpoint_shows_that_the_newest_entries_were_cut_off(store: SqlStore) -> None:
    early, late = a_sealed_record(store)
    with store.reading() as conn:
        hashes = b"".join(leaf.hashed for leaf in leaves(conn, 0, 4))
    do(store, *CUT_OFF, ("INSERT INTO tiles VALUES (0, 0, ?)", hashes))

    assert store.verify() == Verified(entries=4, streams=3, sealed=4, checkpoints=1), "nothing else can tell"
    assert store.verify([early]).bad == ""
    assert store.verify([early, late]).bad == (
        "the kept checkpoint of 6 entries: the log has only 4 entries; it was cut, or rolled back"
    )


def test_a_kept_checkpoint_of_another_past_or_another_log_is_named(store: SqlStore) -> None:
    a_sealed_record(store)
    other = SIGNER.sign(head_of(a_checkpoint(size=4)))

    assert store.verify([other.encode()]).bad == (
        "the kept checkpoint of 4 entries: the first 4 entries of the log are others now"
    )
    assert store.verify([LATER.sign(head_of(other.encode())).encode()]).bad == (
        "the kept checkpoint: no key that is known of example.com/record signed it"
    )
    assert store.verify([b"words", other.encode()]).bad.startswith(
        "the kept checkpoint of 4 entries: the first"
    )
    assert store.verify([b"words"]).bad == "the kept checkpoint: it is no checkpoint of a log"


def test_a_signed_head_that_was_taken_out_is_missed_by_whoever_kept_its_checkpoint(store: SqlStore) -> None:
    early, late = a_sealed_record(store)
    do(store, "DELETE FROM heads WHERE size = 4")
    assert store.verify([late]).bad == ""
    assert store.verify([early]).bad == (
        "the kept checkpoint of 4 entries: it was signed, and the record has no head of it any more"
    )


def test_a_signed_head_that_was_taken_out_is_missed_by_the_entry_that_says_where_it_was_anchored(
    store: SqlStore,
) -> None:
    early, _ = a_sealed_record(store)
    went = CheckpointAnchored(at=NOW, by="emeritus", size=4, name="-", checkpoint=early.decode())
    store.write(lambda conn: store.append(conn, STREAM, [went], NOW))
    store.seal(at(9), SIGNER)
    assert store.verify().bad == ""
    do(store, "UPDATE heads SET checkpoint = '' WHERE size = 4")
    assert store.verify().bad == (
        "the checkpoint of 4 entries that anchors entry 1 tells of: it was signed, "
        "and the record has no head of it any more"
    )


def a_checkpoint(size: int) -> bytes:
    return SIGNER.sign(Head("example.com/record", size, bytes(32))).encode()
