"""Which files does a list of paths mean, what do they hold, and what is the digest of it all?"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.yaml_lines import Node, documents

_SUFFIXES = frozenset((".yaml", ".yml"))
_NOT_SOURCES = frozenset(("node_modules", "__pycache__"))


@dataclass(slots=True, frozen=True)
class File:
    """`shown` is the path as the person gave it; `name` is relative to that, the same on every machine."""

    shown: str
    name: str
    path: Path
    content: bytes
    documents: tuple[Node, ...]


def files_of(paths: Sequence[Path]) -> tuple[tuple[File, ...], tuple[Problem, ...]]:
    """Every file that can be parsed, and the problems of all others; with any of those nothing counts as read."""
    if not paths:
        raise Invalid(
            [
                Problem(
                    field="paths", value="", accepted="at least one file or directory with catalog-info YAML"
                )
            ]
        )
    files: list[File] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    for root in paths:
        try:
            found = list(_walk(root))
        except Invalid as error:
            problems.extend(error.problems)
            continue
        for shown, is_walked in found:
            path = shown.resolve()
            if path in seen:
                continue
            seen.add(path)
            try:
                files.append(_read(shown, root, is_walked=is_walked))
            except Invalid as error:
                problems.extend(error.problems)
    return tuple(files), tuple(problems)


def digest_of(files: Sequence[File]) -> str:
    parts = sorted(f"{file.name}\0{hashlib.sha256(file.content).hexdigest()}\n" for file in files)
    return "sha256:" + hashlib.sha256("".join(parts).encode()).hexdigest()


def _walk(root: Path) -> Iterator[tuple[Path, bool]]:
    """The files a path means; whether each was found by walking rather than named."""
    if root.is_file():
        yield root, False
        return
    if not root.is_dir():
        why = "neither a regular file nor a directory" if root.exists() else "no such file or directory"
        raise Invalid([Problem(field=str(root), value="", accepted=f"{why}; nothing was imported")])
    found: list[Path] = []
    unread: list[Problem] = []
    # A directory nobody may look into is no empty one: whoever it declares would seem to have left.
    for folder, below, names in os.walk(root, onerror=lambda error: unread.append(_unread(error))):
        below[:] = [name for name in below if not name.startswith(".") and name not in _NOT_SOURCES]
        for path in (Path(folder, name) for name in names):
            try:
                if path.suffix in _SUFFIXES and path.is_file():
                    found.append(path)
            except OSError as error:
                unread.append(_unread(error))
    if unread:
        raise Invalid(unread)
    if not found:
        raise Invalid(
            [Problem(field=str(root), value="", accepted="has no *.yaml or *.yml; nothing was imported")]
        )
    yield from ((path, True) for path in sorted(found))


def _unread(error: OSError) -> Problem:
    accepted = f"cannot be read: {error.strerror}; nothing was imported"
    return Problem(field=str(error.filename), value="", accepted=accepted)


def _read(shown: Path, root: Path, *, is_walked: bool) -> File:
    try:
        content = shown.read_bytes()
    except OSError as error:
        raise Invalid([_unread(error)]) from error
    if not _is_text(shown.resolve()):
        accepted = "has a name that is not UTF-8, so no record can name it; rename it. Nothing was imported"
        raise Invalid([Problem(field=ascii(str(shown))[1:-1], value="", accepted=accepted)])
    parsed = documents(content, str(shown))
    if not is_walked and all(document.value is None for document in parsed):
        raise Invalid(
            [
                Problem(
                    field=f"{shown}:1",
                    value="",
                    accepted="is empty; expected Backstage entities. Nothing was imported",
                )
            ]
        )
    if strays := [_stray(document, shown) for document in parsed if isinstance(document.value, str | list)]:
        raise Invalid(strays)
    name = str(shown.relative_to(root)) if is_walked else shown.name
    return File(shown=str(shown), name=name, path=shown.resolve(), content=content, documents=parsed)


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _stray(document: Node, shown: Path) -> Problem:
    found = "a list" if isinstance(document.value, list) else f'"{document.text[:40]}"'
    accepted = "a document must be a mapping with apiVersion, kind, metadata and spec; nothing was imported"
    return Problem(field=f"{shown}:{document.line}", value=found, accepted=accepted)
