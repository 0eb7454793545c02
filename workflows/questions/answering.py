"""What does the record say to a question? Gathers the points of an answer, and what they rest on; decides nothing.

Everything is of what the person who asks may see (workflows/home.py), and of the record as it stands when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from msgspec.structs import replace

from data.records.catalog import Entity
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.store import Store
from workflows import by_name
from workflows.home import OVERVIEW, Board, Home
from workflows.questions.answers import Answer, Choice, Entry, Guide, Point
from workflows.questions.entries import Told
from workflows.questions.guiding import guided
from workflows.questions.periods import Period, window
from workflows.questions.points import ahead, blocking, checks, silent, story
from workflows.questions.table import BY_ASKS, About, Asks
from workflows.questions.understanding import Question
from workflows.rules.keeping import pruning
from workflows.rules.lifecycle import is_living
from workflows.rules.people.delegating import receiver
from workflows.rules.people.due import owes, steps_ahead
from workflows.rules.voting.quorum import open_round
from workflows.search.lineage import reached

ALL_AHEAD = timedelta(days=3_650)
"""Whoever asks when one retirement goes on is told all its dates; of all of them, those of the next week."""
CITED_MAX = 40
"""Retirements whose entries are read for one answer: of more, no message has room (bot/views/limits.py)."""
_ASKED_AS = {Asks.FED: "feeds", Asks.ORIGIN: "into"}
ONWARD = (Asks.PROPOSE, Asks.IMPACT, Asks.WHO)
"""What can be asked of a model that nobody retires."""
RETIRING = (Asks.BLOCKS, Asks.SILENT, Asks.DUE, Asks.STORY, Asks.IMPACT, Asks.WHO)
"""What is asked most of one that is retired."""


@dataclass(frozen=True)
class Reader:
    """Answers one person. `board` has every retirement there ever was that they may know of."""

    board: Board
    store: Store
    policy: Policy
    person_id: str

    def answer(self, question: Question) -> Answer:  # noqa: PLR0911 - one for each kind of question
        home = self.board.home(self.person_id, OVERVIEW)
        answer = Answer(
            question=question, person_id=self.person_id, now=self.board.now, zone=home.zone, home=home
        )
        if not home.is_known:
            return replace(answer, question=Question(asks=question.asks), is_known=False, home=None)
        row = BY_ASKS.get(question.asks)
        if question.is_misnamed:
            return replace(answer, choices=self._choices(question, question.near))
        if row is None:
            return replace(answer, choices=self._about(question))
        if row.about is About.NOTHING:
            told = {Asks.MINE: _waiting(home), Asks.LIST: self._listed}.get(question.asks, ())
            return replace(answer, listed=self._listed, newest=self._newest(told))
        if len(about := self.subjects(question)) > 1:
            return replace(answer, choices=self._choices(question, about))
        if question.period is Period.UNKNOWN and question.asks is Asks.DUE:
            return answer
        if row.is_of_lineage:
            return self._of_lineage(answer)
        if row.is_of_model:
            return self._of_model(answer)
        if about:
            return self._of_one(answer, about[0])
        if row.about is About.ONE:
            return self._which(answer)
        return self._of_all(answer)

    def _about(self, question: Question) -> tuple[Choice, ...]:
        """What may be asked of what is named in words that nobody understood."""
        about = self.subjects(question)
        if len(about) != 1:
            return self._choices(question, about)
        asked = RETIRING if self._meant(about[0]) else ONWARD
        name = self._named(about[0])
        return tuple(Choice(asks=asks, about=about[0], name=name) for asks in asked) if name else ()

    def subjects(self, question: Question) -> tuple[str, ...]:
        """What it is about, each once: a retirement that is named with its model is one."""
        id_of = self.board.there.id_of
        models = {
            id_of(one.plan.subject.model_id)
            for one in self._visible
            if one.id in question.about and one.plan is not None
        }
        return tuple(one for one in question.about if id_of(one) not in models)

    @property
    def _visible(self) -> tuple[Retirement, ...]:
        return tuple(one for one in self.board.retirements if one.plan is not None)

    @property
    def _listed(self) -> tuple[Retirement, ...]:
        return tuple(one for one in self._visible if is_living(one))

    def _which(self, answer: Answer) -> Answer:
        """Nothing was named: where only one is under way there is no doubt."""
        if len(self._listed) == 1:
            return self._of_one(answer, self._listed[0].id)
        return replace(answer, choices=self._choices(answer.question, (one.id for one in self._listed)))

    def _of_one(self, answer: Answer, about: str) -> Answer:
        states = self._meant(about)
        model = self._model(about)
        if not states and model is not None:
            choices = tuple(Choice(asks=asks, about=model.id, name=model.name) for asks in ONWARD)
            return replace(answer, model=model, choices=choices)
        # Several of its endpoints may retire apart.
        if len(states) != 1:
            return replace(answer, choices=self._choices(answer.question, (one.id for one in states)))
        (state,) = states
        told = Told(state, self.store)
        points = {
            Asks.BLOCKS: blocking,
            Asks.STANDS: blocking,
            Asks.SILENT: silent,
            Asks.CHECKS: checks,
            Asks.STORY: story,
            Asks.DUE: ahead,
        }[answer.question.asks]
        after, until = window(answer.question.period, self.board.now, answer.zone)
        if answer.question.period is Period.AHEAD:
            until = after + ALL_AHEAD
        return replace(
            answer,
            listed=(state,),
            points=tuple(map(self._with_people, points(state, told, self.board.now))),
            after=after,
            until=until,
            model=model,
        )

    def _of_all(self, answer: Answer) -> Answer:
        after, until = window(answer.question.period, self.board.now, answer.zone)
        is_due = answer.question.asks is Asks.DUE
        found: list[Point] = []
        said = 0
        # What is to go of an archive takes two people, long after its retirement is over.
        others = () if is_due else (one for one in self._visible if pruning.is_asked(one))
        listed = (*self._listed, *others)
        for one in listed:
            if is_due and not _has_date(one, until):
                continue
            told = Told(one, self.store, is_read=said < CITED_MAX)
            points = list((ahead if is_due else silent)(one, told, self.board.now))
            said += bool(points)
            found += map(self._with_people, points)
        return replace(answer, listed=listed, points=tuple(found), after=after, until=until)

    def _with_people(self, point: Point) -> Point:
        """With whoever answers in the place of those who are asked, or may open a gate by their name."""
        board = self.board
        if point.gate:
            return replace(
                point, asked=by_name.asked(point.state, point.gate, board.there, board.delegations, board.now)
            )
        now = dict.fromkeys(receiver(one, self.board.delegations) for one in point.asked)
        return replace(point, asked=tuple(now))

    def _of_model(self, answer: Answer) -> Answer:
        about = self.subjects(answer.question)
        if not about and answer.question.asks is not Asks.PROPOSE and len(self._listed) == 1:
            about = (self._listed[0].id,)  # nothing else can be meant
        model = self._model(about[0]) if about else None
        if answer.question.asks is Asks.PROPOSE and (model is not None or not about):
            return replace(answer, model=model, guide=self._guide(answer.question, model))
        if not about:
            return replace(answer, choices=self._choices(answer.question, (one.id for one in self._listed)))
        return replace(answer, model=model, policy=self.policy)

    def _of_lineage(self, answer: Answer) -> Answer:
        about = self.subjects(answer.question) or tuple(
            one.id for one in self._listed if len(self._listed) == 1
        )
        if not about:
            return replace(answer, choices=self._choices(answer.question, (one.id for one in self._listed)))
        named = next((one.plan.subject for one in self._visible if one.id == about[0] and one.plan), None)
        asked = named.model_id if named is not None else about[0]
        there = self.board.there
        if named is None and asked not in there:
            return answer
        found = reached(_ASKED_AS[answer.question.asks], asked, there, self._visible)
        thing = there.find(asked)
        name = thing.name if thing is not None else (named.model_name if named is not None else asked)
        rests_on = (one for one in self._visible if one.plan and one.plan.subject.model_id == asked)
        return replace(
            answer, reached=found.named(there, self._visible), about=name, newest=self._newest(rests_on)
        )

    def _newest(self, states: Iterable[Retirement]) -> tuple[Entry, ...]:
        return tuple(Told(one, self.store).newest() for one in islice(states, CITED_MAX))

    def _guide(self, question: Question, model: Entity | None) -> Guide:
        there = self.board.there
        return guided(
            question,
            model,
            self.person_id,
            there=there,
            models=there.models(),
            every=self.board.retirements,
            policy=self.policy,
            now=self.board.now,
        )

    def _meant(self, about: str) -> tuple[Retirement, ...]:
        """The retirement with this number; or those of this model under way, else its last one."""
        there = self.board.there
        same = [
            one
            for one in self._visible
            if one.id == about
            or (one.plan is not None and there.id_of(one.plan.subject.model_id) == there.id_of(about))
        ]
        return tuple(one for one in same if is_living(one)) or tuple(same[-1:])

    def _model(self, about: str) -> Entity | None:
        """The model as the catalog has it now; None where it has it no more."""
        named = next((one for one in self._visible if one.id == about), None)
        model_id = named.plan.subject.model_id if named is not None and named.plan is not None else about
        return self.board.there.find(model_id)

    def _choices(self, question: Question, ids: Iterable[str]) -> tuple[Choice, ...]:
        asks = Asks.STANDS if question.asks is Asks.UNCLEAR else question.asks
        found = ((one, self._named(one)) for one in ids)
        return tuple(
            Choice(asks=asks, about=one, name=name, is_which=True, period=question.period)
            for one, name in found
            if name
        )

    def _named(self, about: str) -> str:
        for one in self._visible:
            if one.id == about and one.plan is not None:
                return f"{one.id} {one.plan.subject.model_name}"
        model = self._model(about)
        if model is None:
            past = (one.plan.subject for one in self._visible if one.plan is not None)
            return next((one.model_name for one in past if one.model_id == about), "")
        is_shared = sum(one.name == model.name for one in self.board.there.models(model.name)) > 1
        return f"{model.name} ({model.id})" if is_shared else model.name


def _has_date(state: Retirement, until: datetime) -> bool:
    """Is anything of it due by then, or overdue?"""
    round_ = open_round(state)
    dates = [step.due_at for step in steps_ahead(state)]
    dates += [by for duty in state.obligations for _, by in owes(duty, state)]
    dates += [round_.review_until, round_.expires_at] if round_ is not None else []
    return any(at <= until for at in dates)


def _waiting(home: Home) -> tuple[Retirement, ...]:
    """Of what something waits for them, each once."""
    found = (
        *(one.state for one in home.late_steps),
        *(one.state for one in (*home.overdue, *home.answers)),
        *(one.state for one in home.hands),
        *home.votes,
        *(one.state for one in home.attestations),
        *home.confirmations,
        *home.seconds,
    )
    return tuple({one.id: one for one in found}.values())
