"""What people do in the sample company's Slack, and what they see there, in the words of a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.records.retirement import Retirement
from tests.fakes.slack import BotAnswer, OpenView
from tests.scenarios.place import GOVERNANCE, POLICY, Place
from tests.scenarios.reading import buttons, key_of, words

__all__ = ["GOVERNANCE", "POLICY", "Town", "buttons", "key_of", "words"]

TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
"""Tom and Ada own the churn models; Ada, Mina, Priya and Sam vote, and Sam's rejection is a veto."""
BRUNO, WREN, INES, GRACE = "U01BRUNOALVES", "U01WRENTAYLOR", "U01INESCOSTA", "U01GRACEWHITLOCK"
VERA, ELENA = "U01VERALUND", "U01ELENAROSSI"
"""Bruno and Wren own restock-planner, Ines two more, Grace another two; Vera manages most of them."""
LOGISTICS = "RET-1/announcement-1/team/group:default/logistics"
"""The key of the message to Bruno's and Wren's team in the thread."""


class Town(Place):
    """Every act goes through Slack, as a user's would, and the bot works off what it led to."""

    def command(self, user: str, text: str, *, opens_modal: bool = False, channel: str = GOVERNANCE) -> str:
        """Type `/retire TEXT` in the governance channel; what the bot answers to that person alone."""
        shown = self.slack.ws.ephemerals
        before = len(shown)
        answer = self.slack.command(user, channel, "/retire", text)
        assert answer.ok, answer
        self.settle()
        if not opens_modal:
            self.slack.wait_for(lambda: answer.body or len(shown) > before)
        told = [answer.body] if isinstance(answer.body, dict) else []
        return "\n".join(words(payload) for payload in (*told, *self.slack.ephemerals[before:]))

    def press(self, user: str, message: dict[str, Any], action: str, value: str | None = None) -> BotAnswer:
        answer = self.slack.click(user, message["channel"], message["ts"], action, value)
        self.settle()
        return answer

    def announcement(self, person: str) -> dict[str, Any]:
        """The message the last announcement sent this person; reminders come as messages of their own."""
        return [one for one in self.slack.messages(person) if "/announcement-" in key_of(one)][-1]

    def owners(self) -> list[str]:
        """Everyone who answers for a consumer that has not moved."""
        duties = [duty for duty in self.retirement().obligations if not duty.is_settled]
        return sorted({person for duty in duties for person in duty.consumer.owners.slack_ids})

    def card(self, retirement_id: str = "RET-1") -> dict[str, Any]:
        """The one message in the governance channel that shows how a retirement stands."""
        return self.posted(GOVERNANCE, f"{retirement_id}/card")

    def posted(self, channel: str, key: str) -> dict[str, Any]:
        """The message the outbox posted there under this key, which is there once."""
        (found,) = [message for message in self.slack.messages(channel) if key_of(message) == key]
        return found

    def keys(self, channel: str) -> list[str]:
        """The outbox keys of everything posted there, in order."""
        return [key_of(message) for message in self.slack.messages(channel)]

    def thread(self) -> str:
        """Everything said in the card's thread."""
        ts = self.card()["ts"]
        replies = [message for message in self.slack.messages(GOVERNANCE) if message.get("thread_ts") == ts]
        return "\n".join(words(message) for message in replies if message["ts"] != ts)

    def told(self, person: str) -> str:
        """What the bot last said to this person alone: seen only by them, or in their direct messages."""
        alone = [told for told in self.slack.ephemerals if told["ephemeral_to"] == person]
        direct = [message for message in self.slack.messages(person) if not key_of(message)]
        return words(max([*alone, *direct], key=lambda told: float(told["ts"])))

    def retirement(self, retirement_id: str = "RET-1") -> Retirement:
        found = self.bot.engine.retirement(retirement_id)
        assert found is not None
        return found

    def propose(
        self, model: str = "churn-v1", *, by: str = TOM, target: str = "2026-05-04", **more: Any
    ) -> dict[str, str]:
        """Open the modal, fill it, submit it. What stands on its fields as wrong, by block id."""
        self.opens(by, lambda: self.command(by, f"propose {model}", opens_modal=True))
        return self.submit(
            by,
            {
                "proposal.reason": "replaced",
                "proposal.successor": "resource:default/churn-v2",
                "proposal.why": "churn-v2 is better on every segment",
                "proposal.target": target,
                **more,
            },
        )

    def opens(self, person: str, act: Callable[[], Any]) -> OpenView:
        """What a person does to have a modal in front of them; the modal."""
        before = self.slack.views.get(person)
        act()
        self.slack.wait_for(lambda: self.slack.views.get(person) not in (None, before))
        return self.slack.views[person]

    def submit(self, person: str, values: dict[str, Any]) -> dict[str, str]:
        """Fill in and submit the modal a person has open. What stands on its fields as wrong, by block id."""
        answer = self.slack.submit(person, values)
        assert answer.ok, answer
        self.settle()
        return dict(answer.body["errors"]) if isinstance(answer.body, dict) else {}

    def approve(self, *voters: str, retirement_id: str = "RET-1") -> None:
        """All these approve on the card, the four who are needed unless others are named."""
        for voter in voters or (ADA, MINA, PRIYA, SAM):
            self.press(voter, self.card(retirement_id), "vote.approve")

    def reject(self, voter: str, comment: str) -> None:
        """Press Reject, say why, submit."""
        self.opens(voter, lambda: self.press(voter, self.card(), "vote.reject"))
        assert self.submit(voter, {"vote.comment": comment}) == {}

    def announce(self, model: str = "churn-v1", **more: Any) -> None:
        """Proposed, approved, announced: consumers' owners have been told."""
        assert self.propose(model, **more) == {}
        self.approve()
        self.pass_time(days=15)

    def answer(self, owner: str, consumer: str, action: str = "duty.migrated") -> None:
        """An owner presses a button of one consumer in their direct message."""
        value = f"RET-1|component:default/{consumer}|{self.retirement().announced}"
        self.press(owner, self.announcement(owner), action, value)

    def everybody_moves(self) -> None:
        """Every owner who can be reached says Migrated for every consumer that has not moved."""
        for duty in self.retirement().obligations:
            if duty.consumer.owners.slack_ids and not duty.is_settled:
                self.answer(duty.consumer.owners.slack_ids[0], duty.consumer.name)

    def ask_for_time(self, owner: str, consumer: str, *, until: str, reason: str) -> dict[str, str]:
        """Press Need more time, fill in the modal, submit it. What stands on its fields as wrong."""
        self.opens(owner, lambda: self.answer(owner, consumer, "duty.more_time"))
        return self.submit(owner, {"extension.until": until, "extension.reason": reason})
