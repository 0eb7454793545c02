"""Where were the heads kept under which these entries came in, and who saw them when? What a bundle has of that.

anchors/V.json            entry V of the stream "anchors", byte for byte    anchors/V.before   digest of the one before
anchors/V-leaf.json       what of it is in the log                          anchors/V.tlog-proof   that it is there
stamps/SIZE.tsr           what a time-stamping service said of checkpoints/SIZE (RFC 3161)
stamps/authorities.pem    whose stamps these were taken for; a bundle may name anybody

Of each entry of the retirement, the first anchor and the first stamp that stand for it: later ones add nothing.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from data.audit.reading import file_of, leaf_of, number_of
from data.errors import Corrupt
from data.ledger import Entry, flaw
from data.log.checkpoints import Head, head_of
from data.log.leaves import Leaf
from data.log.merkle import consistency_proof, inclusion_proof
from data.log.proofs import Proven, consistency, inclusion
from data.log.tiles import Tiles
from data.records.anchors import STREAM
from data.records.base import Record
from data.sql.connection import Connection
from data.sql.log import numbers_of

if TYPE_CHECKING:
    from cryptography import x509

FOLDERS = ("anchors/", "stamps/")
AUTHORITIES = "stamps/authorities.pem"
PLANNED, ANCHORED = "anchoring planned", "checkpoint anchored"


class Kept(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Where a checkpoint of so many entries lies: whoever can look there, compares it with checkpoints/SIZE."""

    size: int
    where: str
    version: str = ""
    locked_until: str = ""


class Seen(Record, frozen=True, kw_only=True, omit_defaults=False):
    """That somebody else saw a checkpoint of so many entries, and when by their clock."""

    size: int
    at: datetime
    by: str


class _Row(NamedTuple):
    version: int
    stored: bytes
    before: bytes
    event: dict[str, Any]


def anchors_of(
    conn: Connection, leaves: Sequence[int], head: Head, checkpoint: bytes, tiles: Tiles
) -> dict[str, bytes]:
    """The files about anchors of entries with these numbers in the log; none where nothing was anchored since."""
    numbers = numbers_of(conn, STREAM)
    chosen = list(_chosen(conn, leaves, {v for v, number in numbers.items() if number < head.size}))
    files: dict[str, bytes] = {}
    places = {
        version: (position, bytes(digest))
        for version, position, digest in conn.execute(
            "SELECT version, position, digest FROM leaves WHERE stream = ?", (STREAM,)
        ).fetchall()
    }
    for row in chosen:
        position, digest = places[row.version]
        proof = inclusion_proof(numbers[row.version], head.size, tiles.hash_of)
        files |= {
            f"anchors/{row.version}.json": row.stored,
            f"anchors/{row.version}.before": row.before.hex().encode(),
            f"anchors/{row.version}-leaf.json": Leaf(position, STREAM, row.version, digest).entry,
            f"anchors/{row.version}.tlog-proof": inclusion(Proven(numbers[row.version], proof, checkpoint)),
        }
        if _name(row.event) == ANCHORED:
            size = row.event["size"]
            proof = consistency_proof(size, head.size, tiles.hash_of)
            files[f"checkpoints/{size}"] = row.event["checkpoint"].encode()
            files[f"consistency/{size}"] = consistency(Proven(size, proof, checkpoint))
    return files | _stamps([row.event for row in chosen])


def _chosen(conn: Connection, leaves: Sequence[int], sealed: set[int]) -> Iterator[_Row]:
    """In their order; what was planned only where a stamp was made by it."""
    planned: _Row | None = None
    to_keep, to_stamp = sorted(leaves), sorted(leaves)
    before = bytes(32)
    rows = conn.execute(
        "SELECT version, stored, digest FROM events WHERE stream = ? ORDER BY version", (STREAM,)
    )
    for version, stored, digest in rows.fetchall():
        row = _Row(version, bytes(stored), before, msgspec.json.decode(stored)["event"])
        before = bytes(digest)
        if version not in sealed:
            return
        if _name(row.event) == PLANNED:
            planned = row
        if _name(row.event) != ANCHORED:
            continue
        size = row.event["size"]
        keeps = bool(row.event.get("where")) and any(leaf < size for leaf in to_keep)
        stamps = bool(row.event.get("stamp")) and any(leaf < size for leaf in to_stamp)
        if keeps:
            to_keep = [leaf for leaf in to_keep if leaf >= size]
        if stamps:
            to_stamp = [leaf for leaf in to_stamp if leaf >= size]
            if planned is not None:
                yield planned
                planned = None
        if keeps or stamps:
            yield row


def _stamps(events: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """What the entries say, as files that other tools take."""
    pems = dict.fromkeys(event["plan"].get("authorities", "") for event in events if _name(event) == PLANNED)
    files = {
        f"stamps/{event['size']}.tsr": b64decode(event["stamp"], validate=True)
        for event in events
        if _name(event) == ANCHORED and event.get("stamp")
    }
    return {**files, AUTHORITIES: "\n".join(filter(None, pems)).encode()} if files else {}


def check_anchors(files: Mapping[str, bytes], head: Head) -> tuple[list[Kept], set[str]]:
    """Where checkpoints lie by what is on record, once these entries are; and the names of all files about it."""
    stems = (
        name.removeprefix("anchors/").removesuffix(".json") for name in files if name.startswith("anchors/")
    )
    versions = sorted(int(stem) for stem in stems if stem.isdecimal())
    events, kept, names = [], [], set[str]()
    for version in versions:
        event = _event(files, version, head)
        events.append(event)
        names |= {f"anchors/{version}{end}" for end in (".json", ".before", "-leaf.json", ".tlog-proof")}
        if _name(event) == PLANNED:
            continue
        size = event["size"]
        if file_of(files, f"checkpoints/{size}") != event["checkpoint"].encode():
            raise Corrupt(f"checkpoints/{size}: it is not what entry {version} of anchors says was anchored")
        if event.get("where"):
            kept.append(
                Kept(
                    size=size,
                    where=event["where"],
                    version=event.get("version", ""),
                    locked_until=event.get("locked_until") or "",
                )
            )
    stamps = _stamps(events)
    for name, content in stamps.items():
        if file_of(files, name) != content:
            raise Corrupt(f"{name}: it does not say what the entries say")
    return kept, names | stamps.keys()


def _event(files: Mapping[str, bytes], version: int, head: Head) -> dict[str, Any]:
    name = f"anchors/{version}.json"
    stored, before = file_of(files, name), file_of(files, f"anchors/{version}.before")
    leaf = leaf_of(files, f"anchors/{version}-leaf.json")
    try:
        digest = bytes.fromhex(before.decode("ascii"))
        is_spelled = digest.hex().encode() == before
    except ValueError:
        digest, is_spelled = b"", False
    item = Entry(STREAM, leaf.version, stored, leaf.digest, leaf.position)
    bad = flaw(item, version, digest, lambda _: None)
    if bad or not is_spelled or leaf.stream != STREAM:
        raise Corrupt(f"{name}: {bad or 'it is no entry about anchors'}")
    number_of(files, f"anchors/{version}.tlog-proof", leaf, head)
    event: dict[str, Any] = msgspec.json.decode(stored)["event"]
    if _name(event) not in (PLANNED, ANCHORED):
        raise Corrupt(f"{name}: it is no entry about anchors")
    return event


def check_stamps(
    files: Mapping[str, bytes], authorities: Sequence[x509.Certificate] = ()
) -> tuple[Seen, ...]:
    """The first that does not hold is named. Without `authorities` by those that the bundle names itself."""
    names = sorted(
        (name for name in files if name.startswith("stamps/") and name.endswith(".tsr")),
        key=lambda name: (len(name), name),
    )
    if not names:
        return ()
    from data.log.stamps import authorities_of, stamped  # noqa: PLC0415 - takes a while to load

    try:
        trusted = authorities or authorities_of(file_of(files, AUTHORITIES))
    except Corrupt as corrupt:
        raise Corrupt(f"{AUTHORITIES}: {corrupt}") from corrupt
    seen = []
    for name in names:
        checkpoint = file_of(files, f"checkpoints/{name.removeprefix('stamps/').removesuffix('.tsr')}")
        try:
            found = stamped(files[name], checkpoint, trusted)
        except Corrupt as corrupt:
            raise Corrupt(f"{name}: {corrupt}") from corrupt
        seen.append(Seen(size=head_of(checkpoint).size, at=found.at, by=found.by))
    return tuple(seen)


def _name(event: Mapping[str, Any]) -> str:
    return str(event["event"]).partition("/")[0]
