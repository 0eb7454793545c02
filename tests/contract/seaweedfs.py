"""A real S3 for the tests: SeaweedFS, one server for all workers of a session, started by whoever asks first.

It ends with the process that leads the session, whatever becomes of that: somebody waits for it to be gone.
`python -m tests.contract.seaweedfs FOLDER PID` is that somebody.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import boto3
import psutil
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

ACCESS_KEY = SECRET_KEY = "test"
"""As other AWS of the tests have it: boto3 keeps the first ones it finds for as long as a process lives."""
KMS_KEY = "test-key"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
READY_SECONDS_MAX, LOOK_SECONDS = 30, 0.05
NOT_READY = (500, 502, 503, 504)
_PORTS = ("master", "volume", "filer", "s3", "admin")


class Server:
    """`url` answers once this is made. `folder` has its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        config = {
            "identities": [
                {
                    "name": "tests",
                    "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                }
            ],
            "kms": {
                "default_provider": "local",
                "providers": {"local": {"type": "local", "enableOnDemandCreate": True}},
            },
        }
        (folder / "s3.json").write_text(json.dumps(config))
        ports = free_ports(2 * len(_PORTS))
        self._arguments = [
            str(Path(sys.executable).with_name("weed")),
            "mini",
            f"-dir={folder}/data",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-s3.config={folder}/s3.json",
            *("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            "-master.telemetry=false",
            *(f"-{name}.port={ports[number]}" for number, name in enumerate(_PORTS)),
            *(f"-{name}.port.grpc={ports[len(_PORTS) + number]}" for number, name in enumerate(_PORTS)),
        ]
        self.url = f"http://127.0.0.1:{ports[_PORTS.index('s3')]}"
        self._process = self._started()

    def restart(self) -> None:
        """Its keys are in its memory: what they encrypted is lost by that."""
        self.stop()
        self._process = self._started()

    def stop(self) -> None:
        """At once: what it keeps goes with its folder."""
        self._process.kill()
        self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(self._arguments, cwd=self.folder, stdout=log, stderr=log)
        tries = int(READY_SECONDS_MAX / LOOK_SECONDS)
        patient = Retry(tries, backoff_factor=1, backoff_max=LOOK_SECONDS, status_forcelist=NOT_READY)
        try:
            urllib3.request("GET", self.url, retries=patient, timeout=READY_SECONDS_MAX)
            a_client(self.url).list_buckets()
        except (HTTPError, BotoCoreError, ClientError) as error:
            process.kill()
            said = (self.folder / "log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"{error}: {said}") from error
        return process


def a_client(url: str):  # type: ignore[no-untyped-def]
    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name="eu-central-1",
        config=Config(
            retries={"total_max_attempts": 1},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def put(client, bucket: str, key: str, body: bytes) -> None:  # type: ignore[no-untyped-def]
    """As anybody would who wants to be taken for us."""
    checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    client.put_object(Bucket=bucket, Key=key, Body=body, ChecksumSHA256=checksum)


def shared(session_folder: Path, leader: int) -> tuple[str, Path]:
    """Where the server of this session answers, and where it keeps its data. The first who asks starts it."""
    told = session_folder / "seaweedfs.json"
    with (session_folder / "seaweedfs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            folder = tempfile.mkdtemp(prefix="weed-")
            command = [sys.executable, "-m", "tests.contract.seaweedfs", folder, str(leader)]
            watcher = subprocess.Popen(
                command, stdout=subprocess.PIPE, start_new_session=True, cwd=Path(__file__).parents[2]
            )
            assert watcher.stdout is not None
            url = watcher.stdout.readline().decode().strip()
            watcher.stdout.close()
            watcher.returncode = 0  # it outlives this worker, so nobody waits for it here
            assert url, f"SeaweedFS did not start in {folder}"
            told.write_text(json.dumps({"url": url, "folder": folder}))
        found = json.loads(told.read_text())
        return found["url"], Path(found["folder"])


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _watch(folder: Path, leader: int) -> None:
    try:
        server = Server(folder)
        try:
            os.write(sys.stdout.fileno(), f"{server.url}\n".encode())
            psutil.wait_procs([psutil.Process(leader)])
        except psutil.NoSuchProcess:
            pass
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]), int(sys.argv[2]))
