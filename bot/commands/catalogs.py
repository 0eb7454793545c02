"""`emeritus catalogs`: what catalogs are told of retirements, and whether they still say it."""

from __future__ import annotations

import os

import click

from bot.catalog_writers import open_writers
from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.doctor.catalogs import announced, looks
from bot.keeping import open_catalog
from bot.local_endpoints import own
from bot.typed.lookup import IN_SHELL, named
from bot.views.catalog.catalogs import NAMES, SETTINGS
from data.errors import EmeritusError, Refused
from data.records.catalog import EndpointKind
from data.records.deprecation import CatalogKind, Deprecation
from data.records.retirement import Retirement
from workflows.engine import all_retirements
from workflows.listings import IN_FRONT, Listings
from workflows.ports import CatalogWriter


@click.command("catalogs")
@click.argument("retirement", metavar="[RET-n|MODEL]", required=False, type=wanted.RETIREMENT)
@click.option("--write", "is_written", is_flag=True, help="Say it anew where it is not said as it should be.")
@click.pass_context
@as_json
def catalogs(ctx: click.Context, retirement: str | None, is_written: bool, is_json: bool) -> None:
    """What catalogs say of what retires; exits 1 where one does not say what it should, or does not answer."""
    settings = settings_for()
    writers = open_writers(settings, os.environ)
    if not writers.keys() & SETTINGS.keys() and not any(
        one.refs() for kind, one in own(settings).items() if kind in (*IN_FRONT, EndpointKind.FLAGS)
    ):
        step = "Set EMERITUS_MLFLOW or EMERITUS_CHANGES, or name a region in the AWS environment"
        raise Refused("No catalog is told of retirements here", next_step=step)
    rows = []
    with store_to_read(settings) as store:
        catalog = open_catalog(store)
        if retirement:
            states = [named(store, catalog.snapshot(), retirement, word="show", onward=IN_SHELL)]
        else:
            states = announced(all_retirements(store))
        listings = Listings(catalog=catalog, store=store, writers=writers)
        for look in looks(listings, states, but_settled=not retirement):
            row = _row(look.kind, look.retirement, look.owed)
            row["wrong"] = list(look.wrong or ()) + ([look.why] if look.wrong is None else [])
            if is_written and row["wrong"]:
                row |= _written(writers[look.kind], look.owed)
            rows.append(row)
            if not is_json:
                _say(row)
    if is_json:
        print_json(rows)
    elif not rows:
        say("No catalog that is told here lists anything of it")
    ctx.exit(1 if any(row["wrong"] for row in rows) else 0)


def _row(kind: CatalogKind, state: Retirement, owed: Deprecation) -> dict[str, object]:
    return {
        "retirement": state.id,
        "catalog": str(kind),
        "lifecycle": str(owed.lifecycle),
        "last_day": f"{owed.last_day}",
        "successor": owed.successor,
        "listings": [one.called for one in owed.listings],
    }


def _written(writer: CatalogWriter, owed: Deprecation) -> dict[str, object]:
    """Nothing is wrong any more with what was written; why not, where it could not be."""
    try:
        return {"written": list(writer.write(owed)), "wrong": []}
    except EmeritusError as error:
        return {"wrong": [str(error)]}


def _say(row: dict[str, object]) -> None:
    what = f"{row['retirement']} {NAMES[CatalogKind(str(row['catalog']))]}: {row['lifecycle']}"
    say(f"{what}, {row['last_day']}" if row["lifecycle"] != "in service" else what)
    for word in ("written", "wrong"):
        found = row.get(word, [])
        assert isinstance(found, list)
        for line in found:
            say(f"  {word}: {line}")


COMMANDS = (catalogs,)
