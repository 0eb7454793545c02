"""What a retirement's entries say has happened, read by somebody who does not trust the bot's own folding.

Fed entry by entry. Raises `Violation` at the first that must not be there: before its date, on a plan nobody
voted for, out of its state. Keeps which messages people must have got.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import msgspec
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.catalog import EndpointKind
from data.records.plan import Plan
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from data.records.rounds import Choice, Round
from data.store import StoredEvent
from tests.simulation import company
from tests.simulation.company import POLICY
from tests.simulation.faults import Violation
from tests.simulation.standing import Standing
from workflows.rules.lifecycle import ENDED, moved


class History(Standing):
    """Moves on with each entry that is told, and looks whether it may be there."""

    def tell(self, stored: StoredEvent) -> None:
        event = stored.event
        assert not isinstance(event, events.OtherEvent)
        try:
            after = moved(self.state, type(event))
        except Refused as error:
            raise Violation(f"{self.stream} entry {stored.version}: {error}") from error
        self._tell(_first_named(event))
        self.state = after
        self._looked_back_on(event)
        self.entries.append(event)

    def _tell(self, event: events.RetirementEvent) -> None:  # noqa: PLR0912 - one case per event
        match event:
            case events.Proposed():
                self.proposer, self.policy_name = event.by, event.policy.name
                self._opened(event.plan, event.round)
                self.progress = {step.kind: Progress.PENDING for step in event.plan.steps}
                self._expect(POLICY.governance_channel, f"{self.stream}/card")
                self._expect_impact()
            case events.Revised():
                for person, ballot in self.on_plan.items():
                    if ballot.choice is not Choice.ABSTAIN and person != event.by:
                        key = f"{self.stream}/void votes/{event.round.number}/{person}"
                        self._expect(f"D{person}", key)
                self.on_plan = {}
                self._opened(event.plan, event.round)
                self.gone, self.vouched = set(), set()
                self._expect_impact()
                keep = (StepKind.ARCHIVE, StepKind.DRILL)
                self.progress = {
                    kind: come if kind in keep and come is Progress.DONE else Progress.PENDING
                    for kind, come in self.progress.items()
                }
            case events.Voted():
                self.ballots[event.by] = event.ballot
                if self.state is State.PROPOSED:
                    self.on_plan[event.by] = event.ballot
            case events.Approved():
                self._must(event.plan_digest == self._plan.digest, event, "another plan was approved")
                self._check_votes(event, self.round, event.plan_digest)
                self.approved = event.plan_digest
                self.voted_beside = frozenset(self.asked_about)
            case events.RoundExtended():
                self._extended(event)
            case events.VotersChanged():
                beside = self.calling_off or self.extending or self.objecting
                voted_on = self.round if self.state is State.PROPOSED else beside
                self._must(voted_on is not None, event, "nothing is voted on")
            case events.ExtensionProposed() | events.ExtensionAgreed() | events.ExtensionDropped():
                self._on_more_time(event)
            case events.ObjectionProposed() | events.ObjectionEnded():
                self._on_objection(event)
            case events.CancellationProposed():
                self._must(self.extending is None, event, "more time is voted on")
                self._must(self.objecting is None, event, "an objection is voted on")
                self.calling_off, self.ballots, self.on_plan = event.round, {}, {}
            case events.CancellationDropped():
                self.calling_off = None
            case events.Cancelled():
                self._check_votes(event, self.calling_off, self.approved)
                self._called_off()
            case events.Expired() | events.Rejected() | events.RolledBack() | events.Withdrawn():
                self._called_off()
            case events.Announced():
                self._check_step(event, StepKind.ANNOUNCE)
                self._announced(event)
            case events.Amended():
                self._amended(event)
            case events.DutyChanged():
                if event.duty is Duty.MIGRATED:
                    self.settled.add(event.consumer_id)
                    self.moved_on[event.consumer_id] = f"{event.at:%Y-%m-%d}"
                if event.consumer_id in self.handed_back and not self.reminded_of_dates():
                    # It is theirs after all, and nobody was reminded of it meanwhile.
                    self.dated_at = event.at
                if event.consumer_id in self.objectors and not self.reminded_of_dates():
                    self.dated_at = event.at
                self.handed_back.discard(event.consumer_id)
                self.objectors.discard(event.consumer_id)
                if event.duty is Duty.OBJECTS:
                    self.objectors.add(event.consumer_id)
                if event.duty is Duty.NOT_MINE:
                    self.handed_back.add(event.consumer_id)
                self.moves_on.pop(event.consumer_id, None)
                if event.moves_on is not None:
                    self.moves_on[event.consumer_id] = event.moves_on
                said_by = self.said_by.pop(event.consumer_id, event.by)
                if event.objection is not None or event.extension is not None:
                    self.said_by[event.consumer_id] = event.by
                elif said_by != event.by:
                    key = f"{self.stream}/ended-{len(self.entries) + 1}/{said_by}"
                    self._expect(f"D{said_by}", key)
                if event.named:
                    key = f"{self.stream}/named-{len(self.entries) + 1}/{event.named}"
                    self._expect(f"D{event.named}", key)
                if event.extension is not None:
                    key = f"{self.stream}/extension/{event.consumer_id}/{event.extension.number}"
                    self._expect(POLICY.governance_channel, key)
            case events.ExtensionDecided():
                self.said_by.pop(event.consumer_id, None)
            case events.OwnersChanged():
                self._changed_hands(event)
            case events.Waived():
                for person in self.people.get(event.what, ()) if self.state is State.MIGRATING else ():
                    if person != event.by:
                        self._expect(f"D{person}", f"{self.stream}/waived-{len(self.entries) + 1}/{person}")
                self.settled.add(event.what)
                self.unanswered.discard(event.what)
                self.borne.add(event.what)
                self.vouched.add(event.what)
            case events.CallersSeen() | events.CallerClaimed() | events.Reopened():
                self._called(event)
            case events.ServiceMissed():
                self._missed(event)
            case events.Unreached():
                self._must(event.person not in self.unreached, event, f"{event.person} was told of already")
                self.unreached.add(event.person)
                # Of somebody who answers for nothing any more nobody has to hear.
                asked = {self.proposer, *(one for people in self.people.values() for one in people)}
                if event.told and event.person in asked:
                    key = f"{self.stream}/announcement-{self.announced}/unreached/{event.person}"
                    self._expect(f"D{event.told}", key)
            case events.AskedAgain():
                self._asked_again(event)
            case events.Reminded():
                self._reminded(event)
            case events.Escalated():
                self._escalated(event)
            case events.StepStarted():
                # What a person had begun early and failed is tried again by itself.
                was_begun = self.progress.get(event.step) is Progress.HELD
                is_early = event.step is StepKind.ARCHIVE and (event.by != events.EMERITUS or was_begun)
                self._check_step(event, event.step, is_early=is_early)
                self.progress[event.step] = Progress.RUNNING
                if event.step is StepKind.DISABLE:
                    self._check_disable(event)
            case events.ArchiveConfirmed():
                if event.step is StepKind.DISABLE:
                    self._ask_by_hand("disable")
            case events.ArchiveLost():
                self.location, self.is_drilled = "", False
                self.progress[StepKind.ARCHIVE] = self.progress[StepKind.DRILL] = Progress.HELD
                self.progress[event.step] = Progress.HELD
            case events.StepHeld() | events.StepFailed():
                self.progress[event.step] = Progress.HELD
            case events.ArchiveStored():
                self.location = event.archived.location
                self.progress[StepKind.ARCHIVE] = Progress.DONE
            case events.DrillPassed():
                self.is_drilled = True
                self.progress[StepKind.DRILL] = Progress.DONE
            case events.MigrationClosed():
                self._check_step(event, StepKind.MIGRATE)
                self.progress[StepKind.MIGRATE] = Progress.DONE
            case events.EndpointDisabled():
                self.dark.add(event.endpoint_id)
            case events.EndpointGone():
                self._must(event.endpoint_id in self.vouched, event, "nobody vouched for it")
                self.gone.add(event.endpoint_id)
                self.dark.discard(event.endpoint_id)
            case events.Disabled():
                self.progress[StepKind.DISABLE] = Progress.DONE
                every = {endpoint.id for endpoint in self._plan.subject.endpoints}
                self._must(every <= self.dark | self.gone, event, "not everything is dark")
            case events.Closed():
                self._check_step(event, StepKind.CLOSE)
                for person in {one for people in self.people.values() for one in people}:
                    self._expect(f"D{person}", f"{self.stream}/informed-{len(self.entries) + 1}/{person}")
            case events.RestoreStarted():
                self.is_restoring = True
                self._ask_by_hand("restore")
            case events.EndpointRestored():
                self.dark.discard(event.endpoint_id)
            case events.ManualReported():
                if event.action == "disable":
                    self.reported.add(event.endpoint_id)
            case events.Paused():
                self.paused_at = event.at
            case events.Resumed():
                assert self.paused_at is not None
                self.pauses.append((self.paused_at, event.at))
                self.paused_at, self.dated_at = None, event.at
            case _:
                pass

    def _extended(self, event: events.RoundExtended) -> None:
        is_retiring = self.state is State.PROPOSED
        beside = self.extending[1] if self.extending is not None else self.calling_off or self.objecting
        before = self.round if is_retiring else beside
        assert before is not None
        self._must(event.at - before.opened_at >= timedelta(days=1), event, "its card was up in time")
        longer = replace(before, review_until=event.review_until, expires_at=event.expires_at)
        if is_retiring:
            self.round = longer
        elif self.extending is not None:
            self.extending = (self.extending[0], longer)
        elif self.objecting is not None:
            self.objecting = longer
        else:
            self.calling_off = longer

    def _on_objection(self, event: events.ObjectionProposed | events.ObjectionEnded) -> None:
        """One vote at a time; only with approval does it go on, and whoever objects has no vote."""
        match event:
            case events.ObjectionProposed():
                others = (self.extending, self.calling_off, self.objecting)
                self._must(others == (None, None, None), event, "another vote is open")
                self._must(event.consumer_id in self.objectors, event, "nobody objects")
                self.objecting, self.ballots, self.on_plan = event.round, {}, {}
            case events.ObjectionEnded():
                assert self.objecting is not None
                is_agreed = not self.missing(self.objecting, self.approved) and not self._is_vetoed()
                if event.outcome == "overruled":
                    self._check_votes(event, self.objecting, self.approved)
                    if not self.reminded_of_dates():
                        self.dated_at = event.at
                    self.objectors.discard(event.consumer_id)
                    self.said_by.pop(event.consumer_id, None)
                if event.outcome == "upheld":
                    self._must(not is_agreed, event, "people agreed that it goes on")
                if event.outcome != "dropped":
                    for person in self.people.get(event.consumer_id, ()):
                        self._expect(f"D{person}", f"{self.stream}/objection-{event.number}/{person}")
                self.objecting = None

    def _on_more_time(
        self, event: events.ExtensionProposed | events.ExtensionAgreed | events.ExtensionDropped
    ) -> None:
        """One vote at a time, on exact dates, once for each caller; with approval these are the plan's."""
        match event:
            case events.ExtensionProposed(dates=dates):
                self._must(self.state is State.MIGRATING, event, "nobody is asked to move")
                self._must(self.extending is None and self.calling_off is None, event, "another vote is open")
                self._must(self.paused_at is None, event, "while paused")
                ids = set(dates.consumer_ids)
                self._must(ids <= self.asked_about, event, "nobody asked about them")
                self._must(not ids & self.time_decided, event, "decided before")
                self._must(dates.days >= POLICY.extension_days or not ids, event, "too few days")
                self._must(bool(ids or dates.wishes) and dates.days > 0, event, "nobody asks for it")
                self._must(bool(dates.asked_by) == bool(dates.wishes), event, "whoever asks is known")
                self.extending, self.ballots, self.on_plan = (dates, event.round), {}, {}
            case events.ExtensionAgreed():
                assert self.extending is not None
                dates, round_ = self.extending
                self._must(event.plan_digest == dates.plan_digest, event, "other dates were voted on")
                self._check_votes(event, round_, dates.plan_digest)
                for_themselves = set(dates.asked_by) & self.ballots.keys()
                self._must(not for_themselves, event, "who asks for time has voted on it")
                self.time_decided |= set(dates.consumer_ids)
                self.extending, self.agreed = None, dates
            case events.ExtensionDropped():
                assert self.extending is not None
                dates, round_ = self.extending
                if not event.because:
                    self._must(
                        bool(self.missing(round_, dates.plan_digest)) or self._is_vetoed(), event, "agreed"
                    )
                    self.time_decided |= set(dates.consumer_ids)
                self.extending = None

    def _is_vetoed(self) -> bool:
        return any(
            ballot.choice is Choice.REJECT and ballot.role in POLICY.veto_roles
            for ballot in self.ballots.values()
        )

    # What people must have been told

    def _announced(self, event: events.Announced) -> None:
        self.announced += 1
        self.before = self.people, self.teams
        self.unreached, self.left, self.handed_back, self.answer_by = set(), set(), set(), {}
        self.objectors.clear()
        self.said_by.clear()
        self.dated_at = event.at
        self.progress[StepKind.ANNOUNCE] = Progress.DONE
        self.people = {one.consumer.consumer_id: one.consumer.owners.slack_ids for one in event.obligations}
        self.teams = {one.consumer.consumer_id: one.consumer.owners.team_id for one in event.obligations}
        voted_on = {*self._plan.consumer_ids, *self.voted_beside}
        self._must(set(self.people) <= voted_on, event, "consumers nobody voted on")
        again = {one.consumer.consumer_id for one in event.obligations if one.is_settled}
        self._must(again <= self.settled, event, "settled by nobody")
        self.settled = again
        prefix = f"{self.stream}/announcement-{self.announced}"
        for team in dict.fromkeys(self.teams.values()):
            self._expect(POLICY.governance_channel, f"{prefix}/team/{team or 'unowned'}")
        for person in self.everybody():
            self._expect(f"D{person}", f"{prefix}/dm/{person}")
        if self.announced > 1:
            self._tells_others(self.everybody())

    def _called_off(self) -> None:
        """Everybody who was to move is told that they need not."""
        for person in {one for people in self.people.values() for one in people}:
            self._expect(f"D{person}", f"{self.stream}/called-off-{self.announced}/{person}")

    def _changed_hands(self, event: events.OwnersChanged) -> None:
        """Whoever had no part in it yet is told as all were; who has that message already, of what is new."""
        if event.answer_by is not None:  # who has it since after the day to migrate is held to this one
            self.answer_by |= dict.fromkeys(event.owners, event.answer_by)
        told, teams = set().union(self.left, *self.people.values()), set(self.teams.values())
        if not self.reminded_of_dates():
            # Whoever is the first to answer for anything is told now, and reminded from now on; what was handed back
            # before is nobody's to answer.
            self.dated_at = event.at
        prefix = f"{self.stream}/announcement-{self.announced}"
        for consumer, owners in event.owners.items():
            self._must(consumer not in self.settled, event, f"{consumer} has moved already")
            changed = (owners.slack_ids, owners.team_id) != (self.people[consumer], self.teams[consumer])
            self._must(changed or bool(owners.notes), event, f"{consumer} belongs to the same as before")
            if is_asked_anew := owners.team_id != self.teams[consumer]:
                self.handed_back.discard(consumer)
                self.objectors.discard(consumer)
                self.said_by.pop(consumer, None)
            new = [one for one in owners.slack_ids if is_asked_anew or one not in self.people[consumer]]
            self.people[consumer], self.teams[consumer] = owners.slack_ids, owners.team_id
            if owners.team_id not in teams:
                self.expected[POLICY.governance_channel, f"{prefix}/team/{owners.team_id or 'unowned'}"] = 1
            for person in owners.slack_ids:
                if person not in told:
                    self.expected[f"D{person}", f"{prefix}/dm/{person}"] = 1
                elif person in new:
                    self.expected[f"D{person}", f"{self.stream}/handed-{len(self.entries) + 1}/{person}"] = 1
        self.left |= told

    def _missed(self, event: events.ServiceMissed) -> None:
        """Everybody who may bring it back, once for each caller; nobody is asked whose it is any more."""
        found = {one.consumer.consumer_id for one in event.callers}
        is_going = self.state is State.MIGRATING and self.progress.get(StepKind.DISABLE) is not None
        self._must(self.state is State.DISABLED or is_going, event, "it is not dark")
        self._must(not found & self.missed_by, event, "told of once more")
        self._must(not found & self.borne, event, "somebody vouched for it")
        self.missed_by |= found
        for person in event.to:
            self._expect(f"D{person}", f"{self.stream}/missed/{len(self.entries) + 1}/{person}")

    def _called(self, event: events.CallersSeen | events.CallerClaimed | events.Reopened) -> None:
        """Asked once; whoever claims one is asked to move; who goes on calling after having moved is, too."""
        number = len(self.entries) + 1
        match event:
            case events.CallersSeen():
                found = {one.consumer.consumer_id for one in event.callers}
                self._must(not found & self.asked_about, event, "asked about once more")
                self.asked_about |= found
                self.unanswered |= found
                self._expect(POLICY.governance_channel, f"{self.stream}/callers/{number}/0")
            case events.CallerClaimed():
                self._must(event.consumer_id in self.asked_about, event, "nobody asked")
                self.unanswered.discard(event.consumer_id)
                self.borne.discard(event.consumer_id)
                if event.answer_by is not None:
                    self.answer_by[event.consumer_id] = event.answer_by
                    self.settled.discard(event.consumer_id)
                    self.people.setdefault(event.consumer_id, ())
                    self.teams.setdefault(event.consumer_id, "nobody's")
                    owners = {event.consumer_id: event.owners}
                    self._changed_hands(events.OwnersChanged(at=event.at, by=event.by, owners=owners))
            case events.Reopened():
                consumer = event.calls.consumer_id
                has_moved = consumer in self.settled and consumer not in self.borne
                self._must(has_moved, event, f"{consumer} had not moved")
                self._must(event.calls.last_seen > self.moved_on.get(consumer, "9"), event, "no later day")
                self._must(self.state is State.MIGRATING, event, "nobody is asked to move")
                if not self.reminded_of_dates():
                    self.dated_at = event.at
                self.settled.discard(consumer)
                self.answer_by[consumer] = event.answer_by
                # Whom the announcement of the same moment tells of it all is not told of this besides.
                just_now = [one.at for one in self.entries[-3:] if isinstance(one, events.Announced)]
                people, teams = self.before if event.at in just_now else (self.people, self.teams)
                if event.owners.team_id == teams.get(consumer):
                    for person in set(event.owners.slack_ids) & set(people[consumer]):
                        self._expect(f"D{person}", f"{self.stream}/reopened/{number}/{person}")
                if (event.owners.team_id, event.owners.slack_ids) != (
                    self.teams[consumer],
                    self.people[consumer],
                ):
                    owners = {consumer: event.owners}
                    self._changed_hands(events.OwnersChanged(at=event.at, by=event.by, owners=owners))

    def _asked_again(self, event: events.AskedAgain) -> None:
        # Service comes back whatever else waits: a pause holds dates, and a restore has none.
        self._must(self.paused_at is None or self.is_restoring, event, "while paused")
        self._must(self.calling_off is None or self.is_restoring, event, "while a vote is open")
        self._must(not set(event.endpoint_ids) <= self.dark or self.is_restoring, event, "all is dark")
        for to in event.to:
            key = f"{self.stream}/asked again/{event.action}/{len(self.entries) + 1}/{to}"
            self._expect(f"D{to}" if to.startswith("U") else to, key)

    def _amended(self, event: events.Amended) -> None:
        plan = self._plan
        for step in event.plan.steps:
            self._must(step.due_at >= plan.step(step.kind).due_at, event, f"{step.kind} was moved earlier")
            if step.due_at > plan.step(step.kind).due_at and self.progress[step.kind] is Progress.DONE:
                self.progress[step.kind] = Progress.PENDING
        self._must(event.plan.amends == self.approved, event, "amends a plan nobody approved")
        if self.agreed is not None:
            self._must(event.plan.digest == self.agreed.plan_digest, event, "not the plan that was voted on")
            self._must(event.plan.steps == self.agreed.steps, event, "not the dates that were voted on")
            self._must(
                set(event.plan.consumer_ids) == {*plan.consumer_ids, *self.agreed.consumer_ids},
                event,
                "other consumers",
            )
            self.approved, self.agreed = event.plan.digest, None
        else:
            self._must(self.extending is None, event, "other dates are voted on")
            self._must(event.plan.consumer_ids == plan.consumer_ids, event, "other consumers")
        self.plan, self.dated_at = event.plan, event.at
        if self.state is State.MIGRATING and event.plan.steps != plan.steps:
            for person in self.reminded_of_dates():
                self._expect(f"D{person}", f"{self.stream}/moved-{len(self.entries) + 1}/{person}")
            self._tells_others(self.reminded_of_dates(), self.everybody())

    def everybody(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for people in self.people.values() for one in people))

    def _tells_others(self, otherwise: Collection[str], told: Iterable[str] = ()) -> None:
        """Who was told of a date before, as it was theirs or as the silence of others went to them, of the new one."""
        silence = (to for event in self.entries if isinstance(event, events.Escalated) for to in event.to)
        acts = [event.coordinator_id for event in self.entries if isinstance(event, events.HandedOver)]
        known = {*otherwise, *self.unreached, *(acts or [self.proposer])[-1:]}
        for person in {*told, *silence} - known:
            if person.startswith("U"):
                self._expect(f"D{person}", f"{self.stream}/informed-{len(self.entries) + 1}/{person}")

    def _reminded(self, event: events.Reminded) -> None:
        self._must(event.milestone not in self.reminded, event, f"{event.milestone} was told already")
        if event.milestone.startswith("moving@"):
            self._reminded_of_own_day(event)
            return
        self._must(set(event.people) == set(self.reminded_of_dates()), event, "not those who have to move")
        by, days = _milestone(event.milestone)
        due = by - timedelta(days=days)
        self._must(event.at >= due, event, "before its day")
        later = [other for other in POLICY.reminder_days if due < by - timedelta(days=other) <= event.at]
        self._must(not later, event, f"{event.milestone} though the one of {later} days is due, too")
        self.reminded.append(event.milestone)
        for person in event.people:
            self._expect(f"D{person}", f"{self.stream}/remind/{event.milestone}/{person}")

    def _reminded_of_own_day(self, event: events.Reminded) -> None:
        """Who said by when they will have moved, and has not the day after."""
        day = event.milestone.partition("@")[2]
        late = {
            one for one, on in self.moves_on.items() if f"{on:%Y-%m-%d}" == day and one not in self.settled
        }
        asked = {person for one in late for person in self.people.get(one, ())}
        self._must(set(event.people) <= asked and bool(event.people), event, "not those who said so")
        self._must(event.at.date() > date.fromisoformat(day), event, "before its day is over")
        self.reminded.append(event.milestone)
        for person in event.people:
            self._expect(f"D{person}", f"{self.stream}/remind/{event.milestone}/{person}")

    def _escalated(self, event: events.Escalated) -> None:
        mark = f"{event.milestone}/{event.level}"
        self._must(mark not in self.escalated, event, f"{mark} was told already")
        _, _, day = event.milestone.partition("@")
        self._must(event.at.date() > date.fromisoformat(day), event, "before its day is over")
        is_rest = any(one.startswith(f"{mark}/") for one in self.escalated)
        is_part = event.left or event.later
        self.escalated += [f"{mark}/{one}" for one in event.consumer_ids] if is_part else [mark]
        for to in event.to:
            channel = f"D{to}" if to.startswith("U") else to
            key = f"{self.stream}/escalate/{mark}/{to}"
            self._expect(channel, f"{key}/{len(self.entries) + 1}" if is_rest else key)
            if event.told_as.get(to, "").startswith(("manager", "lead")):
                owners = {one: self.people[one] for one in event.to[to] if one in self.people}
                self.told_above.append((event.at, self.announced, owners))

    def _ask_by_hand(self, action: str) -> None:
        for endpoint in self._plan.subject.endpoints:
            if endpoint.kind is not EndpointKind.MANUAL:
                continue
            if action == "disable" or endpoint.id in self.dark | self.reported:
                # Asked again under the same name, it is the same request.
                key = f"{self.stream}/announcement-{self.announced}/manual/{action}/{endpoint.id}"
                self.expected[POLICY.governance_channel, key] = 1

    # What must hold

    def _opened(self, plan: Plan, round_: Round) -> None:
        self.plan, self.round, self.ballots, self.approved = plan, round_, {}, ""
        self.calling_off, self.extending, self.paused_at = None, None, None
        self.objecting = None
        self.objectors.clear()

    def _check_votes(self, event: events.Event, round_: Round | None, digest: str) -> None:
        assert round_ is not None
        self._must(event.at >= round_.review_until, event, "the review was not over")
        missing = self.missing(round_, digest)
        self._must(not missing, event, f"nobody who counts approved as {', '.join(missing)}")

    def _check_step(self, event: events.Event, kind: StepKind, *, is_early: bool = False) -> None:
        due = self._plan.step(kind).due_at
        self._must(event.at >= due or is_early, event, f"{kind} before its day, {due:%Y-%m-%d %H:%M}")
        self._must(self.binds(), event, f"{kind} on a plan nobody voted for")
        self._must(self.paused_at is None, event, f"{kind} while paused")
        is_held = self.unanswered and not is_early and self.state is not State.DISABLED
        self._must(not is_held, event, f"{kind} though nobody knows whose {sorted(self.unanswered)} are")

    def _check_disable(self, event: events.Event) -> None:
        self._must(self.progress[StepKind.ARCHIVE] is Progress.DONE, event, "nothing is archived")
        self._must(self.is_drilled, event, "the archive was never proven")
        self._must(set(self.people) <= self.settled, event, "some consumers have not moved")
        self._must(self.calling_off is None, event, "a vote on cancelling is open")
        self._must(self.extending is None, event, "a vote on more time is open")
        self._must(self.objecting is None and not self.objectors, event, "somebody objects")

    def _expect_impact(self) -> None:
        """Few enough consumers for one message, and a picture of them."""
        version = len(self.entries) + 1
        self._expect(POLICY.governance_channel, f"{self.stream}/impact/{version}/1")
        self._expect(POLICY.governance_channel, f"{self.stream}/picture/{version}")

    def _looked_back_on(self, event: events.RetirementEvent) -> None:
        """People are asked about each stage once, whenever it was over first."""
        over = {
            events.MigrationClosed: "migration",
            events.DrillPassed: "archiving",
            events.Disabled: "switch-off",
        }
        ended = "whole retirement" if self.state in ENDED and self.announced else ""
        if stage := over.get(type(event), ended):
            self.expected[POLICY.governance_channel, f"{self.stream}/review/{stage}"] = 1

    def _expect(self, channel: str, key: str) -> None:
        self.expected[channel, key] += 1


def _first_named(event: events.RetirementEvent) -> events.RetirementEvent:
    """As if every consumer were called what it was called first: so it is the same one."""
    raw = msgspec.json.encode(event).decode()
    first = company.first_named(raw)
    return event if first == raw else msgspec.json.decode(first, type=type(event))


def _milestone(name: str) -> tuple[datetime, int]:
    """ "migrate-7d@2027-03-01" as the day and how long before it."""
    what, _, day = name.partition("@")
    by = datetime.fromisoformat(f"{day}T{POLICY.step_hour:02d}:00:00+00:00")
    return by, int(what.removeprefix("migrate-").removesuffix("d"))
