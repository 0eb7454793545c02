"""When are entries sealed in the log? Once a minute, where there are new ones, by whichever process looks first.

In a thread of its own, so nothing waits for it. What is not sealed when the bot stops is sealed once it runs again.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from data.errors import EmeritusError
from data.log.checkpoints import Key, Signs
from data.sql.log import last_head
from data.sql.record import SqlStore
from data.tracing import traced
from workflows.ports import World

log = logging.getLogger(__name__)

SECONDS = 60.0
LATELY = timedelta(seconds=SECONDS / 2)
"""Where another process has sealed by now, what came in since waits for the next look."""


class Sealing:
    """`signer` signs the heads; without, they are kept unsigned."""

    def __init__(
        self, store: SqlStore, world: World, signer: Signs | None, *, seconds: float = SECONDS
    ) -> None:
        self._store, self._world, self._signer, self._seconds = store, world, signer, seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)

    @property
    def key(self) -> Key | None:
        return self._signer.public if self._signer else None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()

    def turn(self) -> None:
        """Look once."""
        now = self._world.now()
        with self._store.reading() as conn:
            last = last_head(conn)
        # A clock that was set back must not keep entries out of the log until it has caught up.
        if last is None or abs(now - last.sealed_at) > LATELY:
            self._store.seal(now, self._signer)

    def _run(self) -> None:
        is_waiting = False
        while not self._ending.wait(self._seconds):
            try:
                self.turn()
                is_waiting = False
            except EmeritusError as error:
                if not is_waiting and not self._ending.is_set():
                    log.warning("entries are not sealed, and it is tried again: %s", error)
                is_waiting = True
            except Exception as error:  # noqa: BLE001 - entries that come later are still to be sealed
                log.error("entries are not sealed, and it is tried again after a bug\n%s", traced(error))  # noqa: TRY400
