"""`emeritus serve` with what else it listens for: who watches it, from before the record is opened, and who reads

the public schedule, or asks for flags, from when it is.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.listening import Address
from bot.local_endpoints import declared, open_flags, switched_off
from bot.running import Bot
from bot.serving.metrics import PrometheusMetrics, registry_of
from bot.serving.ofrep import BODY_BYTES_MAX as CONTEXT_BYTES_MAX
from bot.serving.ofrep import THREADS as ASKERS
from bot.serving.ofrep import ofrep
from bot.serving.probes import THREADS, probes
from bot.serving.schedule_page import THREADS as READERS
from bot.serving.schedule_page import schedule_page
from bot.serving.server import serve
from bot.serving.status import Status
from bot.serving.wsgi import Serving
from bot.settings import Settings
from bot.wiring import build
from data.records.catalog import EndpointKind
from workflows.adapters.flags.service import FlagService
from workflows.engine import all_retirements
from workflows.schedule import Schedule

BODY_BYTES_MAX = 1024  # nothing is asked with a body


def serve_watched(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. Raises `Unavailable` where it cannot listen."""
    status = Status()
    registry = registry_of(status)
    listening: list[Serving | FlagService] = []
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
            listening.append(shown := _shown(bot, settings.schedule))
            say(f"The schedule can be read at http://{shown.address}/schedule.ics")
        if settings.flags:
            asked, service = _asked(bot, settings, settings.flags)
            listening += (asked, service)
            say(f"Flags can be asked for at http://{asked.address}")
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


def _asked(bot: Bot, settings: Settings, at: Address) -> tuple[Serving, FlagService]:
    """Raises `Unavailable` where it cannot listen, `Refused` where another process serves them; as above."""
    catalog, kind = bot.house.catalog, EndpointKind.FLAGS

    seen: int | None = None

    def wanted() -> dict[str, bool]:
        """Nothing where the catalog is as it was: what is there already is not settled again."""
        nonlocal seen
        if (version := catalog.version()) == seen:
            return {}
        refs = [one.endpoint_ref for one in declared(catalog, kind)]
        off = switched_off(all_retirements(bot.store), kind) if refs else {}
        seen = version
        return {ref: ref in off for ref in refs}

    try:
        service = FlagService(open_flags(settings), declared=wanted, now=bot.world.now)
        try:
            application = ofrep(service, settings.flags_token)
            serving = Serving(application, at, name="flags", threads=ASKERS, body_bytes_max=CONTEXT_BYTES_MAX)
        except BaseException:
            service.close()
            raise
    except BaseException:
        bot.store.close()
        raise
    service.listen(f"http://{serving.address}")
    return serving, service
