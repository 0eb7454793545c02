"""An archive as a folder again, and how the model gets back to where it stood. Reads only what is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data.archive.fixity import PAYLOAD, held_to
from data.archive.pieces import REFERENCES
from data.archive.results import StoredFile
from data.catalog.snapshot import Snapshot
from data.errors import Corrupt, Refused, Unavailable
from data.records.archived import Archived
from data.records.artifacts import ArtifactClass
from data.records.base import Record
from data.records.keeping import Pruned
from data.records.retirement import Retirement, State
from workflows.adapters.archived_payload import require_sound
from workflows.adapters.mlflow_return import Weights
from workflows.artifact_store import ArtifactStore
from workflows.effects.keeping import by_class
from workflows.listings import registered_as
from workflows.preserving import planned

_AGAIN = ". It is tried again"


class Piece(Record, frozen=True, kw_only=True):
    """Something of the model. `place`: below data/ in the archive; `was_at`: where the plan had it."""

    place: str
    was_at: str
    of: ArtifactClass
    is_gone: bool = False


class BroughtBack(Record, frozen=True, kw_only=True):
    """What is in the folder now, and what was pruned since it was archived."""

    archived: Archived
    folder: str
    files: int
    bytes: int
    pieces: tuple[Piece, ...]
    pruned: tuple[Pruned, ...]
    noticed: tuple[str, ...] = ()


def archive_of(state: Retirement) -> Archived:
    """Raises `Refused` where there is none, or nothing is left of it."""
    if state.archived is None:
        raise Refused(
            f"{state.id} has no archive yet", next_step=f"Run emeritus plan {state.id} for the day it is made"
        )
    if state.state is State.PRUNED:
        raise Refused(
            f"Nothing is left of the archive of {state.id}: all of it was pruned",
            reasons=[f"{one.of} on {one.at:%Y-%m-%d}, tombstone {one.tombstone}" for one in state.pruned],
            next_step=f"Run emeritus archive show {state.id} for what it was",
        )
    return state.archived


def fetch(
    state: Retirement, store: ArtifactStore, target: Path, now: Callable[[], datetime], *, is_there: bool
) -> BroughtBack:
    """The archive at `target`. `is_there`: what was fetched there before is checked again in place of a new copy.

    Raises as `ArtifactStore.fetch` does.
    """
    archived = archive_of(state)
    files = store.files(archived)
    gone = gone_paths(state, files)
    noticed: tuple[str, ...] = ()
    if is_there and target.is_dir():
        fixity = held_to(archived, target, stopped=_never, gone=gone)
        require_sound(fixity, "Move it away, then fetch it again", read_at=now())
    else:
        try:
            noticed = store.fetch(archived, target, now, _never, gone=gone).noticed
        except Unavailable as error:
            if not (said := str(error)).endswith(_AGAIN):
                raise
            again = f"run emeritus archive fetch {state.id} {target} again then"
            raise Unavailable(
                f"{said.removesuffix(_AGAIN)}. Nothing tries it by itself here: {again}"
            ) from error
    left = [file for file in files if file.path not in gone]
    return BroughtBack(
        archived=archived,
        folder=str(target),
        files=len(left),
        bytes=sum(file.bytes for file in left),
        pieces=pieces(state),
        pruned=state.pruned,
        noticed=noticed,
    )


def gone_paths(state: Retirement, files: tuple[StoredFile, ...]) -> frozenset[str]:
    """What was pruned, below data/."""
    if not state.pruned:
        return frozenset()
    there = by_class(state, files)
    return frozenset(file.path for one in state.pruned for file in there.get(one.of, ()))


def pieces(state: Retirement) -> tuple[Piece, ...]:
    """Each artifact of the plan, without the descriptions we wrote ourselves."""
    gone = {one.of for one in state.pruned}
    return tuple(
        Piece(place=one.path, was_at=one.source, of=one.role, is_gone=str(one.role) in gone)
        for one in planned(state)
        if not one.path.startswith(f"{REFERENCES}/")
    )


def registered_name(state: Retirement, there: Snapshot) -> str:
    """What a registry of MLflow called the model; empty where none did, as far as anybody knows."""
    assert state.plan is not None
    subject = state.plan.subject
    entity = there.find(subject.model_id)
    names = registered_as(entity) if entity is not None else ()
    return names[0] if names else (subject.model_name if subject.model_id.startswith("mlflow:") else "")


def weights(state: Retirement, store: ArtifactStore) -> tuple[Weights, ...]:
    """What becomes a version of the model again, each with its files and their digests."""
    files = store.files(archive_of(state))
    gone = gone_paths(state, files)
    found = []
    for one in pieces(state):
        inside = f"{one.place}/"
        its = {
            file.path.removeprefix(inside) if file.path != one.place else "": file.artifact_id
            for file in files
            if file.path not in gone and (file.path == one.place or file.path.startswith(inside))
        }
        if one.of is ArtifactClass.WEIGHTS and its:
            found.append(Weights(place=one.place, files=its))
    if not found:
        raise Refused(
            f"Nothing of the archive of {state.id} can be registered",
            reasons=[
                "it has no weights" if not state.pruned else "its weights were pruned, or it never had any"
            ],
            next_step=f"Run emeritus archive show {state.id} for what is left",
        )
    return tuple(found)


def payload_of(folder: Path) -> Path:
    """Where the model's own files lie in an archive that was brought back."""
    found = folder / PAYLOAD.rstrip("/")
    if not found.is_dir():
        raise Corrupt(f"{found} is missing. Fetch the archive again")
    return found


def _never() -> bool:
    return False
