"""What a bundle has of anchors and stamps holds without us, and whatever was done to it is named."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing

import pytest

from data.audit.bundle import FORMAT_ANCHORED, gathered
from data.audit.checking import Audited, audited
from data.audit.container import packed
from data.events.anchors import AnchoringPlanned, AnchorsLeft, CheckpointAnchored
from data.records.anchors import STREAM, AnchorPlan
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command, at
from tests.contract.test_store_log import SIGNER, use
from tests.data.log.test_stamps import ANSWER, CHECKPOINT, HERE, OTHER, ROOT, STAMPED_AT
from tests.data.recorded import record

PEM = (HERE / "root.pem").read_text()
WHERE = "s3://models-retired/archive/.anchors/19-aa"
BY = {"at": NOW, "by": "emeritus"}

Tamper = Callable[[dict[str, bytes]], dict[str, bytes]]


def anchored(store: SqliteStore, **said: object) -> CheckpointAnchored:
    head = store.checkpoint()
    assert head is not None
    return CheckpointAnchored(size=head.size, name="-", checkpoint=head.checkpoint, **BY, **said)


@pytest.fixture(scope="module")
def anchored_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Its first entries were anchored and stamped, then anchored once more, and one that came last is not yet."""
    folder = tmp_path_factory.mktemp("record")
    with closing(SqliteStore(folder / "emeritus.db", Scripted())) as store:

        def happens(*events: AnchoringPlanned | CheckpointAnchored | AnchorsLeft) -> None:
            store.write(lambda conn: store.append(conn, STREAM, events, NOW))

        record(store, "whole", state=b"{}")
        use(store, SIGNER)
        store.seal(NOW, SIGNER)
        plan = AnchorPlan(store="sha256:aa", lock_days=9, service="https://tsa.example.com", authorities=PEM)
        happens(AnchoringPlanned(plan=plan, **BY))
        stamp = {"stamp": b64encode(ANSWER).decode(), "stamped_at": NOW, "stamped_by": "CN=example"}
        happens(anchored(store, where=WHERE, version="v1", locked_until=at(9), **stamp))
        store.seal(at(60), SIGNER)
        happens(anchored(store, where=f"{WHERE}-later"))
        happens(AnchorsLeft(names=("-",), taken_at=NOW, restored_at=NOW, because="the disk died", **BY))
        store.transact("k1", "RET-1", a_command(counts=1), b"", NOW)
        store.seal(at(120), SIGNER)
        with store.snapshot() as conn:
            return gathered(conn, "RET-1")


def test_it_has_the_first_anchor_and_stamp_of_its_entries_and_each_holds(
    anchored_files: dict[str, bytes],
) -> None:
    found = audited(packed(anchored_files), authorities=ROOT)

    assert found.bad == ""
    assert [(one.where, one.version) for one in found.kept] == [(WHERE, "v1")]
    assert [(one.at.isoformat(), one.by) for one in found.seen] == [(STAMPED_AT, "CN=example")]
    assert found == audited(packed(anchored_files)), "by the authority that it names itself"
    size = found.kept[0].size
    assert anchored_files[f"checkpoints/{size}"] == CHECKPOINT
    assert anchored_files[f"stamps/{size}.tsr"] == ANSWER
    assert anchored_files["stamps/authorities.pem"].decode() == PEM
    assert b"openssl ts -verify -data checkpoints/N -in stamps/N.tsr" in anchored_files["README.txt"]
    assert sorted(name for name in anchored_files if name.startswith("anchors/")) == [
        f"anchors/{version}{end}"
        for version in (1, 2)
        for end in ("-leaf.json", ".before", ".json", ".tlog-proof")
    ]


def test_a_stamp_of_an_authority_that_was_not_given_is_named(anchored_files: dict[str, bytes]) -> None:
    size = next(name for name in anchored_files if name.endswith(".tsr"))
    why = "the time-stamp does not hold: no certificate that was given vouches for its signature"
    assert audited(packed(anchored_files), authorities=OTHER) == Audited(bad=f"{size}: {why}")


def test_a_bit_flipped_in_any_of_it_is_seen(anchored_files: dict[str, bytes]) -> None:
    for name in (one for one in anchored_files if one.startswith(("anchors/", "stamps/"))):
        for count in range(8):
            place = len(anchored_files[name]) * count // 8
            flipped = bytearray(anchored_files[name])
            flipped[place] ^= 1 << count
            found = audited(packed({**anchored_files, name: bytes(flipped)}))
            assert found.bad, (name, place)


def without(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name not in names}


def ended(files: dict[str, bytes], end: str) -> str:
    return next(name for name in sorted(files) if name.endswith(end))


TAMPERED: dict[str, tuple[Tamper, str]] = {
    "without the stamp": (
        lambda files: without(files, ended(files, ".tsr")),
        "stamps/25.tsr: missing",
    ),
    "another stamp": (
        lambda files: {**files, ended(files, ".tsr"): ANSWER[:-1]},
        "stamps/25.tsr: it does not say what the entries say",
    ),
    "other authorities": (
        lambda files: {**files, "stamps/authorities.pem": b""},
        "stamps/authorities.pem: it does not say what the entries say",
    ),
    "without its entry": (
        lambda files: without(files, "anchors/2.json"),
        "anchors/2-leaf.json: it belongs to no bundle",
    ),
    "without its proof": (
        lambda files: without(files, "anchors/2.tlog-proof"),
        "anchors/2.tlog-proof: missing",
    ),
    "an entry of another stream": (
        lambda files: {**files, "anchors/2.json": files["entries/2.json"]},
        "anchors/2.json: anchors entry 2: stored bytes do not match their hash",
    ),
    "called a bundle without anchors": (
        lambda files: {**files, "bundle": files["bundle"].replace(b"audit/2", b"audit/1")},
        "README.txt: it does not say what the entries say",
    ),
    "a folder of nobody's": (
        lambda files: {**files, "stamps/more": b""},
        "stamps/more: it belongs to no bundle",
    ),
}


@pytest.mark.parametrize(("tamper", "bad"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_done_to_it_is_named(anchored_files: dict[str, bytes], tamper: Tamper, bad: str) -> None:
    assert audited(packed(tamper(anchored_files))) == Audited(bad=bad)


def test_a_bundle_of_format_two_has_these_bytes(anchored_files: dict[str, bytes]) -> None:
    """Another digest is another format, as in test_format.py."""
    assert FORMAT_ANCHORED == "emeritus-audit/2"
    assert hashlib.sha256(packed(anchored_files)).hexdigest()[:16] == "95d8df5bef704cbb"
