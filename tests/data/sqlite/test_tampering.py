"""Does `verify` name the first entry that somebody edited, deleted or swapped, whichever row it was?"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from data.errors import Refused
from data.events import AnyEvent
from data.sqlite.store import SqliteStore
from data.store import Verified
from tests.contract.scripted import NOW, Scripted, a_command

ENTRIES = 4

EDIT = """UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), '"U1"', '"U2"') AS BLOB)
    WHERE stream = 'RET-1' AND version = :version"""
RETYPE = "UPDATE events SET stored = CAST(stored AS TEXT) WHERE stream = 'RET-1' AND version = :version"
REHASH = "UPDATE events SET digest = zeroblob(32) WHERE stream = 'RET-1' AND version = :version"
RECHAIN = """UPDATE events SET digest = chained(
    (SELECT digest FROM events e WHERE e.stream = 'RET-1' AND e.version = :version - 1), stored)
    WHERE stream = 'RET-1' AND version = :version"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two streams, their entries interleaved: RET-1 has four, RET-2 has two."""
    store = SqliteStore(tmp_path / "emeritus.db", Scripted())
    for number in range(1, ENTRIES + 1):
        store.transact(f"a{number}", "RET-1", a_command(says=(f"words {number}",)), b"", NOW)
        if number % 2:
            store.transact(f"b{number}", "RET-2", a_command(counts=1), b"", NOW)
    store.close()
    return store.path


def found(path: Path, *statements: str, **values: int) -> str:
    """What verify says after these statements were run behind the store's back."""
    conn = sqlite3.connect(path)
    conn.create_function("chained", 2, lambda before, stored: hashlib.sha256(before + stored).digest())
    with conn:
        for statement in statements:
            conn.execute(statement, values)
    conn.close()
    store = SqliteStore(path, Scripted(), read_only=True)
    try:
        return store.verify().bad
    finally:
        store.close()


def test_an_untouched_record_holds(path: Path) -> None:
    store = SqliteStore(path, Scripted(), read_only=True)
    assert store.verify() == Verified(entries=6, streams=2)
    store.close()


@pytest.mark.parametrize("version", range(1, ENTRIES + 1))
@pytest.mark.parametrize("edit", [EDIT, RETYPE, REHASH], ids=["other person", "text for bytes", "other hash"])
def test_an_edited_entry_is_named(path: Path, edit: str, version: int) -> None:
    assert (
        found(path, edit, version=version) == f"RET-1 entry {version}: stored bytes do not match their hash"
    )


def test_an_edited_last_entry_with_its_hash_made_to_match_is_named(path: Path) -> None:
    assert found(path, EDIT, RECHAIN, version=4) == (
        "RET-1 entry 4: its hash is not the one the stream is said to end with"
    )


@pytest.mark.parametrize("version", range(1, ENTRIES))
def test_a_deleted_entry_is_named(path: Path, version: int) -> None:
    bad = found(path, "DELETE FROM events WHERE stream = 'RET-1' AND version = :version", version=version)

    assert bad == f"RET-1 entry {version}: missing, entry {version + 1} is stored in its place"


def test_a_deleted_last_entry_is_named(path: Path) -> None:
    bad = found(path, "DELETE FROM events WHERE stream = 'RET-1' AND version = 4")

    assert bad == "RET-1 entry 4: missing, the stream is said to have 4"


def test_a_deleted_stream_whose_state_stays_is_named(path: Path) -> None:
    bad = found(path, "DELETE FROM events WHERE stream = 'RET-2'")

    assert bad == "RET-2 entry 1: missing, the stream is said to have 2"


@pytest.mark.parametrize("first", range(1, ENTRIES))
def test_two_entries_swapped_in_content_are_named(path: Path, first: int) -> None:
    bad = found(
        path,
        "CREATE TEMP TABLE was AS SELECT version, stored, digest FROM events WHERE stream = 'RET-1'",
        """UPDATE events SET (stored, digest) =
            (SELECT stored, digest FROM was WHERE was.version = :first + :second - events.version)
        WHERE stream = 'RET-1' AND version IN (:first, :second)""",
        first=first,
        second=first + 1,
    )

    assert bad == f"RET-1 entry {first}: stored bytes do not match their hash"


@pytest.mark.parametrize("first", range(1, ENTRIES))
def test_two_entries_swapped_in_number_are_named(path: Path, first: int) -> None:
    bad = found(
        path,
        "UPDATE events SET version = -version WHERE stream = 'RET-1' AND version IN (:first, :second)",
        "UPDATE events SET version = :first + :second + version WHERE version < 0",
        first=first,
        second=first + 1,
    )

    assert bad == f"RET-1 entry {first}: missing, entry {first + 1} is stored in its place"


@pytest.mark.parametrize("first", range(1, ENTRIES))
def test_two_entries_swapped_in_place_are_named(path: Path, first: int) -> None:
    bad = found(
        path,
        "CREATE TEMP TABLE was AS SELECT sum(position) AS both FROM events"
        " WHERE stream = 'RET-1' AND version IN (:first, :second)",
        "UPDATE events SET position = -position WHERE stream = 'RET-1' AND version IN (:first, :second)",
        "UPDATE events SET position = (SELECT both FROM was) + position WHERE position < 0",
        first=first,
        second=first + 1,
    )

    assert bad == f"RET-1 entry {first}: missing, entry {first + 1} is stored in its place"


RENUMBERED = [
    pytest.param(
        "CASE position WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE position END",
        "RET-2 entry 1: it stands at position 1, and was not recorded there",
        id="the first of two streams exchanged",
    ),
    pytest.param(
        "CASE position WHEN 5 THEN 6 WHEN 6 THEN 5 ELSE position END",
        "RET-1 entry 4: it stands at position 5, and was not recorded there",
        id="the last of two streams exchanged",
    ),
    pytest.param(
        "CASE position WHEN 6 THEN 60 ELSE position END",
        "RET-1 entry 4: it stands at position 60, and was not recorded there",
        id="the last one moved",
    ),
    pytest.param(
        "CASE position WHEN 1 THEN 0 ELSE position END",
        "RET-1 entry 1: it stands at position 0, and was not recorded there",
        id="the first one moved",
    ),
    pytest.param(
        "position + 1",
        "RET-1 entry 1: it stands at position 2, and was not recorded there",
        id="all of them moved",
    ),
]


@pytest.mark.parametrize(("to", "bad"), RENUMBERED)
def test_an_entry_that_stands_elsewhere_among_all_is_named(path: Path, to: str, bad: str) -> None:
    renumbered = f"UPDATE events SET position = -1000 - ({to})"  # noqa: S608 - from above

    assert found(path, renumbered, "UPDATE events SET position = -1000 - position") == bad


@pytest.mark.parametrize(
    ("edit", "bad"),
    [
        (
            "UPDATE states SET state = CAST('{\"count\":9}' AS BLOB) WHERE stream = 'RET-1'",
            "RET-1 entry 4: the stored state does not follow from the entries",
        ),
        (
            "UPDATE states SET digest = zeroblob(32) WHERE stream = 'RET-1'",
            "RET-1 entry 4: its hash is not the one the stream is said to end with",
        ),
        (
            "UPDATE states SET version = 3 WHERE stream = 'RET-1'",
            "RET-1 entry 4: stored, though the stream is said to end before it",
        ),
        (
            "UPDATE states SET version = 5 WHERE stream = 'RET-1'",
            "RET-1 entry 5: missing, the stream is said to have 5",
        ),
    ],
    ids=["state", "digest", "version lower", "version higher"],
)
def test_an_edited_state_row_is_named(path: Path, edit: str, bad: str) -> None:
    assert found(path, edit) == bad


def test_a_deleted_state_row_is_named(path: Path) -> None:
    bad = found(path, "DELETE FROM states WHERE stream = 'RET-1'")

    assert bad == "RET-1 entry 4: the stream has entries, but no state row"


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE prose SET text = 'other words' WHERE version = 2",
        "UPDATE prose SET salt = zeroblob(16) WHERE version = 2",
    ],
    ids=["text", "salt"],
)
def test_edited_words_are_named(path: Path, edit: str) -> None:
    bad = found(path, edit)

    assert bad == "RET-1 entry 2: a text kept beside it does not match its commitment"


def test_an_entry_added_behind_the_store_is_named(path: Path) -> None:
    bad = found(
        path,
        "INSERT INTO events (stream, version, stored, digest) "
        "SELECT stream, 5, stored, digest FROM events WHERE stream = 'RET-1' AND version = 4",
    )

    assert bad == "RET-1 entry 5: stored bytes do not match their hash"


def test_an_entry_the_rules_cannot_follow_is_named_however_they_fail(path: Path) -> None:
    class Strict(Scripted):
        def evolve(self, stream: str, state: bytes | None, *events: AnyEvent) -> bytes:
            if stream == "RET-1" and state is not None:
                raise Refused(
                    "A retirement that is archived cannot become approved", next_step="It has ended"
                )
            return super().evolve(stream, state, *events)

    store = SqliteStore(path, Strict(), read_only=True)
    assert store.verify().bad == "RET-1 entry 2: it cannot follow the entries before it"
    store.close()
