"""Switches our embedded endpoints on and off, and reads their meters. One model server process per endpoint.

Calling anything twice is safe. One folder per endpoint keeps config, weights and call log, so a restarted bot
finds its servers again. What is running is never believed from a file but probed: a lock the process holds
while it lives, and its own answer to GET /identity. No pid is signalled that did not answer for itself.
A server that is gone without having been switched off, as after a crash, counts as unknown and never as disabled.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

import msgspec

from data.errors import EmeritusError, Invalid, Problem, Unavailable
from workflows.adapters import model_server
from workflows.adapters.call_meter import CallMeter
from workflows.adapters.endpoint_folders import Config, Status, local_folders
from workflows.adapters.identities import identity_at
from workflows.adapters.model_server import Calendar, LogisticRegression

START_TIMEOUT_SECONDS = 20.0
STOP_TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.02
NOT_HANDED_ON = ("SLACK_", "EMERITUS_", "AWS_")
"""The bot's tokens and passwords are variables; a model server has no use for them."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    instance: str
    pid: int
    port: int


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_ADDRESS, _IDENTITY = msgspec.json.Decoder(Address), msgspec.json.Decoder(dict[str, str | int])


class LocalEndpoints(CallMeter):
    """Drives the servers under `state_dir`. `calendar` is what their call logs are stamped with."""

    def __init__(self, state_dir: Path, *, calendar: Calendar | None = None) -> None:
        self._folders = local_folders(state_dir)
        self._calendar = calendar or Calendar()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()

    def start(self, ref: str, weights_path: Path) -> None:
        """Make `ref` exist, with its own copy of the weights. One disabled on purpose stays disabled."""
        try:
            LogisticRegression.read(weights_path)
            weights = weights_path.read_bytes()
        except (OSError, ValueError) as error:
            accepted = f"needs a readable JSON of intercept and coefficients ({error})"
            raise Invalid(
                [Problem(field=f"weights of {ref}", value=str(weights_path), accepted=accepted)]
            ) from error
        folder = self._folders.make(ref)
        with self._lock, self._folders.turn(ref):
            config = self._folders.config(ref)
            kept = folder / model_server.WEIGHTS_FILE
            if config is None:
                model_server.write_atomically(kept, weights)
                self._folders.save(Config(ref=ref, wanted=Status.SERVING))
            elif kept.exists() and kept.read_bytes() != weights:
                accepted = (
                    f"{ref} already serves other weights, kept in {kept}; give a new model its own endpoint"
                )
                raise Invalid(
                    [Problem(field=f"weights of {ref}", value=str(weights_path), accepted=accepted)]
                )
            elif config.wanted is Status.DISABLED:
                return
            self._run(ref)

    def resume(self, *, off: Collection[str] = ()) -> list[tuple[str, str]]:
        """Start what should serve and does not, as after a reboot: (endpoint, what came of it) for each.

        What was switched off stays off, and so do those in `off`, whatever their folder says: it may be an old
        copy. One that does not start keeps no other from it.
        """
        found: list[tuple[str, str]] = []
        for file in self._folders.files():
            ref = file.parent.name
            try:
                ref = self._folders.read(file).ref
                with self._lock, self._folders.turn(ref):
                    wanted = self._folders.known(ref).wanted
                    if wanted is Status.SERVING and ref not in off and self._answering(ref) is None:
                        self._run(ref)
                        found.append((ref, "serves again"))
            except EmeritusError as error:
                found.append((ref, str(error)))
        return found

    def refs(self) -> list[str]:
        """Every endpoint there is, on or off. Raises `Corrupt`."""
        return self._folders.refs()

    def describe(self, ref: str) -> str:
        """`serving`, `disabled` or `absent`, as seen now. One that should serve and does not is Unavailable."""
        config = self._folders.config(ref)
        if config is None:
            return Status.ABSENT
        if self._answering(ref) is not None:
            return Status.SERVING
        if not self._is_running(ref):
            if config.wanted is Status.DISABLED:
                return Status.DISABLED
            raise Unavailable(
                f"Endpoint {ref} should serve, and its process is gone. "
                f"Bring it back: emeritus endpoint start {shlex.quote(ref)}"
            )
        lock = self.folder(ref) / model_server.LOCK_FILE
        raise Unavailable(
            f"Endpoint {ref} has a running process that does not answer. Ask again in a moment; "
            f"if it stays so, stop the process that holds {lock}"
        )

    def address(self, ref: str) -> str:
        """Where a serving endpoint takes its calls."""
        found = self._answering(ref)
        if found is None:
            raise Unavailable(f"Endpoint {ref} is not serving. Bring it back with /retire restore")
        return f"http://127.0.0.1:{found.port}/predict"

    def disable(self, ref: str) -> None:
        """Stop the process and see that it is gone; config, weights and call log stay for `restore`."""
        self._folders.known(ref)
        with self._lock, self._folders.turn(ref):
            self._want(ref, Status.DISABLED)
            self._stop(ref)

    def restore(self, ref: str) -> None:
        """Serve again from what was kept, on the same port when it is still free."""
        self._folders.known(ref)
        with self._lock, self._folders.turn(ref):
            self._want(ref, Status.SERVING)
            self._run(ref)

    def stop_all(self) -> None:
        """End every process. What is wanted stays as it is: a later `start` or `resume` brings them back."""
        for ref in self.refs():
            with self._lock, self._folders.turn(ref):
                self._stop(ref)

    def folder(self, ref: str) -> Path:
        return self._folders.of(ref)

    def _want(self, ref: str, status: Status) -> None:
        self._folders.save(msgspec.structs.replace(self._folders.known(ref), wanted=status))

    def log_of(self, ref: str) -> Path:
        return self.folder(ref) / model_server.CALLS_FILE

    def is_counting(self, ref: str) -> bool:
        return self._answering(ref) is not None

    def _run(self, ref: str) -> None:
        if self._answering(ref) is not None:
            return
        if (ended := self._children.get(ref)) is not None and ended.poll() is not None:
            del self._children[ref]
        lock = model_server.take_lock(self.folder(ref) / model_server.LOCK_FILE)
        if lock is not None:  # else an earlier bot's server is still starting, and will answer
            with lock:
                self._children[ref] = self._started(ref, lock)
        try:
            found = self._await_answer(ref)
        except BaseException:  # Ctrl-C, too: a child nobody waits for must not stay behind
            self._stop(ref)
            raise
        self._folders.save(msgspec.structs.replace(self._folders.known(ref), port=found.port))

    def _started(self, ref: str, lock: BinaryIO) -> subprocess.Popen[bytes]:
        """A process that holds the lock from before it exists until it is gone, whatever becomes of us meanwhile."""
        folder, port = self.folder(ref), self._folders.known(ref).port
        (folder / model_server.ADDRESS_FILE).unlink(missing_ok=True)  # would only send probes to a stranger
        options = {"name": ref, "state": folder.absolute(), "port": port, "instance": secrets.token_hex(8)}
        options |= {f"calendar-{name}": value for name, value in self._calendar._asdict().items()}
        with (folder / "server.log").open("wb") as log:
            # Its own session: Ctrl-C on the bot's terminal must not switch endpoints off.
            return subprocess.Popen(
                [sys.executable, "-m", model_server.__name__, *(f"--{k}={v}" for k, v in options.items())],
                cwd=Path(__file__).resolve().parents[2],
                env={k: v for k, v in os.environ.items() if not k.startswith(NOT_HANDED_ON)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )

    def _await_answer(self, ref: str) -> Address:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while (found := self._answering(ref)) is None:
            if time.monotonic() > deadline or not self._is_running(ref):
                log = self.folder(ref) / "server.log"
                said = log.read_text(errors="replace").strip().rpartition("\n")[2]
                raise Unavailable(f"Endpoint {ref} did not start: {said or 'no answer'}. See {log}")
            time.sleep(POLL_SECONDS)
        return found

    def _stop(self, ref: str) -> None:
        child = self._children.pop(ref, None)
        # One whose start was interrupted says its pid only once it answers.
        patience = STOP_TIMEOUT_SECONDS if child is not None else START_TIMEOUT_SECONDS
        patience_until = time.monotonic() + patience
        asked: set[int] = set()
        while self._is_running(ref):
            is_ours = (
                child is not None and child.poll() is None
            )  # not reaped, so the pid is still this child's
            found = self._answering(ref)
            pid = child.pid if child is not None and is_ours else found.pid if found is not None else None
            if pid is not None and pid not in asked:
                os.kill(pid, signal.SIGTERM)
                asked.add(pid)
            if time.monotonic() > patience_until:
                if child is None or not is_ours:
                    lock = self.folder(ref) / model_server.LOCK_FILE
                    raise Unavailable(f"Endpoint {ref} still runs. Stop whoever holds {lock}, then try again")
                child.kill()
                child.wait()
            time.sleep(POLL_SECONDS)
        if child is not None:
            child.wait()

    def _is_running(self, ref: str) -> bool:
        """Whether a process holds the lock, which the kernel frees when the process ends, however it ends."""
        return model_server.is_locked(self.folder(ref) / model_server.LOCK_FILE)

    def _answering(self, ref: str) -> Address | None:
        """The address, if the server there says that it is the one that wrote it."""
        if not self._is_running(ref):
            return None
        try:
            address = _ADDRESS.decode((self.folder(ref) / model_server.ADDRESS_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        expected = {"name": ref, "instance": address.instance, "pid": address.pid}
        return address if identity_at(address.port, _IDENTITY) == expected else None
