"""`emeritus serve` with somebody watching: health, readiness and metrics, from before the record is opened."""

from __future__ import annotations

from collections.abc import Callable

from bot.metrics import PrometheusMetrics, registry_of
from bot.probes import THREADS, probes
from bot.server import serve
from bot.settings import Settings
from bot.status import Status
from bot.wiring import build
from bot.wsgi import Serving

BODY_BYTES_MAX = 1024  # nothing is asked with a body


def serve_watched(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Raises `Unavailable` where it cannot listen."""
    status = Status()
    registry = registry_of(status)
    watching: Serving | None = None
    if settings.metrics:
        application = probes(status, registry)
        watching = Serving(
            application, settings.metrics, name="watched", threads=THREADS, body_bytes_max=BODY_BYTES_MAX
        )
        say(f"Emeritus can be watched at http://{watching.address}")
    try:
        serve(build(settings, say=say, metrics=PrometheusMetrics(registry)), settings, say=say, status=status)
    finally:
        if watching is not None:
            watching.close()
