"""`emeritus erase`: what people wrote in an entry goes for good, and every proof still holds."""

from __future__ import annotations

import click
import msgspec

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_write
from bot.keeping import open_catalog
from bot.typed.lookup import IN_SHELL, named
from bot.world import CalendarWorld
from workflows import erasing
from workflows.rules.wording import counted


@click.command()
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@click.argument("entry", type=click.IntRange(min=1))
@click.option("--by", required=True, metavar="SLACK_ID", help="Who answers for it: this stays on record.")
@click.option(
    "--because", required=True, metavar="TEXT", help="Why, in words that name nobody: they stay on record."
)
@as_json
def erase(retirement: str, entry: int, by: str, because: str, is_json: bool) -> None:
    """Erase for good what people wrote in one ENTRY of a retirement, from the record and from Slack's messages.

    Its hash stays, so every proof holds. `emeritus audit export` lists entries and what people wrote in them.
    """
    with store_to_write(settings_for(writes=True)) as store:
        state = named(store, open_catalog(store).snapshot(), retirement, word="audit", onward=IN_SHELL)
        done = erasing.erase(store, state, entry, by=by, because=because, now=CalendarWorld().now())
    if is_json:
        print_json({"retirement": state.id, "entry": entry, **msgspec.structs.asdict(done)})
        return
    say(f"{counted(done.texts, 'text')} of entry {entry} of {state.id} erased")
    if done.redrawn:
        say(f"{counted(done.redrawn, 'message')} in Slack drawn anew as soon as Emeritus runs")
    if done.bundles:
        say(
            f"{counted(done.bundles, 'audit bundle')} in its thread may still have it: delete the file in Slack, "
            f"then /retire audit {state.id} makes a new one"
        )
    if done.digests:
        say(
            f"{counted(done.digests, 'weekly digest')} in the governance channel may quote it as a suggestion for the "
            "policy: delete the message in Slack"
        )
    say(
        "Files that were exported, backups and copies of the record still have it: delete or replace them, too"
    )


COMMANDS = (erase,)
