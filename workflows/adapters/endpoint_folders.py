"""What is kept of each endpoint of ours: one folder with its config, and whose turn it is to switch it.

Several processes switch the same endpoints: a running bot, and whoever starts one from a shell. They take turns by
a lock on a file, so that none brings back what another is just switching off.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from data.closest import closest
from data.errors import Corrupt, NotFound
from workflows.adapters.model_server import write_atomically

LOCAL_FILE, TURN_FILE = "endpoint.json", "turn.lock"


class Status(StrEnum):
    SERVING = "serving"
    DISABLED = "disabled"
    ABSENT = "absent"


class Named(Protocol):
    """What a config has at least: the exact name of its endpoint."""

    @property
    def ref(self) -> str: ...


C = TypeVar("C", bound=Named)


class EndpointFolders(Generic[C]):
    """`top` is made with the first endpoint, for this user alone: call logs name people's services.

    decode  raises ValueError
    file   the name of the config in each folder; `noun`: what is in one, as people read it
    """

    def __init__(self, top: Path, decode: Callable[[bytes], C], *, file: str, noun: str) -> None:
        self._top, self._decode, self._file, self._noun = top, decode, file, noun

    def of(self, ref: str) -> Path:
        """Readable for people, exact for us: the digest keeps churn and Churn apart on any file system."""
        readable = "".join(c if c.isalnum() or c in "-_" else "-" for c in ref)[:40]
        return self._top / f"{readable}.{hashlib.sha256(ref.encode()).hexdigest()[:12]}"

    def make(self, ref: str) -> Path:
        if not self._top.exists():
            self._top.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self.of(ref)
        folder.mkdir(exist_ok=True)
        return folder

    def files(self) -> list[Path]:
        """The config of every endpoint there is, readable or not."""
        return sorted(self._top.glob(f"*/{self._file}"))

    def config(self, ref: str) -> C | None:
        """None where there is no such endpoint. Raises `Corrupt`."""
        file = self.of(ref) / self._file
        return self.read(file) if file.exists() else None

    def known(self, ref: str) -> C:
        """Raises `NotFound` with those whose names are alike."""
        config = self.config(ref)
        if config is None:
            raise NotFound(self._noun, ref, closest=closest(ref, self.refs()))
        return config

    def read(self, file: Path) -> C:
        try:
            return self._decode(file.read_bytes())
        except (OSError, ValueError) as error:
            raise Corrupt(
                f"{file} cannot be read ({error}). Move its folder away and start the {self._noun} again"
            ) from error

    def refs(self) -> list[str]:
        """Every endpoint there is. Raises `Corrupt`."""
        return sorted(self.read(file).ref for file in self.files())

    def change(self, ref: str, changed: Callable[[C], C]) -> bool:
        """Have the config say so, in its turn. Whether that changed anything. Raises `NotFound`."""
        self.known(ref)
        with self.turn(ref):
            before = self.known(ref)
            after = changed(before)
            if after != before:
                self.save(after)
        return after != before

    def save(self, config: C) -> None:
        write_atomically(self.of(config.ref) / self._file, msgspec.json.encode(config))

    @contextmanager
    def turn(self, ref: str) -> Iterator[None]:
        """Hold an endpoint against every other process that would switch it; its folder must be there."""
        with (self.of(ref) / TURN_FILE).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted of a local endpoint; `port` is the last one it had, 0 before its first start."""

    ref: str
    wanted: Status
    port: int = 0


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_CONFIG = msgspec.json.Decoder(Config)


def local_folders(top: Path) -> EndpointFolders[Config]:
    """Of the model servers that run on this machine."""
    return EndpointFolders(top, _CONFIG.decode, file=LOCAL_FILE, noun="endpoint")
