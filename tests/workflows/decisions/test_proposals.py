"""Opening a retirement, and putting another plan in the place of one."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Invalid, Refused
from data.records.base import Prose
from data.records.policy import Role
from data.records.progress import StepKind
from data.records.retirement import State
from data.records.rounds import Choice
from tests.builders import (
    ANNOUNCED_AT,
    BATCH,
    DISABLE_AT,
    LIVE,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    STRANGER,
    TARGET_ON,
    Story,
    a_migrated,
    a_plan,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    casting,
    days,
    facts_for,
    paused,
    proposing,
    revising,
)
from workflows import commands as cmd

LATER = date(2027, 3, 24)


def test_a_proposal_freezes_the_plan_people_vote_on():
    story = a_proposed()
    assert story.state.plan == a_plan()
    assert (story.state.state, story.state.coordinator_id) == (State.PROPOSED, PAT)
    assert story.state.round.review_until == ANNOUNCED_AT
    assert story.state.round.expires_at == PROPOSED_AT + days(30)
    assert {timer.name: timer.due_at for timer in story.timers.values()} == {
        "round/review": ANNOUNCED_AT,
        "round/expiry": PROPOSED_AT + days(30),
    }


@pytest.mark.parametrize(
    ("subject", "reserved"),
    [
        (a_subject(endpoints=(LIVE, BATCH)), (LIVE.id, BATCH.id)),
        (a_subject(endpoints=()), ("component:default/churn",)),
    ],
    ids=["endpoints", "a model without one"],
)
def test_nobody_else_may_retire_the_same_thing_meanwhile(subject, reserved):
    assert Story(facts_for(subject)).does(proposing()).reserves == reserved


def test_where_only_the_coordinators_own_vote_is_missing_the_proposer_can_change_the_plan():
    story = a_proposed()
    story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN)
    with pytest.raises(Refused) as refused:
        story.does(revising(by=OWEN, target_on=TARGET_ON + days(30)))
    assert str(refused.value) == (
        "No vote can be held: owner needs 1 and 0 can vote (nobody). Ask <@UPAT>, who cannot vote on it anyway, to "
        "press Edit plan in your place; or fill the groups, in the catalog or in Slack, or the policy's roles "
        "with people who have a Slack id"
    )
    story.does(revising(by=PAT, target_on=TARGET_ON + days(30)))
    assert story.state.rounds == 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        pytest.param(
            {"owners": ()},
            "Cannot propose churn: nobody who can be reached owns it",
            id="no owner to be reached",
        ),
        pytest.param(
            {"members": {"owner": (PAT, OWEN), "platform": (PLATO,), "security": ()}},
            "No vote can be held: security needs 1 and 0 can vote (nobody)",
            id="a role nobody fills",
        ),
        pytest.param(
            {"members": {"owner": (PAT,), "platform": (PLATO,), "security": (SELMA,)}},
            "No vote can be held: owner needs 1 and 0 can vote (nobody)",
            id="a role only the proposer fills",
        ),
        pytest.param(
            {
                "policy": a_policy(
                    roles=(Role(name="risk", approvals=2, groups=("risk-team",), people=("U1",)),)
                ),
                "members": {"risk": ("U1",)},
            },
            "No vote can be held: risk needs 2 and 1 can vote (risk-team, U1)",
            id="a quorum that cannot be reached",
        ),
        pytest.param(
            {
                "policy": a_policy(roles=(Role(name="risk", groups=("slack:S0RISK", "board")),)),
                "members": {"risk": ()},
                "nobody_in": {"slack:S0RISK": "Slack has no such user group"},
            },
            "No vote can be held: risk needs 1 and 0 can vote (slack:S0RISK: Slack has no such user group, board)",
            id="a user group that is gone",
        ),
        pytest.param(
            {"members": {"owner": (PAT, OWEN), "platform": (OWEN,), "security": (SELMA,)}},
            "No vote can be held: owner and platform together need 2 different people and "
            "only 1 can vote in any of them",
            id="two roles that share one person",
        ),
    ],
)
def test_a_retirement_nobody_could_decide_is_not_opened(facts, said):
    story = Story(facts_for(**facts))
    with pytest.raises(Refused) as refused:
        story.does(proposing())
    assert str(refused.value).startswith(said)
    assert story.state.version == 0


def test_only_an_owner_of_the_model_proposes():
    with pytest.raises(Refused, match="this is for the model's owners"):
        Story(facts_for()).does(proposing(by=STRANGER))


def test_bad_fields_are_refused_together():
    with pytest.raises(Invalid) as invalid:
        Story(facts_for()).does(proposing(successor_id="", why=Prose(), target_on=date(2027, 1, 5)))
    assert [problem.field for problem in invalid.value.problems] == ["successor", "why", "target"]


def test_a_retirement_is_proposed_once():
    story = a_proposed()
    with pytest.raises(Refused, match="A retirement that is proposed cannot become proposed"):
        story.does(proposing())


def test_changing_the_plan_voids_the_votes_and_opens_another_round():
    story = a_proposed().votes(OWEN, PLATO)
    old = story.state.plan.digest
    decision = story.does(revising(target_on=LATER), at=PROPOSED_AT + days(1))
    assert decision.reply == "RET-1 has a new plan; earlier votes are void."
    assert (story.state.round.number, story.state.round.ballots) == (2, ())
    with pytest.raises(Refused, match="The plan changed after this card was drawn"):
        story.does(casting(story.state, by=SELMA, plan_digest=old))
    assert story.state.plan.digest != old


@pytest.mark.parametrize("story", [an_approved, a_running_retirement, a_migrated])
def test_an_approved_plan_that_changes_waits_for_a_new_vote(story):
    story = story()
    story.does(revising(target_on=date(2027, 6, 1)))
    assert (story.state.state, story.state.approved_digest) == (State.PROPOSED, "")
    assert {timer.name for timer in story.timers.values()} == {"round/review", "round/expiry"}


def test_a_new_plan_that_is_approved_runs_from_its_announcement_on():
    story = a_migrated()
    at = story.now
    story.does(revising(target_on=date(2027, 6, 1)))
    story.votes(OWEN, PLATO, SELMA).until(at + days(14))
    assert story.state.state is State.MIGRATING
    assert story.due(StepKind.DISABLE).date() == date(2027, 6, 1)
    # Both had moved already, and the same artifacts are archived and proven.
    story.until(story.due(StepKind.DISABLE)).works()
    assert story.state.state is State.DISABLED


def test_a_new_plan_may_name_the_newcomers_that_held_the_old_one():
    story = a_running_retirement()
    late = replace(story.facts.impact[0], consumer_id="component:default/late", name="late")
    story.facts = replace(story.facts, impact=(*story.facts.impact, late))
    story.does(revising(target_on=date(2027, 6, 1)))
    assert "component:default/late" in story.state.plan.consumer_ids


def test_a_pause_that_a_new_plan_ends_is_told():
    story = paused(a_running_retirement())
    decision = story.does(revising(target_on=date(2027, 6, 1)))
    assert [type(event) for event in decision.events] == [events.Resumed, events.Revised]
    assert story.state.paused_at is None


def test_neither_the_reviser_nor_the_first_proposer_counts_on_a_new_plan():
    story = a_proposed()
    story.facts = replace(story.facts, members={**story.facts.members, "owner": (PAT, OWEN, "UOLGA")})
    story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN)
    story.does(revising(by=OWEN, target_on=LATER))
    for barred in (PAT, OWEN):
        with pytest.raises(Refused, match="Your vote does not count"):
            story.does(casting(story.state, by=barred))
    story.votes("UOLGA")
    assert [ballot.voter_id for ballot in story.state.round.ballots] == ["UOLGA"]


def test_a_plan_that_was_not_changed_keeps_its_votes():
    story = a_proposed()
    story.does(revising(target_on=LATER))
    story.votes(OWEN)
    for later in (0, 3):
        with pytest.raises(Invalid, match="nothing in the plan has changed"):
            story.does(revising(target_on=LATER), at=PROPOSED_AT + days(later))
    assert [ballot.voter_id for ballot in story.state.round.ballots] == [OWEN]
    story.does(revising(target_on=LATER, why=Prose(prose="It costs more than it earns")))
    assert story.state.rounds == 3, "another reason is another proposal"


def test_a_new_plan_nobody_else_could_vote_on_is_refused():
    story = a_proposed()
    story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN)
    with pytest.raises(Refused, match="owner needs 1 and 0 can vote"):
        story.does(revising(by=OWEN))


def test_a_new_plan_keeps_the_policy_the_retirement_was_proposed_under():
    story = a_proposed()
    story.does(revising(target_on=LATER), policy=a_policy(digest="sha256:newer", migrate_lead_days=1))
    assert story.state.plan.policy_digest == story.state.policy.digest == "sha256:policy"
    assert story.due(StepKind.DISABLE) - story.due(StepKind.MIGRATE) == days(7)


def test_a_plan_cannot_change_once_switching_off_has_begun():
    story = a_migrated().until(DISABLE_AT)
    with pytest.raises(Refused) as refused:
        story.does(revising(target_on=date(2027, 6, 1)))
    assert str(refused.value) == (
        "The plan of RET-1 cannot change: its endpoints are being switched off. "
        "Bring service back first: /retire restore RET-1 REASON"
    )


def test_a_plan_that_has_ended_cannot_change():
    story = a_proposed().votes(SELMA, choice=Choice.REJECT, comment=Prose(prose="no test"))
    with pytest.raises(Refused, match=r"The plan of RET-1 cannot change: it is rejected\. Propose a new one"):
        story.does(revising(target_on=LATER))
    assert story.of(events.Revised) == []
