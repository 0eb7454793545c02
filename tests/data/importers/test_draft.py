"""Whom a source introduces, and who is meant when it names an owner afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.importers.draft import Draft
from data.importers.known import Known
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind, Person

TEAM = Group(id="group:default/search", name="search")
ADA = Person(id="urn:li:corpuser:search", name="Ada Okafor", email="ada@example.com")


def reading(draft: Draft) -> Reading:
    return draft.reading((), [Path("people.json")])


def test_whom_a_source_introduces_may_own_what_it_declares() -> None:
    draft = Draft(Known())
    assert draft.known.owner("Ada Okafor")[0] == ""
    draft.introduce(ADA, Path("people.json"))
    draft.introduce(TEAM, Path("teams.json"))
    draft.declare(Entity(id="x:1", kind=Kind.MODEL, name="one"), Path("models.json"), owner="ada@example.com")
    found = reading(draft)
    assert (found.groups, found.people) == ((TEAM,), (ADA,))
    assert found.entities[0].owner_id == ADA.id
    assert found.files == {
        ADA.id: "people.json",
        TEAM.id: "teams.json",
        "x:1": "models.json",
    }


def test_what_only_states_edges_has_its_file_too() -> None:
    draft = Draft(Known())
    draft.document("x:edges", Path("edges.json"))
    assert reading(draft).files == {"x:edges": "edges.json"}


@pytest.mark.parametrize(
    ("text", "groups", "people"),
    [
        ("search", (TEAM.id,), (ADA.id,)),
        ("GROUP:default/search", (TEAM.id,), ()),
        ("ADA@example.com", (), (ADA.id,)),
        ("searching", (), ()),
    ],
)
def test_a_team_and_a_person_of_one_name_can_be_asked_for_apart(
    text: str, groups: tuple[str, ...], people: tuple[str, ...]
) -> None:
    known = Known((TEAM, ADA))
    assert (known.called(text, Group), known.called(text, Person)) == (groups, people)
    assert known.owner(text)[0] == next(iter((*groups, *people)), "")
