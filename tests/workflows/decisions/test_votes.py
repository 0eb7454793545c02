"""Casting, closing, calling off."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.base import Prose
from data.records.decision import LEASE
from data.records.delegation import Account, Delegation
from data.records.policy import OnExpiry
from data.records.retirement import State
from data.records.rounds import Choice, Purpose
from tests.builders import (
    ANNOUNCED_AT,
    DISABLE_AT,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    STRANGER,
    TARGET_ON,
    WHY,
    Story,
    a_dark,
    a_migrated,
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
    resumed,
    revising,
)
from workflows import commands as cmd
from workflows.rules.telling import overtaken
from workflows.rules.voting import quorum

EXPIRY = PROPOSED_AT + days(30)
NO = {"choice": Choice.REJECT, "comment": Prose(prose="no test in our region")}


def test_a_vote_says_how_it_counts_and_records_what_the_voter_was_entitled_to():
    story = a_proposed()
    decision = story.does(casting(story.state, by=OWEN))
    assert decision.reply == (
        "Your vote on RET-1 counts: approve as owner. You can change it until the round closes."
    )
    (voted,) = story.of(events.Voted)
    assert (voted.ballot.role, voted.eligible_roles, voted.round_number) == ("owner", ("owner",), 1)


def test_whoever_left_the_role_may_take_their_vote_back_and_cast_no_other():
    story = a_proposed().votes(OWEN)
    gone = {**story.facts.members, "owner": (PAT, "UOLGA")}
    for choice in (Choice.APPROVE, Choice.REJECT):
        with pytest.raises(Refused) as refused:
            story.does(casting(story.state, by=OWEN, choice=choice, comment=WHY), members=gone)
        assert refused.value.reasons == (
            "you are not in owner now; your vote stands, approve as owner, as it was cast",
        )
        assert refused.value.next_step == "Press Abstain to take it back"
    story.does(casting(story.state, by=OWEN, choice=Choice.ABSTAIN), members=gone)
    (ballot,) = story.state.round.ballots
    assert (ballot.choice, ballot.role) == (Choice.ABSTAIN, "owner")


def test_votes_go_on_counting_whatever_becomes_of_the_dates():
    story = resumed(paused(a_running_retirement(), for_days=10))
    assert story.state.plan.amends == story.state.approved_digest
    assert quorum.tally_of(story.state).is_quorate


def test_the_same_vote_twice_changes_nothing():
    story = a_proposed().votes(OWEN)
    decision = story.does(casting(story.state, by=OWEN), at=PROPOSED_AT + days(1))
    assert (decision.events, decision.effects) == ((), ())
    assert decision.reply == "Your vote stands: approve as owner."


def test_the_same_vote_of_somebody_who_is_in_another_group_since_counts_there():
    story = a_proposed().votes(OWEN)
    moved = {"owner": (PAT, "UOLGA"), "platform": (PLATO,), "security": (OWEN,)}
    decision = story.does(casting(story.state, by=OWEN), members=moved)
    assert "counts: approve as security" in decision.reply
    assert [(ballot.role, ballot.eligible_roles) for ballot in story.state.round.ballots] == [
        ("security", ("security",))
    ]


def test_a_vote_can_be_changed_until_the_round_closes():
    story = a_proposed().votes(OWEN).votes(OWEN, **NO)
    assert [(ballot.voter_id, ballot.choice) for ballot in story.state.round.ballots] == [
        (OWEN, Choice.REJECT)
    ]


def test_a_person_of_two_roles_fills_one():
    both = {"owner": (PAT, OWEN), "platform": (PLATO, OWEN), "security": (SELMA,)}
    story = a_proposed(members=both).votes(OWEN, SELMA).until(ANNOUNCED_AT)
    assert story.state.state is State.PROPOSED
    (owens, _) = story.of(events.Voted)
    assert (owens.ballot.role, owens.eligible_roles) == ("owner", ("owner", "platform"))


SHARED = {"owner": (PAT, OWEN, PLATO), "platform": (OWEN,), "security": (SELMA,)}


@pytest.mark.parametrize("voters", list(permutations((OWEN, PLATO, SELMA))), ids="-".join)
def test_a_round_on_which_enough_people_agree_is_approved_whoever_votes_first(voters):
    story = a_proposed(members=SHARED).votes(*voters)
    seats = {ballot.voter_id: ballot.role for ballot in story.state.round.ballots}
    assert seats == {OWEN: "platform", PLATO: "owner", SELMA: "security"}
    assert story.until(ANNOUNCED_AT).state.state in (State.APPROVED, State.MIGRATING)


def test_who_moves_to_another_role_is_on_the_record():
    story = a_proposed(members=SHARED).votes(OWEN, PLATO)
    assert [(voted.ballot.role, voted.reseated) for voted in story.of(events.Voted)] == [
        ("owner", {}),
        ("owner", {OWEN: "platform"}),
    ]


def test_a_rejection_is_a_veto_in_any_role_of_the_voter_that_has_it():
    both = {"owner": (PAT, OWEN, SELMA), "platform": (PLATO,), "security": (SELMA, "USETH")}
    story = a_proposed(members=both).votes(SELMA)
    assert story.state.round.ballots[0].role == "owner"
    story.votes(SELMA, **NO)
    assert (story.state.state, story.of(events.Rejected)[0].role) == (State.REJECTED, "security")


def test_a_rejection_needs_a_comment():
    story = a_proposed()
    with pytest.raises(Refused, match="A rejection needs a comment"):
        story.does(casting(story.state, choice=Choice.REJECT))


@pytest.mark.parametrize(
    ("chars", "comment", "refusal"),
    [
        (0, "", ""),
        (20, "no, as it has no test", ""),
        (20, "no test", "A rejection needs a comment of at least 20 characters, and this one has 7"),
        (1, "   ", "A rejection needs a comment"),
    ],
)
def test_how_much_a_rejection_has_to_say_is_in_the_policy(chars, comment, refusal):
    story = a_proposed(policy=a_policy(reject_comment_chars=chars))
    rejecting = casting(story.state, choice=Choice.REJECT, comment=Prose(prose=comment))
    if not refusal:
        assert story.does(rejecting).events
        return
    with pytest.raises(Refused) as refused:
        story.does(rejecting)
    assert (str(refused.value.what), refused.value.next_step) == (refusal, "Say why, in words")


def test_an_abstention_is_heard_and_fills_no_role():
    story = a_proposed().votes(PLATO, SELMA).votes(OWEN, choice=Choice.ABSTAIN).until(ANNOUNCED_AT)
    assert story.state.state is State.PROPOSED
    assert quorum.tally_of(story.state).missing == {"owner": 1}
    assert [cast.choice for cast in story.state.round.ballots].count(Choice.ABSTAIN) == 1


def test_a_round_that_is_quorate_is_approved_when_the_review_ends():
    story = a_proposed().votes(OWEN, PLATO, SELMA)
    assert story.state.state is State.PROPOSED
    story.does(cmd.CloseRound(by=EMERITUS, number=1), at=ANNOUNCED_AT)
    assert (story.state.state, story.state.approved_digest) == (State.APPROVED, story.state.plan.digest)
    assert {timer.name: timer.due_at for timer in story.timers.values()} == {"step/announce": ANNOUNCED_AT}


def test_after_the_review_the_vote_that_makes_the_quorum_decides():
    story = a_proposed().votes(OWEN, PLATO).until(ANNOUNCED_AT + days(3))
    story.votes(SELMA)
    assert story.state.state is State.APPROVED
    assert story.timers["step/announce"].due_at == story.now


def test_a_veto_ends_the_round_at_once():
    story = a_proposed().votes(OWEN, PLATO).votes(SELMA, **NO)
    assert (story.state.state, story.of(events.Rejected)[0].role) == (State.REJECTED, "security")
    assert story.timers == {}


def test_a_rejection_without_veto_only_withholds():
    story = a_proposed().votes(OWEN, SELMA).votes(PLATO, **NO).until(EXPIRY - timedelta(seconds=1))
    assert story.state.state is State.PROPOSED


def test_a_round_without_quorum_expires_and_names_what_was_missing():
    story = a_proposed().votes(OWEN).until(EXPIRY)
    assert (story.state.state, story.timers) == (State.EXPIRED, {})
    assert story.of(events.Expired)[0].missing == {"platform": 1, "security": 1}


def test_a_round_that_was_quorate_in_time_is_approved_though_the_bot_was_down():
    assert a_proposed().votes(OWEN, PLATO, SELMA).wakes(EXPIRY + days(5)).state.state is not State.EXPIRED


def test_an_ended_round_frees_what_it_reserved_and_drops_its_timers():
    story = a_proposed()
    decision = story.does(casting(story.state, by=SELMA, **NO))
    assert (decision.releases, decision.cancels, decision.timers) == (True, ("*",), ())


def test_a_late_look_at_an_older_round_changes_nothing():
    story = a_proposed()
    assert story.does(cmd.CloseRound(by=EMERITUS, number=7), at=EXPIRY).events == ()
    assert an_approved().does(cmd.CloseRound(by=EMERITUS, number=1), at=EXPIRY).events == ()


@pytest.mark.parametrize(
    ("voter", "at", "changes", "said"),
    [
        (PAT, PROPOSED_AT, {}, "Your vote does not count: you opened this round"),
        (STRANGER, PROPOSED_AT, {}, "You may not vote here"),
        (OWEN, EXPIRY, {}, "This round closed on 2027-02-03 09:00 UTC"),
        (OWEN, PROPOSED_AT, {"plan_digest": "sha256:old"}, "The plan changed after this card was drawn"),
    ],
    ids=["the proposer", "a stranger", "late", "stale"],
)
def test_a_vote_that_cannot_count_changes_nothing(voter, at, changes, said):
    story = a_proposed()
    with pytest.raises(Refused, match=said):
        story.does(casting(story.state, by=voter, **changes), at=at)
    assert story.state.round.ballots == ()


@pytest.mark.parametrize("account", [one for one in Account if one is not Account.MEMBER])
def test_only_a_members_vote_counts_and_whoever_is_none_any_more_may_take_theirs_back(account):
    story = a_proposed()
    with pytest.raises(Refused, match=f"Your vote does not count.*by Slack this account is {account}"):
        story.does(casting(story.state, by=OWEN), account=account)
    assert story.state.round.ballots == ()
    story.does(casting(story.state, by=OWEN))
    story.does(casting(story.state, by=OWEN, choice=Choice.ABSTAIN), account=account)
    assert [one.choice for one in story.state.round.ballots] == [Choice.ABSTAIN]


def test_a_vote_after_the_decision_is_refused_with_where_it_stands():
    story = an_approved()
    with pytest.raises(Refused, match="There is no vote open on RET-1: it is approved"):
        story.does(casting(story.state, by=OWEN))


def test_a_proposal_is_taken_back_without_a_vote():
    story = a_proposed()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    assert (story.state.state, story.timers) == (State.WITHDRAWN, {})


def cancelling(story: Story) -> Story:
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story


@pytest.mark.parametrize("begun", [an_approved, a_running_retirement, a_migrated])
def test_an_approved_retirement_is_called_off_by_a_vote(begun):
    story = cancelling(begun())
    assert (story.state.round.purpose, story.state.round.number) == (Purpose.CANCEL, 2)
    story.votes(OWEN, PLATO)
    assert story.state.state is not State.CANCELLED
    story.votes(SELMA)
    assert (story.state.state, story.timers) == (State.CANCELLED, {})


@pytest.mark.parametrize("ends", ["veto", "expiry"])
def test_a_vote_on_cancelling_that_fails_lets_the_retirement_go_on(ends):
    story = cancelling(a_running_retirement(policy=a_policy(round_expires_days=15)))
    if ends == "veto":
        story.votes(SELMA, **NO)
    else:
        story.until(story.state.round.expires_at)
    assert (story.state.state, story.state.round) == (State.MIGRATING, None)
    assert len(story.of(events.CancellationDropped)) == 1
    assert "step/disable" in story.timers


def test_a_button_of_the_first_vote_does_not_count_in_the_vote_on_cancelling():
    story = an_approved()
    first = casting(story.state, by=SELMA)
    cancelling(story)
    with pytest.raises(Refused, match="This button belongs to round 1, which is over; open is round 2"):
        story.does(first)


def test_a_vote_on_cancelling_survives_dates_that_move():
    story = cancelling(a_running_retirement())
    before = casting(story.state, by=OWEN)
    story.does(cmd.Pause(by=PAT, why=WHY))
    story.does(cmd.Resume(by=PAT), at=story.now + days(2))
    story.does(before)
    story.votes(PLATO, SELMA)
    assert story.state.state is State.CANCELLED


def test_the_vote_on_cancelling_is_asked_for_once():
    with pytest.raises(Refused, match="A vote on cancelling RET-1 is open already"):
        cancelling(cancelling(an_approved()))


@pytest.mark.parametrize(
    "story", [lambda: a_migrated().until(DISABLE_AT), a_dark], ids=["going dark", "dark"]
)
def test_what_is_being_switched_off_is_restored_not_cancelled(story):
    with pytest.raises(Refused) as refused:
        cancelling(story())
    assert str(refused.value) == (
        "RET-1 cannot be cancelled: its endpoints are being switched off. "
        "Bring service back with /retire restore RET-1 REASON"
    )


def test_nothing_is_switched_off_while_a_vote_on_cancelling_is_open():
    story = cancelling(a_migrated().until(DISABLE_AT - days(1))).until(DISABLE_AT + days(1)).works()
    assert (story.state.state, story.state.disabled_ids) == (State.MIGRATING, ())
    assert story.of(events.StepHeld)[-1].gates == ("vote",)
    assert story.votes(OWEN, PLATO, SELMA).state.state is State.CANCELLED


def test_nobody_is_told_of_a_retirement_that_may_be_called_off_any_moment():
    story = cancelling(an_approved()).until(ANNOUNCED_AT)
    assert (story.state.state, story.state.obligations) == (State.APPROVED, ())


@pytest.mark.parametrize(
    ("begun", "at", "then"),
    [(an_approved, ANNOUNCED_AT, State.MIGRATING), (a_migrated, DISABLE_AT, State.DISABLED)],
)
def test_what_a_vote_on_cancelling_held_goes_on_at_once_when_it_fails(begun, at, then):
    story = cancelling(begun().until(at - days(1))).until(at)
    story.votes(SELMA, **NO).until(story.now).works()
    assert story.state.state is then


def test_a_late_press_from_a_failed_vote_on_cancelling_does_not_count_in_the_next_one():
    story = cancelling(a_running_retirement())
    late = casting(story.state, by=OWEN)
    cancelling(story.votes(SELMA, **NO))
    with pytest.raises(Refused, match="belongs to round 2, which is over; open is round 3, to cancel RET-1"):
        story.does(late)


def test_what_has_ended_cannot_be_cancelled():
    story = cancelling(a_proposed())
    with pytest.raises(Refused, match="RET-1 cannot be cancelled: it is withdrawn"):
        cancelling(story)


def test_membership_is_read_when_the_vote_is_cast():
    story = a_proposed()
    story.facts = replace(story.facts, members={**story.facts.members, "platform": ("UNEW",)})
    with pytest.raises(Refused, match="You may not vote here"):
        story.votes(PLATO)
    assert story.votes("UNEW").state.round.ballots[0].role == "platform"


def shown(number: int = 1) -> cmd.RecordShown:
    return cmd.RecordShown(by=EMERITUS, number=number)


def test_a_round_whose_card_waits_is_looked_at_again_instead_of_ending():
    story = a_proposed()
    decision = story.does(cmd.CloseRound(by=EMERITUS, number=1), at=EXPIRY, card_waits="not_in_channel")
    assert decision.events == ()
    assert [(timer.name, timer.due_at) for timer in decision.timers] == [("round/expiry", EXPIRY + days(1))]
    story.until(EXPIRY + days(1))
    assert story.state.state is State.EXPIRED, "nothing waits any more, and nothing came up"


def test_a_vote_is_judged_by_when_it_was_received():
    story = a_proposed().votes(OWEN, PLATO)
    in_time = EXPIRY - timedelta(seconds=1)
    story.does(casting(story.state, by=SELMA, cast_at=in_time), at=EXPIRY + days(1))
    assert story.state.round.ballots[-1].cast_at == in_time
    assert story.state.state is not State.EXPIRED
    late = a_proposed()
    with pytest.raises(Refused, match="This round closed on"):
        late.does(casting(late.state, by=OWEN, cast_at=EXPIRY), at=EXPIRY)


def test_a_late_decision_on_one_vote_does_not_end_the_round_before_the_others():
    story = a_proposed()
    in_time = EXPIRY - timedelta(seconds=1)
    for voter in (OWEN, PLATO, SELMA):
        story.does(casting(story.state, by=voter, cast_at=in_time), at=EXPIRY + days(1))
    assert [ballot.voter_id for ballot in story.state.round.ballots] == [OWEN, PLATO, SELMA]


def test_a_round_waits_for_what_was_asked_and_is_not_decided_yet():
    story = a_proposed()
    for name, at in (("round/review", story.state.round.review_until), ("round/expiry", EXPIRY)):
        decision = story.does(cmd.CloseRound(by=EMERITUS, number=1), at=at, has_unheard=True)
        assert decision.events == ()
        assert [(timer.name, timer.due_at) for timer in decision.timers] == [(name, at + LEASE)]
    story.until(EXPIRY + LEASE)
    assert story.state.state is State.EXPIRED


def test_a_card_that_comes_up_late_opens_its_round_anew():
    story = a_proposed()
    story.does(shown(), at=EXPIRY + days(3))
    assert story.state.round.expires_at == EXPIRY + days(33)
    assert timedelta(days=14) <= story.state.round.review_until - story.now < timedelta(days=15)
    due = {name: timer.due_at for name, timer in story.timers.items()}
    assert due["round/expiry"] == story.state.round.expires_at
    assert due["round/review"] == story.state.round.review_until
    assert story.votes(OWEN, PLATO, SELMA).state.state is State.PROPOSED
    assert story.until(story.state.round.review_until).state.state is State.MIGRATING


@pytest.mark.parametrize(
    ("late", "number"),
    [pytest.param(days(0.99), 1, id="less than a day late"), pytest.param(days(9), 2, id="another round")],
)
def test_a_card_that_costs_voters_nothing_changes_nothing(late, number):
    assert a_proposed().does(shown(number), at=PROPOSED_AT + late).events == ()


def test_a_vote_on_cancelling_that_is_shown_late_may_still_close_at_once():
    story = a_running_retirement()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.does(shown(2), at=story.now + days(20))
    assert story.state.round.expires_at == story.now + days(30)
    ballots = [casting(story.state, by=one, round_number=2) for one in (OWEN, PLATO, SELMA)]
    for ballot in ballots:
        story.does(replace(ballot, plan_digest=story.state.approved_digest))
    assert story.state.state is State.CANCELLED


def delegating(*pairs: tuple[str, str]) -> dict[str, Delegation]:
    """Who has whom answer for them while the plan is voted on."""
    until = PROPOSED_AT + days(30)
    return {person: Delegation(person=person, to=to, since=PROPOSED_AT, until=until) for person, to in pairs}


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(delegating((PAT, PLATO)), id="the proposer's delegate"),
        pytest.param(delegating((PAT, STRANGER), (STRANGER, PLATO)), id="through somebody else"),
    ],
)
@pytest.mark.parametrize("choice", [{}, NO], ids=["approve", "reject"])
def test_who_answers_for_the_proposer_has_no_vote_and_is_told_how_to_have_one(there, choice):
    story = a_proposed()
    with pytest.raises(Refused) as refused:
        story.does(casting(story.state, by=PLATO, **choice), delegations=there)
    assert str(refused.value) == (
        "Your vote does not count: you answer for <@UPAT> now, who opened this round. "
        "Run /retire delegate off @them, which tells them, and vote; or ask a colleague in the role"
    )
    assert story.does(casting(story.state, by=PLATO, **choice)).events, "once they answer for themselves only"


def test_whoever_has_the_proposer_answer_for_them_has_no_vote_either():
    story = a_proposed()
    with pytest.raises(Refused) as refused:
        story.does(casting(story.state, by=PLATO), delegations=delegating((PLATO, PAT)))
    assert str(refused.value) == (
        "Your vote does not count: <@UPAT>, who opened this round, answers for you now. "
        "Run /retire delegate off, which tells them, and vote; or ask a colleague in the role"
    )


def handed_to(person: str, story: Story) -> Story:
    """They lead it from now on."""
    story.does(cmd.HandOver(by=PAT, to=person), named_person=person)
    return story


FOR_OLGA = {"delegations": delegating(("UOLGA", STRANGER))}
MORE_OWNERS = {"members": {"owner": (PAT, OWEN, "UOLGA"), "platform": (PLATO,), "security": (SELMA,)}}


@pytest.mark.parametrize(
    ("asks", "facts", "voter", "why"),
    [
        pytest.param(
            revising(by=STRANGER, target_on=TARGET_ON + timedelta(days=30)),
            FOR_OLGA,
            "UOLGA",
            f"you had this round opened by <@{STRANGER}>",
            id="a plan drawn up by their delegate",
        ),
        pytest.param(
            cmd.Cancel(by=STRANGER, why=WHY),
            FOR_OLGA,
            "UOLGA",
            f"you had this round opened by <@{STRANGER}>",
            id="calling it off asked for by their delegate",
        ),
        pytest.param(
            cmd.Cancel(by="UOLGA", why=WHY), {}, "UOLGA", "you opened this round", id="by themselves"
        ),
    ],
)
def test_whoever_asked_through_a_delegate_has_no_vote_though_they_answer_for_themselves_again(
    asks, facts, voter, why
):
    story = handed_to("UOLGA", an_approved(**MORE_OWNERS))
    story.does(asks, **facts)
    ballot = replace(casting(story.state, by=voter), plan_digest=quorum.digest_on_ballot(story.state))
    with pytest.raises(Refused, match=f"Your vote does not count: {why}"):
        story.does(ballot)


def void(story: Story) -> list[str]:
    """Who hears that their vote does not count any more."""
    return sorted(one.place for one in story.effects.values() if one.body["notice"] == "void votes")


def test_whose_votes_a_change_of_the_plan_voids_hear_it_once_and_not_who_changed_it():
    later = [revising(target_on=TARGET_ON + timedelta(days=many)) for many in (1, 2)]
    story = a_proposed().votes(OWEN, PLATO).votes(SELMA, choice=Choice.ABSTAIN)
    story.does(later[0])
    assert void(story) == [OWEN, PLATO]
    wanted = {
        one.place: overtaken.left(story.state, one.key, one.body, story.now)
        for one in story.effects.values()
        if one.body["notice"] == "void votes"
    }
    assert all(wanted.values())
    story.votes(OWEN)
    (owens,) = (one for one in story.effects.values() if one.key == f"RET-1/void votes/2/{OWEN}")
    assert overtaken.left(story.state, owens.key, owens.body, story.now) is None, (
        "they have voted anew before they read it"
    )
    story.effects.clear()
    story.does(later[1])
    assert void(story) == [OWEN], "Plato has a message that says so already"


def test_who_drew_up_the_other_plan_hears_nothing_of_their_own_vote():
    story = handed_to(OWEN, a_proposed(**MORE_OWNERS).votes(OWEN, PLATO))
    story.does(revising(by=OWEN, target_on=TARGET_ON + timedelta(days=1)))
    assert void(story) == [PLATO]


def test_a_vote_cast_before_stands_and_may_be_taken_back():
    story = a_proposed().votes(PLATO)
    there = delegating((PAT, PLATO))
    with pytest.raises(Refused):
        story.does(casting(story.state, by=PLATO, **NO), delegations=there)
    story.does(casting(story.state, by=PLATO, choice=Choice.ABSTAIN), delegations=there)
    assert [ballot.choice for ballot in story.state.round.ballots] == [Choice.ABSTAIN]


def test_who_answers_for_a_voter_has_no_vote_of_theirs():
    story = a_proposed()
    with pytest.raises(Refused, match="You may not vote here"):
        story.does(casting(story.state, by=STRANGER), delegations=delegating((PLATO, STRANGER)))


ESCALATES = {"policy": a_policy(on_expiry=OnExpiry.ESCALATE, prolong_days=7)}
CONSENTS = {"policy": a_policy(on_expiry=OnExpiry.APPROVE)}
VP = "UVP"
"""Above Plato and Selma."""


def test_a_round_the_policy_escalates_tells_who_is_missing_and_their_leads_and_is_prolonged_once():
    story = a_proposed(**ESCALATES, managers={PLATO: VP, SELMA: VP, PAT: STRANGER}).votes(OWEN)
    story.until(EXPIRY)
    (prolonged,) = story.of(events.RoundProlonged)
    assert prolonged.voters == {"platform": (PLATO,), "security": (SELMA,)}
    assert prolonged.leads == {"platform": VP, "security": VP}
    assert story.state.round.expires_at == EXPIRY + days(7)
    story.until(EXPIRY + days(7))
    assert (story.state.state, len(story.of(events.RoundProlonged))) == (State.EXPIRED, 1)


def test_who_is_missing_may_still_vote_while_the_round_is_prolonged():
    story = a_proposed(**ESCALATES).votes(OWEN).until(EXPIRY + days(1))
    assert story.votes(PLATO, SELMA).state.approved_digest == story.state.plan.digest


def test_another_plan_has_a_round_that_may_be_prolonged_as_well():
    story = a_proposed(**ESCALATES).until(EXPIRY)
    story.does(revising(target_on=TARGET_ON + days(60)))
    story.until(story.state.round.expires_at)
    assert [prolonged.round_number for prolonged in story.of(events.RoundProlonged)] == [1, 2]


def test_a_round_looked_at_late_is_prolonged_from_when_people_are_told():
    story = a_proposed(**ESCALATES).wakes(EXPIRY + days(20))
    assert story.state.round.expires_at == EXPIRY + days(27)


def test_silence_is_consent_where_the_policy_says_so_and_somebody_approved():
    story = a_proposed(**CONSENTS).votes(OWEN).until(EXPIRY)
    (approved,) = story.of(events.Approved)
    assert approved.missing == {"platform": 1, "security": 1}
    assert approved.plan_digest == story.state.round.ballots[0].plan_digest


@pytest.mark.parametrize(
    ("subject", "votes"),
    [
        ({}, []),
        ({}, [(OWEN, {}), (PLATO, NO)]),
        ({}, [(OWEN, {"choice": Choice.ABSTAIN})]),
        ({"tier": 1}, [(OWEN, {})]),
        ({"tier": 0}, [(OWEN, {})]),
        ({"regulated": "EU AI Act"}, [(OWEN, {})]),
    ],
    ids=[
        "nobody voted",
        "somebody rejected",
        "somebody abstained only",
        "tier 1",
        "unknown tier",
        "regulated",
    ],
)
def test_silence_is_no_consent(subject, votes):
    far = TARGET_ON + days(200)
    story = Story(facts_for(a_subject(**{"tier": 3, **subject}), **CONSENTS))
    story.does(proposing(target_on=far))
    for voter, how in votes:
        story.votes(voter, **how)
    assert story.until(EXPIRY).state.state is State.EXPIRED


def test_calling_off_is_never_agreed_to_by_silence():
    story = cancelling(a_running_retirement(**CONSENTS)).votes(OWEN)
    story.until(story.state.round.expires_at)
    assert (story.state.state, len(story.of(events.CancellationDropped))) == (State.MIGRATING, 1)
