"""`emeritus import calls`: who was seen calling, from access logs and from what endpoints of ours logged."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.opening import as_json, print_json, settings_for, store_to_write
from bot.commands.sources import excluded, path_of
from bot.commands.telling import NOTHING_IMPORTED, telling
from bot.formats import CALLS
from bot.keeping import open_catalog
from bot.local_endpoints import KINDS, own
from bot.settings import Settings
from bot.world import CalendarWorld
from data.errors import Invalid
from data.importers.left_out import noted, without

if TYPE_CHECKING:
    from data.importers.calls import Logged


@click.command(CALLS)
@click.argument("paths", nargs=-1, metavar="[PATH...]", type=path_of)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="ROLE=NAME",
    help="What a log calls the time, endpoint, path, host, client, role, user, agent or address.",
)
@click.option(
    "--local", "is_local", is_flag=True, help="Also what local endpoints and proxies of this machine logged."
)
@excluded
@as_json
def calls(
    paths: tuple[Path, ...], fields: tuple[str, ...], is_local: bool, globs: tuple[str, ...], is_json: bool
) -> None:
    """Access logs: who calls which endpoint, since when, how often. Whoever nobody declares is asked for."""
    from data.importers.call_fields import FieldNames  # noqa: PLC0415 - as in catalog.py
    from data.importers.calls import read_calls  # noqa: PLC0415

    try:
        names = FieldNames(fields)
    except Invalid as error:
        raise click.UsageError(str(error)) from error
    if not paths and not is_local:
        raise click.UsageError("name at least one log or a directory with some, or give --local")
    settings, now = settings_for(writes=True), CalendarWorld().now()
    with store_to_write(settings) as store:
        catalog = open_catalog(store)
        logged = tuple(_logged(settings)) if is_local else ()
        with telling(NOTHING_IMPORTED):
            parts = [without(one, globs) for one in paths]
            reading = read_calls(parts, known=catalog.known(), now=now, fields=names, logged=logged)
            reading = noted(reading, parts)
        report = catalog.import_(reading, format=CALLS, now=now)
    if is_json:
        print_json(report)
    else:
        click.echo(str(report))


def _logged(settings: Settings) -> Iterator[Logged]:
    """What endpoints of ours counted of whoever gave a name. Raises `Unavailable` for a log that cannot be read."""
    from data.importers.call_fields import Call  # noqa: PLC0415 - as in catalog.py
    from data.importers.call_files import Log  # noqa: PLC0415
    from data.importers.call_names import told  # noqa: PLC0415
    from data.importers.calls import Logged  # noqa: PLC0415

    for kind, endpoints in own(settings).items():
        for ref in endpoints.refs():
            days = endpoints.daily(ref)
            digest, what = sha256("\n".join(map(repr, days)).encode()).hexdigest(), f"{KINDS[kind][0]} {ref}"
            log = Log(shown=what, name=ref, path=endpoints.log_of(ref).parent, digest=digest)
            for one in days:
                caller = told(client=one.caller, role="", user="", agent="", address="")
                yield Logged(Call(one.day, (f"{kind}:{ref}".casefold(),), caller), one.calls, what, log)
