"""The machine a store is built with: every command is decided, every stream folds, a refusal moves nothing."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError, Refused
from data.events import EMERITUS
from data.records.anchors import AnchorPlan
from data.records.base import Prose
from data.records.brownouts import Counted
from data.records.checks import CheckEnd
from data.records.delegation import Delegation
from data.records.digests import DigestState
from data.records.fixity import FixityPlan
from data.records.plan import Reason
from data.records.progress import StepKind
from data.records.retirement import Duty, Retirement
from data.records.reviews import Stage
from data.records.rounds import Choice
from tests.builders import (
    ARCHIVED,
    BILLING,
    DISABLE_AT,
    EDGE,
    LIVE,
    PAT,
    PROPOSED_AT,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_policy,
    a_proposed,
    a_running_retirement,
    an_approved,
    facts_for,
    proposing,
)
from workflows import commands as cmd
from workflows.commands import brownouts as browned
from workflows.machine import (
    _KNOWN,
    DECISIONS,
    KNOWN_MAX,
    CatalogState,
    RetirementMachine,
    retirement_of,
    state_of,
)

MACHINE = RetirementMachine()
COMMANDS: dict[type[cmd.Command], dict[str, Any]] = {
    cmd.Propose: {"model_id": "m", "reason": Reason.COST, "why": WHY, "target_on": date(2027, 6, 1)},
    cmd.Revise: {"reason": Reason.COST, "why": WHY, "target_on": date(2027, 6, 1)},
    cmd.Cast: {"choice": Choice.APPROVE, "plan_digest": "sha256:aa", "round_number": 1},
    cmd.CloseRound: {"number": 1},
    cmd.ScheduleImports: {"scheduled": ()},
    cmd.RunImport: {"name": "registry"},
    cmd.RecordImport: {"name": "registry"},
    cmd.TakeFile: {"channel": "CIMPORTS", "file_id": "F1"},
    cmd.RecordFile: {"channel": "CIMPORTS", "file_id": "F1", "name": "edges.csv", "said": ("no",)},
    cmd.LapseApproval: {},
    cmd.RecordShown: {"number": 1},
    cmd.Cancel: {"why": WHY},
    cmd.ChangeDuty: {"duty": Duty.MIGRATED},
    cmd.TakeOver: {"consumer_id": BILLING},
    cmd.TakeBack: {"consumer_id": BILLING},
    cmd.ReportMigrating: {"consumer_id": BILLING, "until": date(2027, 2, 1)},
    cmd.Object: {"consumer_id": BILLING, "reason": WHY},
    cmd.AskForTime: {"consumer_id": BILLING, "until": date(2027, 3, 1), "reason": WHY},
    cmd.Snooze: {"announced": 1},
    cmd.MeetOwners: {},
    cmd.RecordUnreached: {"person": "UBILL", "why": "user_disabled"},
    cmd.DecideExtension: {"consumer_id": BILLING, "number": 1, "granted": "yes"},
    cmd.AskAgain: {"action": "disable", "level": 1},
    cmd.Waive: {"what": BILLING, "reason": WHY},
    cmd.ContestWaiver: {"consumer_id": BILLING},
    cmd.ClaimCaller: {"caller": "scorer", "team": "billing"},
    cmd.Remind: {"milestone": "migrate-7d@2027-02-10"},
    cmd.Escalate: {"milestone": "migrate@2027-02-10", "level": 1},
    cmd.RunStep: {"step": StepKind.DISABLE},
    cmd.RecordArchive: {"started": 1, "archived": ARCHIVED},
    cmd.RecordDrill: {
        "step": StepKind.DRILL,
        "started": 1,
        "manifest_digest": "sha256:bb",
        "files": 3,
        "bytes": 1204,
    },
    cmd.RecordDisabled: {"endpoint": LIVE},
    cmd.RecordDelayed: {"endpoint_id": LIVE.id, "action": "restore", "reason": "no"},
    cmd.RecordFailure: {"step": StepKind.DISABLE, "started": 1, "reason": "no"},
    cmd.Pause: {"why": WHY},
    cmd.Resume: {},
    cmd.Restore: {"why": WHY},
    cmd.RecordRestored: {"endpoint_id": LIVE.id},
    cmd.HandOver: {"to": PAT},
    cmd.ReportManual: {"endpoint_id": EDGE.id, "action": "disable", "evidence": WHY},
    cmd.CheckManual: {"endpoint_id": EDGE.id, "action": "disable"},
    cmd.ContradictManual: {"endpoint_id": EDGE.id, "action": "disable"},
    cmd.RunChecks: {},
    cmd.RecordCheck: {"consumer_id": BILLING, "name": "scoring", "run": 1, "end": CheckEnd.PASSED},
    cmd.ConfirmClose: {"model": "churn"},
    cmd.PlaceHold: {"why": WHY},
    cmd.AskPrune: {"what": "all", "why": WHY},
    cmd.ConfirmPrune: {"number": 1, "model": "churn"},
    cmd.DropPrune: {"number": 1},
    cmd.RecordPruned: {"number": 1, "gone": {"weights": (1, 2, "sha256:aa")}},
    cmd.GrantRead: {"to": STRANGER, "hours": 168, "why": WHY},
    cmd.RevokeRead: {"to": STRANGER, "why": WHY},
    cmd.EndRead: {"number": 1},
    cmd.GiveFiles: {"paths": ("weights/w.bin",)},
    cmd.Erase: {"answers": "UPAT", "entry": 1, "texts": 1, "because": "request 12"},
    cmd.ReleaseHold: {"number": 1, "why": WHY},
    cmd.Attest: {"name": "retention", "evidence": WHY},
    cmd.AskToAttest: {"name": "retention"},
    cmd.BreakGlass: {"notice_days": 3, "why": WHY},
    cmd.ConfirmBreakGlass: {"number": 1},
    cmd.ReviewBreakGlass: {"review": WHY},
    cmd.RemindReview: {},
    cmd.SendDigest: {},
    cmd.RemindPolicyReview: {},
    cmd.TellDigest: {"since": PROPOSED_AT, "tells": True, "draws": True},
    cmd.Subscribe: {"place": "CTEAM"},
    cmd.DropReader: {"why": "is_archived"},
    cmd.Delegate: {"to": "UBILL", "until": date(2027, 2, 1)},
    cmd.EndDelegation: {"person": PAT},
    cmd.NamePlaybook: {"name": "careful-move"},
    cmd.Review: {"stage": Stage.MIGRATION, "hurt": WHY},
    cmd.UseSigningKey: {"name": "example.com/record", "key": "example.com/record+00000000+AQ=="},
    cmd.PlanAnchors: {"plan": AnchorPlan(store="sha256:aa", lock_days=3652)},
    cmd.RunAnchors: {"is_again": True},
    cmd.RecordAnchored: {"size": 20, "name": "00000000000000000020-aa", "checkpoint": "a log"},
    cmd.LeaveAnchors: {
        "answers": "UPAT",
        "because": "the disk died",
        "names": ("00000000000000000020-aa",),
        "taken_at": PROPOSED_AT,
        "restored_at": PROPOSED_AT,
    },
    cmd.PlanFixity: {"plan": FixityPlan(store="sha256:aa", gib_per_day=100, every_days=90)},
    cmd.RunFixity: {},
    cmd.RecordFixity: {"looked": 3},
    cmd.RecordAudit: {"was_at": "churn", "manifest_digest": "sha256:bb", "files": 3, "bytes": 1204},
    cmd.RecordMended: {
        "was_at": "churn",
        "manifest_digest": "sha256:bb",
        "place": "archive",
        "names": ("data/card.md",),
    },
    browned.AnnounceBrownout: {"number": 1},
    browned.PrepareBrownout: {"number": 1},
    browned.BeginBrownout: {"number": 1, "before": (Counted(endpoint_id=LIVE.id, since=PROPOSED_AT),)},
    browned.EndBrownout: {"number": 1, "refused": {BILLING: 2}},
    browned.SkipBrownout: {"number": 1, "reason": "no proxy runs"},
    browned.AbortBrownout: {"number": 1, "why": WHY},
    browned.CountBrownout: {"number": 1, "refused": {BILLING: 2}},
    browned.ExemptConsumer: {"consumer_id": BILLING},
    cmd.TellWritten: {"catalog": "mlflow", "lifecycle": "deprecated", "places": ("here",)},
}


OF_NO_RETIREMENT = {
    cmd.SendDigest: "digest",
    cmd.RemindPolicyReview: "digest",
    cmd.TellDigest: "digest",
    cmd.Subscribe: "digest/CTEAM",
    cmd.DropReader: "digest/CTEAM",
    cmd.ScheduleImports: "imports",
    cmd.RunImport: "imports",
    cmd.RecordImport: "imports",
    cmd.TakeFile: "imports",
    cmd.RecordFile: "imports",
    cmd.UseSigningKey: "log",
    **dict.fromkeys((cmd.PlanAnchors, cmd.RunAnchors, cmd.RecordAnchored, cmd.LeaveAnchors), "anchors"),
    cmd.PlanFixity: "fixity",
    cmd.RunFixity: "fixity",
    cmd.RecordFixity: "fixity",
    cmd.Delegate: f"delegation/{PAT}",
    cmd.EndDelegation: f"delegation/{PAT}",
}


def a_command(kind: type[cmd.Command], by: str = STRANGER) -> Any:
    return kind(by=by, **COMMANDS[kind])


def test_every_command_has_its_decision():
    assert set(DECISIONS) == set(get_args(cmd.AnyCommand)) == set(COMMANDS)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_a_command_comes_back_from_its_json_as_it_was(kind):
    assert cmd.decoded(cmd.encoded(a_command(kind))) == a_command(kind)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("story", [a_proposed, an_approved, a_running_retirement, a_dark])
def test_a_stranger_changes_nothing_whatever_they_send(kind, story):
    story = story()
    stream = OF_NO_RETIREMENT.get(kind, "RET-1")
    state = None if kind in OF_NO_RETIREMENT else msgspec.json.encode(story.state)
    with pytest.raises(EmeritusError):
        MACHINE.decide(stream, state, cmd.encoded(a_command(kind)), story.facts, story.now)


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind not in {cmd.Propose, *OF_NO_RETIREMENT}])
def test_a_retirement_nobody_opened_takes_no_command(kind):
    with pytest.raises(Refused) as refused:
        MACHINE.decide("RET-9", None, cmd.encoded(a_command(kind)), None, PROPOSED_AT)
    assert str(refused.value) == "There is no RET-9. /retire list shows all there are"


@pytest.mark.parametrize(
    ("story", "command"),
    [
        pytest.param(a_proposed, proposing(), id="proposed twice"),
        pytest.param(a_dark, a_command(cmd.Cancel, PAT), id="cancelled while dark"),
        pytest.param(
            lambda: a_migrated().until(DISABLE_AT), a_command(cmd.Revise, PAT), id="revised too late"
        ),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(story, command):
    story = story()
    before = (story.state, list(story.happened), dict(story.timers), dict(story.effects))
    with pytest.raises(Refused):
        story.does(command)
    assert (story.state, story.happened, story.timers, story.effects) == before


def test_the_same_command_on_the_same_state_and_facts_always_decides_the_same():
    story = a_migrated()
    asked = ("RET-1", msgspec.json.encode(story.state), cmd.encoded(cmd.Pause(by=PAT, why=WHY)))
    facts = story.facts
    assert MACHINE.decide(*asked, facts, story.now) == MACHINE.decide(*asked, facts, story.now)


def test_each_stream_folds_its_own_events():
    imported = events.Imported(
        at=PROPOSED_AT, by=EMERITUS, format="backstage", source_digest="sha256:aa", counts={}, changed_ids=()
    )
    catalog = MACHINE.evolve("catalog", MACHINE.evolve("catalog", None, imported), imported)
    assert state_of("catalog", catalog) == CatalogState(version=2)
    sent = events.DigestSent(at=PROPOSED_AT, by=EMERITUS, since=PROPOSED_AT)
    assert state_of("digest", MACHINE.evolve("digest", None, sent)) == DigestState(
        version=1, sent_at=PROPOSED_AT
    )


def test_an_event_of_another_stream_is_a_bug():
    sent = events.DigestSent(at=PROPOSED_AT, by=EMERITUS, since=PROPOSED_AT)
    with pytest.raises(AssertionError):
        MACHINE.evolve("RET-1", None, sent)


def test_streams_nobody_wrote_to_stand_at_their_beginning():
    assert state_of("RET-1", None) == Retirement(id="RET-1")
    assert state_of("digest", None) == DigestState()
    assert state_of("digest/UPAT", None) == DigestState(place="UPAT")
    assert state_of("delegation/UPAT", None) == Delegation(person="UPAT")
    assert state_of("catalog", None) == CatalogState()
    assert retirement_of("RET-1", None) is None


def test_a_retirement_is_read_back_from_its_stream():
    story = a_running_retirement()
    assert retirement_of("RET-1", msgspec.json.encode(story.state)) == story.state


def test_a_reply_is_for_the_person_and_no_part_of_the_record():
    story = Story(facts_for(policy=a_policy()))
    decision = story.does(replace(proposing(), why=Prose(prose="a better one serves")))
    assert decision.reply == "RET-1 is proposed: churn retires on Wed 2027-02-17 if the vote agrees."


@pytest.mark.parametrize(
    "story", [a_proposed, an_approved, a_migrated, a_dark], ids=lambda made: made.__name__
)
def test_a_state_is_the_same_whether_it_was_just_folded_or_read_from_its_bytes(story: Any) -> None:
    encoded: bytes | None = None
    for event in story().happened:
        encoded = MACHINE.evolve("RET-1", encoded, event)
        folded_now = state_of("RET-1", encoded)

        assert folded_now == msgspec.json.decode(encoded, type=Retirement)
        assert state_of("RET-1", bytes(bytearray(encoded))) is folded_now


def test_no_more_states_are_kept_in_memory_than_a_few() -> None:
    for version in range(KNOWN_MAX + 10):
        state_of("catalog", msgspec.json.encode(CatalogState(version=version)))

    assert len(_KNOWN) == KNOWN_MAX


def test_events_folded_together_come_to_the_same_bytes_as_one_by_one():
    happened = a_dark().happened
    state = None
    for event in happened:
        state = MACHINE.evolve("RET-1", state, event)
    assert MACHINE.evolve("RET-1", None, *happened) == state
