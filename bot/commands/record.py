"""What is on the record: `emeritus list`, `digest`, `verify`. All work beside a running Emeritus."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec
from msgspec.structs import replace

from bot.archives import anchoring_of, open_anchors
from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.reading import this_week
from bot.settings import Settings
from bot.typed.lookup import retirements
from bot.views.telling import digest as digest_view
from bot.world import CalendarWorld
from data.log.checkpoints import head_of, name_of
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from data.store import Verified
from workflows.anchor_store import Beside
from workflows.anchoring import advice, gone, held, told
from workflows.rules.wording import counted


@click.command("list")
@click.option("--all", "with_ended", is_flag=True, help="Those that ended, too.")
@as_json
def list_(with_ended: bool, is_json: bool) -> None:
    """The retirements under way."""
    with store_to_read(settings_for()) as store:
        found = retirements(store, ended=with_ended)
    if is_json:
        print_json([{"id": one.id, "state": one.state, "model": _model(one)} for one in found])
    for one in found if not is_json else ():
        say(f"{one.id} {one.state} {_model(one)}")


@click.command()
@click.option("--print", "is_printed", is_flag=True, help="Print it; Slack gets it by itself, weekly.")
@as_json
def digest(is_printed: bool, is_json: bool) -> None:
    """This week's digest: what is at risk, what is due, what changed, by team, and how retirements go."""
    if not is_printed and not is_json:
        raise click.UsageError("say --print: a running Emeritus sends the digest to Slack by itself")
    now = CalendarWorld().now()
    settings = settings_for()
    with store_to_read(settings) as store:
        rules = settings.in_force()
        week = this_week(store, retirements(store), now, policy=rules.policy, review=rules.review)
    if is_json:
        print_json(digest_view.tree(week))
    else:
        say(*digest_view.text(week).split("\n"))


@click.command()
@click.option(
    "--checkpoint",
    "kept",
    metavar="FILE",
    type=wanted.content,
    multiple=True,
    help="A checkpoint of the log that you kept; the record must go on from it.",
)
@click.option("--anchors", "with_anchors", is_flag=True, help="From all that emeritus log anchor put, too.")
@click.pass_context
@as_json
def verify(ctx: click.Context, kept: tuple[bytes, ...], with_anchors: bool, is_json: bool) -> None:
    """Check every entry of the record, and the log over them; exits 1 and names the first that does not hold."""
    settings = settings_for()
    # Read before the record: one that is put meanwhile is of a head that the record has by then.
    there = open_anchors(settings).all() if with_anchors else Beside()
    with store_to_read(settings) as store:
        found = held(store, there.anchors)
        checked = store.verify((*kept, *found.kept))
        left, hint = told(found), advice(store, found) if checked.bad else ""
        missed = list(_missed(settings, store, there)) if with_anchors else []
    if not checked.bad:
        checked = replace(checked, bad=next(iter(missed), ""))
    last = head_of(found.kept[-1]).size if found.kept else 0
    if is_json:
        held_to = {
            "anchors": len(found.kept),
            "last": last,
            "missed": missed,
            "strays": there.strays,
            "left": left,
        }
        print_json({**msgspec.structs.asdict(checked), **(held_to if with_anchors else {})})
    elif checked.bad:
        say(f"The record does not hold: {checked.bad}")
        say(*(f"Nor does this: {one}" for one in missed if one != checked.bad))
    else:
        say(f"{checked.entries} entries of {checked.streams} streams hold{_sealed(checked)}")
    if not is_json:
        if found.kept:
            say(f"It is held to {counted(len(found.kept), 'anchor')}, the last of {last:,} entries")
        say(*left, *there.strays, *filter(None, [hint]))
    ctx.exit(1 if checked.bad else 0)


def _missed(settings: Settings, store: SqlStore, there: Beside) -> Iterator[str]:
    """What is wrong with the anchors themselves, whatever the record is held to."""
    yield from there.bad
    if gone_there := gone(store, anchoring_of(settings), {name_of(one) for one in there.anchors}):
        yield gone_there
    elif not there.anchors and not there.bad:
        yield (
            f"there is no anchor at {settings.archives_at}, so nothing shows that it was not rolled back. "
            "emeritus log anchor puts one; where some were put, see that EMERITUS_ARCHIVE names that place"
        )


def _sealed(checked: Verified) -> str:
    if not checked.sealed:
        return ""
    signed = f"under {counted(checked.checkpoints, 'checkpoint')}" if checked.checkpoints else "unsigned"
    return f"; {checked.sealed} are sealed in the log, {signed}"


def _model(one: Retirement) -> str:
    return one.plan.subject.model_name if one.plan else ""


COMMANDS = (list_, digest, verify)
