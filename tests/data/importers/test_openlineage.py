"""What events of OpenLineage become, what is taken for the same thing, and what is refused with its line."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.openlineage import read_openlineage
from data.importers.report import ImportReport, Reading
from data.records.catalog import Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, REPOSITORY, as_one

REAL = sorted((REPOSITORY.parent / "shared" / "inputs" / "openlineage").glob("*.json"))
KNOWN = (
    Entity(id="resource:default/churn", kind=Kind.MODEL, name="churn", aliases=("models/churn",)),
    Entity(id="dbt:model.a.orders", kind=Kind.DATASET, name="orders", aliases=("prod.core.orders",)),
    Entity(id="component:default/etl", kind=Kind.CONSUMER, name="etl"),
    Group(id="group:default/data", name="data"),
    Person(id="user:default/data", name="Dat A", email="dat@example.com"),
)
Said = dict[str, object]


def a_name(text: str, **facets: object) -> Said:
    """From NAMESPACE/NAME."""
    namespace, _, name = text.rpartition("/")
    return {"namespace": namespace, "name": name, "facets": facets}


def an_event(day: str, job: str, reads: str = "", writes: str = "", /, **said: object) -> Said:
    return {
        "eventType": "COMPLETE",
        "eventTime": f"{day}T10:00:00.123456789Z",
        "run": {
            "runId": "1",
            "facets": {"parent": {"job": a_name("airflow/nightly"), "run": {"runId": "0"}}},
        },
        "job": a_name(job),
        "inputs": [a_name(one) for one in reads.split()],
        "outputs": [a_name(one) for one in writes.split()],
        **said,
    }


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    def written(*events: Said) -> Reading:
        (file := tmp_path / "events.ndjson").write_text("".join(f"{json.dumps(event)}\n" for event in events))
        return read_openlineage([file], known=KNOWN)

    return written


def lines(said: tuple[object, ...]) -> list[str]:
    """Without the directory the test wrote to."""
    return [re.sub(r"\S*events\.ndjson:", "", str(line)) for line in said]


def seen(reading: Reading) -> list[tuple[str, str, str]]:
    return [
        (f"{one.from_id} -> {one.to_id}".replace("openlineage:", ""), one.first_seen, one.last_seen)
        for one in reading.sightings
    ]


def test_a_job_uses_its_inputs_and_what_it_writes_depends_on_it(read):
    reading = read(
        an_event("2026-03-02", "spark/Score", "s3://lake/people", "pg://db/public.scores"),
        an_event("2026-02-27", "spark/Score", "s3://lake/people", eventType="FAIL"),
        an_event("2026-03-01", "spark/Score", "", "pg://db/public.scores"),
    )
    assert [(one.id, one.kind, one.name, one.aliases) for one in reading.entities] == [
        ("openlineage:job:spark/score", Kind.PIPELINE, "Score", ("spark/Score",)),
        ("openlineage:dataset:s3://lake/people", Kind.DATASET, "people", ("s3://lake/people",)),
        (
            "openlineage:dataset:pg://db/public.scores",
            Kind.DATASET,
            "public.scores",
            ("pg://db/public.scores", "public.scores"),
        ),
    ]
    assert seen(reading) == [
        ("job:spark/score -> dataset:s3://lake/people", "2026-02-27", "2026-03-02"),
        ("dataset:pg://db/public.scores -> job:spark/score", "2026-03-01", "2026-03-02"),
    ]
    assert (reading.dependencies, reading.notes, reading.skipped) == ((), (), ())
    assert (reading.documents.read, reading.documents.kept) == (3, 3)
    assert (reading.edges.read, reading.edges.kept) == (4, 4)


def test_a_job_alone_and_a_dataset_alone_are_told_as_well(read):
    static = an_event("2026-03-01", "spark/a", "db/x")
    del static["run"], static["eventType"]
    dataset = {"eventTime": "2026-03-02T23:30:00-02:00", "dataset": a_name("db/y")}
    reading = read(static, dataset)
    assert [one.id.removeprefix("openlineage:") for one in reading.entities] == [
        "job:spark/a",
        "dataset:db/x",
        "dataset:db/y",
    ]
    assert seen(reading) == [("job:spark/a -> dataset:db/x", "2026-03-01", "2026-03-01")]


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-03-02T23:30:00-02:00", "2026-03-03"),
        ("2026-03-02T23:30:00", "2026-03-02"),
        ("0001-01-01T00:00:00+10:00", ""),
        ("{{RUN_START_TIME}}", ""),
    ],
)
def test_a_day_is_one_of_utc_and_a_time_that_is_none_costs_no_edge(read, time, day):
    reading = read(an_event("", "spark/a", "db/x", eventTime=time))
    assert seen(reading) == [("job:spark/a -> dataset:db/x", day, day)]
    assert lines(reading.notes) == (
        [] if day else [f'1 spark/a: eventTime "{time}" is no time; kept without a day']
    )


def test_every_event_that_tells_nothing_is_skipped_with_the_reason(read):
    tested = a_name("dbt/not_null", jobType={"integration": "DBT", "jobType": "TEST"})
    reading = read(
        an_event("2026-03-01", "spark/a"),
        an_event("2026-03-01", "", "db/x"),
        an_event("2026-03-01", "spark/a", "db/x", eventTime=None),
        an_event("2026-03-01", "spark/a|b", "db/x"),
        an_event("2026-03-01", "dbt/t", "db/x", job=tested),
        an_event("2026-03-01", "spark/a", "db/x|y z /w", "db/ok"),
        {"eventTime": "2026-03-01T00:00:00Z"},
        {"eventTime": "2026-03-01T00:00:00Z", "dataset": {"name": "x"}},
    )
    no_name = 'a name has no "#", "|" or control characters, or references to it would be ambiguous'
    assert lines(reading.skipped) == [
        "2 event of (nobody)/: job: no namespace and name",
        "3 event of spark/a: has no eventTime",
        f"4 event of spark/a|b: job: {no_name}",
        "5 event of dbt/not_null: a test is no consumer of what it checks",
        f"6 spark/a inputs: {no_name}",
        "6 spark/a inputs: no namespace and name",
        "6 spark/a inputs: no namespace and name",
        "7 event of (nobody)/: job: no namespace and name",
        "8 event of (nobody)/x: no namespace and name",
    ]
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (8, 2, 6)
    assert (reading.edges.read, reading.edges.kept, reading.edges.skipped) == (4, 1, 3)


def links(*keys: str) -> Said:
    return {"identifiers": [{**a_name(key), "type": "TABLE"} for key in keys]}


def test_a_symlink_is_the_dataset_that_names_it(read):
    lake = a_name("s3://lake/sales", symlinks=links("hive://meta/shop.orders"))
    reading = read(
        an_event("2026-03-01", "spark/a", "hive://meta/Shop.Orders"),
        an_event("2026-03-02", "spark/b", outputs=[lake]),
    )
    assert seen(reading) == [
        ("job:spark/a -> dataset:s3://lake/sales", "2026-03-01", "2026-03-01"),
        ("dataset:s3://lake/sales -> job:spark/b", "2026-03-02", "2026-03-02"),
    ]
    assert [one.aliases for one in reading.entities if one.kind is Kind.DATASET] == [
        ("s3://lake/sales", "hive://meta/shop.orders")
    ]
    assert lines(reading.notes) == [
        "1 hive://meta/Shop.Orders: joined to openlineage:dataset:s3://lake/sales, whose symlink it is"
    ]


def test_symlinks_that_go_round_or_name_two_break_nothing(read):
    reading = read(
        an_event(
            "2026-03-01",
            "spark/a",
            inputs=[
                a_name("a/x", symlinks=links("b/x")),
                a_name("b/x", symlinks=links("a/x", "b/x")),
                a_name("c/x", symlinks=links("d/x", "/nameless")),
                a_name("e/x", symlinks=links("d/x")),
                a_name("d/x"),
            ],
        ),
    )
    assert {ends for ends, _, _ in seen(reading)} == {
        f"job:spark/a -> dataset:{one}/x" for one in ("a", "c", "d", "e")
    }
    assert lines(reading.notes) == [
        "1 c/x: a symlink without namespace or name; ignored",
        "1 b/x: joined to openlineage:dataset:a/x, whose symlink it is",
        "1 d/x: is a symlink of openlineage:dataset:c/x and openlineage:dataset:e/x; joined to neither",
    ]


def test_what_another_source_calls_so_is_that_and_who_only_has_the_name_is_told(read):
    reading = read(
        an_event("2026-03-01", "default/etl", "models/churn pg://prod/prod.core.orders"),
        an_event("2026-03-01", "default/etl", "", "lake/orders"),
    )
    id_of = as_one(reading, KNOWN).id_of
    assert [f"{id_of(one.from_id)} -> {id_of(one.to_id)}" for one in reading.sightings] == [
        "openlineage:job:default/etl -> resource:default/churn",
        "openlineage:job:default/etl -> dbt:model.a.orders",
        "openlineage:dataset:lake/orders -> openlineage:job:default/etl",
    ]
    assert lines(reading.notes) == [
        '1 default/etl: called like component:default/etl; if it is the same, give that the alias "default/etl"',
        '2 lake/orders: called like dbt:model.a.orders; if it is the same, give that the alias "lake/orders"',
    ]


def test_a_name_of_two_namespaces_is_joined_to_nothing(read):
    reading = read(an_event("2026-03-01", "spark/a", "pg://prod/prod.core.orders pg://test/prod.core.orders"))
    assert {ends for ends, _, _ in seen(reading)} == {
        f"job:spark/a -> dataset:pg://{one}/prod.core.orders" for one in ("prod", "test")
    }
    assert {note.note.partition(";")[0] for note in reading.notes} == {"called like dbt:model.a.orders"}


@pytest.mark.parametrize(
    ("names", "owner_id"),
    [
        (["data"], "group:default/data"),
        (["team:data"], "group:default/data"),
        (["user:data"], "user:default/data"),
        (["user:dat@example.com"], "user:default/data"),
        (["application:x", "team:data"], "group:default/data"),
        (["team:datum"], ""),
    ],
)
def test_owners_are_whom_somebody_declares_and_nobody_is_guessed(read, names, owner_id):
    owners = {"owners": [{"name": name, "type": "MAINTAINER"} for name in names]}
    reading = read(
        an_event("2026-03-01", "spark/a", job=a_name("spark/a", ownership=owners)),
        an_event("2026-03-02", "spark/a"),
    )
    assert [one.owner_id for one in reading.entities] == [owner_id]
    assert [note.note.partition(": no such")[0] for note in reading.notes] == (
        [] if owner_id else [f'owner "{names[0]}"']
    )


def test_what_is_said_of_a_thing_is_told_once(read):
    job = a_name("spark/A", jobType={"integration": "SPARK", "jobType": "JOB", "processingType": "BATCH"})
    gone = a_name("db/x", lifecycleStateChange={"lifecycleStateChange": "DROP"})
    reading = read(
        *[an_event("2026-03-01", "", job=job, outputs=[gone])] * 2, an_event("2026-03-02", "spark/a")
    )
    assert lines(reading.notes) == [
        "1 spark/A: SPARK JOB BATCH; kept as a pipeline",
        "1 db/x: dropped on 2026-03-01; kept, as whoever used it may still want to",
        '3 spark/a: written "spark/A" elsewhere; taken as the same',
    ]
    assert len(reading.entities) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{}\n{}",
        "[{},\n{}]",
        '{"events": [{}, {}], "totalCount": 2}',
    ],
    ids=["one a line", "a list", "as Marquez answers"],
)
def test_events_come_one_a_line_or_in_a_list(tmp_path: Path, text: str):
    events = iter([an_event("2026-03-01", "spark/a", "db/x"), an_event("2026-03-02", "spark/a", "db/x")])
    (file := tmp_path / "e.json").write_text(re.sub(r"\{\}", lambda _: json.dumps(next(events)), text))
    assert seen(read_openlineage([file])) == [("job:spark/a -> dataset:db/x", "2026-03-01", "2026-03-02")]


NOTHING = "holds no event of OpenLineage: nothing with a job or a dataset"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", f"1: {NOTHING}"),
        ("[]", f"1: {NOTHING}"),
        ('{"name": "package"}', f"1: {NOTHING}"),
        ('"job"', f"1: {NOTHING}"),
        ('{"job": {}}\n\n7', "3 7: an event is an object"),
        ('{"job": {}}\n{"job": ', "2 Expecting value: not readable as JSON; is the file complete?"),
        ('[{"job": {}},\n{"job": {}}', "2 a comma or the end of the list: not readable as JSON"),
        ('{"a":' * 100_000, "1 values nested less deep"),
    ],
    ids=[
        "empty",
        "an empty list",
        "something else",
        "a text",
        "a number",
        "a line cut off",
        "a list cut off",
        "deep",
    ],
)
def test_a_file_that_holds_no_events_or_not_all_is_refused_by_its_line(
    tmp_path: Path, text: str, refusal: str
):
    (tmp_path / "fine.json").write_text(json.dumps(an_event("2026-03-01", "spark/a")))
    (file := tmp_path / "events.ndjson").write_text(text)
    with pytest.raises(Invalid) as refused:
        read_openlineage([tmp_path / "fine.json", file])
    assert str(refused.value).startswith(f"{file}:{refusal}")


def test_a_directory_without_any_event_is_refused(tmp_path: Path):
    (tmp_path / "empty.json").write_text("[]")
    with pytest.raises(Invalid, match="holds no event of OpenLineage"):
        read_openlineage([tmp_path])


def test_every_event_and_every_use_is_accounted_for(tmp_path: Path):
    (own := tmp_path / "own.json").write_text(
        json.dumps([an_event("2026-03-01", "spark/a", "db/x db/y /z", "db/x"), an_event("", "", "db/x")])
    )
    for file in (own, *REAL):
        reading = read_openlineage([file])
        for count in (reading.documents, reading.edges):
            assert count.read == count.kept + count.skipped
        assert reading.documents.skipped + reading.edges.skipped == len(reading.skipped)
        assert {one.id for one in reading.entities} == {
            end for one in reading.sightings for end in (one.from_id, one.to_id)
        }
        assert len(reading.sightings) <= reading.edges.kept
        assert read_openlineage([file]) == reading


def test_whatever_stands_where_something_else_should_is_no_traceback(tmp_path: Path):
    odd = (None, [], {}, "", "x", "\ud800|#\x00", 3, 1e308, True, [None], [{}], {"x": []}, "9" * 700)
    job = a_name("spark/a", ownership={"owners": [{"name": "data"}]}, jobType={"jobType": "JOB"})
    data = a_name("db/x", symlinks=links("db/y"), lifecycleStateChange={"lifecycleStateChange": "DROP"})
    whole = an_event("2026-03-01", "spark/a", job=job, inputs=[data], outputs=[a_name("db/y")], dataset=data)
    chance = random.Random(4)

    def bent(value: object) -> object:
        if chance.random() < 0.1:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {key: bent(one) for key, one in value.items()}
        return [bent(one) for one in value] if isinstance(value, list) else value

    (tmp_path / "a.json").write_text(json.dumps(whole))
    for _ in range(200):
        events = [{key: bent(value) for key, value in whole.items()} for _ in range(5)]
        (tmp_path / "b.json").write_text(json.dumps(events))
        reading = read_openlineage([tmp_path], known=KNOWN)
        for count in (reading.documents, reading.edges):
            assert count.read == count.kept + count.skipped
        assert reading.documents.skipped + reading.edges.skipped == len(reading.skipped)
        assert json.dumps(
            [str(line) for line in (*reading.skipped, *reading.notes)], ensure_ascii=False
        ).encode()


def imported(catalog: Catalog, *files: Path) -> ImportReport:
    reading = read_openlineage(files, known=catalog.known())
    return catalog.import_(reading, format="openlineage", now=MONDAY)


def test_days_of_events_add_up_in_whatever_order_they_come(tmp_path: Path, catalog: Catalog):
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    lake = a_name("s3/x", symlinks=links("hive/x"))
    first.write_text(json.dumps(an_event("2026-03-01", "spark/a", inputs=[lake])))
    second.write_text(json.dumps(an_event("2026-03-02", "spark/a", "s3/x", "hive/x")))
    imported(catalog, first)
    assert imported(catalog, second).changed
    before = catalog.snapshot()
    for file in (second, first, second):
        assert not imported(catalog, file).changed
    assert catalog.snapshot() is before
    assert {one.id: one.aliases for one in catalog.known() if isinstance(one, Entity)} == {
        "openlineage:job:spark/a": ("spark/a",),
        "openlineage:dataset:s3/x": ("s3/x", "hive/x"),
    }
    edge = before.dependency("openlineage:job:spark/a", "openlineage:dataset:s3/x")
    assert (edge.first_seen, edge.last_seen) == ("2026-03-01", "2026-03-02")


@pytest.mark.long
def test_a_hundred_thousand_uses_are_read_in_a_moment(tmp_path: Path):
    with (file := tmp_path / "events.ndjson").open("w") as out:
        for at in range(20_000):
            event = an_event(
                f"2026-03-{at % 28 + 1:02}", f"spark/j{at % 5_000}", f"db/a{at} db/b{at} db/c", f"db/o{at}"
            )
            out.write(json.dumps(event) + "\n")
    reading = read_openlineage([file])
    assert (reading.documents.kept, reading.edges.kept, len(reading.entities)) == (20_000, 80_000, 65_001)
