"""Everything the world sees is compared with everything it was promised, after every turn and at the end.

Judged by what Slack shows, what the endpoints and the archive did, and the entries of the ledger; never by what the
bot keeps for its own use. The one exception is the receipt of a click, which says whether it was refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot import payloads
from bot.ids import Callback
from data import events
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from data.store import BEGINNING, Cursor
from tests.simulation import company
from tests.simulation.company import POLICY
from tests.simulation.faults import Violation
from tests.simulation.history import History
from tests.simulation.respect import are_asked_lately
from tests.simulation.stand_ins import StandIns
from tests.simulation.standing import PATIENCE
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
    digests: list[events.DigestSent | events.QuietTold] = field(default_factory=list)
    stand_ins: StandIns = field(default_factory=StandIns)
    newcomers: set[str] = field(default_factory=set)
    deployed: set[str] = field(default_factory=set)
    owners: dict[str, frozenset[str]] = field(default_factory=company.owners_at_first)
    """Who answers for each consumer by the catalog as it was last committed."""
    reassigned: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Digest of an import, committed or not -> the consumer it gives to others, and those."""
    _owned_since: dict[str, datetime] = field(default_factory=dict)
    _cursor: Cursor = BEGINNING

    def click(self, person: str, kind: str, name: str, body: dict[str, Any]) -> Click:
        key = payloads.key(body)
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

    def is_voted_on(self, consumer: str) -> bool:
        """By exactly this id."""
        self.looks_around()
        plans = (
            event.plan
            for history in self.histories.values()
            for event in history.entries
            if isinstance(event, events.Proposed | events.Revised)
        )
        return any(consumer in plan.consumer_ids for plan in plans)

    # As it goes on

    def looks_around(self) -> None:
        """Read what was committed since."""
        for stored in self.town.process.store.tail(self._cursor):
            self._cursor = stored.cursor
            event = stored.event
            if isinstance(event, events.Imported):
                self.newcomers.update(one for one in event.changed_ids if "/late-" in one and " " not in one)
                self.deployed.update(one for one in event.changed_ids if "/extra-" in one and " " not in one)
                if event.source_digest in self.reassigned:
                    consumer, people = self.reassigned[event.source_digest]
                    self.owners[consumer] = people
                    self._owned_since[consumer] = event.at
            elif isinstance(event, events.DigestSent | events.QuietTold):
                self.digests.append(event)
            elif isinstance(event, events.Delegated | events.DelegationEnded):
                self.stand_ins.tell(stored.stream, event)
            else:
                history = self.histories.setdefault(stored.stream, History(stored.stream))
                history.tell(stored)
                if isinstance(event, events.Announced):
                    self._check_everybody_is_asked(history)

    def sees_idle(self) -> None:
        """The bot says that nothing is due."""
        now = self.town.clock.now()
        for history in self.histories.values():
            card = self.town.workspace.find(company.GOVERNANCE, f"{history.stream}/card")
            lately = self.town.has_hours and are_asked_lately(history, self.town.workspace, now)
            for late in history.overdue(now, has_card=card is not None, is_asked_lately=lately):
                raise Violation(f"{history.stream}: {late}; the bot thinks it has nothing to do")
            if history.state is State.MIGRATING:
                self._check_who_is_asked(history, by=now - PATIENCE)
        if self.town.workspace.left:
            self._check_nobody_is_asked_in_vain()

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
            "a vote on more time is open": history.extending is None,
            "somebody objects": history.objecting is None and not history.objectors,
            "service is being restored": not history.is_restoring,
            "some consumers have not moved": set(history.people) <= history.settled,
            "somebody calls it": not was_called,
            "what nobody voted on serves it as well": self._deployed_beside(history) <= history.vouched,
            "a consumer appeared that nobody voted on": self._newcomers_of(number) <= set(plan.consumer_ids),
        }
        if doubt := self.town.vault.doubt(history.location):
            reasons[doubt] = False
        if wrong := [why for why, holds in reasons.items() if not holds]:
            raise Violation(f"{history.stream}: {ref} is switched off though {' and '.join(wrong)}")

    def _newcomers_of(self, number: int) -> set[str]:
        return {one for one in self.newcomers if one.startswith(f"component:default/late-{number}-")}

    def _deployed_beside(self, history: History) -> set[str]:
        assert history.plan is not None
        number = history.plan.subject.model_id.rpartition("-")[2]
        every = {one for one in self.deployed if one.startswith(company.endpoint_id(f"extra-{number}-"))}
        return every - {endpoint.id for endpoint in history.plan.subject.endpoints}

    def _check_everybody_is_asked(self, history: History) -> None:
        assert history.plan is not None
        number = int(history.plan.subject.model_id.rpartition("-")[2])
        every = {company.consumer_id(number, which) for which in company.consumers(number)}
        missed = (every | self._newcomers_of(number)) - set(history.people)
        if missed:
            raise Violation(f"{history.stream} was announced without {', '.join(sorted(missed))}")
        self._check_who_is_asked(history, by=self.town.clock.now())

    def _check_who_is_asked(self, history: History, *, by: datetime) -> None:
        """Those who own it by the catalog, and nobody who did once; what changed after `by` may still be told."""
        for consumer, people in history.people.items():
            owners = self.owners.get(consumer, frozenset(people))
            is_late = self._owned_since.get(consumer, by) <= by
            if is_late and consumer not in history.settled and set(people) != owners:
                raise Violation(
                    f"{history.stream} asks {sorted(people)} about {consumer}, which belongs to {sorted(owners)}"
                )

    def _check_nobody_is_asked_in_vain(self) -> None:
        """Whose message came back for good is named on the record."""
        for trouble in self.town.process.store.troubles():
            history = self.histories.get(trouble.stream)
            if history is None or history.state is not State.MIGRATING:
                continue
            prefix = f"{history.stream}/announcement-{history.announced}/dm/"
            person = trouble.key.removeprefix(prefix)
            if trouble.key.startswith(prefix) and "/" not in person and person not in history.unreached:
                raise Violation(f"{history.stream}: nobody is told that {person} cannot be reached")
