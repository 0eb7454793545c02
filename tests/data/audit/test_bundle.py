"""Does a bundle hold as it was made, and is whatever was done to it named?"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.audit.bundle import gathered
from data.audit.checking import Audited, audited
from data.audit.container import packed, unpacked
from data.audit.facts import events_of, facts
from data.audit.report import report
from data.canonical import canonical
from data.errors import NotFound, Refused
from data.ledger import GENESIS, chained
from data.log.checkpoints import Head, head_of
from data.log.keys import Signer
from data.log.leaves import Leaf
from data.log.proofs import Proven, inclusion
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command
from tests.data.audit.conftest import LATER, OTHER, SIGNER, use


def test_a_bundle_holds_and_says_what_it_holds(bundle: bytes) -> None:
    found = audited(bundle)

    assert found.bad == ""
    assert found == audited(bundle, [LATER.public])
    assert (found.retirement, found.entries, found.erased) == ("RET-1", 20, 1)
    assert (found.log, found.size, found.key) == ("example.com/record", 323, str(LATER.public))


def test_a_bundle_is_the_same_however_often_it_is_made(files: dict[str, bytes], bundle: bytes) -> None:
    assert packed(dict(reversed(files.items()))) == bundle
    assert unpacked(bundle) == dict(sorted(files.items()))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(files)


def test_it_has_every_entry_its_proofs_and_the_heads_under_which_they_came_in(
    files: dict[str, bytes],
) -> None:
    assert {name.partition("/")[0] for name in files} == {
        "README.txt",
        "bundle",
        "checkpoint",
        "checkpoints",
        "consistency",
        "entries",
        "facts.json",
        "keys",
        "leaves",
        "proofs",
        "report.html",
        "texts.json",
    }
    assert sorted(name for name in files if name.startswith("checkpoints/")) == [
        "checkpoints/19",
        "checkpoints/21",
    ]
    assert [
        sum(name.startswith(f"{kind}/") for name in files) for kind in ("entries", "leaves", "proofs")
    ] == [20] * 3
    assert b"gone" not in b"".join(files.values())


def test_the_report_runs_nothing_loads_nothing_and_shows_words_as_words(files: dict[str, bytes]) -> None:
    report = files["report.html"].decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\u202e" in report
    assert "[erased]" in report
    assert "churn-v1" in report
    assert not re.search(r"<script|<img|<link|<iframe|<a |javascript:|url\(|\son\w+=|\u202e", report)


def flips(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Sixty of them, all over it."""
    for count in range(60):
        place, bit = len(content) * count // 60, count % 8
        yield place, content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


SMALL = (
    "bundle",
    "checkpoint",
    "keys",
    "texts.json",
    "entries/18.json",
    "leaves/2.json",
    "proofs/2.tlog-proof",
)
SMALL += ("checkpoints/19", "consistency/19")


@pytest.mark.parametrize("name", SMALL)
def test_a_bit_flipped_in_a_file_is_named(files: dict[str, bytes], name: str) -> None:
    """Also by who mends the checksums of the ZIP."""
    for place, flipped in flips(files[name]):
        found = audited(packed({**files, name: flipped}))
        assert found.bad, place
        assert named_in(found.bad, name), (place, found.bad)


def named_in(bad: str, name: str) -> bool:
    """What fails first may be what this file vouches for, or is drawn from."""
    kind, _, number = name.partition("/")
    drawn = {
        "bundle": ("bundle:", "entries/", "facts.json"),
        "keys": ("keys:", "checkpoint:"),
        "texts.json": ("texts.json:", "a text kept beside it"),
        "entries": ("entries/18.json:", "leaves/18.json", "entries/19.json"),
        "leaves": ("leaves/2.json:", "entries/2.json:", "proofs/2.tlog-proof"),
        "checkpoint": ("checkpoint:",),
    }
    return any(part in bad for part in drawn.get(kind, (name.replace("checkpoints", "c"), f"/{number}")))


@pytest.mark.long
def test_every_single_bit_that_flips_in_what_proves_an_entry_is_told_of_that(tmp_path: Path) -> None:
    """Also by who mends the checksums of the ZIP."""
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        use(store, SIGNER)
        for stream in ("RET-1", "RET-2"):
            store.transact(stream, stream, a_command(says=("why",)), b"", NOW)
            store.seal(NOW, SIGNER)
        files = unpacked(store.bundle("RET-1"))
    told = {
        "bundle": r"bundle: |entries/\S+: ",  # it says how many there are, and of what
        "checkpoint": r"checkpoint: ",
        "checkpoints/2": r"checkpoints/\S+: |consistency/\S+: ",
        "consistency/2": r"consistency/2: ",
        "entries/1.json": r"entries/1\.json: RET-1 entry 1: ",
        "keys": r"keys: |checkpoint: ",
        "leaves/1.json": r"leaves/1\.json: |entries/1\.json: |proofs/1\.tlog-proof: ",
        "proofs/1.tlog-proof": r"proofs/1\.tlog-proof: ",
        "texts.json": r"texts\.json: |entries/1\.json: RET-1 entry 1: a text kept beside it ",
    }
    assert {*files} == {*told, "README.txt", "facts.json", "report.html"}
    for name, whose in told.items():
        for bit in range(8 * len(files[name])):
            flipped = bytearray(files[name])
            flipped[bit // 8] ^= 1 << bit % 8
            found = audited(packed({**files, name: bytes(flipped)}))
            assert re.match(whose, found.bad), (name, bit, found.bad)


@settings(deadline=None)  # other tests have the machine, too
@given(st.data())
def test_any_bit_flipped_anywhere_in_the_file_is_seen(bundle: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(bundle) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = bundle[:place] + bytes([bundle[place] ^ 1 << bit]) + bundle[place + 1 :]

    assert audited(flipped).bad


@settings(deadline=None)  # other tests have the machine, too
@given(st.data())
def test_a_bundle_that_was_cut_or_goes_on_is_seen(bundle: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(bundle) - 1))
    more = data.draw(st.binary(min_size=1, max_size=100))

    assert audited(bundle[:place]).bad
    assert audited(bundle + more).bad
    assert audited(more + bundle).bad


def without(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name not in names}


def swapped(files: dict[str, bytes], one: str, other: str) -> dict[str, bytes]:
    return {**files, one: files[other], other: files[one]}


def signed_by(files: dict[str, bytes], signer: Signer) -> dict[str, bytes]:
    """Made anew under a root of one's own, with everything drawn from it."""
    head = Head("example.com/record", 323, bytes(32))
    checkpoint = signer.sign(head).encode()
    was = files["checkpoint"]
    forged = {name: content.replace(was, checkpoint) for name, content in files.items()}
    return {**forged, "keys": f"{signer.public}\n".encode()}


def without_words(files: dict[str, bytes]) -> dict[str, bytes]:
    """As if all of them had been erased, with everything drawn from that."""
    entries = [files[f"entries/{number}.json"] for number in range(1, 21)]
    numbers = [one["leaf"] for one in msgspec.json.decode(files["facts.json"])["entries"]]
    told = facts("RET-1", events_of(entries, {}.get), numbers)
    page = report(told, head_of(files["checkpoint"]), files["keys"].decode().splitlines())
    return {**files, "texts.json": b"{}", "facts.json": canonical(told), "report.html": page}


Tamper = Callable[[dict[str, bytes]], dict[str, bytes]]
TAMPERED: dict[str, tuple[Tamper, str]] = {
    "words gone, and nobody erased them": (
        without_words,
        "texts.json: RET-1 entry 1: words of it are missing, and no entry says that they were erased",
    ),
    "an entry gone": (lambda files: without(files, "entries/7.json"), "entries/7.json: missing"),
    "a proof gone": (lambda files: without(files, "proofs/7.tlog-proof"), "proofs/7.tlog-proof: missing"),
    "the last entry gone": (
        lambda files: without(files, "entries/20.json", "leaves/20.json", "proofs/20.tlog-proof"),
        "entries/20.json: missing",
    ),
    "the last entry gone, and said to be": (
        lambda files: {
            **without(files, "entries/20.json", "leaves/20.json", "proofs/20.tlog-proof"),
            "bundle": files["bundle"].replace(b":20,", b":19,"),
        },
        "facts.json: it does not say what the entries say",
    ),
    "two entries swapped": (
        lambda files: swapped(files, "entries/7.json", "entries/8.json"),
        "entries/7.json: RET-1 entry 7: stored bytes do not match their hash",
    ),
    "two leaves swapped": (
        lambda files: swapped(files, "leaves/7.json", "leaves/8.json"),
        "entries/7.json: RET-1 entry 7: missing, entry 8 is stored in its place",
    ),
    "two proofs swapped": (
        lambda files: swapped(files, "proofs/7.tlog-proof", "proofs/8.tlog-proof"),
        "proofs/7.tlog-proof: it does not lead from the entry to the checkpoint",
    ),
    "another key": (
        lambda files: {**files, "keys": f"{OTHER.public}\n".encode()},
        "checkpoint: no key that is known of example.com/record signed it",
    ),
    "another key, and signed by it": (
        lambda files: signed_by(files, OTHER),
        "proofs/1.tlog-proof: it does not lead from the entry to the checkpoint",
    ),
    "an earlier checkpoint gone": (
        lambda files: without(files, "checkpoints/19"),
        "consistency/19: it belongs to no bundle",
    ),
    "its proof gone": (lambda files: without(files, "consistency/19"), "consistency/19: missing"),
    "earlier checkpoints swapped": (
        lambda files: swapped(files, "checkpoints/19", "checkpoints/21"),
        "checkpoints/19: it is the checkpoint of 21 entries",
    ),
    "another past": (
        lambda files: {
            **files,
            "checkpoints/19": SIGNER.sign(Head("example.com/record", 19, bytes(32))).encode(),
        },
        "consistency/19: the log did not go on from the checkpoint of 19 entries",
    ),
    "the report says otherwise": (
        lambda files: {**files, "report.html": files["report.html"].replace(b"churn-v1", b"churn-v2")},
        "report.html: it does not say what the entries say",
    ),
    "the facts say otherwise": (
        lambda files: {**files, "facts.json": files["facts.json"].replace(b"approve", b"abstain")},
        "facts.json: it does not say what the entries say",
    ),
    "how to check it says otherwise": (
        lambda files: {**files, "README.txt": b"Trust us."},
        "README.txt: it does not say what the entries say",
    ),
    "a file more": (lambda files: {**files, "thesis.txt": b""}, "thesis.txt: it belongs to no bundle"),
    "words that nobody wrote": (
        lambda files: {
            **files,
            "texts.json": files["texts.json"].replace(
                b'{"sha256:', b'{"a":{"salt":"","text":""},"sha256:', 1
            ),
        },
        "texts.json: it has words that no entry holds",
    ),
    "of a later format": (
        lambda files: {**files, "bundle": files["bundle"].replace(b"audit/1", b"audit/3")},
        "bundle: its format is emeritus-audit/3, and this version knows emeritus-audit/1 and emeritus-audit/2",
    ),
    "nothing at all": (lambda files: {}, "bundle: missing"),
}


@pytest.mark.parametrize(("tamper", "bad"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_done_to_a_bundle_is_named(files: dict[str, bytes], tamper: Tamper, bad: str) -> None:
    assert audited(packed(tamper(files))) == Audited(bad=bad)


def test_a_bundle_that_another_key_signed_is_refused_by_who_knows_the_right_one(bundle: bytes) -> None:
    assert (
        audited(bundle, [OTHER.public]).bad
        == "checkpoint: no key that is known of example.com/record signed it"
    )


@pytest.mark.parametrize(
    "event", [b"7", b"[[[]]]", b'{"event":{}}', b'{"event":"proposed","plan":1}', b"1.5", b"[" * 10_000]
)
def test_what_an_attacker_signs_with_a_key_of_their_own_raises_nothing(event: bytes) -> None:
    """Entries that chain and are proven, and are no events: only a log of somebody else's can hold them."""
    assert audited(a_forged_bundle(event)).bad


def a_forged_bundle(event: bytes) -> bytes:
    entry = b'{"event":' + event + b',"position":1,"stream":"RET-1","version":1}'
    leaf = Leaf(1, "RET-1", 1, chained(GENESIS, entry))
    checkpoint = OTHER.sign(Head("example.com/record", 1, leaf.hashed)).encode()
    about = {
        "format": "emeritus-audit/1",
        "retirement": "RET-1",
        "entries": 1,
        "log": "example.com/record",
        "size": 1,
    }
    return packed(
        {
            "bundle": canonical(about),
            "keys": f"{OTHER.public}\n".encode(),
            "checkpoint": checkpoint,
            "texts.json": b"{}",
            "entries/1.json": entry,
            "leaves/1.json": leaf.entry,
            "proofs/1.tlog-proof": inclusion(Proven(0, (), checkpoint)),
        }
    )


def test_a_retirement_with_entries_under_no_checkpoint_is_not_exported_yet(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        store.transact("k1", "RET-1", a_command(counts=1), b"", NOW)
        store.seal(NOW)
        with store.snapshot() as conn, pytest.raises(Refused, match="No head of the log is signed"):
            gathered(conn, "RET-1")
        use(store, SIGNER)
        store.seal(NOW, SIGNER)
        store.transact("k2", "RET-1", a_command(counts=1), b"", NOW)
        with (
            store.snapshot() as conn,
            pytest.raises(Refused, match="RET-1 has entries since the last checkpoint"),
        ):
            gathered(conn, "RET-1")
        with store.snapshot() as conn, pytest.raises(NotFound):
            gathered(conn, "RET-9")
