"""Hundreds of owners in a Slack that limits rates; every retirement reminds every one of them at the same minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from data.records.hours import Windows
from data.sql import book
from data.sql.wishes import put_effects
from tests.builders import a_running_retirement, an_impacted
from tests.fakes.slack import Channel, User
from tests.scenarios.town import Town, key_of
from workflows.decisions.decided import running_timers
from workflows.rules.telling import messages, milestones

CGOV = "CGOV"
TEAM = 10


class Crowd(Town):
    """Running retirements of one company; the owners of their consumers are the same people, one consumer each."""

    def __init__(
        self, folder: Path, *, retirements: int, people: int, windows: Windows | None = None
    ) -> None:
        super().__init__(folder, serves=False, rate_limits=True, windows=windows)
        self.people = [f"U{number:05d}" for number in range(people)]
        self.names = [f"RET-{number}" for number in range(1, retirements + 1)]
        for person in self.people:
            self.slack.ws.users[person] = User(id=person, name=person.lower())
        self._arrived, self._looked_at = 0, 0
        self.slack.ws.channels[CGOV] = Channel(id=CGOV, name="governance", members=["UBOT", *self.people])

    def begin(self) -> None:
        """All as it is when the first reminder falls due: the cards are posted, and nobody has answered.

        Entries, timers and effects are laid down as an announcement leaves them.
        """
        impact = tuple(
            an_impacted(f"c{number}", team=f"t{number // TEAM}", people=(person,))
            for number, person in enumerate(self.people)
        )
        story = a_running_retirement(impact=impact)
        first = milestones.ahead(milestones.reminders(story.state), story.now)[0]
        self.milestone, self.due_at = first.name, first.due_at
        store = self.bot.store
        for name in self.names:
            store.write(lambda conn, name=name: store.append(conn, name, story.happened, story.now))
            state = self.retirement(name)
            card = messages.post(state, messages.card_key(state), "card")
            store.write(lambda conn, name=name, card=card: put_effects(conn, name, [card], story.now))
            timers = [timer for timer in running_timers(state, story.now) if self.milestone in timer.name]
            store.write(lambda conn, name=name, timers=timers: book._set_timers(conn, name, 1, timers))
        self.seconds = story.now.timestamp()
        self.settle()
        self.seconds = self.due_at.timestamp()

    def goes_on_until(self, is_so: Callable[[], object]) -> float:
        """Let time pass from one thing that falls due to the next; the minutes since the reminders were due."""
        self.bot.dispatcher.until_idle()
        while not is_so():
            due = self.bot.dispatcher.next_due()
            assert due is not None, "nothing is left to wait for"
            self.seconds = max(self.seconds, due.timestamp())
            self.bot.dispatcher.until_idle()
        return (self.seconds - self.due_at.timestamp()) / 60

    def counts_commits(self) -> Callable[[], int]:
        """How often the bot has written to its record from now on."""
        commits, write = [], self.bot.store.write
        self.bot.store.write = lambda job: (commits.append(job), write(job))[1]  # type: ignore[method-assign]
        return lambda: len(commits)

    @property
    def reminders(self) -> int:
        """How many were to be sent."""
        return len(self.names) * len(self.people)

    @property
    def arrived(self) -> int:
        """How many Slack has taken by now."""
        calls = self.slack.web_api.calls
        for call in calls[self._looked_at :]:
            is_post = call.method == "chat.postMessage" and call.happened
            self._arrived += is_post and "/remind/" in str(call.args.get("metadata"))
        self._looked_at = len(calls)
        return self._arrived

    def reminded(self, person: str) -> list[str]:
        """Which retirements reminded this person, in the order the messages stand there."""
        keys = [key_of(message) for message in self.slack.messages(person)]
        return [key.split("/")[0] for key in keys if "/remind/" in key]

    def refused(self) -> Counter[str]:
        """What Slack said was too much, by method."""
        return Counter(call.method for call in self.slack.calls if call.status == 429)
