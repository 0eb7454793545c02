"""Do the commands of bot/README.md stamp a checkpoint and check it? A real authority of openssl answers here."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from data.log.checkpoints import Head
from tests.contract.test_store_log import SIGNER

PAGE = Path(__file__).parents[3] / "bot/README.md"
ASK, VERIFY = "https://tsa.example.com", "openssl ts -verify "
AUTHORITY = """[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""

pytestmark = pytest.mark.long
"""It takes openssl and curl, which .ci/run installs."""


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)


def make_certificate(folder: Path, name: str) -> None:
    made = shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        f"-keyout {name}.key -out {name}.pem -subj /CN={name} -addext extendedKeyUsage=critical,timeStamping",
        folder,
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "tsa.cnf").write_text(AUTHORITY)
    make_certificate(tmp_path, "tsa")

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            (tmp_path / "asked").write_bytes(query)
            command = "openssl ts -reply -config tsa.cnf -queryfile asked -signer tsa.pem -inkey tsa.key -out answer"
            assert shell(command, tmp_path).returncode == 0
            answer = (tmp_path / "answer").read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_page_s_commands_take_a_stamp_and_refuse_any_other(tmp_path: Path, authority: str) -> None:
    found = re.search(r"```console\n(openssl ts -query.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    (tmp_path / "checkpoint").write_text(SIGNER.sign(Head(SIGNER.public.name, 9, bytes(32))))
    done = shell(found[1].replace(ASK, authority), tmp_path)
    verify = next(line for line in found[1].splitlines() if line.startswith(VERIFY))

    assert done.returncode == 0, done.stderr
    assert "Verification: OK" in done.stdout
    assert "Time stamp: " in done.stdout
    make_certificate(tmp_path, "other")
    (tmp_path / "later").write_text(SIGNER.sign(Head(SIGNER.public.name, 10, bytes(32))))
    stamp = (tmp_path / "checkpoint.tsr").read_bytes()
    (tmp_path / "altered.tsr").write_bytes(stamp[:-1] + bytes([stamp[-1] ^ 1]))
    for changed in (
        verify.replace("-data checkpoint", "-data later"),
        verify.replace("checkpoint.tsr", "altered.tsr"),
        verify.replace("tsa.pem", "other.pem"),
    ):
        assert shell(changed, tmp_path).returncode == 1, changed
