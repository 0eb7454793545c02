"""The map of an endpoint at HAProxy: made of what is wanted, and read back from what HAProxy says it goes by. Pure.

All of it is in one map, shares too: HAProxy reads the file when it starts, and takes a new one in one step while it
runs. Weights of servers, which it could change as well, are forgotten when it restarts: after a migration all calls
would go back to the old model until the bot has looked. A window of a brownout is judged by HAProxy's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

import msgspec

from data.records.traffic import Brownout, Desired, Lane
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.engines.engine import Engine
from workflows.adapters.traffic_proxy import said
from workflows.adapters.traffic_proxy.ways import Became

MILLION = 1_000_000
HEADERS = {
    "deprecation": "Deprecation",
    "sunset": "Sunset",
    "link": "Link",
    "requested": said.REQUESTED,
    "actual-old": said.ACTUAL,
    "actual-new": said.ACTUAL,
}
"""Key -> which header of answers has its value."""
LANE, EXEMPT, REFUSAL = "lane:", "exempt:", "refusal:"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encoded(consumer: str) -> str:
    """As HAProxy's url_enc has it: a key has no blanks."""
    return quote(consumer, safe="")


def entries(engine: Engine) -> dict[str, str]:
    """Key -> value, in the order in which they are written."""
    wanted, route = engine.traffic, engine.route
    found = {"new": _parts(wanted.new_percent)}
    for key, name in HEADERS.items():
        became = Became.NEW if key.endswith("new") else Became.OLD
        told = engine.headers | said.answered_by(route, became)
        if name in told:
            found[key] = told[name]
    if engine.wanted is Status.DISABLED:
        found["closed"] = said.body(said.gone(route)).decode()
    for consumer, lane in wanted.pins.items():
        found[f"{LANE}{encoded(consumer)}"] = lane
        if lane is Lane.BLOCKED:
            found[f"{REFUSAL}{encoded(consumer)}"] = said.body(said.blocked(route, consumer)).decode()
    if (brownout := wanted.brownout) is not None:
        found["brownout"] = _parts(brownout.percent)
        found["begins"], found["ends"] = _ms(brownout.begins_at), _ms(brownout.ends_at)
        found["outage"] = said.body(said.brownout(route, brownout.ends_at)).decode()
        found |= {f"{EXEMPT}{encoded(consumer)}": "1" for consumer in brownout.exempt}
    return found


def traffic_of(engine: Engine, found: Mapping[str, str]) -> Desired:
    """What a map leads calls to. Raises ValueError for what is none of ours."""
    pins = {
        unquote(key.removeprefix(LANE)): Lane(value) for key, value in found.items() if key.startswith(LANE)
    }
    return msgspec.structs.replace(
        engine.traffic,
        new=engine.new if "actual-new" in found else "",
        new_percent=_percent(found.get("new", "0")),
        mirror_percent=0,
        pins=pins,
        brownout=_brownout(found) if "ends" in found else None,
    )


def headers_in(found: Mapping[str, str]) -> dict[str, str]:
    """Those that say of an end."""
    return {key: found[key] for key in ("deprecation", "sunset", "link") if key in found}


def _brownout(found: Mapping[str, str]) -> Brownout:
    exempt = tuple(unquote(key.removeprefix(EXEMPT)) for key in found if key.startswith(EXEMPT))
    return Brownout(
        begins_at=_instant(found.get("begins", "0")),
        ends_at=_instant(found["ends"]),
        percent=_percent(found.get("brownout", "0")),
        exempt=exempt,
    )


def _parts(percent: float) -> str:
    return str(round(percent * MILLION / 100))


def _percent(parts: str) -> float:
    return 100 * int(parts) / MILLION


def _ms(at: datetime) -> str:
    return str((at - _EPOCH) // timedelta(milliseconds=1))


def _instant(ms: str) -> datetime:
    return _EPOCH + timedelta(milliseconds=int(ms))
