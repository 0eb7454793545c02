"""Where does the record say so? The entries of one retirement, and where each was told in Slack."""

from __future__ import annotations

from functools import cached_property

from data import events
from data.records.checks import CheckRun
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.store import Store, StoredEvent
from workflows.questions.answers import Entry
from workflows.rules.gating.by_hand import Hand
from workflows.rules.telling import messages

DATED = (events.Proposed, events.Revised, events.Amended)
"""What gives a plan its dates."""
OPENS_A_VOTE = (
    events.Proposed,
    events.Revised,
    events.ApprovalLapsed,
    events.RoundReopened,
    events.RoundExtended,
    events.RoundProlonged,
    events.CancellationProposed,
    events.ExtensionProposed,
    events.ObjectionProposed,
)


class Told:
    """Read once, when the first is asked for; not at all, and then there are none, where `is_read` is false."""

    def __init__(self, state: Retirement, store: Store, *, is_read: bool = True) -> None:
        self._state, self._store, self._is_read = state, store, is_read

    @cached_property
    def happened(self) -> tuple[StoredEvent, ...]:
        return self._store.events(self._state.id) if self._is_read else ()

    def last(self, *kinds: type[events.Event]) -> Entry | None:
        """The last entry of these kinds; None where there is none."""
        found = (one.version for one in reversed(self.happened) if isinstance(one.event, kinds))
        version = next(found, None)
        return self.entry(version) if version is not None else None

    def newest(self) -> Entry:
        """The last entry of all, with the card, which tells how it stands by then."""
        at = self._card
        return Entry(
            stream=self._state.id,
            version=self._state.version,
            channel=at.get("channel", ""),
            ts=at.get("ts", ""),
        )

    def held(self, step: StepKind) -> Entry | None:
        """What says why this step is held, or did not succeed."""
        kinds = events.StepHeld | events.StepFailed
        found = (
            one.version
            for one in reversed(self.happened)
            if isinstance(one.event, kinds) and one.event.step is step
        )
        version = next(found, None)
        return self.entry(version) if version is not None else None

    def ran(self, run: CheckRun) -> Entry | None:
        """What says how this run ended; that it began, where it has not."""
        found = (
            one.version
            for one in reversed(self.happened)
            if isinstance(one.event, events.CheckEnded)
            and (one.event.consumer_id, one.event.name, one.event.run) == (run.consumer_id, run.name, run.run)
        )
        version = next(found, None)
        return self.entry(version) if version is not None else self.last(events.ChecksStarted)

    def by_hand(self, hand: Hand) -> StoredEvent | None:
        """What asked people for it last, or says that somebody did it."""
        for one in reversed(self.happened):
            event = one.event
            if isinstance(event, events.ManualReported | events.ManualContradicted):
                is_it = (event.endpoint_id, event.action) == (hand.endpoint.id, hand.action)
            elif hand.action == "disable":
                is_it = isinstance(event, events.ArchiveConfirmed) and event.step is StepKind.DISABLE
            else:
                is_it = isinstance(event, events.RestoreStarted)
            if is_it:
                return one
        return None

    def about(self, consumer_id: str) -> Entry | None:
        """What was last said of a consumer; when it was first asked, where nobody has said anything."""
        version = self._said_of.get(consumer_id)
        return self.entry(version) if version is not None else self.last(events.Announced)

    def entry(self, version: int) -> Entry:
        at = next((found for first, last, found in self._lines if first <= version <= last), self._card)
        return Entry(
            stream=self._state.id, version=version, channel=at.get("channel", ""), ts=at.get("ts", "")
        )

    @cached_property
    def _said_of(self) -> dict[str, int]:
        return {
            one.event.consumer_id: one.version
            for one in self.happened
            if isinstance(one.event, events.DutyChanged | events.ExtensionDecided | events.TakenOver)
        }

    @cached_property
    def _lines(self) -> list[tuple[int, int, dict[str, str]]]:
        """Lines that are in the thread: the entries each tells of, and where it is."""
        kept = self._store.kept(f"{self._state.id}/lines/")
        return [
            (int(one.effect.body["first"]), int(one.effect.body["last"]), one.found)
            for one in kept
            if one.is_done and "ts" in one.found
        ]

    @cached_property
    def _card(self) -> dict[str, str]:
        return self._store.found(messages.card_key(self._state)) or {}
