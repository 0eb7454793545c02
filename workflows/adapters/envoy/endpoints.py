"""Endpoints that an Envoy of the operator's carries: led, closed, opened and counted. Calling anything twice is safe.

What is wanted lies in files that Envoy reads by itself, at its start and whenever they change. Nothing is ever written
to its admin layer, which forgets: that one is a person's, for emergencies, and what somebody set there is told.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from data.errors import Unavailable
from data.records.traffic import Ability
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.engines.counts import Note, Seen
from workflows.adapters.engines.endpoints import EngineEndpoints, Going
from workflows.adapters.engines.engine import Engine
from workflows.adapters.envoy import calls, disk
from workflows.adapters.envoy.admin import Admin, Runtime
from workflows.adapters.envoy.routes import (
    clusters,
    is_closed,
    percent_of,
    percents,
    routes,
    shares,
    traffic_of,
)


class EnvoyEndpoints(EngineEndpoints):
    name = "Envoy"
    can = frozenset(Ability)

    def write(self, engine: Engine) -> None:
        disk.write(engine)

    def tell(self, engine: Engine) -> None:
        """It has seen the files change by itself."""

    def going(self, engine: Engine) -> Going:
        admin = Admin(engine.admin)
        found, runtime = admin.routes(engine.slug), admin.runtime()
        if found is None:
            raise Unavailable(
                f"The Envoy at {engine.admin} has no routes called {engine.slug}: "
                f"merge what emeritus endpoint envoy {engine.ref} prints"
            )
        wanted = routes(engine)
        is_said = found.get("response_headers_to_add", []) == wanted.get("response_headers_to_add", [])
        status = Status.DISABLED if is_closed(found) else Status.SERVING
        now = _shares(engine, runtime)
        if found == wanted and now == _wanted(engine, now):
            return Going(engine.traffic, status, is_said)
        if status is Status.DISABLED:
            return Going(msgspec.structs.replace(engine.traffic, **percents(engine, now)), status, is_said)
        try:
            return Going(traffic_of(engine, found, now), status, is_said)
        except ValueError as error:
            raise Unavailable(
                f"The Envoy at {engine.admin} goes by routes of somebody else: {error}"
            ) from error

    def overridden(self, engine: Engine) -> tuple[str, ...]:
        found = []
        for key, parts in shares(engine).items():
            one = Admin(engine.admin).runtime().get(key)
            if one is not None and _percent(key, one) != parts / 10_000:
                layer = next((name for name, value in one.layers.items() if value == one.final), "?")
                undo = f"POST {engine.admin}/runtime_modify?{key}= takes that back"
                found.append(f"{key} is {one.final!r} in its layer {layer}; {undo}")
        return tuple(found)

    def seen(self, engine: Engine, last: Note, now: datetime) -> Seen:  # noqa: ARG002 - each line has its own
        admin, folder = Admin(engine.admin), Path(engine.folder)
        started, calls_now = admin.started(), admin.counters(f"http.{engine.slug}.downstream_rq_")
        under_way = calls_now.get("active", 0)
        admin.flush()
        found = calls.seen_in(folder, last, started, ended=calls_now.get("total", 0) - under_way)
        if calls.put_aside(folder):
            admin.flush()
        copies = admin.counters(f"cluster.{clusters(engine)[2]}.upstream_rq_")
        sent, late = copies.get("total", 0), copies.get("timeout", 0) + copies.get("rx_reset", 0)
        lost = copies.get("pending_failure_eject", 0)
        whole = (sent - late, late + lost, copies.get("pending_overflow", 0))
        before = last.more.get("copies", [0, 0, 0]) if last.at and started <= last.at else [0, 0, 0]
        copied = tuple(max(0, one - other) for one, other in zip(whole, before, strict=True))
        return msgspec.structs.replace(
            found, copies=copied, under_way=under_way, more={**found.more, "copies": whole}
        )


def _shares(engine: Engine, runtime: dict[str, Runtime]) -> dict[str, float]:
    """Key -> percent, of those that there are."""
    return {key: _percent(key, runtime[key]) for key in shares(engine) if key in runtime}


def _wanted(engine: Engine, now: dict[str, float]) -> dict[str, float]:
    return {key: parts / 10_000 for key, parts in shares(engine).items() if key in now}


def _percent(key: str, found: Runtime) -> float:
    try:
        return percent_of(found.final)
    except ValueError as error:
        raise Unavailable(
            f"{key} of Envoy's runtime is {found.final!r}: nobody knows what it makes of that"
        ) from error
