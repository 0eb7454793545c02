"""The routes of an endpoint at Envoy: made of what is wanted, and read back from what Envoy says it goes by. Pure.

Shares are keys of Envoy's runtime, and each route has the same share as its default, so that a layer that is missing
leads nobody back. A window of a brownout is judged by Envoy's own clock (piece.py has that code), so it ends though
nobody tells Envoy any more.

Envoy draws one number for each call, and both the share and the copies go by it. Copies of half of what the old model
still answers at a share of 25 % are therefore those from 25 to 62.5 %: a plain 50 % would copy a third of them, and at
a share of 50 % none at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec

from data.records.traffic import Brownout, Desired, Lane
from workflows.adapters.caller_names import HEADER, MIRRORED, via_of
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.engines.engine import Engine
from workflows.adapters.traffic_proxy import said
from workflows.adapters.traffic_proxy.ways import Became

LUA = "envoy.filters.http.lua"
PER_ROUTE = "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute"
CONFIG = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
TIMEOUT = "60s"
MILLION = 1_000_000
DENOMINATORS = {"HUNDRED": 100, "TEN_THOUSAND": 10_000, "MILLION": MILLION}
NEW_KEY, MIRROR_KEY, PINNED_KEY = "new", "mirror", "mirror_pinned"
"""Keys of the runtime. PINNED_KEY: copies of calls of consumers that stay with the old model."""
NEW, OLD, PINNED_NEW, PINNED_OLD, BLOCKED, CLOSED = (
    "new",
    "old",
    "pinned new",
    "pinned old",
    "blocked",
    "closed",
)
"""Names of routes, by which the call log says what became of a call."""


def key_of(engine: Engine, share: str) -> str:
    """Of the runtime."""
    return f"emeritus.{engine.slug}.{share}"


def clusters(engine: Engine) -> tuple[str, str, str]:
    """The old model, the successor, and the successor again, for copies: these are counted apart."""
    return f"{engine.slug}-old", f"{engine.slug}-new", f"{engine.slug}-copies"


def routes(engine: Engine) -> dict[str, Any]:
    """As Envoy dumps them: what has its default value is left out."""
    entries = [_closed(engine)] if engine.wanted is Status.DISABLED else list(_open(engine))
    found = {
        "@type": CONFIG,
        "name": engine.slug,
        "virtual_hosts": [{"name": engine.slug, "domains": ["*"], "routes": entries}],
        "request_headers_to_add": [{"header": {"key": "via", "value": f"1.1 {via_of(engine.ref)}"}}],
    }
    if engine.headers:
        found["response_headers_to_add"] = _headers(engine.headers)
    return found


def shares(engine: Engine) -> dict[str, int]:
    """Key of the runtime -> how many in a million."""
    wanted = engine.traffic
    new, mirror = wanted.new_percent / 100, wanted.mirror_percent / 100
    found = {NEW_KEY: new, MIRROR_KEY: new + (1 - new) * mirror if mirror else 0, PINNED_KEY: mirror}
    return {key_of(engine, share): round(part * MILLION) for share, part in found.items()}


def is_closed(found: dict[str, Any]) -> bool:
    return [one.get("name") for one in _entries(found)] == [CLOSED]


def traffic_of(engine: Engine, found: dict[str, Any], now: dict[str, float]) -> Desired:
    """What routes lead calls to. `now`: key of the runtime -> percent. Raises ValueError for what is none of ours."""
    try:
        entries = _entries(found)
        pinned = [one for one in entries if one["name"] in (PINNED_NEW, PINNED_OLD, BLOCKED)]
        led = next((one for one in entries if one["name"] == NEW), None)
        old = [one for one in entries if one["name"] == OLD]
        context = (
            old[-1].get("typed_per_filter_config", {}).get(LUA, {}).get("filter_context") if old else None
        )
        return msgspec.structs.replace(
            engine.traffic,
            new=engine.new if led else "",
            **percents(engine, now if led else {}),
            pins={_consumer(one): _lane(engine, one) for one in pinned},
            brownout=_brownout(context) if context else None,
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{error!r} in its routes") from error


def percents(engine: Engine, now: dict[str, float]) -> dict[str, float]:
    """Shares by key as shares that can be wanted."""
    new = now.get(key_of(engine, NEW_KEY), 0)
    mirror = now.get(key_of(engine, MIRROR_KEY), 0)
    copied = engine.traffic.mirror_percent  # where nobody asks the old model
    if new < 100:
        copied = max(0.0, 100 * (mirror - new) / (100 - new))
    return {"new_percent": round(new, 4), "mirror_percent": round(copied, 3)}


def percent_of(value: str) -> float:
    """Of a key of the runtime: a number is of a hundred, and FractionalPercent as it says. Raises ValueError."""
    try:
        return float(value)
    except ValueError:
        fields = dict(line.split(":", 1) for line in value.splitlines() if ":" in line)
        whole = DENOMINATORS.get(fields.get("denominator", "HUNDRED").strip())
        if whole is None or "numerator" not in fields:
            raise
        return 100 * float(fields["numerator"]) / whole


def _open(engine: Engine) -> Iterator[dict[str, Any]]:
    _, new, _ = clusters(engine)
    for consumer, lane in sorted(engine.traffic.pins.items()):
        named = {"name": HEADER.lower(), "string_match": {"exact": consumer}}
        match: dict[str, Any] = {"prefix": "/", "headers": [named]}
        if lane is Lane.BLOCKED:
            body = said.blocked(engine.route, consumer)
            yield _answer(BLOCKED, match, HTTPStatus.FORBIDDEN, said.body(body).decode())
        elif lane is Lane.NEW:
            yield _passed(engine, PINNED_NEW, match, {"cluster": new})
        else:
            yield from _to_old(engine, PINNED_OLD, match, PINNED_KEY)
    if engine.traffic.new:
        match = {"prefix": "/", "runtime_fraction": _fraction(engine, NEW_KEY)}
        yield _passed(engine, NEW, match, {"cluster": new})
    yield from _to_old(engine, OLD, {"prefix": "/"}, MIRROR_KEY)


def _to_old(engine: Engine, name: str, match: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """One route that copies for each path there are copies of, and one for what is not copied."""
    old, _, copies = clusters(engine)
    wanted = engine.traffic
    if wanted.new:
        marked = {"append": {"header": {"key": MIRRORED.lower(), "value": "1"}}}
        mirrored = {
            "cluster": copies,
            "runtime_fraction": _fraction(engine, key),
            "request_headers_mutations": [marked],
        }
        if wanted.mirror_methods:
            methods = "|".join(map(re.escape, wanted.mirror_methods))
            of_method = {"name": ":method", "string_match": {"safe_regex": {"regex": methods}}}
            copied = match | {"headers": [*match.get("headers", ()), of_method]}
        else:
            copied = match
        for path in wanted.mirror_paths or ("/",):
            route = {"cluster": old, "request_mirror_policies": [mirrored]}
            yield _passed(engine, name, copied | {"prefix": path}, route)
    if not wanted.new or wanted.mirror_methods or wanted.mirror_paths:
        yield _passed(engine, name, match, {"cluster": old})


def _passed(engine: Engine, name: str, match: dict[str, Any], route: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "match": match, "route": {**route, "timeout": TIMEOUT}}
    became = Became.NEW if name in (NEW, PINNED_NEW) else Became.OLD
    if told := said.answered_by(engine.route, became):
        found["response_headers_to_add"] = _headers(told)
    if (brownout := engine.traffic.brownout) is not None:
        context = _context(engine, brownout)
        found["typed_per_filter_config"] = {LUA: {"@type": PER_ROUTE, "filter_context": context}}
    return found


def _closed(engine: Engine) -> dict[str, Any]:
    content = said.body(said.gone(engine.route)).decode()
    return _answer(CLOSED, {"prefix": "/"}, HTTPStatus.GONE, content)


def _answer(name: str, match: dict[str, Any], status: int, body: str) -> dict[str, Any]:
    return {
        "name": name,
        "match": match,
        "direct_response": {"status": int(status), "body": {"inline_string": body}},
        "response_headers_to_add": _headers({"content-type": "application/json"}),
    }


def _headers(found: Mapping[str, str]) -> list[dict[str, Any]]:
    """The plan's dates count, whatever the model says of its own. A % would begin a command of Envoy's."""
    over = {"append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
    return [
        {"header": {"key": name, "value": value.replace("%", "%%")}, **over} for name, value in found.items()
    ]


def _fraction(engine: Engine, share: str) -> dict[str, Any]:
    key = key_of(engine, share)
    parts = shares(engine)[key]
    default = {"denominator": "MILLION"} | ({"numerator": parts} if parts else {})
    return {"default_value": default, "runtime_key": key}


def _context(engine: Engine, brownout: Brownout) -> dict[str, Any]:
    return {
        "begins": _number(brownout.begins_at.timestamp()),
        "ends": _number(brownout.ends_at.timestamp()),
        "percent": _number(brownout.percent),
        "exempt": list(brownout.exempt),
        "body": said.body(said.brownout(engine.route, brownout.ends_at)).decode(),
    }


def _brownout(context: dict[str, Any]) -> Brownout:
    return Brownout(
        begins_at=datetime.fromtimestamp(context["begins"], UTC),
        ends_at=datetime.fromtimestamp(context["ends"], UTC),
        percent=context["percent"],
        exempt=tuple(context["exempt"]),
    )


def _number(value: float) -> float:
    """Envoy dumps whole numbers without a point."""
    return int(value) if value == int(value) else value


def _entries(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for host in found.get("virtual_hosts", ()) for one in host.get("routes", ())]


def _consumer(entry: dict[str, Any]) -> str:
    return str(entry["match"]["headers"][0]["string_match"]["exact"])


def _lane(engine: Engine, entry: dict[str, Any]) -> Lane:
    if "direct_response" in entry:
        return Lane.BLOCKED
    return Lane.NEW if entry["route"]["cluster"] == clusters(engine)[1] else Lane.OLD
