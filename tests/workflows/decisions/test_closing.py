"""Two people say by its name that a retirement may be closed, where its policy wants them to; nobody does twice."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.delegation import Account, Delegation
from data.records.policy import Tier
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.builders import (
    BILL,
    CLOSE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    Story,
    a_dark,
    a_policy,
    a_proposed,
    a_running_retirement,
)
from tests.workflows.decisions.test_break_glass import POLICY as BREAKABLE
from tests.workflows.decisions.test_break_glass import asking, confirming
from workflows import commands as cmd
from workflows.by_name import may_confirm

POLICY = a_policy(tiers=(Tier(tier=3, notice_days=30, closed_by_two="yes"),))
NAME = "churn"


def typed(by: str = PAT, model: str = NAME) -> cmd.ConfirmClose:
    return cmd.ConfirmClose(by=by, model=model)


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def test_it_is_closed_on_its_day_once_two_people_typed_its_name():
    story = a_dark(policy=POLICY)
    assert [key for key in story.effects if key.endswith("/closing")] == ["RET-1/announcement-1/closing"]
    said = story.does(typed()).reply
    assert said == "You confirm the end of RET-1; somebody else has to as well."
    assert story.does(typed()).events == (), "nobody is two"
    story.until(CLOSE_AT).works()
    held = story.state.progress(StepKind.CLOSE)
    assert (held.progress, held.gates) == (Progress.HELD, ("confirmed/1",))
    assert held.held_by == (
        (
            "1 more person has to confirm by its name that it may be closed, and nobody brings it back: "
            "/retire confirm RET-1 churn"
        ),
    )
    story.does(typed(SELMA))
    story.until(story.now).works()
    assert story.state.state is State.ARCHIVED
    assert [one.by for one in story.of(events.CloseConfirmed)] == [PAT, SELMA]


def test_where_the_policy_asks_nobody_it_is_closed_as_ever_and_there_is_nothing_to_confirm():
    story = a_dark()
    assert "Nobody has to confirm the end of RET-1: it is disabled" in refusal(story, typed())
    assert not [key for key in story.effects if key.endswith("/closing")]
    assert story.until(CLOSE_AT).works().state.state is State.ARCHIVED


@pytest.mark.parametrize(
    ("command", "facts", "said"),
    [
        (typed(model="churn-v2"), {}, '"churn-v2" is not what RET-1 retires. Type its model\'s exact name'),
        (typed(model="CHURN"), {}, '"CHURN" is not what RET-1 retires'),
        (typed(STRANGER), {}, "You may not confirm the end of RET-1: this is for"),
        (typed(BILL), {}, "You may not confirm the end of RET-1: this is for"),
        (
            typed(),
            {"account": Account.GUEST},
            "What you confirm does not count: by Slack this account is a guest",
        ),
        (
            typed(),
            {"proved": "no", "proof": "Go to https://sso.example"},
            "said that it is you: Go to https://sso.example",
        ),
    ],
    ids=["another model", "another case", "a stranger", "a consumer", "a guest", "no second factor"],
)
def test_what_confirms_nothing_is_refused_with_what_to_do(command, facts, said):
    assert said in refusal(a_dark(policy=POLICY), command, **facts)


def test_whoever_stands_in_for_the_first_is_no_second():
    story = a_dark(policy=POLICY)
    story.does(typed())
    delegations = {PAT: Delegation(person=PAT, to=SELMA)}
    assert f"you and <@{PAT}>, who confirmed it, stand in" in refusal(
        story, typed(SELMA), delegations=delegations
    )


@pytest.mark.parametrize(
    "since",
    [
        {"no_colleagues": {OWEN: Account.DEACTIVATED}},
        {"members": {"platform": (PLATO,), "security": (SELMA,)}, "owners": (PAT,)},
    ],
    ids=["the account is off", "in no such role"],
)
def test_the_first_counts_only_where_they_still_do_when_the_second_speaks(since):
    story = a_dark(policy=POLICY)
    story.does(typed(OWEN))
    said = story.does(typed(PLATO), **since).reply
    assert said == (
        f"You confirm the end of RET-1; somebody else has to as well, since what <@{OWEN}> confirmed does not "
        "count any more."
    )
    assert [one.by for one in story.state.confirmed] == [PLATO]
    story.does(typed(SELMA), **since)
    assert story.until(CLOSE_AT).works().state.state is State.ARCHIVED


def test_before_it_is_dark_and_once_service_comes_back_nobody_is_asked():
    assert "it is migrating" in refusal(a_running_retirement(policy=POLICY), typed())
    story = a_dark(policy=POLICY)
    story.does(cmd.Restore(by=PAT, why=story.state.why))
    assert "Nobody has to confirm the end of RET-1" in refusal(story, typed())


def test_what_a_second_factor_said_is_on_the_record():
    story = a_dark(policy=POLICY)
    story.does(typed(), proved="yes", proof="key 7 of pat")
    assert [one.proof for one in story.state.confirmed] == ["key 7 of pat"]


def test_whoever_shortens_a_notice_proves_that_it_is_them_as_well():
    story = a_proposed(policy=BREAKABLE)
    assert "Your second factor has not said that it is you" in refusal(story, asking(), proved="no")
    story.does(asking(), proved="yes")
    assert "Your second factor has not said that it is you" in refusal(story, confirming(story), proved="no")


def test_whoever_stands_in_for_the_coordinator_confirms_nothing_in_their_place():
    story = a_dark(policy=POLICY)
    delegations = {PAT: Delegation(person=PAT, to=BILL)}
    said = refusal(story, typed(BILL), delegations=delegations)
    assert "You may not confirm the end of RET-1" in said


def test_a_second_factor_that_said_who_it_is_is_on_record_of_a_shortened_notice():
    story = a_proposed(policy=BREAKABLE)
    story.does(asking(), proved="yes", proof="key 7")
    story.does(confirming(story), proved="yes", proof="key 8")
    (asked,), (confirmed,) = story.of(events.BreakGlassAsked), story.of(events.BreakGlassConfirmed)
    assert (asked.proof, confirmed.proof) == ("key 7", "key 8")


def test_it_is_offered_to_nobody_who_would_be_refused():
    story = a_dark(policy=POLICY)
    facts = replace(story.facts, delegations={PAT: Delegation(person=PAT, to=BILL)})
    assert [may_confirm(one, (story.state, facts)) for one in (PAT, SELMA, BILL)] == [True, True, False]
