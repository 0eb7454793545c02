"""What do sealing, verifying and proving cost? `python -m tests.benchmarks.ledger [--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from data.audit.checking import audited
from data.log.merkle import inclusion_proof
from data.log.tiles import Tiles
from data.sql.log import tile
from data.sqlite.store import SqliteStore
from tests.benchmarks.harness import Figure, Run, figure, taken
from tests.benchmarks.table import Figures, main
from tests.contract.scripted import NOW, Scripted, a_command, count_up
from tests.contract.test_store_log import SIGNER, use

VOTERS = 64
COMMITS, COMMITS_QUICK = 10_000, 2_000
ENTRIES, ENTRIES_QUICK = 100_000, 20_000
PER_STREAM = 1_000
PROOFS = 200


def sealing(run: Run) -> Iterator[Figure]:
    """Commits of one entry each by many at once, while a thread seals what there is, until all of it is sealed."""
    count = run.sized(COMMITS, COMMITS_QUICK)

    def worked(number: int) -> float:
        with closing(SqliteStore(run.folder / f"{number}.db", Scripted())) as store:
            use(store, SIGNER)

            def all_of_it() -> None:
                with ThreadPoolExecutor(VOTERS) as voters:
                    committing = [
                        voters.submit(count_up, store, f"k{one}", f"RET-{one % VOTERS}")
                        for one in range(count)
                    ]
                    while not all(one.done() for one in committing):
                        store.seal(NOW, SIGNER)
                store.seal(NOW, SIGNER)

            spent = taken(all_of_it)
            assert store.verify().sealed == count + 1
            return spent

    yield figure(
        "ledger: entries committed, sealed and signed",
        [count / worked(number) for number in range(run.rounds)],
        unit="entries/s",
        target=1_000,
        better="higher",
        reference=f"absolute: {count:,} commits of one entry each by {VOTERS} at once, on disk before they are told",
    )


def checking(run: Run) -> Iterator[Figure]:
    """A whole record verified, and one proof out of its log."""
    count = run.sized(ENTRIES, ENTRIES_QUICK)
    with closing(_filled(run.folder / "ledger.db", count)) as store:
        seconds = [taken(store.verify) * ENTRIES / count for _ in range(run.rounds)]
        proofs = [taken(lambda: _proven(store, count)) * 1_000 / PROOFS for _ in range(run.rounds)]
        bundle = store.bundle("RET-1")
    assert not audited(bundle).bad
    how = "" if count == ENTRIES else f", reckoned from {count:,}"
    yield figure(
        f"ledger: verify {ENTRIES:,} entries and their log",
        seconds,
        unit="s",
        target=3,
        better="lower",
        reference=f"an absolute figure{how}",
    )
    yield figure(
        f"ledger: one proof of {count:,}",
        proofs,
        unit="ms",
        target=10,
        better="lower",
        reference=f"absolute: of {PROOFS} entries all over the log, its tiles read each time",
    )


def _filled(path: Path, count: int) -> SqliteStore:
    store = SqliteStore(path, Scripted())
    use(store, SIGNER)
    for number in range(count // PER_STREAM):
        store.transact(f"k{number}", f"RET-{number + 1}", a_command(counts=PER_STREAM), b"", NOW)
    store.seal(NOW, SIGNER)
    return store


def _proven(store: SqliteStore, count: int) -> None:
    with store.reading() as conn:
        for number in range(PROOFS):
            tiles = Tiles(lambda place: tile(conn, place))
            inclusion_proof(number * count // PROOFS, count, tiles.hash_of)


FIGURES: Figures = {"sealing": sealing, "checking": checking}


if __name__ == "__main__":
    sys.exit(main("ledger", FIGURES, __doc__))
