"""What is in a bundle, and what of the record goes into it? Formats 1 and 2; what was published never changes.

README.txt               how to check it without us                 bundle                which format, and of what
entries/N.json           each entry, byte for byte as it is hashed  texts.json            words, with their salts
leaves/N.json            what of it is in the log                   proofs/N.tlog-proof   that it is there
checkpoint               the head all proofs lead to                keys                  public keys, the last in use
checkpoints/SIZE         heads under which entries came in          consistency/SIZE      that it went on from there
facts.json, report.html  what these entries say, for programs and for people

Format 2 has anchors/ and stamps/ besides (anchors.py): that of a retirement whose heads were anchored since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.audit.anchors import anchors_of
from data.audit.facts import events_of, facts
from data.audit.report import report
from data.canonical import canonical
from data.errors import NotFound, Refused
from data.ledger import Text
from data.log.checkpoints import Head, head_of
from data.log.leaves import Leaf
from data.log.merkle import consistency_proof, inclusion_proof
from data.log.proofs import Proven, consistency, inclusion
from data.log.tiles import Tiles
from data.sql.connection import Connection
from data.sql.entries import texts_where
from data.sql.log import first_checkpoint, keys_on_record, last_head, numbers_of, tile

FORMAT, FORMAT_ANCHORED = "emeritus-audit/1", "emeritus-audit/2"

README = b"""This is all that is on record of one retirement, with proofs. Nothing in it needs Emeritus to be checked.

Each entry in entries/ is canonical JSON (RFC 8785). Its digest is the SHA-256 of the digest of the entry before it
(32 zero bytes before the first) and its bytes. leaves/ has that digest with its place, as it is in the log.
proofs/ leads from each leaf to the checkpoint (c2sp.org/tlog-proof), which is signed by a key of the file "keys"
(c2sp.org/signed-note). Compare that key with the one you were given elsewhere: this file could name any.
Words people wrote stand in entries as "sha256:..." of a salt and the words; texts.json has both, but for those that
were erased, which are missing and read "[erased]". facts.json and report.html say what entries say, and nothing else.

emeritus audit verify FILE --key KEY    checks all of it
https://pkg.go.dev/golang.org/x/mod/sumdb/tlog#CheckRecord    is what Go has for a leaf and its proof
openssl pkeyutl -verify    checks the signature: its text is the three lines before the empty one
"""


README_ANCHORED = (
    README
    + b"""
anchors/ has entries of the record's stream "anchors" with what proves that they are in the same log: each says where
a checkpoint was put, which is checkpoints/ with that number of entries. Look there, and compare. stamps/N.tsr is what
a time-stamping service answered about checkpoints/N (RFC 3161). stamps/authorities.pem are the certificates these
were taken for then: get them from the service itself, as this file could name anybody.

openssl ts -verify -data checkpoints/N -in stamps/N.tsr -CAfile authorities.pem    checks a stamp; once a certificate
has expired, with -attime and the seconds since 1970 of the time that is stamped
openssl ts -reply -in stamps/N.tsr -text    says what time that is
emeritus audit verify FILE --key KEY --ca authorities.pem    checks all of them
"""
)
READMES = {FORMAT: README, FORMAT_ANCHORED: README_ANCHORED}


def gathered(conn: Connection, stream: str) -> dict[str, bytes]:
    """The files of a bundle, from one moment of the record.

    Raises `NotFound` for a stream that is not there, `Refused` while some entry of it is under no checkpoint.
    """
    rows = conn.execute(
        "SELECT version, stored, digest FROM events WHERE stream = ? ORDER BY version", (stream,)
    ).fetchall()
    if not rows:
        raise NotFound("retirement", stream, next_step="Run emeritus list --all")
    last, numbers = last_head(conn, signed=True), numbers_of(conn, stream)
    if last is None or any(numbers.get(version, last.size) >= last.size for version, *_ in rows):
        what = (
            "No head of the log is signed"
            if last is None
            else f"{stream} has entries since the last checkpoint"
        )
        step = (
            "Set EMERITUS_SIGNING_KEY, and run emeritus log seal"
            if last is None
            else (
                "A running Emeritus signs one each minute: ask again then, or run emeritus log seal where none runs"
            )
        )
        raise Refused(what, next_step=step)
    texts = texts_where(conn, "stream = ?", (stream,))
    leaves = [
        Leaf(position, stream, version, bytes(digest))
        for position, version, digest in conn.execute(
            "SELECT position, version, digest FROM leaves WHERE stream = ? ORDER BY version", (stream,)
        ).fetchall()
    ]
    head = head_of(last.checkpoint.encode())
    tiles = Tiles(lambda place: tile(conn, place))
    anchored = anchors_of(conn, list(numbers.values()), head, last.checkpoint.encode(), tiles)
    files = files_of(
        stream=stream,
        format=FORMAT_ANCHORED if anchored else FORMAT,
        entries=[bytes(stored) for _, stored, _ in rows],
        texts=texts,
        leaves=leaves,
        numbers=[numbers[version] for version, *_ in rows],
        head=head,
        checkpoint=last.checkpoint.encode(),
        keys=[str(key) for key in keys_on_record(conn)],
    )
    for number, leaf in enumerate(numbers.values(), 1):
        proof = inclusion_proof(leaf, head.size, tiles.hash_of)
        files[f"proofs/{number}.tlog-proof"] = inclusion(Proven(leaf, proof, last.checkpoint.encode()))
    for earlier in {first_checkpoint(conn, leaf + 1) for leaf in numbers.values()}:
        assert earlier is not None, "the last one has all of them"
        if earlier.size < head.size:
            proof = consistency_proof(earlier.size, head.size, tiles.hash_of)
            files[f"checkpoints/{earlier.size}"] = earlier.checkpoint.encode()
            files[f"consistency/{earlier.size}"] = consistency(
                Proven(earlier.size, proof, last.checkpoint.encode())
            )
    return files | anchored


def files_of(
    *,
    stream: str,
    format: str = FORMAT,  # noqa: A002 - the word of the bundle
    entries: Sequence[bytes],
    texts: dict[str, Text],
    leaves: Sequence[Leaf],
    numbers: Sequence[int],
    head: Head,
    checkpoint: bytes,
    keys: Sequence[str],
) -> dict[str, bytes]:
    """All files but the proofs; `numbers`: where each leaf is in the log."""
    told = facts(stream, events_of(entries, texts.get), numbers)
    return {
        "README.txt": READMES[format],
        "bundle": canonical(_about(stream, len(entries), head, format)),
        "checkpoint": checkpoint,
        "keys": "".join(f"{key}\n" for key in keys).encode(),
        "texts.json": canonical(
            {one.commitment: {"salt": one.salt.hex(), "text": one.text} for one in texts.values()}
        ),
        "facts.json": canonical(told),
        "report.html": report(told, head, keys),
        **{f"entries/{number}.json": stored for number, stored in enumerate(entries, 1)},
        **{f"leaves/{number}.json": leaf.entry for number, leaf in enumerate(leaves, 1)},
    }


def _about(stream: str, entries: int, head: Head, format: str) -> dict[str, Any]:  # noqa: A002 - as above
    return {"format": format, "retirement": stream, "entries": entries, "log": head.origin, "size": head.size}
