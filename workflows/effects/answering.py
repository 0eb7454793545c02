"""Answering a question in its thread: what is kept of it, and what the record says to it once the answer is written.

A question is an effect of the outbox that posts. Its key is the message it was asked in, so however often Slack tells
of that it is answered once, by whichever replica, and after a restart too.
"""

from __future__ import annotations

import logging

from msgspec.structs import replace

from data.records.decision import Effect, EffectKind
from workflows.delegates import in_force_now
from workflows.effects.workshop import Workshop
from workflows.engine import all_retirements
from workflows.home import Board
from workflows.questions.answering import Reader
from workflows.questions.answers import Answer
from workflows.questions.choices import LEAVE
from workflows.questions.names import names_for
from workflows.questions.stepping import gone_on, stepped
from workflows.questions.table import Asks
from workflows.questions.understanding import TEXT_MAX, Question, needs_one, read, written
from workflows.questions.wording import EXAMPLES, checked

log = logging.getLogger(__name__)

STREAM, NOTICE, WORDS = "questions", "answer", "words"
GONE, TELLS = "answer gone", "tells"
"""What stands in the place of one that quoted what was erased since, and where an answer has whom it told of."""


def wish(
    question: Question, person_id: str, *, channel: str, asked_ts: str, thread_ts: str, words: str = ""
) -> Effect:
    """`asked_ts`: the message that asks, or what was pressed; the answer goes below `thread_ts`.

    words   what was written, where somebody understands more than we do; kept only until it is answered, and only if
            we understood nothing
    """
    said = {"notice": NOTICE, "channel": channel, "thread_ts": thread_ts, "person": person_id}
    if words and question.asks is Asks.UNCLEAR:
        said[WORDS] = words[:TEXT_MAX]
    return Effect(
        key=f"{NOTICE}/{channel}/{asked_ts}",
        kind=EffectKind.POST,
        lane=f"{NOTICE}/{channel}",
        place=channel,
        body={**said, **written(question)},
        forgets=(WORDS,) if WORDS in said else (),
    )


def answer(effect: Effect, shop: Workshop) -> Answer | None:
    """As the record stands now; None for what answers nothing."""
    if effect.body["notice"] != NOTICE:
        return None
    store, catalog, now = shop.engine.store, shop.engine.gatherer.catalog, shop.world.now()
    person_id = effect.body["person"]
    whole = Board(catalog.snapshot(), all_retirements(store), now, in_force_now(store, catalog, now))
    board = whole.seen_by(person_id)
    question = _step(effect, shop) or _by_wording(effect, board, shop) or read(effect.body)
    reader = Reader(board, store, shop.engine.gatherer.policy, person_id)
    if needs_one(question) and not question.is_misnamed:
        question = replace(question, about=_spoken_of(effect, reader, shop))
    return reader.answer(question)


def told_of(found: Answer | None) -> dict[str, str]:
    """The retirements it told of, to be kept; nothing where they are not known one by one."""
    if found is None or found.question.asks in (Asks.MINE, Asks.PROPOSE):
        return {}
    states = (*(point.state for point in found.points), *found.listed)
    return {TELLS: " ".join(dict.fromkeys(state.id for state in states))}


def _spoken_of(effect: Effect, reader: Reader, shop: Workshop) -> tuple[str, ...]:
    """What was last asked about in the same thread: "it", where nothing is named."""
    before = [reader.subjects(one) for one in _asked_before(effect, shop)]
    return next((about for about in reversed(before) if len(about) == 1), ())


def _step(effect: Effect, shop: Workshop) -> Question | None:
    """The next step of a proposal somebody is led through here, where that is what they chose or typed."""
    said = read(effect.body)
    if not said.choice:
        return None
    before = gone_on(_asked_before(effect, shop))
    return stepped(before, said) if before is not None and before.choice != LEAVE else None


def _asked_before(effect: Effect, shop: Workshop) -> list[Question]:
    """What was asked in the same thread, in its order."""
    channel, thread_ts = effect.body["channel"], effect.body["thread_ts"]
    kept = shop.engine.store.kept(f"{NOTICE}/{channel}/")
    said = (one.effect for one in kept if one.effect.kind is EffectKind.POST)
    here = [one for one in said if one.body["thread_ts"] == thread_ts and _asked_at(one) < _asked_at(effect)]
    return [read(one.body) for one in sorted(here, key=_asked_at)]


def _asked_at(effect: Effect) -> str:
    """The message that asks, or the instant of the press: a button is of an older message than what was asked since."""
    return effect.key.rpartition("/")[2]


def _by_wording(effect: Effect, board: Board, shop: Workshop) -> Question | None:
    """As somebody understands it who knows more than our wordings; None where nobody is asked, or can tell."""
    if shop.wording is None or WORDS not in effect.body:
        return None
    try:
        said = shop.wording.read(effect.body[WORDS], EXAMPLES)
    except Exception as error:  # noqa: BLE001 - it is somebody else's: whatever breaks in it, people are answered
        log.info("a question was not read: %s", type(error).__name__)
        return None
    names = names_for(board.there, board.retirements)
    return checked(said, names)
