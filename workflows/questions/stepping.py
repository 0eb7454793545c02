"""How far has somebody come who is led through a proposal in a thread, by what they chose and typed there?"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from data.records.plan import Reason
from workflows.questions import choices
from workflows.questions.choices import LEAVE, NO_SUCCESSOR
from workflows.questions.table import Asks
from workflows.questions.understanding import Question


def gone_on(asked: Iterable[Question]) -> Question | None:
    """The step that all these, in their order, lead to; None where the last of them is about something else."""
    step: Question | None = None
    for question in asked:
        is_open = step is not None and step.choice != LEAVE
        after = stepped(step, question) if step is not None and is_open else None
        step = after or (question if question.asks is Asks.PROPOSE else None)
    return step


def stepped(step: Question, said: Question) -> Question | None:
    """The next step where `said` chooses something at this one; None where it is a question of its own."""
    at = replace(step, choice="")
    match said.choice:
        case "":
            return None
        case choices.LEAVE | choices.AGAIN:
            return Question(asks=Asks.PROPOSE, choice=LEAVE if said.choice == LEAVE else "")
        case choices.BACK:
            return _back(at)
        case choices.NAMED:
            return _named(at, said.about)
        case choices.NO_SUCCESSOR:
            return replace(at, successor_id=NO_SUCCESSOR) if at.reason else None
    return replace(at, reason=Reason(said.choice), successor_id="") if at.about else None


def _back(at: Question) -> Question:
    if at.successor_id:
        return replace(at, successor_id="")
    return replace(at, reason=None) if at.reason else Question(asks=Asks.PROPOSE)


def _named(at: Question, about: tuple[str, ...]) -> Question | None:
    """What follows it, once there is a reason; until then the model itself."""
    if len(about) != 1 or about[0].startswith("RET-"):
        return None
    if at.reason is None:
        return Question(asks=Asks.PROPOSE, about=about)
    return replace(at, successor_id=about[0])
