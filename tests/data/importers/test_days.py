"""Days in sources that cannot be meant: before anybody kept logs, or to come."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.importers.days import day_in
from data.sqlite.store import SqliteStore
from tests.data.catalogs import COMPANY, MONDAY, NoRetirements, imported, imported_csv


@pytest.fixture
def company(tmp_path: Path):
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    imported(catalog, COMPANY)
    yield catalog
    store.close()


@pytest.mark.parametrize("text", ["0001-01-01", "0999-12-31T23:00:00Z", "2026-03-02", "9999-12-31"])
def test_a_day_can_be_read_again_whatever_its_year(text: str) -> None:
    assert date.fromisoformat(day_in(text)).isoformat() == text[:10]


def test_calls_on_a_day_to_come_are_kept_without_it_and_told(tmp_path: Path, company: Catalog) -> None:
    (file := tmp_path / "calls.csv").write_text(
        "from,to,last_seen,calls_per_day\ncheckout,churn-v1,2062-03-02,12\nsearch,churn-v1,2026-03-02,1\n"
    )
    report = imported_csv(company, file)
    told = [str(one) for one in report.notes if "to come" in one.note]
    ends = "csv:checkout -> csv:churn-v1"
    assert told == [f"{file}:2 {ends}: seen on 2062-03-02, which is a day to come; kept without one"]
    edge = company.snapshot().dependency("component:default/checkout", "resource:default/churn-v1")
    assert (edge.first_seen, edge.last_seen, edge.calls_per_day) == ("", "", 12)
    assert not imported_csv(company, file).changed


def test_today_elsewhere_is_no_day_to_come(tmp_path: Path, company: Catalog) -> None:
    tomorrow = date.fromordinal(MONDAY.date().toordinal() + 1).isoformat()
    (file := tmp_path / "calls.csv").write_text(f"from,to,last_seen\ncheckout,churn-v1,{tomorrow}\n")
    imported_csv(company, file)
    edge = company.snapshot().dependency("component:default/checkout", "resource:default/churn-v1")
    assert edge.last_seen == tomorrow
