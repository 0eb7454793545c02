"""What waits is taken up: commands from the inbox, timers that fall due, effects of the outbox.

One thread decides; a small pool does the work outside, so that a slow copy never delays a vote or a timer.
Everything is claimed under a lease and settled fenced, so any moment is a good moment to be killed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial
from time import monotonic

from data.errors import EmeritusError
from data.events import EMERITUS
from data.metrics import UNCOUNTED, Metrics
from data.records.decision import Claim, ClaimKind, Dead, Done, Outcome, Receipt, Room
from data.store import Then
from data.subject import about
from data.tracing import traced
from workflows import commands as cmd
from workflows import giving_up, room
from workflows.decisions import digests
from workflows.effects.performers import PERFORM
from workflows.effects.workshop import Workshop, not_begun
from workflows.reporting import ended, named

log = logging.getLogger(__name__)

WORKERS = 8
BATCH = 20
RENEW_SECONDS = 20.0
"""A third of the lease: a long copy keeps its claim while this process lives."""

Tell = Callable[[Mapping[str, str], Receipt], None]


class Dispatcher:
    """`tell` answers the person a command came from; `arm` is told when to wake next; the `bell` wakes it.

    pool        performs effects, at most `WORKERS` at a time     teller   gives answers, one after the other
    stopwatch   seconds of this machine, only ever subtracted; the calendar may run faster
    """

    def __init__(
        self,
        shop: Workshop,
        *,
        tell: Tell,
        arm: Callable[[datetime | None], None],
        bell: threading.Event,
        pool: Executor,
        teller: Executor,
        stopwatch: Callable[[], float] = monotonic,
        metrics: Metrics = UNCOUNTED,
    ) -> None:
        self._shop = shop
        self._metrics = metrics
        self._store = shop.engine.store
        self._world = shop.world
        self._tell = tell
        self._arm = arm
        self._awake = bell
        self._ending = shop.ending
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._pool = pool
        # By attempt, too: one that stood still beyond its lease must not end the renewing of the next.
        self._working: dict[tuple[str, int], Claim] = {}
        self._futures: set[Future[None]] = set()
        self._teller = teller
        self._telling: set[Future[None]] = set()
        self._gate = threading.Lock()
        self._stopwatch = stopwatch
        self._renewed_at = stopwatch()
        self._turned_at = stopwatch()

    def start(self) -> None:
        """Begin; the weekly digest is set going if it never was."""
        if self._store.state(digests.STREAM) is None:
            self._shop.engine.execute("digest/first", digests.STREAM, cmd.SendDigest(by=EMERITUS))
        self._thread.start()
        self.wake()

    def wake(self) -> None:
        self._awake.set()

    def still_for(self) -> float:
        """Seconds since the thread that decides last turned to something, or found nothing to turn to."""
        return self._stopwatch() - self._turned_at

    def stop(self, timeout_seconds: float) -> None:
        """Stop claiming, give back what has not begun, let what runs settle that long, leave the rest to its lease."""
        until = monotonic() + timeout_seconds
        self._ending.set()
        self._awake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._teller.shutdown(wait=False)
        with self._gate:
            running = (*self._futures, *self._telling)
        wait(running, max(0.0, until - monotonic()))

    def _run(self) -> None:
        is_waiting = False
        while not self._ending.is_set():
            self._awake.clear()
            self._turned_at = self._stopwatch()
            try:
                self._renew()
                while not self._ending.is_set() and self.drain():
                    # While there is always more to do, nothing else would keep long work's leases.
                    if self._stopwatch() - self._renewed_at > RENEW_SECONDS:
                        self._renew()
                self._arm(self.next_due())
                if is_waiting:
                    log.warning("going on: what was waited for is there")
                is_waiting = False
            except EmeritusError as error:
                is_waiting = True
                log.warning("waiting: %s", error)
            except Exception as error:  # noqa: BLE001
                # This thread decides everything: it outlives a bug, and what it held comes back with its lease.
                log.error("waiting after a bug\n%s", traced(error))  # noqa: TRY400
            # Looked at after `clear`, which may have taken back the wake of a stop that came just before it.
            if not self._ending.is_set():
                self._awake.wait(RENEW_SECONDS)

    def drain(self) -> int:
        """Take up what is due now; how much that was. Effects go to the pool, the rest is decided here."""
        there_is, _ = self._room()
        taken = 0
        asked = self._claimed(ClaimKind.INBOX, BATCH)
        for claim in asked:
            taken += self._begun(claim, claim.reply_to["stream"], claim.key)
        # What people asked for goes first, all of it: a pause that was taken in is not too late for a step.
        for claim in self._claimed(ClaimKind.TIMER, BATCH if len(asked) < BATCH else 0):
            assert claim.due_at is not None
            key = f"timer/{claim.key}/{claim.due_at.isoformat()}/{claim.set_at}"
            taken += self._begun(claim, claim.stream, key)
        with self._gate:
            free = WORKERS - len(self._working)
        for claim in self._claimed(ClaimKind.EFFECT, free, there_is):
            taken += self._handed_on(claim)
        return taken

    def next_due(self) -> datetime | None:
        """When there is something to take up again: a row falls due, or there is room for one that is."""
        return room.next_due(self._store, *self._room())

    def _room(self) -> tuple[Room, datetime | None]:
        with self._gate:
            working = tuple(self._working.values())
        return room.beside(working, self._shop.messenger, self._world.now())

    def _claimed(self, kind: ClaimKind, limit: int, there_is: Room | None = None) -> tuple[Claim, ...]:
        """Nothing more once the bot is to stop."""
        if limit < 1 or self._ending.is_set():
            return ()
        return self._store.claim(kind, self._world.now(), limit, there_is)

    def _begun(self, claim: Claim, stream: str, key: str) -> int:
        """Decide a command; one that a stop came before is for whoever comes next."""
        if self._ending.is_set():
            self._give_back(claim)
            return 0
        self._turned_at = self._stopwatch()
        with about(stream):
            self._settle_command(claim, stream, key)
        return 1

    def _handed_on(self, claim: Claim) -> int:
        """Have the pool perform an effect; where a stop was faster, it is given back."""
        with self._gate:
            self._working[claim.key, claim.attempt] = claim
        try:
            future = self._pool.submit(self._perform_about, claim)
        except RuntimeError:
            self._give_back(claim)
            return 0
        with self._gate:
            self._futures.add(future)
        future.add_done_callback(partial(self._performed, claim))
        return 1

    def until_idle(self) -> None:
        """Work off everything that is due now, in the calling thread; for a bot that is not started."""
        while self.drain() or self._working or self._telling:
            self._awake.wait(RENEW_SECONDS if self._working or self._telling else 0)
            self._awake.clear()

    def _settle_command(self, claim: Claim, stream: str, key: str) -> None:
        self._world.point("claimed")
        try:
            command = cmd.decoded(claim.command)
            receipt = self._shop.engine.execute(key, stream, command, tried_since=claim.tried_since)
        except Exception as error:  # noqa: BLE001 - a bug in one command must not stop the others
            result = giving_up.result_of(claim, error, self._shop)
            ended(self._metrics, claim, result)
            said = giving_up.told(claim, error, result)
            if not self._store.settle(claim, result, self._world.now()) or not said:
                return
            outcome = Outcome.REFUSED if isinstance(result, Dead) else Outcome.DONE
            receipt = Receipt(key=key, stream=stream, outcome=outcome, version=0, reply=said)
        else:
            self._store.settle(claim, Done(), self._world.now())
            ended(self._metrics, claim, Done())
        self._world.point("settled")
        if claim.kind is ClaimKind.INBOX and receipt.reply:
            # A Slack that is slow to take an answer must not keep other votes and timers waiting.
            try:
                future = self._teller.submit(copy_context().run, self._tell, claim.reply_to, receipt)
            except RuntimeError:  # decided while a stop did not wait any more
                log.warning("an answer was not given: the bot stopped")
                return
            with self._gate:
                self._telling.add(future)
            future.add_done_callback(partial(self._told, receipt.stream))

    def _told(self, stream: str, future: Future[None]) -> None:
        with self._gate:
            self._telling.discard(future)
        if not future.cancelled() and (error := future.exception()) is not None:
            with about(stream):
                log.error("an answer was not given\n%s", traced(error))
        self.wake()

    def _perform_about(self, claim: Claim) -> None:
        with about(claim.stream):
            self._perform(claim)

    def _perform(self, claim: Claim) -> None:
        assert claim.effect is not None
        if self._ending.is_set():
            self._give_back(claim)
            return
        follow: Then | None = None
        try:
            result, follow = PERFORM[claim.effect.kind](claim, self._shop)
        except Exception as error:  # noqa: BLE001 - whatever breaks, the row must be settled or left to its lease
            result = giving_up.result_of(claim, error, self._shop)
            follow = giving_up.follow_up(claim, result, self._shop) if isinstance(result, Dead) else None
        try:
            self._store.settle(claim, result, self._world.now(), then=follow)
            self._world.point("settled")
        except EmeritusError as error:
            log.warning("%s is left to its lease: %s", named(claim), error)
        finally:
            ended(self._metrics, claim, result)
            self._put_down(claim)
            self.wake()

    def _performed(self, claim: Claim, future: Future[None]) -> None:
        """What a stop kept from beginning is given back."""
        with self._gate:
            self._futures.discard(future)
        if future.cancelled():
            self._give_back(claim)

    def _put_down(self, claim: Claim) -> None:
        """Its lease is renewed no more."""
        with self._gate:
            self._working.pop((claim.key, claim.attempt), None)

    def _give_back(self, claim: Claim) -> None:
        """A stop came before it had begun: whoever comes next need not wait for the lease."""
        self._put_down(claim)
        now = self._world.now()
        with suppress(EmeritusError):
            self._store.settle(claim, not_begun(claim, now, "it had not begun when the bot stopped"), now)

    def _renew(self) -> None:
        self._renewed_at = self._stopwatch()
        with self._gate:
            working = tuple(self._working.values())
        for claim in working:
            self._store.renew(claim, self._world.now())
