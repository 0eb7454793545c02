"""A time-stamping authority on this machine: openssl answers, over HTTP, by a certificate that its own root signed."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURED = """[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
STAMPS = "extendedKeyUsage=critical,timeStamping"

Answer = Callable[[bytes], bytes]


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)


def make_authority(folder: Path, name: str) -> None:
    """NAME-root.pem signs NAME.pem, which signs stamps."""
    (folder / "tsa.cnf").write_text(CONFIGURED)
    made = shell(
        f"new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
        f"openssl req -x509 $new -keyout {name}-root.key -out {name}-root.pem -subj /CN={name}-root\n"
        f"openssl req $new -keyout {name}.key -out {name}.csr -subj /CN={name}\n"
        f"echo '{STAMPS}' > ext\n"
        f"openssl x509 -req -in {name}.csr -CA {name}-root.pem -CAkey {name}-root.key -CAcreateserial -extfile ext "
        f"-out {name}.pem",
        folder,
    )
    assert made.returncode == 0, made.stderr


def stamp(folder: Path, name: str, asked: bytes) -> bytes:
    """The answer of this authority to a query."""
    (folder / "asked").write_bytes(asked)
    command = (
        f"openssl ts -reply -config tsa.cnf -queryfile asked -signer {name}.pem -inkey {name}.key -out answer"
    )
    assert (done := shell(command, folder)).returncode == 0, done.stderr
    return (folder / "answer").read_bytes()


@contextmanager
def serving(answer: Answer, status: int = 200) -> Iterator[str]:
    """Answers whatever is posted; yields its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", said.decode())
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
