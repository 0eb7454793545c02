"""Writes to a record until it is killed, and prints each command that was acknowledged."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command, a_timer, an_effect


def main(path: Path) -> None:
    store = SqliteStore(path, Scripted())
    for number in count():
        key = f"k{number}"
        command = a_command(
            counts=1, says=(key,), timers=(a_timer(key),), effects=(an_effect(f"effect {key}"),)
        )
        store.transact(key, f"RET-{number % 3}", command, b"", NOW)
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
