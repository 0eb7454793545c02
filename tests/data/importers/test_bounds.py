"""Names without end, in every place of sources of every format: what is kept and told of them has an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.bounds import NAME_MAX, PLACE_MAX, within_bounds
from data.importers.csv_edges import read_csv
from data.importers.report import Reading
from data.importers.yaml_lines import Node, documents
from data.records.catalog import Dependency, Entity, Kind, Person
from tests.data.catalogs import MONDAY
from tests.data.importers.strange import with_each_strange
from tests.data.importers.test_concealed import FILES

LONG = "Lo" * 6_000
READING = Reading(source_digest="sha256:0", files={})


def longest(value: object) -> int:
    if isinstance(value, dict):
        return max((longest(one) for pair in value.items() for one in pair), default=0)
    return max(map(longest, value), default=0) if isinstance(value, list | tuple) else len(str(value))


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: plain(one) for key, one in node.value.items()}
    return [plain(one) for one in node.value] if isinstance(node.value, list) else node.value


def told(text: str) -> list[object]:
    """The documents of a file of JSON or YAML."""
    return [plain(one) for one in documents(text.replace("\n{", "\n---\n{").encode(), "")]


def outcome(reader: Callable[..., Reading], file: Path) -> object:
    """All that is kept and told of it, or why nothing is."""
    try:
        return msgspec.to_builtins(within_bounds(reader([file])))
    except Invalid as error:
        return str(error)


@pytest.mark.parametrize("name", [one for one in FILES if one != "csv"])
def test_whatever_is_long_in_a_source_nothing_long_is_kept_or_told(tmp_path: Path, name: str):
    reader, file_name, text = FILES[name]
    file = tmp_path / file_name
    joint = "\n---\n" if file_name.endswith("yaml") else "\n"
    for changed in with_each_strange(told(text), (LONG, {LONG: LONG})):
        file.write_text(joint.join(map(json.dumps, changed if isinstance(changed, list) else [changed])))
        assert longest(outcome(reader, file)) <= PLACE_MAX + len("...") + len(str(file))


@pytest.mark.parametrize(
    "column", ["from", "to", "type", "from_kind", "to_owner", "last_seen", "calls_per_day"]
)
def test_a_row_with_a_name_without_end_takes_nothing_else_of_its_file_with_it(
    catalog: Catalog, tmp_path: Path, column: str
):
    header = ("from", "to", "type", "from_kind", "to_owner", "last_seen", "calls_per_day")
    row = {"from": "shop", "to": "churn"} | {column: LONG * 20}
    rows = [",".join(header), ",".join(row.get(one, "") for one in header), "billing,churn,,,,,"]
    (file := tmp_path / "edges.csv").write_text("\n".join((*rows, "")))
    report = catalog.import_(read_csv([file]), format="csv", now=MONDAY)
    assert catalog.snapshot().edge("csv:billing", "csv:churn") is not None
    assert longest(msgspec.to_builtins(report)) <= PLACE_MAX
    assert f"{file}:2" in str(report)


def test_what_only_refers_to_a_name_without_end_is_kept_without_it_and_told():
    churn = Entity(
        id="a:churn", kind=Kind.MODEL, name=LONG, owner_id=LONG, aliases=("x", LONG), declared_in="a:1"
    )
    person = Person(id="user:ada", name="Ada", email=LONG)
    reading = within_bounds(msgspec.structs.replace(READING, entities=(churn,), people=(person,)))
    (entity,), (ada,) = reading.entities, reading.people
    assert (entity.name, entity.owner_id, entity.aliases, ada.email) == (
        f"{LONG[:NAME_MAX]}...",
        "",
        ("x",),
        "",
    )
    assert [str(one).split(": ")[1] for one in reading.notes] == ["name", "owner_id", "aliases", "email"]


def test_where_a_file_lies_is_cut_and_not_left_out_so_that_its_archive_stops_there():
    model = Entity(id="a:churn", kind=Kind.MODEL, name="churn", artifacts=(f"s3://b/{LONG}", "s3://b/x"))
    (entity,) = within_bounds(msgspec.structs.replace(READING, entities=(model,))).entities
    assert entity.artifacts == (f"s3://b/{LONG}"[:PLACE_MAX] + "...", "s3://b/x")


def test_edges_to_what_has_no_end_are_skipped_with_the_reason():
    edges = tuple(Dependency(from_id="a:x", to_id=one, declared_in="a:7") for one in (LONG, "a:churn"))
    given = msgspec.structs.replace(READING, dependencies=edges, declared_by=("a:x", "a:y"))
    reading = within_bounds(given)
    assert (reading.dependencies, reading.declared_by) == (edges[1:], ("a:y",))
    assert [str(one) for one in reading.skipped] == [
        f"a:7 a:x -> {LONG[:80]}...: a name has at most 600 characters; this one has 12,000"
    ]
