"""Endpoints that an HAProxy of the operator's carries: led, closed, opened and counted. Calling anything twice is safe.

What is wanted lies in a file that HAProxy reads when it starts, and is told on its socket while it runs. What somebody
else tells it there is seen, and lasts until it is told again or restarts.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from data.errors import Refused, Unavailable
from data.records.traffic import Ability, Arm
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.engines.counts import Note, Seen
from workflows.adapters.engines.endpoints import EngineEndpoints, Going
from workflows.adapters.engines.engine import Engine
from workflows.adapters.haproxy.admin import Admin
from workflows.adapters.haproxy.counters import seen_in
from workflows.adapters.haproxy.entries import entries, headers_in, traffic_of
from workflows.adapters.model_server import write_atomically


class HAProxyEndpoints(EngineEndpoints):
    """It has no way to send copies of calls."""

    name = "HAProxy"
    can = frozenset(Ability) - {Ability.MIRROR, Ability.MIRROR_SOME}

    def write(self, engine: Engine) -> None:
        file = map_of(engine)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = (f"{key} {value}\n" for key, value in entries(engine).items())
            write_atomically(file, "".join(lines).encode())
        except OSError as error:
            raise Refused(
                f"Cannot write what the HAProxy of {engine.ref} reads",
                reasons=[f"{error.filename or file}: {error.strerror or error}"],
                next_step="Let the user of this bot write that folder, and HAProxy's read it",
            ) from error

    def tell(self, engine: Engine) -> None:
        admin, file, wanted = Admin(engine.admin), str(map_of(engine)), entries(engine)
        if admin.entries(file) != wanted:
            admin.replace(file, wanted)

    def going(self, engine: Engine) -> Going:
        found, wanted = Admin(engine.admin).entries(str(map_of(engine))), entries(engine)
        if found is None:
            raise Unavailable(
                f"The HAProxy at {engine.admin} has no map {map_of(engine)}: "
                f"merge what emeritus endpoint haproxy {engine.ref} prints"
            )
        is_said = headers_in(found) == headers_in(wanted)
        status = Status.DISABLED if "closed" in found else Status.SERVING
        if found == wanted:
            return Going(engine.traffic, status, is_said)
        try:
            return Going(traffic_of(engine, found), status, is_said)
        except ValueError as error:
            raise Unavailable(
                f"The HAProxy at {engine.admin} goes by a map of somebody else: {error}"
            ) from error

    def overridden(self, engine: Engine) -> tuple[str, ...]:  # noqa: ARG002 - whoever tells it last is obeyed
        return ()

    def seen(self, engine: Engine, last: Note, now: datetime) -> Seen:
        admin = Admin(engine.admin)
        found = seen_in(admin.table(table_of(engine)), admin.process(), last, now)
        under_way = admin.under_way([f"{engine.slug}-{arm}" for arm in Arm])
        return msgspec.structs.replace(found, under_way=under_way)


def map_of(engine: Engine) -> Path:
    return Path(engine.folder) / f"{engine.slug}.map"


def table_of(engine: Engine) -> str:
    return f"{engine.slug}-calls"
