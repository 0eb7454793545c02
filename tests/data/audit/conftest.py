"""A bundle of a retirement with a past, and the keys that signed it."""

from __future__ import annotations

from contextlib import closing

import pytest

from data.audit.bundle import gathered
from data.audit.container import packed
from data.events import SigningKeyUsed
from data.log.keys import Signer
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command, at
from tests.data.recorded import record

SIGNER = Signer("example.com/record", bytes(range(32)))
LATER = Signer("example.com/record", bytes(range(1, 33)))
OTHER = Signer("example.com/record", bytes(32))


def use(store: SqliteStore, signer: Signer) -> None:
    event = SigningKeyUsed(at=NOW, by="emeritus", name=signer.public.name, key=str(signer.public))
    store.write(lambda conn: store.append(conn, "log", [event], NOW))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Of a retirement whose entries came in under three checkpoints, the last by another key; a text is erased."""
    folder = tmp_path_factory.mktemp("record")
    with closing(SqliteStore(folder / "emeritus.db", Scripted())) as store:
        record(store, "paused", state=b"{}")
        use(store, SIGNER)
        store.seal(NOW, SIGNER)
        store.transact("k1", "RET-1", a_command(says=("<script>alert(1)</script> \u202e", "gone")), b"", NOW)
        store.seal(at(60), SIGNER)
        use(store, LATER)
        store.transact("k2", "RET-1", a_command(erases=19), b"", NOW)
        store.transact("k3", "RET-2", a_command(counts=300), b"", NOW)
        store.seal(at(120), LATER)
        store.erase("RET-1", 19)
        with store.snapshot() as conn:
            return gathered(conn, "RET-1")


@pytest.fixture(scope="module")
def bundle(files: dict[str, bytes]) -> bytes:
    return packed(files)
