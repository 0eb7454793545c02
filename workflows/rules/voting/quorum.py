"""Who may vote, and which ballots count?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from data.errors import Refused
from data.records.base import Record
from data.records.retirement import Retirement, State
from data.records.rounds import Ballot, Choice, Purpose, Round
from workflows.rules.people.delegating import InForce
from workflows.rules.voting import seating
from workflows.rules.voting.barring import barred, beside_barred, why_barred
from workflows.rules.voting.roles import voting


class Tally(Record, frozen=True, kw_only=True):
    """`approvals` and `missing` are per role in policy order; `missing` is empty when quorate."""

    approvals: dict[str, int]
    missing: dict[str, int]

    @property
    def is_quorate(self) -> bool:
        return not self.missing


def tally(
    ballots: Iterable[Ballot], *, quorum: Mapping[str, int], proposer_id: str, plan_digest: str
) -> Tally:
    """Count the ballots that bind, and say which roles are still short.

    ballots   one per voter, already the latest; any order
    quorum    role -> approvals needed, in policy order
    A ballot on another version of the plan, or by the proposer, is heard but never counts.
    Source    binding votes: apache.org/foundation/voting.html
    """
    approvals = dict.fromkeys(quorum, 0)
    for ballot in _binding(ballots, proposer_id=proposer_id, plan_digest=plan_digest):
        if ballot.role in approvals:
            approvals[ballot.role] += 1
    missing = {role: need - approvals[role] for role, need in quorum.items() if approvals[role] < need}
    return Tally(approvals=approvals, missing=missing)


def open_round(state: Retirement) -> Round | None:
    """The round people can vote in now, if any."""
    if state.round is None:
        return None
    if state.round.purpose is Purpose.RETIRE:
        return state.round if state.state is State.PROPOSED else None
    return state.round if state.state in (State.APPROVED, State.MIGRATING, State.BROWNOUT) else None


def cancelling_round(state: Retirement) -> Round | None:
    """The same, where the question is whether to call the retirement off."""
    round_ = open_round(state)
    return round_ if round_ is not None and round_.purpose is Purpose.CANCEL else None


def vote_beside(state: Retirement) -> Round | None:
    """The same, where the plan is approved and runs: what it does next may be about to change."""
    round_ = open_round(state)
    return round_ if round_ is not None and round_.purpose is not Purpose.RETIRE else None


VOTES_ON = {Purpose.CANCEL: "cancelling it", Purpose.EXTEND: "more time", Purpose.OVERRULE: "an objection"}


def tally_of(state: Retirement) -> Tally:
    """The tally of the round that stands now."""
    assert state.round is not None
    assert state.policy is not None
    return tally(
        state.round.ballots,
        quorum=voting(state).quorum,
        proposer_id=state.round.opened_by,
        plan_digest=digest_on_ballot(state),
    )


def seats(voter_id: str, members: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The roles this person may fill, in policy order."""
    return tuple(role for role, people in members.items() if voter_id in people)


def others_now(round_: Round, members: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """role -> who may vote in it by `members`, for roles in which the round says others may."""
    return {
        role: people for role, people in members.items() if set(people) != set(round_.members.get(role, ()))
    }


class Seat(Record, frozen=True, kw_only=True):
    """The role a voter fills, and who fills another one from now on so that this vote counts: voter -> role."""

    role: str
    reseated: dict[str, str] = {}


def seat_for(voter_id: str, state: Retirement, members: Mapping[str, Iterable[str]], choice: Choice) -> Seat:
    """The one role this person fills with this vote.

    A person fills one role per round, the one on the ballot: the role they have, else the first still short,
    else their first. Where an approval would fill nothing although another voter's group memberships allow
    them to move up, that voter's ballot says the other role from now on, and the event records it: what stands
    on the ballots is always what counts, and as many roles are filled as these people can fill. (The rejected
    option, one role for ever by who came first, could make a round impossible on which enough people agree.)
    A rejection is cast in a role with a veto if the voter has one, whatever they approved as before.
    Raises `Refused`, with the next step, for anyone who may not vote.
    """
    assert state.round is not None
    if voter_id in barred(state.round, state):
        why = why_barred(voter_id, state.round, state)
        raise Refused(f"Your vote does not count: you {why}", next_step="Ask a colleague in the role to vote")
    open_to_them = seats(voter_id, members)
    mine = next((cast for cast in state.round.ballots if cast.voter_id == voter_id), None)
    if not open_to_them and mine is not None:
        if choice is Choice.ABSTAIN:
            return Seat(role=mine.role)
        is_taken_back = mine.choice is Choice.ABSTAIN
        raise Refused(
            "You may not vote here any more",
            reasons=[
                f"you are not in {mine.role} now; your vote stands, {mine.choice} as {mine.role}, as it was cast"
            ],
            next_step=f"See /retire show {state.id}" if is_taken_back else "Press Abstain to take it back",
        )
    if not open_to_them:
        roles = ", ".join(members)
        raise Refused(
            "You may not vote here",
            reasons=[f"the voting roles are {roles}, and you are in none of their groups"],
            next_step="If you should be, have the group or the policy changed, then vote again",
        )
    assert state.policy is not None
    held = mine.role if mine is not None else ""
    others = [cast for cast in _approvals(state) if cast.voter_id != voter_id]
    eligible = {cast.voter_id: cast.eligible_roles for cast in others}
    kept = {cast.voter_id: cast.role for cast in others}
    if choice is Choice.APPROVE:
        eligible[voter_id] = open_to_them
        kept[voter_id] = held
    seats_now = seating.seated(eligible, voting(state).quorum, kept=kept)
    now = {cast.voter_id: seats_now.get(cast.voter_id, cast.role) for cast in others}
    return Seat(
        role=seats_now.get(voter_id) or _likely(open_to_them, held, state, choice),
        reseated={who: role for who, role in now.items() if role != kept[who]},
    )


def _likely(open_to_them: Sequence[str], held: str, state: Retirement, choice: Choice) -> str:
    """Where somebody belongs whose ballot fills no seat."""
    assert state.policy is not None
    if choice is Choice.REJECT and (
        vetoing := [role for role in open_to_them if role in state.policy.veto_roles]
    ):
        return vetoing[0]
    if held in open_to_them:
        return held
    missing = tally_of(state).missing
    return next((role for role in open_to_them if role in missing), open_to_them[0])


def awaited(state: Retirement) -> dict[str, tuple[str, ...]]:
    """Per role still short: whose vote could fill it, their own or by letting another move up.

    That of whoever approved could, too, where they have joined a group since: they are seated anew then.
    """
    assert state.round is not None
    assert state.policy is not None
    cast = _approvals(state)
    eligible = {ballot.voter_id: ballot.eligible_roles for ballot in cast}
    seats_now = {ballot.voter_id: ballot.role for ballot in cast}
    gone = {ballot.voter_id for ballot in state.round.ballots} - eligible.keys() | barred(state.round, state)
    found = {}
    for role in tally_of(state).missing:
        helping = seating.helpers(role, eligible, seats_now)
        # Those in the role itself first.
        roles = sorted(voting(state).quorum, key=lambda name: name != role)
        people = (
            one
            for name in roles
            if name in helping
            for one in state.round.members.get(name, ())
            if one not in gone and name not in eligible.get(one, ())
        )
        found[role] = tuple(dict.fromkeys(people))
    return found


def _approvals(state: Retirement) -> tuple[Ballot, ...]:
    """Those that count in the round that stands now, in the order they were cast."""
    assert state.round is not None
    return _binding(
        state.round.ballots, proposer_id=state.round.opened_by, plan_digest=digest_on_ballot(state)
    )


def _binding(ballots: Iterable[Ballot], *, proposer_id: str, plan_digest: str) -> tuple[Ballot, ...]:
    return tuple(
        ballot
        for ballot in ballots
        if ballot.choice is Choice.APPROVE
        and ballot.plan_digest == plan_digest
        and ballot.voter_id != proposer_id
    )


def digest_on_ballot(state: Retirement) -> str:
    """What a ballot binds to: the plan as it was voted on, whatever became of its dates; or will be, while it is."""
    assert state.plan is not None
    if state.later is not None:
        return state.later.plan_digest
    is_retiring = state.round is None or state.round.purpose is Purpose.RETIRE
    return (state.plan.amends or state.plan.digest) if is_retiring else state.approved_digest


def check_comment(choice: Choice, comment: str, state: Retirement) -> None:
    """Raises `Refused` for a rejection that says less than the policy wants to hear."""
    assert state.policy is not None
    needed, said = state.policy.reject_comment_chars, len(comment.strip())
    if choice is not Choice.REJECT or said >= needed:
        return
    how_much = f" of at least {needed} characters, and this one has {said}" if needed > 1 else ""
    raise Refused(f"A rejection needs a comment{how_much}", next_step="Say why, in words")


def check_ballot(
    round_: Round | None, state: Retirement, *, number: int, plan_digest: str, now: datetime
) -> None:
    """Raises `Refused` for a vote that is late, in another round, or on a plan that has changed."""
    if round_ is None:
        raise Refused(
            f"There is no vote open on {state.id}: it is {state.state}",
            next_step=f"/retire show {state.id} has the story",
        )
    is_retiring = round_.purpose is Purpose.RETIRE
    if now >= round_.expires_at:
        way_on = (
            "Propose the retirement again" if is_retiring else f"/retire show {state.id} has how it goes on"
        )
        raise Refused(f"This round closed on {round_.expires_at:%Y-%m-%d %H:%M} UTC", next_step=way_on)
    assert state.plan is not None
    # A plan whose dates moved later is still the approved one, and calling it off means either.
    is_calling_off = round_.purpose is Purpose.CANCEL
    on_the_table = {digest_on_ballot(state)} | ({state.plan.digest} if is_calling_off else set())
    if is_retiring and plan_digest not in on_the_table:
        raise Refused(
            "The plan changed after this card was drawn",
            next_step="Look at the card again and vote on the new plan",
        )
    if number != round_.number or plan_digest not in on_the_table:
        over = ", which is over" if number < round_.number else ""
        raise Refused(
            f"This button belongs to round {number}{over}; open is round {round_.number}, "
            f"to {round_.purpose} {state.id}",
            next_step="Look at the card again and vote there",
        )


def may_vote(state: Retirement, person_id: str, now: datetime, delegations: InForce) -> bool:
    """Is there a vote of theirs to cast, on the plan as it is?"""
    round_ = open_round(state)
    if round_ is None or now >= round_.expires_at or person_id in barred(round_, state):
        return False
    if beside_barred(person_id, round_, state, delegations):
        return False
    digest = digest_on_ballot(state)
    has_voted = any(one.voter_id == person_id and one.plan_digest == digest for one in round_.ballots)
    return not has_voted and bool(seats(person_id, round_.members))
