"""Ctrl-C while the demo's first part is born: it is always known, and so ended."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from bot.demo import signals
from tests.interrupting import CtrlC


def children() -> set[int]:
    return {one.pid for one in psutil.Process().children()}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what an interrupt left open, Python closes
def test_who_starts_a_process_learns_which_one_at_whatever_line_ctrl_c_comes() -> None:
    born: list[subprocess.Popen[bytes]] = []

    def give_birth() -> None:
        with signals.held_back():
            born.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

    executing = subprocess.Popen._execute_child  # type: ignore[attr-defined]
    keys = CtrlC(give_birth, subprocess.Popen.__init__, executing)
    before = {number: signal.getsignal(number) for number in signals.SIGNALS}
    of_others = children()

    while keys.pressed_in(give_birth):
        assert children() - of_others == {one.pid for one in born}, f"interrupted at {keys.seen[-1]}"
        assert {number: signal.getsignal(number) for number in signals.SIGNALS} == before
        while born:
            with born.pop() as child:
                child.kill()

    with born.pop() as child:
        child.kill()
    assert keys.functions_seen == {"give_birth", "__init__", "_execute_child"}


def test_the_first_ctrl_c_ends_it_and_later_ones_are_not_heard() -> None:
    before = {number: signal.getsignal(number) for number in signals.SIGNALS}
    with signals.that_end_it():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        for number in signals.SIGNALS:
            signal.raise_signal(number)
    assert {number: signal.getsignal(number) for number in signals.SIGNALS} == before
