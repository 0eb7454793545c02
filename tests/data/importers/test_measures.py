"""What was measured of a model is known with its day and place, whichever file is read first, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.measures import read_measures
from data.importers.report import ImportReport, Reading
from data.records.catalog import EndpointKind, Entity, Kind, Measure, Measured
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements, a_document, imported
from tests.data.importers.test_successors import file, take

CHURN = "resource:default/churn"
LOCAL = "component:default/here"
HEADER = "model,measure,value,on"
NOBODY = "nothing that was imported is called so; import what declares it first, or write its id"
A_CONSUMER = "component:default/shop is a consumer; only of model, version, endpoint this is measured"
KNOWN = Entity(id="model:churn", kind=Kind.MODEL, name="churn")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    documents = (
        a_document("Resource", "churn", "type: ai-model", aliases="models:/Churn"),
        a_document("Component", "live", "type: model-server, dependsOn: [resource:churn]"),
        a_document("Component", "here", "type: model-server", endpoint_kind="local", endpoint_ref="here"),
        a_document("Component", "shop", "type: service"),
        a_document("Resource", "twice", "type: ai-model"),
        a_document("Component", "twice", "type: service"),
    )
    imported(catalog, file(tmp_path, "catalog.yaml", "---\n".join(documents)))
    yield catalog
    store.close()


def measures(catalog: Catalog, path: Path, *rows: str, name: str = "m.csv", days: int = 0) -> ImportReport:
    return take(catalog, "measures", file(path, name, "\n".join((HEADER, *rows, ""))), days)


def known(catalog: Catalog, thing_id: str = CHURN) -> list[tuple[str, float, str, str]]:
    rows = catalog.snapshot().entity(thing_id).measured
    return [(row.measure, row.value, row.on, Path(row.told_in).name) for row in rows]


@pytest.mark.parametrize(
    "name", [CHURN, "models:/Churn", "churn", "CHURN"], ids=["id", "alias", "name", "case"]
)
def test_a_model_is_meant_by_its_id_an_alias_or_its_name(catalog: Catalog, tmp_path: Path, name: str) -> None:
    report = measures(catalog, tmp_path, f"{name},drift,0.31,2026-02-27")

    assert (report.documents.read, report.documents.kept, report.skipped) == (1, 1, ())
    assert known(catalog) == [("drift", 0.31, "2026-02-27", "m.csv:2")]
    assert [one.id for one in catalog.snapshot().models()] == [CHURN, "resource:default/twice"]


def test_that_it_was_measured_says_nothing_of_who_it_is(catalog: Catalog, tmp_path: Path) -> None:
    report = measures(
        catalog,
        tmp_path,
        "churn,drift,0.3,2026-02-01",
        "churn,drift,0.2,2026-01-01",
        f"{LOCAL},drift,0.3,2026-02-01",
    )

    assert [(one.where, one.note) for one in report.notes] == [
        (f"{tmp_path}/m.csv:2", f"joined to {CHURN} by its name")
    ]
    seen = catalog.snapshot()
    assert [why for one in seen.responsible(CHURN) for why in one.why if "measures" in why] == []
    assert list(seen.told_apart(LOCAL)) == []
    assert seen.entity(LOCAL).endpoint_kind is EndpointKind.LOCAL


def test_an_endpoint_is_measured_as_well(catalog: Catalog, tmp_path: Path) -> None:
    measures(catalog, tmp_path, "live,cost_per_month,1200,2026-02-01")

    assert known(catalog, "component:default/live") == [("cost_per_month", 1200, "2026-02-01", "m.csv:2")]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("ghost,drift,1,2026-02-01", NOBODY),
        ("twice,drift,1,2026-02-01", "could be component:default/twice or resource:default/twice; write the id"),
        ("shop,drift,1,2026-02-01", A_CONSUMER),
        (",drift,1,2026-02-01", "model is empty"),
        ("churn,size,1,2026-02-01", 'measure "size" is not one of decay, drift, cost_per_month, calls_per_day'),
        ("churn,decay,7,2026-02-01", 'decay "7" is not a share from -1 to 1, as 0.07 for 7 % worse'),
        ("churn,drift,nan,2026-02-01", 'drift "nan" is not a number from 0 to 1,000,000'),
        ("churn,cost_per_month,-5,2026-02-01", 'cost_per_month "-5" is not an amount from 0 to 1,000,000,000,000'),
        ("churn,cost_per_month,inf,2026-02-01", 'cost_per_month "inf" is not an amount from 0 to 1,000,000,000,000'),
        ("churn,drift,1,", '"" is no day like 2026-03-02'),
        ("churn,drift,0.5,2026-01-31", "{file}:2 tells of 2026-01-31 already; the first counts"),
    ],
    ids=[
        "nobody", "several", "a consumer", "no name", "no measure", "percent", "nan", "negative", "endless",
        "no day", "twice",
    ],
)  # fmt: skip
def test_a_row_that_tells_nothing_is_skipped_with_its_place(
    catalog: Catalog, tmp_path: Path, row: str, why: str
) -> None:
    report = measures(catalog, tmp_path, "churn,drift,0.1,2026-01-31", row)

    (skipped,) = report.skipped
    assert (skipped.where, skipped.why) == (f"{tmp_path}/m.csv:3", why.format(file=f"{tmp_path}/m.csv"))
    assert known(catalog) == [("drift", 0.1, "2026-01-31", "m.csv:2")]


def test_a_day_to_come_is_told_and_hides_nothing_that_was_measured(catalog: Catalog, tmp_path: Path) -> None:
    measures(catalog, tmp_path, "churn,drift,0.3,2026-02-01")
    report = measures(catalog, tmp_path, "churn,drift,0.1,2062-02-01", name="slip.csv")

    assert [(one.where, one.note) for one in report.notes if "to come" in one.note] == [
        (f"{tmp_path}/slip.csv:2", "measured on 2062-02-01, which is a day to come; left out")
    ]
    assert known(catalog) == [("drift", 0.3, "2026-02-01", "m.csv:2")]


@pytest.mark.parametrize(
    "order", [("a.csv", "b.csv"), ("b.csv", "a.csv")], ids=["older first", "newer first"]
)
def test_the_order_of_files_makes_no_difference_and_reading_one_again_changes_nothing(
    catalog: Catalog, tmp_path: Path, order: tuple[str, str]
) -> None:
    rows = {"a.csv": "churn,drift,0.1,2026-01-01", "b.csv": "churn,drift,0.3,2026-02-01"}
    for name in order:
        measures(catalog, tmp_path, rows[name], name=name)
    version = catalog.version()
    measures(catalog, tmp_path, rows[order[1]], name=order[1])

    assert known(catalog) == [
        ("drift", 0.1, "2026-01-01", "a.csv:2"),
        ("drift", 0.3, "2026-02-01", "b.csv:2"),
    ]
    assert catalog.version() == version


def test_what_is_shared_in_slack_counts_only_where_no_catalog_tells_the_same(
    catalog: Catalog, tmp_path: Path
) -> None:
    told = Measured(measure=Measure.DRIFT, value=0.01, on="2026-02-28", told_in="slack:C1/m.csv:2")
    entity = replace(KNOWN, id=f"measures:{CHURN}", declared_in=told.told_in, measured=(told,))
    shared = Reading(entities=(entity,), source_digest="", files={entity.id: "slack:C1/m.csv"})

    catalog.import_(shared, format="measures", now=MONDAY)
    assert known(catalog) == [("drift", 0.01, "2026-02-28", "m.csv:2")]

    measures(catalog, tmp_path, "models:/Churn,drift,0.9,2026-01-01", "churn,decay,0.1,2026-01-01")
    assert [(one, value) for one, value, _, _ in known(catalog)] == [("decay", 0.1), ("drift", 0.9)]


def test_of_many_days_the_last_twelve_are_kept(catalog: Catalog, tmp_path: Path) -> None:
    measures(catalog, tmp_path, *(f"churn,decay,0.{day:02},2026-01-{day:02}" for day in range(1, 31)))

    assert [on for _, _, on, _ in known(catalog)] == [f"2026-01-{day}" for day in range(19, 31)]


def test_a_cost_may_have_a_currency_and_nothing_else_has(tmp_path: Path) -> None:
    rows = "model,measure,value,on,currency\nchurn,cost_per_month,5,2026-01-01,eur\nchurn,drift,5,2026-01-01,EUR\n"
    reading = read_measures([path := file(tmp_path, "m.csv", rows)], known=[KNOWN])

    (entity,) = reading.entities
    assert entity.measured == (
        Measured(measure="cost_per_month", value=5, on="2026-01-01", told_in=f"{path}:2", currency="EUR"),
    )
    assert [one.why for one in reading.skipped] == ["drift has no currency"]


def test_a_header_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="a header of model, measure, value, on and any of currency"):
        read_measures([file(tmp_path, "m.csv", "from,to\na,b\n")])
