"""`emeritus candidates`: which models are worth retiring, by the policy's criteria. Works beside a running Emeritus."""

from __future__ import annotations

import click

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.local_endpoints import own
from bot.typed.lookup import retirements
from bot.views.proposing import candidates as view
from bot.world import CalendarWorld
from workflows.considering import ranking
from workflows.rules.hours import day_of


@click.command()
@as_json
def candidates(is_json: bool) -> None:
    """Which models are worth retiring by the policy's criteria: each with value, source and day."""
    settings = settings_for()
    with store_to_read(settings) as store:
        seen = open_catalog(store).snapshot()
        now, every = CalendarWorld().now(), retirements(store)
        rules = settings.in_force()
        today = day_of(now, rules.policy)
        found = ranking(seen, every, own(settings), rules.criteria, now, today=today)
    if is_json:
        print_json(view.data(found, seen))
    else:
        say(*view.lines(found, seen))


COMMANDS = (candidates,)
