"""A commit as files to archive: what it is, and all of its history as a git bundle where the repository can be had.

Only `git+https://HOST/PATH@COMMIT` and `git+file:///PATH@COMMIT` are read; over HTTPS only from hosts the operator
allows, without asking anybody for a password and without following anybody elsewhere. Safe to call twice: nothing is
changed, and one commit gives one bundle, however somebody had packed the repository (by one version of git: another
one may pack otherwise, which then is another content). A branch is refused, as it is another commit tomorrow.
Source: git-scm.com/docs/git-bundle, git-scm.com/docs/git-config (protocol.allow, GIT_ALLOW_PROTOCOL in git(1))
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from weakref import WeakValueDictionary, finalize

import msgspec

from data.archive.elsewhere import Elsewhere, may_point, pointed
from data.archive.fixity import CHUNK_BYTES
from data.archive.manifest import sha256_id
from data.archive.pieces import BUNDLE_FILE, COMMIT_FILE, text_of
from data.archive.results import PayloadFile
from data.errors import Invalid, Problem
from data.records.artifacts import ArtifactClass, Reference
from workflows.adapters.check_hosts import allows, port_of

SECONDS_MAX = 600.0
"""For all of it: some gigabytes over a usual line."""
PATH = "/usr/local/bin:/usr/bin:/bin"
BRANCH = "refs/heads/archived"
TREE = ("ls-tree", "-r", "-l", "-z", "--full-tree", BRANCH)
_REACHED_BY = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
"""What of our environment says how the network is reached, and nothing of who we are."""
_URI = re.compile(r"git\+(?P<repository>(?:https|file)://[^\s@?#\\]+)@(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})")
_ACCEPTED = "git+https://HOST/PATH@COMMIT or git+file:///PATH@COMMIT, with the commit in full"


class _Had:
    """What was had of a commit; `bundle` is None where nothing could be had. It goes with its last reader.

    elsewhere   what the commit names and its repository does not hold
    """

    def __init__(self, bundle: BinaryIO | None, elsewhere: tuple[Elsewhere, ...] = ()) -> None:
        self.bundle, self.elsewhere = bundle, elsewhere
        self.size_bytes = os.fstat(bundle.fileno()).st_size if bundle else 0
        if bundle is not None:
            finalize(self, bundle.close)

    def chunks(self) -> Iterator[bytes]:
        assert self.bundle is not None
        at = 0
        while chunk := os.pread(self.bundle.fileno(), CHUNK_BYTES, at):
            at += len(chunk)
            yield chunk


class GitSources:
    """`hosts`: those that may be asked; `is_private`: says of a local path that it is nobody's artifact."""

    def __init__(
        self,
        *,
        hosts: Sequence[str] = (),
        is_private: Callable[[Path], bool] = lambda _: False,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        self._hosts = hosts
        self._is_private = is_private
        self._seconds_max = seconds_max
        self._having: WeakValueDictionary[str, _Had] = WeakValueDictionary()

    def files(self, uri: str) -> tuple[PayloadFile, ...]:
        """Listed twice while the first list is kept, it is had once."""
        repository, commit = _parsed(uri)
        had = self._having.get(uri)
        if had is None:
            had = self._having[uri] = self._had(repository, commit)
        told = _told(repository, commit, had.elsewhere)
        listed = _file(COMMIT_FILE, len(told), lambda: iter([told]), told, had)
        files = (replace(listed, elsewhere=had.elsewhere),)
        if had.bundle is None:
            return files
        return (*files, _file(BUNDLE_FILE, had.size_bytes, had.chunks, commit.encode(), had))

    def left(self, uri: str) -> tuple[PayloadFile, ...]:
        """What may have been archived of it. A commit never changes, so nobody is asked."""
        repository, commit = _parsed(uri)
        told, had = _told(repository, commit), _Had(None)
        return (
            _file(COMMIT_FILE, len(told), lambda: iter([told]), told, had),
            _file(BUNDLE_FILE, 0, lambda: iter(()), commit.encode(), had),
        )

    def _had(self, repository: str, commit: str) -> _Had:
        url = urlsplit(repository)
        if url.scheme == "https":
            try:
                is_allowed = bool(url.hostname) and allows(self._hosts, url.hostname or "", port_of(url))
            except ValueError:  # its port is none
                is_allowed = False
            if not is_allowed:
                return _Had(None)
        elif url.netloc not in ("", "localhost") or self._is_private(Path(unquote(url.path)).resolve()):
            return _Had(None)
        else:
            # git reads what is behind the strokes as it stands, without %20.
            repository = f"file://{unquote(url.path)}"
        with TemporaryDirectory(prefix="emeritus-git-") as folder:
            return _bundled(repository, commit, Path(folder), self._seconds_max) or _Had(None)


def _parsed(uri: str) -> tuple[str, str]:
    found = _URI.fullmatch(uri)
    if found is None:
        raise Invalid([Problem(field="artifact", value=repr(uri), accepted=_ACCEPTED)])
    return found["repository"], found["commit"]


def _told(repository: str, commit: str, elsewhere: Sequence[Elsewhere] = ()) -> bytes:
    reference = Reference(of=ArtifactClass.CODE, what="git commit", where=repository, version=commit)
    told = msgspec.to_builtins(reference)
    return text_of({**told, "elsewhere": msgspec.to_builtins(elsewhere)} if elsewhere else told)


def _file(
    path: str, size_bytes: int, chunks: Callable[[], Iterator[bytes]], content: bytes, had: _Had
) -> PayloadFile:
    def recheck(_had: _Had = had) -> None:
        """Holds on to what was had for as long as the file is listed."""

    return PayloadFile(
        path=path,
        size_bytes=size_bytes,
        chunks=chunks,
        recheck=recheck,
        mark=sha256_id(content),
        is_fixed=True,
    )


def _bundled(repository: str, commit: str, folder: Path, seconds_max: float) -> _Had | None:
    """The bundle, which has no name any more; None where git does not come to one."""
    home, bare, made = folder / "home", folder / "repository.git", folder / BUNDLE_FILE
    home.mkdir()
    environ = {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_ALLOW_PROTOCOL": "https:file",
        **{name: os.environ[name] for name in _REACHED_BY if name in os.environ},
    }
    kind = "sha1" if len(commit) == 40 else "sha256"
    calm = ("-c", "http.followRedirects=false", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0")
    # By one thread, and nothing as somebody else had packed it: then the same commit is the same bytes.
    same = ("-c", "pack.threads=1")
    into, quiet = (
        ("--git-dir", str(bare)),
        ("-q", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"),
    )
    steps = (
        ("init", "-q", "--bare", "--template=", f"--object-format={kind}", str(bare)),
        (*into, *calm, "fetch", *quiet, "--", repository, f"{commit}:{BRANCH}"),
        (*into, *same, "repack", "-q", "-a", "-d", "-F", "-n", "--window=10", "--depth=50"),
        (*into, *same, "bundle", "create", "-q", str(made), BRANCH),
    )
    ends = monotonic() + seconds_max

    def run(
        step: Sequence[str],
        given: int | BinaryIO = subprocess.DEVNULL,
        said: int | BinaryIO = subprocess.DEVNULL,
    ) -> bool:
        return _git(step, environ, folder, max(0.0, ends - monotonic()), given=given, said=said)

    if not all(run(step) for step in steps):
        return None
    with (
        TemporaryFile(dir=folder) as tree,
        TemporaryFile(dir=folder) as asked,
        TemporaryFile(dir=folder) as contents,
    ):
        if not run((*into, *TREE), said=tree):
            return None
        tree.seek(0)
        submodules, small = _listed(tree.read())
        asked.write("".join(f"{blob}\n" for blob, _ in small).encode())
        asked.seek(0)
        if not run((*into, "cat-file", "--batch"), asked, contents):
            return None
        contents.seek(0)
        elsewhere = sorted([*submodules, *_pointers(small, contents)], key=str)
    return _Had(made.open("rb", buffering=0), tuple(elsewhere))


def _listed(tree: bytes) -> tuple[list[Elsewhere], list[tuple[str, str]]]:
    """The submodules of a tree, and by blob and path what is short enough to be a pointer."""
    submodules, small = [], []
    for line in filter(None, tree.split(b"\0")):
        about, _, name = line.partition(b"\t")
        mode, _, digest, size = about.decode().split()
        path = name.decode(errors="replace")
        if mode == "160000":
            submodules.append(Elsewhere(path=path, what="submodule", version=digest))
        elif size.isdigit() and may_point(int(size)):
            small.append((digest, path))
    return submodules, small


def _pointers(small: Sequence[tuple[str, str]], contents: BinaryIO) -> Iterator[Elsewhere]:
    for _, path in small:
        size = int(contents.readline().split()[2])
        content = contents.read(size + 1)
        if found := pointed(path, content):
            yield found


def _git(
    step: Sequence[str],
    environ: Mapping[str, str],
    folder: Path,
    seconds_max: float,
    *,
    given: int | BinaryIO,
    said: int | BinaryIO,
) -> bool:
    """Did it end well in time? With it ends whatever it started."""
    try:
        process = subprocess.Popen(
            ("git", *step),
            cwd=folder,
            env=dict(environ),
            stdin=given,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:  # there is no git here
        return False
    try:
        return process.wait(seconds_max) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
