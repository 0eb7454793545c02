"""When to look again? APScheduler holds exactly two jobs, and both only wake the dispatcher.

The alarm goes off at the earliest due row. The heartbeat covers what no alarm can: a clock that was set, a
laptop that slept, a row another process wrote. Nothing due is kept here: a restart has nothing to restore.
APScheduler 3.11 drops a run silently when it is a second late (its default grace), when the same job still
runs, and when its pool is busy. So lateness has no limit, waking takes no time; the heartbeat mends the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

ALARM, HEARTBEAT = "alarm", "heartbeat"
HEARTBEAT_SECONDS = 30.0
SOONEST_SECONDS = 0.02  # a row that stays due while it cannot be taken must not keep a core busy
FARTHEST_SECONDS = 365 * 86_400.0  # beyond any heartbeat anyway, and far from where dates overflow
RUNS_AT_ONCE = 1_000  # a run lasts microseconds; APScheduler's default of one drops the next


class Alarm:
    """`wake` must return at once and be safe to call from any thread.

    wall_seconds_until   how long until a due time, on the wall; the calendar may run faster
    """

    def __init__(
        self,
        wake: Callable[[], None],
        wall_seconds_until: Callable[[datetime], float],
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._wake = wake
        self._wall_seconds_until = wall_seconds_until
        self._heartbeat_seconds = heartbeat_seconds
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": RUNS_AT_ONCE},
            timezone=UTC,
            daemon=True,
        )

    def start(self) -> None:
        beat = IntervalTrigger(seconds=self._heartbeat_seconds, timezone=UTC)
        self._scheduler.add_job(self._wake, beat, id=HEARTBEAT, replace_existing=True)
        self._scheduler.start()

    def arm(self, due: datetime | None) -> None:
        """Go off at `due`, instead of whenever was said before; None for nothing due. Late is at once."""
        if due is None:
            with suppress(JobLookupError):  # it has gone off, or was never set
                self._scheduler.remove_job(ALARM)
            return
        seconds = min(max(self._wall_seconds_until(due), SOONEST_SECONDS), FARTHEST_SECONDS)
        at = DateTrigger(datetime.now(UTC) + timedelta(seconds=seconds), timezone=UTC)
        self._scheduler.add_job(self._wake, at, id=ALARM, replace_existing=True)

    def stop(self) -> None:
        """Nothing is woken any more. Safe to repeat."""
        if self._scheduler.running:
            # Waits for the run that is being started: its own removal would fail in a stopped scheduler.
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)
