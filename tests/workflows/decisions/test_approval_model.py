"""Whatever order plans change, people vote, take votes back and time goes by in: what is approved is what was voted on.

The oracle beside it knows only what people saw on a card when they pressed, and counts that by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.policy import OnExpiry
from data.records.progress import StepKind
from data.records.retirement import Plan, Retirement, State
from data.records.rounds import Choice, Purpose
from tests.builders import (
    CARL,
    IMPACT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    TARGET_ON,
    WHY,
    Story,
    a_policy,
    an_impacted,
    days,
    facts_for,
    proposing,
    revising,
)
from workflows import commands as cmd

ROLES = {OWEN: "owner", PLATO: "platform", SELMA: "security"}
"""Pat has the first, too, and never counts: Pat proposes."""
FIRST_DAY = TARGET_ON + days(40)


class Voting(RuleBasedStateMachine):
    """`seen`: (round, voter) -> what they last said to which plan; `plans`: every plan that was on the table."""

    @initialize(
        on_expiry=st.sampled_from(OnExpiry),
        cool_off_hours=st.sampled_from([0, 30, 200]),
        approval_days=st.sampled_from([0, 9, 40]),
    )
    def proposed(self, on_expiry: OnExpiry, cool_off_hours: int, approval_days: int) -> None:
        policy = a_policy(
            on_expiry=on_expiry, prolong_days=5, cool_off_hours=cool_off_hours, approval_days=approval_days
        )
        self.story = Story(facts_for(policy=policy))
        self.seen: dict[tuple[int, str], tuple[Choice, str]] = {}
        self.cards: list[Retirement] = []
        self.plans: dict[str, Plan] = {}
        self.told = 0
        self._does(proposing(target_on=FIRST_DAY))

    @rule(
        voter=st.sampled_from([OWEN, PLATO, SELMA, PAT, STRANGER]),
        choice=st.sampled_from(
            [Choice.APPROVE, Choice.APPROVE, Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN]
        ),
        back=st.sampled_from([0, 0, 0, 1, 3]),
    )
    def votes(self, voter: str, choice: Choice, back: int) -> None:
        """On the card as it is, or on one that was drawn before."""
        card = self.cards[-1 - min(back, len(self.cards) - 1)]
        if card.round is None or card.plan is None:
            return
        digest = card.plan.digest if card.round.purpose is Purpose.RETIRE else card.approved_digest
        ballot = cmd.Cast(
            by=voter,
            choice=choice,
            plan_digest=digest,
            round_number=card.round.number,
            comment=Prose(prose="no test in our region"),
        )
        # The oracle hears it first: the round may close with it.
        before, key = dict(self.seen), (card.round.number, voter)
        self.seen[key] = (choice, digest)
        if not self._does(ballot):
            self.seen = before

    @rule()
    def all_agree(self) -> None:
        """Until the review is over, which chance alone seldom gets to."""
        for voter in ROLES:
            self.votes(voter, Choice.APPROVE, 0)
        state = self.story.state
        if state.round is not None and state.state is State.PROPOSED:
            self.story.until(max(state.round.review_until, self.story.now))
            self._look()

    @rule(voter=st.sampled_from(list(ROLES)))
    def takes_back(self, voter: str) -> None:
        self.votes(voter, Choice.ABSTAIN, 0)

    @rule(later=st.integers(0, 90))
    def plan_changes(self, later: int) -> None:
        self._does(revising(target_on=FIRST_DAY + days(later)))

    @rule(hours=st.sampled_from([1, 24, 24 * 6, 24 * 15, 24 * 31]))
    def time_goes_by(self, hours: int) -> None:
        self.story.until(self.story.now + timedelta(hours=hours))
        self._look()

    @rule()
    def pause(self) -> None:
        self._does(cmd.Pause(by=PAT, why=WHY))

    @rule()
    def resume(self) -> None:
        self._does(cmd.Resume(by=PAT))

    @rule()
    def asked_to_call_it_off(self) -> None:
        self._does(cmd.Cancel(by=PAT, why=WHY))

    @rule()
    def somebody_new_depends_on_it(self) -> None:
        newcomer = an_impacted("late-comer", team="crm", people=(CARL,))
        self.story.facts = facts_for(policy=self.story.facts.policy, impact=(*IMPACT, newcomer))

    def _does(self, command: Any) -> bool:
        try:
            self.story.does(command)
        except EmeritusError:
            return False
        self._look()
        return True

    def _look(self) -> None:
        """Draw the card anew, and judge what has happened since."""
        state = self.story.state
        self.cards.append(state)
        if state.plan is not None:
            self.plans[state.plan.digest] = state.plan
        fresh, self.told = self.story.happened[self.told :], len(self.story.happened)
        for event in fresh:
            if isinstance(event, events.Proposed | events.Revised):
                self.on_the_table, self.approved_at = event.plan, None
                self.plans[event.plan.digest] = event.plan
            elif isinstance(event, events.RoundReopened):
                self.approved_at = None
            elif isinstance(event, events.Approved):
                self._approved(event)
            elif isinstance(event, events.Announced):
                self._announced(event.at)

    def _approved(self, event: events.Approved) -> None:
        assert event.plan_digest in (self.on_the_table.digest, self.on_the_table.amends)
        said = {
            ROLES[voter]: choice
            for (number, voter), (choice, digest) in self.seen.items()
            if number == event.round_number and digest == event.plan_digest and voter in ROLES
        }
        agreed = {role for role, choice in said.items() if choice is Choice.APPROVE}
        policy = self.story.facts.policy
        assert policy is not None
        if policy.on_expiry is OnExpiry.APPROVE and event.missing:
            assert agreed
            assert Choice.REJECT not in said.values()
        else:
            assert agreed == set(ROLES.values())
        self.approved_at = event.at

    def _announced(self, at: datetime) -> None:
        policy = self.story.facts.policy
        assert policy is not None
        assert self.approved_at is not None, "nobody's approval stands"
        assert at >= self.approved_at + timedelta(hours=policy.cool_off_hours)
        if policy.approval_days:
            # A vote on calling it off may take longer; then what held the announcement held the lapse, too.
            voted_meanwhile = any(isinstance(one, events.CancellationDropped) for one in self.story.happened)
            assert voted_meanwhile or at <= self.approved_at + days(policy.approval_days)

    @invariant()
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

    @invariant()
    def nothing_runs_without_an_approval(self) -> None:
        state = self.story.state
        if state.state in (State.APPROVED, State.MIGRATING, State.DISABLED):
            assert state.approved_digest
        if state.state is State.PROPOSED:
            assert not state.approved_digest
            assert (
                state.progress(StepKind.ANNOUNCE).at is None or not state.progress(StepKind.ANNOUNCE).held_by
            )


TestVoting = Voting.TestCase
TestVoting.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True, database=None
)
