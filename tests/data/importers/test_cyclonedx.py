"""What CycloneDX BOMs that list models become: models, datasets, and the software that is built on them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.cyclonedx import read_cyclonedx
from data.importers.report import ImportReport, Reading
from data.records.catalog import Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, as_one, joined_ends

PURL = "pkg:huggingface/acme/churn@1.0"
KNOWN = (
    Entity(id="mlflow:fraud", kind=Kind.MODEL, name="Fraud", aliases=("pkg:mlflow/fraud@3",)),
    Entity(id="component:default/shop", kind=Kind.CONSUMER, name="shop", aliases=("shop@2",)),
    Entity(id="component:a/twin", kind=Kind.CONSUMER, name="twin", aliases=("twin@1",)),
    Entity(id="component:b/twin", kind=Kind.CONSUMER, name="twin", aliases=("twin@1",)),
    Group(id="group:default/payments", name="payments"),
    Person(id="user:default/ada", name="Ada", email="ada@example.com"),
)


def a_part(kind: str, name: str, ref: str = "", **more: object) -> dict[str, object]:
    return {"type": kind, "name": name, "bom-ref": ref or name, **more}


def a_model(name: str = "churn", ref: str = "", **more: object) -> dict[str, object]:
    return a_part("machine-learning-model", name, ref, **more)


def a_bom(*components: Any, depends: dict[str, Any] | None = None, **more: object) -> dict[str, object]:
    stated = [
        {"ref": ref, "dependsOn": on.split() if isinstance(on, str) else on}
        for ref, on in (depends or {}).items()
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": list(components),
        **({"dependencies": stated} if depends is not None else {}),
        **more,
    }


def read(path: Path, *boms: Any) -> Reading:
    """One line for each component, dependency and dataset."""
    for number, bom in enumerate(boms):
        text = re.sub(r'\{"(type|ref)"', r'\n{"\1"', json.dumps(bom))
        (path / f"b{number or ''}.json").write_text(text)
    return read_cyclonedx([path], known=KNOWN)


def lines(path: Path, said: tuple[object, ...]) -> list[str]:
    return [re.sub(rf"{re.escape(str(path))}/", "", str(line)) for line in said]


def ends(reading: Reading) -> list[str]:
    return [f"{short(edge.from_id)} -> {short(edge.to_id)}" for edge in reading.dependencies]


def short(thing_id: str) -> str:
    return re.sub(r"^cyclonedx:(/\S+\.json/)?", "", thing_id)


def kinds(reading: Reading) -> dict[str, str]:
    return {short(one.id): one.kind for one in reading.entities}


def test_models_datasets_and_what_is_built_on_a_model_are_kept_and_the_rest_is_not(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_bom(
            a_model(),
            a_part("data", "visits"),
            a_part("library", "scorer"),
            a_part("container", "image"),
            a_part("framework", "torch", version="2"),
            a_part("library", "json"),
            metadata={"component": a_part("application", "shop")},
            services=[{"name": "api", "bom-ref": "api"}, {"name": "mail", "bom-ref": "mail"}],
            depends={
                "shop": "scorer json",
                "scorer": "churn",
                "image": "shop",
                "api": "churn",
                "churn": "visits torch",
                "json": "",
            },
        ),
    )
    assert kinds(reading) == {
        "shop": "consumer",
        "churn": "model",
        "visits": "dataset",
        "scorer": "consumer",
        "image": "consumer",
        "api": "consumer",
    }
    assert ends(reading) == [
        "shop -> scorer",
        "scorer -> churn",
        "image -> shop",
        "api -> churn",
        "churn -> visits",
    ]
    assert lines(tmp_path, reading.skipped) == [
        "b.json:6 framework torch@2: depends on no model",
        "b.json:7 library json: depends on no model",
        "b.json:14 service mail: depends on no model",
        "b.json:8 shop -> json: json depends on no model",
        "b.json:12 churn -> torch: torch@2 depends on no model",
    ]
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (9, 6, 3)
    assert (reading.edges.read, reading.edges.kept, reading.edges.skipped) == (7, 5, 2)


def test_a_model_says_who_owns_it_what_succeeds_it_and_where_it_lies(tmp_path: Path) -> None:
    model = a_model(
        group="acme",
        version="1.0",
        purl=f"{PURL}#weights",
        properties=[
            {"name": "emeritus:owner", "value": "payments"},
            {"name": "emeritus:tier", "value": "2"},
            {"name": "emeritus:successor", "value": "churn@2.0"},
        ],
        externalReferences=[
            {"type": "distribution", "url": "s3://weights/churn/"},
            {"type": "distribution", "url": "https://example.com/churn"},
            {"type": "website", "url": "s3://not/this"},
        ],
        hashes=[{"alg": "SHA-256", "content": "9f2c"}, {"alg": "SHA-1", "content": "01ab"}],
    )
    reading = read(tmp_path, a_bom(model, a_model(version="2.0", ref="6f0c-drawn-by-lot")))
    where = f"{tmp_path}/b.json"
    assert reading.entities == (
        Entity(
            id=f"cyclonedx:{PURL}",
            kind=Kind.MODEL,
            name="churn",
            owner_id="group:default/payments",
            owner_names=("payments",),
            tier=2,
            successor_id="cyclonedx:machine-learning-model/churn@2.0",
            artifacts=("s3://weights/churn/",),
            declared_in=f"{where}:2",
            aliases=(f"{PURL}#weights", "churn@1.0", "acme/churn@1.0"),
        ),
        Entity(
            id="cyclonedx:machine-learning-model/churn@2.0",
            kind=Kind.MODEL,
            name="churn",
            owner_note="no owner declared",
            declared_in=f"{where}:6",
            aliases=("churn@2.0",),
        ),
    )
    assert lines(tmp_path, reading.notes) == [
        (
            'b.json:2 acme/churn@1.0: emeritus:successor "churn@2.0": joined to '
            "cyclonedx:machine-learning-model/churn@2.0 by its alias"
        ),
        "b.json:2 acme/churn@1.0: its files are said to have SHA-256 9f2c, SHA-1 01ab",
    ]


@pytest.mark.parametrize(
    ("more", "owner"),
    [
        ({"properties": [{"name": "Owner", "value": "ada"}]}, "user:default/ada"),
        (
            {"modelCard": {"properties": [{"name": "emeritus:owner", "value": "payments"}]}},
            "group:default/payments",
        ),
        ({"modelCard": {"owners": [{"name": "payments"}]}}, "group:default/payments"),
        (
            {"data": [{"governance": {"owners": [{"contact": {"name": "A", "email": "ADA@example.com"}}]}}]},
            "user:default/ada",
        ),
        (
            {"data": [{"governance": {"owners": [{"organization": {"name": "Payments"}}]}}]},
            "group:default/payments",
        ),
        ({"publisher": "payments", "authors": [{"name": "ada"}]}, ""),
        ({"modelCard": {"owners": [{"name": "nobody here"}]}}, ""),
    ],
    ids=["property", "property of the card", "card", "contact", "organization", "publisher", "unknown"],
)
def test_owners_are_told_in_several_places_and_never_guessed(
    tmp_path: Path, more: dict[str, object], owner: str
) -> None:
    (model,) = read(tmp_path, a_bom(a_model(**more))).entities
    assert model.owner_id == owner


@pytest.mark.parametrize(
    ("bom", "edges"),
    [
        (
            a_bom(
                a_part("application", "shop", components=[a_part("library", "lib", components=[a_model()])])
            ),
            ["shop -> lib", "lib -> churn"],
        ),
        (
            a_bom(
                a_model(), a_part("library", "json"), metadata={"component": a_part("application", "shop")}
            ),
            ["shop -> churn"],
        ),
        (
            a_bom(a_model(), metadata={"component": a_part("application", "shop")}, depends={"shop": ""}),
            [],
        ),
        (
            a_bom(
                a_model(
                    modelCard={"modelParameters": {"datasets": [{"ref": "visits"}, {"type": "dataset"}]}}
                ),
                a_part("data", "visits"),
            ),
            ["churn -> visits"],
        ),
        (
            a_bom(
                a_model(pedigree={"ancestors": [a_model("base"), a_model("old"), a_part("library", "x")]}),
                a_model("base"),
                metadata={"component": a_part("application", "shop")},
            ),
            ["shop -> churn", "shop -> base", "churn -> base", "churn -> old"],
        ),
        (
            a_bom(
                a_model(modelCard={"modelParameters": {"datasets": [{"ref": "visits"}]}}),
                a_part("data", "visits"),
                depends={"churn": "visits"},
            ),
            ["churn -> visits"],
        ),
    ],
    ids=["nested", "about, unsaid", "about, said", "datasets", "ancestors", "said twice"],
)
def test_what_is_not_stated_as_a_dependency_may_be_one(
    tmp_path: Path, bom: dict[str, object], edges: list[str]
) -> None:
    reading = read(tmp_path, bom)
    assert ends(reading) == edges
    assert [line for line in reading.skipped if " -> " in str(line)] == []


def test_boms_tell_of_the_same_thing_and_refer_to_each_other(tmp_path: Path) -> None:
    serial = "3e671687-395b-41f5-a30f-a58921a69b79"
    model = a_bom(a_model(ref="m-churn", version="1"), serialNumber=f"urn:uuid:{serial}", version=2)
    shop = a_bom(
        a_part("application", "shop", version="5"),
        depends={"shop": [f"urn:cdx:{serial}/2#m-churn", "pkg:mlflow/fraud@3"]},
    )
    again = a_bom(
        a_part("application", "shop", ref="1", version="5"),
        a_model(ref="2", version="1"),
        depends={"1": "2 nowhere"},
    )
    reading = read(tmp_path, model, shop, again)
    churn, consumer = "machine-learning-model/churn@1", "application/shop@5"
    assert list(dict.fromkeys(joined_ends(reading, KNOWN))) == [
        f"cyclonedx:{consumer} -> cyclonedx:{churn}",
        f"cyclonedx:{consumer} -> mlflow:fraud",
    ]
    named = "cyclonedx-named:pkg:mlflow/fraud@3"
    assert kinds(reading) == {churn: "model", consumer: "consumer", named: "dataset"}
    assert f"urn:cdx:{serial}/2#m-churn" in reading.entities[0].aliases
    assert lines(tmp_path, reading.skipped) == [
        "b2.json:4 shop@5 -> nowhere: nothing has the bom-ref nowhere",
        "b2.json:4 shop@5 -> 2: the same edge as b1.json:3",
    ]
    assert reading.uncertain == (f"cyclonedx:{tmp_path}/b2.json",)


def test_what_two_boms_call_by_one_bom_ref_are_two_things_and_a_doubt_is_told(tmp_path: Path) -> None:
    """A bom-ref is unique within its own BOM, and a name that stands in it says no more."""
    serial = "3e671687-395b-41f5-a30f-a58921a69b79"
    one = a_bom(a_model("churn", ref="model"), a_part("library", "a", ref="1"), depends={"1": "model"})
    other = a_bom(a_model("fraud", ref="model"), a_part("library", "b", ref="1"), depends={"1": "model"})
    third = a_bom(a_model("churn", ref="my-churn"), serialNumber=f"urn:uuid:{serial}")
    reading = read(tmp_path, one, other, third)
    here = f"cyclonedx:{tmp_path}"
    assert [(item.id, item.name) for item in reading.entities if item.kind is Kind.MODEL] == [
        (f"{here}/b.json/model", "churn"),
        (f"{here}/b1.json/model", "fraud"),
        (f"cyclonedx:{serial}/my-churn", "churn"),
    ]
    assert [(edge.from_id, edge.to_id) for edge in reading.dependencies] == [
        (f"{here}/b.json/1", f"{here}/b.json/model"),
        (f"{here}/b1.json/1", f"{here}/b1.json/model"),
    ]
    same = "not joined: if it is the same, give both one purl"
    alone = (
        "no purl and no version, so known by this BOM alone: anew under another serial number, or else file"
    )
    assert lines(tmp_path, reading.notes) == [
        f"b.json:2 churn: called like cyclonedx:{serial}/my-churn; {same}",
        f"b1.json:2 fraud: called like mlflow:fraud; {same}",
        f"b2.json:2 churn: called like cyclonedx:b.json/model; {same}",
        f"b.json:1 2 parts: {alone}",
        f"b1.json:1 2 parts: {alone}",
        f"b2.json:1 1 part: {alone}",
    ]


def test_a_name_alone_joins_nothing_to_what_another_catalog_declares(tmp_path: Path) -> None:
    known = (Entity(id="x:1", kind=Kind.MODEL, name="churn@1"),)
    (file := tmp_path / "b.json").write_text(json.dumps(a_bom(a_model(version="1"))))
    assert [one.id for one in read_cyclonedx([file], known=known).entities] == [
        "cyclonedx:machine-learning-model/churn@1"
    ]


@pytest.mark.parametrize("wrong", ["churn", {"churn": True}, 0], ids=["a text", "an object", "a number"])
def test_what_should_be_a_list_and_is_none_is_told_and_withdraws_nothing(
    catalog: Catalog, tmp_path: Path, wrong: object
) -> None:
    bom = a_bom(a_part("application", "shop"), a_model(), depends={"shop": "churn"})
    (file := tmp_path / "b.json").write_text(json.dumps(bom))
    imported(catalog, file)
    bom["dependencies"] = [{"ref": "shop", "dependsOn": wrong}]
    file.write_text(json.dumps(bom))
    report = imported(catalog, file)
    assert (report.withdrawn, [one.why for one in report.skipped][:1]) == ((), ["dependsOn is a list"])
    bom["dependencies"] = []
    bom["components"][1]["modelCard"] = ["x"]  # type: ignore[index]
    file.write_text(json.dumps(bom))
    report = imported(catalog, file)
    assert report.withdrawn == ()
    assert "is a list and not an object; ignored. What it stated before stays" in str(report)


def test_what_another_catalog_knows_by_purl_or_name_and_version_is_one_with_that(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_bom(
            a_part("library", "fraud", version="3", purl="pkg:mlflow/fraud@3"),
            a_part("application", "shop", version="2"),
            a_part("application", "twin", version="1"),
            depends={"shop": "fraud", "twin": "shop"},
        ),
    )
    assert joined_ends(reading, KNOWN) == [
        "component:default/shop -> mlflow:fraud",
        "cyclonedx:application/twin@1 -> component:default/shop",
    ]
    assert dict(as_one(reading, KNOWN).in_doubt("cyclonedx:application/twin@1")) == {
        "twin@1": '"twin@1" could be component:a/twin or component:b/twin or '
        "cyclonedx:application/twin@1; joined to neither"
    }


AMBIGUOUS = 'a name has no "#", "|" or control characters, or references to it would be ambiguous'


def test_what_is_no_part_or_no_dependency_is_skipped_and_says_why(tmp_path: Path) -> None:
    bom = a_bom(
        a_model(),
        None,
        ["x"],
        {"type": "library"},
        a_part("library", "a|b"),
        a_part("library", "hash", purl="pkg:x/y|z"),
        a_part("library", "other", ref="churn"),
        services={"name": "x"},
        depends={},
    ) | {"services": [7]}
    bom["dependencies"] = [
        {"ref": "a|b", "dependsOn": ["churn"]},
        {"ref": "churn", "dependsOn": [None, "churn"]},
        {"ref": "ghost", "dependsOn": ["churn"]},
        {"ref": ["x"]},
        {"ref": "churn", "dependsOn": "churn"},
        None,
    ]
    reading = read(tmp_path, bom, {"some": "other file"}, [1])
    assert lines(tmp_path, reading.skipped) == [
        "b.json:1 null: a component is an object",
        "b.json:1 a list: a component is an object",
        "b.json:1 7: a service is an object",
        "b.json:3 library: has no name",
        f"b.json:4 library a|b: {AMBIGUOUS}",
        f"b.json:5 library hash: {AMBIGUOUS}",
        "b1.json:1 bomFormat null: no CycloneDX BOM",
        "b2.json:1 bomFormat null: no CycloneDX BOM",
        "b.json:6 other: bom-ref churn is another one's already",
        "b.json:8 churn -> null: a reference is a text",
        "b.json:9 ghost -> churn: nothing has the bom-ref ghost",
        "b.json:10 an object: a dependency is an object with a ref",
        'b.json:11 churn -> "churn": dependsOn is a list',
        "b.json:1 null: a dependency is an object with a ref",
        "b.json:7 a|b -> churn: one of its ends was skipped",
        "b.json:6 library other: depends on no model",
        "b.json:8 churn -> churn: depends on itself",
    ]
    assert kinds(reading) == {"churn": "model"}


def test_what_is_odd_in_a_model_is_told_and_costs_nothing(tmp_path: Path) -> None:
    stated = [
        {"name": "emeritus:tier", "value": "gold"},
        {"name": "emeritus:successor", "value": "churn"},
        {"name": "emeritus:consumers", "value": "shop"},
        None,
    ]
    model = a_model(properties=stated, modelCard=[], hashes={}, externalReferences="x", data=[3], version=[1])
    other = a_model(
        "other", properties=[{"name": "emeritus:successor", "value": "nothing"}], pedigree={"ancestors": [0]}
    )
    reading = read(tmp_path, a_bom(model, other))
    assert [(short(one.id), one.tier, one.successor_id) for one in reading.entities] == [
        ("churn", 0, ""),
        ("other", 0, ""),
    ]
    odd = {
        "version": "is a list and not a text",
        "modelCard": "is a list and not an object",
        "data[0]": "is 3 and not an object",
        "externalReferences": 'is "x" and not a list of objects',
        "hashes": "is an object and not a list of objects",
    }
    stays = "ignored. What it stated before stays"
    assert reading.notes[0].what == "2 parts"
    assert set(lines(tmp_path, reading.notes[5:])) == {
        f"b.json:2 churn {path}: {said}; {stays}" for path, said in odd.items()
    }
    assert lines(tmp_path, reading.notes[1:5]) == [
        (
            'b.json:2 churn: property "emeritus:consumers": unknown and ignored; we read emeritus:owner, '
            "emeritus:successor, emeritus:tier"
        ),
        'b.json:2 churn: emeritus:tier "gold": a tier is 1, 2 or 3; kept as unknown, the strictest',
        'b.json:2 churn: emeritus:successor "churn": a model cannot succeed itself. Kept without a successor',
        'b.json:3 other: emeritus:successor "nothing": nobody declares it. Kept by name: nobody can move to it yet',
    ]


CUT = "not readable as JSON; is the file complete?"
NO_BOM = 'a CycloneDX BOM, which says bomFormat "CycloneDX"'
HEAD = '{"bomFormat": "CycloneDX", "specVersion": "1.6"'


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", f"b.json:1 bomFormat null: {NO_BOM}"),
        ("\n[]", f"b.json:2 bomFormat null: {NO_BOM}"),
        ('{"spdxVersion": "SPDX-2.3"}', f"b.json:1 bomFormat null: {NO_BOM}"),
        ('{"bomFormat": ["CycloneDX"]}', f"b.json:1 bomFormat a list: {NO_BOM}"),
        (
            '{"bomFormat": "CycloneDX", "specVersion": "2.0"}',
            'b.json:1 specVersion "2.0": a version from 1.2 on, below 2',
        ),
        (
            '{"bomFormat": "CycloneDX"}',
            "b.json:1 specVersion null: a version from 1.2 on, below 2",
        ),
        (HEAD + ', "components": {}}', "b.json:1 components an object: a list"),
        (HEAD + ', "dependencies": "x"}', 'b.json:1 dependencies "x": a list'),
        (HEAD + ',\n "components": [', f"b.json:2 Expecting value: {CUT}"),
        (
            HEAD + ', "components": ' + "[" * 100_000,
            f"b.json:1 values nested less deep, and shorter numbers: {CUT}",
        ),
        (
            HEAD + "}",
            "b.json: lists nothing of type machine-learning-model or data",
        ),
        (
            HEAD + ', "components": [{"type": "library", "name": "x"}]}',
            "b.json: lists nothing of type machine-learning-model or data",
        ),
    ],
    ids=[
        "empty",
        "no object",
        "SPDX",
        "odd format",
        "version 2",
        "no version",
        "components",
        "dependencies",
        "cut off",
        "deep",
        "no parts",
        "no model",
    ],
)
def test_a_file_that_is_no_bom_of_models_or_not_whole_is_refused(
    tmp_path: Path, text: str, refusal: str
) -> None:
    (file := tmp_path / "b.json").write_text(text)
    with pytest.raises(Invalid) as refused:
        read_cyclonedx([file], known=KNOWN)
    assert str(refused.value).removeprefix(f"{tmp_path}/") == refusal


def imported(catalog: Catalog, path: Path) -> ImportReport:
    reading = read_cyclonedx([path], known=catalog.known_outside("cyclonedx", [path]))
    return catalog.import_(reading, format="cyclonedx", now=MONDAY)


SHOP, CHURN = "cyclonedx:library/shop@1", "cyclonedx:machine-learning-model/churn@1"


def test_importing_twice_changes_nothing_and_only_the_bom_that_stated_an_edge_takes_it_back(
    catalog: Catalog, tmp_path: Path
) -> None:
    parts = a_part("library", "shop", version="1"), a_model(version="1")
    (shop := tmp_path / "shop.json").write_text(json.dumps(a_bom(*parts, depends={"shop": "churn"})))
    (other := tmp_path / "other.json").write_text(json.dumps(a_bom(*parts)))
    assert imported(catalog, shop).counts["new"] == 3
    assert not imported(catalog, shop).changed
    assert imported(catalog, other).withdrawn == ()
    assert [one.consumer_id for one in catalog.impact(CHURN).consumers] == [SHOP]
    shop.write_text(json.dumps(a_bom(*parts)))
    report = imported(catalog, shop)
    assert report.withdrawn == (f"{SHOP} -> {CHURN}",)
    assert catalog.impact(CHURN).consumers == ()
