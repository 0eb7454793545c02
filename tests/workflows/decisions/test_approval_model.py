"""Whatever order plans change, people vote, object and time goes by in: what is approved is what was voted on."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timedelta
from itertools import product
from random import Random, SystemRandom

import pytest
from msgspec.structs import replace

from data import events
from data.records.policy import OnExpiry
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Choice, Purpose
from tests.builders import days
from tests.workflows.decisions import voting_oracle as oracle
from tests.workflows.decisions.votes_at_random import BOUND, Votes
from workflows.rules.voting import quorum, verdicts
from workflows.rules.voting.roles import voting


class Judged(Votes):
    """Compared with the oracle after each step."""

    def goes_on(self) -> None:
        super().goes_on()
        self.an_approval_stands_on_the_plan_that_was_voted_on()
        self.nothing_runs_without_an_approval()
        self.what_counts_is_what_was_said_in_this_round_on_this_plan()
        self.a_ballot_of_who_asked_or_on_another_plan_would_not_count_however_it_got_there()

    def judges(self, event: events.RetirementEvent) -> None:
        if isinstance(event, events.Approved):
            self.is_approved(event)
        if isinstance(event, events.Announced):
            self.is_announced(event.at)
        is_overruled = isinstance(event, events.ObjectionEnded) and event.outcome == "overruled"
        if isinstance(event, events.Cancelled | events.ExtensionAgreed) or is_overruled:
            assert self.oracle.is_agreed(self.vote.card), "silence is no consent to this"

    def is_approved(self, event: events.Approved) -> None:
        judge, card = self.oracle, self.vote.card
        assert card == (event.round_number, event.plan_digest)
        if judge.policy.on_expiry is OnExpiry.APPROVE and event.missing:
            assert any(judge.approvals(card).values())
            assert not judge.is_rejected(event.round_number)
        else:
            assert judge.is_agreed(card)

    def is_announced(self, at: datetime) -> None:
        policy, approved_at = self.oracle.policy, self.oracle.approved_at
        assert approved_at is not None, "nobody's approval stands"
        assert at >= approved_at + timedelta(hours=policy.cool_off_hours)
        if policy.approval_days:
            # A vote on calling it off may take longer; then what held the announcement held the lapse, too.
            voted_meanwhile = any(isinstance(one, events.CancellationDropped) for one in self.story.happened)
            assert voted_meanwhile or at <= approved_at + days(policy.approval_days)

    def an_approval_stands_on_the_plan_that_was_voted_on(self) -> None:
        state = self.story.state
        if state.plan is None or not state.approved_digest:
            return
        assert state.approved_digest in (state.plan.digest, state.plan.amends)
        voted_on = self.plans[state.approved_digest]
        same = ("subject", "successor_id", "reason", "consumer_ids", "policy_digest")
        assert [getattr(state.plan, name) for name in same] == [getattr(voted_on, name) for name in same]
        moved = zip(voted_on.steps, state.plan.steps, strict=True)
        assert all(old.kind is new.kind and old.due_at <= new.due_at for old, new in moved)

    def nothing_runs_without_an_approval(self) -> None:
        state = self.story.state
        if state.state in (State.APPROVED, State.MIGRATING, State.DISABLED):
            assert state.approved_digest
        if state.state is State.PROPOSED:
            assert not state.approved_digest
            assert state.progress(StepKind.ANNOUNCE).progress in (Progress.PENDING, Progress.HELD)

    def what_counts_is_what_was_said_in_this_round_on_this_plan(self) -> None:
        vote = self.vote
        assert vote.is_open == (quorum.open_round(self.story.state) is not None)
        if vote.is_open:
            assert quorum.tally_of(self.story.state).approvals == self.oracle.approvals(vote.card)

    def a_ballot_of_who_asked_or_on_another_plan_would_not_count_however_it_got_there(self) -> None:
        state = self.story.state
        if not self.vote.is_open or state.round is None:
            return
        strays = [
            replace(one, **change)
            for one in state.round.ballots
            for change in (
                {"voter_id": state.round.opened_by, "choice": Choice.APPROVE},
                {"plan_digest": "sha256:other", "choice": Choice.APPROVE},
                {"plan_digest": "sha256:other", "choice": Choice.REJECT},
            )
        ]
        with_them = replace(state, round=replace(state.round, ballots=(*state.round.ballots, *strays)))
        assert quorum.tally_of(with_them) == quorum.tally_of(state)
        assert self.verdict(with_them) == self.verdict(state)

    def verdict(self, state: Retirement) -> verdicts.Verdict:
        """As if its time was over."""
        assert state.policy is not None
        assert state.round is not None
        return verdicts.verdict(
            state.round,
            policy=voting(state),
            plan_digest=self.vote.card.digest,
            now=state.round.expires_at,
            on_expiry=OnExpiry.APPROVE,
        )


PRESSES = (
    *product(
        ("counts", oracle.BARRED, BOUND, oracle.NO_ROLE, oracle.CLOSED, oracle.OTHER_ROUND, oracle.NO_VOTE),
        Purpose,
    ),
    (oracle.OLD_PLAN, Purpose.RETIRE),
    ("taken back", Purpose.RETIRE),
)
"""What may become of one, by what is voted on."""
ENDS = (
    events.Approved,
    events.Rejected,
    events.Expired,
    events.Withdrawn,
    events.RoundProlonged,
    events.RoundReopened,
    events.ApprovalLapsed,
    events.Announced,
    events.Amended,
    events.Cancelled,
    events.CancellationDropped,
    events.ExtensionAgreed,
    events.ExtensionDropped,
)
WANTED = (
    *PRESSES,
    *((kind.__name__, "") for kind in ENDS),
    *((events.ObjectionEnded.__name__, outcome) for outcome in ("overruled", "upheld", "dropped")),
)


def judged(seed: int) -> Counter[tuple[str, str]]:
    """One company, 30 steps."""
    votes = Judged(Random(seed))
    try:
        for _ in range(30):
            votes.goes_on()
    except BaseException as error:
        error.add_note(f"seed {seed}, in steps: {', '.join(votes.done)}")
        raise
    return votes.reached


def test_what_is_approved_is_what_was_voted_on_and_each_kind_of_press_and_end_was_tried():
    reached = sum((judged(seed) for seed in range(200)), Counter())
    assert [what for what in WANTED if reached[what] < 10] == []


@pytest.mark.long
def test_so_it_is_with_other_chances_each_time():
    first = int(os.environ.get("VOTES_SEED") or SystemRandom().randrange(1_000_000))
    for seed in range(first, first + 1_000):
        judged(seed)
