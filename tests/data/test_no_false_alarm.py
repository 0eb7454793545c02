"""A thousand runs in which nothing went wrong, each another one, and not one alarm."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.archive.results import Artifact, Wrapping
from data.audit.checking import audited
from data.sqlite.store import SqliteStore
from tests.contract.archives import never, now
from tests.contract.scripted import Scripted, a_command, at
from tests.contract.test_store_log import LATER, SIGNER, use
from workflows.adapters.local_directory import LocalDirectory

RUNS, PER_RECORD = 1_000, 10
SIGNS = "abcXYZ019 ._-+#&'()[]{}=@!~,;äßé中\n\r"

pytestmark = pytest.mark.long


def a_name(rand: Random) -> str:
    return "/".join(
        f"{rand.choice('awz')}{''.join(rand.sample(SIGNS, rand.randrange(4)))}{rand.randrange(10_000)}"
        for _ in range(rand.randrange(1, 4))
    )


def a_model(folder: Path, rand: Random) -> Path:
    for _ in range(rand.randrange(1, 6)):
        file = folder / a_name(rand)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(rand.randbytes(rand.choice((0, 1, 100, 9_000))))
    return folder


def test_of_a_thousand_archives_that_nobody_touched_none_is_called_bad(tmp_path: Path) -> None:
    for seed in range(RUNS):
        rand = Random(seed)
        model, archive = a_model(tmp_path / "model", rand), LocalDirectory(tmp_path / "archive")
        artifacts = [Artifact(path="model", source=str(model))]
        for _ in range(rand.choice((1, 1, 1, 2))):
            stored = archive.put("churn", artifacts, Wrapping(), now, never)
        archived, gone = stored.archived, [one.path for one in stored.artifacts if not rand.randrange(5)]
        archive.audit(archived, Turn(bytes_max=rand.randrange(100_000)), now, never)
        archive.require_current(archived, artifacts, never)
        archive.prune(archived, gone, b"stone", Keeping(), now())
        assert archive.exists(archived, gone=gone), seed
        assert archive.drill(archived, now, never, gone=gone).noticed == (), seed
        archive.audit(archived, Turn(), now, never, gone=gone)
        for folder in (model, archive.root):
            shutil.rmtree(folder)


def test_of_a_record_verified_a_thousand_times_as_it_grows_nothing_is_called_bad(tmp_path: Path) -> None:
    for seed in range(RUNS // PER_RECORD):
        rand, signer = Random(seed), SIGNER
        kept: list[bytes] = []
        with closing(SqliteStore(tmp_path / f"{seed}.db", Scripted())) as store:
            use(store, signer)
            for run in range(PER_RECORD):
                if not rand.randrange(20):
                    use(store, signer := LATER)
                stream = f"RET-{rand.randrange(1, 4)}"
                words = tuple("".join(rand.sample(SIGNS, 5)) for _ in range(rand.randrange(3)))
                script = a_command(says=words, counts=rand.randrange(1, 9))
                store.transact(f"k{run}", stream, script, b"", at(60 * run))
                if not rand.randrange(4):
                    entry = rand.randrange(1, 9)
                    store.transact(f"e{run}", stream, a_command(erases=entry), b"", at(60 * run))
                    store.erase(stream, entry)
                if rand.randrange(3):
                    head = store.seal(at(60 * run), signer).head
                    assert head is not None
                    kept.append(head.checkpoint.encode())
                assert store.verify(kept).bad == "", (seed, run)
            store.seal(at(60 * PER_RECORD), signer)
            for stream in store.streams("RET-"):
                assert audited(store.bundle(stream)).bad == "", (seed, stream)
