"""The archive, the endpoints and their meters, as the world keeps them: what is really there, whoever records it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.archive.manifest import payload_manifest, sha256_id
from data.archive.results import Artifact, Audited, Drilled, Mended, Stopped, Stored, StoredFile, Wrapping
from data.errors import Corrupt, NotFound, Unavailable
from data.records.archived import Archived
from tests.simulation.clock import Clock
from tests.simulation.faults import Boundaries, Weather
from workflows.adapters.call_log import Metered
from workflows.artifact_store import Whole

FRESH = timedelta(days=8)
"""How old a proof may be when an endpoint goes dark on the strength of it."""


@dataclass
class Kept:
    """One archive. `copied` grows while it is made; `proven_at` is the last time all of it was read back."""

    archived: Archived
    files: tuple[StoredFile, ...] = ()
    copied: int = 0
    is_damaged: bool = False
    proven_at: datetime | None = None
    rotted_at: datetime | None = None


class Vault:
    """Implements `ArtifactStore`. Some copies rot; somebody mends them days after it was noticed."""

    def __init__(self, clock: Clock, boundaries: Boundaries, rand: Random, weather: Weather) -> None:
        self._clock, self._boundaries, self._rand, self._weather = clock, boundaries, rand, weather
        self.kept: dict[str, Kept] = {}
        self._mended_at: dict[str, datetime] = {}
        self.while_busy: Callable[[], None] = lambda: None
        """What goes on elsewhere while a copy is read."""

    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> Stored:
        digest = hashlib.sha256("\n".join(one.source for one in artifacts).encode()).hexdigest()
        location = f"{name}-{digest[:12]}"
        files = tuple(
            StoredFile(path=one.path, artifact_id=sha256_id(one.source.encode()), bytes=1000)
            for one in artifacts
        )
        archived = Archived(
            location=location,
            preservation_id=f"sha256:{digest}",
            manifest_digest=sha256_id(payload_manifest(files)),
            files=len(artifacts),
            bytes=1000 * len(artifacts),
        )
        kept = self.kept.setdefault(location, Kept(archived, files))
        self._mend(location)
        if kept.is_damaged:
            self._notice(location)
            raise Corrupt(f"{location} has rotted. Keep it aside, then archive again")
        self._fail("put")
        kept.copied = 0
        for _ in artifacts:
            self._boundaries.cross("copying")
            kept.copied += 1
        if self._chance(self._weather.bad_copies):
            kept.is_damaged = True
        self._boundaries.cross("copied")
        return Stored(archived=archived, artifacts=files)

    def drill(
        self,
        archived: Archived,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        location = archived.location
        kept = self._there(location, archived.manifest_digest)
        self._boundaries.cross("drilling")
        self.while_busy()
        self._fail("drill")
        self._mend(location)
        if kept.is_damaged or kept.copied < kept.archived.files:
            self._notice(location)
            raise Corrupt(f"{location}: sha256 of weights is not the recorded one.")
        kept.proven_at = self._clock.truth
        self._boundaries.cross("drilled")
        archived = kept.archived
        return Drilled(
            files=archived.files,
            bytes=archived.bytes,
            read_at=now(),
            manifest_digest=archived.manifest_digest,
        )

    def require_current(self, archived: Archived, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        """Nobody writes to the sources here."""

    def exists(self, archived: Archived, *, gone: Collection[str] = ()) -> bool:
        if self._chance(self._weather.bad_copies / 8):
            raise Unavailable("The archive does not answer. Look again later")
        kept = self.kept.get(archived.location)
        return kept is not None and kept.archived.manifest_digest == archived.manifest_digest

    def fetch(
        self,
        archived: Archived,
        target: Path,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Drilled:
        raise AssertionError("no story here brings anything back")

    def files(self, archived: Archived) -> tuple[StoredFile, ...]:
        return self._there(archived.location, archived.manifest_digest).files

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str] | None = None) -> None:
        """Nothing is locked here."""

    def prune(
        self, archived: Archived, paths: Collection[str], tombstone: bytes, keeping: Keeping, now: datetime
    ) -> None:
        raise AssertionError("no story here prunes")

    def audit(
        self,
        archived: Archived,
        turn: Turn,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Audited:
        raise AssertionError("no story here looks after archives over the years")

    def copy_of(self, archived: Archived) -> Archived | None:
        raise AssertionError("no story here has a second copy")

    def put_right(
        self,
        archived: Archived,
        whole: Whole,
        now: Callable[[], datetime],
        stopped: Stopped,
        *,
        gone: Collection[str] = (),
    ) -> Mended:
        raise AssertionError("no story here has a second copy")

    def doubt(self, location: str) -> str:
        """Why nobody should rely on it now: empty when all of it was read back, whole, not long ago."""
        kept = self.kept.get(location)
        if kept is None or kept.proven_at is None or kept.copied < kept.archived.files:
            return "the archive was never proven"
        if kept.is_damaged and (kept.rotted_at is None or kept.rotted_at < kept.proven_at):
            return "the archive is damaged"
        if self._clock.truth - kept.proven_at > FRESH:
            return f"the archive was proven on {kept.proven_at:%Y-%m-%d %H:%M}, and not since"
        return ""

    def _there(self, location: str, manifest_digest: str) -> Kept:
        if location not in self.kept:
            raise NotFound("archive", location)
        kept = self.kept[location]
        assert kept.archived.manifest_digest == manifest_digest
        return kept

    def _notice(self, location: str) -> None:
        days = self._rand.uniform(0.2, 4)
        self._mended_at.setdefault(location, self._clock.truth + timedelta(days=days))

    def _mend(self, location: str) -> None:
        if self._mended_at.get(location, self._clock.truth + timedelta(1)) <= self._clock.truth:
            del self._mended_at[location]
            kept = self.kept[location]
            kept.is_damaged, kept.rotted_at, kept.copied = False, None, kept.archived.files

    def rot(self) -> None:
        """Once in a while something that was proven is not whole any more."""
        if self.kept and self._chance(self._weather.bad_copies / 100):
            kept = self._rand.choice(list(self.kept.values()))
            kept.is_damaged, kept.rotted_at = True, self._clock.truth

    def _fail(self, what: str) -> None:
        if self._chance(self._weather.bad_copies / 2):
            raise Unavailable(f"The archive has no room to {what}. Free some space")

    def _chance(self, rate: float) -> bool:
        return rate > 0 and self._rand.random() < rate


@dataclass
class Machine:
    """One endpoint as it is. `called_until` is when somebody last called it; what is `gone` never comes back."""

    serving: bool = True
    gone: bool = False
    called_until: datetime | None = None
    switched: list[tuple[datetime, str]] = field(default_factory=list)


class Machines:
    """Implements `EndpointControl` and `TrafficMeter`. `watch` sees every real switch before it happens."""

    def __init__(
        self,
        clock: Clock,
        boundaries: Boundaries,
        rand: Random,
        weather: Weather,
        *,
        metered_since: datetime,
        watch: Callable[[str], None],
    ) -> None:
        self._clock, self._boundaries, self._rand, self._weather = clock, boundaries, rand, weather
        self._metered_since, self._watch = metered_since, watch
        self.there: dict[str, Machine] = {}

    def machine(self, ref: str) -> Machine:
        return self.there.setdefault(ref, Machine())

    def _known(self, ref: str) -> Machine:
        if self.machine(ref).gone:
            raise NotFound("endpoint", ref)
        return self.machine(ref)

    def describe(self, ref: str) -> str:
        self._fail()
        if self.machine(ref).gone:
            return "absent"
        return "serving" if self.machine(ref).serving else "disabled"

    def disable(self, ref: str) -> None:
        self._fail()
        self._boundaries.cross("disabling")
        machine = self._known(ref)
        if machine.serving:
            self._watch(ref)
            machine.serving = False
            machine.switched.append((self._clock.truth, "off"))
        self._boundaries.cross("disabled")
        self._fail()

    def restore(self, ref: str) -> None:
        self._fail()
        self._boundaries.cross("restoring")
        machine = self._known(ref)
        if not machine.serving:
            machine.serving = True
            machine.switched.append((self._clock.truth, "on"))
        self._boundaries.cross("restored")
        self._fail()

    def calls(self, ref: str, *, since: datetime, until: datetime) -> int | None:
        self._fail()
        if self.machine(ref).gone:
            return None
        last = self.machine(ref).called_until
        return 7 if last is not None and last > since else 0

    def metered(self, ref: str, *, days: int, until: datetime) -> Metered | None:
        since = max(until - timedelta(days=days), self._metered_since)
        return Metered(since, (until - since).days)

    def callers(self, ref: str, since: datetime) -> dict[str, int]:
        return {}

    def _fail(self) -> None:
        rate = self._weather.bad_switches
        if rate and self._rand.random() < rate:
            raise Unavailable("The platform does not answer. Look again later")
