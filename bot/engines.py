"""Engines of the operator's that carry endpoints: where their state is kept, and who drives which kind."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from data.records.catalog import EndpointKind
from workflows.adapters.engines.endpoints import EngineEndpoints
from workflows.adapters.envoy.endpoints import EnvoyEndpoints
from workflows.adapters.haproxy.endpoints import HAProxyEndpoints
from workflows.adapters.traffic_proxy.plane import Tells, silent

FOLDER = "engines"
ENGINES: dict[EndpointKind, type[EngineEndpoints]] = {
    EndpointKind.ENVOY: EnvoyEndpoints,
    EndpointKind.HAPROXY: HAProxyEndpoints,
}


def engines_of(settings: Settings) -> Path:
    """Beside the store, or in the working directory."""
    return settings.store.resolve().parent / FOLDER


def open_engines(settings: Settings, models: Tells = silent) -> dict[EndpointKind, EngineEndpoints]:
    """The same, whichever process asks. `models`: as for a proxy of ours."""
    return {kind: endpoints(engines_of(settings), models) for kind, endpoints in ENGINES.items()}
