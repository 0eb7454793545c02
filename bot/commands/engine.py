"""`emeritus endpoint envoy` and `haproxy`: an endpoint that an engine carries, and what its operator merges there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click

from bot import local_endpoints as local
from bot.commands import wanted
from bot.commands.opening import settings_for, store_to_read
from bot.commands.where import LISTEN, MODEL, listening
from bot.engines import open_engines
from bot.keeping import open_catalog
from bot.listening import Address
from bot.typed.lookup import retirements
from data.errors import Invalid, Problem
from data.importers.addresses import Kind, address_of
from data.records.catalog import EndpointKind
from workflows.adapters.engines.engine import Engine, slug_of
from workflows.adapters.haproxy import piece as of_haproxy

ADMIN = Kind(
    what="an Envoy's admin", example="http://127.0.0.1:9901", without="it asks for none", known_by=""
)
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


def _of_envoy(engine: Engine, listen: str) -> str:
    from workflows.adapters.envoy import piece  # noqa: PLC0415, YAML takes a while that no other command need spend

    return piece.piece(engine, listen)


PIECES: dict[EndpointKind, Callable[[Engine, str], str]] = {
    EndpointKind.ENVOY: _of_envoy,
    EndpointKind.HAPROXY: of_haproxy.piece,
}


def _params(admin: click.Option) -> list[click.Parameter]:
    """In the order of the help."""
    return [
        click.Argument(["name"], type=wanted.ENDPOINT),
        click.Option(["--old"], metavar="ADDRESS", help="Of the model, http://HOST:PORT."),
        click.Option(
            ["--new"], metavar="ADDRESS", help="Of its successor, where there is one; empty takes it away."
        ),
        admin,
        click.Option(
            ["--runtime"], metavar="DIR", help="Where it reads what is wanted, and Envoy writes who calls."
        ),
        click.Option(
            ["--listen"],
            metavar="[HOST:]PORT",
            default=LISTEN,
            show_default=True,
            callback=listening,
            help="Where callers are to reach it.",
        ),
        click.Option(
            ["--public"],
            metavar="ADDRESS",
            help="By which callers know it, told to those of its predecessor.",
        ),
    ]


def _printed(
    kind: EndpointKind,
    *,
    name: str,
    old: str | None,
    new: str | None,
    runtime: str | None,
    listen: Address,
    public: str | None,
    admin: str | None,
) -> None:
    settings = settings_for()
    with store_to_read(settings) as store:
        ref = local.named(open_catalog(store), name, kind).endpoint_ref
        off = local.switched_off(retirements(store), kind)
    endpoints = open_engines(settings)[kind]
    known = endpoints.led(ref)
    is_asked = {"old": old, "admin": admin, "runtime": runtime}
    missing = [option for option, value in is_asked.items() if not value] if known is None else []
    if missing:
        options = ", ".join(f"--{option}" for option in missing)
        raise click.UsageError(f"{options} missing: nothing is known of {ref} yet")
    engine = Engine(
        ref=ref,
        admin=_admin(kind, admin) if admin else known.admin if known else "",
        folder=f"{_folder(runtime)}/{slug_of(ref)}" if runtime else known.folder if known else "",
        old=_model(old) if old else known.old if known else "",
        new=(_model(new) if new else "") if new is not None else known.new if known else "",
        public=address_of(public, MODEL) if public else known.public if known else "",
    )
    settled = endpoints.settle(engine, is_closed=ref in off)
    click.echo(PIECES[kind](settled, str(listen)).rstrip())


def _model(given: str) -> str:
    """An engine passes paths on as they are."""
    found = address_of(given, MODEL)
    if urlsplit(found).path:
        raise Invalid([Problem(field="address", value=found, accepted="one without a path")])
    return found


def _admin(kind: EndpointKind, given: str) -> str:
    return address_of(given, ADMIN) if kind is EndpointKind.ENVOY else _folder(given)


def _folder(given: str) -> str:
    """As configurations can have it."""
    found = str(Path(given).resolve())
    if not _PLAIN.fullmatch(found):
        accepted = "a path of letters, digits, _, - and . only, which any configuration can have"
        raise Invalid([Problem(field="path", value=found, accepted=accepted)])
    return found


def _command(kind: EndpointKind, engine: str, admin: click.Option) -> click.Command:
    says = f"Print what to merge into {engine}'s configuration for an endpoint of its kind; options are remembered."
    return click.Command(kind, callback=partial(_printed, kind), params=_params(admin), help=says)


ENGINE_COMMANDS = (
    _command(
        EndpointKind.ENVOY,
        "Envoy",
        click.Option(["--admin"], metavar="ADDRESS", help="Of its admin, http://HOST:PORT."),
    ),
    _command(
        EndpointKind.HAPROXY,
        "HAProxy",
        click.Option(["--admin"], metavar="SOCKET", help="Path of its stats socket, with level admin."),
    ),
)
