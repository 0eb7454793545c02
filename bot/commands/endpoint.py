"""`emeritus endpoint start` and `list`: model servers on this machine. Both work beside a running Emeritus."""

from __future__ import annotations

from pathlib import Path

import click

from bot import local_endpoints as local
from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.typed.lookup import retirements


@click.group()
def endpoint() -> None:
    """Model servers on this machine; only a retirement switches one off."""


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
        catalog, off = open_catalog(store), local.switched_off(retirements(store))
        chosen = [local.named(catalog, name) for name in names]
        for one in chosen:
            local.check_may_start(one.endpoint_ref, off)
        served = {
            one.endpoint_ref: weights or local.weights_of(catalog.entity(one.model_id)) for one in chosen
        }
        endpoints = local.open_endpoints(settings)
        for ref, file in served.items():
            endpoints.start(ref, file)
        found = [one for one in local.standings(catalog, endpoints, off) if one.name in served]
    _print(found, is_json=is_json)


@endpoint.command("list")
@as_json
def list_(is_json: bool) -> None:
    """The local endpoints of the catalog: who serves, where, and who was switched off by what."""
    settings = settings_for()
    with store_to_read(settings) as store:
        off = local.switched_off(retirements(store))
        found = local.standings(open_catalog(store), local.open_endpoints(settings), off)
    _print(found, is_json=is_json)


def _print(found: list[local.Standing], *, is_json: bool) -> None:
    if is_json:
        print_json(found)
        return
    for one in found:
        say("  ".join(part for part in (one.name, one.status, one.model, one.address, one.note) if part))
    if not found:
        say("The catalog has no local endpoint; emeritus.dev/endpoint-kind: local makes one")


COMMANDS = (endpoint,)
