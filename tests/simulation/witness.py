"""Everything the world sees is compared with everything it was promised, after every turn and at the end.

Judged by what Slack shows, what the endpoints and the archive did, and the entries of the ledger; never by what the
bot keeps for its own use. The one exception is the receipt of a click, which says whether it was refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import payloads
from bot.ids import Callback
from data import events
from data.records.retirement import Progress, State, StepKind
from data.store import BEGINNING, Cursor
from tests.simulation import company
from tests.simulation.company import POLICY
from tests.simulation.faults import Violation
from tests.simulation.history import History
from workflows.rules.lifecycle import LIVING

if TYPE_CHECKING:
    from tests.simulation.town import Town


@dataclass
class Click:
    """One act of a person, however often it is delivered."""

    key: str
    person: str
    name: str
    body: dict[str, Any]
    is_acknowledged: bool = False

    @property
    def value(self) -> tuple[str, ...]:
        """What the button carried, or the modal."""
        if "actions" in self.body:
            return tuple(self.body["actions"][0]["value"].split("|"))
        return tuple(payloads.metadata(self.body).values())

    @property
    def carried(self) -> dict[str, str]:
        return payloads.metadata(self.body)


@dataclass
class Witness:
    town: Town
    clicks: dict[str, Click] = field(default_factory=dict)
    kept_clicks: dict[str, Click] = field(default_factory=dict)
    """In the order in which they were kept; each once."""
    histories: dict[str, History] = field(default_factory=dict)
    digests: list[events.DigestSent] = field(default_factory=list)
    newcomers: set[str] = field(default_factory=set)
    _cursor: Cursor = BEGINNING

    def click(self, person: str, kind: str, name: str, body: dict[str, Any]) -> Click:
        key = f"slack/{body['trigger_id']}"
        return self.clicks.setdefault(key, Click(key, person, name, body))

    def kept(self, click: Click) -> None:
        self.kept_clicks.setdefault(click.key, click)

    def is_open(self, number: int) -> bool:
        """A retirement of this model stands, or was asked for and nobody has decided yet."""
        self.looks_around()
        store, (proposer, _) = self.town.process.store, company.owners(number)
        return any(
            history.state in LIVING and history.model_id == company.model_id(number)
            for history in self.histories.values()
        ) or any(
            click.person == proposer
            and click.name == Callback.PROPOSAL_SUBMIT
            and not store.receipt(click.key)
            for click in self.kept_clicks.values()
        )

    # As it goes on

    def looks_around(self) -> None:
        """Read what was committed since."""
        for stored in self.town.process.store.tail(self._cursor):
            self._cursor = stored.cursor
            event = stored.event
            if isinstance(event, events.Imported):
                self.newcomers.update(one for one in event.changed_ids if "/late-" in one and " " not in one)
            elif isinstance(event, events.DigestSent):
                self.digests.append(event)
            else:
                history = self.histories.setdefault(stored.stream, History(stored.stream))
                history.tell(stored)
                if isinstance(event, events.Announced):
                    self._check_everybody_is_asked(history)

    def sees_idle(self) -> None:
        """The bot says that nothing is due."""
        now = self.town.clock.now()
        for history in self.histories.values():
            for late in history.overdue(now):
                raise Violation(f"{history.stream}: {late}; the bot thinks it has nothing to do")

    def sees_switch_off(self, ref: str) -> None:
        """An endpoint is about to go dark. This is what cannot be had again."""
        self.looks_around()
        number = int(ref.rpartition("-")[2])
        history = next(
            one for one in reversed(self.histories.values()) if one.model_id == company.model_id(number)
        )
        plan, now = history.plan, self.town.clock.now()
        assert plan is not None
        last_call = self.town.machines.machine(ref).called_until
        quiet = timedelta(days=POLICY.zero_traffic_days)
        # Whoever calls in the very minutes of the look cannot be seen by it.
        was_called = last_call is not None and timedelta(minutes=15) < now - last_call < quiet
        reasons = {
            "it is not its time": history.state is State.MIGRATING
            and history.progress[StepKind.DISABLE] in (Progress.RUNNING, Progress.HELD),
            "before its day": now >= plan.step(StepKind.DISABLE).due_at,
            "the plan is not the one that was voted for": history.binds(),
            "it is paused": history.paused_at is None,
            "a vote on cancelling is open": history.calling_off is None,
            "service is being restored": not history.is_restoring,
            "some consumers have not moved": set(history.people) <= history.settled,
            "somebody calls it": not was_called,
            "a consumer appeared that nobody voted on": self._newcomers_of(number) <= set(plan.consumer_ids),
        }
        if doubt := self.town.vault.doubt(history.location):
            reasons[doubt] = False
        if wrong := [why for why, holds in reasons.items() if not holds]:
            raise Violation(f"{history.stream}: {ref} is switched off though {' and '.join(wrong)}")

    def _newcomers_of(self, number: int) -> set[str]:
        return {one for one in self.newcomers if one.startswith(f"component:default/late-{number}-")}

    def _check_everybody_is_asked(self, history: History) -> None:
        assert history.plan is not None
        number = int(history.plan.subject.model_id.rpartition("-")[2])
        every = {company.consumer_id(number, which) for which in company.consumers(number)}
        missed = (every | self._newcomers_of(number)) - set(history.people)
        if missed:
            raise Violation(f"{history.stream} was announced without {', '.join(sorted(missed))}")
