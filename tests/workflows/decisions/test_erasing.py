"""That something is erased is on record, with who answers for it; a legal hold keeps it until they name that."""

from __future__ import annotations

import pytest

from data import events
from data.errors import EmeritusError
from data.events import EMERITUS
from tests.builders import OWEN, PAT, WHY, Story, a_proposed
from workflows import commands as cmd


def erasing(*in_spite_of: int, entry: int = 1) -> cmd.Erase:
    return cmd.Erase(
        by=EMERITUS, answers=PAT, entry=entry, texts=1, because="request 12", in_spite_of=in_spite_of
    )


def held(times: int) -> Story:
    story = a_proposed()
    for _ in range(times):
        story.does(cmd.PlaceHold(by=OWEN, why=WHY))
    return story


@pytest.mark.parametrize(
    ("holds", "command", "said"),
    [
        (0, erasing(entry=9), "It has entries 1 to 1; emeritus erase RET-1 lists what people wrote in them"),
        (1, erasing(), "Nothing of RET-1 is erased while a legal hold is on it (1)"),
        (2, erasing(1), "add --in-spite-of-hold 2: that stays on record"),
        (1, erasing(1, 7), 'No hold is called "7"'),
    ],
    ids=["no such entry", "a hold", "one of two holds", "a hold that is not there"],
)
def test_what_is_not_there_or_held_is_refused_with_the_next_step(
    holds: int, command: cmd.Erase, said: str
) -> None:
    story = held(holds)
    with pytest.raises(EmeritusError) as refused:
        story.does(command)
    assert said in str(refused.value)


def test_who_erases_in_spite_of_a_hold_stands_for_it_on_the_record() -> None:
    story = held(2)
    story.does(erasing(1, 2))
    (event,) = story.of(events.Erased)
    assert (event.by, event.entry, event.in_spite_of) == (PAT, 1, (1, 2))
