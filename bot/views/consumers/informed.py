"""What is told whoever is asked nothing: the model's end for customer support, and for owners what stays of it."""

from __future__ import annotations

from datetime import date

from bot.views.blocks import Payload, header, message, safe, section
from bot.views.card.proposal import name_of
from bot.views.consumers import duties, obligations
from bot.views.consumers.duties import TO_MOVE
from bot.views.telling import audiences
from data.catalog.snapshot import Snapshot
from data.policies.notice_texts import NOTHING_OF_YOURS
from data.records.retirement import Retirement
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.telling.informing import ANNOUNCED, CLOSED, MOVED

HEADS = {
    ANNOUNCED: "{} retires",
    MOVED: "{} retires on another day",
    CLOSED: "{} is retired",
}


def message_to(
    retirement: Retirement, to: str, news: str, *, was: date | None = None, there: Snapshot | None = None
) -> Payload:
    """To a person or a channel. Owners stand in it with what was theirs; all others hear of everything.

    was   the last day they had been told of, where it is another one now
    """
    if retirement.state in CALLED_OFF:
        return obligations.called_off(retirement)
    name = name_of(retirement)
    action = NOTHING_OF_YOURS if retirement.state in TO_MOVE else ""
    owed = duties.of_person(retirement, to)
    said = audiences.told(retirement, to, owed, action=action, was=was, there=there)
    text = HEADS[news].format(safe(name))
    return message(f"{retirement.id}: {text}", [header(HEADS[news].format(name)), *map(section, said)])
