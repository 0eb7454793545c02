"""What is on the record: `emeritus list`, `plan`, `digest`, `verify`. All work beside a running Emeritus."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.reading import overdue, this_week
from bot.settings import Settings
from bot.typed.lookup import IN_SHELL, named, retirements
from bot.views.keeping import costs as costs_view
from bot.views.telling import digest as digest_view
from bot.views.telling import outlook as outlook_view
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.errors import Refused
from data.printable import printable
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from data.store import Verified
from workflows.decisions.hearings import Hearing
from workflows.rules.keeping.costs import Estimate
from workflows.rules.wording import counted
from workflows.sizing import estimated


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
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@click.option("--ahead", "is_ahead", is_flag=True, help="And who hears what and when, if nobody answers.")
@click.option("--costs", "with_costs", is_flag=True, help="And what keeping its archive is expected to cost.")
@as_json
def plan(retirement: str, is_ahead: bool, with_costs: bool, is_json: bool) -> None:
    """The dated steps, exactly as they will run, and the digest people vote on."""
    settings = settings_for()
    with store_to_read(settings) as store:
        catalog = open_catalog(store)
        one = named(store, catalog.snapshot(), retirement, word="plan", onward=IN_SHELL)
        hearings = _ahead(settings, store, catalog, one) if is_ahead else ()
    found = _costs(settings, one) if with_costs else None
    if one.plan is None:
        raise Refused(f"{one.id} has no plan", next_step="Run emeritus list")
    if is_json:
        ahead = {"ahead": hearings} if is_ahead else {}
        costs = {"costs": found} if with_costs else {}
        print_json(
            {"id": one.id, "state": one.state, "plan": one.plan, "voted_on": one.later, **ahead, **costs}
        )
        return
    say(f"{one.id} {one.plan.subject.model_name} ({one.state})")
    for step in one.plan.steps:
        come = one.progress(step.kind)
        held = f": {'; '.join(come.held_by)}" if come.held_by else ""
        say(f"  {step.due_at:%Y-%m-%d %H:%M} UTC  {step.kind:<8}  {come.progress}{held}")
    first_day = f", from {one.plan.successor_from} on" if one.plan.successor_from else ""
    say(f"successor: {one.plan.successor_name or 'none'}{first_day}, reason: {one.plan.reason}")
    if one.interim:
        say(f"until then: {printable(str(one.interim))}")
    say(f"consumers: {len(one.plan.consumer_ids)}")
    say(f"digest: {one.plan.digest}")
    if one.later is not None:
        say(f"voted on: every date ahead {counted(one.later.days, 'day')} later, {one.later.plan_digest}")
    if with_costs:
        told = costs_view.total(found) if found else "nothing: nothing of it will be archived"
        say(f"keeping its archive costs {told}; --json has each class")
    if is_ahead:
        say("ahead, if nobody answers:" if hearings else "ahead: nobody is told anything")
    for said in hearings:
        instead = f" (instead of {said.instead_of})" if said.instead_of else ""
        say(f"  {outlook_view.when(said, one):<25}  {said.place:<12}  {outlook_view.what(said)}{instead}")


def _costs(settings: Settings, retirement: Retirement) -> Estimate | None:
    from bot.archives import open_sources  # noqa: PLC0415 - as below

    prices = settings.in_force().prices
    return estimated(retirement, open_sources(settings), prices, in_bucket=settings.bucket is not None)


def _ahead(
    settings: Settings, store: SqlStore, catalog: Catalog, retirement: Retirement
) -> Sequence[Hearing]:
    # What reads archives takes a while to load, and no other command here needs it.
    from bot.outlook import outlook_beside  # noqa: PLC0415

    return outlook_beside(settings, store, catalog).ahead(retirement, CalendarWorld().now())


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
@click.pass_context
@as_json
def verify(ctx: click.Context, kept: tuple[bytes, ...], is_json: bool) -> None:
    """Check every entry of the record, and the log over them; exits 1 and names the first that does not hold."""
    with store_to_read(settings_for()) as store:
        checked = store.verify(kept)
    if is_json:
        print_json(msgspec.structs.asdict(checked))
    elif checked.bad:
        say(f"The record does not hold: {checked.bad}")
    else:
        say(f"{checked.entries} entries of {checked.streams} streams hold{_sealed(checked)}")
    ctx.exit(1 if checked.bad else 0)


def _sealed(checked: Verified) -> str:
    if not checked.sealed:
        return ""
    signed = f"under {counted(checked.checkpoints, 'checkpoint')}" if checked.checkpoints else "unsigned"
    return f"; {checked.sealed} are sealed in the log, {signed}"


def _model(one: Retirement) -> str:
    return one.plan.subject.model_name if one.plan else ""


COMMANDS = (list_, plan, digest, verify)
