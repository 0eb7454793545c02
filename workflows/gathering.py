"""What a decision needs beyond the state, gathered just before the commit. Decides nothing; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.catalog.moving import guide_of
from data.events import AnyEvent
from data.records.catalog import EndpointKind
from data.records.facts import Facts, Reading
from data.records.policy import NO_REVIEW, OnExpiry, Policy, Review
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement
from data.store import Waiting
from workflows import asking, card, delegates, proposing, readers, succession, user_groups
from workflows import commands as cmd
from workflows.artifact_store import ArtifactStore
from workflows.audiences import is_marked, told_to_all
from workflows.brownable import NOTHING_BROWNABLE, Brownable
from workflows.checks import NO_CHECKS, Checks
from workflows.commands.brownouts import BeginBrownout, PrepareBrownout
from workflows.examples import following, namesake
from workflows.in_person import with_account, with_colleagues, with_proof
from workflows.membership import (
    active,
    attesters,
    glass_breakers,
    groups,
    people_now,
    reviewers,
    weighed_now,
    with_keepers,
)
from workflows.observing import as_asked, consumers, of_shared, stands_as, teams_of
from workflows.ports import EndpointControl, Readers, TrafficMeter
from workflows.readings import archive_holds, reading, seen_outside
from workflows.rules.consumers import told_in
from workflows.rules.consumers.obligations import people_of
from workflows.rules.keeping import pruning
from workflows.rules.people import escalation
from workflows.rules.people.delegating import InForce
from workflows.rules.plans import break_glass
from workflows.rules.plans.meeting import channels, meetings
from workflows.rules.plans.pauses import pauses
from workflows.second_factor import SecondFactor
from workflows.user_groups import UserGroups

_OF_DIGESTS = (cmd.SendDigest, cmd.TellDigest, cmd.DropReader, cmd.RemindPolicyReview)
_OF_IMPORTS = (cmd.ScheduleImports, cmd.RunImport, cmd.RecordImport, cmd.RecordFile)
_OF_FIXITY = (cmd.PlanFixity, cmd.RunFixity, cmd.RecordFixity)
OF_NO_RETIREMENT = (*_OF_DIGESTS, *_OF_IMPORTS, *_OF_FIXITY, *cmd.OF_ANCHORS, cmd.UseSigningKey)
READS_ENDPOINTS = (StepKind.DISABLE, StepKind.CLOSE)


@dataclass(frozen=True, kw_only=True)
class Gatherer:
    """`retirements` lists those that stand now; `controls` and `meters` are keyed by who can drive the endpoint.

    waiting   what keeps an effect of this key from being done (data/store.py)
    unheard   whether something was asked of this stream and is not decided yet
    happened  all that is on the record of a retirement, oldest first
    busy_until   owners who have not had their request for long enough (workflows/asking.py)
    hours        working hours of people, where what is decided goes by them
    snooze_days  for how long one press keeps reminders away
    checks    which of them consumers have, and who runs them
    second_factor  asks somebody's before what cannot be had again; None where the operator has none
    review    when the policy itself is to be looked through again
    readers   what Slack tells of who reads the digest; None where nobody can say
    user_groups   who is in those of Slack, which the snapshots of the catalog have, too; the same
    brownable    where brownouts can be held, and when
    delegations  who answers for whom at an instant; `delegate_days_max`: for how many days at most
    """

    catalog: Catalog
    policy: Policy
    archive: ArtifactStore
    controls: Mapping[EndpointKind, EndpointControl]
    meters: Mapping[EndpointKind, TrafficMeter]
    retirements: Callable[[], Sequence[Retirement]]
    waiting: Callable[[str], Waiting | None]
    unheard: Callable[[str], bool]
    happened: Callable[[str], Iterable[AnyEvent]]
    busy_until: asking.BusyUntil
    snooze_days: int
    readers: Readers | None = None
    hours: asking.HoursOf = asking.any_hours
    delegations: Callable[[datetime], InForce] = lambda _: {}
    delegate_days_max: int = 60
    review: Review = NO_REVIEW
    checks: Checks = NO_CHECKS
    second_factor: SecondFactor | None = None
    user_groups: UserGroups | None = None
    brownable: Brownable = NOTHING_BROWNABLE

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        """The facts this command's decision asks for. Raises `Unavailable` where who is asked does not answer."""
        if self.user_groups is None:
            return self._facts(command, state, now)
        there = self.catalog.snapshot()
        nobody_in = self.user_groups.nobody_in(command, state, self.policy, self.review, there)
        return replace(self._facts(command, state, now), nobody_in=nobody_in)

    def _facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        known = self.brownable.known(self._of_command(command, state, now), command, state, self.policy)
        return with_colleagues(known, command, self.readers)

    def _of_command(  # noqa: PLR0911 - one case per kind of command
        self, command: cmd.AnyCommand, state: Retirement | None, now: datetime
    ) -> Facts:
        if isinstance(command, OF_NO_RETIREMENT):
            is_asked = isinstance(command, cmd.RemindPolicyReview)
            people = reviewers(self.catalog.snapshot(), self.review) if is_asked else ()
            return Facts(observed_at=now, policy=self.policy, review=self.review, reviewers=people)
        if isinstance(command, cmd.Subscribe):
            return readers.facts(command, self.policy, self.catalog.snapshot(), self.readers, now)
        if isinstance(command, cmd.EndDelegation):
            return Facts(observed_at=now, delegations=dict(self.delegations(now)))
        if isinstance(command, cmd.Delegate):
            known = delegates.facts(
                command, self.catalog.snapshot(), self.readers, self.delegations(now), now
            )
            return replace(known, delegate_days_max=self.delegate_days_max)
        if isinstance(command, cmd.TakeFile):
            there = self.catalog.snapshot()
            known = Facts(observed_at=now, catalog_version=there.version, policy=self.policy)
            return replace(known, named_person=active(there, command.by))
        if isinstance(command, cmd.Propose):
            there, every = self.catalog.snapshot(), self.retirements()
            known = proposing.facts(command, command.model_id, self.policy, there, every=every, now=now)
            return following(command, known, every, there, lambda: self.delegations(now))
        if state is None or state.plan is None:
            return Facts(observed_at=now)
        if isinstance(command, cmd.Revise):
            there, every = self.catalog.snapshot(), self.retirements()
            policy, model_id = state.policy or self.policy, state.plan.subject.model_id
            found = proposing.facts(
                command, model_id, policy, there, every=every, now=now, retirement_id=state.id
            )
            impact = as_asked(there, state, found.impact)
            return replace(found, impact=impact, delegations=dict(self.delegations(now)))
        known = self._about_running(command, state, now)
        return with_proof(known, command, state, self.second_factor, now)

    def readings(self, state: Retirement, now: datetime) -> tuple[Reading, ...]:
        """What meters and adapters say of the subject's endpoints now."""
        assert state.plan is not None
        assert state.policy is not None
        days = break_glass.zero_traffic_days(state)
        return tuple(
            reading(endpoint, self.controls.get(endpoint.kind), self.meters.get(endpoint.kind), days, now)
            for endpoint in state.plan.subject.endpoints
        )

    def people(self, state: Retirement, now: datetime) -> Facts:
        """Who may do what about a retirement: by the catalog alone, nothing outside is looked at."""
        return people_now(state, self.catalog.snapshot(), self.delegations(now), now)

    def _about_running(  # noqa: PLR0911, PLR0912 - one case per kind of command
        self, command: cmd.AnyCommand, state: Retirement, now: datetime
    ) -> Facts:
        known = with_account(self.people(state, now), command, state, self.readers)
        match command:
            case cmd.RunStep(step=step) | cmd.RecordDrill(step=step):
                known = self._outlook(known, state)
                return self._seen(known, state) if step in READS_ENDPOINTS else known
            case (
                cmd.ReportManual(action=StepKind.DISABLE)
                | cmd.CheckManual(action=StepKind.DISABLE)
                | cmd.AskAgain(action=StepKind.DISABLE)
            ):
                return self._seen(self._outlook(known, state), state)
            case PrepareBrownout() | BeginBrownout():
                holds = archive_holds(self.archive, state)
                return replace(self._outlook(known, state), archive_holds=holds)
            case cmd.LapseApproval():
                there = self.catalog.snapshot()
                return consumers(there, state, weighed_now(known, state, there))
            case cmd.MeetOwners():
                return self._met(consumers(self.catalog.snapshot(), state, known), state)
            case cmd.ClaimCaller():
                return replace(known, teams=teams_of(self.catalog.snapshot(), command.by))
            case cmd.CloseRound():
                waits = card.waits(state, self.waiting)
                known = replace(known, card_waits=waits, has_unheard=self.unheard(state.id))
                return self._above_voters(known, state)
            case cmd.Waive(what=what) if what in seen_outside(state):
                return replace(known, readings=self.readings(state, now))
            case cmd.Waive(what=what) if told_in.meant(state, what):
                return consumers(self.catalog.snapshot(), state, known)
            case cmd.RunChecks():
                return self._with_checks(known, state)
            case cmd.Attest():
                there = self.catalog.snapshot()
                return replace(known, attesters=attesters(there, known.policy or self.policy, known.owners))
            case _ if isinstance(command, user_groups.OF_KEEPERS):
                known = replace(known, kept_with=pruning.kept_with(state, self.retirements(), now))
                return with_keepers(known, self.catalog.snapshot(), self.policy)
            case cmd.BreakGlass() | cmd.ConfirmBreakGlass():
                there = self.catalog.snapshot()
                may = glass_breakers(there, known.policy or self.policy, known.owners)
                known = replace(weighed_now(known, state, there), glass_breakers=may)
                return consumers(there, state, known)
            case cmd.Waive(what=what):
                meant = [
                    one for one in state.obligations if what in (one.consumer.consumer_id, one.consumer.name)
                ]
                return self._with_shared(known, state, meant)
            case cmd.Snooze():
                at_work = self.hours(state, (command.by,), now)
                return replace(known, snooze_days=self.snooze_days, hours=at_work)
            case cmd.Escalate():
                return self._above(known, state, now)
            case cmd.RecordUnreached():
                return replace(known, managers=asking.line_above(self.catalog, command.person))
            case cmd.Resume():
                return replace(known, pauses=pauses(self.happened(state.id)))
            case cmd.NamePlaybook() if command.name:
                there, every = self.catalog.snapshot(), self.retirements()
                found = namesake(command, state, every, there, known.delegations)
                return replace(known, namesake=found)
            case cmd.HandOver():
                return replace(known, named_person=active(self.catalog.snapshot(), command.to))
            case _:
                return known

    def _above(self, known: Facts, state: Retirement, now: datetime) -> Facts:
        """With everybody whom silence may go to, and how long owners have had it."""
        assert state.policy is not None
        owners = people_of(state.obligations)
        at_work = escalation.waits_at_work(state.policy.tree.steps)
        return replace(
            known,
            managers=asking.lines_above(self.catalog, owners),
            groups=groups(self.catalog.snapshot(), state.policy),
            busy_until=self.busy_until(state, now),
            hours=self.hours(state, (escalation.COMPANY, *owners), now) if at_work else {},
        )

    def _above_voters(self, known: Facts, state: Retirement) -> Facts:
        """With who is above those that may vote, where a round that nobody decides is to be told to them."""
        if state.policy is None or state.policy.on_expiry is not OnExpiry.ESCALATE or state.round is None:
            return known
        voters = {person for people in state.round.members.values() for person in people}
        return replace(known, managers=asking.lines_above(self.catalog, voters))

    def _seen(self, known: Facts, state: Retirement) -> Facts:
        """With what endpoints and archive look like from outside."""
        readings = self.readings(state, known.observed_at)
        return replace(known, readings=readings, archive_holds=archive_holds(self.archive, state))

    def _met(self, known: Facts, state: Retirement) -> Facts:
        """With others under way that have to do with its plan, where something in it is another thing by now."""
        assert state.plan is not None
        waived = {state.id_of(one.what) for one in state.waivers if one.told_by}
        shared = [one for one in state.obligations if one.consumer.consumer_id in waived]
        known = self._with_shared(self._with_checks(known, state), state, shared)
        there = self.catalog.snapshot()
        plan, id_of = state.plan, partial(stands_as, there)
        has_moved = any(id_of(one) != one for one in (plan.subject.model_id, plan.successor_id))
        if not (has_moved or known.ids or known.joined):
            return known
        found = meetings(state, self.retirements(), id_of)
        both = (state, *(one.other for one in found))
        return replace(
            known,
            meets=channels(found),
            unseen_meets=tuple(one.id for one in both if is_marked(one, there)),
        )

    def _with_shared(self, known: Facts, state: Retirement, owed: Iterable[Obligation]) -> Facts:
        ids = [duty.consumer.consumer_id for duty in owed]
        return replace(known, of_shared=of_shared(self.catalog.snapshot(), state, ids))

    def _outlook(self, known: Facts, state: Retirement) -> Facts:
        """With whom it hits now, and whether they can still move where the plan says."""
        assert state.plan is not None
        there = self.catalog.snapshot()
        model = there.entity(state.plan.subject.model_id)
        retirements = self.retirements() if state.plan.successor_id else ()
        as_told = there if state.plan.successor_id in there else told_to_all(there, model.id)
        after = succession.named(model, state.plan.successor_id, there, retirements, known=as_told)
        guide = guide_of(model, there.find(state.plan.successor_id))
        known = replace(known, successor_trouble=after.trouble, successor_from=after.first_day, guide=guide)
        return self._with_checks(consumers(there, state, known), state)

    def _with_checks(self, known: Facts, state: Retirement) -> Facts:
        asked = [duty.consumer for duty in state.obligations]
        ids = {one.consumer_id: None for one in (*asked, *known.impact)}
        return replace(known, checks=self.checks.declared(self.catalog.snapshot(), ids))
