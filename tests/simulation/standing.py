"""Where a retirement stands by what its entries say, and what should have happened to it by now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from data import events
from data.records.plan import LaterDates, Plan
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from data.records.rounds import Ballot, Choice, Round
from tests.simulation.company import LEVELS, POLICY
from tests.simulation.faults import Violation

PATIENCE = timedelta(hours=2)
"""How late something may be that failed and is tried again, each time after a longer wait."""


class Standing:
    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.state = State.ACTIVE
        self.entries: list[events.RetirementEvent] = []
        self.plan: Plan | None = None
        self.approved = ""
        self.proposer = ""
        self.policy_name = POLICY.name
        self.round: Round | None = None
        self.calling_off: Round | None = None
        self.extending: tuple[LaterDates, Round] | None = None
        """Dates that are voted on, and the round."""
        self.objecting: Round | None = None
        """Whether it goes on in spite of an objection."""
        self.objectors: set[str] = set()
        self.agreed: LaterDates | None = None
        """Those that were, until they are in place."""
        self.time_decided: set[str] = set()
        """Callers of whom people have voted whether there is more time for them."""
        self.ballots: dict[str, Ballot] = {}
        self.on_plan: dict[str, Ballot] = {}
        """Those a new plan would void."""
        self.announced = 0
        self.people: dict[str, tuple[str, ...]] = {}
        self.teams: dict[str, str] = {}
        self.before: tuple[dict[str, tuple[str, ...]], dict[str, str]] = ({}, {})
        """Both as they were when it was announced last."""
        self.settled: set[str] = set()
        self.moved_on: dict[str, str] = {}
        self.moves_on: dict[str, datetime] = {}
        self.said_by: dict[str, str] = {}
        """Consumer -> the last day on which somebody said that it had moved."""
        self.asked_about: set[str] = set()
        self.voted_beside: frozenset[str] = frozenset()
        """Those of them of whom people knew by the thread when the round closed."""
        self.unanswered: set[str] = set()
        """Callers nobody declares, and nobody claims or vouches for."""
        self.answer_by: dict[str, datetime] = {}
        """Of who was asked by itself, when it acknowledges: past the day to migrate, it did not miss that."""
        self.borne: set[str] = set()
        """What somebody vouched for by name: a consumer that need not move."""
        self.progress: dict[StepKind, Progress] = {}
        self.location = ""
        self.is_drilled = False
        self.paused_at: datetime | None = None
        self.pauses: list[tuple[datetime, datetime]] = []
        self.told_above: list[tuple[datetime, int, dict[str, tuple[str, ...]]]] = []
        """When those above were told, after which announcement, and whose consumers it was about."""
        self.is_restoring = False
        self.dark: set[str] = set()
        self.gone: set[str] = set()
        self.vouched: set[str] = set()
        self.missed_by: set[str] = set()
        self.reported: set[str] = set()
        self.unreached: set[str] = set()
        self.left: set[str] = set()
        self.handed_back: set[str] = set()
        self.reminded: list[str] = []
        self.escalated: list[str] = []
        self.dated_at = datetime.min.replace(tzinfo=UTC)
        self.expected: Counter[tuple[str, str]] = Counter()
        """(channel, key) of every message that had to be posted, lines apart."""

    @property
    def _plan(self) -> Plan:
        assert self.plan is not None
        return self.plan

    @property
    def model_id(self) -> str:
        return self.plan.subject.model_id if self.plan is not None else ""

    def binds(self) -> bool:
        return bool(self.approved) and self.approved in (self._plan.digest, self._plan.amends)

    def waiting(self) -> tuple[str, ...]:
        """Everyone who answers for a consumer that is not settled."""
        return self._of_all_but(self.settled)

    def reminded_of_dates(self) -> tuple[str, ...]:
        """The same, without what was handed back."""
        return self._of_all_but(self.settled | self.handed_back | self.objectors)

    def _of_all_but(self, consumers: set[str]) -> tuple[str, ...]:
        left = (people for consumer, people in self.people.items() if consumer not in consumers)
        return tuple(dict.fromkeys(one for people in left for one in people))

    def missing(self, round_: Round, digest: str) -> list[str]:
        """Roles in which nobody who counts has approved."""
        barred = {round_.opened_by} | ({self.proposer} if round_ is not self.calling_off else set())
        filled = {
            ballot.role
            for voter, ballot in self.ballots.items()
            if ballot.choice is Choice.APPROVE and ballot.plan_digest == digest and voter not in barred
        }
        return [role.name for role in POLICY.roles if role.name not in filled]

    def overdue(self, now: datetime, *, has_card: bool, is_asked_lately: bool = False) -> Iterator[str]:
        """What should have happened by now, in a bot that has nothing to do.

        has_card   whether people can see the card; a round nobody could see does not end
        is_asked_lately  some owner has not had it for so long that those above may hear
        """
        if self.paused_at is not None or self.is_restoring or self.plan is None:
            return
        late = now - PATIENCE
        if self.state is State.PROPOSED and self.round is not None and has_card:
            is_over = self.round.review_until <= late and not self.missing(self.round, self._plan.digest)
            if self.round.expires_at <= late or is_over:
                yield "the round of votes is over, and nobody closes it"
        if self.extending is not None:
            dates, round_ = self.extending
            is_agreed = round_.review_until <= late and not self.missing(round_, dates.plan_digest)
            if (round_.expires_at <= late and has_card) or is_agreed:
                yield "the vote on more time is over, and nobody closes it"
        runs_in = {
            State.APPROVED: (StepKind.ANNOUNCE,),
            State.MIGRATING: (StepKind.ARCHIVE, StepKind.MIGRATE, StepKind.DISABLE),
            State.DISABLED: (StepKind.CLOSE,),
        }
        for kind in runs_in.get(self.state, ()):
            if self.progress[kind] is Progress.PENDING and self._plan.step(kind).due_at <= late:
                yield f"{kind} was due on {self._plan.step(kind).due_at:%Y-%m-%d %H:%M}"
        if self.state is not State.MIGRATING or not self.waiting():
            return
        by = self._plan.step(StepKind.MIGRATE).due_at
        days = [days for days in POLICY.reminder_days if self.dated_at < by - timedelta(days=days) <= late]
        is_awaited = bool(self.reminded_of_dates())
        if days and is_awaited and f"migrate-{min(days)}d@{by:%Y-%m-%d}" not in self.reminded:
            yield f"nobody was reminded {min(days)} days before {by:%Y-%m-%d}"
        was_late = {consumer for consumer, day in self.answer_by.items() if day > by}
        if not self._of_all_but(self.settled | was_late | self.objectors):
            return
        for level, after in LEVELS[self.policy_name].items():
            due = by + timedelta(days=1) + after
            # Where no manager is known and the day of the last has come as well, that one is told once.
            marks = [
                f"migrate@{by:%Y-%m-%d}/{hop}" for hop in range(level, max(LEVELS[self.policy_name]) + 1)
            ]
            told = any(one == mark or one.startswith(f"{mark}/") for one in self.escalated for mark in marks)
            if self.dated_at < due <= late and not told and not is_asked_lately:
                yield f"level {level} was not told that {by:%Y-%m-%d} is past"

    def _must(self, holds: bool, event: events.Event, why: str) -> None:
        if not holds:
            tag = event.__struct_config__.tag
            raise Violation(f"{self.stream} entry {len(self.entries) + 1} ({tag} at {event.at}): {why}")
