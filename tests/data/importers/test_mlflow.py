"""What exports of an MLflow registry become, in whichever shape, and what is said of the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.mlflow import read_mlflow
from data.importers.report import ImportReport, Reading
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Entity, Group, Kind, Measured
from tests.data.catalogs import MONDAY, a_document, as_one, joined_ends
from tests.data.catalogs import imported as imported_backstage

KNOWN = (
    Entity(id="component:default/checkout", kind=Kind.CONSUMER, name="checkout"),
    Entity(id="component:shop/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="component:ops/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="urn:wine", kind=Kind.DATASET, name="wine", aliases=("s3://data/wine.csv",)),
    Group(id="group:default/payments", name="payments"),
)
RUN = "0af1"
AMBIGUOUS = 'a name has no "#", "|" or control characters, or references to it would be ambiguous'


def a_version(number: object, **more: object) -> dict[str, object]:
    return {"name": "Churn", "version": number, "source": f"s3://b/{number}", "current_stage": "None", **more}


def a_model(**more: object) -> dict[str, object]:
    return {"name": "Churn", **more}


def tags(**given: str) -> list[dict[str, str]]:
    return [{"key": key.replace("_", "."), "value": value} for key, value in given.items()]


def read(path: Path, *documents: Any, name: str = "r") -> Reading:
    """Each document is a file of the directory, written as one line for every item."""
    for number, document in enumerate(documents):
        text = document if isinstance(document, str) else json.dumps(document).replace('{"name"', '\n{"name"')
        (path / f"{name}{number or ''}.json").write_text(text)
    return read_mlflow([path], known=KNOWN)


def lines(path: Path, said: tuple[object, ...]) -> list[str]:
    return [re.sub(rf"{re.escape(str(path))}/", "", str(line)) for line in said]


def ends(reading: Reading) -> list[str]:
    return [f"{edge.from_id} -> {edge.to_id}" for edge in reading.dependencies]


def test_a_registered_model_is_a_model_and_its_versions_are_versions(tmp_path: Path) -> None:
    model = a_model(
        tags=tags(emeritus_owner="payments", emeritus_tier="1", owner="somebody else"),
        aliases=[{"alias": "champion", "version": "3"}, {"alias": "old", "version": "2"}],
    )
    versions = [
        a_version("2", current_stage="Archive", source=f"file:/mnt/1/{RUN}/artifacts/model", run_id=RUN),
        a_version("3", current_stage="Production", aliases=["champion", "eu"], source="runs:/0bf2/model"),
        a_version(10, current_stage="Archived", source="/mnt/10"),
    ]
    reading = read(tmp_path, {"registered_models": [model], "model_versions": versions})
    where = f"{tmp_path}/r.json"
    owned = {"owner_id": "group:default/payments", "owner_names": ("payments",)}
    a_part = {"kind": Kind.VERSION, "model_id": "mlflow:churn", **owned}
    assert reading.entities == (
        Entity(
            id="mlflow:churn",
            kind=Kind.MODEL,
            name="Churn",
            **owned,
            tier=1,
            artifacts=(f"file:///mnt/1/{RUN}/artifacts/model", "runs:/0bf2/model", "/mnt/10"),
            declared_in=f"{where}:2",
            aliases=("models:/Churn",),
        ),
        Entity(
            id="mlflow:churn/2",
            name="Churn/2",
            lifecycle="archived",
            declared_in=f"{where}:3",
            aliases=("models:/Churn/2", "models:/Churn@old", f"runs:/{RUN}/model"),
            **a_part,  # type: ignore[arg-type]
        ),
        Entity(
            id="mlflow:churn/3",
            name="Churn/3",
            lifecycle="production",
            declared_in=f"{where}:4",
            aliases=("models:/Churn/3", "models:/Churn@champion", "models:/Churn@eu", "runs:/0bf2/model"),
            **a_part,  # type: ignore[arg-type]
        ),
        Entity(
            id="mlflow:churn/10",
            name="Churn/10",
            lifecycle="archived",
            declared_in=f"{where}:5",
            aliases=("models:/Churn/10",),
            **a_part,  # type: ignore[arg-type]
        ),
    )
    assert lines(tmp_path, reading.notes) == [
        (
            'r.json:4 Churn/3: source "runs:/0bf2/model": only absolute paths, file:// and s3:// can be archived; '
            "the archive step will stop at it"
        )
    ]


@pytest.mark.parametrize(
    "documents",
    [
        [{"registered_models": [a_model(latest_versions=[a_version("1")])]}],
        [{"registered_model": a_model(latest_versions=[a_version("1")])}],
        [{"registered_model": a_model()}, {"model_version": a_version("1")}],
        [
            {"model_versions": [a_version("1")]},
            {"registered_models": [a_model(latest_versions=[a_version(1)])]},
        ],
        [
            {
                "system": {},
                "mlflow": {"registered_model": a_model(versions=[a_version("1")])},
            }
        ],
        [{"mlflow": {"registered_model": a_model()}}, {"mlflow": {"model_version": a_version("1")}}],
        [
            {"registered_models": [a_model()], "next_page_token": "x"},
            {"registered_models": [{"name": "Other"}]},
            {"model_versions": [a_version("1")]},
        ],
    ],
    ids=["search", "get", "one answer a file", "told twice", "exported", "exported apart", "in pages"],
)
def test_every_shape_tells_the_same(tmp_path: Path, documents: list[object]) -> None:
    reading = read(tmp_path, *documents)
    assert [one.id for one in reading.entities if one.id != "mlflow:other"] == [
        "mlflow:churn",
        "mlflow:churn/1",
    ]
    assert reading.documents.read == len(reading.entities)
    assert reading.skipped == ()


@pytest.mark.parametrize(
    ("aliases", "given"),
    [
        ({"champion": "1"}, {"owner": "payments"}),
        ([{"alias": "champion", "version": 1}], tags(owner="payments")),
    ],
    ids=["as objects", "as lists"],
)
def test_tags_and_aliases_are_read_as_both_kinds_of_exports_write_them(
    tmp_path: Path, aliases: object, given: object
) -> None:
    model = a_model(aliases=aliases, tags=given, latest_versions=[a_version("1")])
    _, version = read(tmp_path, {"registered_model": model}).entities
    assert version.aliases == ("models:/Churn/1", "models:/Churn@champion")
    assert version.owner_id == "group:default/payments"


def test_consumers_named_in_a_tag_depend_on_the_model_whoever_declares_them(tmp_path: Path) -> None:
    names = "Checkout, nightly report,,search, a|b, Ranking, checkout"
    reading = read(
        tmp_path,
        {"registered_models": [a_model(tags=tags(emeritus_consumers=names)), {"name": "Ranking"}]},
    )
    assert joined_ends(reading, KNOWN) == [
        "component:default/checkout -> mlflow:churn",
        "mlflow-consumer:nightly report -> mlflow:churn",
        "mlflow-consumer:search -> mlflow:churn",
        "mlflow:ranking -> mlflow:churn",
    ]
    assert reading.declared_by == ("mlflow:churn",) * 4
    assert [(one.id, one.kind, one.name) for one in reading.entities if one.kind is not Kind.MODEL] == [
        ("mlflow-consumer:checkout", Kind.CONSUMER, "Checkout"),
        ("mlflow-consumer:nightly report", Kind.CONSUMER, "nightly report"),
        ("mlflow-consumer:search", Kind.CONSUMER, "search"),
    ]
    assert dict(as_one(reading, KNOWN).doubts) == {
        "search": ("component:ops/search", "component:shop/search")
    }
    assert lines(tmp_path, reading.skipped) == [
        f"r.json:2 a|b -> Churn: {AMBIGUOUS}",
        "r.json:2 checkout -> Churn: the same edge as r.json:2",
    ]
    assert lines(tmp_path, reading.notes) == [
        "r.json:2 Checkout -> Churn: joined to component:default/checkout by its name",
        "r.json:2 nightly report: no other source declares it; taken as a consumer",
        (
            "r.json:2 search -> Churn: could be component:ops/search or component:shop/search; write the id; "
            "kept as one of its own"
        ),
        "r.json:2 Ranking -> Churn: joined to mlflow:ranking by its name",
    ]
    assert (reading.edges.read, reading.edges.kept, reading.edges.skipped) == (6, 4, 2)


@pytest.mark.parametrize(
    ("successor", "found", "note"),
    [
        ("churn two", "mlflow:churn two", ""),
        ("models:/Churn Two@champion", "mlflow:churn two", ""),
        ("mlflow:churn two", "mlflow:churn two", ""),
        ("Checkout", "component:default/checkout", "joined to component:default/checkout by its name"),
        ("Churn", "", "a model cannot succeed itself. Kept without a successor"),
        ("Nothing", "", "nobody declares it. Kept by name: nobody can move to it yet"),
        (
            "search",
            "",
            (
                "could be component:ops/search or component:shop/search; write the id. "
                "Kept by name: nobody can move to it yet"
            ),
        ),
    ],
)
def test_a_successor_is_looked_for_in_the_registry_first(
    tmp_path: Path, successor: str, found: str, note: str
) -> None:
    model = a_model(tags=tags(emeritus_successor=successor))
    reading = read(tmp_path, {"registered_models": [model, {"name": "Churn Two"}]})
    assert reading.entities[0].successor_id == found
    assert lines(tmp_path, reading.notes) == (
        [f'r.json:2 Churn: emeritus.successor "{successor}": {note}'] if note else []
    )


def test_a_model_with_a_copy_of_another_models_version_depends_on_that_one(tmp_path: Path) -> None:
    copies = [
        {**a_version("1", source="models:/Churn/1"), "name": "Live"},
        a_version("2", source="models:/Churn/1"),
    ]
    gone = {**a_version("3", source="models:/Gone/1"), "name": "Live"}
    reading = read(
        tmp_path,
        {
            "registered_models": [a_model(), {"name": "Live"}],
            "model_versions": [a_version("1"), *copies, gone],
        },
    )
    assert ends(reading) == ["mlflow:live -> mlflow:churn/1"]
    assert lines(tmp_path, reading.skipped) == [
        "r.json:7 Live/3 -> models:/Gone/1: nobody declares it",
    ]


def test_a_version_depends_on_the_datasets_its_run_read(tmp_path: Path) -> None:
    def given(name: str, source: str) -> dict[str, object]:
        return {"dataset": {"name": name, "source": source}, "tags": []}

    inputs = [
        given("wine", '{"uri": "s3://data/wine.csv"}'),
        given("Orders", '{"delta_table_name": "shop.Orders"}'),
        given("dataset", "no JSON"),
        given("", "{}"),
        given("a#b", "[]"),
        None,
    ]
    reading = read(
        tmp_path,
        {"registered_models": [a_model()], "model_versions": [a_version("1", run_id=RUN)]},
        {"run": {"info": {"run_id": RUN}, "inputs": {"dataset_inputs": inputs}}},
        {"mlflow": {"info": {"run_id": RUN}, "inputs": inputs}},
        {"runs": [{"info": {"run_id": "other"}}, {"info": {}}, 3]},
        {"mlflow": {"experiment": {}, "runs": ["0af1"]}},
    )
    assert joined_ends(reading, KNOWN) == [
        "mlflow:churn/1 -> urn:wine",
        "mlflow:churn/1 -> mlflow-dataset:shop.orders",
        "mlflow:churn/1 -> mlflow-dataset:dataset",
    ]
    assert [(one.id, one.name, one.aliases) for one in reading.entities if one.kind is Kind.DATASET] == [
        ("mlflow-dataset:s3://data/wine.csv", "wine", ("s3://data/wine.csv",)),
        ("mlflow-dataset:shop.orders", "Orders", ("shop.Orders",)),
        ("mlflow-dataset:dataset", "dataset", ()),
    ]
    assert lines(tmp_path, reading.skipped) == [
        "r4.json:1 an object of experiment, runs: no model, version or run",
        "r1.json:5 run 0af1 -> an object: no dataset with a name",
        f"r1.json:6 run 0af1 -> a#b: {AMBIGUOUS}",
        "r1.json:1 run 0af1 -> null: no dataset with a name",
        "r2.json:1 run 0af1: r1.json:1 tells of it already; the first counts",
        "r3.json:1 run other: no registered version came out of it",
        "r3.json:1 run: has no info.run_id",
        "r3.json:1 3: a run is an object",
    ]
    assert reading.notes[0].note == "joined to urn:wine by its alias"
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (8, 3, 5)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ({"registered_models": [None]}, "null: a registered model is an object"),
        ({"registered_models": [["x"]]}, "a list: a registered model is an object"),
        ({"registered_models": [{"tags": []}]}, "registered model: has no name"),
        ({"registered_models": [{"name": ["x"]}]}, "registered model: has no name"),
        (
            {"registered_models": [{"name": "a/1"}]},
            'registered model a/1: a name has no "/" or ":", or references to it would be ambiguous',
        ),
        (
            {"registered_models": [{"name": "a#b"}]},
            f"registered model a#b: {AMBIGUOUS}",
        ),
        (
            {"registered_models": [{"name": "x" * 601}]},
            f"registered model {'x' * 283}...: a name has at most 600 characters; this one has 601",
        ),
        (
            {"registered_models": [{"name": "churn"}]},
            "registered model churn: PLACE declares mlflow:churn already, whatever the case; the first counts",
        ),
        (
            {"registered_models": [{"name": "greet", "tags": {"mlflow.prompt.is_prompt": "true"}}]},
            "registered model greet: a prompt is no model",
        ),
        ({"model_versions": [1e999]}, "Infinity: a model version is an object"),
        ({"model_versions": [{}]}, "model version: has no name"),
        (
            {"model_versions": [{"name": "Gone", "version": "1"}]},
            "model version Gone/1: no registered model Gone is told of",
        ),
        ({"model_versions": [{"name": "Churn"}]}, "model version Churn: has no version"),
        ({"model_versions": [{"name": "Churn", "version": True}]}, "model version Churn: has no version"),
        (
            {"model_versions": [a_version("1"), a_version("1")]},
            "model version Churn/1: PLACE declares it already; the first counts",
        ),
        ({"registered_model": {"name": "B", "versions": [7]}}, "7: a model version is an object"),
        ({"name": "a card", "metrics": [1]}, "an object of name, metrics: no model, version or run"),
        ([{"name": "x"}], "no object: no model, version or run"),
        ("1\n2", "2 values: no model, version or run"),
    ],
)
def test_what_is_none_of_them_is_skipped_and_says_why(tmp_path: Path, items: object, why: str) -> None:
    before = {"registered_models": [a_model()]}
    reading = read(tmp_path, before, items)
    (skipped,) = lines(tmp_path, reading.skipped)
    said = re.sub(r"r1?\.json:\d+(?= declares)", "PLACE", skipped)
    assert re.fullmatch(rf"r1\.json:\d+ {re.escape(why)}", said)
    assert reading.documents.read == reading.documents.kept + 1


def test_what_we_wrote_there_ourselves_is_no_tag_to_wonder_about(tmp_path: Path) -> None:
    written = [{"key": "emeritus.dev/lifecycle", "value": "deprecated"}]
    model = a_model(tags=[*tags(owner="payments"), *written])
    assert not read(tmp_path, {"registered_models": [model]}).notes


def test_what_is_odd_in_a_model_is_told_and_costs_nothing(tmp_path: Path) -> None:
    given = tags(emeritus_owner="Payment", emeritus_tier="gold", emeritus_consumer="checkout")
    model = a_model(tags=[*given, None, 3, {"key": None}])
    version = a_version("1", source=None, aliases=[None, {}], current_stage=None, run_id=[], tags="x")
    reading = read(tmp_path, {"registered_models": [model], "model_versions": [version]})
    assert [(one.id, one.tier, one.lifecycle, one.owner_id) for one in reading.entities] == [
        ("mlflow:churn", 0, "", ""),
        ("mlflow:churn/1", 0, "", ""),
    ]
    assert lines(tmp_path, reading.notes) == [
        "r.json:2 Churn tags[4]: is 3 and not an object; ignored. What it stated before stays",
        "r.json:3 Churn/1 run_id: is a list and not a text; ignored. What it stated before stays",
        "r.json:3 Churn/1 aliases[1]: is an object and not a text; ignored. What it stated before stays",
        'r.json:3 Churn/1 tags: is "x" and not a list of objects; ignored. What it stated before stays',
        (
            'r.json:2 Churn: tag "emeritus.consumer": unknown and ignored; we read emeritus.owner, emeritus.successor, '
            "emeritus.consumers, emeritus.tier, emeritus.restricted_to, emeritus.available_from, emeritus.regulated, "
            "emeritus.decay, emeritus.drift, emeritus.cost_per_month, emeritus.calls_per_day"
        ),
        'r.json:2 Churn: emeritus.tier "gold": a tier is 1, 2 or 3; kept as unknown, the strictest',
        "r.json:3 Churn/1: no source: nothing of it can be archived",
        'r.json:2 Churn: owner "Payment": no such group or person; closest is "payments". Unowned until there is one',
    ]


CUT = "not readable as JSON; is the file complete?"
NONE_OF_THEM = "holds no registered_models, model_versions, registered_model, model_version, run"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", f"r.json:1 0 values: {NONE_OF_THEM}"),
        ("\n{}", f"r.json:2 an object of nothing: {NONE_OF_THEM}"),
        ('{"registered_models": []}', f"r.json:1 an object of registered_models: {NONE_OF_THEM}"),
        ('{"a": 1, "b": 2}', f"r.json:1 an object of a, b: {NONE_OF_THEM}"),
        ('{"registered_models":\n [{"name": "a"},', f"r.json:2 Expecting value: {CUT}"),
        (
            '{"registered_models": [' + "[" * 100_000,
            f"r.json:1 values nested less deep, and shorter numbers: {CUT}",
        ),
        (
            '{"registered_models": {"name": "a"}}',
            "r.json:1 registered_models an object: a list",
        ),
        (
            '{"registered_models": [\n{"name": "a", "tags": "emeritus.owner=x", "aliases": 3, "versions": {}}]}',
            (
                'r.json:2 tags of a "emeritus.owner=x": a list\n'
                "DIR/r.json:2 aliases of a 3: a list\n"
                "DIR/r.json:2 versions of a an object: a list"
            ),
        ),
        (
            '{"registered_models": [{"name": "a"}],\n "next_page_token": "x"}',
            "r.json:1 next_page_token: the pages of registered_models up to the one without it",
        ),
        (
            '{"model_versions": [{"name": "a", "version": 1}]}',
            "r.json: tells of no registered model",
        ),
    ],
    ids=[
        "empty",
        "an empty object",
        "an empty list",
        "another thing",
        "cut off",
        "deep",
        "no list",
        "no lists of a model",
        "a page of several",
        "versions alone",
    ],
)
def test_a_file_that_is_none_or_not_whole_is_refused(tmp_path: Path, text: str, refusal: str) -> None:
    (file := tmp_path / "r.json").write_text(text)
    with pytest.raises(Invalid) as refused:
        read_mlflow([file], known=KNOWN)
    assert str(refused.value) == f"{tmp_path}/{refusal.replace('DIR', str(tmp_path))}"


def imported(catalog: Catalog, path: Path) -> ImportReport:
    reading = read_mlflow([path], known=catalog.known_outside("mlflow", [path]))
    return catalog.import_(reading, format="mlflow", now=MONDAY)


def test_importing_twice_changes_nothing_and_a_consumer_the_tag_drops_is_withdrawn(
    company: Catalog, tmp_path: Path
) -> None:
    model = a_model(tags=tags(emeritus_consumers="checkout, mailer"), latest_versions=[a_version("1")])
    (file := tmp_path / "r.json").write_text(json.dumps({"registered_model": model}))
    assert imported(company, tmp_path).counts["new"] == 6
    assert not imported(company, tmp_path).changed
    model["tags"] = tags(emeritus_consumers="checkout")
    file.write_text(json.dumps({"registered_model": model}))
    report = imported(company, tmp_path)
    assert report.withdrawn == ("mlflow-consumer:mailer -> mlflow:churn",)
    assert report.unseen == ("mlflow-consumer:mailer",)
    assert [one.consumer_id for one in company.impact("mlflow:churn").consumers] == [
        "component:default/checkout"
    ]


def test_a_model_another_catalog_has_under_its_name_is_that_one(company: Catalog, tmp_path: Path) -> None:
    declared = a_document("Resource", "leaving", "type: ai-model", aliases="models:/Churn, churn-by-hand")
    (backstage := tmp_path / "catalog.yaml").write_text(declared)
    imported_backstage(company, backstage)
    model = a_model(tags=tags(emeritus_consumers="checkout, mailer"), latest_versions=[a_version("1")])
    (tmp_path / "r.json").write_text(json.dumps({"registered_model": model}))
    report = imported(company, tmp_path / "r.json")
    impact = company.impact("resource:default/leaving")
    assert {one.consumer_id for one in impact.consumers} == {
        "component:default/checkout",
        "mlflow-consumer:mailer",
    }
    assert [one.id for one in company.snapshot().versions_of("resource:default/leaving")] == [
        "mlflow:churn/1"
    ]
    assert not [one for one in company.models() if one.id == "mlflow:churn"]
    assert "is one with resource:default/leaving: both are called models:/Churn" in [
        one.note for one in report.notes
    ]
    assert not imported(company, tmp_path / "r.json").changed
    model["tags"] = tags(emeritus_consumers="mailer")
    (tmp_path / "r.json").write_text(json.dumps({"registered_model": model}))
    report = imported(company, tmp_path / "r.json")
    assert report.withdrawn == ("mlflow-consumer:checkout -> mlflow:churn",)


def test_what_tags_tell_of_decay_drift_and_cost_is_measured_of_the_model_or_of_the_version(
    tmp_path: Path,
) -> None:
    given = tags(emeritus_decay="0.07 on 2026-02-01", emeritus_drift="0.1")
    cost = [{"key": "emeritus.cost_per_month", "value": "1200 eur on 2026-02-02"}]
    reading = read(
        tmp_path, {"registered_models": [a_model(tags=given)]}, {"model_versions": [a_version(1, tags=cost)]}
    )

    measured = {one.id: one.measured for one in reading.entities}
    where = {one.id: one.declared_in for one in reading.entities}
    assert measured["mlflow:churn"] == (
        Measured(measure="decay", value=0.07, on="2026-02-01", told_in=where["mlflow:churn"]),
    )
    assert measured["mlflow:churn/1"] == (
        Measured(
            measure="cost_per_month",
            value=1200,
            on="2026-02-02",
            told_in=where["mlflow:churn/1"],
            currency="EUR",
        ),
    )
    assert [one.note for one in reading.notes if "drift" in one.note] == [
        'emeritus.drift: "0.1" is not VALUE on DAY, as 0.07 on 2026-03-02. Left out'
    ]


MARCH_2, MARCH_9 = 1_772_445_600_000, 1_773_050_400_000
METRICS = [
    {"key": "emeritus.decay", "value": 0.07, "timestamp": MARCH_9, "step": 0},
    {"key": "emeritus.cost_per_month", "value": 1200, "timestamp": str(MARCH_2)},
    {"key": "accuracy", "value": 0.9, "timestamp": MARCH_2},
]


@pytest.mark.parametrize(
    ("run", "expected", "told"),
    [
        (
            {"data": {"metrics": METRICS, "tags": [{"key": "emeritus.currency", "value": "usd"}]}},
            ["decay 0.07 2026-03-09", "cost_per_month 1200 2026-03-02 USD"],
            [],
        ),
        (
            {
                "metrics": {
                    "emeritus.drift": [
                        {"value": 0.1, "timestamp": MARCH_2},
                        {"value": 0.3, "timestamp": MARCH_9},
                    ]
                }
            },
            ["drift 0.1 2026-03-02", "drift 0.3 2026-03-09"],
            [],
        ),
        (
            {"data": {"metrics": {"emeritus.decay": 0.07}}},
            [],
            ['run 0af1 emeritus.decay: "no timestamp" is no day like 2026-03-02. Left out'],
        ),
        (
            {"data": {"metrics": [{"key": "emeritus.drift", "value": "NaN", "timestamp": MARCH_2}]}},
            [],
            ['run 0af1 emeritus.drift: drift "NaN" is not a number from 0 to 1,000,000. Left out'],
        ),
        (
            {"data": {"metrics": [{"key": "emeritus.drift", "value": 1, "timestamp": 10**20}]}},
            [],
            ['run 0af1 emeritus.drift: "100000000000000000000" is no day like 2026-03-02. Left out'],
        ),
        (
            {"data": {"metrics": [3, {"key": "emeritus.x"}]}},
            [],
            ["run 0af1 data.metrics[0]: is 3 and not an object; ignored"],
        ),
    ],
    ids=["an answer of the API", "an export, with all values", "no day", "NaN", "no time", "odd"],
)
def test_metrics_of_the_run_that_a_version_came_out_of_are_measured_of_it_with_their_day(
    tmp_path: Path, run: dict[str, Any], expected: list[str], told: list[str]
) -> None:
    models = {"registered_models": [a_model()], "model_versions": [a_version("1", run_id=RUN)]}
    reading = read(tmp_path, models, {"run": {"info": {"run_id": RUN}, **run}})
    rows = next(one.measured for one in reading.entities if one.kind is Kind.VERSION)
    assert [f"{row.measure} {row.value:g} {row.on} {row.currency}".strip() for row in rows] == expected
    assert {row.told_in for row in rows} <= {f"{tmp_path}/r1.json:1"}
    assert [str(one).partition(":1 ")[2] for one in reading.notes if one.what.startswith("run")] == told


def test_what_a_tag_says_of_a_day_counts_before_a_metric(tmp_path: Path) -> None:
    tag = [{"key": "emeritus.decay", "value": "0.02 on 2026-03-09"}]
    told = {"registered_models": [a_model()], "model_versions": [a_version("1", run_id=RUN, tags=tag)]}
    reading = read(tmp_path, told, {"run": {"info": {"run_id": RUN}, "data": {"metrics": METRICS[:1]}}})
    assert [row.value for one in reading.entities for row in one.measured] == [0.02]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, None),
        ({"emeritus.restricted_to": "group:default/fraud, UANN"}, ("group:default/fraud", "UANN")),
        ({"emeritus.restricted_to": ""}, ()),
    ],
    ids=["no-tag", "names", "nobody"],
)
def test_a_tag_says_who_alone_may_see_a_model(
    tmp_path: Path, given: dict[str, str], names: tuple[str, ...] | None
) -> None:
    listed = [{"key": key, "value": value} for key, value in given.items()]
    reading = read(tmp_path, {"registered_models": [a_model(tags=listed)]})
    assert reading.entities[0].restricted_to == names


def test_what_the_run_of_a_version_tells_is_described_in_the_archive_of_its_model(tmp_path: Path) -> None:
    many = [{"key": f"p{number:03d}", "value": "1"} for number in range(300)]
    run = {
        "info": {"run_id": RUN, "end_time": 1_772_409_600_000},
        "data": {
            "params": [{"key": "depth", "value": "6"}, {"key": "note", "value": "x" * 1_000}],
            "metrics": [{"key": "auc", "value": 0.91, "timestamp": 1}],
            "tags": [
                {"key": "mlflow.source.git.commit", "value": "3f2c"},
                {"key": "mlflow.source.git.repoURL", "value": "https://git.example.com/churn"},
                {"key": "mlflow.source.name", "value": "train.py"},
            ],
        },
        "inputs": {
            "dataset_inputs": [
                {"dataset": {"name": "train", "digest": "9f", "source": '{"uri": "s3://d/train"}'}},
                {"dataset": {"digest": "nameless"}},
            ]
        },
    }
    other = {
        "info": {"run_id": "other"},
        "data": {"params": many, "metrics": {"auc": [{"value": 1}, {"value": 2}]}},
    }
    versions = [a_version("1", run_id=RUN), a_version("2", run_id="other"), a_version("3", run_id="untold")]
    reading = read(
        tmp_path,
        {"registered_models": [a_model()], "model_versions": versions},
        {"runs": [run, other, other]},
    )
    found = {one.id: one.references for one in reading.entities if one.references}
    assert found.keys() == {"mlflow:churn"}
    day = {"on": "2026-03-02"}
    *first, params, metrics = found["mlflow:churn"]
    assert first == [
        Reference(
            of=ArtifactClass.CODE,
            what="git commit",
            where="https://git.example.com/churn",
            name="train.py",
            version="3f2c",
            **day,
        ),
        Reference(
            of=ArtifactClass.HYPERPARAMETERS,
            what="parameters",
            version=RUN,
            values=(("depth", "6"), ("note", f"{'x' * 600}...")),
            **day,
        ),
        Reference(of=ArtifactClass.METRICS, what="metrics", version=RUN, values=(("auc", "0.91"),), **day),
        Reference(
            of=ArtifactClass.DATA,
            what="dataset",
            where="s3://d/train",
            name="train",
            version=RUN,
            digest="9f",
            **day,
        ),
    ]
    assert (len(params.values), metrics.values) == (200, (("auc", "2"),))
    assert any(
        "run other: 300 parameters; the first 200 by name are described in an archive" in one
        for one in lines(tmp_path, reading.notes)
    )
