"""The port to wherever archives are kept: a directory, or a bucket that refuses to delete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.archive.results import Artifact, Audited, Drilled, Mended, Stopped, Stored, StoredFile, Wrapping
from data.records.archived import Archived

Whole = Callable[[Path, Collection[str]], object]
"""Brings an archive into a folder that is not there yet, every digest checked. Raises as `fetch` does.

All of it but for these files below data/: those that hold where something is put right, so that two places of which
each has something bad mend each other as long as every file is whole in one of them.
"""


class ArtifactStore(Protocol):
    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> Stored:
        """Copy and hash. Safe to repeat: the same content ends in the same archive.

        Raises Refused when a source changed while it was read, NotFound for a missing one, Corrupt for a bag that
        has rotted, Unavailable when the archive cannot take it now.
        """
        ...

    def drill(
        self,
        archived: Archived,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Really read everything back. Raises Corrupt naming the bad files. Safe to repeat.

        gone   what was pruned, as the record has it; what lies in the store never says so
        """
        ...

    def fetch(
        self,
        archived: Archived,
        target: Path,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        """Bring it all back as a folder, which is there only once every digest held. Raises as `drill` does.

        Refused where something is at `target`, Unavailable with the wait where it lies in cold storage. Safe to repeat.
        """
        ...

    def require_current(self, archived: Archived, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        """Raises Stale naming what came or changed at the sources since. What is gone there does not count,

        unless something else is newer: a new archive would lack it, so that is Refused.
        """
        ...

    def exists(self, archived: Archived, *, gone: Collection[str] = ()) -> bool:
        """Cheap: is the archive there with the recorded manifest digest?"""
        ...

    def audit(
        self,
        archived: Archived,
        turn: Turn,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Audited:
        """Look whether all of it is there, and really read a share. Changes nothing stored; safe to repeat.

        Something is decrypted with every key, whatever the share. What lies in cold storage is not asked back.
        Raises as `drill` does: Corrupt names the bad files.
        """
        ...

    def files(self, archived: Archived) -> tuple[StoredFile, ...]:
        """What its manifest lists, what was pruned since, too. Raises Corrupt where there is none."""
        ...

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str] | None = None) -> None:
        """Keep it until then, which only ever gets later, and put a legal hold on it or take it off. Safe to repeat.

        paths   of some files, as in its manifest but without data/; what describes them is kept, and held, as long, and
                not let go. None is all; empty is only what describes them
        A store that cannot lock does nothing; one that can raises Refused where it may not.
        """
        ...

    def prune(
        self, archived: Archived, paths: Collection[str], tombstone: bytes, keeping: Keeping, now: datetime
    ) -> None:
        """Really remove these files; their manifest lines stay, and beside them `tombstone`. Safe to repeat.

        keeping   how long they are kept by the record, which counts even where the store knows of no lock
        Refused while they are kept or held, with the reason; nothing is removed then.
        """
        ...

    def copy_of(self, archived: Archived) -> Archived | None:
        """As it lies here, when another store made it: a version on record is that store's. None where it is not."""
        ...

    def put_right(
        self,
        archived: Archived,
        whole: Whole,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        """In the place of what is bad or missing here comes what `whole` brings; all of it is read back after.

        Nothing is changed before `whole` has brought all of it. Safe to repeat.
        """
        ...


EVERYTHING = "all of it"
"""In place of the names of files, where there was nothing before."""


class SecondStore(Protocol):
    """Another place that has a whole copy of every archive. All raise as `ArtifactStore.fetch` does."""

    def keep_up(
        self,
        archived: Archived,
        turn: Turn,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        """Have the copy there, audited as the archive is, and put it right from the archive."""
        ...

    def mend(
        self,
        archived: Archived,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        """Put the archive right from the copy. Raises Corrupt where that does not hold either."""
        ...

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str]) -> None:
        """The copy is kept, and held, as the archive is."""
        ...

    def prune(self, archived: Archived, paths: Collection[str], tombstone: bytes, now: datetime) -> None:
        """What is to be removed from the archive goes from the copy."""
        ...


Links = Callable[[Archived, Sequence[str], datetime, int], Mapping[str, str]]
"""Archive, files below data/, from when on, for how many seconds -> a link to each, as it was archived.

A directory has none. What lies in cold storage is asked back, and left out. Raises Corrupt where the archive cannot be
read, Unavailable while it does not answer.
"""

COLD_WAIT = "3 to 5 hours, and 12 from Deep Archive"
"""docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html, standard retrievals."""
