"""Is the impact of a model told to other programs as they read it, whatever things are called?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.views.graph import impact_text
from data.catalog.catalog import Catalog
from data.importers.calls import read_calls
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_source, imported, imported_csv

MODEL = "resource:default/m"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A model with an endpoint, two consumers that are declared and two that were seen calling."""
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    source = a_source(
        tmp_path / "all.yaml",
        "Resource m, type: ai-model",
        "Component e, type: model-server, dependsOn: [resource:m]",
        "Component shop, type: service, dependsOn: [component:e]",
        "Component web, type: service, dependsOn: [component:shop]",
    )
    imported(catalog, source)
    (calls := tmp_path / "calls.csv").write_text(
        'from,to,from_kind,last_seen,calls_per_day\n"=cmd(""x"")\\",e,pipeline,2026-03-01,1250.5\nshop,m,,2026-03-02,\n'
    )
    imported_csv(catalog, calls)
    yield catalog
    store.close()


def test_graphviz_gets_every_edge_among_those_concerned(catalog: Catalog) -> None:
    assert impact_text.dot(catalog.model(MODEL), catalog.snapshot()) == (
        "digraph impact {\n"
        "  rankdir=RL;\n"
        '  node [shape=box, fontname="Helvetica"];\n'
        '  label="dashed arrow: seen calling, declared nowhere"; labelloc=b; fontname="Helvetica";\n'
        '  "resource:default/m" [label="m", shape=box3d, style=bold];\n'
        '  "component:default/e" [label="e", shape=component];\n'
        '  "component:default/shop" [label="shop", shape=box];\n'
        '  "component:default/web" [label="web", shape=box];\n'
        '  "csv:=cmd(\\"x\\")\\\\" [label="=cmd(\\"x\\")\\\\", shape=box];\n'
        '  "component:default/e" -> "resource:default/m";\n'
        '  "component:default/shop" -> "component:default/e";\n'
        '  "component:default/shop" -> "resource:default/m" [style=dashed];\n'
        '  "component:default/web" -> "component:default/shop";\n'
        '  "csv:=cmd(\\"x\\")\\\\" -> "component:default/e" [style=dashed];\n'
        "}\n"
    )


def test_mermaid_gets_the_same_graph(catalog: Catalog) -> None:
    assert impact_text.mermaid(catalog.model(MODEL), catalog.snapshot()) == (
        "graph RL\n"
        "  %% dashed arrow: seen calling, declared nowhere\n"
        '  n0[["m"]]\n'
        '  n1[["e"]]\n'
        '  n2["shop"]\n'
        '  n3["web"]\n'
        '  n4["=cmd(#34;x#34;)#92;"]\n'
        "  n1 --> n0\n"
        "  n2 --> n1\n"
        "  n2 -.-> n0\n"
        "  n3 --> n2\n"
        "  n4 -.-> n1\n"
    )


def test_callers_nobody_declares_are_marked_in_both_graphs_and_the_mark_is_explained(
    catalog: Catalog, tmp_path: Path
) -> None:
    line = '{"time": "2026-03-02", "endpoint": "e", "user_agent": "score\\"r/1"}\n'
    (log := tmp_path / "access.log").write_text(line)
    logs = read_calls([log], known=catalog.known(), now=datetime(2026, 3, 3, tzinfo=UTC))
    catalog.import_(logs, format="calls", now=datetime(2026, 3, 3, tzinfo=UTC))
    model, there = catalog.model(MODEL), catalog.snapshot()
    dot, mermaid = impact_text.dot(model, there).split("\n"), impact_text.mermaid(model, there).split("\n")
    legend = "dashed arrow: seen calling, declared nowhere; dashed box: a caller nobody declares"
    assert dot[3] == f'  label="{legend}"; labelloc=b; fontname="Helvetica";'
    marked = 'label="score\\"r (nobody declares it)", shape=box, style=dashed, color="#9a5b00"];'
    assert [one for one in dot if "nobody declares it" in one] == [f'  "caller::score\\"r" [{marked}']
    assert mermaid[1] == f"  %% {legend}"
    (node,) = [one for one in mermaid if "nobody declares it" in one]
    assert node.endswith('["score#34;r (nobody declares it)"]:::unknown')
    assert mermaid[-2] == "  classDef unknown stroke:#9a5b00,stroke-dasharray:6 4"
    assert sum(":::unknown" in one for one in mermaid) == 1
    assert "; last called 2026-03-02; 1 call a day)" in "\n".join(
        impact_text.lines(model, there, date(2026, 3, 3))
    )


def test_a_spreadsheet_gets_a_row_for_each_consumer_and_no_formula(catalog: Catalog) -> None:
    table = impact_text.table(catalog.model(MODEL), catalog.snapshot())
    rows = list(csv.DictReader(io.StringIO(table)))
    assert tuple(rows[0]) == impact_text.COLUMNS
    assert [
        (row["name"], row["kind"], row["distance"], row["origin"], row["calls_per_day"]) for row in rows
    ] == [
        ("shop", "consumer", "1", "declared", ""),
        ('\'=cmd("x")\\', "pipeline", "1", "observed", "1250.5"),
        ("web", "consumer", "2", "declared", ""),
    ]
    assert (
        rows[2]["path"]
        == "component:default/web component:default/shop component:default/e resource:default/m"
    )


def test_a_program_gets_all_that_is_known_of_each_edge(catalog: Catalog) -> None:
    told = impact_text.data(catalog.model(MODEL), catalog.snapshot())
    assert (told["count"], told["direct"]) == (3, 2)
    assert told["consumers"][1] == {  # type: ignore[index]
        "id": 'csv:=cmd("x")\\',
        "name": '=cmd("x")\\',
        "kind": "pipeline",
        "tier": 0,
        "unseen_since": "",
        "team": "",
        "owners": (),
        "notes": ("no owner",),
        "distance": 1,
        "path": ('csv:=cmd("x")\\', "component:default/e", MODEL),
        "origin": "observed",
        "sources": ("csv",),
        "first_seen": "2026-03-01",
        "last_seen": "2026-03-01",
        "calls_per_day": 1250.5,
        "unknown": False,
    }
