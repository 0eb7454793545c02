"""What a source names and does not hold itself: files in git LFS or DVC, and submodules, whose commits lie elsewhere.

Source: github.com/git-lfs/git-lfs docs/spec.md (a pointer is less than 1,024 bytes), git-scm.com/docs/gitsubmodules,
dvc.org/doc/user-guide/project-structure/dvc-files (YAML with one entry in `outs`)
"""

from __future__ import annotations

import re

from data.records.base import Record

POINTER_BYTES_MAX = 1_024
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid (?P<oid>[^\n]+)\nsize (?P<size>\d+)"
)


DVC = ".dvc"
DVC_BYTES_MAX = 65_536
"""One that lists the files of a folder is longer than most. What is longer than this is no pointer."""
_OUTS = re.compile(r"^outs:[ \r]*\n(?P<outs>(?:[ -].*\n?)+)", re.MULTILINE)
_FIELD = re.compile(r"^[ -]+(?P<key>path|size|md5|etag|checksum):[ ]*(?P<value>.+?)\s*$", re.MULTILINE)


class Elsewhere(Record, frozen=True, kw_only=True):
    """One thing that is only named. `version` is its digest in LFS or DVC, or the commit of a submodule."""

    path: str
    what: str
    version: str
    bytes: int = 0

    def __str__(self) -> str:
        if self.what == "submodule":
            return f"{self.path}, a submodule at {self.version[:12]}"
        return f"{self.path}, {self.bytes:,} bytes in {self.what}"


def may_point(size_bytes: int) -> bool:
    """Is it short enough to be a pointer, and long enough?"""
    return len("version https://git-lfs.github.com/spec/v1\n") < size_bytes <= POINTER_BYTES_MAX


def pointed(path: str, content: bytes) -> Elsewhere | None:
    """What a pointer of git LFS stands for; None for what is none."""
    if (found := _POINTER.match(content)) is None:
        return None
    oid = found["oid"].decode("ascii", "replace")
    return Elsewhere(path=path, what="git LFS", version=oid, bytes=int(found["size"]))


def tracked(path: str, content: bytes) -> Elsewhere | None:
    """What a file of DVC stands for, by its own path; None for what is none."""
    found = _OUTS.search(content.decode("utf-8", "replace")) if path.endswith(DVC) else None
    if found is None:
        return None
    told = {one["key"]: one["value"].strip("'\"") for one in _FIELD.finditer(found["outs"])}
    folder, _, name = path.removesuffix(DVC).rpartition("/")
    size = told.get("size", "")
    return Elsewhere(
        path="/".join(filter(None, (folder, told.get("path", name)))),
        what="DVC",
        version=next((told[key] for key in ("md5", "etag", "checksum") if key in told), ""),
        bytes=int(size) if size.isdigit() else 0,
    )
