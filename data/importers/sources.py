"""Which files does a list of paths mean, what do they hold, and what is the digest of it all?"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from data.errors import Invalid, Problem
from data.importers.concealed import without_credentials
from data.importers.left_out import Part

ContentT = TypeVar("ContentT")
Source = Path | str
"""A file or directory, or the address of what answers for itself."""

FILE_BYTES_MAX = 1 << 30
"""It is read as a whole, and takes several times as much memory; the largest of real catalogs have half as many."""
_NOT_SOURCES = frozenset(("node_modules", "__pycache__"))


@dataclass(slots=True, frozen=True)
class Format(Generic[ContentT]):
    """Which files of a directory a format reads, and how.

    holds    what such a file holds, in words: "catalog-info YAML"
    parsed   from a file's bytes and the path to name in a problem; `Invalid` where it cannot be read
    wrong    what a parsed file lacks to be one, each with its line; also that it is empty, if it was named
    """

    holds: str
    suffixes: tuple[str, ...]
    parsed: Callable[[bytes, str], ContentT]
    wrong: Callable[[ContentT, str, bool], Sequence[Problem]] = lambda _content, _shown, _is_named: ()


@dataclass(slots=True, frozen=True)
class File(Generic[ContentT]):
    """`shown` is the path as the person gave it; `name` is relative to that, the same on every machine.

    credentials   how many the file has, which are not in `content`
    """

    shown: str
    name: str
    path: Path
    digest: str
    content: ContentT
    credentials: int = 0


class Digested(Protocol):
    """What was read under a name."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def shown(self) -> str: ...

    @property
    def credentials(self) -> int: ...


def root_of(source: Source) -> str:
    """What a source is remembered by: an absolute path, or the address."""
    return str(source.resolve()) if isinstance(source, Path) else source


def files_of(
    paths: Sequence[Path],
    format: Format[ContentT],  # noqa: A002 - the word of the commands
) -> tuple[tuple[File[ContentT], ...], tuple[Problem, ...]]:
    """Every file that can be parsed, and the problems of all others; with any of those nothing counts as read."""
    if not paths:
        accepted = f"at least one file or directory with {format.holds}"
        raise Invalid([Problem(field="paths", value="", accepted=accepted)])
    files: list[File[ContentT]] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    for root in paths:
        try:
            found = list(
                paths_under(root, lambda path: path.suffix in format.suffixes, _meant(format.suffixes))
            )
        except Invalid as error:
            problems.extend(error.problems)
            continue
        for shown, is_walked in found:
            path = shown.resolve()
            if path in seen:
                continue
            seen.add(path)
            try:
                files.append(_read(shown, root, format, is_walked=is_walked))
            except Invalid as error:
                problems.extend(error.problems)
    return tuple(files), tuple(problems)


def whole_files(
    paths: Sequence[Path],
    format: Format[ContentT],  # noqa: A002 - as above
) -> tuple[File[ContentT], ...]:
    """Every file; raises `Invalid` with all problems where one cannot be read, and nothing counts as read."""
    files, broken = files_of(paths, format)
    if broken:
        raise Invalid(broken)
    return files


def digest_of(files: Sequence[Digested]) -> str:
    parts = sorted(f"{file.name}\0{file.digest}\n" for file in files)
    return "sha256:" + hashlib.sha256("".join(parts).encode()).hexdigest()


def _meant(suffixes: tuple[str, ...]) -> str:
    return " or ".join(f"*{suffix}" for suffix in suffixes)


def paths_under(root: Path, is_meant: Callable[[Path], bool], meant: str) -> Iterator[tuple[Path, bool]]:
    """The files a path means; whether each was found by walking rather than named. `meant`: what is, in words.

    Raises `Invalid` where there is none, or not all can be looked at.
    """
    if root.is_file():
        yield root, False
        return
    if not root.is_dir():
        why = "neither a regular file nor a directory" if root.exists() else "no such file or directory"
        raise Invalid([Problem(field=str(root), value="", accepted=why)])
    found: list[Path] = []
    unread: list[Problem] = []
    # A directory nobody may look into is no empty one: whoever it declares would seem to have left.
    for folder, below, names in os.walk(root, onerror=lambda error: unread.append(_unread(error, root))):
        below[:] = [name for name in below if not name.startswith(".") and name not in _NOT_SOURCES]
        if isinstance(root, Part):
            below[:] = [name for name in below if not root.leaves_out(Path(folder, name))]
            names[:] = [name for name in names if not root.leaves_out(Path(folder, name))]
        for path in (Path(folder, name) for name in names):
            try:
                if is_meant(path) and path.is_file():
                    found.append(path)
            except OSError as error:
                unread.append(_unread(error, path))
    if unread:
        raise Invalid(unread)
    if not found:
        accepted = (
            f"has no {meant}{' that is not excluded' if isinstance(root, Part) and root.left_out else ''}"
        )
        raise Invalid([Problem(field=str(root), value="", accepted=accepted)])
    yield from ((path, True) for path in sorted(found))


def _unread(error: OSError, path: Path) -> Problem:
    accepted = f"cannot be read: {error.strerror}"
    return Problem(field=str(error.filename or path), value="", accepted=accepted)


def _read(
    shown: Path,
    root: Path,
    format: Format[ContentT],  # noqa: A002 - as above
    *,
    is_walked: bool,
) -> File[ContentT]:
    try:
        if (size := shown.stat().st_size) > FILE_BYTES_MAX:
            accepted = f"at most {FILE_BYTES_MAX:,} bytes are read at once; split it, or export less"
            raise Invalid([Problem(field=str(shown), value=f"has {size:,} bytes", accepted=accepted)])
        content = shown.read_bytes()
    except OSError as error:
        raise Invalid([_unread(error, shown)]) from error
    if not _is_text(shown.resolve()):
        accepted = "has a name that is not UTF-8, so no record can name it; rename it"
        raise Invalid([Problem(field=ascii(str(shown))[1:-1], value="", accepted=accepted)])
    text, credentials = without_credentials(content, str(shown))
    parsed = format.parsed(text, str(shown))
    if wrong := format.wrong(parsed, str(shown), not is_walked):
        raise Invalid(wrong)
    name = str(shown.relative_to(root)) if is_walked else shown.name
    digest = hashlib.sha256(content).hexdigest()
    return File(
        shown=str(shown),
        name=name,
        path=shown.resolve(),
        digest=digest,
        content=parsed,
        credentials=credentials,
    )


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
