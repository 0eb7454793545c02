"""How people act in Slack: what they read off a card, how they press, type, fill in and submit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.ids import SLASH_COMMAND, Action, Callback
from data.records.catalog import EndpointKind
from tests.simulation import company
from tests.simulation.company import GOVERNANCE
from tests.simulation.slack import Shown, buttons

if TYPE_CHECKING:
    from tests.simulation.town import Town

PATIENCE_DAYS = 150
"""After this long nobody has whims any more; everyone does what brings it to its end."""

ENDED = frozenset({"archived", "withdrawn", "rejected", "expired", "cancelled", "rolled back"})

COORDINATOR = re.compile(r"coordinator <@(\w+)>")

Act = Callable[[], object]


class Hands:
    """The people around one retirement, and what they remember of what they did."""

    def __init__(self, town: Town, number: int) -> None:
        self.town, self.number = town, number
        self.proposer, self.colleague = company.owners(number)
        self.id = ""
        self.began = town.clock.truth
        self._asked_at: dict[str, datetime] = {}
        self._voted: dict[tuple[str, str], str] = {}
        self._has_revised = 0
        self._not_mine: set[str] = set()

    # What they see

    def card(self) -> Shown | None:
        """Of the retirement that stands. Whoever waited weeks for its card may have proposed it once more."""
        shown = self._shown()
        if shown is None or state_of(shown.look) in ENDED:
            plain = f" {company.model_name(self.number)} - "
            for other in self.town.workspace.channels.get(GOVERNANCE, ()):
                is_ours = other.key.endswith("/card") and plain in other.look["text"]
                if is_ours and (not self.id or state_of(other.look) not in ENDED):
                    self.id = other.key.removesuffix("/card")
            shown = self._shown()
        return shown

    def _shown(self) -> Shown | None:
        return self.town.workspace.find(GOVERNANCE, f"{self.id}/card") if self.id else None

    @property
    def coordinator(self) -> str:
        """Whoever the card names; a press that came late may have handed it over."""
        card = self.card()
        named = COORDINATOR.search(card.look["text"]) if card else None
        return named.group(1) if named else self.proposer

    def state(self) -> str:
        card = self.card()
        return state_of(card.look) if card else ""

    def is_patient(self) -> bool:
        return self.town.clock.truth - self.began < timedelta(days=PATIENCE_DAYS)

    # How they do it

    def _propose(self) -> None:
        name = company.model_name(self.number)
        view = self._window(self.proposer, "command", SLASH_COMMAND, {"text": f"propose {name}"})
        if view is None:
            return
        days = self.town.rand.randint(46, 60)
        self._submit(
            self.proposer,
            view,
            Callback.PROPOSAL_SUBMIT,
            self._proposal(days) | {Action.PROPOSAL_MODEL: chosen(company.model_id(self.number))},
        )

    def _revise(self) -> None:
        """By who proposed it: neither they nor the reviser may vote, and two owners are all there are."""
        card = self.card()
        assert card is not None
        view = self._window(
            self.proposer, "action", Action.PROPOSAL_REVISE, pressed(card, Action.PROPOSAL_REVISE, self.id)
        )
        if view is None:
            return
        days = self.town.rand.randint(46, 60)
        if self._submit(self.proposer, view, Callback.PROPOSAL_REVISED, self._proposal(days)):
            self._has_revised += 1

    def _proposal(self, days: int) -> dict[Action, dict[str, Any]]:
        target = (self.town.clock.truth + timedelta(days=days)).date().isoformat()
        return {
            Action.PROPOSAL_SUCCESSOR: chosen(company.SUCCESSOR),
            Action.PROPOSAL_REASON: chosen("replaced"),
            Action.PROPOSAL_WHY: {"value": f"model {self.number} is worse by {days} points"},
            Action.PROPOSAL_TARGET: {"selected_date": target},
        }

    def _ballots(self, card: Shown, voters: tuple[str, ...], choice: str = "approve") -> list[Act]:
        """Those who have not voted in this round yet."""
        ballot = next((v for a, v in buttons(card.look) if a == Action.VOTE_APPROVE), "")
        if not ballot:
            return []
        left = [one for one in voters if self._voted.get((one, ballot)) != choice]
        return [self._balloting(one, card, ballot, choice) for one in left]

    def _balloting(self, voter: str, card: Shown, ballot: str, choice: str) -> Act:
        if choice == "reject":
            return lambda: self._reject(voter, card, ballot)
        return lambda: self._vote(voter, card, Action.VOTE_APPROVE, ballot)

    def _vote(self, voter: str, card: Shown, action: str, ballot: str) -> None:
        if self._press(voter, card, action, ballot):
            self._voted[voter, ballot] = "approve" if action == Action.VOTE_APPROVE else "abstain"

    def _reject(self, voter: str, card: Shown, ballot: str) -> None:
        view = self._window(voter, "action", Action.VOTE_REJECT, pressed(card, Action.VOTE_REJECT, ballot))
        why = {Action.VOTE_COMMENT: {"value": f"{voter} objects {self.town.serial()}"}}
        if view is not None and self._submit(voter, view, Callback.VOTE_REJECT, why):
            self._voted[voter, ballot] = "reject"

    def _answer(self, person: str, message: Shown | None, action: str, value: str) -> None:
        if action == Action.DUTY_MIGRATED:
            # They really have moved; the last call was a moment ago.
            for ref, _ in company.endpoint_refs(self.number):
                self.town.machines.machine(ref).called_until = self.town.clock.truth
        self._press(person, message, action, value)

    def _leave(self) -> None:
        """One of the consumers' owners is gone from Slack, and does nothing any more."""
        everybody = {
            one
            for which in company.consumers(self.number)
            for one in self.town.witness.owners[company.consumer_id(self.number, which)]
        }
        if staying := sorted(everybody - self.town.workspace.left):
            self.town.workspace.left.add(self.town.rand.choice(staying))

    def _lose_host(self) -> None:
        """What an endpoint ran on is gone, and what was kept of it, too."""
        driven = [ref for ref, kind in company.endpoint_refs(self.number) if kind is EndpointKind.LOCAL]
        self.town.machines.machine(self.town.rand.choice(driven)).gone = True

    def _call_once_more(self) -> None:
        """Somebody had forgotten a job of theirs."""
        refs = company.endpoint_refs(self.number)
        self.town.machines.machine(refs[-1][0]).called_until = self.town.clock.truth

    def _decide(self, message: Shown, action: str, value: str) -> None:
        if self._press(self.coordinator, message, action, value):
            self._voted[self.coordinator, value] = action

    def _report(self, message: Shown, value: str) -> None:
        view = self._window(
            self.coordinator, "action", Action.MANUAL_REPORT, pressed(message, Action.MANUAL_REPORT, value)
        )
        if view is not None:
            evidence = {Action.MANUAL_EVIDENCE: {"value": f"seen on the console {self.town.serial()}"}}
            self._submit(self.coordinator, view, Callback.MANUAL_REPORT, evidence)

    def _hand_over(self) -> None:
        other = self.colleague if self.coordinator == self.proposer else self.proposer
        self._type(f"handover {self.id} <@{other}>", whole=True)

    def _type(self, command: str, reason: str = "", *, by: str = "", whole: bool = False) -> bool:
        word, _, what = command.partition(" ")
        text = command if whole else " ".join(part for part in (word, self.id, what, reason) if part)
        body = {"command": SLASH_COMMAND, "text": text, "channel_id": GOVERNANCE}
        return (
            self.town.wire.delivers(by or self.coordinator, "command", SLASH_COMMAND, body) == "acknowledged"
        )

    def types(self, text: str, *, by: str) -> bool:
        """`/retire TEXT`, about no retirement of theirs."""
        return self._type(text, by=by, whole=True)

    def _press(self, person: str, message: Shown | None, action: str, value: str) -> bool:
        """`message`: what it is under; on their Home without one."""
        outcome = self.town.wire.delivers(person, "action", action, pressed(message, action, value))
        return outcome == "acknowledged"

    def _window(self, person: str, kind: str, name: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The modal this opens; None when it did not open."""
        if kind == "command":
            body = {**body, "command": name, "channel_id": GOVERNANCE}
        trigger = self.town.wire.trigger()
        self.town.wire.hears(person, kind, name, {**body, "trigger_id": trigger})
        return self.town.workspace.windows.pop(trigger, None)

    def _submit(
        self, person: str, view: dict[str, Any], callback: str, filled: Mapping[Action, dict[str, Any]]
    ) -> bool:
        values = {
            block["block_id"]: {block["element"]["action_id"]: filled[block["element"]["action_id"]]}
            for block in view["blocks"]
            if block["type"] == "input" and block["element"]["action_id"] in filled
        }
        shown = {
            "id": "V1",
            "type": "modal",
            "private_metadata": view["private_metadata"],
            "blocks": view["blocks"],
            "state": {"values": values},
        }
        body = {"type": "view_submission", "view": shown}
        return self.town.wire.delivers(person, "view", callback, body) == "acknowledged"

    # Small things

    def _announcement(self, person: str) -> Shown | None:
        """The latest message that told this person of the retirement."""
        # A later announcement may have been the first that was about them; and it went to whoever answered for them.
        readers = self.town.witness.stand_ins.ever(person)
        told = (
            (reader, f"{self.id}/announcement-{number}/dm/{person}")
            for number in range(self._has_revised + 2, 0, -1)
            for reader in readers
        )
        return next((shown for one in told if (shown := self.town.workspace.find(*one))), None)

    def _thread(self, kind: str) -> list[Shown]:
        card = self.card()
        if card is None:
            return []
        return [shown for shown in self.town.workspace.thread(GOVERNANCE, card.ts) if kind in shown.key]

    def _edit_button(self, card: Shown) -> bool:
        return any(action == Action.PROPOSAL_REVISE for action, _ in buttons(card.look))

    def _once(self, what: str, act: Act, *, days: float = 2) -> list[Act]:
        """Not again for some days: the answer may still be on its way."""

        def asked() -> None:
            self._asked_at[what] = self.town.clock.truth
            act()

        return [asked] if self._may_ask(what, days=days) else []

    def _may_ask(self, what: str, *, days: float) -> bool:
        asked_at = self._asked_at.get(what)
        return asked_at is None or self.town.clock.truth - asked_at > timedelta(days=days)


def pressed(message: Shown | None, action: str, value: str) -> dict[str, Any]:
    if message is None:
        home = {"type": "home", "private_metadata": ""}
        actions = [{"action_id": str(action), "value": value}]
        return {"type": "block_actions", "view": home, "container": {"type": "view"}, "actions": actions}
    return {
        "type": "block_actions",
        "channel": {"id": message.channel},
        "container": {"channel_id": message.channel, "message_ts": message.ts},
        "actions": [{"action_id": str(action), "value": value}],
    }


def chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


def state_of(look: dict[str, Any]) -> str:
    """The state in the card's title."""
    for block in look["blocks"]:
        if block["type"] == "header":
            return str(block["text"]["text"].rpartition(" · ")[2])
    return ""


def is_paused(look: dict[str, Any]) -> bool:
    return ":double_vertical_bar: *paused*" in look["text"]


def hash_of(text: str) -> int:
    """The same in every run, unlike Python's own."""
    return sum(text.encode())
