"""Where artifacts come from: a local path, a file://, s3://, git+https:// or data: URI as files to read and re-check.

Listing reads no content and changes nothing, so calling it twice is safe. Only what a URI names is followed:
a link that leads elsewhere is refused, because it would archive what nobody voted on.
"""

from __future__ import annotations

import base64
import difflib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from data.archive.bag import changed
from data.archive.bag_paths import PATH_BYTES_MAX
from data.archive.fixity import CHUNK_BYTES
from data.archive.manifest import sha256_id
from data.archive.pieces import GIT, INLINE
from data.archive.results import PayloadFile
from data.errors import Invalid, NotFound, Problem, Refused, Unavailable
from workflows.adapters.git_sources import GitSources
from workflows.adapters.s3_objects import S3Objects

_ACCEPTED = (
    "accepted are an absolute path, file:///path, s3://bucket/key-or-prefix or git+https://host/path@commit"
)
# RFC 8089 section 2: a file URI has neither query nor fragment, so these would name another file than was meant.
_NO_QUERY = (
    "a file URI has no query and no fragment; where a name has these signs, write ? as %3F and # as %23"
)


class ArtifactSources:
    """`endpoint_url` points S3 at another server than AWS. What lies at or below `private` is nobody's artifact.

    hosts   from whose repositories commits may be copied
    """

    def __init__(
        self, *, endpoint_url: str | None = None, private: Iterable[Path] = (), hosts: Sequence[str] = ()
    ) -> None:
        self._s3 = S3Objects(endpoint_url=endpoint_url)
        self._private = tuple(path.resolve() for path in private)
        self._git = GitSources(hosts=hosts, is_private=self._is_private)

    def files(self, uri: str) -> tuple[PayloadFile, ...]:
        """All files a URI names, sorted by path below it; a single file has the path ""."""
        files = self._files(uri)
        if not files:
            raise Refused(
                f"Cannot archive {uri}",
                reasons=["the folder has no file"],
                next_step="Correct the artifact in the catalog, import it, "
                "then press Edit plan on the card for a new vote",
            )
        return files

    def left(self, uri: str) -> tuple[PayloadFile, ...]:
        """As `files`, of what was archived once: that nothing is there any more is no error."""
        if uri.startswith(GIT):
            return self._git.left(uri)
        try:
            return self._files(uri)
        except NotFound:
            return ()

    def _is_private(self, path: Path) -> bool:
        """Also where something private lies within."""
        return any(path.is_relative_to(kept) or kept.is_relative_to(path) for kept in self._private)

    def _files(self, uri: str) -> tuple[PayloadFile, ...]:
        if uri.startswith(INLINE):
            return (_inline(uri),)
        if uri.startswith(GIT):
            return self._git.files(uri)
        scheme, _, rest = uri.partition("://")
        if not rest:
            return _local_files(Path(uri), uri, self._private)
        if scheme == "s3":
            return self._s3.files(uri)
        host, _, path = rest.partition("/")
        if scheme != "file" or host not in ("", "localhost"):
            raise _invalid(uri, _ACCEPTED)
        if set("?#") & set(path):
            raise _invalid(uri, _NO_QUERY)
        return _local_files(Path("/" + os.fsdecode(unquote_to_bytes(path))), uri, self._private)


def _invalid(uri: str, accepted: str) -> Invalid:
    return Invalid([Problem(field="artifact", value=repr(uri), accepted=accepted)])


def _inline(uri: str) -> PayloadFile:
    """What the source says itself: it is read from the plan, so it never changes."""
    content = base64.b64decode(uri.removeprefix(INLINE))
    return PayloadFile(
        path="",
        size_bytes=len(content),
        chunks=lambda: iter([content]),
        recheck=lambda: None,
        mark=sha256_id(content),
    )


def _local_files(path: Path, uri: str, private: tuple[Path, ...]) -> tuple[PayloadFile, ...]:
    if not path.is_absolute() or "\0" in str(path):
        raise _invalid(uri, _ACCEPTED)
    try:
        top = _resolved(path)
        paths = sorted(_tree(top), key=lambda found: found.as_posix()) if top.is_dir() else [top]
        return tuple(_LocalFile(found, top, private).as_payload() for found in paths)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound("artifact", uri, closest=_closest(path)) from error
    except OSError as error:
        raise _unreadable(uri, error) from error


def _tree(top: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for folder, subfolders, names in os.walk(top, onerror=fail):
        if len(os.fsencode(folder)) - len(os.fsencode(top)) > PATH_BYTES_MAX:
            raise Refused(
                f"Cannot archive {top}",
                reasons=[f"it has folders in each other whose path is longer than {PATH_BYTES_MAX} bytes"],
                next_step="Name what is meant of it as artifacts, with shorter paths, then archive again",
            )
        yield from (Path(folder, name) for name in names)
        for name in subfolders:
            if (link := Path(folder, name)).is_symlink():
                raise Refused(
                    f"Cannot archive {link}",
                    reasons=[f"it is a link to the folder {link.readlink()}"],
                    next_step="Name that folder as an artifact itself, or replace the link by its content",
                )


class _LocalFile:
    """A file as it was when listed."""

    def __init__(self, path: Path, top: Path, private: tuple[Path, ...]) -> None:
        self._path = self._target = path
        self._listed = path.lstat()
        if stat.S_ISLNK(self._listed.st_mode):
            # What is no link lies where it was found: to resolve thousands of names takes longer than to copy them.
            self._target = _resolved(path)
            self._listed = self._target.lstat()
        if not self._target.is_relative_to(top):
            raise Refused(
                f"Cannot archive {path}",
                reasons=[f"it is a link out of {top} to {self._target}"],
                next_step="Replace the link by the file itself, then archive again",
            )
        if any(self._target.is_relative_to(kept) for kept in private):
            raise Refused(
                f"Cannot archive {path}",
                reasons=["it belongs to Emeritus itself: its record or its archive"],
                next_step="Name the model's own files in the catalog, import it, "
                "then press Edit plan on the card for a new vote",
            )
        if not stat.S_ISREG(self._listed.st_mode):
            raise Refused(
                f"Cannot archive {path}",
                reasons=["it is no regular file"],
                next_step="Remove it from the artifacts, then archive again",
            )
        self._relative = "" if path == top else path.relative_to(top).as_posix()

    def as_payload(self) -> PayloadFile:
        listed = self._listed
        return PayloadFile(
            path=self._relative,
            size_bytes=listed.st_size,
            chunks=self._chunks,
            recheck=self._recheck,
            mark=f"{listed.st_size} {listed.st_ino} {listed.st_mtime_ns} {listed.st_ctime_ns}",
        )

    def _chunks(self) -> Iterator[bytes]:
        try:
            # Not following links again: the one that was resolved may since point elsewhere.
            descriptor = os.open(self._target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123, a descriptor and no path
                self._require_same(os.fstat(descriptor))
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except FileNotFoundError as error:
            raise changed(str(self._path), "it was removed") from error
        except OSError as error:
            raise _unreadable(str(self._path), error) from error

    def _recheck(self) -> None:
        try:
            found = self._target.lstat()
        except FileNotFoundError as error:
            raise changed(str(self._path), "it was removed") from error
        except OSError as error:
            raise _unreadable(str(self._path), error) from error
        self._require_same(found)

    def _require_same(self, found: os.stat_result) -> None:
        listed = self._listed
        if found.st_size != listed.st_size:
            raise changed(str(self._path), f"{listed.st_size:,} bytes when listed, {found.st_size:,} now")
        if (found.st_dev, found.st_ino) != (listed.st_dev, listed.st_ino):
            raise changed(str(self._path), "another file took its place")
        if found.st_mtime_ns != listed.st_mtime_ns:
            raise changed(str(self._path), "it was written to")
        # Whoever writes may put the other time back, not this one. A change of rights moves it too.
        if found.st_ctime_ns != listed.st_ctime_ns:
            raise changed(str(self._path), "its content or its rights were changed")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except (FileNotFoundError, RuntimeError, OSError) as error:
        # pathlib tells of a ring of links by RuntimeError before 3.13, and by ELOOP since.
        is_ring = isinstance(error, RuntimeError) or getattr(error, "errno", 0) == errno.ELOOP
        if not path.is_symlink() or not (is_ring or isinstance(error, FileNotFoundError)):
            raise
        why = "which leads back to it" if is_ring else "and nothing is there"
        raise Refused(
            f"Cannot archive {path}",
            reasons=[f"it is a link to {path.readlink()}, {why}"],
            next_step="Replace the link by the file itself, or remove it, then archive again",
        ) from error


def _unreadable(name: str, error: Exception) -> Unavailable:
    why = getattr(error, "strerror", None) or str(error)
    return Unavailable(f"Cannot read {name}: {why}. Let the bot read it; it is tried again")


def _closest(path: Path) -> list[str]:
    try:
        beside = sorted(os.listdir(path.parent))  # noqa: PTH208, names and not paths are compared
    except OSError:
        return []
    return [str(path.parent / name) for name in difflib.get_close_matches(path.name, beside)]
