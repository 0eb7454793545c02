"""Whatever order plans change, people vote, take votes back and time goes by in: what is approved is what was voted on.

The oracle beside it knows only what people saw on a card when they pressed, whom the catalog had in which role then,
and what is on the table. It says of each press whether it may count, and counts by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.plan import Plan
from data.records.policy import OnExpiry, Policy
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Choice, Purpose, Round
from tests.builders import (
    CARL,
    IMPACT,
    MAX,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    SIMON,
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
    standing_in,
)
from workflows import commands as cmd
from workflows.rules.voting import quorum

ROLES = {OWEN: "owner", PLATO: "platform", SELMA: "security"}
"""Pat has the first, too, and never counts: Pat proposes. Simon and Max join roles later."""
JOINING = {SIMON: "security", MAX: "platform"}
VOTERS = (*ROLES, *JOINING)
FIRST_DAY = TARGET_ON + days(40)


class Voting(RuleBasedStateMachine):
    """`seen`: (round, voter) -> what they last said to which plan, in which role.

    `plans`: every plan that was on the table
    """

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
        self.seen: dict[tuple[int, str], tuple[Choice, str, str]] = {}
        self.cards: list[Retirement] = []
        self.plans: dict[str, Plan] = {}
        self.told = 0
        self.roles = {"owner": [PAT, OWEN], "platform": [PLATO], "security": [SELMA]}
        self.stand_in = ""
        self._does(proposing(target_on=FIRST_DAY))

    @rule(
        voter=st.sampled_from([*VOTERS, PAT, STRANGER]),
        choice=st.sampled_from(
            [Choice.APPROVE, Choice.APPROVE, Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN]
        ),
        back=st.sampled_from([0, 0, 0, 1, 3]),
    )
    def votes(self, voter: str, choice: Choice, back: int) -> None:
        """On the card as it is, or on one that was drawn before."""
        self._presses(voter, choice, self.cards[-1 - min(back, len(self.cards) - 1)])

    @rule(voter=st.sampled_from([*VOTERS, PAT]), share=st.floats(0, 1))
    def votes_on_a_card_of_any_age(self, voter: str, share: float) -> None:
        self._presses(voter, Choice.APPROVE, self.cards[int(share * (len(self.cards) - 1))])

    @rule(voter=st.sampled_from(VOTERS))
    def votes_on_each_card_of_another_round(self, voter: str) -> None:
        now = self.story.state.round
        others = {card.round.number: card for card in self.cards if card.round and card.round != now}
        for card in others.values():
            self._presses(voter, Choice.APPROVE, card)

    @rule(voter=st.sampled_from(list(ROLES)), hours=st.sampled_from([0, 1, 40]))
    def votes_when_it_is_over(self, voter: str, hours: int) -> None:
        """Nobody has closed the round: Emeritus was away."""
        state = self.story.state
        if state.round is None or quorum.open_round(state) is None:
            return
        self._presses(voter, Choice.APPROVE, state, at=state.round.expires_at + timedelta(hours=hours))

    def _presses(self, voter: str, choice: Choice, card: Retirement, *, at: datetime | None = None) -> None:
        if card.round is None or card.plan is None:
            return
        digest = card.approved_digest
        if card.round.purpose is Purpose.RETIRE:
            digest = card.plan.amends or card.plan.digest
        elif card.later is not None:
            digest = card.later.plan_digest
        ballot = cmd.Cast(
            by=voter,
            choice=choice,
            plan_digest=digest,
            round_number=card.round.number,
            comment=Prose(prose="no test in our region"),
        )
        before, state, now = dict(self.seen), self.story.state, at or self.story.now
        why_not = self._why_not(voter, choice, card.round, digest, now)
        # The oracle hears it first: the round may close with it.
        if not why_not:
            role = next((role for role, people in self.roles.items() if voter in people), "")
            role = role or self.seen[card.round.number, voter][2]
            self.seen[card.round.number, voter] = (choice, digest, role)
        refused = self._refused(ballot, now)
        assert bool(refused) == bool(why_not), (refused, why_not)
        assert why_not in refused
        if refused:
            self.seen = before
            assert self.story.state == state

    def _why_not(self, voter: str, choice: Choice, round_: Round, digest: str, now: datetime) -> str:  # noqa: PLR0911
        """Of a press that must not count, how the reason begins; empty where it counts."""
        state = self.story.state
        mine = self.seen.get((round_.number, voter))
        is_in = any(voter in people for people in self.roles.values())
        on_the_table = digest_now(state)
        is_taken_back = (
            choice is Choice.ABSTAIN
            and state.state is State.APPROVED
            and state.round is not None
            and state.round.purpose is Purpose.RETIRE
            and (round_.number, digest) == (state.round.number, on_the_table)
            and mine is not None
            and mine[0] is Choice.APPROVE
            and state.approved_at is not None
            and now < state.approved_at + timedelta(hours=self._policy().cool_off_hours)
        )
        now_open = state.round if is_taken_back else quorum.open_round(state)
        if now_open is None:
            return "There is no vote open"
        if now >= now_open.expires_at and not is_taken_back:
            return "This round closed"
        if now_open.purpose is Purpose.RETIRE and digest != on_the_table:
            return "The plan changed after this card was drawn"
        if round_.number != now_open.number or digest != on_the_table:
            return "This button belongs to round"
        is_abstaining = mine is not None and choice is Choice.ABSTAIN
        barred = {now_open.opened_by} | ({PAT} if now_open.purpose is not Purpose.CANCEL else set())
        if voter == self.stand_in and PAT in barred and not is_abstaining:
            return "Your vote does not count"
        if voter in barred:
            return "Your vote does not count"
        if not is_in and not is_abstaining:
            return "You may not vote here"
        return ""

    def _policy(self) -> Policy:
        assert self.story.facts.policy is not None
        return self.story.facts.policy

    @rule()
    def all_agree(self) -> None:
        """Until the review is over, which chance alone seldom gets to. Who voted before need not press again."""
        for voter in VOTERS:
            said = self.seen.get((self.story.state.rounds, voter))
            if said is None or said[0] is not Choice.APPROVE:
                self._presses(voter, Choice.APPROVE, self.story.state)
        state = self.story.state
        if state.round is not None and state.state is State.PROPOSED:
            is_agreed = self._agreed(state.round.number, digest_now(state)) == set(self.roles)
            self.story.until(max(state.round.review_until, self.story.now))
            self._look()
            assert not is_agreed or self.story.state.state is not State.PROPOSED

    @rule()
    def it_is_announced(self) -> None:
        state = self.story.state
        if state.plan is not None and state.state is State.APPROVED:
            self.story.until(max(state.plan.step(StepKind.ANNOUNCE).due_at + days(8), self.story.now))
            self._look()

    @rule(later=st.sampled_from([7, 33]))
    def an_announced_plan_changes(self, later: int) -> None:
        self.all_agree()
        self.it_is_announced()
        self.plan_changes(later)

    @rule(voter=st.sampled_from(list(ROLES)))
    def its_dates_move_before_an_approval_is_taken_back(self, voter: str) -> None:
        self.all_agree()
        self.pause()
        self.time_goes_by(72)
        self.resume()
        self.takes_back(voter)
        self.all_agree()

    @rule(person=st.sampled_from(list(JOINING)), is_in=st.booleans())
    def the_catalog_changes_who_is_in_a_role(self, person: str, is_in: bool) -> None:
        people = [one for one in self.roles[JOINING[person]] if one != person]
        self.roles[JOINING[person]] = [*people, person] if is_in else people
        self._knows(members={role: tuple(people) for role, people in self.roles.items()})
        self._does(cmd.MeetOwners(by=events.EMERITUS))

    @rule(person=st.sampled_from(["", OWEN, PLATO, SIMON]))
    def somebody_answers_for_the_proposer(self, person: str) -> None:
        self.stand_in = person
        self._knows(delegations=standing_in(person, PAT) if person else {})

    @rule(person=st.sampled_from([PAT, OWEN, SELMA]))
    def it_is_handed_over(self, person: str) -> None:
        """Who coordinates it has the same vote as before, and who proposed it none."""
        self._knows(named_person=person)
        self._does(cmd.HandOver(by=self.story.state.coordinator_id, to=person))

    def _knows(self, **changes: Any) -> None:
        self.story.facts = replace(self.story.facts, **changes)

    @rule(voter=st.sampled_from(list(ROLES)))
    def takes_back(self, voter: str) -> None:
        self._presses(voter, Choice.ABSTAIN, self.story.state)

    @rule(later=st.sampled_from([0, 0, 7, 7, 33, 90]))
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
        self._does(cmd.Cancel(by=self.story.state.coordinator_id, why=WHY))

    @rule()
    def somebody_new_depends_on_it(self) -> None:
        newcomer = an_impacted("late-comer", team="crm", people=(CARL,))
        self._knows(impact=(*IMPACT, newcomer))

    def _does(self, command: Any) -> None:
        self._refused(command, self.story.now)

    def _refused(self, command: Any, at: datetime) -> str:
        try:
            self.story.does(command, at=at)
        except EmeritusError as error:
            return str(error)
        self._look()
        return ""

    def _agreed(self, number: int, digest: str) -> set[str]:
        """The roles in which somebody's last word in this round, on this plan, is yes."""
        said = [one for (of, _), one in self.seen.items() if of == number and one[1] == digest]
        return {role for choice, _, role in said if choice is Choice.APPROVE}

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
        agreed = self._agreed(event.round_number, event.plan_digest)
        if self._policy().on_expiry is OnExpiry.APPROVE and event.missing:
            assert agreed
            assert Choice.REJECT not in [
                choice for (number, _), (choice, _, _) in self.seen.items() if number == event.round_number
            ]
        else:
            assert agreed == set(self.roles)
        self.approved_at = event.at

    def _announced(self, at: datetime) -> None:
        policy = self._policy()
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
            assert state.progress(StepKind.ANNOUNCE).progress in (Progress.PENDING, Progress.HELD)

    @invariant()
    def what_counts_is_what_was_said_in_this_round_on_this_plan(self) -> None:
        state = self.story.state
        if quorum.open_round(state) is None or state.round is None:
            return
        now = (state.round.number, digest_now(state))
        said = [
            role
            for (number, _), (choice, digest, role) in self.seen.items()
            if (number, digest) == now and choice is Choice.APPROVE
        ]
        assert quorum.tally_of(state).approvals == {role: said.count(role) for role in self.roles}

    @invariant()
    def a_ballot_of_who_asked_or_on_another_plan_would_not_count_however_it_got_there(self) -> None:
        state = self.story.state
        if state.round is None:
            return
        stray = [
            replace(one, choice=Choice.APPROVE, **change)
            for one in state.round.ballots
            for change in ({"voter_id": state.round.opened_by}, {"plan_digest": "sha256:other"})
        ]
        with_them = replace(state, round=replace(state.round, ballots=(*state.round.ballots, *stray)))
        assert quorum.tally_of(with_them) == quorum.tally_of(state)


def digest_now(state: Retirement) -> str:
    """What a vote on the card as it is now binds to."""
    assert state.plan is not None
    if state.later is not None:
        return state.later.plan_digest
    if state.round is None or state.round.purpose is Purpose.RETIRE:
        return state.plan.amends or state.plan.digest
    return state.approved_digest


TestVoting = Voting.TestCase
TestVoting.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True, database=None
)
