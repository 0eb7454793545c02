"""Does a bundle hold? Looked at without the record and without settings; names the first thing that does not.

Nothing in it is trusted before it was checked: first the signature, then what leads to it, then what is drawn from
that. What was not asked of it is not answered: whether more was recorded later is for the log to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from data.audit.anchors import Kept, Seen, check_anchors, check_stamps
from data.audit.bundle import FORMAT_ANCHORED, READMES, files_of
from data.audit.container import unpacked
from data.audit.reading import file_of, leaf_of, number_of, proven_of
from data.canonical import canonical
from data.erasures import Missing
from data.errors import Corrupt, EmeritusError
from data.events import Erased
from data.events.base import name_of
from data.ledger import GENESIS, SHOWN_MAX, Entry, Text, commitments, flaw
from data.log.checkpoints import Head, opened
from data.log.keys import PublicKey, read_key
from data.log.leaves import Leaf
from data.log.merkle import is_consistent
from data.printable import printable
from data.records.base import Record

if TYPE_CHECKING:
    from cryptography import x509


class Audited(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was found: of which retirement, under which head, signed by which key; `bad` names what does not hold.

    log_size   how much of the log was looked through for other entries (completeness.py); 0 where it was not
    kept, seen   where checkpoints lie by what is on record, and who stamped them
    later      how many entries of this retirement are in the log behind that head
    """

    retirement: str = ""
    entries: int = 0
    log: str = ""
    size: int = 0
    root: str = ""
    key: str = ""
    erased: int = 0
    log_size: int = 0
    later: int = 0
    kept: tuple[Kept, ...] = ()
    seen: tuple[Seen, ...] = ()
    bad: str = ""


class _About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    retirement: str
    entries: int
    log: str
    size: int


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: str
    text: str


# Built in one thread: two at once can crash msgspec 0.22.
_ABOUT = msgspec.json.Decoder(_About)
_TEXTS = msgspec.json.Decoder(dict[str, _Kept])


def audited(
    content: bytes, trusted: Sequence[PublicKey] = (), authorities: Sequence[x509.Certificate] = ()
) -> Audited:
    """Whatever somebody put there, nothing is raised.

    trusted       keys that may have signed; without, the bundle's
    authorities   whose time-stamps count; without, those that the bundle names
    """
    try:
        return _audited(unpacked(content), trusted, authorities)
    except EmeritusError as bad:
        return Audited(bad=printable(str(bad)[:SHOWN_MAX]))
    except Exception:  # noqa: BLE001 - whoever signs with a key of their own can have signed anything
        return Audited(bad="the bundle holds what no record of Emeritus can hold")


def _audited(
    files: Mapping[str, bytes], trusted: Sequence[PublicKey], authorities: Sequence[x509.Certificate]
) -> Audited:
    about = _about(files)
    keys = _keys(files)
    head, signer = _opened("checkpoint", file_of(files, "checkpoint"), trusted or keys)
    if (head.origin, head.size) != (about.log, about.size):
        raise Corrupt("bundle: it is about another checkpoint than the one beside it")
    texts = _texts(files)
    leaves, numbers = _entries(files, about, head, texts)
    committed = _committed(files, about.entries)
    if texts.keys() - committed:
        raise Corrupt("texts.json: it has words that no entry holds")
    expected = files_of(
        stream=about.retirement,
        format=about.format,
        entries=[file_of(files, f"entries/{number}.json") for number in range(1, about.entries + 1)],
        texts=texts,
        leaves=leaves,
        numbers=numbers,
        head=head,
        checkpoint=files["checkpoint"],
        keys=[str(key) for key in keys],
    )
    for name, content in expected.items():
        if file_of(files, name) != content:
            raise Corrupt(f"{name}: it does not say what the entries say")
    # What an earlier key signed is proven by what the last one did.
    earlier = _earlier(files, head, [*keys, *trusted])
    proofs = {f"proofs/{number}.tlog-proof" for number in range(1, about.entries + 1)}
    kept, anchors = check_anchors(files, head) if about.format == FORMAT_ANCHORED else ([], set())
    if more := sorted(files.keys() - expected.keys() - earlier - proofs - anchors):
        raise Corrupt(f"{more[0]}: it belongs to no bundle")
    _check_missing(files, about, texts)
    return Audited(
        retirement=about.retirement,
        entries=about.entries,
        log=head.origin,
        size=head.size,
        root=head.root.hex(),
        key=str(signer),
        erased=len(committed - texts.keys()),
        kept=tuple(kept),
        seen=check_stamps(files, authorities),
    )


def _about(files: Mapping[str, bytes]) -> _About:
    content = file_of(files, "bundle")
    try:
        about = _ABOUT.decode(content)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Corrupt("bundle: it does not say what this is a bundle of") from error
    if about.format not in READMES:
        known = " and ".join(READMES)
        raise Corrupt(f"bundle: its format is {about.format}, and this version knows {known}")
    if content != canonical(msgspec.structs.asdict(about)) or not 0 < about.entries <= len(files):
        raise Corrupt("bundle: it was changed")
    return about


def _keys(files: Mapping[str, bytes]) -> list[PublicKey]:
    lines = file_of(files, "keys").decode(errors="replace").split("\n")
    try:
        keys = [read_key(line) for line in lines[:-1]]
    except EmeritusError as error:
        raise Corrupt(f"keys: {error}") from error
    if "".join(f"{key}\n" for key in keys) != "\n".join(lines):
        raise Corrupt("keys: it was changed")
    return keys


def _opened(name: str, checkpoint: bytes, keys: Sequence[PublicKey]) -> tuple[Head, PublicKey]:
    try:
        return opened(checkpoint, keys)
    except Corrupt as corrupt:
        raise Corrupt(f"{name}: {corrupt}") from corrupt


def _texts(files: Mapping[str, bytes]) -> dict[str, Text]:
    try:
        found = _TEXTS.decode(file_of(files, "texts.json"))
        return {name: Text(name, bytes.fromhex(one.salt), one.text) for name, one in found.items()}
    except (msgspec.MsgspecError, ValueError) as error:
        raise Corrupt("texts.json: it cannot be read") from error


def _entries(
    files: Mapping[str, bytes], about: _About, head: Head, texts: Mapping[str, Text]
) -> tuple[list[Leaf], list[int]]:
    """The leaves of all entries and where they are in the log, once each follows the one before it."""
    leaves, numbers, before = [], [], GENESIS
    for number in range(1, about.entries + 1):
        stored, leaf = file_of(files, f"entries/{number}.json"), leaf_of(files, f"leaves/{number}.json")
        item = Entry(about.retirement, leaf.version, stored, leaf.digest, leaf.position)
        try:
            bad = flaw(item, number, before, texts.get)
        except (msgspec.MsgspecError, ValueError) as error:
            raise Corrupt(f"entries/{number}.json: it is no entry") from error
        if bad or leaf.stream != about.retirement:
            raise Corrupt(f"entries/{number}.json: {bad or 'it is of another retirement'}")
        numbers.append(number_of(files, f"proofs/{number}.tlog-proof", leaf, head))
        leaves.append(leaf)
        before = leaf.digest
    return leaves, numbers


def _earlier(files: Mapping[str, bytes], head: Head, keys: Sequence[PublicKey]) -> set[str]:
    """The names of earlier checkpoints and their proofs, once the log went on from each."""
    found: set[str] = set()
    for name in sorted(one for one in files if one.startswith("checkpoints/")):
        then, _ = _opened(name, files[name], keys)
        proof = f"consistency/{then.size}"
        if name != f"checkpoints/{then.size}":
            raise Corrupt(f"{name}: it is the checkpoint of {then.size} entries")
        proven = proven_of(proof, file_of(files, proof), files["checkpoint"])
        if (proven.number, then.origin) != (then.size, head.origin) or not is_consistent(
            then.size, head.size, proven.hashes, then.root, head.root
        ):
            raise Corrupt(f"{proof}: the log did not go on from the checkpoint of {then.size} entries")
        found |= {name, proof}
    return found


def _committed(files: Mapping[str, bytes], entries: int) -> set[str]:
    """What stands in the entries instead of words."""
    found: set[str] = set()
    for number in range(1, entries + 1):
        found.update(commitments(msgspec.json.decode(files[f"entries/{number}.json"])))
    return found


def _check_missing(files: Mapping[str, bytes], about: _About, texts: Mapping[str, Text]) -> None:
    """Words that are not there have to be erased on record."""
    missing = Missing()
    for number in range(1, about.entries + 1):
        event = msgspec.json.decode(files[f"entries/{number}.json"])["event"]
        look = missing.noting(about.retirement, number, texts.get)
        for commitment in commitments(event):
            look(commitment)
        if event["event"] == name_of(Erased):
            missing.told(about.retirement, number, msgspec.convert(event, Erased))
    if bad := missing.flaw():
        raise Corrupt(f"texts.json: {bad}")
