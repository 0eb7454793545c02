"""Ctrl-C at every line of a few functions, one line a time: the signal itself, taken where Python takes signals."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class CtrlC:
    """`seen` has each (function, line) that was interrupted so far."""

    def __init__(self, *functions: Callable[..., object]) -> None:
        self.seen: list[tuple[str, int]] = []
        self._codes: set[CodeType] = {one.__code__ for one in functions}
        self._is_pressed = False

    @property
    def functions_seen(self) -> set[str]:
        return {name for name, _ in self.seen}

    def pressed_in(self, run: Callable[[], object]) -> bool:
        """Whether there was a line not yet interrupted; the run may have ended all the same."""
        self._is_pressed = False
        sys.settrace(self._entered)
        try:
            run()
        except KeyboardInterrupt:
            assert self._is_pressed
        finally:
            sys.settrace(None)
        return self._is_pressed

    def _entered(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._at_line if frame.f_code in self._codes else None

    def _at_line(self, frame: FrameType, event: str, _: Any) -> Any:
        where = (frame.f_code.co_name, frame.f_lineno)
        if not self._is_pressed and where not in self.seen:
            self.seen.append(where)
            self._is_pressed = True
            signal.raise_signal(signal.SIGINT)
        return self._at_line
