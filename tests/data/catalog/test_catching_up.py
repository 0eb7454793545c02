"""What a snapshot knows after an import is what a catalog knows that has just been opened, and it took no reading of
everything to know it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog import changes as catalog_changes
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.importers.report import Reading
from data.records.catalog import Dependency, EndpointKind, Entity, Group, Kind, Person, Sighting
from data.sqlite.store import SqliteStore
from tests.data.catalogs import COMPANY, MONDAY, NoRetirements, a_source, imported, names

FILES = ("/a", "/a/b", "/c")
KINDS = {"m": Kind.MODEL, "v": Kind.VERSION, "e": Kind.ENDPOINT, "c": Kind.CONSUMER}
IDS = ("x/m1", "x/m2", "y/m1", "x/v1", "x/e1", "x/e2", "x/c1", "x/c2")
TEAMS = ("group:default/t", "group:default/w")
PEOPLE = ("user:default/ann", "user:default/bob")

ids = st.sampled_from(IDS)
entities = st.builds(
    lambda one, **facts: Entity(id=one, kind=KINDS[one[2]], **facts),
    ids,
    name=st.sampled_from(("one", "other")),
    owner_id=st.sampled_from(("", *TEAMS, PEOPLE[0])),
    model_id=st.sampled_from(("", "", "x/m1", "x/m2")),
    endpoint_kind=st.sampled_from((EndpointKind.LOCAL, EndpointKind.SAGEMAKER)),
    endpoint_ref=st.sampled_from(("prod", "PROD")),
    declared_in=st.sampled_from(("a.yaml:1", "a.yaml:7")),
)
groups = st.builds(
    Group, id=st.sampled_from(TEAMS), name=st.just("t"), member_ids=st.sampled_from(((), PEOPLE))
)
people = st.builds(
    Person, id=st.sampled_from(PEOPLE), name=st.just("p"), slack_id=st.sampled_from(("", "U1", "U2"))
)
edges = st.builds(Dependency, from_id=ids, to_id=ids, declared_in=st.sampled_from(("a.yaml:1", "b.yaml:2")))
sightings = st.builds(
    Sighting,
    from_id=ids,
    to_id=ids,
    seen_in=st.just("calls:1"),
    last_seen=st.sampled_from(("", "2026-03-01")),
)


class Step(NamedTuple):
    reading: Reading
    format: str
    is_looked_at: bool


@st.composite
def steps(draw: Any) -> Step:
    """A file, read by some importer; some of its documents state edges of others, or cannot tell theirs now."""
    file = draw(st.sampled_from(FILES))
    things: list[Any] = [
        *draw(st.lists(entities, max_size=4, unique_by=lambda one: one.id)),
        *draw(st.lists(groups, max_size=1)),
        *draw(st.lists(people, max_size=2, unique_by=lambda one: one.id)),
    ]
    declarers = [thing.id for thing in things if isinstance(thing, Entity)]
    stated = draw(st.lists(edges, max_size=5)) if declarers else []
    reading = Reading(
        entities=tuple(one for one in things if isinstance(one, Entity)),
        groups=tuple(one for one in things if isinstance(one, Group)),
        people=tuple(one for one in things if isinstance(one, Person)),
        dependencies=tuple(stated),
        declared_by=tuple(draw(st.sampled_from(declarers)) for _ in stated),
        sightings=tuple(draw(st.lists(sightings, max_size=1))),
        uncertain=tuple(draw(st.lists(st.sampled_from(declarers), max_size=1))) if declarers else (),
        unresolved=tuple(draw(st.lists(edges, max_size=1))),
        source_digest="sha256:0",
        roots=(file,),
        files={thing.id: file for thing in things},
    )
    return Step(reading, draw(st.sampled_from(("backstage", "csv"))), draw(st.booleans()))


def told(snapshot: Snapshot) -> dict[str, object]:
    """All that it answers."""
    known = snapshot.known()
    things = [one for one in known if isinstance(one, Entity)]
    shown = {*(one.id for one in things), *snapshot.lineage.nodes}
    return {
        "version": snapshot.version,
        "known": known,
        "unseen": dict(snapshot.unseen),
        "models": snapshot.models(),
        "things": {one: snapshot.entity(one) for one in shown},
        "edges": {ends: snapshot.dependency(*ends) for ends in snapshot.lineage.edges},
        "impact": {one: snapshot.impact(one) for one in shown},
        "responsible": {model.id: snapshot.responsible(model.id) for model in snapshot.models()},
        "reached": {one: sorted(snapshot.reached(one)) for one in shown},
        "people": [(snapshot.person_by_slack(one), snapshot.groups_of(one)) for one in ("U1", "U2")],
    }


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.lists(steps(), min_size=1, max_size=7))
def test_who_follows_import_by_import_knows_what_who_reads_all_of_it_knows(done: list[Step]):
    with (
        TemporaryDirectory() as folder,
        closing(SqliteStore(Path(folder) / "e.db", NoRetirements())) as store,
    ):
        always, sometimes = Catalog(store), Catalog(store)
        handed_out = []
        for day, step in enumerate(done):
            always.import_(step.reading, format=step.format, now=MONDAY + timedelta(days=day))
            handed_out.append((always.snapshot(), told(always.snapshot())))
            assert told(always.snapshot()) == told(Catalog(store).snapshot())
            if step.is_looked_at:
                assert told(sometimes.snapshot()) == told(always.snapshot())
        for snapshot, as_told in handed_out:
            again = Snapshot(snapshot.version, snapshot._things, snapshot._directory, snapshot._joined)
            assert told(again) == as_told, "what was handed out stays as it was"


def test_what_follows_shares_what_stayed(tmp_path: Path, company: Catalog):
    """Were all of it read anew, nothing would be the same object."""
    before = company.snapshot()
    a_source(tmp_path / "a.yaml", "Component late, dependsOn: ['resource:churn-v1']")
    imported(company, tmp_path / "a.yaml")
    after = company.snapshot()
    assert after.version == before.version + 1
    assert "component:default/late" in names_of(after, "resource:default/churn-v1")
    assert "component:default/late" not in names_of(before, "resource:default/churn-v1")
    untouched = "resource:default/churn-v2"
    assert after.entity(untouched) is before.entity(untouched)


def names_of(snapshot: Snapshot, model_id: str) -> list[str]:
    return [consumer.consumer_id for consumer in snapshot.impact(model_id).consumers]


def test_a_line_that_moved_is_told_with_what_changes_next(tmp_path: Path, catalog: Catalog):
    source = a_source(tmp_path / "a.yaml", "Resource m, type: ai-model")
    imported(catalog, source)
    assert catalog.model("m").declared_in == f"{source}:1"
    source.write_text("# a remark\n\n" + source.read_text())
    assert not imported(catalog, source).changed
    imported(catalog, a_source(tmp_path / "b.yaml", "Resource other, type: ai-model"))
    assert catalog.model("m").declared_in == f"{source}:3"


def test_an_import_that_changes_very_much_is_read_as_a_whole(
    tmp_path: Path, store: SqliteStore, catalog: Catalog
):
    catalog.snapshot()
    many = [
        Entity(id=f"x/c{number:04}", kind=Kind.CONSUMER, name="c")
        for number in range(catalog_changes.IDS_MAX + 1)
    ]
    reading = Reading(
        entities=tuple(many), source_digest="sha256:0", roots=("/a",), files={one.id: "/a" for one in many}
    )
    catalog.import_(reading, format="backstage", now=MONDAY)
    with store.reading() as conn:
        assert catalog_changes.changed_since(conn, 0, 1) is None
        assert conn.execute("SELECT COUNT(*) FROM catalog_change").fetchone() == (1,)
    assert catalog.known() == tuple(many)


def test_what_an_older_emeritus_imported_meanwhile_is_not_missed(store: SqliteStore, company: Catalog):
    """It raises the version and does not say what changed, as on PostgreSQL it may while it is being replaced."""
    company.snapshot()

    def job(conn: Any) -> None:
        conn.execute("UPDATE entity SET unseen_since = '2026-03-02' WHERE id = 'resource:default/churn-v1'")
        conn.execute("UPDATE catalog_version SET version = version + 1")

    store.write(job)
    assert dict(company.snapshot().unseen) == {"resource:default/churn-v1": "2026-03-02"}


def test_what_changed_long_ago_is_forgotten_and_all_is_read(tmp_path: Path, store: SqliteStore):
    def job(conn: Any) -> None:
        for version in range(1, catalog_changes.VERSIONS_KEPT + 3):
            catalog_changes.note(conn, version, {f"x/{version % 7}"})

    store.write(job)
    last = catalog_changes.VERSIONS_KEPT + 2
    with store.reading() as conn:
        kept = conn.execute("SELECT MIN(version), COUNT(*) FROM catalog_change").fetchone()
        assert kept == (3, catalog_changes.VERSIONS_KEPT)
        assert catalog_changes.changed_since(conn, 1, last) is None
        assert catalog_changes.changed_since(conn, 2, last) == tuple(f"x/{number}" for number in range(7))
        assert catalog_changes.changed_since(conn, last, last) == ()
        assert catalog_changes.changed_since(conn, last + 1, last) is None, "a record that was put back"


def test_a_name_that_is_no_model_any_more_is_not_offered(tmp_path: Path, catalog: Catalog):
    source = a_source(tmp_path / "a.yaml", "Resource m, type: ai-model", "Resource n, type: ai-model")
    imported(catalog, source)
    assert names(catalog.models()) == ["m", "n"]
    a_source(source, "Resource m, type: database", "Resource n, type: ai-model")
    imported(catalog, source, days=1)
    assert names(catalog.models()) == ["n"]


def test_the_whole_company_read_file_by_file_is_the_company(
    tmp_path: Path, store: SqliteStore, catalog: Catalog
):
    for file in sorted(COMPANY.glob("[!s]*.yaml")):
        imported(catalog, file)
        catalog.snapshot()
    assert told(catalog.snapshot()) == told(Catalog(store).snapshot())


def test_a_record_from_before_is_followed_from_its_next_import_on(
    tmp_path: Path, store: SqliteStore, company: Catalog
):
    known = company.snapshot().known()
    store.close()
    with closing(sqlite3.connect(store.path)) as before:
        before.executescript(
            """DROP TABLE catalog_change; DROP INDEX entity_file; DROP INDEX team_file; DROP INDEX person_file;
            DROP INDEX edge_declared_by;
            DELETE FROM _sqlite_migrations WHERE name = 'the_catalog_knows_what_changed';"""
        )
        before.commit()
    with closing(SqliteStore(store.path, NoRetirements())) as after:
        catalog = Catalog(after)
        assert catalog.snapshot().known() == known
        assert not imported(catalog, COMPANY).changed
        imported(catalog, a_source(tmp_path / "a.yaml", "Component late, dependsOn: ['resource:churn-v1']"))
        with after.reading() as conn:
            assert catalog_changes.changed_since(conn, 1, 2) == ("component:default/late",)
        assert "component:default/late" in names_of(catalog.snapshot(), "resource:default/churn-v1")
