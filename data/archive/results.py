"""What goes into an archive and what came out of making or testing one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from data.archive.elsewhere import Elsewhere
from data.archive.keeping import Keeping
from data.records.archived import Archived
from data.records.artifacts import ArtifactClass, Classed, class_of
from data.records.base import Record

Stopped = Callable[[], bool]
"""Asked between chunks; once true, the work ends soon and can be started over."""


class Artifact(Record, frozen=True, kw_only=True):
    """One thing worth keeping of a model.

    path    where it lies in the bag, below data/; for a folder, the folder's place
    source  a local path, file://, s3://bucket/key-or-prefix, or data: with its content
    role    what it is to the reader of the archive
    """

    path: str
    source: str
    role: ArtifactClass = ArtifactClass.OTHER


class StoredFile(Record, frozen=True, kw_only=True):
    """One file in the bag. `artifact_id` is its content's digest: the same file, the same id everywhere."""

    path: str
    artifact_id: str
    bytes: int


class Bag(Record, frozen=True, kw_only=True):
    """A bag as written."""

    preservation_id: str
    manifest_digest: str
    files: tuple[StoredFile, ...]
    bytes: int


Describe = Callable[[Bag], Mapping[str, bytes]]
"""Files that stand beside the payload, by name, written once the digests of all of it are known."""


Sign = Callable[[Bag, str], bytes]
"""A signature of a bag's payload under the name of its model."""

SIGNATURE_FILE = "model.sig"


def _nothing(_bag: Bag) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrapping:
    """What stands in a bag beside its payload; no preservation id depends on it.

    info     labels of bag-info.txt, e.g. Source-Organization
    keeping  how what has a role is kept; "" is for all other roles. What describes them keeps as long as the longest
    without  roles of which what lies elsewhere is gone without; `waive` begins the command that does so
    required  roles whose files must have something in them, where there are any
    retirement_id  whose archive it is: the same content of another one has a place of its own
    """

    info: Mapping[str, str] = field(default_factory=dict)
    describe: Describe = _nothing
    keeping: Mapping[str, Keeping] = field(default_factory=dict)
    without: Collection[str] = ()
    waive: str = "/retire waive RET-n archive:"
    required: Collection[str] = ()
    retirement_id: str = ""


class Stored(Record, frozen=True, kw_only=True):
    """An archive as kept: the fact for the record, and each file in it."""

    archived: Archived
    artifacts: tuple[StoredFile, ...]


class Drilled(Record, frozen=True, kw_only=True):
    """A restore that worked: everything was read back from the store and every digest held.

    noticed   what else is not as it was left, though every byte is: foreign versions over it, a lock that is gone
    """

    files: int
    bytes: int
    read_at: datetime
    manifest_digest: str
    noticed: tuple[str, ...] = ()


class Mended(Record, frozen=True, kw_only=True):
    """What was put right of an archive, by name.

    version   in a bucket that keeps them: that of the list of its objects since; empty where nothing was put right
    """

    names: tuple[str, ...] = ()
    version: str = ""


class Audited(Record, frozen=True, kw_only=True):
    """All of an archive was looked at, and what was read of it held.

    upto    the last file that was read, as in data/archive/auditing.py
    unread  files in cold storage, of which is known only that each is there with as many bytes
    keys    those that something was really decrypted with
    noticed   as in `Drilled`, of what was read
    """

    files: int = 0
    bytes: int = 0
    upto: str = ""
    unread: int = 0
    keys: tuple[str, ...] = ()
    noticed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PayloadFile:
    """One file to copy, from wherever it is.

    chunks   reads it once, from the start; raises our errors only
    recheck  raises Refused when the source is no longer what it was when listed
    mark     as long as it stays the same, so did the content; where it moved, only reading tells
    is_fixed  what it is called by says what it holds, as a commit does: it neither changes nor comes later
    role     that of the artifact it belongs to
    elsewhere  what is known to belong to it and is not in it
    """

    path: str
    size_bytes: int
    chunks: Callable[[], Iterator[bytes]]
    recheck: Callable[[], None]
    mark: str
    is_fixed: bool = False
    role: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()


def named(
    uris: Iterable[str], classes: tuple[Classed, ...] = (), *, taken: Iterable[str] = ()
) -> tuple[Artifact, ...]:
    """Give each source a place in the bag: its own last name, numbered where two would share one.

    Names are compared without case, because the archive may be restored where case does not count. None is `taken`.
    """
    given = set(taken)
    artifacts = []
    for uri in uris:
        last = PurePosixPath(uri.split("://", 1)[-1])
        name, number = last.name or "artifact", 1
        while name.casefold() in given:
            number += 1
            name = f"{last.stem}-{number}{last.suffix}"
        given.add(name.casefold())
        artifacts.append(Artifact(path=name, source=uri, role=class_of(uri, classes)))
    return tuple(artifacts)
