"""Imports into the real store: one commit, one event, nothing forgotten, nothing half-done."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from data.catalog.catalog import MANY, Catalog
from data.errors import Invalid
from data.events import Imported
from data.importers.backstage import read_backstage
from data.records.catalog import Origin, Owners
from data.sqlite.store import SqliteStore
from tests.benchmarks.large_graph import a_catalog
from tests.data.catalogs import (
    COMPANY,
    MONDAY,
    REAL,
    NoRetirements,
    a_document,
    a_source,
    imported,
    imported_csv,
    names,
)


def test_an_import_is_one_event_with_counts_and_changed_ids(store: SqliteStore, catalog: Catalog):
    report = imported(catalog, COMPANY)
    (event,) = (stored.event for stored in store.events("catalog"))
    assert isinstance(event, Imported)
    assert (event.at, event.by, event.format, event.source_digest) == (
        MONDAY,
        "emeritus",
        "backstage",
        report.source_digest,
    )
    assert event.counts["models"] == 12
    assert event.counts["new"] == len(event.changed_ids) + event.counts["people"]
    assert not any(one.startswith("user:") for one in event.changed_ids), "what is hashed stays"
    assert "resource:default/churn-v1" in event.changed_ids
    assert (report.changed, report.catalog_version) == (True, 1)
    assert store.verify().bad == ""


@pytest.mark.parametrize("folder", [COMPANY, *REAL], ids=lambda folder: folder.name)
def test_importing_the_same_again_changes_nothing(store: SqliteStore, catalog: Catalog, folder: Path):
    imported(catalog, folder)
    before = catalog.snapshot()
    again = imported(catalog, folder, days=1)
    assert (again.changed, again.catalog_version, again.unseen) == (False, 1, ())
    assert len(store.events("catalog")) == 1
    assert catalog.snapshot() is before


def test_the_report_reads_as_text_and_as_json(catalog: Catalog):
    report = imported(catalog, COMPANY)
    said = str(report).splitlines()
    assert said[0] == "documents: 79 read, 78 kept, 1 skipped"
    assert said[2] == "holds: 12 models, 12 endpoints, 30 consumers, 8 teams, 16 people, 49 dependencies"
    assert said[3] == "catalog is now at version 1: 127 new, 0 changed, 0 unseen, 0 withdrawn"
    assert said[4].startswith("skipped ")
    assert said[4].endswith("slack.yaml:2 document: not a Backstage entity: no apiVersion and kind")
    assert msgspec.json.decode(msgspec.json.encode(report))["documents"] == {
        "read": 79,
        "kept": 78,
        "skipped": 1,
    }
    assert str(imported(catalog, COMPANY)).splitlines()[3] == "nothing new: the catalog stays at version 1"


def test_a_refused_source_leaves_the_catalog_as_it_was(tmp_path: Path, company: Catalog, store: SqliteStore):
    (tmp_path / "good.yaml").write_text((COMPANY / "models.yaml").read_text())
    (tmp_path / "torn.yaml").write_text("apiVersion: [")
    with pytest.raises(Invalid):
        imported(company, tmp_path / "good.yaml", tmp_path / "torn.yaml")
    assert company.version() == 1
    assert len(store.events("catalog")) == 1


def test_a_line_that_moved_is_no_change(tmp_path: Path, catalog: Catalog):
    source = a_source(tmp_path / "a.yaml", "Resource m, type: ai-model")
    imported(catalog, source)
    source.write_text("# a remark\n\n" + source.read_text())
    assert not imported(catalog, source).changed


def test_what_is_not_declared_any_more_is_marked_and_kept(tmp_path: Path, catalog: Catalog):
    both = (
        "Resource m, type: ai-model, owner: t",
        "Component c, 'dependsOn': ['resource:m']",
        "Group t, type: team",
    )
    source = a_source(tmp_path / "a.yaml", *both)
    imported(catalog, source)
    a_source(tmp_path / "a.yaml", both[0], both[2])
    report = imported(catalog, source, days=1)
    assert report.unseen == ("component:default/c",)
    assert names(catalog.impact("resource:default/m").consumers) == ["c"]
    assert catalog.snapshot().unseen == {"component:default/c": "2026-03-03T09:00:00+00:00"}
    assert not imported(catalog, source, days=2).changed
    a_source(tmp_path / "a.yaml", *both)
    assert imported(catalog, source, days=3).counts["changed"] == 1
    assert catalog.snapshot().unseen == {}


def test_an_edge_its_declarer_dropped_counts_no_more(tmp_path: Path, catalog: Catalog):
    models = ("Resource m1, type: ai-model", "Resource m2, type: ai-model")
    source = a_source(tmp_path / "a.yaml", *models, "Component c, dependsOn: ['resource:m1']")
    imported(catalog, source)
    a_source(tmp_path / "a.yaml", *models, "Component c, dependsOn: ['resource:m2']")
    report = imported(catalog, source, days=1)
    assert (report.counts["withdrawn"], report.changed) == (1, True)
    assert report.withdrawn == ("component:default/c -> resource:default/m1",)
    assert str(report).splitlines()[-1] == (
        "withdrawn component:default/c -> resource:default/m1: its document does not state it any more"
    )
    assert catalog.impact("resource:default/m1").consumers == ()
    assert names(catalog.impact("resource:default/m2").consumers) == ["c"]


def test_a_file_that_declares_otherwise_what_another_one_did_counts_but_not_unnoticed(
    tmp_path: Path, catalog: Catalog
):
    """Otherwise whoever gets a file into an import could take over any model, and nobody would see it."""
    teams = ("Group t, members: [u]", "Group w, members: [v]")
    ours = a_source(tmp_path / "ours.yaml", "Resource m, type: ai-model, owner: t", *teams)
    imported(catalog, ours)
    theirs = a_source(tmp_path / "theirs.yaml", "Resource M, type: ai-model, owner: w", teams[0])
    report = imported(catalog, theirs, days=1)
    told = [str(note) for note in report.notes if "declared it otherwise" in note.note]
    assert told == [
        f"{theirs} resource:default/m: {ours} declared it otherwise; what was read last counts"
    ], "the team is declared the same in both"
    assert catalog.owners_of(catalog.model("M")).team_id == "group:default/w"
    again = imported(catalog, theirs, days=2)
    assert (again.changed, [note for note in again.notes if "otherwise" in note.note]) == (False, [])


def test_a_slack_id_is_given_to_one_person_whatever_was_imported_before(tmp_path: Path, catalog: Catalog):
    """Otherwise one Slack user speaks for both, and for both of their teams."""
    ann, bob = tmp_path / "ann.yaml", tmp_path / "bob.yaml"
    ann.write_text(a_document("User", "ann", "memberOf: []", slack_id="U01SAME"))
    bob.write_text(a_document("User", "bob", "memberOf: []", slack_id="U01SAME"))
    note = f"{bob}:6 User bob emeritus.dev/slack-id U01SAME: is user:default/ann's already; kept without a Slack id"

    together = imported(catalog, ann, bob)
    alone = [imported(catalog, file, days=day) for day, file in enumerate((ann, bob, ann), start=1)]

    assert [list(map(str, report.notes)) for report in (together, *alone)] == [[note], [], [note], []]
    assert not any(report.changed for report in alone)
    assert [catalog.snapshot().person(f"user:default/{who}").slack_id for who in ("ann", "bob")] == [
        "U01SAME",
        "",
    ]


def test_the_slack_id_of_who_left_or_was_renamed_is_free(
    tmp_path: Path, store: SqliteStore, catalog: Catalog
):
    people, bob = tmp_path / "people.yaml", tmp_path / "bob.yaml"
    people.write_text(a_document("User", "ann", "memberOf: []", slack_id="U01SAME"))
    bob.write_text(a_document("User", "bob", "memberOf: []", slack_id="U01SAME"))
    imported(catalog, people)
    people.write_text(a_document("User", "ann-lee", "memberOf: []", slack_id="U01SAME"))
    renamed = imported(catalog, people, days=1)
    people.write_text(a_document("User", "zoe", "memberOf: []"))
    imported(catalog, people, days=2)
    left = imported(catalog, bob, days=3)

    assert (renamed.notes, left.notes) == ((), ())
    assert catalog.snapshot().person("user:default/ann-lee").slack_id == "U01SAME"
    assert catalog.snapshot().person("user:default/bob").slack_id == "U01SAME"
    assert [one.event.changed_ids for one in store.events("catalog")] == [(), (), (), ()]


def test_who_moves_to_another_file_takes_their_slack_id_along(tmp_path: Path, catalog: Catalog):
    here, there = tmp_path / "here.yaml", tmp_path / "there.yaml"
    for file in (here, there):
        file.write_text(a_document("User", "ann", "memberOf: []", slack_id="U01SAME"))

    assert imported(catalog, here).notes == imported(catalog, there, days=1).notes == ()
    assert catalog.snapshot().person("user:default/ann").slack_id == "U01SAME"


def test_importing_another_file_marks_nothing_of_the_first(tmp_path: Path, catalog: Catalog):
    models = a_source(
        tmp_path / "models.yaml", "Resource m, type: ai-model, owner: t", "Group t, members: [u]"
    )
    imported(catalog, models)
    people = a_source(
        tmp_path / "more.yaml", "User u, memberOf: []", "Component c, dependsOn: ['resource:m'], owner: t"
    )
    report = imported(catalog, people)
    assert report.unseen == ()
    (consumer,) = catalog.impact("resource:default/m").consumers
    assert consumer.owners == Owners(team_id="group:default/t", called="t", slack_ids=("U0U",))


def test_an_edge_to_something_this_source_does_not_declare_is_not_forgotten(tmp_path: Path, catalog: Catalog):
    a_source(tmp_path / "models.yaml", "Resource m, type: ai-model")
    consumers = a_source(tmp_path / "consumers.yaml", "Component c, dependsOn: ['resource:m']")
    imported(catalog, tmp_path)
    alone = read_backstage([consumers])
    assert [edge.to_id for edge in alone.dependencies] == ["backstage-named:resource:default/m"]
    catalog.import_(alone, format="backstage", now=MONDAY)
    assert names(catalog.impact("resource:default/m").consumers) == ["c"]


def test_a_snapshot_stays_as_it_was_while_the_catalog_moves_on(tmp_path: Path, company: Catalog):
    before = company.snapshot()
    imported(company, a_source(tmp_path / "a.yaml", "Resource extra, type: ai-model"))
    assert len(before.models()) == 12
    assert len(company.models()) == 13
    assert (before.version, company.version()) == (1, 2)


def test_what_a_large_catalog_holds_is_no_work_for_the_collector_of_garbage(
    store: SqliteStore, catalog: Catalog
):
    catalog.import_(a_catalog(nodes=MANY, edges=MANY, reached=10), format="backstage", now=MONDAY)
    try:
        for opened in (catalog, Catalog(store)):
            held = opened.snapshot()
            assert gc.get_freeze_count() > MANY
            assert not any(one is held for one in gc.get_objects())
            assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_a_reader_beside_the_writer_sees_each_import(tmp_path: Path, store: SqliteStore, catalog: Catalog):
    reader = SqliteStore(store.path, NoRetirements(), read_only=True)
    try:
        beside = Catalog(reader)
        assert beside.models() == ()
        imported(catalog, COMPANY)
        assert len(beside.models()) == 12
    finally:
        reader.close()


def test_an_edge_counts_for_as_long_as_anybody_states_it(tmp_path: Path, catalog: Catalog):
    (tmp_path / "calls.csv").write_text("from,to\nc,m\n")
    both = ("Resource m, type: ai-model", "Component c, {type: service, dependsOn: [resource:m]}")
    source = a_source(tmp_path / "a.yaml", both[0], both[1].replace("{", "").replace("}", ""))
    imported(catalog, source)
    assert imported_csv(catalog, tmp_path / "calls.csv").counts["new"] == 3  # two names, and what it states
    a_source(source, both[0], "Component c, type: service")
    assert imported(catalog, source).withdrawn == ()
    edge = catalog.snapshot().dependency("component:default/c", "resource:default/m")
    assert (edge.sources, edge.declared_in) == (("csv",), f"{tmp_path}/calls.csv:2")


def test_calls_are_never_undone_and_the_latest_count(tmp_path: Path, company: Catalog):
    for day, text in enumerate(
        (
            "2026-03-01,1200\n",
            "2026-02-20,9\n",  # an older list
            "2026-03-05,\n",
        )
    ):
        (tmp_path / "calls.csv").write_text("from,to,last_seen,calls_per_day\ncheckout,churn-v1," + text)
        imported_csv(company, tmp_path / "calls.csv", days=day)
    assert not imported_csv(company, tmp_path / "calls.csv", days=9).changed
    (tmp_path / "calls.csv").write_text("from,to,last_seen\nsunday-mailer,churn-v1,2026-03-06\n")
    imported_csv(company, tmp_path / "calls.csv", days=10)
    edge = company.snapshot().dependency("component:default/checkout", "resource:default/churn-v1")
    assert (edge.origin, edge.sources) == (Origin.OBSERVED, ("csv",))
    assert (edge.first_seen, edge.last_seen, edge.calls_per_day) == ("2026-02-20", "2026-03-05", 1200.0)


def test_who_was_only_seen_calling_is_impacted_like_any_other(tmp_path: Path, company: Catalog):
    before = {one.consumer_id for one in company.impact("resource:default/churn-v1").consumers}
    (tmp_path / "calls.csv").write_text("from,to,last_seen\nghost,churn-v1-prod,2026-03-01\n")
    imported_csv(company, tmp_path / "calls.csv")
    after = {one.consumer_id for one in company.impact("resource:default/churn-v1").consumers}
    assert after - before == {"csv:ghost"}


def test_an_upgrade_keeps_every_edge(tmp_path: Path, store: SqliteStore, company: Catalog):
    edges = company.snapshot().lineage.edges
    store.close()
    with closing(sqlite3.connect(store.path)) as before:
        before.executescript(
            """CREATE TABLE dependency (from_id TEXT NOT NULL, to_id TEXT NOT NULL, declared_in TEXT NOT NULL,
                declared_by TEXT NOT NULL, withdrawn_at TEXT, PRIMARY KEY (from_id, to_id)) WITHOUT ROWID;
            INSERT INTO dependency SELECT from_id, to_id, declared_in, declared_by, withdrawn_at FROM edge;
            DROP TABLE edge; DROP TABLE sighting;
            DELETE FROM _sqlite_migrations WHERE name = 'edges_know_their_sources';"""
        )
        before.commit()
    with closing(SqliteStore(store.path, NoRetirements())) as after:
        again = Catalog(after)
        assert set(again.snapshot().lineage.edges) == set(edges)
        assert not imported(again, COMPANY).changed


def test_an_edge_that_both_ends_state_outlives_one_of_them(tmp_path: Path, catalog: Catalog):
    a_source(tmp_path / "m.yaml", "Resource m, type: ai-model, dependencyOf: [component:c]")
    mine = a_source(tmp_path / "c.yaml", "Component c, type: service, dependsOn: [resource:m]")
    imported(catalog, tmp_path)
    a_source(mine, "Component c, type: service")
    assert imported(catalog, mine).withdrawn == ()
    assert [one.name for one in catalog.impact("resource:default/m").consumers] == ["c"]


def test_another_format_in_the_same_folder_makes_nobody_leave_and_refers_to_what_is_there(
    tmp_path: Path, catalog: Catalog
):
    a_source(
        tmp_path / "all.yaml",
        "Group t, members: [ada]",
        "User ada, x: y",
        "Resource m, type: ai-model, owner: t",
    )
    (tmp_path / "edges.csv").write_text("from,to\nbilling,m\n")
    imported(catalog, tmp_path)
    assert imported_csv(catalog, tmp_path).unseen == ()
    assert [one.name for one in catalog.impact("resource:default/m").consumers] == ["billing"]
    assert imported(catalog, tmp_path).unseen == ()
