"""Do all replicas use the same directories? What one archived the others must find; a model server is on one machine.

A directory is known by a file in it whose content the record has, too: a path says nothing where machines differ,
and a mount that is missing is an empty directory. So is a bucket, by an object at its prefix.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.engines import ENGINES as ENGINE_KINDS
from bot.engines import engines_of
from bot.local_endpoints import flags_of, folder_of, proxies_of
from bot.replicas.marks import (
    ARCHIVE,
    CHANGES,
    ENDPOINTS,
    ENGINES,
    FLAGS,
    MARK_FILE,
    PROXIES,
    Place,
    why_other,
)
from bot.settings import Settings
from data.catalog.catalog import Catalog
from data.errors import Refused, Unavailable
from data.postgres.places import Tables, mark_of, settle_mark
from data.records.catalog import EndpointKind, Entity, Kind
from data.sql.record import SqlStore


def take_places(store: SqlStore, settings: Settings) -> None:
    """Whatever lies in directories must be the same for all replicas. Raises `Refused` where it is not."""
    if isinstance(settings.archive, Path):
        take(store, ARCHIVE, settings.archive)
    else:
        from bot.replicas.buckets import take_bucket  # noqa: PLC0415 - speaks to clouds

        take_bucket(store, settings.archive)
    if settings.changes is not None:
        take(store, CHANGES, settings.changes)
    entities = (one for one in Catalog(store).known() if isinstance(one, Entity))
    kinds = {one.endpoint_kind for one in entities if one.kind is Kind.ENDPOINT}
    if EndpointKind.LOCAL in kinds:
        take(store, ENDPOINTS, folder_of(settings))
    if EndpointKind.PROXY in kinds:
        take(store, PROXIES, proxies_of(settings))
    if EndpointKind.FLAGS in kinds:
        take(store, FLAGS, flags_of(settings))
    if kinds & ENGINE_KINDS.keys():
        take(store, ENGINES, engines_of(settings))


def take(store: Tables, place: Place, folder: Path) -> None:
    """Make sure that this is the directory, which the first replica's becomes. Raises `Refused` for another one."""
    # Asked once: between two looks another replica may be the first, somewhere else.
    known = mark_of(store, place.name) or settle_mark(store, place.name, _marked(folder))
    if why := _another(place, folder, known):
        raise Refused(f"Cannot run a replica with {folder}", reasons=[why], next_step=place.cure)


def why_another(store: Tables, place: Place, folder: Path) -> str:
    """Why this is not the directory; empty where it is, or may become it."""
    return _another(place, folder, mark_of(store, place.name))


def _another(place: Place, folder: Path, known: str) -> str:
    return why_other(known, _read(folder), place) if known else ""


def _read(folder: Path) -> str:
    try:
        return (folder / MARK_FILE).read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise Unavailable(f"{folder / MARK_FILE} cannot be read: {error}") from error


def _marked(folder: Path) -> str:
    """The mark in the directory, made if there is none; two that make one at once agree on it."""
    file, draft = folder / MARK_FILE, folder / f"{MARK_FILE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(f"{secrets.token_hex(16)}\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error}. Correct it, then start again") from error
    return _read(folder)
