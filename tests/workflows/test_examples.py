"""A proposal remembers the playbook it follows, and what is for few to know is named to nobody else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.catalog import Entity, Kind
from data.records.retirement import Retirement
from tests.builders import (
    PAT,
    STRANGER,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    facts_for,
    proposing,
)
from workflows.commands import NamePlaybook
from workflows.examples import following, namesake

MODEL = Entity(id="model:churn", kind=Kind.MODEL, name="churn", restricted_to=())
THERE = Snapshot.of(Stored(1, {MODEL.id: MODEL}, {}, {}, {}, {}, {}))
SUBJECT = a_subject(restricted_to=(), model_id=MODEL.id)
OPEN = replace(a_running_retirement().state, playbook="careful-move", reviewed={"migration": (PAT,)})
QUIET = replace(
    a_running_retirement(SUBJECT, policy=a_policy(restricted_channel="GSEC")).state,
    id="RET-2",
    playbook="quiet-move",
    reviewed={"migration": (PAT,)},
)
EVERY = (OPEN, QUIET)


@pytest.mark.parametrize(
    ("by", "like", "found"),
    [
        (PAT, "", ("", "", ("RET-8", "RET-1"))),
        (PAT, "RET-9", ("", "", ("RET-8", "RET-1"))),
        (PAT, "RET-1", ("RET-1", "careful-move", ("RET-1", "RET-8"))),
        (PAT, "RET-2", ("RET-2", "", ("RET-8", "RET-1"))),
        (STRANGER, "RET-2", ("", "", ("RET-8", "RET-1"))),
    ],
    ids=["none", "not there", "for all to know", "for few to know", "not for them to know"],
)
def test_what_is_followed_is_known_by_its_number_and_named_where_everybody_may_know(
    by: str, like: str, found: tuple[object, ...]
) -> None:
    known = facts_for(alike=("RET-8", "RET-1"))
    told = following(proposing(by=by, like=like), known, EVERY, THERE, dict)
    assert (told.like, told.like_name, told.alike) == found


def test_what_stopped_being_a_playbook_is_not_followed() -> None:
    every = (replace(OPEN, playbook=""),)
    assert following(proposing(like="RET-1"), facts_for(), every, THERE, dict).like == ""


@pytest.mark.parametrize(
    ("by", "name", "state", "other"),
    [
        (PAT, "careful-move", QUIET, "RET-1"),
        (PAT, "careful-move", OPEN, ""),
        (PAT, "another", QUIET, ""),
        (PAT, "quiet-move", OPEN, "RET-2"),
        (STRANGER, "quiet-move", OPEN, ""),
    ],
    ids=["another one's", "its own", "free", "of one for few", "of one not for them"],
)
def test_a_name_is_taken_by_those_that_whoever_asks_may_know_of(
    by: str, name: str, state: Retirement, other: str
) -> None:
    assert namesake(NamePlaybook(by=by, name=name), state, EVERY, THERE, {}) == other


def test_a_proposal_remembers_it() -> None:
    state = a_proposed(like="RET-7", like_name="careful-move").state
    assert (state.like, state.like_name) == ("RET-7", "careful-move")
