"""`emeritus plan`: what is voted on and executed, for people, and as a file that is kept beside code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bot.commands import wanted
from bot.commands.machine import failure
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.settings import Settings
from bot.typed.lookup import IN_SHELL, named
from bot.views.keeping import costs as costs_view
from bot.views.telling import outlook as outlook_view
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.errors import Invalid, Refused
from data.plan_file import PlanFile, read_plan, written
from data.printable import printable
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from workflows.decisions.hearings import Hearing
from workflows.rules.keeping.costs import Estimate
from workflows.rules.lifecycle import is_living
from workflows.rules.plans.brownouts import lasting
from workflows.rules.plans.plan import digest
from workflows.rules.wording import counted
from workflows.sizing import estimated


class _Shows(click.Group):
    """`emeritus plan RET-7` is `emeritus plan show RET-7`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_word = bool(args) and args[0] in (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, args if is_word else ["show", *args])


@click.group(cls=_Shows)
def plan() -> None:
    """The dated steps of a retirement, which people vote on; RET-n alone shows them."""


@plan.command()
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@click.option("--ahead", "is_ahead", is_flag=True, help="And who hears what and when, if nobody answers.")
@click.option("--costs", "with_costs", is_flag=True, help="And what keeping its archive is expected to cost.")
@as_json
def show(retirement: str, is_ahead: bool, with_costs: bool, is_json: bool) -> None:
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
        for window in step.windows:
            say(f"    {window.starts_at:%Y-%m-%d %H:%M} UTC  for {lasting(window)}")
    if one.plan.brownouts_lack:
        say(f"brownouts: {printable(one.plan.brownouts_lack)}")
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


@plan.command()
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
def export(retirement: str) -> None:
    """Print the plan as TOML, to be kept, changed and proposed again: emeritus plan export RET-7 > plan.toml."""
    with store_to_read(settings_for()) as store:
        one = named(store, open_catalog(store).snapshot(), retirement, word="plan", onward=IN_SHELL)
    if one.plan is None:
        raise Refused(f"{one.id} has no plan", next_step="Run emeritus list")
    file = PlanFile(
        retirement=one.id if is_living(one) else "", why=str(one.why), interim=str(one.interim), plan=one.plan
    )
    # As it is: whoever reads it again gets the same digest.
    click.echo(written(file).encode(), nl=False)


@plan.command("check")
@click.argument("file", type=wanted.path)
@as_json
@click.pass_context
def check(ctx: click.Context, file: Path, is_json: bool) -> None:
    """Check a plan's file; exits 1 and tells everything that is wrong with it at once. Reads nothing but the file."""
    try:
        found = read_plan(file)
    except Invalid as error:
        if is_json:
            print_json({"ok": False, **failure(error), "digest": "", "plan": None})
        else:
            say(*str(error).split("\n"), err=True)
        ctx.exit(1)
    named_by = digest(found.plan)
    if is_json:
        well = {"ok": True, "error": "", "next_step": "", "problems": ()}
        print_json({**well, "digest": named_by, "retirement": found.retirement, "plan": found.plan})
    else:
        whose = f" of {found.retirement}" if found.retirement else ""
        say(f"{file.name} is a plan{whose} for {found.plan.subject.model_name}; digest {named_by}")


COMMANDS = (plan,)
