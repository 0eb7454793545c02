"""`emeritus check`: does this change make anything depend on a model that is being retired? For builds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec

from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.commands.sources import path_of
from bot.commands.telling import telling
from bot.formats import FORMATS
from bot.keeping import open_catalog
from bot.typed.lookup import retirements
from bot.views.blocks import day
from bot.views.card.steps import zone_of
from data.catalog.joined import joins_of
from data.catalog.serving import server_of
from data.records.catalog import Dependency, Entity, Kind, Sighting
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.consumers.attaching import Attachment, Verdict, Ways, attachments, leads_to, ways
from workflows.rules.wording import counted

NOTHING_CHECKED = "Nothing was checked"
READERS = {one.name: one.reader for one in FORMATS}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=path_of)
@click.option(
    "--format", "as_format", type=click.Choice(tuple(READERS)), default="backstage", help="What PATH holds."
)
@click.pass_context
@as_json
def check(ctx: click.Context, paths: tuple[Path, ...], as_format: str, is_json: bool) -> None:
    """Exits 1 if PATH adds a dependency on a model that is being retired; names its successor and last day."""
    with store_to_read(settings_for()) as store:
        catalog = open_catalog(store)
        with telling(NOTHING_CHECKED):
            reading = READERS[as_format](catalog, paths)
        seen = catalog.snapshot()
        names = _Names(seen.as_told(), reading.entities)
        edges = [
            msgspec.structs.replace(one, from_id=names.id_of(one.from_id), to_id=names.id_of(one.to_id))
            for one in (*reading.dependencies, *map(_as_edge, reading.sightings))
        ]
        every = retirements(store)
        # What the catalog knows by another name of the same thing is not new.
        before = {(names.id_of(one), names.id_of(other)) for one, other in seen.lineage.edges}
        onward = _onward(edges, before, names)
        ends = {*onward, *(one for way in onward.values() for one in (*way.provided_by, *way.beyond))}
        found = attachments(edges, every, before, _parts(ends, every, names), onward)
    refused = [one for one in found if one.verdict is Verdict.REFUSED]
    if is_json:
        print_json({"refused": len(refused), "dependencies": [_data(one) for one in found]})
    else:
        say(*map(_line, found))
        say(*(f"{one.where}: note: {one.what}: {one.why}" for one in reading.skipped))
        say(f"{counted(reading.edges.kept, 'edge')} checked, {len(refused):,} refused")
    ctx.exit(1 if refused else 0)


class _Names:
    """What is one with what: as the catalog has it, who is there already; and where the change may lead to besides.

    An alias that only the change gives makes nobody a consumer who was there before, but may lead to what retires.
    """

    def __init__(self, there: Sequence[Entity], here: Iterable[Entity]) -> None:
        before = {one.id: one for one in there}
        after = {**before, **{one.id: one for one in here}}
        plain = {one.id: msgspec.structs.replace(one, aliases=()) for one in after.values()}
        self._before = joins_of({**plain, **before}.values())
        self._after = joins_of(after.values())
        self.models = {one.id: one.model_id for one in after.values() if one.kind is Kind.VERSION}
        self.served = {
            (self.id_of(one.id), self.id_of(one.model_id))
            for one in after.values()
            if one.kind is Kind.ENDPOINT
        }

    def id_of(self, one: str) -> str:
        return self._before.id_of(one)

    def same(self, one: str) -> set[str]:
        found = {one}
        for joins in (self._before, self._after):
            found |= {other for each in tuple(found) for other in joins.one_of.get(each, ())}
        return found


def _as_edge(seen: Sighting) -> Dependency:
    """Whoever was seen calling depends on it, whoever declares that."""
    return Dependency(from_id=seen.from_id, to_id=seen.to_id, declared_in=seen.seen_in)


def _onward(edges: Iterable[Dependency], before: Iterable[tuple[str, str]], names: _Names) -> dict[str, Ways]:
    """What is behind all that the change leads to, as it would be with the change."""
    uses: dict[str, set[str]] = {}
    for from_id, to_id in (*before, *((one.from_id, one.to_id) for one in edges)):
        uses.setdefault(from_id, set()).add(to_id)
    return {to_id: ways(to_id, uses, names.served) for to_id in {one.to_id for one in edges}}


def _parts(ends: Iterable[str], every: Iterable[Retirement], names: _Names) -> dict[str, frozenset[str]]:
    endpoints = (end.id for one in every if one.plan for end in one.plan.subject.endpoints)
    servers = {one: server_of(one) for one in endpoints}
    return {to_id: leads_to(to_id, same=names.same, servers=servers, models=names.models) for to_id in ends}


def _data(one: Attachment) -> dict[str, object]:
    plan = one.retirement.plan
    return {
        "verdict": one.verdict,
        "from": one.edge.from_id,
        "to": one.edge.to_id,
        **({"through": one.through} if one.through else {}),
        "declared_in": one.edge.declared_in,
        "retirement": one.retirement.id,
        "state": one.retirement.state,
        "successor": plan.successor_name if plan else "",
        "last_day": _last_day(one),
    }


def _line(one: Attachment) -> str:
    """Begins with file and line, as compilers do, so that editors and code hosts find the place."""
    what = f"{one.edge.to_id} leads to {one.through}, which" if one.through else one.edge.to_id
    state = f"{what} is {one.retirement.state} ({one.retirement.id})"
    plan = one.retirement.plan
    successor = f"use {plan.successor_name}" if plan and plan.successor_name else "it has no successor"
    said = {
        Verdict.REFUSED: f"error: {one.edge.from_id} may not begin to depend on it: {state}",
        Verdict.WARNED: f"warning: {one.edge.from_id} would have to move again: {state}",
        Verdict.KNOWN: f"note: {one.edge.from_id} has to move: {state}",
        Verdict.ASKED: f"note: {one.edge.from_id} will be asked to move as well: {state}",
    }
    return f"{one.edge.declared_in}: {said[one.verdict]}; last day of service {_last_day(one)}, {successor}"


def _last_day(one: Attachment) -> str:
    plan = one.retirement.plan
    return day(plan.step(StepKind.DISABLE).due_at, zone_of(one.retirement)) if plan else ""


COMMANDS = (check,)
