"""A company in which everybody votes, asks, objects and changes plans as chance has it, and days go by.

Retirements begin where people may do most: with a vote of each kind open, taken back or lapsed. One that has ended is
proposed anew, so that nobody presses for long where nothing is open. (Rejected: Hypothesis's state machines. They leave
rules out of whole runs to find more; whole kinds of votes were hardly ever cast.)
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.plan import Plan
from data.records.policy import OnExpiry
from data.records.progress import StepKind
from data.records.retirement import State
from data.records.rounds import Choice
from tests.builders import (
    BELLA,
    BILLING,
    CARL,
    CRM,
    ENDY,
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
from tests.workflows.decisions import voting_oracle as oracle
from tests.workflows.decisions.voting_oracle import Card, Oracle, Vote
from workflows import commands as cmd
from workflows.rules.lifecycle import ENDED

ROLES = {OWEN: "owner", PLATO: "platform", SELMA: "security"}
"""Pat has the first, too, and never counts: Pat proposes. These join roles later:"""
JOINING = {SIMON: "security", MAX: "platform", BELLA: "owner"}
VOTERS = (*ROLES, *JOINING)
RANKING = "component:default/ranking"
CONSUMERS = {BILLING: BELLA, CRM: CARL, RANKING: PLATO}
"""Consumer -> one of its owners; two of them may vote, too."""
COMMENT = Prose(prose="no test in our region")
STANDING_IN = (("", ""), ("", ""), (OWEN, PAT), (SELMA, BELLA), (CARL, PLATO), (PLATO, CARL))
"""Who answers for whom: voters for who has no vote, and the other way round."""

BEGINNINGS = (
    "proposed",
    "prolonged",
    "revised",
    "revised and back",
    "approved",
    "taken back",
    "lapsed",
    "announced",
    "time",
    "objects",
    "cancelling",
)
BOUND = "who votes is bound to who may not"


class Votes:
    """`cards`: all there ever were, each as it was drawn. `plans`: all that were on the table.

    `reached`: what became of presses, by what was voted on then, and all that happened, how often
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.reached: Counter[tuple[str, str]] = Counter()
        self.done: list[str] = []
        self.is_proposed(chance.choice(list(BEGINNINGS)))

    @property
    def vote(self) -> Vote:
        assert self.oracle.vote is not None
        return self.oracle.vote

    def goes_on(self) -> None:
        """One of all that can be done now."""
        if self.story.state.state in ENDED:
            return self.is_proposed(self.chance.choice(BEGINNINGS))
        acts = [*ALWAYS]
        if self.vote.is_open:
            acts += WHILE_VOTED_ON
        if self.story.state.state is State.APPROVED:
            acts += WHILE_APPROVED
        if self.story.state.state is State.MIGRATING:
            acts += WHILE_ANNOUNCED
        act = self.chance.choice(acts)
        self.done.append(act.__name__)
        return act(self)

    def is_proposed(self, begins: str) -> None:
        self.done.append(begins)
        policy = a_policy(
            on_expiry=OnExpiry.ESCALATE if begins == "prolonged" else self.chance.choice(list(OnExpiry)),
            prolong_days=5,
            cool_off_hours=150 if begins == "taken back" else self.chance.choice([0, 30, 150]),
            approval_days=4 if begins == "lapsed" else self.chance.choice([0, 9, 40]),
        )
        roles = {"owner": [PAT, OWEN], "platform": [PLATO], "security": [SELMA]}
        ranking = an_impacted("ranking", team="ranking", people=(PLATO,))
        self.oracle = Oracle(policy, roles)
        self.story = Story(facts_for(policy=policy, impact=(*IMPACT, ranking)))
        self.cards: list[Card] = []
        self.plans: dict[str, Plan] = {}
        self.told = 0
        # An approval that keeps for some days only has to be announced by then.
        is_soon = begins != "lapsed" and 0 < policy.approval_days < 40
        self.target_on = TARGET_ON + days(7 if is_soon else 40)
        self.does(proposing(target_on=self.target_on))
        if self.chance.random() < 0.25:
            self.is_drawn_up_by_another()
        match begins:
            case "prolonged":
                self.time_goes_by(hours=24 * 31)
            case "revised" | "revised and back":
                self.plan_changes(later=7)
                if begins != "revised":
                    self.plan_changes(later=0)
            case "taken back":
                self.an_approval_is_taken_back()
            case "lapsed":
                self.all_agree()
                self.time_goes_by(hours=24 * 15)
            case "approved" | "announced" | "time" | "objects" | "cancelling":
                self.all_agree()
        if begins in ("announced", "time", "objects", "cancelling"):
            self.it_is_announced()
        if begins in ("time", "objects"):
            self.answers_for(*self.chance.choice(STANDING_IN))
            self.an_owner_answers(CRM, says=begins, days_more=10)
        if begins == "cancelling":
            self.answers_for(CARL, PAT)
            self.asked_to_call_it_off()
        self.somebody_answers_for_another()

    def is_drawn_up_by_another(self) -> None:
        """Whose plan it is from then on has no vote on it, and Bella has, who is an owner now, too."""
        self.catalog_has(BELLA, is_in=True)
        self.is_handed_to(OWEN)
        self.plan_changes(later=7)

    # Votes

    def somebody_votes(self) -> None:
        """On the card as it is, or on one that was drawn before."""
        voter = self.chance.choice([*ROLES, *VOTERS, PAT, PAT, STRANGER])
        choice = self.chance.choice([Choice.APPROVE, Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN])
        back = self.chance.choice([0, 0, 0, 1, 3])
        self.presses(voter, choice, self.cards[-1 - min(back, len(self.cards) - 1)])

    def somebody_votes_on_each_card_there_ever_was(self) -> None:
        voter, choice = (
            self.chance.choice([*VOTERS, PAT]),
            self.chance.choice([Choice.APPROVE, Choice.ABSTAIN]),
        )
        for card in dict.fromkeys(self.cards):
            self.presses(voter, choice, card)

    def somebody_votes_when_it_is_over(self) -> None:
        """Nobody has closed the round: Emeritus was away."""
        late = timedelta(hours=self.chance.choice([0, 1, 40]))
        self.presses(
            self.chance.choice(list(ROLES)), Choice.APPROVE, self.vote.card, at=self.vote.expires_at + late
        )

    def all_agree(self) -> None:
        """Until the review is over. Who voted before need not press again."""
        vote = self.vote
        for voter in (one for people in self.oracle.roles.values() for one in people):
            said = self.oracle.said.get((vote.card.number, voter))
            if self.vote == vote and (said is None or said[0] is not Choice.APPROVE):
                self.presses(voter, Choice.APPROVE, vote.card)
        state = self.story.state
        if state.round is not None and state.state is State.PROPOSED:
            is_agreed = self.oracle.is_agreed(vote.card)
            self.story.until(max(state.round.review_until, self.story.now))
            self.looks()
            assert not is_agreed or self.story.state.state is not State.PROPOSED

    def all_do_not_agree(self) -> None:
        """A veto; or a rejection without one, or none, and then silence."""
        how = self.chance.choice(["veto", "no", "silence"])
        if how == "veto":
            return self.presses(SELMA, Choice.REJECT, self.vote.card)
        if how == "no":
            self.presses(PLATO, Choice.APPROVE, self.vote.card)
            self.presses(OWEN, Choice.REJECT, self.vote.card)
        self.story.until(self.vote.expires_at)
        return self.looks()

    def an_approval_is_taken_back(self) -> None:
        """Also after its dates have moved."""
        if self.vote.is_open:
            self.all_agree()
        if self.chance.random() < 0.5:
            self.is_paused()
            self.time_goes_by(hours=72)
            self.is_resumed()
        self.presses(self.chance.choice(list(ROLES)), Choice.ABSTAIN, self.cards[-1])

    def presses(self, voter: str, choice: Choice, card: Card, *, at: datetime | None = None) -> None:
        ballot = cmd.Cast(
            by=voter, choice=choice, plan_digest=card.digest, round_number=card.number, comment=COMMENT
        )
        judge, vote, state, now = self.oracle, self.vote, self.story.state, at or self.story.now
        why_not = judge.why_not(voter, choice, card, now)
        reason = why_not or ("taken back" if judge.is_taken_back(voter, choice, card, now) else "counts")
        is_bound = why_not == oracle.BARRED and voter not in vote.barred
        self.reached[BOUND if is_bound else reason, vote.purpose] += 1
        said = dict(judge.said)
        # The oracle hears it first: the round may close with it.
        if not why_not:
            judge.counts(voter, choice, card)
        refused = self.refused(ballot, now)
        assert bool(refused) == bool(why_not), (refused, why_not)
        assert why_not in refused
        if refused:
            judge.said = said
            assert self.story.state == state

    # All else

    def an_owner_answers(self, consumer: str = "", *, says: str = "", days_more: int = 0) -> None:
        """Asks for more time, objects, or wants neither any more: people vote on the first two."""
        plan = self.story.state.plan
        assert plan is not None
        consumer = consumer or self.chance.choice(list(CONSUMERS))
        by = self.one_of(CONSUMERS[consumer])
        until = plan.step(StepKind.MIGRATE).due_at + days(days_more or self.chance.choice([3, 10, 40]))
        match says or self.chance.choice(["time", "time", "objects", "objects", "takes back"]):
            case "time":
                self.does(cmd.AskForTime(by=by, consumer_id=consumer, until=until.date(), reason=WHY))
            case "objects":
                self.does(cmd.Object(by=by, consumer_id=consumer, reason=WHY))
            case _:
                self.does(cmd.TakeBack(by=by, consumer_id=consumer))

    def one_of(self, person: str) -> str:
        """Them, or who answers for them."""
        stand_in, whom = self.oracle.stands_in
        return stand_in if whom == person and self.chance.random() < 0.5 else person

    def plan_changes(self, later: int | None = None) -> None:
        more = later if later is not None else self.chance.choice([0, 7, 33, 90])
        by = self.one_of(self.story.state.coordinator_id)
        self.does(revising(by=by, target_on=self.target_on + days(more)))

    def asked_to_call_it_off(self) -> None:
        self.does(cmd.Cancel(by=self.one_of(self.story.state.coordinator_id), why=WHY))

    def it_is_announced(self) -> None:
        plan = self.story.state.plan
        assert plan is not None
        self.story.until(max(plan.step(StepKind.ANNOUNCE).due_at + days(8), self.story.now))
        self.looks()

    def somebody_answers_for_another(self) -> None:
        self.answers_for(*self.chance.choice(STANDING_IN))

    def answers_for(self, stand_in: str, person: str) -> None:
        self.oracle.stands_in = (stand_in, person)
        self.knows(delegations=standing_in(stand_in, person) if stand_in else {})

    def the_catalog_changes_who_is_in_a_role(self) -> None:
        self.catalog_has(self.chance.choice(list(JOINING)), is_in=self.chance.random() < 0.7)

    def catalog_has(self, person: str, *, is_in: bool) -> None:
        roles = self.oracle.roles
        people = [one for one in roles[JOINING[person]] if one != person]
        roles[JOINING[person]] = [*people, person] if is_in else people
        self.knows(members={role: tuple(people) for role, people in roles.items()})
        self.does(cmd.MeetOwners(by=events.EMERITUS))

    def it_is_handed_over(self) -> None:
        self.is_handed_to(self.chance.choice([PAT, OWEN, SELMA]))

    def is_handed_to(self, person: str) -> None:
        """Who coordinates it has the same vote as before, and who proposed it none."""
        self.knows(named_person=person)
        self.does(cmd.HandOver(by=self.story.state.coordinator_id, to=person))

    def somebody_new_depends_on_it(self) -> None:
        newcomer = an_impacted("late-comer", team="crm", people=(CARL,))
        self.knows(impact=(*IMPACT, newcomer))

    def is_paused(self) -> None:
        self.does(cmd.Pause(by=ENDY, why=WHY))

    def is_resumed(self) -> None:
        self.does(cmd.Resume(by=ENDY))

    def time_goes_by(self, hours: int = 0) -> None:
        more = hours or self.chance.choice([1, 24, 24 * 6, 24 * 15, 24 * 31])
        self.story.until(self.story.now + timedelta(hours=more))
        self.looks()

    def knows(self, **changes: Any) -> None:
        self.story.facts = replace(self.story.facts, **changes)

    def does(self, command: Any) -> None:
        """What is due at once, as a vote that an owner asks for, happens with it."""
        self.refused(command, self.story.now)
        self.story.until(self.story.now)
        self.looks()

    def refused(self, command: Any, at: datetime) -> str:
        try:
            self.story.does(command, at=at)
        except EmeritusError as error:
            return str(error)
        self.looks()
        return ""

    def looks(self) -> None:
        """Draw the card anew, and hear what has happened since."""
        fresh, self.told = self.story.happened[self.told :], len(self.story.happened)
        for event in fresh:
            self.judges(event)
            self.oracle.hears(event)
            if isinstance(event, events.Proposed | events.Revised | events.Amended):
                self.plans[event.plan.digest] = event.plan
            self.reached[type(event).__name__, getattr(event, "outcome", "")] += 1
        self.cards.append(self.vote.card)

    def judges(self, event: events.RetirementEvent) -> None:
        """Whether that may be, before the oracle hears of it."""


ALWAYS = (
    Votes.somebody_votes_on_each_card_there_ever_was,
    Votes.plan_changes,
    Votes.asked_to_call_it_off,
    Votes.somebody_answers_for_another,
    Votes.the_catalog_changes_who_is_in_a_role,
    Votes.it_is_handed_over,
    Votes.somebody_new_depends_on_it,
    Votes.is_paused,
    Votes.is_resumed,
    Votes.time_goes_by,
)
WHILE_VOTED_ON = (
    *(Votes.somebody_votes,) * 6,
    *(Votes.somebody_votes_on_each_card_there_ever_was,) * 2,
    Votes.somebody_votes_when_it_is_over,
    *(Votes.all_agree,) * 2,
    Votes.all_do_not_agree,
)
WHILE_APPROVED = (*(Votes.an_approval_is_taken_back,) * 2, *(Votes.it_is_announced,) * 2)
WHILE_ANNOUNCED = (Votes.an_owner_answers,) * 4
