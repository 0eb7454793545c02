"""What somebody who asks can do themselves: the buttons of their Home, under the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.views.asked import home_rows
from bot.views.blocks import Payload, actions, section
from bot.views.card import closing, manual
from bot.views.consumers import duties
from bot.views.voting import attestations, votes
from data.records.retirement import Retirement
from workflows.home import Part
from workflows.questions.answers import Answer

ROWS_MAX = 3


def waiting(found: Answer) -> Iterator[Payload]:
    assert found.home is not None
    counts = {part: found.home.count(part) for part in WAITING}
    told = ", ".join(f"{count:,} {said}" for part, said in WAITING.items() if (count := counts[part]))
    yield section(
        f"*Waits for you*: {told}. Only its buttons answer it, here or on my Home tab, which has all of it."
        if told
        else "*Nothing waits for you.*"
    )
    for part, count in counts.items():
        before: Sequence[Payload] = ()
        for row in home_rows.rows(found.home, part, 0, min(count, ROWS_MAX)):
            yield from row.head if row.head != before else ()
            yield from row.blocks
            before = row.head


WAITING = {
    Part.OVERDUE: "overdue",
    Part.HANDS: "to switch by hand",
    Part.VOTES: "to vote on",
    Part.ANSWERS: "to answer",
    Part.ATTESTATIONS: "to attest",
    Part.CONFIRMATIONS: "to confirm",
}


def of_one(state: Retirement, found: Answer) -> Iterator[Payload]:
    """What this person can do about it."""
    assert found.home is not None
    if any(one.id == state.id for one in found.home.votes):
        yield actions(*votes.choices(state))
    owed = [
        one
        for one in (*found.home.overdue, *found.home.answers)
        if one.state.id == state.id and not one.duty.is_settled
    ]
    for one in owed[:ROWS_MAX]:
        buttons = duties.buttons(one.duty, state)
        if buttons:
            (line,) = duties.lines([one.duty], state, now=found.home.now)
            yield section(f"*Yours* {line}")
            yield from buttons
    for hand in [one.hand for one in found.home.hands if one.state.id == state.id][:ROWS_MAX]:
        yield from manual.to_switch(state, hand)
    if any(one.id == state.id for one in found.home.seconds):
        yield from home_rows.to_second(state)
    for wanted in [one.wanted for one in found.home.attestations if one.state.id == state.id][:ROWS_MAX]:
        yield from attestations.to_attest(state, wanted)
    if any(one.id == state.id for one in found.home.confirmations):
        yield from closing.to_confirm(state)
