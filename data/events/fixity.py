"""What the checks of archives found, over the years."""

from __future__ import annotations

from datetime import datetime

from data.events.base import Event
from data.records.fixity import FixityPlan


class ArchiveAudited(Event, frozen=True, kw_only=True, tag="archive audited"):
    """All of it was looked at and a share was read, or it is not as it should be. PREMIS: fixity check.

    files, bytes   that were read and held; `upto`: the last of them, empty once all were
    unread   files in cold storage, of which is known only that they are there
    keys     that something was really decrypted with
    trouble  what is wrong, with the names of files; empty where it holds
    noticed  what is not as it was left although every byte is, and was not told before
    """

    manifest_digest: str
    files: int
    bytes: int
    upto: str = ""
    unread: int = 0
    keys: tuple[str, ...] = ()
    trouble: str = ""
    noticed: tuple[str, ...] = ()


class ArchiveMended(Event, frozen=True, kw_only=True, tag="archive mended"):
    """These files came from the other place, and all of it was read back and held. `place`: "archive" or "copy".

    version   the archive's own since, where it lies in a bucket that keeps versions; empty otherwise
    """

    manifest_digest: str
    place: str
    names: tuple[str, ...]
    version: str = ""


class FixityPlanned(Event, frozen=True, kw_only=True, tag="fixity planned"):
    """On the `fixity` stream: how archives are checked from now on."""

    plan: FixityPlan


class FixityRound(Event, frozen=True, kw_only=True, tag="fixity round"):
    """On the `fixity` stream: each archive was looked at, and some of them were read. See `Rounds`."""

    looked: int
    files: int
    bytes: int
    bad: dict[str, str] = {}
    unknown: dict[str, str] = {}
    canary: tuple[str, ...] | None = None
    whole_since: datetime | None = None


OnFixity = FixityPlanned | FixityRound
