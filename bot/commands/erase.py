"""`emeritus erase`: what people wrote in an entry goes for good, and every proof still holds."""

from __future__ import annotations

import click
import msgspec

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read, store_to_write
from bot.keeping import open_catalog
from bot.typed.lookup import IN_SHELL, named
from bot.world import CalendarWorld
from workflows import erasing
from workflows.rules.wording import counted
from workflows.written import Written, written

SHOWN_MAX = 120  # of a text: `--json` has all of it


@click.command()
@click.argument("retirement", metavar="[RET-n|MODEL]", type=wanted.RETIREMENT, required=False)
@click.argument("entry", type=click.IntRange(min=1), required=False)
@click.option("--by", metavar="SLACK_ID", help="Who answers for it: this stays on record.")
@click.option("--because", metavar="TEXT", help="Why, in words that name nobody: they stay on record.")
@click.option(
    "--in-spite-of-hold",
    "in_spite_of",
    metavar="NUMBER",
    type=click.IntRange(min=1),
    multiple=True,
    help="Erase though this legal hold is on it: this stays on record.",
)
@click.option(
    "--containing",
    metavar="TEXT",
    type=wanted.named("the words to look for"),
    help="Only words in which this stands; without RET-n of all retirements.",
)
@as_json
def erase(
    retirement: str | None,
    entry: int | None,
    *,
    by: str | None,
    because: str | None,
    in_spite_of: tuple[int, ...],
    containing: str | None,
    is_json: bool,
) -> None:
    """Erase for good what people wrote in one ENTRY, from the record and from Slack; without ENTRY, list it.

    Its hash stays, so every proof holds.
    """
    if entry is None:
        if by is not None or because is not None or in_spite_of:
            raise click.UsageError(
                "--by, --because and --in-spite-of-hold erase: give RET-n and ENTRY with them"
            )
        if retirement is None and containing is None:
            raise click.UsageError("give RET-n to list what people wrote in it, or --containing TEXT")
        _list(retirement, containing or "", is_json=is_json)
        return
    if by is None or because is None:
        raise click.UsageError("give --by SLACK_ID and --because TEXT: both stay on record")
    assert retirement is not None, "it stands before the entry"
    said = (by, because, containing or "")
    _erase(retirement, entry, said, in_spite_of=in_spite_of, is_json=is_json)


def _list(retirement: str | None, containing: str, *, is_json: bool) -> None:
    """Only reads, so it works beside a running Emeritus."""
    with store_to_read(settings_for()) as store:
        ids = store.streams("RET-")
        if retirement is not None:
            there = open_catalog(store).snapshot()
            ids = (named(store, there, retirement, word="audit", onward=IN_SHELL).id,)
        found = [*written(store, ids, containing=containing)]
    if is_json:
        print_json(found)
        return
    for one in found:
        head = f"{one.retirement} entry {one.entry}, {one.at:%Y-%m-%d}, {one.event} by {one.by}"
        if one.texts:
            say(f"{head}: {', '.join(map(_quoted, one.texts))}")
        if one.fixed:
            say(f"{head}: cannot be erased: {', '.join(map(_quoted, one.fixed))}")
    say(*_in_all(found, retirement or "any retirement", containing))


def _quoted(text: str) -> str:
    shown = " ".join(text.split())
    return f'"{shown[:SHOWN_MAX]}{"..." if len(shown) > SHOWN_MAX else ""}"'


def _in_all(found: list[Written], where: str, containing: str) -> list[str]:
    about = f' that has "{containing}" in it' if containing else ""
    if not found:
        return [f"Nobody wrote anything in {where}{about}"]
    said = []
    if any(one.texts for one in found):
        said.append(
            "emeritus erase RET-n ENTRY --by SLACK_ID --because TEXT erases all that is written in one, and with "
            "--containing TEXT only words in which that stands"
        )
    if any(one.fixed for one in found):
        said.append(
            "What cannot be erased is hashed as it stands: ids, names of teams and things as catalogs had them, "
            "and of callers as logs of calls had them; in older entries those of people who owned something themselves"
        )
    return said


def _erase(
    retirement: str, entry: int, said: tuple[str, str, str], *, in_spite_of: tuple[int, ...], is_json: bool
) -> None:
    by, because, containing = said
    with store_to_write(settings_for(writes=True)) as store:
        there = open_catalog(store).snapshot()
        state = named(store, there, retirement, word="audit", onward=IN_SHELL)
        done = erasing.erase(
            store,
            state,
            entry,
            by=by,
            because=because,
            there=there,
            now=CalendarWorld().now(),
            in_spite_of=tuple(dict.fromkeys(in_spite_of)),
            containing=containing,
        )
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
        "Files that were exported, backups and copies of the record still have it: delete or replace them, too",
        f"{erasing.FIXED.capitalize()}: emeritus erase --containing NAME says where one is",
    )


COMMANDS = (erase,)
