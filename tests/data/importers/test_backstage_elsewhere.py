"""What a Backstage entity depends on may come from another catalog: by its exact id or an alias, and it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.importers.backstage import read_backstage
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind
from tests.data.catalogs import a_document

KNOWN = (
    Entity(id="mlflow:churn", kind=Kind.MODEL, name="Churn", aliases=("models:/Churn", "churn-by-mail")),
    Entity(id="datahub:one", kind=Kind.MODEL, name="one", aliases=("twin",)),
    Entity(id="datahub:other", kind=Kind.MODEL, name="other", aliases=("twin",)),
    Group(id="group:default/risk", name="risk"),
)


def read(path: Path, *documents: str) -> Reading:
    (file := path / "c.yaml").write_text("---\n".join(documents))
    return read_backstage([file], known=KNOWN)


def lines(said: tuple[object, ...]) -> list[str]:
    return [re.sub(r"^\S+ Component shop ", "", str(line)) for line in said if "owner" not in str(line)]


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("mlflow:churn", "joined to mlflow:churn by its id"),
        ("MLflow:Churn", "joined to mlflow:churn by its id"),
        ("models:/Churn", "joined to mlflow:churn by its alias"),
        ("churn-by-mail", "joined to mlflow:churn by its alias"),
    ],
)
def test_what_is_named_by_its_id_or_an_alias_is_depended_on_and_told(
    tmp_path: Path, written: str, how: str
) -> None:
    reading = read(tmp_path, a_document("Component", "shop", f'type: service, dependsOn: ["{written}"]'))
    assert [(edge.from_id, edge.to_id) for edge in reading.dependencies] == [
        ("component:default/shop", "mlflow:churn")
    ]
    assert lines(reading.notes) == [f'spec.dependsOn "{written}": {how}']


def test_it_may_be_who_depends_too(tmp_path: Path) -> None:
    reading = read(
        tmp_path, a_document("Component", "shop", 'type: service, dependencyOf: ["models:/churn"]')
    )
    assert [(edge.from_id, edge.to_id) for edge in reading.dependencies] == [
        ("mlflow:churn", "component:default/shop")
    ]


def test_a_reference_keeps_its_meaning_where_an_alias_says_the_same(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_document("Component", "shop", "type: service, dependsOn: [churn-by-mail]"),
        a_document("Resource", "churn-by-mail", "type: ai-model"),
    )
    assert [edge.to_id for edge in reading.dependencies] == ["resource:default/churn-by-mail"]


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            "dependsOn: [twin]",
            'spec.dependsOn "twin": could be datahub:one or datahub:other; write the id',
        ),
        (
            "dependsOn: [Chur]",
            'spec.dependsOn "Chur": nobody declares component:default/chur',
        ),
        (
            "dependsOn: ['group:risk']",
            'spec.dependsOn "group:risk": group:default/risk is no component, resource or API',
        ),
        (
            "consumesApis: ['models:/Churn']",
            'spec.consumesApis "models:/Churn": not a reference; write [kind:][namespace/]name',
        ),
    ],
    ids=["an alias of two", "the beginning of a name", "a team", "an API"],
)
def test_what_is_neither_is_skipped_and_says_why(tmp_path: Path, spec: str, why: str) -> None:
    reading = read(tmp_path, a_document("Component", "shop", f"type: service, {spec}"))
    assert (reading.dependencies, lines(reading.skipped)) == ((), [why])
