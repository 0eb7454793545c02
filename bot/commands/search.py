"""`emeritus search`: models and retirements by words, time, owner, domain and lineage; retired ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import click

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.keeping import open_catalog
from bot.views.asked.search import page_of, why
from bot.world import CalendarWorld
from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from workflows.engine import all_retirements
from workflows.rules.wording import counted
from workflows.search.finding import Finder, Hit
from workflows.search.wanted import wanted


@dataclass(frozen=True)
class Everything:
    """Whoever may read the record as a file sees all of it."""

    there: Snapshot
    store: SqlStore

    @cached_property
    def _every(self) -> tuple[Retirement, ...]:
        return all_retirements(self.store)

    def retirements(self) -> Sequence[Retirement]:
        return self._every


@click.command()
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@as_json
def search(words: tuple[str, ...], is_json: bool) -> None:
    """Models and retirements that have all WORDS in them, the best first; restricted ones too.

    Among them may stand a time (2026-11, last year) and filters: owner:NAME domain:NAME state:archived class:weights
    since:2026-01 until:2026-12 feeds:NAME from:NAME into:NAME page:2
    """
    asked = wanted(" ".join(words), CalendarWorld().now().date())
    with store_to_read(settings_for()) as store:
        there = open_catalog(store).snapshot()
        found = Finder().found(asked, Everything(there, store), store, there)
    if is_json:
        others = [{"kind": kind, "name": name} for kind, name in found.others]
        print_json({"found": [_data(hit) for hit in found.hits], "others": others})
        return
    say(*map(_line, page_of(found, asked.page)))
    say(*(f"{name} ({kind}), no model" for kind, name in found.others))
    say(counted(len(found.hits), "find"))


def _line(hit: Hit) -> str:
    state = hit.retirement
    head = (
        f"{state.id} {state.state} {hit.name}" if state is not None else f"{hit.name}, which nobody retires"
    )
    said = "; ".join(why(field, text) for field, text in hit.why)
    where = ""
    if state is not None and state.archived is not None:
        where = f"; archive {state.archived.location}"
    elif hit.model is not None:
        where = f"; {hit.model.declared_in}"
    return f"{head}: {said}{where}" if said else f"{head}{where}"


def _data(hit: Hit) -> dict[str, object]:
    state, model = hit.retirement, hit.model
    return {
        "name": hit.name,
        "retirement": state.id if state is not None else "",
        "state": state.state if state is not None else "active",
        "model": model.id if model is not None else "",
        "declared_in": model.declared_in if model is not None else "",
        "archive": state.archived.location if state is not None and state.archived is not None else "",
        "why": [{"field": field, "text": text} for field, text in hit.why],
    }


COMMANDS = (search,)
