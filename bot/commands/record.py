"""What is on the record: `emeritus list`, `digest`, `verify`. All work beside a running Emeritus."""

from __future__ import annotations

import click
import msgspec
from msgspec.structs import replace

from bot.archives import open_anchors
from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.reading import overdue, this_week
from bot.typed.lookup import retirements
from bot.views.telling import digest as digest_view
from bot.world import CalendarWorld
from data.errors import Corrupt
from data.records.retirement import Retirement
from data.store import Verified
from workflows.anchoring import advice, held, told
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
        review = overdue(rules.review, rules.policy, now)
        week = this_week(store, retirements(store), now, zone=rules.policy.zone, review=review)
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
    settings, bad = settings_for(), ""
    anchors: tuple[bytes, ...] = ()
    if with_anchors:
        try:
            # Read before the record: one that is put meanwhile is of a head that the record has by then.
            anchors = tuple(open_anchors(settings).all())
        except Corrupt as error:
            bad = str(error)
    with store_to_read(settings) as store:
        found = held(store, anchors)
        checked = store.verify((*kept, *found.kept))
        left, hint = told(found), advice(store, found) if checked.bad else ""
    if bad and not checked.bad:
        checked = replace(checked, bad=bad)
    if is_json:
        print_json({**msgspec.structs.asdict(checked), **({"left": left} if with_anchors else {})})
    elif checked.bad:
        say(f"The record does not hold: {checked.bad}")
    else:
        say(f"{checked.entries} entries of {checked.streams} streams hold{_sealed(checked)}")
    if not is_json:
        say(*left, *filter(None, [hint]))
    ctx.exit(1 if checked.bad else 0)


def _sealed(checked: Verified) -> str:
    if not checked.sealed:
        return ""
    signed = f"under {counted(checked.checkpoints, 'checkpoint')}" if checked.checkpoints else "unsigned"
    return f"; {checked.sealed} are sealed in the log, {signed}"


def _model(one: Retirement) -> str:
    return one.plan.subject.model_name if one.plan else ""


COMMANDS = (list_, digest, verify)
