"""Of people who own something no name goes into what is hashed, but for whom it has already."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.records.base import ERASED, Prose
from data.records.catalog import Owners
from tests.builders import BILLING, a_running_retirement
from tests.workflows.test_observing import EDDY, EDGE, a_snapshot
from workflows.erasable import PERSON, by_name, owners
from workflows.rules.consumers.obligations import owners_elsewhere

NO_ID = "eddy has no Slack id"
OLD = Owners(team_id=EDDY.id, called=EDDY.name, noted=(NO_ID,))
NEW = Owners(team_id=EDDY.id, called=Prose(prose=EDDY.name), noted=(Prose(prose=NO_ID),))


def test_a_team_keeps_its_name_and_a_person_has_another_id_unless_they_stand_there_by_theirs() -> None:
    there = a_snapshot()
    team = Owners(team_id=EDGE.id, called=EDGE.name, noted=("no owner", NO_ID))
    assert owners(there, team) == replace(team, noted=("no owner", Prose(prose=NO_ID)))
    person = owners(there, OLD)
    assert person.team_id.startswith(PERSON)
    assert replace(person, team_id=EDDY.id) == owners(there, OLD, named=[EDDY.id]) == NEW
    assert owners(there, person) == person


@pytest.mark.parametrize(
    ("before", "is_other"),
    [
        (OLD, False),
        (NEW, False),
        (replace(NEW, called=Prose(prose=ERASED), noted=(Prose(prose=ERASED),)), False),
        (replace(OLD, called="ed"), True),
        (replace(OLD, slack_ids=("UEDDY",)), True),
    ],
    ids=["before there was another way", "as now", "erased since", "another name", "had a Slack id"],
)
def test_owners_are_others_by_what_is_said_of_them_and_not_by_how_it_is_kept(
    before: Owners, is_other: bool
) -> None:
    state = a_running_retirement().state
    duties = tuple(
        replace(duty, consumer=replace(duty.consumer, owners=before))
        if duty.consumer.consumer_id == BILLING
        else duty
        for duty in state.obligations
    )
    state = replace(state, obligations=duties)
    now = tuple(
        replace(duty.consumer, owners=NEW if duty.consumer.consumer_id == BILLING else duty.consumer.owners)
        for duty in duties
    )
    assert (owners_elsewhere(state, now) != {}) is is_other
    assert EDDY.id in by_name(state)
