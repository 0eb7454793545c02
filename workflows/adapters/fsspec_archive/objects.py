"""Objects below one address of a store, by whichever driver fsspec has for it. Names are those of the archive.

What a driver does not find is FileNotFoundError, what it does not write over FileExistsError; all else it says becomes
`Unavailable`: drivers raise what their own clients do, and which of that lasts nobody can tell for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from data.archive.fixity import CHUNK_BYTES
from data.errors import EmeritusError, Unavailable
from data.printable import shortened, without_secrets
from workflows.adapters.fsspec_archive.schemes import scheme_of

WHOLE_BYTES_MAX, BLOCK_BYTES = 4 << 20, 16 << 20
"""What is longer than the first is sent in blocks of the second. gcsfs sends no more than 5 MB in one request."""
_WHY_MAX = 300


class Objects:
    """`variable`: which of the environment's names it."""

    def __init__(self, url: str, variable: str = "EMERITUS_ARCHIVE") -> None:
        self.url, self.variable = url.rstrip("/"), variable
        self.scheme = scheme_of(url)

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs  # noqa: PLC0415, it takes a while that a bot without it need not spend

        with self.errors("reach"):
            fs, root = url_to_fs(self.url)
        return fs, str(root).rstrip("/")

    @contextmanager
    def errors(self, doing: str, name: str = "") -> Iterator[None]:
        try:
            yield
        except (EmeritusError, FileNotFoundError, FileExistsError, AssertionError):
            raise
        except Exception as error:
            first, *_ = str(error).splitlines() or [type(error).__name__]
            said = shortened(without_secrets(first), _WHY_MAX).rstrip(".")
            raise Unavailable(
                f"Cannot {doing} {self.where(name)}: {said}. See to {self.variable} and to who the bot is there; "
                "it is tried again"
            ) from error

    def where(self, name: str = "") -> str:
        """For people."""
        return f"{self.url}/{name}".rstrip("/")

    def read(self, name: str) -> Iterator[bytes]:
        """Raises FileNotFoundError where it is not, and `Unavailable` where its bucket is not, either."""
        fs, path = self._at(name)
        with self.errors("read", name):
            try:
                with fs.open(path, "rb", block_size=BLOCK_BYTES, cache_type="readahead") as file:
                    while chunk := file.read(CHUNK_BYTES):
                        yield bytes(chunk)
            except FileNotFoundError:
                self.require_bucket()
                raise

    def write(self, name: str, content: bytes, *, anew: bool) -> None:
        """At once. `anew`: over what is there; otherwise FileExistsError, as far as the driver goes."""
        fs, path = self._at(name)
        with self.errors("write", name):
            self._require_absent(path, anew=anew)
            how = {"mode": "create"} if self.scheme.creates and not anew else {}
            try:
                fs.pipe_file(path, content, **how)
            except FileNotFoundError:
                self._make_folder(path)
                fs.pipe_file(path, content, **how)

    def stream(self, name: str, chunks: Iterable[bytes], *, anew: bool) -> None:
        """The same of what is long, in blocks. A name has all of it or nothing."""
        fs, path = self._at(name)
        with self.errors("write", name):
            self._require_absent(path, anew=anew)
            mode = "xb" if self.scheme.creates and not anew else "wb"
            try:
                file = fs.open(path, mode, block_size=BLOCK_BYTES)
            except FileNotFoundError:
                self._make_folder(path)
                file = fs.open(path, mode, block_size=BLOCK_BYTES)
            try:
                for chunk in chunks:
                    file.write(chunk)
            except BaseException:
                self._given_up(file, path)
                raise
            file.close()

    def _given_up(self, file: Any, path: str) -> None:
        """Half of a file under the name of all of it is what closing would leave, or has left already."""
        from fsspec.spec import AbstractBufferedFile  # noqa: PLC0415, as above

        # Whatever becomes of that: the first error is the one to tell, and what is left is written over next time.
        with suppress(Exception):
            if isinstance(file, AbstractBufferedFile):
                with suppress(Exception):
                    file.discard()
                file.closed = True
                file.close()
            else:
                file.close()
                self._opened[0].rm_file(path)

    def _require_absent(self, path: str, *, anew: bool) -> None:
        """Where the driver refuses nothing itself: two at the same moment are not seen."""
        if not anew and not self.scheme.creates and self._opened[0].exists(path):
            raise FileExistsError(path)

    def _make_folder(self, path: str) -> None:
        """Of stores that have folders. A bucket that is not there is not made."""
        self.require_bucket()
        self._opened[0].makedirs(path.rpartition("/")[0], exist_ok=True)

    def sizes(self, folder: str) -> dict[str, int]:
        """How long each object is below a folder, by its name in it."""
        fs, path = self._at(folder)
        with self.errors("list", folder):
            try:
                found = fs.find(path, detail=True, withdirs=False)
            except FileNotFoundError:
                found = {}
            prefix = f"{path}/"
            there = {
                name.removeprefix(prefix): int(one["size"] or 0)
                for name, one in found.items()
                if name.startswith(prefix)
            }
            if not there:
                self.require_bucket()
        return there

    def remove(self, name: str) -> None:
        fs, path = self._at(name)
        with self.errors("remove", name):
            try:
                fs.rm_file(path)
            except FileNotFoundError:
                return

    def copy(self, name: str, to: str) -> None:
        """Raises FileNotFoundError where it is not."""
        fs, path = self._at(name)
        with self.errors("copy", name):
            fs.cp_file(path, self._at(to)[1])

    def require_bucket(self) -> None:
        fs, root = self._opened
        slash = "/" if root.startswith("/") else ""
        bucket = slash + root.lstrip("/").partition("/")[0]
        with self.errors("look at"):
            if not fs.exists(bucket):
                raise Unavailable(
                    f"Cannot reach the archive {self.url}: there is no {bucket}. "
                    f"Make it or correct {self.variable}; it is tried again"
                )

    def _at(self, name: str) -> tuple[Any, str]:
        fs, root = self._opened
        # What it remembers of listings would show what was there before.
        fs.invalidate_cache()
        return fs, f"{root}/{name}".rstrip("/")
