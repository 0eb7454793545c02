"""`emeritus endpoint start`, `proxy`, `list`, `envoy` and `haproxy`: what serves models, beside a running Emeritus."""

from __future__ import annotations

from pathlib import Path

import click

from bot import local_endpoints as local
from bot.commands import wanted
from bot.commands.engine import ENGINE_COMMANDS
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.commands.where import LISTEN, MODEL, listening
from bot.keeping import open_catalog
from bot.listening import Address
from bot.typed.lookup import retirements
from data.importers.addresses import address_of
from data.records.catalog import EndpointKind


@click.group()
def endpoint() -> None:
    """Model servers and proxies on this machine, and engines; only a retirement switches one off."""


@endpoint.command("start")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", type=wanted.ENDPOINT)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON of intercept and coefficients; by default the one among the model's artifacts.",
)
@as_json
def start(names: tuple[str, ...], weights: Path | None, is_json: bool) -> None:
    """Serve local endpoints of the catalog, each its model; what serves already goes on."""
    if weights and len(names) > 1:
        raise click.UsageError("--weights is for one endpoint: name one only")
    settings = settings_for()
    with store_to_read(settings) as store:
        catalog, every = open_catalog(store), retirements(store)
        off = local.switched_off(every)
        chosen = [local.named(catalog, name) for name in names]
        for one in chosen:
            local.check_may_start(one.endpoint_ref, off)
        served = {
            one.endpoint_ref: weights or local.weights_of(catalog.entity(one.model_id)) for one in chosen
        }
        endpoints = local.open_endpoints(settings)
        for ref, file in served.items():
            endpoints.start(ref, file)
        found = [one for one in local.standings(catalog, endpoints, every) if one.name in served]
    _print(found, is_json=is_json)


@endpoint.command("proxy")
@click.argument("name", type=wanted.ENDPOINT)
@click.option(
    "--to", metavar="ADDRESS", help="Of the model behind, http://HOST:PORT; remembered from then on."
)
@click.option(
    "--listen",
    metavar="[HOST:]PORT",
    default=LISTEN,
    show_default=True,
    callback=listening,
    help="Where callers reach it; on loopback unless a host is named.",
)
@click.option(
    "--public", metavar="ADDRESS", help="By which callers know it, told to those of its predecessor."
)
def proxy(name: str, to: str | None, listen: Address, public: str | None) -> None:
    """Stand in front of an endpoint of kind proxy: its calls are counted, told of its end, and ended with it."""
    settings = settings_for()
    with store_to_read(settings) as store:
        found = local.named(open_catalog(store), name, EndpointKind.PROXY)
        off = local.switched_off(retirements(store), EndpointKind.PROXY)
    ref, proxies = found.endpoint_ref, local.open_proxies(settings)
    proxies.check_may_start(ref)
    known = proxies.folders.config(ref)
    behind = address_of(to, MODEL) if to else known.to if known else ""
    if not behind:
        raise click.UsageError(f"--to ADDRESS is missing: where does the model behind {ref} answer?")
    called = address_of(public, MODEL) if public else known.public if known else ""
    proxies.settle(ref, to=behind, public=called, is_closed=ref in off)
    moving = proxies.moving(ref)
    from workflows.adapters.traffic_proxy.server import Listening, serve  # noqa: PLC0415 - nobody else needs aiohttp

    serve(
        proxies.folders,
        ref,
        Listening(listen.host, listen.port),
        is_ready=lambda address: say(
            f"The proxy of {ref} takes calls at {address} and passes them to {behind}"
            + (f"; as before {moving}" if moving else "")
        ),
    )


@endpoint.command("list")
@as_json
def list_(is_json: bool) -> None:
    """Endpoints of the catalog that we serve or lead, flags too: who serves, where, and what switched off whom."""
    settings = settings_for()
    with store_to_read(settings) as store:
        catalog, every = open_catalog(store), retirements(store)
        found = [
            one
            for kind, endpoints in local.own(settings).items()
            for one in local.standings(catalog, endpoints, every, kind)
        ]
    _print(found, is_json=is_json)


def _print(found: list[local.Standing], *, is_json: bool) -> None:
    if is_json:
        print_json(found)
        return
    for one in found:
        say("  ".join(part for part in (one.name, one.status, one.model, one.address, one.note) if part))
    if not found:
        say(
            "The catalog has no endpoint of ours; emeritus.dev/endpoint-kind: local, proxy, envoy, haproxy or flags "
            "makes one"
        )


for command in ENGINE_COMMANDS:
    endpoint.add_command(command)

COMMANDS = (endpoint,)
