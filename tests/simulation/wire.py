"""How what people do in Slack reaches the bot: at once, late, twice, or first not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulation.diary import Delivery

if TYPE_CHECKING:
    from tests.simulation.town import Town


class Wire:
    def __init__(self, town: Town) -> None:
        self._town = town
        self._slow_seconds = 0.0

    def delivers(self, person: str, kind: str, name: str, body: dict[str, Any]) -> str:
        """An act that counts. Now and then it comes late, or twice."""
        town, often = self._town, self._town.weather.odd_clicks
        sent = Delivery(person, kind, name, {**body, "trigger_id": self.trigger()})
        odd = town.rand.random() if often else 1.0
        if odd < often / 3:
            # It hangs in a network; to the person it has failed, so they do it again.
            town.write_down(town.rand.expovariate(2), sent)
            return "failed"
        if odd < often:
            town.write_down(town.rand.expovariate(2), sent)
            if town.rand.random() < 0.4:
                self.hands_in(sent)
        return self.hands_in(sent)

    def hands_in(self, sent: Delivery) -> str:
        witness, disk = self._town.witness, self._town.disk
        click = witness.click(sent.person, sent.kind, sent.name, sent.body)
        before = disk.commits
        try:
            outcome = self.hears(sent.person, sent.kind, sent.name, sent.body)
            if outcome == "acknowledged":
                click.is_acknowledged = True
        finally:
            if disk.commits > before or click.is_acknowledged:
                witness.kept(click)
        return outcome

    def hears(self, person: str, kind: str, name: str, body: dict[str, Any]) -> str:
        """The listener has it. Nothing of it counts yet, such as a window that is opened."""
        town = self._town
        town.serial()
        who = {"user_id": person} if kind == "command" else {"user": {"id": person}}
        town.clock.pass_(0.3)
        outcome = town.process.hear(kind, name, {**body, **who})
        town.note(person, name, described(body), outcome)
        return outcome

    def trigger(self) -> str:
        return f"{self._town.serial()}.{self._town.seed}"

    def stopwatch(self) -> float:
        """Seconds as Slack counts them; some take longer than it waits."""
        often = self._town.weather.odd_clicks
        if often and self._town.rand.random() < 0.05 * often:
            self._slow_seconds += 2.5
        return self._slow_seconds


def described(body: dict[str, Any]) -> str:
    """What was pressed, typed or submitted, for the trace."""
    actions = body.get("actions")
    return str(body.get("text") or (actions[0]["value"] if actions else "")).replace("\n", " ")[:90]
