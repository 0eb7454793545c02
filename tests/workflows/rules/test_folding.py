"""What a retirement is after each event; and that every event can be hashed, stored and read back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from data import events
from data.canonical import canonical
from data.events.anchors import AnchoringPlanned, AnchorsLeft, CheckpointAnchored
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
)
from data.events.fixity import ArchiveMended, FixityPlanned, FixityRound
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.anchors import AnchorPlan, Place
from data.records.base import Prose
from data.records.break_glass import BreakGlass
from data.records.brownouts import Counted
from data.records.callers import Caller
from data.records.catalog import Kind, Owners
from data.records.checks import CheckEnd, CheckSeen, CheckWanted
from data.records.fixity import FixityPlan
from data.records.imports import Scheduled
from data.records.parts import Part
from data.records.plan import LaterDates
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, Extension, Retirement, State
from data.records.reviews import Stage
from data.records.rounds import Purpose
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVE_AT,
    ARCHIVED,
    BILL,
    BILLING,
    CRM,
    DRILL_AT,
    EDGE,
    LIVE,
    MIGRATE_AT,
    PAT,
    PROPOSED_AT,
    WHY,
    a_dark,
    a_migrated,
    a_plan,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    an_unknown,
    days,
    some_calls,
)
from workflows.rules.folding import evolve
from workflows.rules.lifecycle import is_living
from workflows.rules.plans import plan as plans

PROPOSED = a_proposed()
RUNNING = a_running_retirement()
MIGRATED = a_migrated()
ROUND = PROPOSED.state.round
EXTENSION = Extension(
    number=7, asked_by="UBILL", asked_at=PROPOSED_AT, until=MIGRATE_AT + days(5), reason=WHY, before=Duty.OPEN
)
SCORER = an_unknown()
CALLS = some_calls(SCORER.consumer_id)
LATER = LaterDates(
    days=14, steps=a_plan().steps, consumer_ids=(SCORER.consumer_id,), plan_digest="sha256:later"
)
TEAM = Owners(team_id="group:default/edge", called="edge", slack_ids=("UEDDY",))
HASTE = BreakGlass(
    number=7,
    notice_days=3,
    why=WHY,
    asked_by=PAT,
    asked_at=PROPOSED_AT,
    confirmed_by="UOWEN",
    confirmed_at=PROPOSED_AT,
)
BY = {"at": PROPOSED_AT, "by": PAT}
ONE_OF_EACH: dict[type[events.Event], dict[str, Any]] = {
    events.Proposed: {
        "plan": a_plan(),
        "why": WHY,
        "policy": a_policy(),
        "coordinator_id": PAT,
        "impact": PROPOSED.state.impact,
        "impact_notes": ("churn has no tier",),
        "round": ROUND,
    },
    events.Revised: {
        "plan": a_plan(),
        "why": WHY,
        "impact": PROPOSED.state.impact,
        "impact_notes": (),
        "round": ROUND,
    },
    events.Voted: {
        "round_number": 1,
        "ballot": an_approved().state.round.ballots[0],
        "eligible_roles": ("owner",),
        "reseated": {"UPLATO": "owner"},
    },
    events.Approved: {"round_number": 1, "plan_digest": "sha256:aa"},
    events.ApprovalLapsed: {"approved_at": PROPOSED_AT},
    events.Rejected: {"round_number": 1, "role": "security"},
    events.RoundExtended: {
        "round_number": 1,
        "review_until": ROUND.review_until,
        "expires_at": ROUND.expires_at,
    },
    events.RoundProlonged: {
        "round_number": 1,
        "expires_at": ROUND.expires_at,
        "missing": {"owner": 1},
        "voters": {"owner": (PAT,)},
        "leads": {"owner": "UMAX"},
    },
    events.RoundReopened: {"round_number": 1, "expires_at": ROUND.expires_at},
    events.VotersChanged: {"round_number": 1, "members": {"owner": ("UNEW",)}},
    events.Expired: {"round_number": 1, "missing": {"owner": 1}},
    events.Withdrawn: {"why": WHY},
    events.CancellationProposed: {"why": WHY, "round": ROUND},
    events.CancellationDropped: {"round_number": 2},
    events.Cancelled: {"round_number": 2},
    events.ExtensionProposed: {"dates": LATER, "round": replace(ROUND, purpose=Purpose.EXTEND)},
    events.ExtensionAgreed: {"round_number": 2, "plan_digest": LATER.plan_digest},
    events.ExtensionDropped: {"round_number": 2, "because": "the dates have moved meanwhile"},
    events.ObjectionProposed: {
        "consumer_id": BILLING,
        "number": 9,
        "round": replace(ROUND, purpose=Purpose.OVERRULE),
    },
    events.ObjectionEnded: {
        "consumer_id": BILLING,
        "number": 9,
        "round_number": 2,
        "outcome": "upheld",
    },
    events.Announced: {"obligations": RUNNING.state.obligations},
    events.Amended: {"plan": a_plan(), "because": "it was paused"},
    events.DutyChanged: {
        "consumer_id": BILLING,
        "duty": Duty.NEEDS_TIME,
        "note": WHY,
        "extension": EXTENSION,
    },
    events.OwnersChanged: {"owners": {BILLING: Owners(team_id="group:default/edge", slack_ids=("UEDDY",))}},
    events.IdsChanged: {
        "ids": {BILLING: CRM},
        "consumers": (PROPOSED.state.impact[1],),
        "merged_ids": (BILLING, CRM),
        "apart_ids": (),
        "answer_by": MIGRATE_AT,
    },
    events.ExtensionDecided: {"consumer_id": BILLING, "number": 7, "granted": "yes"},
    events.Waived: {"what": "traffic", "reason": WHY},
    events.CallersSeen: {"callers": (Caller(consumer=SCORER, calls=CALLS),)},
    events.CallerClaimed: {"consumer_id": SCORER.consumer_id, "owners": TEAM, "answer_by": MIGRATE_AT},
    events.CallerDeclared: {
        "consumer_id": SCORER.consumer_id,
        "declared_as": BILLING,
        "consumer": PROPOSED.state.impact[0],
        "answer_by": MIGRATE_AT,
    },
    events.ServiceMissed: {"callers": (Caller(consumer=SCORER, calls=CALLS),), "to": (PAT,)},
    events.PartsChanged: {"added": (Part(id=EDGE.id, name="edge", kind=Kind.ENDPOINT),), "told": PAT},
    events.Weighed: {"tier": 1, "regulated": "EU AI Act"},
    events.Reopened: {"calls": CALLS, "owners": TEAM, "answer_by": MIGRATE_AT},
    events.Snoozed: {"until": MIGRATE_AT},
    events.Reviewed: {"stage": Stage.MIGRATION, "hurt": WHY},
    events.Reminded: {"milestone": "migrate-7d@2027-02-10", "people": ("UBILL",)},
    events.Escalated: {
        "milestone": "migrate@2027-02-10",
        "level": 1,
        "consumer_ids": (BILLING,),
        "to": {"UMAX": (BILLING,)},
        "unreachable": ("UCARL",),
    },
    events.Unreached: {"person": "U1", "why": "user_disabled: gone", "told": "U2"},
    events.StepStarted: {"step": StepKind.DISABLE, "evidence": ("churn-live: 0 calls in 30 days",)},
    events.StepHeld: {
        "step": StepKind.DISABLE,
        "reasons": ("the artifacts are not archived",),
        "gates": ("archive",),
    },
    events.StepFailed: {"step": StepKind.DRILL, "reason": "a digest differs"},
    events.ArchiveStored: {"archived": ARCHIVED},
    events.DrillPassed: {"manifest_digest": "sha256:bb", "files": 3, "bytes": 2**40},
    events.ArchiveConfirmed: {
        "step": StepKind.DISABLE,
        "manifest_digest": "sha256:bb",
        "files": 3,
        "bytes": 2**40,
    },
    events.ArchiveLost: {"step": StepKind.CLOSE, "reason": "a digest differs"},
    events.MigrationClosed: {"open_ids": (BILLING,)},
    events.EndpointDisabled: {"endpoint_id": LIVE.id},
    events.EndpointGone: {"endpoint_id": LIVE.id, "vouched_by": "UPAT"},
    events.SwitchDelayed: {"endpoint_id": LIVE.id, "action": "disable", "reason": "still deleting"},
    events.AskedAgain: {
        "action": "disable",
        "endpoint_ids": (EDGE.id,),
        "level": 2,
        "to": ("#model-retirements",),
    },
    events.Disabled: {},
    events.Closed: {},
    events.RestoreStarted: {"why": WHY},
    events.EndpointRestored: {"endpoint_id": LIVE.id},
    events.RolledBack: {},
    events.ManualReported: {"endpoint_id": EDGE.id, "action": "disable", "evidence": WHY},
    events.ManualChecked: {"endpoint_id": EDGE.id, "action": "disable"},
    events.ManualContradicted: {"endpoint_id": EDGE.id, "action": "disable"},
    events.ChecksDeclared: {"checks": (CheckSeen(consumer_id=BILLING, name="scoring", digest="sha256:s"),)},
    events.ChecksStarted: {"checks": (CheckWanted(consumer_id=BILLING, name="scoring"),)},
    events.ChecksWaiverOutdated: {
        "consumer_id": BILLING,
        "what": f"checks:{BILLING}",
        "was_by": PAT,
        "reason": WHY,
    },
    events.CheckEnded: {"consumer_id": BILLING, "name": "scoring", "run": 9, "end": CheckEnd.PASSED},
    events.Attested: {
        "name": "retention",
        "text_digest": "sha256:cc",
        "evidence": WHY,
        "expires_at": PROPOSED_AT + days(90),
        "entitled": (PAT,),
    },
    events.CloseConfirmed: {"entitled": (PAT, "UOWEN"), "proof": "key 7"},
    events.PruneAsked: {
        "classes": ("weights",),
        "rules": {"weights": "retention.default"},
        "why": WHY,
        "entitled": ("UANN",),
    },
    events.PruneConfirmed: {"number": 9, "entitled": ("UANN",)},
    events.PruneDropped: {"number": 9},
    ReadGranted: {"number": 1, "to": "UANN", "until": PROPOSED_AT, "why": WHY, "entitled": (PAT,)},
    ReadRevoked: {"number": 1, "to": "UANN", "why": WHY},
    ReadEnded: {"number": 1, "to": "UANN"},
    ArchiveRead: {"number": 1, "paths": ("w.bin",), "links_until": PROPOSED_AT},
    events.Erased: {"entry": 3, "texts": 1, "because": "request 12"},
    events.ClassPruned: {"number": 9, "of": "weights", "files": 2, "bytes": 1204, "tombstone": "sha256:aa"},
    events.ArchivePruned: {},
    events.HoldPlaced: {"number": 1, "why": WHY},
    events.HoldReleased: {"number": 1, "why": WHY, "entitled": ("UOWEN",)},
    events.BreakGlassAsked: {"notice_days": 3, "why": WHY, "entitled": (PAT, "UOWEN")},
    events.BreakGlassConfirmed: {"break_glass": HASTE, "entitled": (PAT, "UOWEN")},
    events.BreakGlassReviewed: {"review": WHY},
    BrownoutAnnounced: {"number": 1, "to": ("UBILL",)},
    BrownoutBegun: {
        "number": 1,
        "before": (Counted(endpoint_id="e", since=PROPOSED_AT, refused={"job": 1}),),
    },
    BrownoutEnded: {"number": 1, "refused": {"component:default/billing-etl": 3}},
    BrownoutAborted: {"number": 1, "because": "it is paused"},
    BrownoutCounted: {"number": 1, "refused": {"caller::job": 2}},
    BrownoutSkipped: {"number": 2, "reasons": ("no proxy runs",)},
    ConsumerExempted: {"consumer_id": "component:default/billing-etl"},
    events.Paused: {"why": WHY},
    events.Resumed: {},
    events.PlaybookMade: {"name": Prose(prose="careful-move")},
    events.PlaybookTakenBack: {"name": Prose(prose="careful-move")},
    events.HandedOver: {"coordinator_id": "UOWEN"},
    events.Imported: {
        "format": "backstage",
        "source_digest": "sha256:cc",
        "counts": {"models": 12},
        "changed_ids": (BILLING,),
    },
    events.DigestSent: {"since": PROPOSED_AT},
    events.QuietTold: {"since": PROPOSED_AT},
    events.DigestSubscribed: {"zone": "Europe/Lisbon"},
    events.DigestUnsubscribed: {"why": "user_disabled"},
    events.Delegated: {"to": "UCARL", "until": PROPOSED_AT, "last_on": PROPOSED_AT.date()},
    events.DelegationEnded: {"why": "user_disabled"},
    events.TakenOver: {"consumer_id": BILLING, "before": ("UBILL",)},
    events.WaiverOutdated: {
        "consumer_id": BILLING,
        "was_by": PAT,
        "reason": WHY,
        "owners": TEAM,
        "answer_by": MIGRATE_AT,
    },
    events.WaiverContested: {"consumer_id": BILLING, "on_behalf_of": "UBILL"},
    events.ReaderMoved: {"zone": "Asia/Tokyo"},
    events.ImportsScheduled: {
        "scheduled": (
            Scheduled(name="registry", format="mlflow", sources=("https://mlflow.example",), every_hours=6),
        )
    },
    events.ImportFailed: {"name": "registry", "why": "it does not answer"},
    events.ImportMended: {"name": "registry"},
    events.ArchiveAudited: {
        "manifest_digest": "sha256:bb",
        "files": 2,
        "bytes": 1204,
        "upto": "data/weights.bin",
        "unread": 1,
        "keys": ("alias/archive",),
        "trouble": "data/card.md is missing",
        "noticed": ("data/a is not of this archive",),
    },
    ArchiveMended: {"manifest_digest": "sha256:bb", "place": "archive", "names": ("data/card.md",)},
    FixityPlanned: {"plan": FixityPlan(store="sha256:aa", gib_per_day=100, every_days=90)},
    FixityRound: {
        "looked": 2,
        "files": 3,
        "bytes": 1204,
        "bad": {"RET-1": "data/card.md is missing"},
        "unknown": {"RET-2": "it does not answer"},
        "canary": ("delete it: it was done",),
        "whole_since": PROPOSED_AT,
    },
    AnchoringPlanned: {
        "plan": AnchorPlan(store="sha256:aa", lock_days=3652, service="https://tsa.example.com")
    },
    CheckpointAnchored: {
        "size": 20,
        "name": "00000000000000000020-aa",
        "checkpoint": "example.com/record\n20\nAAAA\n",
        "where": "archive/.anchors/1",
        "version": "v1",
        "locked_until": PROPOSED_AT,
        "stamp": "AAAA",
        "stamped_at": PROPOSED_AT,
        "stamped_by": "CN=example",
        "channel": "#record",
        "failed": {Place.SERVICE: "it does not answer"},
    },
    AnchorsLeft: {
        "names": ("00000000000000000020-aa",),
        "taken_at": PROPOSED_AT,
        "restored_at": PROPOSED_AT,
        "because": "the disk died",
    },
    events.SigningKeyUsed: {"name": "example.com/record", "key": "example.com/record+00000000+AQ=="},
}
EVERY_EVENT = [pytest.param(kind(**BY, **fields), id=kind.__name__) for kind, fields in ONE_OF_EACH.items()]


def leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from leaves(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from leaves(value)
    else:
        yield tree


def test_there_is_an_example_of_every_event():
    assert set(ONE_OF_EACH) == set(get_args(events.AnyEvent))


@pytest.mark.parametrize("event", EVERY_EVENT)
def test_an_event_comes_back_from_its_json_as_it_was(event):
    assert msgspec.json.decode(msgspec.json.encode(event), type=events.AnyEvent) == event


@pytest.mark.parametrize("event", EVERY_EVENT)
def test_an_event_holds_nothing_but_whole_numbers_and_strings_so_it_can_be_hashed(event):
    assert {type(leaf) for leaf in leaves(msgspec.to_builtins(event))} <= {int, str}
    canonical(msgspec.to_builtins(event, builtin_types=(datetime,)))


@pytest.mark.parametrize("event", EVERY_EVENT)
def test_an_event_refuses_a_field_it_does_not_know(event):
    tree = {**msgspec.to_builtins(event), "surprise": 1}
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.convert(tree, type(event))


@pytest.mark.parametrize(
    "story", [PROPOSED, RUNNING, MIGRATED, a_dark()], ids=lambda story: story.state.state
)
def test_a_retirement_comes_back_from_its_json_as_it_was(story):
    assert msgspec.json.decode(msgspec.json.encode(story.state), type=Retirement) == story.state


@pytest.mark.parametrize("story", [MIGRATED, a_dark()], ids=lambda story: story.state.state)
def test_a_state_is_nothing_but_its_events_folded(story):
    state = Retirement(id="RET-1")
    for event in story.happened:
        state = evolve(state, event)
    assert state == story.state
    assert state.version == len(story.happened)


def after(state: Retirement, kind: type[events.Event], at=PROPOSED_AT, **fields) -> Retirement:
    return evolve(state, kind(at=at, by=PAT, **{**ONE_OF_EACH[kind], **fields}))


def test_a_new_plan_takes_the_votes_the_pause_and_the_word_for_silence_with_it():
    vouched = after(RUNNING.state, events.Waived)
    paused = after(vouched, events.Paused)
    assert (paused.paused_by, [waiver.what for waiver in paused.waivers]) == (PAT, ["traffic"])
    revised = after(paused, events.Revised, round=replace(ROUND, number=2))
    assert (revised.state, revised.approved_digest, revised.rounds) == (State.PROPOSED, "", 2)
    assert (revised.paused_at, revised.paused_by, revised.waivers) == (None, "", ())


def test_a_new_plan_of_the_same_artifacts_keeps_the_archive_and_its_proof():
    revised = after(MIGRATED.state, events.Revised)
    done = {step.kind for step in revised.steps if step.progress is Progress.DONE}
    assert done == {StepKind.ARCHIVE, StepKind.DRILL}
    assert (revised.archived, revised.drilled_at) == (ARCHIVED, DRILL_AT)


def test_a_new_plan_of_other_artifacts_has_to_archive_them():
    other = plans.sealed(replace(a_plan(), subject=a_subject(artifacts=("s3://models/churn", "s3://more"))))
    revised = after(MIGRATED.state, events.Revised, plan=other)
    assert {step.progress for step in revised.steps} == {Progress.PENDING}
    assert (revised.archived, revised.drilled_at) == (None, None)


def test_a_waived_consumer_keeps_its_waiver_under_a_new_plan():
    revised = after(after(RUNNING.state, events.Waived, what=CRM), events.Revised)
    assert [waiver.what for waiver in revised.waivers] == [CRM]
    assert revised.obligation(CRM).duty is Duty.WAIVED


def amended(state: Retirement, by: int, at: datetime) -> Retirement:
    return after(state, events.Amended, at=at, plan=plans.shifted(state, timedelta(days=by)))


def test_moved_dates_move_both_dates_of_an_open_obligation():
    billing, crm = amended(RUNNING.state, 5, ANNOUNCED_AT + days(1)).obligations
    assert billing == crm.__class__(
        consumer=billing.consumer,
        duty=Duty.OPEN,
        acknowledge_by=ANNOUNCED_AT + days(12),
        migrate_by=MIGRATE_AT + days(5),
    )


def test_a_date_to_answer_by_that_has_passed_stays():
    billing, _ = amended(RUNNING.state, 5, ANNOUNCED_AT + days(8)).obligations
    assert billing.acknowledge_by == ANNOUNCED_AT + days(7)


def test_a_date_that_passed_while_it_was_paused_moves():
    paused = after(RUNNING.state, events.Paused, at=ANNOUNCED_AT + days(1))
    billing, _ = amended(paused, 9, ANNOUNCED_AT + days(10)).obligations
    assert billing.acknowledge_by == ANNOUNCED_AT + days(16)


def handed_to_edge(state: Retirement, *, by: datetime | None) -> Retirement:
    owners = Owners(team_id="group:default/edge", slack_ids=("UEDDY",))
    return after(state, events.OwnersChanged, owners={BILLING: owners}, answer_by=by)


def test_another_team_has_a_day_of_its_own_to_answer_by():
    by = ANNOUNCED_AT + days(15)
    assert handed_to_edge(RUNNING.state, by=by).obligation(BILLING).acknowledge_by == by
    kept = RUNNING.state.obligation(BILLING).acknowledge_by
    assert handed_to_edge(RUNNING.state, by=None).obligation(BILLING).acknowledge_by == kept, "as it was once"


@pytest.mark.parametrize(
    ("answered", "now_by", "has_their_day"),
    [
        pytest.param(Duty.OPEN, ("UNEW",), True, id="all are new"),
        pytest.param(Duty.OPEN, ("UNEW", BILL), False, id="somebody is left"),
        pytest.param(Duty.OPEN, (), False, id="nobody is"),
        pytest.param(Duty.ACKNOWLEDGED, ("UNEW",), False, id="the team has answered"),
    ],
)
def test_new_people_of_a_team_have_a_day_of_their_own_where_none_is_left_who_was_asked(
    answered: Duty, now_by: tuple[str, ...], has_their_day: bool
):
    state = after(RUNNING.state, events.DutyChanged, duty=answered, extension=None)
    owed, day = state.obligation(BILLING), ANNOUNCED_AT + days(15)
    owners = {BILLING: replace(owed.consumer.owners, slack_ids=now_by)}
    kept = owed.acknowledge_by
    handed = after(state, events.OwnersChanged, owners=owners, answer_by=day).obligation(BILLING)
    assert handed.acknowledge_by == (day if has_their_day else kept)
    assert handed.duty is answered
    once = after(state, events.OwnersChanged, owners=owners, answer_by=day, asks="teams").obligation(BILLING)
    assert once.acknowledge_by == kept, "as it was once"


def test_a_request_for_time_does_not_outlive_the_team_that_made_it():
    asked = after(RUNNING.state, events.DutyChanged)
    handed = after(asked, events.OwnersChanged, answer_by=ANNOUNCED_AT + days(15)).obligation(BILLING)
    assert (handed.duty, handed.extension, handed.changed_by, str(handed.note)) == (Duty.OPEN, None, "", "")
    once = after(asked, events.OwnersChanged, asks="teams").obligation(BILLING)
    assert (once.duty, once.extension) == (Duty.NEEDS_TIME, EXTENSION), "as it was once"


def test_a_day_to_answer_by_that_was_given_late_moves_with_the_others():
    late = handed_to_edge(RUNNING.state, by=MIGRATE_AT + days(7))
    moved = amended(late, 5, MIGRATE_AT + days(1)).obligation(BILLING)
    assert moved.acknowledge_by == MIGRATE_AT + days(12)


def test_a_settled_obligation_keeps_its_dates():
    assert amended(MIGRATED.state, 5, MIGRATE_AT).obligations == MIGRATED.state.obligations


def test_a_done_step_with_a_later_date_is_to_be_done_again():
    plan = plans.shifted(MIGRATED.state, days(3), reopens=StepKind.MIGRATE)
    reopened = after(MIGRATED.state, events.Amended, plan=plan)
    assert reopened.progress(StepKind.MIGRATE).progress is Progress.PENDING
    assert reopened.progress(StepKind.DRILL).progress is Progress.DONE


def test_an_extension_decided_puts_the_duty_back_where_it_was():
    asked = after(RUNNING.state, events.DutyChanged)
    assert asked.obligation(BILLING).duty is Duty.NEEDS_TIME
    decided = after(asked, events.ExtensionDecided).obligation(BILLING)
    assert (decided.duty, decided.extension) == (Duty.OPEN, None)


def test_a_held_step_says_why_and_a_running_one_no_longer_does():
    held = after(RUNNING.state, events.StepHeld)
    assert held.progress(StepKind.DISABLE).held_by == ("the artifacts are not archived",)
    assert after(held, events.StepStarted).progress(StepKind.DISABLE).held_by == ()


def test_a_second_report_replaces_the_first_and_its_check():
    reported = after(RUNNING.state, events.ManualReported)
    checked = after(reported, events.ManualChecked)
    assert [check.checked_by for check in checked.manual] == [PAT]
    again = after(checked, events.ManualReported, evidence=Prose(prose="ticket 9"))
    assert [(check.evidence.prose, check.checked_by) for check in again.manual] == [("ticket 9", "")]


def test_a_round_on_cancelling_that_fails_is_gone():
    opened = after(RUNNING.state, events.CancellationProposed, round=replace(ROUND, purpose=Purpose.CANCEL))
    assert after(opened, events.CancellationDropped).round is None


@pytest.mark.parametrize("state", State)
def test_a_retirement_lives_between_its_proposal_and_its_end(state):
    living = {State.PROPOSED, State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED}
    assert is_living(replace(RUNNING.state, state=state)) is (state in living)


def test_archiving_ahead_of_the_announcement_is_kept():
    assert ARCHIVE_AT < DRILL_AT
    archived = after(an_approved().state, events.ArchiveStored)
    assert archived.progress(StepKind.ARCHIVE).progress is Progress.DONE
