"""`emeritus serve` with what else it listens for: who watches it, from before the record is opened, and who reads

the public schedule, from when it is.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.listening import Address
from bot.running import Bot
from bot.serving.metrics import PrometheusMetrics, registry_of
from bot.serving.probes import THREADS, probes
from bot.serving.schedule_page import THREADS as READERS
from bot.serving.schedule_page import schedule_page
from bot.serving.server import serve
from bot.serving.status import Status
from bot.serving.wsgi import Serving
from bot.settings import Settings
from bot.wiring import build
from workflows.schedule import Schedule

BODY_BYTES_MAX = 1024  # nothing is asked with a body


def serve_watched(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Raises `Unavailable` where it cannot listen."""
    status = Status()
    registry = registry_of(status)
    listening: list[Serving] = []
    if settings.metrics:
        application = probes(status, registry)
        watching = Serving(
            application, settings.metrics, name="watched", threads=THREADS, body_bytes_max=BODY_BYTES_MAX
        )
        listening.append(watching)
        say(f"Emeritus can be watched at http://{watching.address}")
    try:
        bot = build(settings, say=say, metrics=PrometheusMetrics(registry))
        if settings.schedule:
            listening.append(_shown(bot, settings.schedule))
            say(f"The schedule can be read at http://{listening[-1].address}/schedule.ics")
        serve(bot, settings, say=say, status=status)
    finally:
        for one in listening:
            one.close()


def _shown(bot: Bot, at: Address) -> Serving:
    """Raises `Unavailable` where it cannot listen; then the record is let go."""
    application = schedule_page(Schedule(bot.store, bot.house.catalog, bot.world.now))
    try:
        return Serving(application, at, name="schedule", threads=READERS, body_bytes_max=BODY_BYTES_MAX)
    except BaseException:
        bot.store.close()
        raise
