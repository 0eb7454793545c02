"""What one changed edge costs, counted: as much in a catalog of any size, whatever is joined or owned by name in it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.importers.report import Reading
from data.records.catalog import Entity, Kind
from data.sqlite.store import SqliteStore
from tests.benchmarks.large_graph import MODEL, a_catalog
from tests.data.no_retirements import NoRetirements
from tests.data.recorded import NOW

SMALL, LARGE = 150, 1_500


def told_again(nodes: int) -> Reading:
    """By a second source: half of the things by another name, their owners by name only, every tenth an endpoint."""
    entities = tuple(
        Entity(
            id=f"mlflow:thing-{number}",
            kind=Kind.ENDPOINT if number % 10 == 0 else Kind.CONSUMER,
            name=f"thing-{number}",
            aliases=() if number % 10 == 0 else (f"component:default/thing-{number}",),
            owner_names=(f"team-{number % 7}",),
            model_id=MODEL if number % 10 == 0 else "",
        )
        for number in range(2, nodes, 2)
    )
    return Reading(
        entities=entities,
        dependencies=(),
        source_digest="sha256:2",
        roots=("/again",),
        files=dict.fromkeys((one.id for one in entities), "/again"),
    )


def one_edge_more(reading: Reading, newcomer: str, alias: str) -> Reading:
    entity = Entity(id=newcomer, kind=Kind.CONSUMER, name=newcomer, aliases=(alias,), owner_names=("team-1",))
    edge = replace(reading.dependencies[0], from_id=newcomer, to_id=MODEL)
    return replace(
        reading,
        entities=(entity,),
        dependencies=(edge,),
        declared_by=(newcomer,),
        groups=(),
        people=(),
        roots=(f"/{newcomer}",),
        files={newcomer: f"/{newcomer}"},
    )


def what_it_costs(path: Path, nodes: int) -> tuple[int, int]:
    """Calls from the import to the answer, and steps of SQLite within its commit, by hundreds."""
    store = SqliteStore(path, NoRetirements())
    try:
        catalog = Catalog(store)
        reading = a_catalog(nodes=nodes, edges=3 * nodes, reached=20, teams=7)
        catalog.import_(reading, format="backstage", now=NOW)
        catalog.import_(told_again(nodes), format="mlflow", now=NOW)
        first = one_edge_more(reading, "dbt:first", "component:default/thing-3")
        second = one_edge_more(reading, "dbt:second", "component:default/thing-4")
        catalog.import_(first, format="dbt", now=NOW)
        before = catalog.snapshot()
        before.owners_of(before.entity("dbt:first"))
        steps = calls = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        def call(*_: object) -> None:
            nonlocal calls
            calls += 1

        store.write(lambda conn: conn.set_progress_handler(step, 100))
        sys.setprofile(call)
        try:
            catalog.import_(second, format="dbt", now=NOW)
            there = catalog.snapshot()
            joined = there.entity("dbt:second")
            owners = there.owners_of(joined)
        finally:
            sys.setprofile(None)
        store.write(lambda conn: conn.set_progress_handler(None, 100))
        assert (joined.id, owners.team_id) == ("component:default/thing-4", "group:default/team-4")
        assert there.edge("dbt:second", MODEL) is not None
        return calls, steps
    finally:
        store.close()


def test_one_changed_edge_costs_as_much_in_a_large_catalog_as_in_a_small_one(tmp_path: Path):
    small = what_it_costs(tmp_path / "small.db", SMALL)
    large = what_it_costs(tmp_path / "large.db", LARGE)
    assert large == pytest.approx(small, rel=0.25)
