"""What every store promises about the log: each entry once, in an order that stays, and what is gone is named."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.audit.checking import audited
from data.audit.completeness import compared
from data.events import SigningKeyUsed
from data.events.anchors import CheckpointAnchored
from data.log.checkpoints import head_of, opened
from data.log.keys import Signer
from data.log.merkle import entry_hash, inclusion_proof, is_included, root
from data.log.tiles import Tiles
from data.records.anchors import STREAM
from data.sql.doubts import brought_back
from data.sql.log import has_head, last_head, leaves, numbers_of, size_at, size_of, tile
from data.sql.record import SqlStore
from data.sql.tree import export
from data.store import Verified
from tests.contract.scripted import NOW, a_command, at, count_up

SIGNER = Signer("example.com/record", bytes(range(32)))
LATER = Signer("example.com/record", bytes(range(1, 33)))


def use(store: SqlStore, signer: Signer) -> None:
    event = SigningKeyUsed(at=NOW, by="emeritus", name=signer.public.name, key=str(signer.public))
    store.write(lambda conn: store.append(conn, "log", [event], NOW))


def sealed_streams(store: SqlStore) -> list[str]:
    with store.reading() as conn:
        return [f"{leaf.stream} {leaf.version}" for leaf in leaves(conn, 0, size_of(conn))]


def test_entries_are_sealed_in_their_order_and_each_once(store: SqlStore) -> None:
    store.transact("k1", "RET-1", a_command(counts=2), b"", NOW)
    count_up(store, "k2", "RET-2")
    first = store.seal(NOW)
    count_up(store, "k3", "RET-1")
    second = store.seal(at(60))

    assert (first.entries, second.entries) == (3, 1)
    assert first.head is not None
    assert second.head is not None
    assert (first.head.size, first.head.checkpoint, second.head.size) == (3, "", 4)
    assert second.head.sealed_at == at(60)
    assert sealed_streams(store) == ["RET-1 1", "RET-1 2", "RET-2 1", "RET-1 3"]
    assert store.verify() == Verified(entries=4, streams=2, sealed=4)


def test_sealing_again_changes_nothing_where_nothing_is_new(store: SqlStore) -> None:
    assert store.seal(NOW) == (0, None)
    count_up(store, "k1")
    sealed = store.seal(NOW)

    assert store.seal(at(60)) == (0, sealed.head)


def test_every_entry_is_proven_to_be_in_a_checkpoint(store: SqlStore) -> None:
    use(store, SIGNER)
    store.transact("k1", "RET-1", a_command(counts=300), b"", NOW)
    sealed = store.seal(NOW, SIGNER)

    assert sealed.head is not None
    head, _ = opened(sealed.head.checkpoint.encode(), [SIGNER.public])
    assert head == ("example.com/record", 301, sealed.head.root)
    with store.reading() as conn:
        tiles = Tiles(lambda place: tile(conn, place))
        assert root(301, tiles.hash_of) == head.root
        for leaf, (version, number) in zip(
            leaves(conn, 1, 301), numbers_of(conn, "RET-1").items(), strict=True
        ):
            assert (leaf.version, number) == (version, version)
            proof = inclusion_proof(number, 301, tiles.hash_of)
            assert is_included(entry_hash(leaf.entry), number, 301, proof, head.root)
    assert store.verify() == Verified(entries=301, streams=2, sealed=301, checkpoints=1)


def test_a_stream_goes_out_with_its_proofs_and_the_log_as_files(store: SqlStore, tmp_path: Path) -> None:
    a_sealed_record(store)
    found = audited(store.bundle("RET-1"), [SIGNER.public])
    with store.snapshot() as conn:
        exported = export(conn, tmp_path / "log")

    assert (found.bad, found.entries, found.size) == ("", 4, 6)
    assert exported == ("example.com/record", 6, 4)
    assert compared(found, tmp_path / "log").log_size == 6


def test_a_stream_goes_out_with_where_its_heads_were_anchored(store: SqlStore) -> None:
    use(store, SIGNER)
    count_up(store, "k1", "RET-1")
    head = store.seal(NOW, SIGNER).head
    assert head is not None
    went = CheckpointAnchored(
        at=NOW,
        by="emeritus",
        size=head.size,
        name="-",
        checkpoint=head.checkpoint,
        where="archive/.anchors/2",
    )
    store.write(lambda conn: store.append(conn, STREAM, [went], NOW))
    before = audited(store.bundle("RET-1"))
    store.seal(at(60), SIGNER)
    after = audited(store.bundle("RET-1"))

    assert (before.bad, before.kept, after.bad) == ("", (), "")
    assert [(one.size, one.where) for one in after.kept] == [(2, "archive/.anchors/2")]


def test_a_log_of_more_than_a_page_is_sealed_page_by_page(store: SqlStore) -> None:
    store.transact("k1", "RET-1", a_command(counts=2_000), b"", NOW)
    sealed = store.seal(NOW)

    assert (sealed.entries, store.verify().sealed) == (2_000, 2_000)
    assert sealed.head is not None
    with store.reading() as conn:
        assert conn.execute("SELECT count(*) FROM heads").fetchone() == (1,)


def test_a_head_without_a_signature_is_signed_once_there_is_a_key_and_anew_by_the_next(
    store: SqlStore,
) -> None:
    count_up(store, "k1")
    store.seal(NOW)
    use(store, SIGNER)
    store.seal(at(60), SIGNER)
    again = store.seal(at(120), SIGNER)
    use(store, LATER)
    last = store.seal(at(180), LATER)

    assert (again.entries, last.entries) == (0, 1)
    assert store.verify() == Verified(entries=3, streams=2, sealed=3, checkpoints=2)
    with store.reading() as conn:
        heads = conn.execute("SELECT size, checkpoint FROM heads ORDER BY size").fetchall()
    assert [size for size, _ in heads] == [1, 2, 3]
    assert opened(heads[1][1].encode(), [SIGNER.public, LATER.public])[1] == SIGNER.public
    assert opened(heads[2][1].encode(), [SIGNER.public, LATER.public])[1] == LATER.public


def test_who_seals_at_the_same_time_seals_each_entry_once(store: SqlStore) -> None:
    def work(number: int) -> int:
        store.transact(f"k{number}", f"RET-{number % 5}", a_command(counts=1), b"", NOW)
        return store.seal(NOW).entries

    with ThreadPoolExecutor(8) as people:
        entries = sum(people.map(work, range(40)))
    entries += store.seal(NOW).entries

    assert entries == 40
    assert sorted(sealed_streams(store)) == sorted(f"RET-{n % 5} {n // 5 + 1}" for n in range(40))
    assert store.verify() == Verified(entries=40, streams=5, sealed=40)


def test_the_log_is_there_after_a_restart(open_store: Callable[[], SqlStore]) -> None:
    store = open_store()
    count_up(store, "k1")
    sealed = store.seal(NOW)
    count_up(store, "k2")
    store = open_store()

    with store.reading() as conn:
        assert last_head(conn) == sealed.head
    assert store.seal(at(60)).entries == 1


def a_sealed_record(store: SqlStore) -> list[bytes]:
    """Two retirements and a key, and the checkpoints of 4 and of 6 entries."""
    use(store, SIGNER)
    kept = []
    for number in (1, 2):
        store.transact(f"a{number}", "RET-1", a_command(counts=1, says=("words",)), b"", NOW)
        if number == 1:
            count_up(store, "b1", "RET-2")
        head = store.seal(at(number), SIGNER).head
        assert head is not None
        kept.append(head.checkpoint.encode())
    assert [head_of(one).size for one in kept] == [4, 6]
    return kept


def test_what_an_anchor_says_is_found_among_heads_and_every_backup_that_came_back_is_known(
    store: SqlStore,
) -> None:
    count_up(store, "k1")
    unsigned = store.seal(NOW).head
    count_up(store, "k2")
    signed = store.seal(at(60), SIGNER).head
    assert unsigned is not None
    assert signed is not None
    store.doubt(at(61), at(120))
    store.doubt(at(90), at(180))

    with store.reading() as conn:
        assert has_head(conn, signed.size, signed.root)
        assert not has_head(conn, unsigned.size, unsigned.root), "nobody could hold on to it"
        assert not has_head(conn, signed.size, unsigned.root)
        assert [size_at(conn, when) for when in (at(-1), at(59), at(60))] == [0, 1, 2]
        assert brought_back(conn) == ((at(90), at(180)), (at(61), at(120)))
