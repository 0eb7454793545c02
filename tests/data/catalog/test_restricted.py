"""A restricted model is seen by its owners and by whom its source names; all others see a catalog without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.catalog.described import narrowest
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.errors import NotFound
from data.importers.backstage import read_backstage
from data.records.catalog import Entity, Kind
from tests.data.catalogs import a_document, imported, imported_csv

PEOPLE = (
    a_document("Group", "fraud", "members: [ann]"),
    a_document("Group", "cards", "members: [bob]"),
    a_document("User", "ann", "", slack_id="UANN"),
    a_document("User", "bob", "", slack_id="UBOB"),
    a_document("User", "cyd", "", slack_id="UCYD"),
)
"""Ann is in fraud, Bob in cards, Cyd in neither."""


def a_catalog(catalog: Catalog, folder: Path, *documents: str) -> Snapshot:
    (file := folder / "catalog-info.yaml").write_text("---\n".join((*PEOPLE, *documents)))
    imported(catalog, file)
    return catalog.snapshot()


def a_model(name: str, **annotations: str) -> str:
    return a_document("Resource", name, "type: ai-model, owner: cards", **annotations)


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("group:default/fraud", {"UBOB", "UANN"}),
        ("fraud", {"UBOB", "UANN"}),
        ("user:default/cyd, fraud", {"UBOB", "UANN", "UCYD"}),
        ("user:cyd", {"UBOB", "UCYD"}),
        ("UCYD", {"UBOB", "UCYD"}),
        ("", {"UBOB"}),
        ("group:default/nobody", {"UBOB"}),
        ("everybody", {"UBOB"}),
    ],
    ids=[
        "team",
        "name",
        "person-and-team",
        "short-person",
        "slack-id",
        "empty",
        "no-such-team",
        "no-such-name",
    ],
)
def test_who_is_named_may_see_it_besides_its_owners_and_a_name_of_nobody_lets_nobody_in(
    catalog: Catalog, tmp_path: Path, said: str, people: set[str]
) -> None:
    there = a_catalog(catalog, tmp_path, a_model("cards-fraud", restricted_to=said), a_model("open"))
    assert there.audiences == {"resource:default/cards-fraud": people}


def test_owners_of_what_serves_it_see_it(catalog: Catalog, tmp_path: Path) -> None:
    serves = "type: model-server, owner: fraud, dependsOn: [resource:m]"
    there = a_catalog(
        catalog, tmp_path, a_model("m", restricted_to=""), a_document("Component", "live", serves)
    )
    assert there.audiences == {"resource:default/m": {"UBOB", "UANN"}}


def test_all_others_see_a_catalog_that_never_told_of_it(catalog: Catalog, tmp_path: Path) -> None:
    there = a_catalog(
        catalog,
        tmp_path,
        a_model("old", successor="resource:canary"),
        a_model("canary", restricted_to="fraud", successor="resource:old"),
        a_document(
            "Component", "canary-live", "type: model-server, owner: cards, dependsOn: [resource:canary]"
        ),
        a_document("Component", "app", "owner: cards, dependsOn: [resource:old, component:canary-live]"),
        a_document("Component", "page", "owner: cards, dependsOn: [resource:canary]"),
    )
    seen = there.without(["resource:default/canary"])
    assert [one.name for one in seen.models()] == ["old"]
    assert seen.find("component:default/canary-live") is None
    assert seen.succession("resource:default/old").missing == ""
    assert (
        [one.name for one in seen.impact("resource:default/old").consumers]
        == ["app"]
        == [one.name for one in there.impact("resource:default/old").consumers]
    )
    assert seen.used_by("component:default/page") == ()
    with pytest.raises(NotFound, match='No model is called "canary"; nothing has a similar name'):
        seen.model("canary")
    assert there.model("canary").name == "canary"


def test_a_server_that_others_share_stays_and_its_parts_for_those_are_what_a_plan_takes(
    catalog: Catalog, tmp_path: Path
) -> None:
    there = a_catalog(
        catalog,
        tmp_path,
        a_model("open"),
        a_model("canary", restricted_to=""),
        a_document(
            "Component",
            "shared",
            "type: model-server, owner: cards, dependsOn: [resource:open, resource:canary]",
        ),
    )
    seen = there.without(["resource:default/canary"])
    open_, shared = "resource:default/open", "component:default/shared"
    assert [one.id for one in seen.endpoints_of(open_)] == [f"{shared}#open"]
    assert seen.endpoints_of(open_) == there.endpoints_of(open_)
    assert seen.find(f"{shared}#canary") is None
    assert seen.find(shared) == there.find(shared)
    assert seen.used_by(shared) == (f"{shared}#open",)
    assert "canary" not in str([*map(seen.entity, (shared, f"{shared}#open"))])
    assert seen.impact(open_, [f"{shared}#open"]) == there.impact(open_, [f"{shared}#open"])


def test_a_server_that_has_its_name_and_serves_others_as_well_is_called_so_by_nobody_who_reads_of_those(
    catalog: Catalog, tmp_path: Path
) -> None:
    there = a_catalog(
        catalog,
        tmp_path,
        a_model("open"),
        a_model("canary", restricted_to=""),
        a_document(
            "Component",
            "canary-live",
            "type: model-server, owner: cards, dependsOn: [resource:open, resource:canary]",
        ),
    )
    (part,) = there.endpoints_of("resource:default/open")
    assert (part.name, part.endpoint_ref) == (
        "a shared server#open",
        "a shared server: open only, it serves other models too",
    )
    assert there.entity("component:default/canary-live").name == "a shared server"
    assert [one.name for one in there.endpoints_of("resource:default/canary")] == ["canary-live#canary"]


def test_what_sources_say_otherwise_and_what_is_in_doubt_names_it_to_nobody_else() -> None:
    canary = Entity(id="model:canary", kind=Kind.MODEL, name="canary", restricted_to=(), aliases=("twin",))
    old = Entity(
        id="model:old",
        kind=Kind.MODEL,
        name="old",
        successor_id=canary.id,
        aliases=("mlflow:old", "twin"),
    )
    again = Entity(id="mlflow:old", kind=Kind.MODEL, name="old", successor_id="model:next", aliases=("twin",))
    following = Entity(id="model:next", kind=Kind.MODEL, name="next")
    entities = {one.id: one for one in (canary, again, following, old)}
    there = Snapshot.of(Stored(1, entities, {}, {}, {}, {}, {}))
    seen = there.without([canary.id])
    (whole, *_), (left, *after) = there.responsible(old.id), seen.responsible(old.id)
    assert [*whole.why[1:], *whole.doubts] == [
        "model:old says its successor is model:canary; mlflow:old says model:next, which counts",
        *2 * ['"twin" could be mlflow:old or model:canary or model:old; joined to neither'],
    ]
    assert (left.why, left.doubts) == (whole.why[:1], ())
    assert [one.thing.name for one in after] == ["next"]
    assert "canary" not in str((seen.known(), seen.as_told(), seen.lineage.edges))


def test_a_model_that_another_one_is_told_by_a_csv_to_depend_on_is_left_out_of_its_impact(
    catalog: Catalog, tmp_path: Path
) -> None:
    a_catalog(catalog, tmp_path, a_model("open"), a_model("canary", restricted_to=""))
    (edges := tmp_path / "edges.csv").write_text("from,to\nresource:default/canary,resource:default/open\n")
    imported_csv(catalog, edges)
    there = catalog.snapshot()
    assert [one.name for one in there.impact("resource:default/open").consumers] == ["canary"]
    assert there.without(["resource:default/canary"]).impact("resource:default/open").consumers == ()


def test_only_a_model_is_restricted_and_whoever_writes_it_elsewhere_is_told(tmp_path: Path) -> None:
    (file := tmp_path / "c.yaml").write_text(
        a_document("Component", "live", "type: model-server", restricted_to="a")
    )
    reading = read_backstage([file])
    assert reading.entities[0].restricted_to is None
    assert "only a model is restricted, with all that serves it. Left out" in [
        one.note for one in reading.notes
    ]


def test_of_several_sources_those_may_see_it_whom_each_of_them_names() -> None:
    assert narrowest([None, None]) is None
    assert narrowest([None, ("a", "b")]) == ("a", "b")
    assert narrowest([("a", "b"), ("b", "c")]) == ("b",)
    assert narrowest([("a",), ()]) == ()
