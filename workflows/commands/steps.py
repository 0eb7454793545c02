"""Commands that run the steps of a plan, hold them, and say what came of them."""

from __future__ import annotations

from data.records.archived import Archived
from data.records.artifacts import ArtifactClass
from data.records.base import Prose
from data.records.plan import Endpoint
from data.records.progress import StepKind
from workflows.commands.command import Command


class RunStep(Command, frozen=True, kw_only=True, tag="run step"):
    step: StepKind


class Pause(Command, frozen=True, kw_only=True, tag="pause"):
    why: Prose


class Resume(Command, frozen=True, kw_only=True, tag="resume"):
    pass


class Restore(Command, frozen=True, kw_only=True, tag="restore"):
    why: Prose


class HandOver(Command, frozen=True, kw_only=True, tag="hand over"):
    to: str


class Finished(Command, frozen=True, kw_only=True):
    """Work of a step came to an end. `started` says of which start: what an older one did is not this one's."""

    started: int


class RecordArchive(Finished, frozen=True, kw_only=True, tag="record archive"):
    archived: Archived


class RecordDrill(Finished, frozen=True, kw_only=True, tag="record drill"):
    """Everything in the archive was read back: as the drill, or right before `step`."""

    step: StepKind
    manifest_digest: str
    files: int
    bytes: int
    noticed: tuple[str, ...] = ()


class RecordDisabled(Command, frozen=True, kw_only=True, tag="record disabled"):
    """`endpoint` in full: the plan may have dropped it meanwhile. `was_gone`: nothing was left to switch off."""

    endpoint: Endpoint
    was_gone: bool = False


class RecordRestored(Command, frozen=True, kw_only=True, tag="record restored"):
    endpoint_id: str


class RecordDelayed(Command, frozen=True, kw_only=True, tag="record delayed"):
    """Switching this endpoint was begun and has not come to its end; `action` is "disable" or "restore"."""

    endpoint_id: str
    action: str
    reason: str


class RecordFailure(Finished, frozen=True, kw_only=True, tag="record failure"):
    """`is_archive_lost`: it is the archive itself that did not hold. `lacks`: see `StepProgress`."""

    step: StepKind
    reason: str
    is_archive_lost: bool = False
    lacks: tuple[ArtifactClass, ...] = ()


class TellWritten(Command, frozen=True, kw_only=True, tag="tell written"):
    """A catalog says this now, in these places; or could not be told, and `trouble` says why."""

    catalog: str
    lifecycle: str
    last_day: str = ""
    successor: str = ""
    places: tuple[str, ...] = ()
    trouble: str = ""
