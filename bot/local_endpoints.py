"""Endpoints that run on this machine: which does the catalog mean, with which weights, and who switched them off?

Nothing here stops one: that is what a retirement is for.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.engines import open_engines
from bot.settings import Settings
from data.catalog.catalog import Catalog
from data.closest import closest
from data.errors import Corrupt, EmeritusError, Invalid, NotFound, Problem, Refused, Unavailable
from data.records.base import Record
from data.records.catalog import EndpointKind, Entity
from data.records.retirement import Retirement
from workflows.adapters.engines.endpoints import EngineEndpoints
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import LogisticRegression
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.plane import Tells
from workflows.rules.lifecycle import CLOSED

Endpoints = LocalEndpoints | ProxyEndpoints | EngineEndpoints | FlagEndpoints
FOLDER, PROXY_FOLDER, FLAG_FOLDER = "endpoints", "proxies", "flags"
WEIGHTS_BYTES_MAX = 4 * 1024 * 1024  # what is larger is data, and not looked into
LIST = "Run emeritus endpoint list for those there are"


KINDS: Mapping[EndpointKind, tuple[str, str]] = {
    EndpointKind.LOCAL: ("local endpoint", "emeritus endpoint start {ref}"),
    EndpointKind.PROXY: ("proxied endpoint", "emeritus endpoint proxy {ref}"),
    EndpointKind.ENVOY: ("Envoy endpoint", "emeritus endpoint envoy {ref}"),
    EndpointKind.HAPROXY: ("HAProxy endpoint", "emeritus endpoint haproxy {ref}"),
    EndpointKind.FLAGS: ("flag", "EMERITUS_FLAGS=[HOST:]PORT emeritus serve"),
}
"""What people call them, and what starts one."""


class Standing(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How one stands now. `status` is "unknown" where nobody can say; `note` says why, or who switched it off, which
    `is_off` says, too."""

    name: str
    model: str
    status: str
    address: str = ""
    note: str = ""
    is_off: bool = False


def folder_of(settings: Settings) -> Path:
    """Where local endpoints keep their state: beside the store, or in the working directory."""
    return settings.store.resolve().parent / FOLDER


def proxies_of(settings: Settings) -> Path:
    """The same for proxies."""
    return settings.store.resolve().parent / PROXY_FOLDER


def flags_of(settings: Settings) -> Path:
    """The same for flags."""
    return settings.store.resolve().parent / FLAG_FOLDER


def open_endpoints(settings: Settings) -> LocalEndpoints:
    """The same, whichever process asks."""
    return LocalEndpoints(folder_of(settings))


def open_proxies(settings: Settings) -> ProxyEndpoints:
    """The same, whichever process asks."""
    return ProxyEndpoints(proxies_of(settings))


def told_by(endpoints: LocalEndpoints) -> Tells:
    """What models of ours on this machine say of the calls that a proxy passed on to them."""

    def calls(address: str, via: str, since: datetime) -> int | None:
        with suppress(Corrupt):  # of another endpoint: what this one counted is unknown then
            for ref in endpoints.refs():
                with suppress(Unavailable):
                    if endpoints.address(ref).startswith(f"{address}/"):
                        return endpoints.passed_on(ref, via, since)
        return None

    return calls


def open_flags(settings: Settings) -> FlagEndpoints:
    """The same, whichever process asks."""
    return FlagEndpoints(flags_of(settings))


def own(settings: Settings) -> dict[EndpointKind, Endpoints]:
    """What drives and counts each kind that runs here, or is reached from here."""
    own: dict[EndpointKind, Endpoints] = {
        EndpointKind.LOCAL: open_endpoints(settings),
        EndpointKind.PROXY: open_proxies(settings),
        EndpointKind.FLAGS: open_flags(settings),
    }
    return own | open_engines(settings)


def start_of(kind: EndpointKind, ref: str) -> str:
    """The command that starts one."""
    return KINDS[kind][1].format(ref=shlex.quote(ref))


def declared(catalog: Catalog, kind: EndpointKind = EndpointKind.LOCAL) -> list[Entity]:
    """Every endpoint the catalog has of this kind, by name."""
    return [one for one in _endpoints(catalog) if one.endpoint_kind is kind]


def named(catalog: Catalog, name: str, kind: EndpointKind = EndpointKind.LOCAL) -> Entity:
    """The endpoint of this kind with this ref, name or id. Raises `NotFound`; `Refused` where it is of another."""
    every = _endpoints(catalog)
    found = [one for one in every if name in (one.endpoint_ref, one.name, one.id)]
    if not found:
        names = [one.endpoint_ref or one.name for one in every if one.endpoint_kind is kind]
        raise NotFound(KINDS[kind][0], name[:80], closest=closest(name, names), next_step=LIST)
    if len({one.endpoint_ref for one in found}) > 1:
        raise Refused(
            f'"{name[:80]}" names {len(found)} endpoints',
            reasons=[one.id for one in found],
            next_step="Use the exact id",
        )
    if found[0].endpoint_kind is not kind:
        raise Refused(
            f"{name} does not run here",
            reasons=[f"it is {found[0].endpoint_kind}, or serves several models"],
            next_step=f"An endpoint of one model alone, annotated emeritus.dev/endpoint-kind: {kind}, can be started",
        )
    return found[0]


def weights_of(model: Entity) -> Path:
    """The one file among the artifacts that a model server can serve. Raises `Invalid` with what there is."""
    found = [path for uri in model.artifacts for path in _files(uri) if _is_served(path)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(map(str, found)) or "none of them is one"
    accepted = (
        f"one JSON of intercept and coefficients ({there}); or give --weights FILE, one endpoint at a time"
    )
    raise Invalid([Problem(field="artifacts of", value=model.name, accepted=accepted)])


def switched_off(
    retirements: Iterable[Retirement], kind: EndpointKind = EndpointKind.LOCAL
) -> dict[str, Retirement]:
    """Ref of an endpoint of this kind -> the retirement that switched it off."""
    return {
        endpoint.ref: one
        for one in retirements
        if one.plan is not None
        for endpoint in one.plan.subject.endpoints
        if endpoint.kind is kind and endpoint.id in one.disabled_ids
    }


def check_may_start(ref: str, off: dict[str, Retirement]) -> None:
    """Raises `Refused` for what a retirement switched off: it comes back in Slack, or not at all."""
    if (by := off.get(ref)) is not None:
        gone = by.state in CLOSED
        raise Refused(
            f"{ref} stays off",
            reasons=[f"{by.id} switched it off and is {by.state}"],
            next_step="Give a new model an endpoint of its own"
            if gone
            else f"/retire restore {by.id} REASON brings it back",
        )


def standings(
    catalog: Catalog,
    endpoints: Endpoints,
    retirements: Iterable[Retirement],
    kind: EndpointKind = EndpointKind.LOCAL,
) -> list[Standing]:
    """Every endpoint of this kind in the catalog, as seen now."""
    models = {model.id: model.name for model in catalog.models()}
    off = switched_off(retirements, kind)
    return [_standing(one, models.get(one.model_id, ""), endpoints, off) for one in declared(catalog, kind)]


def _standing(entity: Entity, model: str, endpoints: Endpoints, off: dict[str, Retirement]) -> Standing:
    ref, note, address = entity.endpoint_ref, "", ""
    try:
        status = endpoints.describe(ref)
        if status == "serving":
            address = endpoints.address(ref)
            note = endpoints.moving(ref) if isinstance(endpoints, ProxyEndpoints | EngineEndpoints) else ""
    except EmeritusError as error:
        status, note = "unknown", str(error)
    if (by := off.get(ref)) is not None:
        note = f"{by.id} switched it off{f'; {note}' if note else ''}"
    elif status == "absent":
        note = f"never started here: {start_of(entity.endpoint_kind, ref)}"
    return Standing(name=ref, model=model, status=status, address=address, note=note, is_off=ref in off)


def _endpoints(catalog: Catalog) -> list[Entity]:
    there = catalog.snapshot()
    found = {one.id: one for model in there.models() for one in there.endpoints_of(model.id)}
    return sorted(found.values(), key=lambda one: (one.endpoint_ref, one.id))


def _files(uri: str) -> Iterator[Path]:
    path = Path(uri.removeprefix("file://"))
    if "://" not in str(path) and path.is_absolute():
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def _is_served(path: Path) -> bool:
    try:
        if path.suffix != ".json" or path.stat().st_size > WEIGHTS_BYTES_MAX:
            return False
        LogisticRegression.read(path)
    except (OSError, ValueError, RecursionError):
        return False
    return True
