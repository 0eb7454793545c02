"""Whose Home is out of date? People who opened theirs lately see what others change, within seconds and bundled.

Their own acts show at once. For all else each process looks every ten seconds whether anything has happened, draws
the Homes that were opened within the hour once more, and wants those shown again that show something else: patiently,
so whatever somebody waits for goes first. What is compared is what is shown, so it does not matter who changed it, an
import, a date that passed, or a bot that was away meanwhile; and processes that find the same want it once.
Rejected: to have every decision want it. That costs each vote a row, and misses what only time changes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from time import monotonic

from bot.payloads import home_page
from bot.views.asked import home as view
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.sql.record import SqlStore
from data.store import Kept, always
from data.tracing import traced
from workflows.effects.home import DIGEST, STREAM, board, key_of, opened_at, page_of, wish
from workflows.home import Page
from workflows.ports import World

log = logging.getLogger(__name__)

LATELY_SECONDS = 3_600.0
LOOK_SECONDS = 10.0
REST = 10  # times as long as a look took: with very much on the record it takes no more of a core than that
PATIENCE_SECONDS = 60


class Homes:
    """`wake` tells the dispatcher that there is something to do. `look_seconds`: between two looks, at least."""

    def __init__(
        self,
        store: SqlStore,
        catalog: Catalog,
        world: World,
        wake: Callable[[], None],
        *,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store, self._catalog, self._world, self._wake = store, catalog, world, wake
        self._look_seconds = look_seconds
        self._seen: tuple[int, datetime] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="homes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()

    def open(self, person_id: str, page: Page, may_keep: Callable[[], bool] = always) -> None:
        """Somebody looks at theirs: it is drawn at once. Told that it may not be kept any more, nothing happens."""
        now, known = self._world.now(), self._known(person_id)
        if not may_keep():
            return
        self._store.want(STREAM, [wish(person_id, page, now)], now)
        if known is not None and known.is_stopped:
            self._store.retry(key_of(person_id), now)
        self._wake()

    def acted(self, reply_to: Mapping[str, str]) -> None:
        """What somebody asked for is decided, and perhaps asked for on a page of their Home."""
        person_id = reply_to.get("user", "")
        # Where the record does not answer now, the next look finds what has changed.
        with suppress(EmeritusError):
            if "home" in reply_to:
                self.open(person_id, home_page(reply_to["home"]))
            elif (known := self._known(person_id)) is not None and self._is_open(known, self._world.now()):
                self._store.want_again([key_of(person_id)], self._world.now())
                self._wake()

    def look(self) -> None:
        """Have those shown again that show something else now. Dates pass without an entry: once a minute."""
        now = self._world.now()
        lately = [one for one in self._store.kept(key_of("")) if self._is_open(one, now)]
        if not lately:
            return
        # Read first: what happens from here on is seen by the next look at the latest.
        seen = self._store.entries(), now.replace(second=0, microsecond=0)
        if seen == self._seen:
            return
        there = board(self._catalog, self._store, now)
        moved = []
        for one in lately:
            if not one.is_done or DIGEST not in one.found:
                continue
            body = one.effect.body
            home = there.home(body["person"], page_of(body))
            if view.drawn(home)[1] != one.found[DIGEST]:
                moved.append(one.effect.key)
        if moved:
            self._store.want_again(moved, now, patience_seconds=PATIENCE_SECONDS)
            self._wake()
        # One that is just being drawn may be drawn from what was before.
        if all(one.is_done or one.is_stopped for one in lately):
            self._seen = seen

    def _known(self, person_id: str) -> Kept | None:
        key = key_of(person_id)
        return next((one for one in self._store.kept(key) if one.effect.key == key), None)

    def _is_open(self, one: Kept, now: datetime) -> bool:
        lately = self._world.after(LATELY_SECONDS) - now
        return opened_at(one.effect.body) + lately > now

    def _run(self) -> None:
        is_waiting, took = False, 0.0
        while not self._ending.wait(max(self._look_seconds, took * REST)):
            began = monotonic()
            try:
                self.look()
                is_waiting = False
            except EmeritusError as error:
                if not is_waiting and not self._ending.is_set():
                    log.warning("Homes are not looked at: %s", error)
                is_waiting = True
            except Exception as error:  # noqa: BLE001 - the next look is another one
                log.error("a look at Homes failed\n%s", traced(error))  # noqa: TRY400
            took = monotonic() - began
