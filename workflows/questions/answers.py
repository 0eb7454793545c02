"""What the record says to a question: points, each with the entry it rests on. They are put into words elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from data.events import RetirementEvent
from data.records.base import Record
from data.records.catalog import Entity
from data.records.checks import CheckRun
from data.records.facts import Facts
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows.home import Home
from workflows.questions.periods import Period
from workflows.questions.table import Asks
from workflows.questions.understanding import Question


class Entry(Record, frozen=True, kw_only=True):
    """Where a point stands on the record, and where Slack has it: its line in the thread, the card, or nowhere."""

    stream: str
    version: int
    channel: str = ""
    ts: str = ""

    @property
    def place(self) -> str:
        """Names the message; empty where there is none."""
        return f"{self.channel}/{self.ts}" if self.ts else ""


class What(StrEnum):
    ENDED = "ended"
    PAUSED = "paused"
    SWITCHING = "switching"
    VOTE = "vote"
    HELD = "held"
    OWED = "owed"
    GATE = "gate"
    CHECK = "check"
    NEXT = "next"
    DUE = "due"
    HAPPENED = "happened"


class Point(Record, frozen=True, kw_only=True):
    """One thing an answer says of a retirement.

    about   the step that is held, the consumer that owes something, or why a gate is shut; `gate`: the name of that
    asked   who answers for the consumer now, or may open the gate by their name
    run     of a check
    event   what happened, for what is told of the past
    """

    what: What
    state: Retirement
    about: str = ""
    gate: str = ""
    asked: tuple[str, ...] = ()
    run: CheckRun | None = None
    event: RetirementEvent | None = None
    entry: Entry | None = None


class Choice(Record, frozen=True, kw_only=True):
    """Something to ask at the press of a button, of this retirement or model.

    is_which   it is what they may have meant, and not another question
    """

    asks: Asks
    about: str
    name: str
    is_which: bool = False
    period: Period = Period.AHEAD


class Guide(Record, frozen=True, kw_only=True):
    """How far somebody has come who is led through a proposal, and what was found so far.

    own          the models of theirs, where none is chosen yet
    refusal      why they may not propose this one, or nobody can now     ask    who may
    seen         what a decision on the proposal would look at     trouble   what the form would refuse of it
    earliest_on  the first day that service may end on
    successors   what may follow it, that which the catalog names first
    playbooks    the newest of those for the same reason
    """

    own: tuple[Entity, ...] = ()
    refusal: str = ""
    ask: tuple[str, ...] = ()
    seen: Facts | None = None
    trouble: tuple[str, ...] = ()
    earliest_on: date | None = None
    successors: tuple[Entity, ...] = ()
    successor: Entity | None = None
    playbooks: tuple[Retirement, ...] = ()


class Answer(Record, frozen=True, kw_only=True):
    """What somebody is told.

    is_known   the catalog or the record knows them: a stranger is told nothing of either
    listed     what is listed; for what is due, what may be       home   for what waits for them
    policy     of a model, by which it would be retired now
    model      what is asked about, where that is a model and not its retirement
    reached    what it fed or came from, by kind and name, where that is asked; of what is called `about`
    after, until   the period asked about
    choices    what they may have meant, or may want to know next
    newest     of retirements it tells of without points: the last entry of each, and its card
    """

    question: Question
    person_id: str
    now: datetime
    zone: str = "UTC"
    is_known: bool = True
    points: tuple[Point, ...] = ()
    listed: tuple[Retirement, ...] = ()
    home: Home | None = None
    model: Entity | None = None
    policy: Policy | None = None
    guide: Guide | None = None
    reached: tuple[tuple[str, str], ...] | None = None
    about: str = ""
    after: datetime | None = None
    until: datetime | None = None
    choices: tuple[Choice, ...] = ()
    newest: tuple[Entry, ...] = ()
