"""Callers nobody declares: consumers like any other, marked, until a catalog declares what they were seen as."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.importers.calls import read_calls
from data.importers.csv_edges import read_csv
from data.importers.report import ImportReport
from data.records.catalog import Origin
from data.sqlite.store import SqliteStore
from tests.data.catalogs import COMPANY, MONDAY, NoRetirements, a_document, imported, imported_csv

MODEL, LIVE = "resource:default/churn-v1", "component:default/churn-v1-prod"
SCORER = "caller::scorer"


@pytest.fixture
def catalog(tmp_path: Path):
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    imported(catalog, COMPANY)
    yield catalog
    store.close()


def seen(
    catalog: Catalog, path: Path, *days: int, agent: str = "scorer/1.2", name: str = "a.log"
) -> ImportReport:
    lines = (
        f'{{"time": "2026-02-{day:02}T10:00:00Z", "endpoint": "churn-v1-prod", "user_agent": "{agent}"}}\n'
        for day in days
    )
    (file := path / name).write_text("".join(lines))
    reading = read_calls([file], known=catalog.known(), now=MONDAY)
    return catalog.import_(reading, format="calls", now=MONDAY)


def declared(
    catalog: Catalog, path: Path, *aliases: str, name: str = "nightly-scores", days: int = 1
) -> None:
    (file := path / f"{name}.yaml").write_text(
        a_document("Component", name, "type: service, owner: payments", aliases=",".join(aliases))
    )
    imported(catalog, file, days=days)


def callers(catalog: Catalog) -> dict[str, bool]:
    """Direct consumers that were seen calling only, and whether nobody declares them."""
    there = catalog.snapshot()
    found = there.impact(MODEL).consumers
    return {
        one.consumer_id: one.is_unknown
        for one in found
        if there.dependency(*one.path[:2]).origin is Origin.OBSERVED
    }


def test_an_unknown_caller_is_a_consumer_that_says_what_was_seen_of_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    report = seen(catalog, tmp_path, 20, 20, 23, 27)
    assert (report.changed, report.counts["consumers"]) == (True, 1)
    assert callers(catalog) == {SCORER: True}
    edge = catalog.snapshot().dependency(SCORER, LIVE)
    assert (edge.first_seen, edge.last_seen, edge.calls_per_day) == ("2026-02-20", "2026-02-27", 0.5)
    assert (edge.sources, edge.declared_in) == (("calls",), f"{tmp_path}/a.log:4")


def test_the_same_log_again_changes_nothing_and_a_later_one_tells_of_later_days(
    catalog: Catalog, tmp_path: Path
) -> None:
    seen(catalog, tmp_path, 20)
    assert not seen(catalog, tmp_path, 20).changed
    assert not seen(catalog, tmp_path, 20, name="copy.log").changed
    report = seen(catalog, tmp_path, 25, name="later.log")
    assert (report.changed, report.unseen) == (True, ())
    edge = catalog.snapshot().dependency(SCORER, LIVE)
    assert (edge.first_seen, edge.last_seen) == ("2026-02-20", "2026-02-25")


def test_a_log_that_tells_nothing_of_a_caller_takes_nothing_back(catalog: Catalog, tmp_path: Path) -> None:
    seen(catalog, tmp_path, 20)
    report = seen(catalog, tmp_path, 21, agent="other/1")
    assert report.unseen == ()
    assert callers(catalog) == {SCORER: True, "caller::other": True}


@pytest.mark.parametrize("alias", ["scorer", "SCORER"])
def test_whoever_declares_its_name_is_it_with_all_that_was_seen(
    catalog: Catalog, tmp_path: Path, alias: str
) -> None:
    seen(catalog, tmp_path, 20, 22)
    declared(catalog, tmp_path, "other-name", alias)
    assert callers(catalog) == {"component:default/nightly-scores": False}
    there = catalog.snapshot()
    assert there.declared_as(SCORER) == "component:default/nightly-scores"
    assert there.dependency("component:default/nightly-scores", LIVE).first_seen == "2026-02-20"
    seen(catalog, tmp_path, 25)
    edge = catalog.snapshot().dependency("component:default/nightly-scores", LIVE)
    assert (edge.first_seen, edge.last_seen) == ("2026-02-20", "2026-02-25")


def test_what_declares_the_edge_too_keeps_it_declared_with_the_calls(
    catalog: Catalog, tmp_path: Path
) -> None:
    seen(catalog, tmp_path, 20)
    (file := tmp_path / "own.yaml").write_text(
        a_document(
            "Component", "scores", "type: service, dependsOn: ['component:churn-v1-prod']", aliases="scorer"
        )
    )
    imported(catalog, file)
    edge = catalog.snapshot().dependency("component:default/scores", LIVE)
    assert (edge.origin, edge.sources, edge.last_seen) == (
        Origin.DECLARED,
        ("backstage", "calls"),
        "2026-02-20",
    )


def test_a_name_that_two_declare_joins_neither(catalog: Catalog, tmp_path: Path) -> None:
    seen(catalog, tmp_path, 20)
    twins = [a_document("Component", name, "type: service", aliases="scorer") for name in ("one", "other")]
    (file := tmp_path / "twins.yaml").write_text("---\n".join(twins))
    imported(catalog, file)
    assert callers(catalog) == {SCORER: True}


def test_a_caller_whose_name_nobody_has_any_more_is_unknown_again_once_it_is_seen(
    catalog: Catalog, tmp_path: Path
) -> None:
    seen(catalog, tmp_path, 20)
    declared(catalog, tmp_path, "scorer")
    declared(catalog, tmp_path, days=2)
    seen(catalog, tmp_path, 25, name="later.log")
    assert callers(catalog) == {SCORER: True, "component:default/nightly-scores": False}
    assert catalog.snapshot().declared_as(SCORER) == ""


def test_whoever_follows_the_catalog_sees_what_a_new_reader_sees(catalog: Catalog, tmp_path: Path) -> None:
    seen(catalog, tmp_path, 20)
    catalog.snapshot()
    declared(catalog, tmp_path, "scorer")
    anew = Catalog(catalog._store)
    assert anew.snapshot().impact(MODEL) == catalog.snapshot().impact(MODEL)
    assert anew.snapshot().edge(SCORER, LIVE) is None
    assert catalog.snapshot().edge(SCORER, LIVE) is None


def test_no_importer_takes_an_unknown_caller_for_something_declared(catalog: Catalog, tmp_path: Path) -> None:
    seen(catalog, tmp_path, 20)
    (file := tmp_path / "edges.csv").write_text("from,to,from_owner\nscorer,churn-v1,payments\n")
    assert [one.id for one in read_csv([file], known=catalog.known()).entities] == [
        "csv:scorer",
        "csv:churn-v1",
    ]
    imported_csv(catalog, file)
    assert catalog.snapshot().declared_as(SCORER) == "csv:scorer"


def test_other_imports_leave_what_was_seen_alone(catalog: Catalog, tmp_path: Path) -> None:
    seen(catalog, tmp_path, 20)
    report = imported(catalog, COMPANY, days=3)
    assert (report.changed, callers(catalog)) == (False, {SCORER: True})
