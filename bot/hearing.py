"""Did another process leave work? Heard at once where the database can say so, and found by looking otherwise.

A hint and nothing more: the dispatcher looks at the record at every due time and three times a minute anyway, so a
connection that is lost, or says nothing, costs seconds and never a message.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from data.errors import EmeritusError

log = logging.getLogger(__name__)

LISTEN_SECONDS = 1.0  # how long a stop may have to wait
RETRY_SECONDS = 1.0


class Hearing:
    """`wait_hint` is the store's; `wake` rings the dispatcher's bell."""

    def __init__(
        self,
        wait_hint: Callable[[float], bool],
        wake: Callable[[], None],
        *,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._wait_hint, self._wake, self._retry_seconds = wait_hint, wake, retry_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()

    def _run(self) -> None:
        is_deaf = False
        while not self._ending.is_set():
            try:
                if self._wait_hint(LISTEN_SECONDS):
                    self._wake()
                if is_deaf:
                    log.warning("other processes are heard again")
                is_deaf = False
            except EmeritusError as error:
                if not is_deaf and not self._ending.is_set():
                    log.warning("other processes are not heard, and looked after instead: %s", error)
                is_deaf = True
                self._ending.wait(self._retry_seconds)
