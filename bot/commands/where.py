"""What commands of endpoints ask: where does a model answer, and where are calls taken?"""

from __future__ import annotations

import click

from bot.listening import Address, address
from data.importers.addresses import Kind

LISTEN = "8090"
MODEL = Kind(
    what="a model",
    example="http://127.0.0.1:9000",
    without="callers send what the model asks of them",
    known_by="",
)


def listening(_: click.Context, __: click.Parameter, text: str) -> Address:
    found = address(text)
    if found is None:
        raise click.BadParameter(f"{text[:80]}: PORT, HOST:PORT or [IPv6]:PORT")
    return found
