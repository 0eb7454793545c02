"""What Ctrl-C, SIGTERM and a closed terminal do to the demo: they end it once, and never in the midst of a birth."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def that_end_it() -> Iterator[None]:
    """The first of them interrupts, later ones are not heard; what they meant before is put back.

    Under nohup the terminal may be closed.
    """
    is_detached = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    heard = [number for number in SIGNALS if number is not signal.SIGHUP or not is_detached]
    before = {number: signal.signal(number, _interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def deaf_afterwards() -> Iterator[None]:
    """Ctrl-C may not keep us from ending what runs."""
    try:
        yield
    finally:
        _hear_no_more()


@contextmanager
def held_back() -> Iterator[None]:
    """A signal waits until the block is done: who starts a process has to learn which one it is."""
    if threading.current_thread() is not threading.main_thread():  # no signal interrupts it
        yield
        return
    came: list[int] = []
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for late in came:
            signal.raise_signal(late)


def _hear_no_more() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(*_: object) -> None:
    _hear_no_more()
    raise KeyboardInterrupt
