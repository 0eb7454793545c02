"""What waits for one person, what did they propose, and what goes dark next? All that their Home in Slack shows.

Everything is of the record at one moment: one version of the catalog, and each retirement read once (`Board`). Who
answers for a consumer, or may vote, is what decisions go by: nothing here gives or takes a right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.records.base import Record
from data.records.delegation import Delegation
from data.records.plan import Step
from data.records.progress import Progress, StepKind
from data.records.retirement import Obligation, Retirement, State
from workflows import by_name
from workflows.audiences import seen, sees
from workflows.by_name import Closing, ToAttest, may_confirm
from workflows.rules.gating import attesting
from workflows.rules.keeping import pruning
from workflows.rules.lifecycle import is_living
from workflows.rules.people import below
from workflows.rules.people.delegating import InForce, answers_as, chain, stands_in_for
from workflows.rules.people.due import is_waiting, overdue, steps_ahead
from workflows.rules.voting.quorum import may_vote
from workflows.second_people import ToSwitch, Waiting

AHEAD = timedelta(days=90)
ANSWERED_IN = (State.PROPOSED, State.APPROVED, State.MIGRATING, State.BROWNOUT)
"""While consumers still move, or will go on to when a changed plan is approved."""


class Part(StrEnum):
    """Home's lists, in the order they are shown."""

    OVERDUE = "overdue"
    HANDS = "hands"
    VOTES = "votes"
    ANSWERS = "answers"
    ATTESTATIONS = "attestations"
    CONFIRMATIONS = "confirmations"
    PROPOSALS = "proposals"
    AHEAD = "ahead"


class Page(Record, frozen=True, kw_only=True):
    """What of Home somebody looks at: one list page by page, or without a part the beginnings of all."""

    part: Part | None = None
    number: int = 1


OVERVIEW = Page()


class Owed(Record, frozen=True, kw_only=True):
    """An obligation of somebody's. `late`: what was to be done by now, with the day it was to.

    whose   in whose place they answer it; empty for what they are asked themselves
    """

    state: Retirement
    duty: Obligation
    whose: str = ""
    late: tuple[tuple[str, datetime], ...] = ()


class LateStep(Record, frozen=True, kw_only=True):
    """A step that was due and is not done, for the coordinator."""

    state: Retirement
    step: Step


class GoesDark(Record, frozen=True, kw_only=True):
    """What is switched off next. `is_theirs`: a consumer of theirs has still to move, or they coordinate it."""

    state: Retirement
    is_theirs: bool


class Home(Record, frozen=True, kw_only=True):
    """The content of one person's Home.

    zone         where they are, by the catalog
    is_known     the catalog, the record or a role's user group has them. A stranger is shown nothing of either
    may_propose  they own a model
    answers      what is not overdue; what is to do first, by retirement
    seconds      what takes two people, and they may be the second
    below        what is late of those below them, as they were told: by retirement
    delegations  whom what is asked of them goes to now, through whomever
    """

    person_id: str
    page: Page
    now: datetime
    zone: str = "UTC"
    is_known: bool
    may_propose: bool
    late_steps: tuple[LateStep, ...] = ()
    overdue: tuple[Owed, ...] = ()
    hands: tuple[ToSwitch, ...] = ()
    votes: tuple[Retirement, ...] = ()
    answers: tuple[Owed, ...] = ()
    attestations: tuple[ToAttest, ...] = ()
    confirmations: tuple[Retirement, ...] = ()
    seconds: tuple[Retirement, ...] = ()
    proposals: tuple[Retirement, ...] = ()
    ahead: tuple[GoesDark, ...] = ()
    below: tuple[tuple[Retirement, tuple[Obligation, ...]], ...] = ()
    delegations: dict[str, Delegation] = {}

    def count(self, part: Part) -> int:
        """How long a list is."""
        return {
            Part.OVERDUE: len(self.late_steps) + len(self.overdue),
            Part.HANDS: len(self.hands),
            Part.VOTES: len(self.votes),
            Part.ANSWERS: len(self.answers),
            Part.ATTESTATIONS: len(self.attestations),
            Part.CONFIRMATIONS: len(self.seconds) + len(self.confirmations),
            Part.PROPOSALS: len(self.proposals),
            Part.AHEAD: len(self.ahead),
        }[part]


def listed_for(
    person_id: str, retirements: Iterable[Retirement], there: Snapshot, delegations: InForce
) -> tuple[Retirement, ...]:
    """What Home may list for this person. Every list on it goes through here."""
    return tuple(
        one
        for one in retirements
        if (is_living(one) or pruning.is_asked(one))
        and one.plan is not None
        and sees(person_id, one, there, lambda: delegations)
    )


@dataclass(frozen=True)
class Board:
    """All that Homes are drawn from, read once."""

    there: Snapshot
    retirements: tuple[Retirement, ...]
    now: datetime
    delegations: InForce = field(default_factory=dict)

    def seen_by(self, person_id: str) -> Board:
        """What of it this person may know of: whatever they are answered in words is read there."""
        known = (
            one for one in self.retirements if sees(person_id, one, self.there, lambda: self.delegations)
        )
        return Board(seen(self.there, person_id), tuple(known), self.now, self.delegations)

    def home(self, person_id: str, page: Page) -> Home:
        listed = listed_for(person_id, self.retirements, self.there, self.delegations)
        ids = {one.id for one in listed}
        owed = [one for one in self._answered_by(person_id) if one.state.id in ids]
        votes = [one for one in listed if may_vote(one, person_id, self.now, self.delegations)]
        attested = tuple(one for one in self._attested_by.get(person_id, ()) if one.state.id in ids)
        confirmed = tuple(
            one for one in listed if one.id in self._closing and may_confirm(person_id, self._closing[one.id])
        )
        hands = tuple(one for one in self._waiting.hands(person_id) if one.state.id in ids)
        seconds = tuple(one for one in self._waiting.seconds(person_id) if one.id in ids)
        led = [one for one in listed if is_living(one) and person_id in (one.proposer_id, one.coordinator_id)]
        person = self.there.person_by_slack(person_id)
        is_in_catalog = person is not None and person.id not in self.there.unseen
        has_role = any(person_id in people for people in self.there.user_groups.values())
        is_known = is_in_catalog or has_role or any((owed, votes, attested, confirmed, led, hands, seconds))
        return Home(
            person_id=person_id,
            page=page,
            now=self.now,
            zone=person.zone if person else "UTC",
            is_known=is_known,
            may_propose=person_id in self._owners,
            late_steps=_late_steps(led, person_id, self.now),
            overdue=tuple(sorted((one for one in owed if one.late), key=lambda one: one.late[-1][1])),
            votes=tuple(sorted(votes, key=_closing)),
            answers=_in_order([one for one in owed if not one.late]),
            attestations=attested,
            confirmations=confirmed,
            hands=hands,
            seconds=seconds,
            proposals=tuple(led),
            below=below.late(listed, (person_id, *stands_in_for(person_id, self.delegations)), self.now),
            ahead=self._ahead(listed, person_id, owed) if is_known else (),
            delegations={
                one: self.delegations[one]
                for one in (person_id, *chain(person_id, self.delegations)[:-1])
                if one in self.delegations
            },
        )

    def _answered_by(self, person_id: str) -> Iterator[Owed]:
        """What they are asked themselves, and what those are whom they stand in for."""
        yield from self._owed.get(person_id, ())
        for whose in stands_in_for(person_id, self.delegations):
            for one in self._owed.get(whose, ()):
                if answers_as(one.duty.asked, person_id, self.delegations) == whose:
                    yield replace(one, whose=whose)

    @cached_property
    def _owed(self) -> dict[str, list[Owed]]:
        """By person: there may be hundreds of Homes to draw, and of obligations very many."""
        found: dict[str, list[Owed]] = defaultdict(list)
        for state in self.retirements:
            for duty in state.obligations if state.state in ANSWERED_IN else ():
                owed = Owed(state=state, duty=duty, late=overdue(duty, state, self.now))
                for person_id in dict.fromkeys(duty.asked):
                    found[person_id].append(owed)
        return found

    @cached_property
    def _attested_by(self) -> dict[str, list[ToAttest]]:
        """By person, the retirement that is switched off first before others."""
        asked = [one for one in self.retirements if attesting.is_asked(one)]
        return by_name.to_attest(sorted(asked, key=_dark_at), self.there, self.now)

    @cached_property
    def _closing(self) -> dict[str, Closing]:
        """By id."""
        asked = by_name.to_confirm(self.retirements, self.there, self.delegations, self.now)
        return {one[0].id: one for one in asked}

    @cached_property
    def _waiting(self) -> Waiting:
        return Waiting(self.retirements, self.there, self.delegations, self.now)

    @cached_property
    def _owners(self) -> frozenset[str]:
        """Whoever may propose something."""
        return frozenset(
            one for model in self.there.models() for one in self.there.owners_of(model).slack_ids
        )

    def _ahead(
        self, listed: Iterable[Retirement], person_id: str, owed: Iterable[Owed]
    ) -> tuple[GoesDark, ...]:
        theirs = {one.state.id for one in owed if not one.duty.is_settled}
        found = [
            GoesDark(state=one, is_theirs=one.id in theirs or person_id == one.coordinator_id)
            for one in listed
            if one.state in ANSWERED_IN
            and one.progress(StepKind.DISABLE).progress is not Progress.DONE
            and _dark_at(one) <= self.now + AHEAD
        ]
        return tuple(sorted(found, key=lambda one: _dark_at(one.state)))


def _late_steps(led: Iterable[Retirement], person_id: str, now: datetime) -> tuple[LateStep, ...]:
    found = [
        LateStep(state=state, step=step)
        for state in led
        if state.coordinator_id == person_id and not is_waiting(state)
        for step in steps_ahead(state)
        if step.due_at <= now
    ]
    return tuple(sorted(found, key=lambda one: one.step.due_at))


def _in_order(owed: list[Owed]) -> tuple[Owed, ...]:
    """By retirement, the one whose day comes first; in each what is still to do, direct consumers before others."""
    first: dict[str, tuple[bool, datetime]] = {}
    for one in owed:
        day = (one.duty.is_settled, one.duty.migrate_by)
        first[one.state.id] = min(day, first.get(one.state.id, day))
    return tuple(
        sorted(
            owed,
            key=lambda one: (
                first[one.state.id],
                one.state.id,
                one.whose,
                one.duty.is_settled,
                one.duty.consumer.distance,
                one.duty.consumer.name,
            ),
        )
    )


def _closing(state: Retirement) -> datetime:
    assert state.round is not None
    return state.round.expires_at


def _dark_at(state: Retirement) -> datetime:
    assert state.plan is not None
    return state.plan.step(StepKind.DISABLE).due_at
