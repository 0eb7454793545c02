"""What stands beside archives in a store that fsspec has a driver for: anchors, a mark, and what is tried there."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial

from data.errors import Corrupt
from data.log.checkpoints import NOTE_BYTES_MAX, name_of
from workflows.adapters.fsspec_archive.objects import Objects
from workflows.adapters.log_anchors import FOLDER, NOT_AS_PUT, Lying, beside, is_named
from workflows.adapters.s3_archive.canary import FOLDER as CANARY
from workflows.adapters.s3_archive.canary import Sign
from workflows.anchor_store import Anchored, Beside

_CONTENT = b"Does it stay?\n"


class FsspecAnchors:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def put(self, checkpoint: bytes, now: datetime) -> Anchored:  # noqa: ARG002 - nothing is locked here
        name = name_of(checkpoint)
        path = f"{FOLDER}/{name}"
        where = self._objects.where(path)
        try:
            self._objects.write(path, checkpoint, anew=False)
        except FileExistsError:
            if not is_named(self._content(path), name):
                raise Corrupt(NOT_AS_PUT.format(where=where)) from None
            return Anchored(where, "", is_new=False)
        return Anchored(where, "", is_new=True)

    def all(self) -> Beside:
        return beside(
            Lying(name, self._objects.where(f"{FOLDER}/{name}"), [partial(self._content, f"{FOLDER}/{name}")])
            for name in sorted(self._objects.sizes(FOLDER))
        )

    def _content(self, path: str) -> bytes:
        content = b""
        for chunk in self._objects.read(path):
            content += chunk
            if len(content) > NOTE_BYTES_MAX:
                break
        return content


def mark_at(objects: Objects, name: str) -> str:
    """Which place this is, whatever it is called; empty where nothing says so."""
    try:
        return b"".join(objects.read(name)).decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


def marked(objects: Objects, name: str) -> str:
    """The mark, made if there is none; two that make one at once agree on it where the store refuses the second."""
    with suppress(FileExistsError):
        objects.write(name, f"{secrets.token_hex(16)}\n".encode(), anew=False)
    return mark_at(objects, name)


def tried(objects: Objects, now: datetime) -> Iterator[Sign]:
    """What an archive rests on there, on a tiny object that is removed again. Raises `Unavailable`."""
    name = f"{CANARY}/{now:%Y-%m-%dT%H-%M-%S}-{secrets.token_hex(4)}"
    objects.write(name, _CONTENT, anew=False)
    try:
        came_back = b"".join(objects.read(name)) == _CONTENT
        found = "it came back as it was" if came_back else "other content came back"
        yield Sign(tried="read it back", ok=came_back, found=found, fix="" if came_back else _ELSEWHERE)
        if objects.scheme.creates:
            yield _not_written_over(objects, name)
    finally:
        objects.remove(name)


_ELSEWHERE = "Archive elsewhere: it does not do what its kind of store is known to do"


def _not_written_over(objects: Objects, name: str) -> Sign:
    what = "write over it"
    try:
        objects.write(name, _CONTENT[::-1], anew=False)
    except FileExistsError:
        return Sign(tried=what, ok=True, found="refused")
    return Sign(tried=what, ok=False, found="it was done", fix=_ELSEWHERE)
