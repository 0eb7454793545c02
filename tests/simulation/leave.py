"""People who go on leave: somebody else answers for them meanwhile, and either may end it before its time."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.simulation import company

if TYPE_CHECKING:
    from tests.simulation.hands import Hands


class Leave:
    """Of the owners of one retirement's consumers. By chance of its own, so that nothing else goes otherwise for it."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._rand = Random(f"leave {hands.town.seed} {hands.number}")
        self._often = hands.town.weather.whims

    def may_begin(self) -> None:
        """Now and then: nobody's story needs it, so nobody does it again."""
        rand, town, number = self._rand, self._hands.town, self._hands.number
        if not self._often or rand.random() > self._often:
            return
        owners = sorted(
            {
                one
                for which in company.consumers(number)
                for one in town.witness.owners[company.consumer_id(number, which)]
            }
        )
        if not owners:
            return
        person = rand.choice(owners)
        others = [*owners, company.MANAGER, *company.consumer_owners((number + 1) % company.MODELS, 0)]
        to = rand.choice([one for one in others if one != person])
        until = (town.clock.truth + timedelta(days=rand.randint(2, 40))).date()
        wish = rand.choice(
            (f"<@{to}> until {until}", f"<@{to}> until {until}", f"<@{to}> until {until}", "off")
        )
        self._hands.types(f"delegate {wish}", by=person)
