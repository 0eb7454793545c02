"""Every event has its line; whom a proposal hits is told in full beside it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from bot.views import limits, notices
from bot.views.card import lines, thread
from bot.views.graph import impact
from bot.views.keeping import archive_lines, fixity
from data import events
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
)
from data.events.fixity import ArchiveMended
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.archived import Archived, Lock
from data.records.base import Prose
from data.records.break_glass import BreakGlass
from data.records.brownouts import Counted
from data.records.callers import Caller
from data.records.catalog import Kind, Owners
from data.records.checks import CheckEnd, CheckSeen, CheckWanted
from data.records.fixity import Audit
from data.records.parts import Part
from data.records.plan import LaterDates, Reason
from data.records.progress import StepKind
from data.records.retirement import Duty, Extension
from data.records.reviews import Stage
from data.records.rounds import Choice, Purpose
from tests.bot.views.examples import (
    NASTY,
    NOW,
    a_ballot,
    a_plan,
    a_policy,
    a_retirement,
    a_round,
    an_impact,
    an_obligation,
    announced,
    consumer_id,
    days,
    overloaded,
    texts,
)
from tests.builders import ARCHIVED, an_unknown, some_calls
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message
from tests.workflows.test_observing import a_snapshot
from workflows.ports import Message
from workflows.rules.consumers import impact as impact_rules

PLAN = a_plan()
ENDPOINT = "api:default/churn-v1"
KEPT = Archived(location="/archive/em", preservation_id="em:12", manifest_digest="x", files=2, bytes=4096)
LATER = LaterDates(
    days=14, steps=PLAN.steps, consumer_ids=("caller::scorer", "caller::nightly"), plan_digest="sha256:later"
)
HASTE = BreakGlass(
    number=7,
    notice_days=3,
    why=Prose(prose="leak"),
    asked_by="UANN",
    asked_at=NOW,
    confirmed_by="UBEA",
    confirmed_at=NOW,
)
FIELDS: dict[type[events.Event], dict[str, Any]] = {
    events.Proposed: {
        "plan": PLAN,
        "why": Prose(prose="old"),
        "policy": a_policy(),
        "coordinator_id": "UPAT",
        "impact": (
            an_impact(0),
            an_impact(1, distance=2, path=(consumer_id(1), "api:scores", "resource:default/churn-v1")),
        ),
        "impact_notes": ("consumer-009 has no owner",),
        "round": a_round(),
    },
    events.Revised: {
        "plan": PLAN,
        "why": Prose(prose="later"),
        "impact": (),
        "impact_notes": (),
        "round": a_round(),
    },
    events.Voted: {
        "round_number": 1,
        "ballot": a_ballot(PLAN, "UANN", "risk", Choice.REJECT, "not yet"),
        "eligible_roles": ("risk",),
        "reseated": {"UBEA": "owner"},
    },
    events.Approved: {"round_number": 1, "plan_digest": "sha256:" + "cd" * 32},
    events.ApprovalLapsed: {"approved_at": NOW},
    events.Rejected: {"round_number": 1, "role": "risk"},
    events.VotersChanged: {"round_number": 1, "members": {"owner": ("U1",), "risk": ()}},
    events.RoundExtended: {"round_number": 1, "review_until": days(30), "expires_at": days(46)},
    events.RoundProlonged: {
        "round_number": 1,
        "expires_at": days(37),
        "missing": {"risk": 2},
        "voters": {"risk": ("U1", "U2")},
        "leads": {"risk": "U3"},
    },
    events.RoundReopened: {"round_number": 1, "expires_at": days(46)},
    events.Expired: {"round_number": 1, "missing": {"risk": 2}},
    events.Withdrawn: {"why": Prose(prose="wrong model")},
    events.CancellationProposed: {"why": Prose(prose="still needed"), "round": a_round()},
    events.CancellationDropped: {"round_number": 2},
    events.Cancelled: {"round_number": 2},
    events.ExtensionProposed: {"dates": LATER, "round": a_round(purpose=Purpose.EXTEND)},
    events.ExtensionAgreed: {"round_number": 2, "plan_digest": LATER.plan_digest},
    events.ExtensionDropped: {"round_number": 2},
    events.ObjectionProposed: {
        "consumer_id": "component:default/consumer-000",
        "number": 9,
        "round": a_round(purpose=Purpose.OVERRULE),
    },
    events.ObjectionEnded: {
        "consumer_id": "component:default/consumer-000",
        "number": 9,
        "round_number": 2,
        "outcome": "upheld",
    },
    events.Announced: {"obligations": (an_obligation(an_impact(0)),)},
    events.Amended: {"plan": PLAN, "because": "extension for consumer-000"},
    events.DutyChanged: {
        "consumer_id": consumer_id(0),
        "duty": Duty.NEEDS_TIME,
        "extension": Extension(
            number=1,
            asked_by="UANN",
            asked_at=NOW,
            until=days(99),
            reason=Prose(prose="audit"),
            before=Duty.OPEN,
        ),
    },
    events.OwnersChanged: {"owners": {consumer_id(0): Owners(called="Edge", slack_ids=("U1",))}},
    events.IdsChanged: {
        "ids": {"csv:batch": consumer_id(0), "csv:other": "csv:other"},
        "merged_ids": ("csv:batch", consumer_id(0)),
        "apart_ids": ("csv:other",),
    },
    events.ExtensionDecided: {"consumer_id": consumer_id(0), "number": 1, "granted": "yes"},
    events.Waived: {"what": "traffic", "reason": Prose(prose="no meter")},
    events.CallersSeen: {"callers": (Caller(consumer=an_unknown(), calls=some_calls("caller::scorer")),)},
    events.CallerClaimed: {
        "consumer_id": "caller::scorer",
        "owners": Owners(team_id="group:default/edge", called="Edge", slack_ids=("U1",)),
    },
    events.CallerDeclared: {
        "consumer_id": "caller::scorer",
        "declared_as": consumer_id(0),
        "consumer": an_impact(0),
    },
    events.Reopened: {"calls": some_calls(consumer_id(0)), "owners": Owners(), "answer_by": NOW},
    events.ServiceMissed: {
        "callers": (Caller(consumer=an_unknown(), calls=some_calls("caller::scorer")),),
        "to": ("UPAT", "U1"),
    },
    events.PartsChanged: {
        "added": (
            Part(id="component:default/churn-eu", name="churn-eu", kind=Kind.ENDPOINT),
            Part(id="mlflow:churn/2", name="churn 2", kind=Kind.VERSION, consumer_id=consumer_id(0)),
        ),
        "gone": (Part(id="component:default/churn-us", name="churn-us", kind=Kind.ENDPOINT),),
        "told": "UPAT",
    },
    events.Weighed: {"tier": 2, "regulated": "EU AI <Act>"},
    events.Snoozed: {"until": NOW},
    events.WaiverOutdated: {
        "consumer_id": consumer_id(0),
        "was_by": "UPAT",
        "reason": Prose(prose="made up"),
        "owners": Owners(),
        "answer_by": NOW,
    },
    events.Reviewed: {
        "stage": Stage.ARCHIVING,
        "went_well": Prose(prose="quick"),
        "change": Prose(prose="ask <!here>"),
        "for_policy": "yes",
    },
    events.WaiverContested: {"consumer_id": consumer_id(0)},
    events.TakenOver: {"consumer_id": consumer_id(0), "before": ("UT0",)},
    events.Reminded: {"milestone": "migrate-7d@2027-05-23", "people": ("U1", "U2")},
    events.Escalated: {
        "milestone": "migrate@2027-05-23",
        "level": 1,
        "consumer_ids": (consumer_id(0),),
        "to": {"UBOSS": (consumer_id(0),)},
    },
    events.Unreached: {"person": "U1", "why": "user_disabled: gone", "told": "U2"},
    events.StepStarted: {"step": StepKind.DISABLE, "evidence": ("churn-v1: 0 calls in 14 days",)},
    events.StepHeld: {"step": StepKind.DISABLE, "reasons": ("2 consumers are not migrated",)},
    events.StepFailed: {"step": StepKind.ARCHIVE, "reason": "disk full"},
    events.ArchiveStored: {"archived": KEPT},
    events.DrillPassed: {
        "manifest_digest": "x",
        "files": 2,
        "bytes": 4096,
        "noticed": ("<!channel> was here",),
    },
    events.ArchiveConfirmed: {
        "step": StepKind.DISABLE,
        "manifest_digest": "x",
        "files": 2,
        "bytes": 4096,
    },
    events.ArchiveLost: {"step": StepKind.DISABLE, "reason": "data/weights.bin is damaged"},
    events.MigrationClosed: {"open_ids": (consumer_id(0),)},
    events.EndpointDisabled: {"endpoint_id": ENDPOINT},
    events.EndpointGone: {"endpoint_id": ENDPOINT, "vouched_by": "UPAT"},
    events.SwitchDelayed: {"endpoint_id": ENDPOINT, "action": "disable", "reason": "still deleting"},
    events.AskedAgain: {
        "action": "disable",
        "endpoint_ids": (ENDPOINT,),
        "level": 1,
        "to": ("U1", "U2"),
    },
    events.RestoreStarted: {"why": Prose(prose="outage")},
    events.EndpointRestored: {"endpoint_id": ENDPOINT},
    events.ManualReported: {"endpoint_id": ENDPOINT, "action": "disable", "evidence": Prose(prose="CHG-1")},
    events.ManualChecked: {"endpoint_id": ENDPOINT, "action": "disable"},
    events.ManualContradicted: {"endpoint_id": ENDPOINT, "action": "disable"},
    events.ChecksDeclared: {
        "checks": (CheckSeen(consumer_id=consumer_id(0), name="scoring", digest="sha256:s"),)
    },
    events.ChecksStarted: {"checks": (CheckWanted(consumer_id=consumer_id(0), name="scoring"),)},
    events.ChecksWaiverOutdated: {
        "consumer_id": consumer_id(0),
        "what": "checks:csv:batch",
        "was_by": "UPAT",
        "reason": Prose(prose="a row"),
    },
    events.CheckEnded: {
        "consumer_id": consumer_id(0),
        "name": "scoring",
        "run": 9,
        "end": CheckEnd.FAILED,
        "why": "exit code 1",
        "seconds": 3,
    },
    events.Attested: {
        "name": "retention",
        "text_digest": "sha256:" + "cd" * 32,
        "evidence": Prose(prose="CHG-1"),
        "expires_at": days(90),
        "entitled": ("UANN",),
    },
    events.CloseConfirmed: {"entitled": ("UANN",), "proof": "key 7"},
    events.PruneAsked: {
        "classes": ("weights",),
        "rules": {"weights": "retention.default"},
        "why": Prose(prose="its days are over"),
        "entitled": ("UANN",),
    },
    events.PruneConfirmed: {"number": 9, "entitled": ("UANN",)},
    events.PruneDropped: {"number": 9},
    ReadGranted: {
        "number": 1,
        "to": "UBEA",
        "until": NOW,
        "why": Prose(prose="audit"),
        "entitled": ("UANN",),
    },
    ReadRevoked: {"number": 1, "to": "UBEA", "why": Prose(prose="done")},
    ReadEnded: {"number": 1, "to": "UBEA"},
    ArchiveRead: {"number": 1, "paths": ("w.bin", "card.md"), "links_until": NOW},
    events.Erased: {"entry": 3, "texts": 1, "because": "request 12", "in_spite_of": (1, 2)},
    events.ClassPruned: {"number": 9, "of": "weights", "files": 2, "bytes": 1204, "tombstone": "sha256:aa"},
    events.ArchivePruned: {},
    ArchiveMended: {"manifest_digest": "sha256:bb", "place": "archive", "names": ("data/card.md",)},
    events.ArchiveAudited: {
        "manifest_digest": "sha256:bb",
        "files": 2,
        "bytes": 1204,
        "trouble": "data/card.md is missing. Bring it back from a second copy",
    },
    events.HoldPlaced: {"number": 1, "why": Prose(prose="Case 21-114")},
    events.HoldReleased: {
        "number": 1,
        "why": Prose(prose="settled"),
        "entitled": ("UANN",),
        "proof": "key 7",
    },
    events.BreakGlassAsked: {"notice_days": 3, "why": Prose(prose="leak"), "entitled": ("UANN", "UBEA")},
    events.BreakGlassConfirmed: {"break_glass": HASTE, "entitled": ("UANN", "UBEA")},
    events.BreakGlassReviewed: {"review": Prose(prose="right")},
    BrownoutAnnounced: {"number": 1, "to": ("UBILL",)},
    BrownoutBegun: {"number": 1, "before": (Counted(endpoint_id="e", since=NOW, refused={"job": 1}),)},
    BrownoutEnded: {"number": 1, "refused": {"component:default/billing-etl": 3}},
    BrownoutAborted: {"number": 1, "because": "it is paused"},
    BrownoutCounted: {"number": 1, "refused": {"caller::job": 2}},
    BrownoutSkipped: {"number": 2, "reasons": ("no proxy runs",)},
    ConsumerExempted: {"consumer_id": "component:default/billing-etl"},
    events.Paused: {"why": Prose(prose="freeze")},
    events.PlaybookMade: {"name": Prose(prose="careful-move")},
    events.PlaybookTakenBack: {"name": Prose(prose="careful-move")},
    events.HandedOver: {"coordinator_id": "UNEW"},
}
SAID = {
    events.Voted: (
        ':x: <@UANN> voted *reject* as risk — "not yet"; so that it counts, an earlier approval now stands as owner'
    ),
    events.Approved: ":white_check_mark: *Approved*: every role has its approvals on plan `cdcdcdcdcdcd`",
    events.RoundExtended: (
        ":hourglass: The card could not show this vote before: its days count from now on, "
        "review until Wed 2027-03-31, open until Fri 2027-04-16"
    ),
    events.Expired: ":hourglass: *Expired*: the round closed, approvals missing: 2 of risk",
    events.DutyChanged: (
        ':hourglass_flowing_sand: <@UANN> needs more time for *consumer-000* until Tue 2027-06-08 — "audit"'
    ),
    events.Waived: ':pencil: <@UANN> takes responsibility for *traffic* — "no meter"',
    events.CallersSeen: ":mag: 1 caller was seen calling that nobody declares: *scorer*",
    events.CallerClaimed: ":raising_hand: <@UANN> says *caller::scorer* is Edge's",
    events.CallerDeclared: (
        ":link: *caller::scorer* is *consumer-000* by the catalog: it is asked about no more"
    ),
    events.IdsChanged: (
        ":link: By the catalog *csv:batch* is *consumer-000* now, *csv:other* is by itself again: what was said of it "
        "stands; *csv:batch*, *consumer-000* were asked for apart: what is less finished counts; *csv:other*, apart "
        "now, is asked for anew"
    ),
    events.Reopened: (
        ":rotating_light: *consumer-000* was seen calling churn-live after it had migrated: 12.5 "
        "calls a day, last on 2027-01-20, first on 2027-01-02 (access.log:12). It is open again"
    ),
    events.WaiverOutdated: (
        ":repeat: A catalog tells of *consumer-000* by now, and only a file shared in Slack did when <@UPAT> waived it "
        '— "made up"; it is asked as before'
    ),
    events.ServiceMissed: (
        ":rotating_light: 1 caller was seen calling what is dark, or going dark: *scorer*; told <@UPAT>, <@U1>. "
        "`/retire restore RET-1 REASON` brings service back"
    ),
    events.PartsChanged: (
        ":electric_plug: *churn-eu* serves churn-v1 by the catalog, and the plan does not have it: announcement, "
        "switch-off and close wait. <@UPAT>, press Edit plan on the card for a new vote that includes it, or name who "
        "vouches that it may go on, /retire waive RET-1 ENDPOINT REASON. *churn 2*, by the catalog, is a version of "
        "churn-v1. *churn 2* was voted on as a consumer, and is asked to move all the same. *churn-us* belongs to "
        "churn-v1 no more by the catalog"
    ),
    events.Weighed: (
        ":scales: By the catalog *churn-v1* is of tier 2, regulated by EU AI &lt;Act&gt; now, and was voted on as of "
        "tier 1: what either asks for by the policy holds from now on"
    ),
    events.Reviewed: (
        ':memo: <@UANN> reviewed the *archiving*: went well — "quick"; next time — "ask &lt;!here&gt;" '
        "(suggested for the policy)"
    ),
    events.PruneAsked: (
        ':headstone: <@UANN> asks that *weights* of its archive goes for good (retention.default) — "its days are over"'
    ),
    events.PruneConfirmed: ":headstone: <@UANN> confirms by its name that it goes",
    events.PruneDropped: ":headstone: <@UANN> took it back: nothing goes",
    events.Erased: (
        ":wastebasket: Of what people wrote in entry 3, 1 text was erased from the record, in spite of legal "
        "hold 1, in spite of legal hold 2; <@UANN> answers for it — request 12"
    ),
    events.ClassPruned: (
        ":headstone: Gone from the archive: *weights*, 2 files, 1,204 bytes; its tombstone is `sha256:aa`"
    ),
    ArchiveMended: (
        ":adhesive_bandage: The archive did not hold, and was put right from the second copy: data/card.md. "
        "All of it was read back"
    ),
    events.ArchiveAudited: (
        ":boom: *The archive is damaged*: data/card.md is missing. Bring it back from a second copy"
    ),
    events.ArchivePruned: ":headstone: *Pruned*: nothing is left of its archive but the manifest and the tombstones",
    ReadGranted: ':key: <@UANN> lets <@UBEA> read its archive until 2027-03-01 10:00 CET — "audit"',
    ReadRevoked: ':key: <@UANN> revoked that <@UBEA> may read its archive — "done"',
    ReadEnded: ":key: The time of <@UBEA> is over: they may not read its archive any more",
    ArchiveRead: (
        ":key: <@UANN> was given links to 2 files of its archive, until 2027-03-01 10:00 CET: w.bin, card.md"
    ),
    events.HoldPlaced: ':scales: <@UANN> placed legal hold 1: nothing of its archive goes — "Case 21-114"',
    events.HoldReleased: ':scales: <@UANN> released legal hold 1, proved as key 7 — "settled"',
    events.ChecksDeclared: (
        ":test_tube: Declared, to pass before the switch-off: 1 check of consumers: *consumer-000* (scoring)"
    ),
    events.ChecksStarted: ":test_tube: 1 check of consumers begins, as <@UANN> asked: *consumer-000* (scoring)",
    events.ChecksWaiverOutdated: (
        ":repeat: By the catalog *consumer-000* is more than it was when <@UPAT> waived its checks "
        '— "a row"; they have to pass after all'
    ),
    events.CheckEnded: ":x: Check *scoring* of *consumer-000*: *failed* (exit code 1) after 3 s",
    events.Snoozed: ":zzz: <@UANN> is reminded again on Mon 2027-03-01",
    events.Reminded: ":alarm_clock: Reminded 2 people: 7 days before the last day to migrate",
    events.StepHeld: ":warning: Step *disable* is held:\n    • 2 consumers are not migrated",
    events.ArchiveStored: ":package: Archived 2 files, 4,096 bytes as `em:12`",
    events.ArchiveConfirmed: (
        ":test_tube: The archive was read back once more before *disable*: 2 files, 4,096 bytes compared"
    ),
    events.ArchiveLost: (
        ":boom: The archive did not hold when it was read back for *disable*: data/weights.bin is damaged. "
        "Endpoints left running. It is made and proven again first."
    ),
    events.EndpointDisabled: ":electric_plug: *churn-v1* is off; it can be restored",
    events.EndpointGone: (
        ":electric_plug: *churn-v1* was gone already, as <@UPAT> had said; nothing was switched off"
    ),
    events.AskedAgain: ":rotating_light: Still to disable by hand: *churn-v1*; told 2 people again",
    events.PlaybookMade: ":notebook: <@UANN> made it the playbook *careful-move*, an example for others",
    events.PlaybookTakenBack: ":notebook: <@UANN> took the playbook *careful-move* back",
    events.HandedOver: ":handshake: <@UANN> handed over to <@UNEW>, now the coordinator",
}


def an_event(kind: type[Any]) -> Any:
    return kind(at=NOW, by="UANN", **FIELDS.get(kind, {}))


@pytest.mark.parametrize("kind", get_args(events.RetirementEvent))
def test_every_event_is_one_line_with_its_mark(kind: type[Any]) -> None:
    said = lines.line(an_event(kind), announced())
    assert said.startswith(":")
    assert said == SAID.get(kind, said)
    check_message(thread.message([an_event(kind)], announced()))


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        (None, ""),
        (Lock.NONE, "; nothing locks it in its bucket: tamper-evident, not tamper-proof"),
        (Lock.GOVERNANCE, "; its bucket locks it (governance)"),
    ],
)
def test_what_a_bucket_did_with_an_archive_is_told(lock: Lock | None, told: str) -> None:
    assert archive_lines.locked(replace(KEPT, lock=lock)) == told


def test_what_is_not_as_it_was_left_of_an_archive_that_holds_is_told_with_it_and_where_it_stands() -> None:
    told = (
        "data/a was locked until 2030-01-01 00:00 UTC and is not locked now",
        "data/b is not of this archive",
    )
    event = events.ArchiveAudited(
        at=NOW, by="emeritus", manifest_digest="sha256:bb", files=2, bytes=1204, noticed=told
    )
    assert fixity.line(event) == (
        ":test_tube: The archive was checked, and holds: 2 files, 1,204 bytes, read and compared. :warning: Yet\n"
        f"    • {told[0]}\n    • {told[1]}"
    )
    state = replace(a_retirement(), archived=ARCHIVED, audit=Audit(at=NOW, noticed=told))
    assert list(fixity.standing(state)) == [f":warning: *Archive* not as it was left: {told[0]}, and 1 more"]


def test_what_a_store_of_another_cloud_lacks_is_told_with_what_follows() -> None:
    kept = replace(KEPT, lock=None, lacks=("object lock", "versions"))
    assert archive_lines.locked(kept) == (
        "; its store has no object lock, no versions: tamper-evident, not tamper-proof"
    )


def test_the_proposal_line_counts_whom_it_hits_and_the_next_message_names_them() -> None:
    event = an_event(events.Proposed)
    assert lines.line(event, a_retirement()).splitlines() == [
        ':scroll: <@UANN> proposed to retire *churn-v1 (RET-1)*; service ends Sun 2027-05-30 — "old"',
        ":busts_in_silhouette: *Impact* 2 consumers of 2 teams, 1 directly; in full below",
    ]
    (only,) = told(event)
    assert texts(only["blocks"]) == [
        ":busts_in_silhouette: *Impact in full* of RET-1: 2 consumers of 2 teams, 1 directly",
        (
            "*By distance* 1 directly, 1 over 2 steps\n"
            "*team-0* (1)\n    • consumer-000\n*team-1* (1)\n    • consumer-001 via api:scores → churn-v1\n"
            ":grey_question: consumer-009 has no owner"
        ),
    ]


def told(event: events.Proposed) -> list[dict[str, Any]]:
    """The messages that tell the impact in full, as the rules cut it."""
    parts = impact_rules.parts(event.impact, event.impact_notes, event.plan.subject.model_id)
    said = []
    for number, (start, stop) in enumerate(parts, start=1):
        params = {"part": str(number), "parts": str(len(parts)), "start": str(start), "stop": str(stop)}
        said.append(impact.part(event, "RET-1", params))
        check_message(said[-1])
    return said


def test_lines_due_together_are_one_message_in_order() -> None:
    happened = [an_event(events.Voted), an_event(events.Approved)]
    assert thread.message(happened, announced())["text"] == f"{SAID[events.Voted]}\n{SAID[events.Approved]}"


def test_fifteen_hundred_consumers_are_all_named_over_several_messages() -> None:
    crowd = tuple(an_impact(number, teams=20) for number in range(1_500))
    event = events.Proposed(at=NOW, by="UPAT", **{**FIELDS[events.Proposed], "impact": crowd})
    said = [text for message in told(event) for text in texts(message["blocks"])]
    named = [line.removeprefix("    • ") for text in said for line in text.splitlines() if "    • " in line]
    assert sorted(named) == sorted(one.name for one in crowd)
    assert sum(", continued)" in text for text in said) >= 1


def test_mischief_in_names_stays_text_and_nobody_is_left_out() -> None:
    state = overloaded()
    changed = {"impact": state.impact, "impact_notes": state.impact_notes, "why": Prose(prose=NASTY)}
    event = events.Proposed(at=NOW, by="UPAT", **{**FIELDS[events.Proposed], **changed})
    said = thread.message([event, an_event(events.Voted)], state)
    check_message(said)
    assert not is_loud(said["text"], [])
    assert mentions(said["text"], []) == ["UPAT", "UANN"]
    named = 0
    for part in told(event):
        assert not is_loud(part["text"], part["blocks"])
        assert mentions(part["text"], part["blocks"]) == []
        named += sum(text.count("    • ") for text in texts(part["blocks"]))
        assert not any(text.endswith(" more") for text in texts(part["blocks"]))
    assert named == 500


def test_a_held_step_tells_every_reason() -> None:
    reasons = tuple(f"endpoint-{number:02d} does not answer" for number in range(40))
    held = events.StepHeld(at=NOW, by="emeritus", step=StepKind.DISABLE, reasons=reasons)
    said = thread.message([held], announced())
    check_message(said)
    assert all(reason in said["text"] for reason in reasons)


def test_reasons_beyond_a_message_are_counted_and_have_a_place() -> None:
    reasons = tuple(f"{number:02d} {'x' * 300}" for number in range(60))
    held = events.StepHeld(at=NOW, by="emeritus", step=StepKind.DISABLE, reasons=reasons)
    said = thread.message([held], announced())
    check_message(said)
    assert texts(said["blocks"])[-1].endswith(
        " more; `/retire show RET-1` has how it stands, `emeritus plan RET-1` every reason"
    )


def test_what_one_press_said_of_many_consumers_is_told_at_once() -> None:
    state = announced(consumers=600)
    answers = [
        events.DutyChanged(at=NOW, by="UT0", consumer_id=consumer_id(number), duty=Duty.ACKNOWLEDGED)
        for number in range(600)
    ]
    said = thread.message(answers, state)
    check_message(said)
    shown = "\n".join(texts(said["blocks"]))
    assert shown.count(":eyes: <@UT0> acknowledged for") == 24
    assert all(f"*consumer-{number:03d}*" in shown for number in range(600))
    later = events.DutyChanged(
        at=days(1), by="UT0", consumer_id=consumer_id(1), duty=Duty.ACKNOWLEDGED, note=Prose(prose="so")
    )
    assert thread.message([answers[0], later], state)["text"].splitlines() == [
        ":eyes: <@UT0> acknowledged for *consumer-000*",
        ':eyes: <@UT0> acknowledged for *consumer-001* — "so"',
    ]


TOLD_OF: dict[str, type[Any]] = {
    "reopened": events.Reopened,
    "missed": events.ServiceMissed,
    "check log": events.CheckEnded,
    "grant begun": ReadGranted,
    "grant over": ReadRevoked,
}
"""Notice -> the event it tells; of all others a proposal."""


NOTICED = {
    "team_id": "group:team-0",
    "slack_id": "UT0",
    "milestone": "migrate@2027-05-23",
    "level": "1",
    "consumer_ids": consumer_id(0),
    "consumer_id": consumer_id(0),
    "number": "1",
    "endpoint_id": ENDPOINT,
    "endpoint_ids": ENDPOINT,
    "action": "disable",
    "person": "UT0",
    "where": "CGOV",
    "why": "user_disabled: their account is deactivated",
    "part": "1",
    "parts": "1",
    "start": "0",
    "stop": "2",
    "asked": "9",
    "channel": "CGOV",
    "reader": "UT0",
    "by": "UT1",
    "on_behalf_of": "",
    "since": "2026-05-04T09:00:00+00:00",
    "until": "2026-05-11T09:00:00+00:00",
    "catalog": "mlflow",
    "lifecycle": "deprecated",
    "last_day": "2027-05-23",
    "successor": "churn-v2",
    "places": "https://mlflow.example.com/#/models/churn",
    "trouble": "",
    "name": "retention",
    "stage": "archiving",
    "said": "objects",
    "news": "announced",
    "outcome": "upheld",
}
"""What messages carry, of any notice."""


def test_every_notice_of_the_outbox_has_its_view() -> None:
    state = announced(why=Prose(prose=str(Reason.COST)))
    for notice in (*notices.VIEWS, "digest", "reader dropped"):
        message = Message(
            key="k",
            notice=notice,
            channel="CGOV",
            params=NOTICED,
            retirement=state,
            other=replace(state, id="RET-2"),
            there=a_snapshot(),
            events=(an_event(TOLD_OF.get(notice, events.Proposed)),),
        )
        check_message(notices.drawn(message))


def test_many_consumers_with_long_names_that_change_owners_are_still_named() -> None:
    state = announced(consumers=60, teams=3, name="x" * 200)
    owners = {
        duty.consumer.consumer_id: Owners(team_id=f"g{number % 3}", called=f"{number % 3}<!channel>" * 30)
        for number, duty in enumerate(state.obligations)
    }
    said = lines.line(events.OwnersChanged(at=NOW, by="emeritus", owners=owners), state)
    assert all(f"({team}&lt;!channel&gt;" in said for team in range(3))
    assert said.count("*xxx") >= 3, "one of each team at least"
    assert len(said) < limits.SECTION_MAX
    assert not is_loud(said, [])


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"owner": ("U1",)}, "By their groups others may vote now: owner"),
        (
            {"risk": ()},
            (
                "By their groups nobody may vote now as risk: fill its group in Slack, or in the catalog and import "
                "that again"
            ),
        ),
        (
            {"owner": ("U1",), "risk": ()},
            (
                "By their groups others may vote now: owner; nobody may vote now as risk: fill its group in Slack, "
                "or in the catalog and import that again"
            ),
        ),
    ],
    ids=["others", "nobody", "both"],
)
def test_a_role_that_an_import_emptied_is_told_as_that(
    members: dict[str, tuple[str, ...]], said: str
) -> None:
    event = events.VotersChanged(at=NOW, by="emeritus", round_number=1, members=members)
    assert lines.line(event, a_retirement()) == f":busts_in_silhouette: {said}"


def test_an_escalation_tells_what_was_handed_back_from_silence() -> None:
    every = tuple(consumer_id(number) for number in range(3))
    escalated = events.Escalated(
        at=days(1),
        by=events.EMERITUS,
        milestone="acknowledge@2027-03-29",
        level=2,
        consumer_ids=every,
        to={"CGOV": every},
        handed_back=every[1:2],
    )
    told = "told the governance channel about"
    handed_back = "1 consumer handed back, with no owner found in time"
    assert lines.line(escalated, announced()) == (
        f":rotating_light: 2 consumers not acknowledged in time and {handed_back}: {told} 3"
    )
    alone = replace(escalated, consumer_ids=every[1:2], to={"CGOV": every[1:2]})
    assert lines.line(alone, announced()) == f":rotating_light: {handed_back}: {told} 1"


@pytest.mark.parametrize(
    ("to", "told_as", "said"),
    [
        ("UBOSS", "", "a manager"),
        ("UBOSS", "manager(2)", "a manager"),
        ("UT0", "owner", "an owner"),
        ("UT1", "delegate", "who stands in for an owner"),
        ("ULEA", "lead", "a lead"),
        ("USRE", "group:sre", "a member of sre"),
        ("UPAT", "coordinator", "the coordinator"),
        ("UPAT", "exhausted", "the coordinator"),
        ("CGOV", "channel", "the governance channel"),
        ("C0ML", "channel:#ml", "<#C0ML>"),
    ],
)
def test_an_escalation_says_whom_the_tree_had_told(to: str, told_as: str, said: str) -> None:
    escalated = events.Escalated(
        at=days(1),
        by=events.EMERITUS,
        milestone="acknowledge@2027-03-29",
        level=2,
        consumer_ids=(consumer_id(0),),
        to={to: (consumer_id(0),)},
        told_as={to: told_as} if told_as else {},
    )
    assert lines.line(escalated, announced()).endswith(f": told {said} about 1")


def test_a_vote_that_is_prolonged_calls_who_is_missing_and_names_who_leads_them() -> None:
    event = events.RoundProlonged(
        at=NOW,
        by=events.EMERITUS,
        round_number=1,
        expires_at=days(37),
        missing={"risk": 2, "owner": 1},
        voters={"risk": ("U1", "U2"), "owner": ()},
        leads={"risk": "U3"},
    )
    said = lines.line(event, a_retirement())
    assert "2 of risk: <@U1> <@U2> (lead: <@U3>)" in said
    assert "1 of owner: nobody is left to vote" in said


def test_an_approval_by_silence_says_whose_approvals_nobody_gave() -> None:
    event = events.Approved(
        at=NOW, by=events.EMERITUS, round_number=1, plan_digest="sha256:aa", missing={"risk": 1}
    )
    assert "silence as consent; approvals not given: 1 of risk" in lines.line(event, a_retirement())
