"""What a manifest of dbt becomes, what people add to it in meta, and what is refused with its line."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.dbt import read_dbt
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, joined_ends

KNOWN = (
    Entity(id="resource:default/churn", kind=Kind.MODEL, name="churn", aliases=("models:/churn",)),
    Entity(id="component:ops/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="component:shop/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="dbt:model.core.orders", kind=Kind.DATASET, name="orders", aliases=("prod.core.orders",)),
    Group(id="group:default/payments", name="payments"),
    Person(id="user:default/ada", name="Ada Okafor", email="ada@example.com"),
)
NO_NAME = 'a name has no "#", "|" or control characters, or references to it would be ambiguous'
UNKNOWN = 'owner "who@example.com": no such group or person; nothing has a similar name'
ANALYSIS = "an analysis is never run by dbt, and nobody depends on it"
SCHEMA = "https://schemas.getdbt.com/dbt/manifest/{}.json"
Manifest = dict[str, dict[str, object]]


def a_resource(unique_id: str, *nodes: str, **said: object) -> tuple[str, dict[str, object]]:
    kind, _, rest = unique_id.partition(".")
    fields = {"resource_type": kind, "name": rest.rpartition(".")[2], "package_name": rest.partition(".")[0]}
    return unique_id, {**fields, "depends_on": {"macros": [], "nodes": list(nodes)}, **said}


def a_table(schema: str, alias: str) -> dict[str, object]:
    relation = f'"prod"."{schema}"."{alias}"'
    return {"database": "prod", "schema": schema, "alias": alias, "relation_name": relation}


def a_manifest(*resources: tuple[str, dict[str, object]], version: str = "v12", **others: object) -> Manifest:
    """Each resource in its section, and a child_map that says what depends_on does."""
    sections = {"source": "sources", "exposure": "exposures", "metric": "metrics", "macro": "macros"}
    manifest: Manifest = {"metadata": {"dbt_schema_version": SCHEMA.format(version)}, "nodes": {}}
    children: dict[str, list[str]] = {unique_id: [] for unique_id, _ in resources}
    for unique_id, fields in resources:
        section = sections.get(unique_id.partition(".")[0], "nodes")
        manifest.setdefault(section, {})[unique_id] = fields
        for parent in fields["depends_on"]["nodes"]:  # type: ignore[index]
            children.setdefault(parent, []).append(unique_id)
    named = [unique_id for unique_id, _ in resources]
    return {**manifest, "child_map": {one: children[one] for one in named}, **others}  # type: ignore[dict-item]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    def written(*resources: tuple[str, dict[str, object]], **others: object) -> Reading:
        (file := tmp_path / "manifest.json").write_text(json.dumps(a_manifest(*resources, **others)))
        return read_dbt([file], known=KNOWN)

    return written


def lines(said: tuple[object, ...]) -> list[str]:
    """Without the place: in these files all is on one line."""
    return [re.sub(r"\S*manifest\.json:1 ", "", str(line)) for line in said]


def ends(reading: Reading) -> list[str]:
    return [f"{edge.from_id} -> {edge.to_id}".replace("dbt:", "") for edge in reading.dependencies]


def test_what_is_made_of_data_is_a_dataset_and_who_uses_it_a_consumer(read):
    reading = read(
        a_resource("seed.shop.countries", **a_table("raw", "countries")),
        a_resource("model.shop.Scores", "source.shop.crm.people", version=2, **a_table("ml", "scores_v2")),
        a_resource("snapshot.shop.history", "model.shop.Scores"),
        a_resource("source.shop.crm.people", source_name="crm"),
        a_resource("exposure.shop.weekly", "model.shop.Scores", type="dashboard", label="Week by week"),
        a_resource("exposure.shop.mailer", "metric.shop.reach", type="application"),
        a_resource("exposure.shop.ranker", "snapshot.shop.history", type="ml"),
        a_resource("exposure.shop.churn2", type="ml", meta={"emeritus": {"kind": "model"}}),
        a_resource("metric.shop.reach", "model.shop.Scores"),
    )
    assert {one.id: (one.kind, one.name, one.title, one.aliases[1:]) for one in reading.entities} == {
        "dbt:seed.shop.countries": (Kind.DATASET, "countries", "", ("prod.raw.countries",)),
        "dbt:model.shop.scores": (Kind.DATASET, "Scores.v2", "", ("prod.ml.scores_v2",)),
        "dbt:snapshot.shop.history": (Kind.DATASET, "history", "", ()),
        "dbt:source.shop.crm.people": (Kind.DATASET, "crm.people", "", ()),
        "dbt:exposure.shop.weekly": (Kind.DASHBOARD, "weekly", "Week by week", ()),
        "dbt:exposure.shop.mailer": (Kind.CONSUMER, "mailer", "", ()),
        "dbt:exposure.shop.ranker": (Kind.CONSUMER, "ranker", "", ()),
        "dbt:exposure.shop.churn2": (Kind.MODEL, "churn2", "", ()),
        "dbt:metric.shop.reach": (Kind.DATASET, "reach", "", ()),
    }
    assert {one.aliases[0] for one in reading.entities} >= {"model.shop.Scores", "exposure.shop.weekly"}
    assert sorted(ends(reading)) == [
        "exposure.shop.mailer -> metric.shop.reach",
        "exposure.shop.ranker -> snapshot.shop.history",
        "exposure.shop.weekly -> model.shop.scores",
        "metric.shop.reach -> model.shop.scores",
        "model.shop.scores -> source.shop.crm.people",
        "snapshot.shop.history -> model.shop.scores",
    ]
    assert dict(zip(ends(reading), reading.declared_by, strict=True))[
        "exposure.shop.weekly -> model.shop.scores"
    ] == ("dbt:exposure.shop.weekly")
    assert (reading.notes, reading.skipped) == ((), ())


def test_who_uses_nothing_by_itself_is_skipped_with_the_reason(read):
    reading = read(
        a_resource("model.shop.a"),
        a_resource("test.shop.not_null_a", "model.shop.a"),
        a_resource("analysis.shop.look", "model.shop.a"),
        a_resource("operation.shop.hook"),
        a_resource("macro.dbt.ref"),
        a_resource("model.shop.b|c"),
        a_resource("widget.shop.w"),
        a_resource("model.shop.A"),
        disabled={"model.shop.off": [{}]},
        unit_tests=dict([a_resource("unit_test.shop.u", "model.shop.a")]),
    )
    assert lines(reading.skipped) == [
        "test.shop.not_null_a: a test is no consumer of what it checks",
        f"analysis.shop.look: {ANALYSIS}",
        "operation.shop.hook: a hook is run beside the data, and nobody depends on it",
        f"model.shop.b|c: {NO_NAME}",
        'widget.shop.w: resource type "widget" is none that we know',
        f"model.shop.A: the same as {reading.entities[0].declared_in}",
        "unit_test.shop.u: a test is no consumer of what it checks",
        "macro.dbt.ref: a macro is code of others, neither data nor a consumer",
        "model.shop.off: disabled in its project",
    ]
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (10, 1, 9)
    assert (reading.edges.read, reading.dependencies) == (0, ())


SEARCHES = ("component:ops/search", "component:shop/search")


@pytest.mark.parametrize("where", ["meta", "config"])
def test_people_say_in_meta_what_dbt_does_not_know(read, where):
    ours = {
        "depends_on": ["churn", "MODELS:/Churn", "raw", "search", "nobody"],
        "aliases": ["s3://lake/scores", "a|b"],
        "owner": "payments",
    }
    meta = {"emeritus": ours, "owner": "ada okafor"}
    reading = read(
        a_resource("model.shop.raw"),
        a_resource("model.shop.scores", **{where: {"meta": meta} if where == "config" else meta}),
    )
    scores = reading.entities[1]
    assert (scores.aliases, scores.owner_id) == (
        ("model.shop.scores", "s3://lake/scores"),
        "group:default/payments",
    )
    assert [one.replace("dbt:", "") for one in joined_ends(reading, KNOWN)] == [
        "model.shop.scores -> resource:default/churn",
        "model.shop.scores -> resource:default/churn",
        "model.shop.scores -> model.shop.raw",
        "model.shop.scores -> dbt-named:search",
        "model.shop.scores -> dbt-named:nobody",
    ]
    assert lines(reading.notes) == [
        f"model.shop.scores alias: {NO_NAME}; ignored",
        "model.shop.scores -> churn: joined to resource:default/churn by its name",
        "model.shop.scores -> MODELS:/Churn: joined to resource:default/churn by its alias",
        "model.shop.scores -> raw: joined to dbt:model.shop.raw by its name",
        f"model.shop.scores -> search: could be {' or '.join(SEARCHES)}; write the id; kept by name",
        'model.shop.scores -> nobody: nobody declares "nobody"; kept by name',
    ]
    assert (reading.skipped, reading.unresolved) == ((), ())


@pytest.mark.parametrize(
    ("said", "owner_id", "note"),
    [
        ({"owner": {"email": "ADA@example.com", "name": "x"}}, "user:default/ada", ""),
        (
            {"owner": {"email": ["who@example.com", "ada@example.com"]}},
            "user:default/ada",
            f'{UNKNOWN}. Owned by "ada@example.com", as it says besides',
        ),
        (
            {"owner": {"email": None, "name": "Payment"}},
            "",
            'owner "Payment": no such group or person; closest is "payments". Unowned until there is one',
        ),
        ({"meta": {"owner": ["payments"]}}, "group:default/payments", ""),
        ({"group": "money"}, "group:default/payments", ""),
        ({"group": "gone"}, "", 'group "gone" is not in the manifest'),
        ({"meta": {"owner": "ada okafor"}, "group": "money"}, "user:default/ada", ""),
        ({"owner": ["payments"]}, "", "is a list and not an object; ignored. What it stated before stays"),
        (
            {"meta": {"owner": 7}},
            "",
            "is 7 and not a text or a list of texts; ignored. What it stated before stays",
        ),
        ({}, "", ""),
    ],
    ids=lambda case: str(case)[:40],
)
def test_owners_are_whom_somebody_declares_and_nobody_is_guessed(read, said, owner_id, note):
    groups = {"group.shop.money": {"name": "money", "owner": {"email": None, "name": "Payments"}}}
    reading = read(a_resource("model.shop.a", **said), groups=groups)
    assert reading.entities[0].owner_id == owner_id
    assert {one.note for one in reading.notes} == ({note} if note else set())


@pytest.mark.parametrize(
    ("date", "note"),
    [
        ("2026-05-01T00:00:00+00:00", "deprecated as of 2026-05-01"),
        ("soon", 'deprecation_date "soon" is no day; kept as deprecated'),
    ],
)
def test_a_day_of_deprecation_is_told(read, date, note):
    reading = read(a_resource("model.shop.a", deprecation_date=date))
    assert reading.entities[0].lifecycle == "deprecated"
    assert lines(reading.notes) == [f"model.shop.a: {note}"]


def test_what_another_project_declares_is_referred_to(read):
    reading = read(
        a_resource(
            "model.shop.a", "model.core.orders", "model.core.gone", "analysis.shop.look", "model.shop.a"
        ),
        a_resource("analysis.shop.look"),
        a_resource("source.shop.core.orders", source_name="core", **a_table("core", "orders")),
        a_resource("source.shop.core.people", source_name="core", **a_table("core", "people")),
    )
    assert ends(reading) == [
        "source.shop.core.orders -> dbt-named:prod.core.orders",
        "source.shop.core.people -> dbt-named:prod.core.people",
        "model.shop.a -> model.core.orders",
    ]
    assert joined_ends(reading, KNOWN)[0] == "dbt:source.shop.core.orders -> dbt:model.core.orders"
    assert lines(reading.notes)[:1] == [
        "source.shop.core.orders -> prod.core.orders: the table of dbt:model.core.orders, so it depends on that"
    ]
    assert lines(reading.skipped)[1:] == [
        "model.shop.a -> model.core.gone: nobody declares dbt:model.core.gone",
        f"model.shop.a -> analysis.shop.look: analysis.shop.look is skipped: {ANALYSIS}",
        "model.shop.a -> model.shop.a: depends on itself",
    ]


def test_an_edge_that_only_one_end_knows_counts_and_is_told(read):
    reading = read(
        a_resource("model.shop.a"),
        a_resource("model.shop.b", "model.shop.a"),
        a_resource("exposure.shop.c"),
        a_resource("test.shop.t", "model.shop.a"),
        child_map={
            "model.shop.a": ["exposure.shop.c", "test.shop.t", "model.shop.x"],
            "model.shop.b": [None],
        },
    )
    assert ends(reading) == ["model.shop.b -> model.shop.a", "exposure.shop.c -> model.shop.a"]
    assert lines(reading.notes) == [
        "child_map dbt:model.shop.x: is nowhere in the manifest; ignored",
        "exposure.shop.c -> model.shop.a: only child_map knows it; it counts",
        "model.shop.b -> model.shop.a: child_map does not know it; it counts",
    ]


def test_without_a_child_map_there_is_nothing_to_check_against(read):
    reading = read(a_resource("model.shop.a"), a_resource("model.shop.b", "model.shop.a"), child_map=None)
    assert ends(reading) == ["model.shop.b -> model.shop.a"]
    assert lines(reading.notes) == ["child_map: is empty, so depends_on could not be checked against it"]


def test_each_resource_stands_on_its_own_line_whatever_comes_first(tmp_path: Path):
    manifest = a_manifest(a_resource("model.shop.a"), a_resource("model.shop.b", "model.shop.a"))
    (file := tmp_path / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
    text = file.read_text().split("\n")
    (a, b) = read_dbt([file]).entities
    assert [text[int(one.declared_in.rpartition(":")[2]) - 1].strip() for one in (a, b)] == [
        '"model.shop.a": {',
        '"model.shop.b": {',
    ]


def test_of_a_directory_only_manifests_are_read(tmp_path: Path):
    (tmp_path / "catalog.json").write_text('{"metadata": {"dbt_schema_version": "x/dbt/catalog/v1.json"}}')
    (tmp_path / "manifest.json").write_text(json.dumps(a_manifest(a_resource("model.shop.a"))))
    reading = read_dbt([tmp_path])
    assert [str(one).removeprefix(f"{tmp_path}/") for one in reading.skipped] == [
        "catalog.json:1 catalog.json: no dbt manifest"
    ]
    assert (reading.documents.read, reading.documents.kept) == (2, 1)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(Invalid, match=r"has no dbt manifest\.json"):
        read_dbt([tmp_path])


READ = "manifests v10, v11 and v12 are read, as dbt 1.6 and later write them"
NO_MANIFEST = f"no dbt_schema_version: {READ}"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "1: one JSON value"),
        ('{"metadata": {},\n "nodes": {', "2 Expecting property name"),
        ("[]", f"1 {NO_MANIFEST}"),
        ('{"nodes": {}}', f"1 {NO_MANIFEST}"),
        ('{"metadata": {"dbt_schema_version": 12}, "nodes": {}}', f"1 {NO_MANIFEST}"),
        (
            '{\n"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v9.json"}}',
            '2 dbt_schema_version "https://schemas.getdbt.com/dbt/manifest/v9.json": manifests v10, v11 and v12',
        ),
        (json.dumps(a_manifest(version="v13")), "1 dbt_schema_version"),
        (json.dumps(a_manifest(nodes=[])), "1 nodes a list: a manifest has an object there"),
        (
            json.dumps(a_manifest(exposures="x")),
            '1 exposures "x": a manifest has an object there',
        ),
        (json.dumps(a_manifest(nodes=None)), "1: has no nodes; is the manifest complete?"),
        (json.dumps(a_manifest()), "1: has no resource at all; is this the manifest of the whole project?"),
        ('{"a":' * 100_000, "1 values nested less deep"),
    ],
    ids=[
        "empty",
        "cut off",
        "a list",
        "no metadata",
        "a schema that is no text",
        "too old",
        "too new",
        "nodes are a list",
        "exposures are a text",
        "no nodes",
        "nothing in it",
        "nested deep",
    ],
)
def test_a_file_that_is_no_such_manifest_or_not_whole_is_refused_by_its_line(tmp_path: Path, text, refusal):
    (file := tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Invalid) as refused:
        read_dbt([file])
    assert str(refused.value).startswith(f"{file}:{refusal}")


def test_whatever_stands_where_something_else_should_is_no_traceback(tmp_path: Path):
    """Every value of a manifest in turn, and many at once, become each of these."""
    odd = (None, [], {}, "", "x", "\ud800|#\x00", 3, 1e308, True, [None], [{}], {"x": []}, "9" * 700)
    whole = a_manifest(
        a_resource(
            "model.shop.a", meta={"emeritus": {"depends_on": ["churn"], "aliases": ["x"], "owner": "y"}}
        ),
        a_resource(
            "exposure.shop.c", "model.shop.a", owner={"email": ["z"], "name": "y"}, config={"meta": {}}
        ),
        groups={"group.shop.g": {"owner": {"name": "n"}}},
    )
    chance = random.Random(4)

    def bent(value: object, share: float) -> object:
        if chance.random() < share:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {key: bent(one, share) for key, one in value.items()}
        return [bent(one, share) for one in value] if isinstance(value, list) else value

    file = tmp_path / "manifest.json"
    for _ in range(400):
        manifest = {key: bent(value, 0.15) for key, value in whole.items() if key != "metadata"}
        file.write_text(json.dumps({"metadata": whole["metadata"], **manifest}))
        try:
            reading = read_dbt([file], known=KNOWN)
        except Invalid:
            continue
        assert reading.documents.read == reading.documents.kept + reading.documents.skipped
        described = [one for one in reading.entities if not one.id.startswith("dbt-named:")]
        assert reading.documents.kept == len(described)
        assert reading.edges.kept == len(reading.dependencies)
        assert json.dumps(
            [str(line) for line in (*reading.skipped, *reading.notes)], ensure_ascii=False
        ).encode()


def test_importing_twice_changes_nothing_and_what_is_not_stated_any_more_is_withdrawn(
    tmp_path: Path, catalog: Catalog
):
    file = tmp_path / "manifest.json"

    def imported(*nodes: str):
        file.write_text(
            json.dumps(a_manifest(a_resource("model.shop.a"), a_resource("model.shop.b", *nodes)))
        )
        reading = read_dbt([file], known=catalog.known_outside("dbt", [file]))
        return catalog.import_(reading, format="dbt", now=MONDAY)

    assert imported("model.shop.a").changed
    assert not imported("model.shop.a").changed
    assert imported("model.shop.gone").withdrawn == ("dbt:model.shop.b -> dbt:model.shop.a",)


def test_a_large_manifest_is_read_in_a_moment(tmp_path: Path):
    """Twenty thousand models of thousands of unknown owners; the lines of all are found in one pass."""
    resources = [
        a_resource(
            f"model.shop.m{at}", *([f"model.shop.m{at // 2}"] if at else []), meta={"owner": f"o{at % 99}"}
        )
        for at in range(20_000)
    ]
    (file := tmp_path / "manifest.json").write_text(json.dumps(a_manifest(*resources), indent=1))
    reading = read_dbt([file], known=[Group(id=f"group:default/t{at}", name=f"t{at}") for at in range(500)])
    assert (reading.edges.kept, len(reading.entities)) == (19_999, 20_000)
