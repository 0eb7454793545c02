"""`emeritus impact` and `emeritus who`: who depends on a model, and who answers for it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from msgspec.structs import asdict

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.typed.lookup import model_in_shell, thing_in_shell
from bot.views.catalog import who as who_view
from bot.views.graph import impact_mermaid, impact_text
from bot.world import CalendarWorld
from data.catalog.hosting import hosted_parts
from data.catalog.neighbourhood import Neighbourhood, around
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity, Responsible
from workflows.rules.choosing import support

TEXTS: dict[str, Callable[[Entity, Snapshot], str]] = {
    "csv": impact_text.table,
    "dot": impact_text.dot,
}
PICTURES = ("png", "svg")


@click.command()
@click.argument("model", type=wanted.MODEL)
@click.option(
    "--format",
    "as_format",
    type=click.Choice(("json", *TEXTS, "mermaid", *PICTURES)),
    help="For a program, a spreadsheet, Graphviz or a Markdown page; or a picture, to be sent to a file.",
)
@as_json
def impact(model: str, as_format: str | None, is_json: bool) -> None:
    """Who depends on MODEL, or on any other thing, directly or through others, and along which path."""
    if is_json and as_format not in (None, "json"):
        raise click.UsageError(f"--json is --format json: give one of --json and --format {as_format}")
    if as_format == "png" and sys.stdout.isatty():
        raise click.UsageError(f"a PNG is no text: send it to a file, > {model}.png")
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        found = thing_in_shell(catalog, model)
        seen = catalog.snapshot()
    if as_format in PICTURES:
        consumers = seen.impact(found.id).consumers
        after = seen.successor(found.id)
        _draw(around(seen, found, consumers, successor_id=after.id if after else ""), as_format)
    elif is_json or as_format == "json":
        print_json(impact_text.data(found, seen))
    elif as_format == "mermaid":
        text, left_out = impact_mermaid.fitting(found, seen)
        say(*text.removesuffix("\n").split("\n"))
        if left_out:
            say(left_out, err=True)
    elif as_format:
        say(*TEXTS[as_format](found, seen).removesuffix("\n").split("\n"))
    else:
        say(*impact_text.lines(found, seen, CalendarWorld().now().date()))


def _draw(shown: Neighbourhood, as_format: str) -> None:
    # Fonts and the renderer take a while to load, and no other command needs them.
    from bot.pictures import impact as picture  # noqa: PLC0415

    content = picture.png(shown) if as_format == "png" else picture.svg(shown).encode()
    sys.stdout.buffer.write(content)


@click.command()
@click.argument("model", type=wanted.MODEL)
@as_json
def who(model: str, is_json: bool) -> None:
    """Who answers for MODEL, its versions, endpoints and successor, why, and what is missing."""
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        found = model_in_shell(catalog, model, ask="emeritus who")
        seen = catalog.snapshot()
    answering, consumers = seen.responsible(found.id), seen.impact(found.id).consumers
    hosted = hosted_parts(seen, found.id)
    if is_json:
        unasked = [one.consumer_id for one in consumers if not one.owners.slack_ids]
        told = [{"id": one.id, **asdict(told)} for one in hosted for told in one.support]
        print_json(
            {"responsible": [_answering(one, seen) for one in answering], "unasked": unasked, "support": told}
        )
    else:
        ends = support.told(hosted, CalendarWorld().now().date())
        say(*who_view.lines(answering, consumers), *ends)


def _answering(one: Responsible, seen: Snapshot) -> dict[str, object]:
    return {
        "id": one.thing.id,
        "name": one.thing.name,
        "part": one.part,
        "team_id": one.owners.team_id,
        "team": one.owners.team_name,
        "owners": one.owners.slack_ids,
        "declared_in": one.thing.declared_in,
        "owner_note": one.thing.owner_note,
        "notes": one.owners.notes,
        "why": one.why,
        "doubts": one.doubts,
        "same_as": [{"id": other, "called": name} for other, name in seen.joins.why(one.thing.id)],
    }


COMMANDS = (impact, who)
