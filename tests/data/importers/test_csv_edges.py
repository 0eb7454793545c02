"""What a CSV of edges becomes, joined to what other sources declared, and what is said of the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.errors import Invalid
from data.importers.csv_edges import read_csv
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind, Person
from tests.data.catalogs import as_one, joined_ends

KNOWN = (
    Entity(id="resource:default/churn", kind=Kind.MODEL, name="churn", aliases=("models:/Churn",)),
    Entity(id="component:default/checkout", kind=Kind.CONSUMER, name="Checkout"),
    Entity(id="component:shop/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="component:ops/search", kind=Kind.CONSUMER, name="search"),
    Group(id="group:default/payments", name="payments"),
    Person(id="user:default/ada", name="Ada Okafor", slack_id="U01ADA"),
)


def read(path: Path, text: str) -> Reading:
    (file := path / "edges.csv").write_text(text)
    return read_csv([file], known=KNOWN)


def lines(said: tuple[object, ...]) -> list[str]:
    """Without the directory the test wrote to."""
    return [re.sub(r"\S*edges\.csv:", "", str(line)) for line in said]


def ends(reading: Reading) -> list[str]:
    return joined_ends(reading, KNOWN)


@pytest.mark.parametrize(
    ("written", "stands", "note"),
    [
        ("component:default/checkout", [], ""),
        ("COMPONENT:checkout", [], ""),
        ("default/checkout", ["csv:default/checkout"], "joined to component:default/checkout by its name"),
        ("checkout", ["csv:checkout"], "joined to component:default/checkout by its name"),
    ],
)
def test_what_another_source_declares_is_meant_by_its_id_and_by_what_stands_for_a_name(
    tmp_path: Path, written: str, stands: list[str], note: str
) -> None:
    reading = read(tmp_path, f"from,to\n{written},models:/churn\n")
    assert ends(reading) == ["component:default/checkout -> resource:default/churn"]
    assert [one.id for one in reading.entities] == [*stands, "csv:models:/churn"]
    by_alias = '2 "models:/churn": joined to resource:default/churn by its alias'
    assert lines(reading.notes) == [*([f'2 "{written}": {note}'] if note else []), by_alias]


def test_what_nobody_declares_becomes_a_thing_with_kind_and_owner(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "from,to,from_kind,to_kind,from_owner,to_owner\n"
        "Nightly Report,component:default/scorer,dashboard,service,Payments,ada okafor\n"
        "component:default/scorer,forecast,,,,\n",
    )
    assert {one.id: (one.kind, one.name, one.owner_id) for one in reading.entities} == {
        "csv:nightly report": (Kind.DASHBOARD, "Nightly Report", "group:default/payments"),
        "component:default/scorer": (Kind.CONSUMER, "scorer", "user:default/ada"),
        "csv:forecast": (Kind.MODEL, "forecast", ""),
    }
    assert lines(reading.notes) == [
        "3 forecast: no kind given, and no other source declares it; taken as a model"
    ]


def test_a_row_that_tells_of_calls_is_no_declaration_unless_it_says_so(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "from,to,type,last_seen,calls_per_day\n"
        "checkout,churn,,2026-03-02T23:10:00Z,1200\n"
        "checkout,churn,observed,2026-02-20,900\n"
        "component:shop/search,churn,declared,2026-03-01,\n",
    )
    joins = as_one(reading, KNOWN)
    assert [
        (joins.id_of(one.from_id), one.first_seen, one.last_seen, one.calls_per_day)
        for one in reading.sightings
    ] == [
        ("component:default/checkout", "2026-02-20", "2026-03-02", 1200.0),
        ("component:shop/search", "2026-03-01", "2026-03-01", None),
    ]
    assert ends(reading) == ["component:shop/search -> resource:default/churn"]
    assert (reading.edges.read, reading.edges.kept, reading.edges.skipped) == (3, 3, 0)


def test_every_row_that_is_no_edge_says_why_and_declares_nothing(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "from,to\ncheckout,churn\ncheckout,\nx,X\na|b,churn\ncheckout,churn\n" + "y" * 601 + ",churn\n",
    )
    assert lines(reading.skipped) == [
        "3 checkout -> (nothing): to is empty",
        "4 x -> X: depends on itself",
        '5 a|b -> churn: a name has no "#", "|" or control characters, or references to it would be ambiguous',
        "7 " + "y" * 300 + "...: a name has at most 600 characters; this one has 601",
        "6 checkout -> churn: the same edge as 2",
    ]
    assert [one.id for one in reading.entities] == ["csv:checkout", "csv:churn"]
    assert (reading.edges.read, reading.edges.kept, reading.edges.skipped) == (6, 1, 5)


def test_a_name_that_could_be_two_things_is_neither_and_kept_and_told(tmp_path: Path) -> None:
    reading = read(tmp_path, "from,to\nsearch,churn\n")
    assert lines(reading.notes)[0] == (
        '2 "search": could be component:ops/search or component:shop/search; write the id; kept as one of its own'
    )
    assert ends(reading) == ["csv:search -> resource:default/churn"]
    assert dict(as_one(reading, KNOWN).doubts) == {
        "search": ("component:ops/search", "component:shop/search")
    }


def test_what_is_odd_in_a_row_is_told_and_costs_no_edge(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "from,to,from_kind,from_owner,last_seen,calls_per_day\n"
        "web,churn,robot,Payment,yesterday,-1\n"
        "Web,churn,pipeline,,,nan\n"
        "WEB,checkout,dashboard,,,\n",
    )
    web = next(one for one in reading.entities if one.name == "web")
    assert (web.kind, web.owner_id) == (Kind.PIPELINE, "")
    assert web.owner_note == 'owner "Payment": no such group or person; closest is "payments"'
    kinds = "model, endpoint, consumer, dataset, pipeline, dashboard, deployment, service, job"
    assert lines(reading.notes) == [
        f'2 kind "robot" of web: not one of {kinds}; ignored',
        "2 web: called pipeline and dashboard; the first counts",
        '2 web: owner "Payment": no such group or person; closest is "payments". Unowned until there is one',
        '2 "churn": joined to resource:default/churn by its name',
        '4 "checkout": joined to component:default/checkout by its name',
        '2 web -> churn: last_seen "yesterday" is no day like 2026-03-02; kept without one',
        '2 web -> churn: calls_per_day "-1" is no number from 0 to 1,000,000,000,000; kept as unknown',
        '3 Web -> churn: calls_per_day "nan" is no number from 0 to 1,000,000,000,000; kept as unknown',
    ]
    assert ends(reading) == ["csv:web -> resource:default/churn", "csv:web -> component:default/checkout"]


OPEN = "without a line break, so the file may be cut off: if it is whole, end it with one, then import again"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "edges.csv:1: has no rows below a header of from,to"),
        (b"from,to\n", "edges.csv:1: has no rows below a header of from,to"),
        (b"from;to\na;b\n", 'edges.csv:1 "from;to": a header of from, to and any of type'),
        (b"from,to,colour\na,b,red\n", 'edges.csv:1 "from,to,colour": a header of from, to'),
        (b"from,to,to\na,b,c\n", 'edges.csv:1 "from,to,to": a header of from, to'),
        (b"from,to\na,b\nc\n", "edges.csv:3 1 cells: 2 as in the header: is the file complete?"),
        (b"from,to\na,b\nc,churn-v", f"edges.csv:3 ends within `churn-v` {OPEN}"),
        (b'from,to\r\na,b\r\n"c",""', f"edges.csv:3 ends within `,` {OPEN}"),
        (b"from,to\na,b\n\nc,d,e\n", "edges.csv:4 3 cells: 2 as in the header"),
        (b'from,to\n"a\nb",c\n"d,e\n', "edges.csv:4 unexpected end of data: not readable as CSV"),
        (b"from,to\na,\xff\n", "edges.csv:2 byte 0xff: this is not UTF-8"),
    ],
    ids=[
        "empty",
        "no rows",
        "semicolons",
        "unknown column",
        "column twice",
        "cut off",
        "cut off in a cell",
        "cut off before a cell",
        "too long",
        "open quote",
        "no text",
    ],
)
def test_a_file_that_is_no_such_table_or_not_whole_is_refused_by_its_line(
    tmp_path: Path, content: bytes, refusal: str
) -> None:
    (tmp_path / "fine.csv").write_text("from,to\na,b\n")
    (tmp_path / "edges.csv").write_bytes(content)
    with pytest.raises(Invalid) as refused:
        read_csv([tmp_path], known=KNOWN)
    assert str(refused.value).startswith(f"{tmp_path}/{refusal}")


def test_a_table_of_a_spreadsheet_is_read_too(tmp_path: Path) -> None:
    (file := tmp_path / "edges.csv").write_bytes('\ufefffrom,to\r\n"checkout",churn\r\n,\r\n'.encode())
    assert ends(read_csv([file], known=KNOWN)) == ["component:default/checkout -> resource:default/churn"]


NO_PAYMENT = 'owner "payment": no such group or person; closest is "payments"'
TOLD = Entity(id="csv:forecast", kind=Kind.MODEL, name="forecast", owner_id="group:default/payments")


@pytest.mark.parametrize(
    ("columns", "cells", "becomes", "said"),
    [
        ("to_owner", "ada", (Kind.MODEL, "user:default/ada"), []),
        ("to_owner", "payments", None, []),
        ("to_kind", "model", None, []),
        ("to_kind,to_owner", "dataset,ada", (Kind.DATASET, "user:default/ada"), []),
        ("to_kind", "dataset", (Kind.DATASET, ""), []),
        (
            "to_owner",
            "payment",
            (Kind.MODEL, "group:default/payments"),
            [f"2 Forecast: {NO_PAYMENT}. What was read before stays until there is one"],
        ),
    ],
    ids=str,
)
def test_what_an_earlier_csv_told_of_is_as_the_later_one_has_it(
    tmp_path: Path, columns: str, cells: str, becomes: tuple[Kind, str] | None, said: list[str]
) -> None:
    (file := tmp_path / "edges.csv").write_text(
        f"from,to,{columns}\ncomponent:default/checkout,Forecast,{cells}\n"
    )
    reading = read_csv([file], known=(*KNOWN, TOLD))
    told = [(one.id, one.name, one.kind, one.owner_id) for one in reading.entities]
    assert told == ([("csv:forecast", "forecast", *becomes)] if becomes else [])
    assert lines(reading.notes) == said


def test_an_owner_or_a_kind_that_is_not_used_is_told(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "from,to,from_kind,from_owner,to_kind,to_owner\n"
        "checkout,resource:default/churn,robot,payments,model,ada\n"
        "new,forecast,service,ada,model,ada\n"
        "New,forecast,service,Payments,model,Ada Okafor\n"
        "search,forecast,service,Payments,,\n",
    )
    assert [line for line in lines(reading.notes) if "joined" not in line] == [
        '2 checkout: kind "robot" not used: component:default/checkout is described elsewhere',
        '2 resource:default/churn: owner "ada" not used: resource:default/churn is described elsewhere',
        "3 new: owned by ada and Payments; the first counts",
        '5 "search": could be component:ops/search or component:shop/search; write the id; kept as one of its own',
    ]
    owners = {one.id: one.owner_id for one in reading.entities}
    assert owners["csv:new"] == "user:default/ada"
    assert owners["csv:search"] == "group:default/payments", "nothing else says whose it is"
