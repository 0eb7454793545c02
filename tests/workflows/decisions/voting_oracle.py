"""What of all presses on all cards may count, by an oracle that decides nothing itself.

It knows what people saw on a card when they pressed, whom the catalog had in which role then, who answers for whom,
and what was put to the vote, to whom and by whom. It says of each press whether it counts, and counts by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from data import events
from data.records.policy import Policy
from data.records.rounds import Choice, Purpose, Round
from tests.builders import PAT

NO_VOTE = "There is no vote open"
CLOSED = "This round closed"
OLD_PLAN = "The plan changed after this card was drawn"
OTHER_ROUND = "This button belongs to round"
BARRED = "Your vote does not count"
NO_ROLE = "You may not vote here"

OPENING = (
    events.Proposed,
    events.Revised,
    events.CancellationProposed,
    events.ExtensionProposed,
    events.ObjectionProposed,
)
CLOSING = (
    events.Approved,
    events.Rejected,
    events.Expired,
    events.Withdrawn,
    events.Cancelled,
    events.CancellationDropped,
    events.ExtensionAgreed,
    events.ExtensionDropped,
    events.ObjectionEnded,
)


class Card(NamedTuple):
    """What the buttons of a card are about."""

    number: int
    digest: str


class Vote(NamedTuple):
    """What is, or was last, put to the vote. `barred`: who asks for it, or drew up what it is about."""

    card: Card
    purpose: Purpose
    expires_at: datetime
    barred: frozenset[str]
    is_open: bool = True


class Oracle:
    """`said`: (round, voter) -> what they last said to which plan, in which role."""

    def __init__(self, policy: Policy, roles: dict[str, list[str]]) -> None:
        self.policy = policy
        self.roles = roles
        self.said: dict[tuple[int, str], tuple[Choice, str, str]] = {}
        self.stands_in: tuple[str, str] = ("", "")
        """Who answers for whom."""
        self.vote: Vote | None = None
        self.approved_at: datetime | None = None
        self._approved_digest = ""
        self._drawn_by: frozenset[str] = frozenset()
        self._said_of: dict[str, frozenset[str]] = {}
        """Consumer -> who answered for it last, and in whose place."""

    def hears(self, event: events.RetirementEvent) -> None:
        """One after the other, as they are recorded."""
        if isinstance(event, OPENING):
            self._opened(event)
        elif isinstance(event, events.DutyChanged):
            self._said_of[event.consumer_id] = frozenset({event.by, event.on_behalf_of})
        elif isinstance(event, events.RoundReopened):
            self.approved_at = None
            self._goes_on(is_open=True, expires_at=event.expires_at)
        elif isinstance(event, events.RoundProlonged | events.RoundExtended):
            self._goes_on(expires_at=event.expires_at)
        elif isinstance(event, CLOSING):
            self._goes_on(is_open=False)
        if isinstance(event, events.Approved):
            self.approved_at = event.at
        if isinstance(event, events.Approved | events.ExtensionAgreed):
            self._approved_digest = event.plan_digest

    def _opened(
        self,
        event: events.Proposed
        | events.Revised
        | events.CancellationProposed
        | events.ExtensionProposed
        | events.ObjectionProposed,
    ) -> None:
        round_, digest, askers = event.round, self._approved_digest, frozenset[str]()
        match event:
            case events.Proposed() | events.Revised():
                digest, self.approved_at = event.plan.digest, None
                if event.by != events.EMERITUS:
                    self._drawn_by = _openers(round_)
            case events.ExtensionProposed():
                digest = event.dates.plan_digest
                askers = askers.union(*(self._said_of[one] for one in event.dates.wishes))
            case events.ObjectionProposed():
                askers = self._said_of[event.consumer_id]
        if round_.purpose is not Purpose.CANCEL:
            askers |= {PAT} | self._drawn_by
        barred = frozenset((askers | _openers(round_)) - {"", events.EMERITUS})
        self.vote = Vote(Card(round_.number, digest), round_.purpose, round_.expires_at, barred)

    def _goes_on(self, **changes: object) -> None:
        assert self.vote is not None
        self.vote = self.vote._replace(**changes)

    def why_not(self, voter: str, choice: Choice, card: Card, now: datetime) -> str:  # noqa: PLR0911
        """Of a press that must not count, how the reason begins; empty where it counts."""
        vote = self.vote
        mine = self.said.get((card.number, voter))
        is_abstaining = mine is not None and choice is Choice.ABSTAIN
        is_taken_back = self.is_taken_back(voter, choice, card, now)
        if vote is None or not (vote.is_open or is_taken_back):
            return NO_VOTE
        if now >= vote.expires_at and not is_taken_back:
            return CLOSED
        if vote.purpose is Purpose.RETIRE and card.digest != vote.card.digest:
            return OLD_PLAN
        if card != vote.card:
            return OTHER_ROUND
        if voter in vote.barred or (self.is_bound(voter) and not is_abstaining):
            return BARRED
        if not self._role(voter) and not is_abstaining:
            return NO_ROLE
        return ""

    def is_bound(self, voter: str) -> bool:
        """Do they answer for somebody who has no vote here, or does such a person answer for them?"""
        assert self.vote is not None
        if voter not in self.stands_in or voter in self.vote.barred:
            return False
        return not self.vote.barred.isdisjoint(self.stands_in)

    def is_taken_back(self, voter: str, choice: Choice, card: Card, now: datetime) -> bool:
        """Before anything is announced, and not for ever, who approved may open the vote again."""
        vote, mine = self.vote, self.said.get((card.number, voter))
        return (
            choice is Choice.ABSTAIN
            and vote is not None
            and (vote.purpose, vote.card, vote.is_open) == (Purpose.RETIRE, card, False)
            and mine is not None
            and mine[0] is Choice.APPROVE
            and self.approved_at is not None
            and now < self.approved_at + timedelta(hours=self.policy.cool_off_hours)
        )

    def counts(self, voter: str, choice: Choice, card: Card) -> None:
        """Whoever has left every role keeps the one they said it in."""
        role = self._role(voter) or self.said[card.number, voter][2]
        self.said[card.number, voter] = (choice, card.digest, role)

    def _role(self, voter: str) -> str:
        return next((role for role, people in self.roles.items() if voter in people), "")

    def approvals(self, card: Card) -> dict[str, int]:
        """Role -> whose last word in this round, on this plan, is yes."""
        yes = [
            role
            for (number, _), (choice, digest, role) in self.said.items()
            if Card(number, digest) == card and choice is Choice.APPROVE
        ]
        return {role: yes.count(role) for role in self.roles}

    def is_agreed(self, card: Card) -> bool:
        return all(self.approvals(card).values())

    def is_rejected(self, number: int) -> bool:
        return any(of == number and choice is Choice.REJECT for (of, _), (choice, _, _) in self.said.items())


def _openers(round_: Round) -> frozenset[str]:
    return frozenset({round_.opened_by, round_.opened_for})
