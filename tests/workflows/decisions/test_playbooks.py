"""A closed retirement becomes a playbook under one name; no other does, and nobody else makes it one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Invalid, Refused
from data.records.base import Prose
from data.records.retirement import State
from tests.builders import CLOSE_AT, OWEN, PAT, STRANGER, Story, a_dark, facts_for
from workflows import commands as cmd
from workflows.decisions.playbooks import name_playbook
from workflows.rules.lifecycle import CLOSED as CLOSED_IN
from workflows.rules.lifecycle import ENDED


def closed() -> Story:
    return a_dark().until(CLOSE_AT).works()


CLOSED = closed().state


def naming(name: str = "careful-move", by: str = PAT) -> cmd.NamePlaybook:
    return cmd.NamePlaybook(by=by, name=name)


def test_a_closed_one_becomes_a_playbook_is_renamed_and_stops_being_one():
    story = closed()
    made = story.does(naming())
    assert made.reply == (
        "RET-1 is the playbook careful-move: /retire propose MODEL like careful-move begins another one like it."
    )
    assert made.events == (events.PlaybookMade(at=story.now, by=PAT, name=Prose(prose="careful-move")),)
    assert {effect.body["notice"] for effect in made.effects} == {"lines", "card"}
    assert story.does(naming(by=OWEN)).events == ()
    story.does(naming("slow-move", by=OWEN))
    assert story.state.playbook == "slow-move"
    back = story.does(naming(""))
    assert back.events == (events.PlaybookTakenBack(at=story.now, by=PAT, name=Prose(prose="slow-move")),)
    assert story.state.playbook == ""
    assert story.does(naming("")).reply == "RET-1 is no playbook, so there is nothing to take back."


@pytest.mark.parametrize(
    "name",
    [
        "a" * 41,
        "Careful",
        "careful move",
        "careful_move",
        "off",
        "7",
        "ret-7",
        "RET-7",
        "-",
        "<!channel>",
        "größe",
    ],
)
def test_a_name_is_one_that_can_be_typed_and_means_nothing_else(name: str):
    with pytest.raises(Invalid) as invalid:
        closed().does(naming(name))
    assert str(invalid.value) == (
        f'NAME "{name}": up to 40 small letters, digits and hyphens, at least one letter, and no RET number: '
        "quarterly-move"
    )


@pytest.mark.parametrize("name", ["a" * 40, "2026-q3", "ret-7-again", "official"])
def test_any_other_name_is_taken(name: str):
    assert closed().does(naming(name)).events != ()


def test_a_name_another_one_has_is_refused_with_which_that_is():
    with pytest.raises(Refused) as refused:
        closed().does(naming(), namesake="RET-7")
    assert str(refused.value) == (
        "RET-1 cannot be the playbook careful-move: RET-7 is called so. "
        "Choose another name, or have RET-7 give its own back first: /retire playbook RET-7 off"
    )


@pytest.mark.parametrize("state", [state for state in State if state not in (State.ACTIVE, *CLOSED_IN)])
def test_what_was_not_closed_is_refused_with_what_to_do(state: State):
    stands = replace(CLOSED, state=state)
    with pytest.raises(Refused) as refused:
        name_playbook(stands, naming(), facts_for(), CLOSE_AT)
    step = "/retire list all has those that are archived" if state in ENDED else "Wait until it is archived"
    assert f"it is {state}, and only one that was closed shows a way to the end. {step}" in str(refused.value)


def test_who_neither_coordinates_nor_owns_its_model_is_told_whom_it_is_for():
    with pytest.raises(
        Refused, match="You may not make a playbook of RET-1: this is for the model's owners or the"
    ):
        closed().does(naming(by=STRANGER))
