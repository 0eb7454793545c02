"""What tests need to fill a catalog: a store's machine, an import, and sources written as short lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.catalog.catalog import Catalog
from data.catalog.declared import Declared
from data.catalog.joins import Joins
from data.catalog.layered import Layered
from data.catalog.statements import Statement
from data.catalog.things import Things
from data.importers.backstage import read_backstage
from data.importers.csv_edges import read_csv
from data.importers.report import ImportReport, Reading
from data.records.catalog import Dependency, Entity, Sighting
from tests.data.no_retirements import NoRetirements as NoRetirements  # noqa: PLC0414 - handed on to tests

REPOSITORY = Path(__file__).resolve().parents[2]
COMPANY = REPOSITORY / "data" / "samples" / "company"
REAL = sorted(path for path in (REPOSITORY.parent / "shared" / "inputs").glob("backstage-*") if path.is_dir())
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def imported(catalog: Catalog, *paths: Path, days: int = 0) -> ImportReport:
    taken = catalog.slack_ids_outside(paths)
    reading = read_backstage(paths, known=catalog.known(), taken=taken, as_told=catalog.as_told())
    return catalog.import_(reading, format="backstage", now=MONDAY + timedelta(days=days))


def imported_csv(catalog: Catalog, *paths: Path, days: int = 0) -> ImportReport:
    reading = read_csv(paths, known=catalog.known_outside("csv", paths))
    return catalog.import_(reading, format="csv", now=MONDAY + timedelta(days=days))


def stated(edges: Iterable[Dependency]) -> dict[str, tuple[Statement, ...]]:
    """As the catalog's tables have it."""
    found: dict[str, tuple[Statement, ...]] = {}
    for edge in sorted(edges, key=lambda edge: edge.from_id):
        source = edge.sources[0] if edge.sources else "backstage"
        found[edge.from_id] = (*found.get(edge.from_id, ()), (edge.to_id, source, edge.declared_in))
    return found


def things_of(entities: Iterable[Entity], edges: Iterable[Dependency]) -> Things:
    by_id = {entity.id: entity for entity in sorted(entities, key=lambda entity: entity.id)}
    return Things.of(Declared(Layered(by_id), Layered(stated(edges)), Layered({})))


def as_one(reading: Reading, known: Iterable[object] = ()) -> Joins:
    """What is one with what in a catalog that has all of this."""
    things = [one for one in (*known, *reading.entities) if isinstance(one, Entity)]
    return Joins.of(Layered({one.id: one for one in sorted(things, key=lambda one: one.id)}))


def joined_ends(reading: Reading, known: Iterable[object] = ()) -> list[str]:
    """The edges that are stated, between what their ends are in such a catalog."""
    id_of = as_one(reading, known).id_of
    return [f"{id_of(edge.from_id)} -> {id_of(edge.to_id)}" for edge in reading.dependencies]


def a_reading_of_calls() -> Reading:
    """Calls along an edge that the sample company declares, and along one that it does not."""
    seen = {"seen_in": "calls.csv:2", "first_seen": "2026-02-27", "last_seen": "2026-03-01"}
    return Reading(
        sightings=(
            Sighting(
                from_id="component:default/checkout",
                to_id="component:default/churn-v1-prod",
                calls_per_day=1200.5,
                **seen,
            ),
            Sighting(from_id="component:default/sunday-mailer", to_id="resource:default/churn-v1", **seen),
        ),
        source_digest="sha256:0",
        files={},
    )


def a_source(path: Path, *documents: str) -> Path:
    """Each document is "Kind name, and the inside of its spec"; names may carry "=title"."""
    texts = []
    for document in documents:
        head, _, spec = document.partition(", ")
        kind, _, name = head.partition(" ")
        name, _, title = name.partition("=")
        texts.append(
            f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, title: '{title}', "
            f"annotations: {{emeritus.dev/slack-id: U0{name.upper()}, emeritus.dev/successor: "
            f"'{spec.partition('successor: ')[2]}'}}}}\nspec: {{{spec.partition(', successor')[0]}}}\n"
        )
    path.write_text("---\n".join(texts))
    return path


def names(things: tuple[object, ...]) -> list[str]:
    return [thing.name for thing in things]  # type: ignore[attr-defined]


def a_document(kind: str, name: str, spec: str = "", **annotations: str) -> str:
    said = "".join(
        f'    emeritus.dev/{key.replace("_", "-")}: "{value}"\n' for key, value in annotations.items()
    )
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        + (f"  annotations:\n{said}" if said else "")
        + f"spec: {{{spec}}}\n"
    )
