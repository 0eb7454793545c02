"""Whose ballot counts, in which role, and when a round is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from data.errors import Refused
from data.records.retirement import State
from data.records.rounds import Ballot, Choice, Purpose, Round
from tests.builders import (
    ANNOUNCED_AT,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    STRANGER,
    a_policy,
    a_proposed,
    days,
)
from workflows.rules.voting import quorum, verdicts
from workflows.rules.voting.verdicts import Verdict

POLICY = a_policy()
DIGEST = "sha256:aa"
EVERYBODY = ((OWEN, "owner"), (PLATO, "platform"), (SELMA, "security"))


def a_ballot(
    voter: str = OWEN,
    role: str = "owner",
    choice: Choice = Choice.APPROVE,
    digest: str = DIGEST,
    eligible: tuple[str, ...] = (),
) -> Ballot:
    return Ballot(
        voter_id=voter,
        role=role,
        choice=choice,
        plan_digest=digest,
        cast_at=PROPOSED_AT,
        eligible_roles=eligible or (role,),
    )


def approvals() -> tuple[Ballot, ...]:
    return tuple(a_ballot(voter, role) for voter, role in EVERYBODY)


def a_round(*ballots: Ballot, **changes) -> Round:
    round_ = Round(
        number=1,
        purpose=Purpose.RETIRE,
        opened_at=PROPOSED_AT,
        review_until=ANNOUNCED_AT,
        expires_at=PROPOSED_AT + days(30),
        opened_by=PAT,
        members={},
        ballots=ballots,
    )
    return replace(round_, **changes)


def tally(*ballots: Ballot) -> quorum.Tally:
    return quorum.tally(ballots, quorum={"owner": 1, "platform": 2}, proposer_id=PAT, plan_digest=DIGEST)


def test_the_tally_says_which_roles_are_still_short():
    counted = tally(a_ballot(), a_ballot(PLATO, "platform"))
    assert counted == quorum.Tally(approvals={"owner": 1, "platform": 1}, missing={"platform": 1})
    assert not counted.is_quorate
    assert tally(a_ballot(), a_ballot(PLATO, "platform"), a_ballot("UPIA", "platform")).is_quorate


@pytest.mark.parametrize(
    "ballot",
    [
        pytest.param(a_ballot(PAT), id="by the proposer"),
        pytest.param(a_ballot(digest="sha256:old"), id="on another plan"),
        pytest.param(a_ballot(choice=Choice.REJECT), id="a rejection"),
        pytest.param(a_ballot(choice=Choice.ABSTAIN), id="an abstention"),
        pytest.param(a_ballot(role="visitor"), id="in a role the policy does not have"),
    ],
)
def test_a_ballot_that_does_not_bind_is_heard_and_never_counts(ballot):
    assert tally(ballot).approvals == {"owner": 0, "platform": 0}


def test_changing_a_vote_replaces_it():
    round_ = a_round(a_ballot(), a_ballot(PLATO, "platform"))
    assert round_.with_ballot(a_ballot(choice=Choice.REJECT)).ballots == (
        a_ballot(PLATO, "platform"),
        a_ballot(choice=Choice.REJECT),
    )


def verdict(round_: Round, at=ANNOUNCED_AT) -> Verdict:
    return verdicts.verdict(round_, policy=POLICY, plan_digest=DIGEST, now=at)


BEFORE_REVIEW, EXPIRY = ANNOUNCED_AT - timedelta(seconds=1), PROPOSED_AT + days(30)


@pytest.mark.parametrize(
    ("ballots", "at", "expected"),
    [
        pytest.param(approvals(), BEFORE_REVIEW, Verdict.OPEN, id="quorate within the review"),
        pytest.param(approvals(), ANNOUNCED_AT, Verdict.APPROVED, id="quorate when the review ends"),
        pytest.param(approvals()[1:], ANNOUNCED_AT, Verdict.OPEN, id="a role is missing"),
        pytest.param(approvals()[1:], EXPIRY, Verdict.EXPIRED, id="still missing at expiry"),
        pytest.param(approvals(), EXPIRY + days(3), Verdict.APPROVED, id="quorate in time, looked at late"),
        pytest.param(
            (*approvals()[:2], a_ballot(SELMA, "security", Choice.REJECT)),
            BEFORE_REVIEW,
            Verdict.VETOED,
            id="a veto",
        ),
        pytest.param(
            (a_ballot(choice=Choice.REJECT), *approvals()[1:]),
            ANNOUNCED_AT,
            Verdict.OPEN,
            id="a rejection withholds",
        ),
        pytest.param(
            (a_ballot(SELMA, "security", Choice.REJECT, "sha256:old"),),
            ANNOUNCED_AT,
            Verdict.OPEN,
            id="a veto on another plan",
        ),
        pytest.param(
            (a_ballot(SELMA, "security", Choice.ABSTAIN),),
            ANNOUNCED_AT,
            Verdict.OPEN,
            id="the vetoer abstains",
        ),
    ],
)
def test_a_round_is_decided_by_what_comes_first(ballots, at, expected):
    assert verdict(a_round(*ballots), at) is expected


def test_seats_are_the_roles_a_person_may_fill_in_policy_order():
    assert quorum.seats("U1", {"owner": ("U2", "U1"), "platform": ("U3",), "security": ("U1",)}) == (
        "owner",
        "security",
    )


def seat(voter: str, *ballots: Ballot, **changes) -> str:
    taken = seated(voter, *ballots, **changes)
    assert taken.reseated == {}
    return taken.role


def seated(voter: str, *ballots: Ballot, members=None, choice=Choice.APPROVE, **changes) -> quorum.Seat:
    state = a_proposed().state
    digest = state.plan.digest
    round_ = replace(state.round, ballots=tuple(replace(ballot, plan_digest=digest) for ballot in ballots))
    known = members or {"owner": (OWEN, SELMA), "platform": (PLATO, SELMA), "security": (SELMA,)}
    return quorum.seat_for(voter, replace(state, round=replace(round_, **changes)), known, choice)


def test_a_person_of_several_roles_fills_the_first_that_is_short():
    assert seat(SELMA) == "owner"
    assert seat(SELMA, a_ballot(OWEN, "owner")) == "platform"


def test_a_person_keeps_the_role_they_voted_in():
    assert seat(SELMA, a_ballot(SELMA, "security"), a_ballot(OWEN, "owner")) == "security"


def test_a_person_who_left_the_role_fills_another():
    assert (
        seat(SELMA, a_ballot(SELMA, "security"), members={"owner": (SELMA,), "security": ("UNEW",)})
        == "owner"
    )


def test_a_person_whose_roles_are_all_filled_still_votes_in_their_first():
    assert (
        seat(SELMA, a_ballot(OWEN, "owner"), a_ballot(PLATO, "platform"), a_ballot("UX", "security"))
        == "owner"
    )


SHARED = {"owner": (OWEN, PLATO), "platform": (OWEN,), "security": (SELMA,)}
"""Owen alone is in platform; in owner there are two."""
OWENS = a_ballot(OWEN, "owner", eligible=("owner", "platform"))


def test_an_earlier_voter_moves_to_the_role_only_they_can_fill_so_that_the_next_approval_counts():
    taken = seated(PLATO, OWENS, members=SHARED)
    assert taken == quorum.Seat(role="owner", reseated={OWEN: "platform"})


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.ABSTAIN])
def test_nobody_moves_for_a_vote_that_approves_nothing(choice):
    assert seated(PLATO, OWENS, members=SHARED, choice=choice) == quorum.Seat(role="owner")


def test_whoever_takes_an_approval_back_leaves_the_seat_to_another_approval():
    spare = a_ballot("USPARE", "owner", eligible=("owner", "platform"))
    filled = (OWENS, a_ballot(PLATO, "platform"), spare)
    members = {**SHARED, "platform": (OWEN, PLATO, "USPARE")}
    taken = seated(PLATO, *filled, members=members, choice=Choice.ABSTAIN)
    assert taken == quorum.Seat(role="platform", reseated={"USPARE": "platform"})


def test_a_ballot_on_another_plan_is_no_seat_to_move():
    state = a_proposed().state
    old = replace(OWENS, plan_digest="sha256:old")
    round_ = replace(state.round, ballots=(old,))
    taken = quorum.seat_for(PLATO, replace(state, round=round_), SHARED, Choice.APPROVE)
    assert taken == quorum.Seat(role="owner")


def test_a_rejection_is_cast_in_the_role_with_the_veto_whatever_was_approved_before():
    assert seat(SELMA, a_ballot(SELMA, "owner"), choice=Choice.REJECT) == "security"
    assert seat(PLATO, choice=Choice.REJECT) == "platform"


def awaited(*ballots: Ballot, members=None, **changes) -> dict[str, tuple[str, ...]]:
    state = a_proposed().state
    cast = tuple(replace(ballot, plan_digest=state.plan.digest) for ballot in ballots)
    round_ = replace(state.round, ballots=cast, members=members or SHARED)
    return quorum.awaited(replace(state, round=replace(round_, **changes)))


def test_a_role_waits_for_everybody_whose_approval_could_fill_it():
    assert awaited() == {"owner": (OWEN, PLATO), "platform": (OWEN,), "security": (SELMA,)}


def test_a_role_waits_also_for_those_whose_approval_lets_another_move_up():
    assert awaited(OWENS) == {"platform": (PLATO,), "security": (SELMA,)}


def test_a_role_waits_for_those_who_approved_elsewhere_and_have_joined_it_since():
    moved = {"owner": (PLATO,), "platform": (), "security": (OWEN,)}
    assert awaited(OWENS, members=moved) == {"platform": (PLATO,), "security": (OWEN,)}


def test_nobody_waits_for_those_who_are_barred_or_have_voted():
    members = {"owner": (PAT, OWEN, "UOPEN"), "platform": (PLATO,), "security": (SELMA,)}
    rejected = a_ballot(PLATO, "platform", Choice.REJECT)
    assert awaited(rejected, members=members, opened_by="UOPEN") == {
        "owner": (OWEN,),
        "platform": (),
        "security": (SELMA,),
    }


@pytest.mark.parametrize(
    ("voter", "changes", "said"),
    [
        (PAT, {}, "Your vote does not count: you opened this round"),
        (PAT, {"opened_by": OWEN}, "Your vote does not count: you proposed this retirement"),
        (STRANGER, {}, "You may not vote here"),
    ],
)
def test_who_may_not_vote_is_told_why(voter, changes, said):
    with pytest.raises(Refused) as refused:
        seat(voter, members={"owner": (PAT, OWEN)}, **changes)
    assert refused.value.what == said


def test_the_proposer_may_vote_on_cancelling_when_somebody_else_asks_for_it():
    members = {"owner": (PAT,)}
    assert seat(PAT, members=members, opened_by=OWEN, purpose=Purpose.CANCEL) == "owner"


def check(at=PROPOSED_AT, **changes) -> None:
    state = a_proposed().state
    asked = {"number": 1, "plan_digest": state.plan.digest, "now": at, **changes}
    quorum.check_ballot(state.round, state, **asked)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"at": EXPIRY}, "This round closed on 2027-02-03 09:00 UTC. Propose the retirement again"),
        (
            {"plan_digest": "sha256:old"},
            "The plan changed after this card was drawn. Look at the card again and vote on the new plan",
        ),
        (
            {"number": 2},
            (
                "This button belongs to round 2; open is round 1, to retire RET-1. "
                "Look at the card again and vote there"
            ),
        ),
    ],
    ids=["late", "stale", "another round"],
)
def test_a_vote_that_cannot_count_is_refused_with_the_reason(changes, said):
    with pytest.raises(Refused) as refused:
        check(**changes)
    assert str(refused.value) == said


def test_a_vote_a_moment_before_expiry_is_taken():
    check(at=EXPIRY - timedelta(microseconds=1))


def test_without_a_round_a_vote_is_refused_with_where_the_story_is():
    state = replace(a_proposed().state, state=State.ARCHIVED)
    with pytest.raises(Refused, match="There is no vote open on RET-1: it is archived"):
        quorum.check_ballot(None, state, number=1, plan_digest="", now=PROPOSED_AT)


@pytest.mark.parametrize(
    ("state", "purpose", "is_open"),
    [
        (State.PROPOSED, Purpose.RETIRE, True),
        (State.APPROVED, Purpose.RETIRE, False),
        (State.APPROVED, Purpose.CANCEL, True),
        (State.MIGRATING, Purpose.CANCEL, True),
        (State.DISABLED, Purpose.CANCEL, False),
        (State.WITHDRAWN, Purpose.RETIRE, False),
    ],
)
def test_a_round_is_open_only_in_the_states_it_is_about(state, purpose, is_open):
    known = a_proposed().state
    standing = replace(known, state=state, round=replace(known.round, purpose=purpose))
    assert (quorum.open_round(standing) is not None) is is_open
