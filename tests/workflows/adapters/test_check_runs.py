"""Checks of consumers are run for real: addresses of a server on this machine, and commands."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.printable import uncoloured, without_secrets_in
from data.records.checks import Check, CheckEnd, OwnChecks
from workflows.adapters.check_hosts import _is_special, allows, connected
from workflows.adapters.check_logs import Log
from workflows.adapters.check_runs import CheckRuns
from workflows.checks import Ran

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/fine": (200, {}, b"all 42 rows scored"),
    "/passes": (200, {}, b'{"status": "pass"}'),
    "/fails": (200, {}, b'{"status": "fail", "output": "12 rows differ"}'),
    "/skips": (200, {}, b'{"status": "Skipped"}'),
    "/broken": (503, {}, b"no features"),
    "/elsewhere": (302, {"Location": "http://169.254.169.254/latest"}, b""),
    "/number": (200, {}, b'{"status": 503}'),
    "/nothing": (200, {}, b'{"status": null}'),
    "/list": (200, {}, b'{"status": ["fail"]}'),
    "/large-number": (200, {}, b'{"status": "fail", "n": ' + b"9" * 5_000 + b"}"),
    "/bytes": (200, {}, b'{"status": "fail", "x": "\xff"}'),
    "/case": (200, {}, b'{"Status": "DOWN"}'),
    "/marked": (200, {}, b'\xef\xbb\xbf{"status": "fail"}'),
    "/packed": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    "/packed-twice": (200, {"Content-Encoding": "identity, gzip / gzip"}, b"\x1f\x8b"),
    "/packed-untold": (200, {}, b"\x1f\x8b\x08"),
    "/in-pieces": (200, {"Transfer-Encoding": "gzip, chunked"}, b"0\r\n\r\n"),
    "/wide": (200, {}, '{"status": "fail"}'.encode("utf-16")),
    "/wide-unmarked": (200, {}, '{"status": "fail"}'.encode("utf-16-be")),
    "/twice": (200, {}, b'{"status": "fail", "status": "pass"}'),
    "/several": (200, {}, b'[{"status": "pass"}, {"status": "fail"}]'),
    "/several-pass": (200, {}, b'[{"status": "pass"}, {"status": "ok"}]'),
    "/half-a-list": (200, {}, b'[{"status": "pass"},'),
    "/one-word": (200, {}, b'"fail"\n'),
    "/no": (200, {}, b"false"),
    "/brackets": (200, {}, b"[INFO] 42 rows"),
    "/less-than-nothing": (200, {"Content-Length": "-5"}, b'{"status": "fail"}'),
    "/other-json": (200, {}, b'{"rows": 42}'),
    "/large": (200, {}, b"x" * 1_100_000),
}

GREETINGS = 60


class _Health(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/trickles":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b".")
                threading.Event().wait(0.1)
            return
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            """Whoever asked has hung up."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Health)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def never() -> bool:
    return False


def run(check: Check, *, hosts: tuple[str, ...] = ("127.0.0.1",), file: str = "") -> Ran | None:
    own = OwnChecks(hosts=hosts, file=file)
    return CheckRuns(own=own).run(check, {"EMERITUS_CHECK": check.name}, never)


def asks(url: str, **more: object) -> Check:
    return Check(name="scoring", url=url, **more)  # type: ignore[arg-type]


def runs(*words: str, **more: object) -> Check:
    return Check(name="scoring", command=(sys.executable, "-c", *words), is_own=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "end", "why", "log"),
    [
        ("/fine", CheckEnd.PASSED, "", "all 42 rows scored"),
        ("/passes", CheckEnd.PASSED, "", '{"status": "pass"}'),
        ("/fails", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/skips", CheckEnd.SKIPPED, 'its answer says "status": "skipped"', None),
        ("/broken", CheckEnd.FAILED, "HTTP 503", "no features"),
        (
            "/elsewhere",
            CheckEnd.FAILED,
            "HTTP 302 leads elsewhere, and nobody is followed: name the address that answers",
            "",
        ),
        ("/number", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/nothing", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/list", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/large-number", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/bytes", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/case", CheckEnd.FAILED, 'its answer says "status": "down"', None),
        ("/marked", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/packed", CheckEnd.NOT_RUN, "its answer is packed (gzip), which nobody asked for", None),
        (
            "/packed-twice",
            CheckEnd.NOT_RUN,
            "its answer is packed (?), which nobody asked for",
            None,
        ),
        ("/packed-untold", CheckEnd.NOT_RUN, "its answer is packed (gzip), which nobody asked for", None),
        ("/in-pieces", CheckEnd.NOT_RUN, "its answer is packed (gzip), which nobody asked for", None),
        ("/wide", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/wide-unmarked", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/twice", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/several", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/several-pass", CheckEnd.PASSED, "", None),
        ("/half-a-list", CheckEnd.FAILED, 'its answer says another "status"', None),
        ("/one-word", CheckEnd.FAILED, 'its answer says "status": "fail"', None),
        ("/no", CheckEnd.FAILED, 'its answer says "status": "false"', None),
        ("/brackets", CheckEnd.PASSED, "", None),
        ("/less-than-nothing", CheckEnd.NOT_RUN, "it does not answer (ValueError)", None),
        ("/other-json", CheckEnd.PASSED, "", '{"rows": 42}'),
        ("/large", CheckEnd.NOT_RUN, "its answer is larger than 1,048,576 bytes", None),
    ],
)
def test_an_address_passes_by_what_it_answers(served, path, end, why, log):
    ran = run(asks(f"{served}{path}"))
    assert ran is not None
    assert (ran.end, ran.why) == (end, why)
    assert log is None or ran.log == log


@pytest.mark.parametrize(
    ("url", "hosts", "why"),
    [
        pytest.param(
            "https://ci.example.com/score",
            (),
            'catalogs may not have ci.example.com asked: add "ci.example.com" to hosts in the file EMERITUS_',
            id="not allowed",
        ),
        pytest.param(
            "http://2130706433/",
            ("2130706433",),
            "2130706433 is this machine, or one that only it can reach: name its number instead",
            id="this machine in disguise",
        ),
        pytest.param(
            "http://none.invalid/",
            ("none.invalid",),
            "none.invalid is not found",
            id="not found",
        ),
        pytest.param(
            "http://127.0.0.1:9/", ("127.0.0.1:9",), "it does not answer (Connection refused)", id="shut"
        ),
    ],
)
def test_what_may_not_be_asked_or_does_not_answer_could_not_be_run(url, hosts, why):
    ran = run(asks(url), hosts=hosts)
    assert ran is not None
    assert ran.end is CheckEnd.NOT_RUN
    assert ran.why.startswith(why)


@pytest.mark.parametrize(
    ("hosts", "is_allowed"),
    [
        (("ci.example.com",), True),
        (("CI.example.com:8443",), True),
        (("ci.example.com:443",), False),
        (("example.com",), False),
    ],
)
def test_a_host_is_allowed_by_its_exact_name_with_or_without_its_port(hosts, is_allowed):
    assert allows(hosts, "ci.example.com", 8443) is is_allowed


def test_the_operators_own_address_need_not_be_allowed_to_catalogs(served):
    ran = run(asks(f"{served}/fine", is_own=True), hosts=())
    assert ran is not None
    assert ran.end is CheckEnd.PASSED


def test_who_trickles_is_not_waited_for_without_end(served):
    ran = run(asks(f"{served}/trickles", timeout_seconds=1))
    assert ran == Ran(end=CheckEnd.NOT_RUN, why="it did not answer within 1 s")


def test_who_trickles_before_anything_is_encrypted_is_not_waited_for_either():
    with socket.create_server(("127.0.0.1", 0)) as server:
        sent: list[bytes] = []
        thread = threading.Thread(target=_trickles_a_greeting, args=(server, sent))
        thread.start()
        ran = run(asks(f"https://127.0.0.1:{server.getsockname()[1]}/", timeout_seconds=1))
        assert ran == Ran(end=CheckEnd.NOT_RUN, why="it did not answer within 1 s")
        thread.join()
    assert len(sent) < GREETINGS, "the line was cut while it went on"


def _trickles_a_greeting(server: socket.socket, sent: list[bytes]) -> None:
    """A record of TLS that is long in coming."""
    line, _ = server.accept()
    with line, suppress(OSError):
        line.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(GREETINGS):
            line.sendall(b"\x02")
            sent.append(b"\x02")
            threading.Event().wait(0.1)


@pytest.mark.parametrize(
    ("said", "end", "why"),
    [
        ("print('42 rows')", CheckEnd.PASSED, ""),
        ("print('42 rows'); raise SystemExit(1)", CheckEnd.FAILED, "exit code 1"),
        ("print('42 rows'); raise SystemExit(77)", CheckEnd.SKIPPED, "exit code 77 says so"),
        (
            "import os; print('42 rows', flush=True); os.kill(os.getpid(), 9)",
            CheckEnd.FAILED,
            "ended by signal 9",
        ),
    ],
)
def test_a_command_passes_by_its_exit_code(said, end, why):
    assert run(runs(said)) == Ran(end=end, why=why, log="42 rows\n")


def test_a_command_that_does_not_end_in_its_time_failed_and_ends_with_all_it_started():
    begins = "import signal, subprocess; left = subprocess.Popen(['tail', '-f', '/dev/null'])"
    ran = run(runs(f"{begins}; print(left.pid, flush=True); signal.pause()", timeout_seconds=1))
    assert ran is not None
    assert (ran.end, ran.why) == (CheckEnd.FAILED, "it did not end within 1 s")
    assert has_ended(int(ran.log))


def has_ended(pid: int) -> bool:
    """A process of somebody else's, or soon."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(process, "rb") as there:
        return bool(select.select([there], [], [], 5.0)[0])


def test_a_command_that_leaves_somebody_behind_who_holds_its_output_is_over_all_the_same():
    child = "subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])"
    said = f"import subprocess, sys; {child}; print('done')"
    assert run(runs(said)) == Ran(end=CheckEnd.PASSED, log="done\n")


def test_a_command_knows_of_us_what_it_has_to_and_reads_no_shell(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    said = "import os, sys; print(sorted(os.environ), os.getcwd(), sys.argv[1:])"
    ran = run(runs(said, "$HOME; rm -rf x"), file=str(tmp_path / "checks.toml"))
    assert ran is not None
    names, _, rest = ran.log.partition("] ")
    assert set(names[1:].replace("'", "").split(", ")) <= {"EMERITUS_CHECK", "LANG", "LC_CTYPE", "PATH"}
    assert rest == f"{tmp_path} ['$HOME; rm -rf x']\n"


def test_a_command_that_is_not_there_could_not_be_run():
    ran = run(Check(name="scoring", command=("no-such-program",), is_own=True))
    assert ran == Ran(end=CheckEnd.NOT_RUN, why="its command cannot be started: No such file or directory")


def test_of_very_much_output_the_beginning_and_the_end_are_kept():
    ran = run(runs("print('first'); print('x' * 1_000_000); print('last')"))
    assert ran is not None
    assert ran.log.startswith("first\nxxx")
    assert "x\n... 995,012 bytes are left out ...\nx" in ran.log
    assert ran.log.endswith("xxx\nlast\n")


ROW = "row ok\n"
KEY = "-----BEGIN PRIVATE KEY-----\n" + "KEYBODY\n" * 300 + "-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(f"{ROW * 600}{KEY}{ROW * 450}fine", id="a key"),
        *(
            pytest.param(f"{'b ' * 9_000}--password{cut}{'c ' * 1_980}fine", id=cut)
            for cut in (' "correct horse KEYBODY battery" ', " 'a KEYBODY' ", " KEYBODY ", "= KEYBODY ")
        ),
    ],
)
def test_what_is_cut_out_leaves_no_secret_without_what_calls_it_one(said: str):
    for more in range(60):
        log = Log()
        log.add((said[:-4] + "." * more + "fine").encode())
        shown = without_secrets_in(log.text())
        assert "KEYBODY" not in shown
        assert shown.endswith("fine")


def test_a_byte_that_a_terminal_of_eight_bits_obeys_is_read_as_its_order():
    log = Log()
    log.add(b"token\x9b0m=abc \xff")
    assert uncoloured(log.text()) == "token=abc \ufffd"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at 127.0.0.1 that takes no connection and refuses none: as many wait as may."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for one in waiting:
            one.close()


def test_a_silent_address_leaves_the_next_one_time_to_answer(silent: int):
    with (
        socket.create_server(("127.0.0.2", silent)),
        connected(("127.0.0.1", "127.0.0.2"), silent, 1, never) as line,
    ):
        assert line.getpeername() == ("127.0.0.2", silent)


def test_connecting_ends_when_emeritus_stops(silent: int):
    looks = iter([False, False, True, True])
    with pytest.raises(TimeoutError):
        connected(("127.0.0.1", "127.0.0.1"), silent, 60, lambda: next(looks))


@pytest.mark.parametrize(
    ("address", "is_asked"),
    [
        *((one, False) for one in ("0.0.0.1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::a9fe:a9fe")),
        *((one, False) for one in ("64:ff9b::7f00:1", "2001:0:a9fe:a9fe::", "fd00:ec2::23", "2002:7f00:1::")),
        *((one, False) for one in ("fe80::1%eth0", "::1", "::")),
        *((one, True) for one in ("10.1.2.3", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822")),
    ],
)
def test_no_name_leads_to_this_machine_or_to_where_clouds_keep_secrets(address: str, is_asked: bool):
    assert _is_special(address) is not is_asked


def test_what_refuses_is_told_as_that():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        connected(("127.0.0.1",), port, 1, never)


def test_what_is_stopped_is_not_over(served):
    stopping = threading.Event()
    for check in (runs("import signal; signal.pause()"), asks(f"{served}/trickles")):
        stopping.clear()
        threading.Timer(0.3, stopping.set).start()
        assert CheckRuns(own=OwnChecks(hosts=("127.0.0.1",))).run(check, {}, stopping.is_set) is None
