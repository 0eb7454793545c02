"""How owners of consumers answer: they acknowledge, move, ask for time, object, hand back, and say whose it is."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.ids import Action, Callback
from tests.simulation import company
from tests.simulation.hands import Act, Hands, pressed
from tests.simulation.slack import Shown, buttons


class Owners(Hands):
    def _duty(self, person: str, consumer: str) -> list[Act]:
        """What this owner, or whoever answers for them, says next of this consumer."""
        message, rand = self._announcement(person), self.town.rand
        if message is None:
            looks = self._is_asked_back(person) or not self.is_patient()
            return self._at_home(person, consumer) if looks else []
        about = f"{self.id}|{consumer}|"
        offered = [one for one in buttons(message.look) if company.first_named(one[1]).startswith(about)]
        open_to_them, value = {action for action, _ in offered}, offered[0][1] if offered else ""
        if Action.DUTY_MIGRATED not in open_to_them:
            is_elsewhere = message.channel != f"D{person}" or self._is_asked_back(person)
            return self._at_home(person, consumer) if is_elsewhere or not self.is_patient() else []
        reader = message.channel.removeprefix("D")
        if reader in self.town.workspace.left:
            return self._at_home(person, consumer)
        if rand.random() < self.town.weather.whims and self.is_patient():
            whim = rand.random()
            if whim < 0.7:
                objects = whim < 0.2 and Action.DUTY_OBJECT in open_to_them
                says = self._object if objects else self._ask_for_time
                return [lambda: says(reader, message, value)]
            return [lambda: self._hand_back(reader, message, value, consumer)]
        steps: list[Act] = [lambda: self._answer(reader, message, Action.DUTY_MIGRATED, value)]
        if Action.DUTY_ACKNOWLEDGE in open_to_them and rand.random() < 0.6:
            steps = [lambda: self._answer(reader, message, Action.DUTY_ACKNOWLEDGE, value)]
        elif Action.DUTY_MIGRATING in open_to_them and self.is_patient() and rand.random() < 0.3:
            steps = [lambda: self._is_moving(reader, message, value)]
        return steps

    def _is_asked_back(self, person: str) -> bool:
        """Of theirs something was seen calling that had moved: no newer announcement asked them, or whoever answers."""
        asked = (called for _, called in self.town.workspace.by_key if called.endswith(f"/{person}"))
        return any(called.startswith(f"{self.id}/reopened/") for called in asked)

    def _at_home(self, person: str, consumer: str) -> list[Act]:
        """What somebody else was asked for them, and may not answer any more, waits on their own Home."""
        if consumer in self.town.witness.histories[self.id].settled:
            return []
        value = f"{self.id}|{consumer}|{self.town.witness.histories[self.id].announced}"
        return self._once(
            f"home {person} {consumer}",
            partial(self._answer, person, None, Action.DUTY_MIGRATED, value),
            days=3,
        )

    def _hand_back(self, person: str, message: Shown, value: str, consumer: str) -> None:
        if self._press(person, message, Action.DUTY_NOT_MINE, value):
            self._not_mine.add(consumer)

    def _object(self, person: str, message: Shown, value: str) -> None:
        view = self._window(person, "action", Action.DUTY_OBJECT, pressed(message, Action.DUTY_OBJECT, value))
        if view is not None:
            why = {"value": f"an audit runs on it {self.town.serial()}"}
            self._submit(person, view, Callback.DUTY_OBJECT, {Action.DUTY_OBJECTION: why})

    def _ask_for_time(self, person: str, message: Shown, value: str) -> None:
        view = self._window(
            person, "action", Action.DUTY_MORE_TIME, pressed(message, Action.DUTY_MORE_TIME, value)
        )
        if view is None:
            return
        until = (self.town.clock.truth + timedelta(days=self.town.rand.randint(20, 60))).date().isoformat()
        self._submit(
            person,
            view,
            Callback.EXTENSION_ASK,
            {
                Action.EXTENSION_UNTIL: {"selected_date": until},
                Action.EXTENSION_REASON: {"value": f"busy until {until} {self.town.serial()}"},
            },
        )

    def _is_moving(self, person: str, message: Shown, value: str) -> None:
        view = self._window(
            person, "action", Action.DUTY_MIGRATING, pressed(message, Action.DUTY_MIGRATING, value)
        )
        if view is not None:
            by = (self.town.clock.truth + timedelta(days=self.town.rand.randint(1, 12))).date().isoformat()
            self._submit(person, view, Callback.DUTY_MIGRATING, {Action.DUTY_MOVES_ON: {"selected_date": by}})

    def _whose(self, person: str, consumer: str) -> list[Act]:
        """Who handed it back may know whose it is; whoever is named leaves it to the coordinator."""
        acts: list[Act] = []
        message = self._announcement(person)
        for action, value in buttons(message.look) if message else ():
            if action == Action.DUTY_NAME and company.first_named(value).startswith(f"{self.id}|{consumer}|"):
                assert message is not None
                says = partial(self._say_whose, message.channel.removeprefix("D"), message, value)
                acts += self._once(f"name {consumer}", says, days=6)
        return acts

    def _say_whose(self, person: str, message: Shown, value: str) -> None:
        view = self._window(person, "action", Action.DUTY_NAME, pressed(message, Action.DUTY_NAME, value))
        if view is not None:
            named = {
                Action.DUTY_NAMED: {"selected_user": self.town.rand.choice((self.proposer, self.colleague))}
            }
            self._submit(person, view, Callback.DUTY_NAME, named)
