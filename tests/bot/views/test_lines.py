"""Every event has its line; the proposal's line holds the impact in full."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from bot.views import lines, notices
from bot.views.limits import POST_TEXT_MAX
from data import events
from data.records.base import Prose
from data.records.retirement import Archived, Choice, Duty, Extension, Reason, StepKind
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
)
from tests.fakes.slack.surfaces import refuse_message
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message
from workflows.ports import Message

PLAN = a_plan()
ENDPOINT = "api:default/churn-v1"
KEPT = Archived(location="/archive/em", preservation_id="em:12", manifest_digest="x", files=2, bytes=4096)
FIELDS: dict[type[events.Event], dict[str, Any]] = {
    events.Proposed: {
        "plan": PLAN,
        "why": Prose(prose="old"),
        "policy": a_policy(),
        "coordinator_id": "UPAT",
        "impact": (an_impact(0), an_impact(1, distance=2, path=(consumer_id(1), "api:scores", "churn-v1"))),
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
    },
    events.Approved: {"round_number": 1, "plan_digest": "sha256:" + "cd" * 32},
    events.Rejected: {"round_number": 1, "role": "risk"},
    events.Expired: {"round_number": 1, "missing": {"risk": 2}},
    events.Withdrawn: {"why": Prose(prose="wrong model")},
    events.CancellationProposed: {"why": Prose(prose="still needed"), "round": a_round()},
    events.CancellationDropped: {"round_number": 2},
    events.Cancelled: {"round_number": 2},
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
    events.ExtensionDecided: {"consumer_id": consumer_id(0), "number": 1, "granted": "yes"},
    events.Waived: {"what": "traffic", "reason": Prose(prose="no meter")},
    events.Reminded: {"milestone": "migrate-7d@2027-05-23", "people": ("U1", "U2")},
    events.Escalated: {
        "milestone": "migrate@2027-05-23",
        "level": 1,
        "consumer_ids": (consumer_id(0),),
        "to": ("UBOSS",),
    },
    events.StepStarted: {"step": StepKind.DISABLE, "evidence": ("churn-v1: 0 calls in 14 days",)},
    events.StepHeld: {"step": StepKind.DISABLE, "reasons": ("2 consumers are not migrated",)},
    events.StepFailed: {"step": StepKind.ARCHIVE, "reason": "disk full"},
    events.ArchiveStored: {"archived": KEPT},
    events.DrillPassed: {"manifest_digest": "x", "files": 2, "bytes": 4096},
    events.MigrationClosed: {"open_ids": (consumer_id(0),)},
    events.EndpointDisabled: {"endpoint_id": ENDPOINT},
    events.RestoreStarted: {"why": Prose(prose="outage")},
    events.EndpointRestored: {"endpoint_id": ENDPOINT},
    events.ManualReported: {"endpoint_id": ENDPOINT, "action": "disable", "evidence": Prose(prose="CHG-1")},
    events.ManualChecked: {"endpoint_id": ENDPOINT, "action": "disable"},
    events.Paused: {"why": Prose(prose="freeze")},
    events.HandedOver: {"coordinator_id": "UNEW"},
}
SAID = {
    events.Voted: ':x: <@UANN> voted *reject* as risk — "not yet"',
    events.Approved: ":white_check_mark: *Approved*: every role has its approvals on plan `cdcdcdcdcdcd`",
    events.Expired: ":hourglass: *Expired*: the round closed, approvals missing: 2 of risk",
    events.DutyChanged: (
        ':hourglass_flowing_sand: <@UANN> needs more time for *consumer-000* until 2027-06-08 — "audit"'
    ),
    events.Waived: ':pencil: <@UANN> takes responsibility for *traffic* — "no meter"',
    events.Reminded: ":alarm_clock: Reminded 2 people (migrate-7d@2027-05-23)",
    events.StepHeld: ":warning: Step *disable* is held:\n    • 2 consumers are not migrated",
    events.ArchiveStored: ":package: Archived 2 files, 4,096 bytes as `em:12`",
    events.EndpointDisabled: ":electric_plug: *churn-v1* is off; it can be restored",
    events.HandedOver: ":handshake: <@UANN> handed over to <@UNEW>, now the coordinator",
}


def an_event(kind: type[Any]) -> Any:
    return kind(at=NOW, by="UANN", **FIELDS.get(kind, {}))


@pytest.mark.parametrize("kind", get_args(events.RetirementEvent))
def test_every_event_is_one_line_with_its_mark(kind: type[Any]) -> None:
    said = lines.line(an_event(kind), announced())
    assert said.startswith(":")
    assert said == SAID.get(kind, said)
    check_message(lines.message([an_event(kind)], announced()))


def test_the_proposal_line_holds_the_impact_in_full_with_the_way_of_the_transitive_ones() -> None:
    said = lines.line(an_event(events.Proposed), a_retirement())
    assert said.splitlines() == [
        ':scroll: <@UANN> proposed to retire *churn-v1 (RET-1)*; service ends 2027-05-30 — "old"',
        ":busts_in_silhouette: *Impact in full*: 2 consumers of 2 teams, 1 directly",
        "*team-0* (1)",
        "    • consumer-000",
        "*team-1* (1)",
        "    • consumer-001 via api:scores",
        ":grey_question: consumer-009 has no owner",
    ]


def test_lines_due_together_are_one_message_in_order() -> None:
    happened = [an_event(events.Voted), an_event(events.Approved)]
    assert lines.message(happened, announced())["text"] == f"{SAID[events.Voted]}\n{SAID[events.Approved]}"


def test_five_hundred_consumers_are_named_in_one_post() -> None:
    crowd = tuple(an_impact(number, teams=20) for number in range(500))
    event = events.Proposed(at=NOW, by="UPAT", **{**FIELDS[events.Proposed], "impact": crowd})
    said = lines.message([event], a_retirement())
    refuse_message(said["text"], None, text_max=POST_TEXT_MAX)
    assert all(impact.name in said["text"] for impact in crowd)


def test_mischief_in_names_stays_text_and_the_rest_is_counted() -> None:
    state = overloaded()
    changed = {"impact": state.impact, "impact_notes": state.impact_notes, "why": Prose(prose=NASTY)}
    event = events.Proposed(at=NOW, by="UPAT", **{**FIELDS[events.Proposed], **changed})
    said = lines.message([event, an_event(events.Voted)], state)["text"]
    refuse_message(said, None, text_max=POST_TEXT_MAX)
    assert not is_loud(said, [])
    assert mentions(said, []) == ["UPAT", "UANN"]
    assert " more\n:x:" in said


def test_every_notice_of_the_outbox_has_its_view() -> None:
    params = {
        "team_id": "group:team-0",
        "slack_id": "UT0",
        "milestone": "migrate@2027-05-23",
        "level": "1",
        "consumer_ids": consumer_id(0),
        "consumer_id": consumer_id(0),
        "number": "1",
        "endpoint_id": ENDPOINT,
        "action": "disable",
        "since": "2026-05-04T09:00:00+00:00",
        "until": "2026-05-11T09:00:00+00:00",
    }
    state = announced(why=Prose(prose=str(Reason.COST)))
    for notice in (*notices.VIEWS, "digest"):
        message = Message(
            key="k",
            notice=notice,
            channel="CGOV",
            params=params,
            retirement=state,
            events=(an_event(events.Approved),),
        )
        check_message(notices.drawn(message, retirements=lambda: [state]))
