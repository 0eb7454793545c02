"""What does an embedded endpoint run? One small process: a logistic regression behind POST /predict.

Standard library only, so that it starts fast. Whoever starts it hands on the lock that says it runs. Every call
is in the call log before it is answered, and a call that cannot be logged is refused: the meter may say "no calls"
only because it saw them all. Switched off means that this process is gone; there is no disabled mode to forget.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import math
import os
import secrets
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from workflows.adapters.call_log import BEAT_SECONDS, EPOCH, CallLog
from workflows.adapters.caller_names import ANONYMOUS, HEADER, MIRRORED, SHOWN_MAX, caller_of, how_it_came

ADDRESS_FILE, CALLS_FILE, WEIGHTS_FILE, LOCK_FILE = "address.json", "calls.db", "weights.json", "running.lock"
BODY_BYTES_MAX = 64 * 1024
READ_TIMEOUT_SECONDS = 10
LOCK_ATTEMPTS_MAX = 10


class Calendar(NamedTuple):
    """Which instant is it when a day may take seconds: `origin` was at wall second `epoch`."""

    origin: datetime = EPOCH
    epoch: float = 0.0
    speed: float = 1.0

    def at(self, wall_seconds: float) -> datetime:
        return self.origin + timedelta(seconds=(wall_seconds - self.epoch) * self.speed)


class LogisticRegression(NamedTuple):
    """A feature that is not given counts as zero; one the model never learned is an error, not noise."""

    intercept: float
    coefficients: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> LogisticRegression:
        """Raises OSError when unreadable and ValueError when it is not a logistic regression."""
        raw = json.loads(path.read_bytes())
        if not isinstance(raw, dict) or not isinstance(raw.get("coefficients"), dict):
            raise ValueError("expected an object with intercept and coefficients")  # noqa: TRY004 (bad content)
        coefficients = {name: _number(name, value) for name, value in raw["coefficients"].items()}
        return cls(_number("intercept", raw.get("intercept")), coefficients)

    def predict(self, features: Any) -> float:
        """ValueError says what is wrong with the features."""
        if not isinstance(features, dict):
            raise ValueError("expected a JSON object of feature -> number")  # noqa: TRY004 (bad content)
        if unknown := sorted(set(features) - set(self.coefficients)):
            raise ValueError(f"unknown features {', '.join(unknown)}; known: {', '.join(self.coefficients)}")
        score = self.intercept
        for name, value in features.items():
            score += self.coefficients[name] * _number(name, value)
        return 0.5 * (1.0 + math.tanh(score / 2.0))  # the logistic function, in the form that cannot overflow


def _number(name: str, value: object) -> float:
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:  # an integer may have more digits than a float can be large
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} is {repr(value)[:SHOWN_MAX]}: expected a finite number")
    return number


def write_atomically(path: Path, content: bytes) -> None:
    """Either the old content or the new one is there, whenever somebody looks or the process dies."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def take_lock(path: Path) -> BinaryIO | None:
    """The sure sign that an endpoint is on: handed to its process at birth, and held until that is gone, hung or not.

    None if taken. Retried, because whoever looks whether it runs holds the lock for the instant of looking.
    """
    file = path.open("ab")
    for _ in range(LOCK_ATTEMPTS_MAX):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return file
    file.close()
    return None


def is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class ModelServer(ThreadingHTTPServer):
    request_queue_size = 128
    """Who comes while five others wait, as the library has it, would be tried again by the kernel a second later."""

    def __init__(
        self,
        port: int,
        *,
        name: str,
        instance: str,
        model: LogisticRegression,
        log: CallLog,
        calendar: Calendar,
    ) -> None:
        self.identity = {"name": name, "instance": instance, "pid": os.getpid()}
        self.model, self.log, self.calendar = model, log, calendar
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    server: ModelServer
    timeout = READ_TIMEOUT_SECONDS

    def do_GET(self) -> None:
        if self.path == "/identity":
            self._answer(200, self.server.identity)
        else:
            self._answer(404, {"error": "this server knows GET /identity and POST /predict"})

    def do_POST(self) -> None:
        if self.path != "/predict":
            return self._answer(404, {"error": "this server knows GET /identity and POST /predict"})
        caller = caller_of(self.headers.get(HEADER, ""))
        came = how_it_came(", ".join(self.headers.get_all("Via", [])), self.headers.get(MIRRORED, ""))
        try:
            self.server.log.record(caller or ANONYMOUS, self.server.calendar.at(time.time()), came)
        except sqlite3.Error as error:
            return self._answer(
                503, {"error": f"the call log cannot be written, so nothing is served: {error}"}
            )
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            return self._answer(413, {"error": f"Content-Length {length}: at most {BODY_BYTES_MAX} bytes"})
        try:
            probability = self.server.model.predict(json.loads(self.rfile.read(int(length)) or b"{}"))
        except ValueError as error:
            return self._answer(400, {"error": str(error)})
        except RecursionError:
            return self._answer(
                400, {"error": "nested too deeply: expected a JSON object of feature -> number"}
            )
        return self._answer(
            200, {"model": self.server.identity["name"], "probability": round(probability, 6)}
        )

    def _answer(self, status: int, body: Mapping[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited)
        """Silent: the call log is the record."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="model_server", description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument(
        "--state", required=True, type=Path, help="folder with weights.json; gets calls.db, address.json"
    )
    parser.add_argument("--port", type=int, default=0, help="taken if free, else any")
    parser.add_argument(
        "--instance", default=secrets.token_hex(8), help="what /identity says, so nobody is mistaken"
    )
    parser.add_argument("--calendar-origin", type=datetime.fromisoformat, default=EPOCH)
    parser.add_argument("--calendar-epoch", type=float, default=0.0, help="wall seconds at the origin")
    parser.add_argument("--calendar-speed", type=float, default=1.0)
    given = parser.parse_args(arguments)

    calendar = Calendar(given.calendar_origin, given.calendar_epoch, given.calendar_speed)
    model = LogisticRegression.read(given.state / WEIGHTS_FILE)
    log = CallLog(given.state / CALLS_FILE, calendar.at(time.time()))

    def bind(port: int) -> ModelServer:
        return ModelServer(
            port, name=given.name, instance=given.instance, model=model, log=log, calendar=calendar
        )

    try:
        server = bind(given.port)
    except OSError:
        server = bind(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = {**server.identity, "port": server.server_port}
    write_atomically(given.state / ADDRESS_FILE, json.dumps(address).encode())
    threading.Thread(target=beat, args=(log, calendar), daemon=True).start()
    with server:
        try:
            server.serve_forever(poll_interval=0.1)
        finally:
            log.live(calendar.at(time.time()))


def beat(log: CallLog, calendar: Calendar) -> None:
    """Signs of life, for whoever asks later when this ran."""
    last = time.time()
    while True:
        time.sleep(BEAT_SECONDS)
        now = time.time()
        with suppress(sqlite3.Error):
            log.beat(calendar.at(now), seconds_since=now - last)
            last = now


if __name__ == "__main__":
    main()
