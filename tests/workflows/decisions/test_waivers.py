"""What somebody takes responsibility for by name: consumers, traffic nobody measures, endpoints that are gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.events import EMERITUS
from data.records.artifacts import ArtifactClass, Classed
from data.records.base import Prose
from data.records.decision import EffectKind
from data.records.delegation import Account
from data.records.facts import Reading
from data.records.plan import Endpoint
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    ARCHIVE_AT,
    BATCH,
    BILLING,
    CRM,
    DISABLE_AT,
    EDGE,
    LIVE,
    PAT,
    WHY,
    Story,
    a_migrated,
    a_policy,
    a_running_retirement,
    a_subject,
    days,
    revising,
    silent,
)
from workflows import commands as cmd


def duties(story: Story) -> dict[str, Duty]:
    return {owed.consumer.name: owed.duty for owed in story.state.obligations}


def test_a_waiver_is_a_named_persons_with_a_reason():
    story = a_running_retirement()
    story.does(cmd.Waive(by=PAT, what="crm-sync", reason=WHY))
    (waiver,) = story.state.waivers
    assert (waiver.what, waiver.by, waiver.reason) == (CRM, PAT, WHY)
    assert duties(story)["crm-sync"] is Duty.WAIVED
    with pytest.raises(Refused, match="A waiver needs a reason"):
        story.does(cmd.Waive(by=PAT, what=BILLING, reason=Prose()))


def test_what_is_settled_is_not_waived_again():
    story = a_migrated()
    assert story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY)).reply == "crm-sync is migrated already."


UNMETERED = Reading(endpoint_id=EDGE.id, status="serving")


def test_traffic_is_waived_only_where_there_is_no_meter():
    vouching = cmd.Waive(by=PAT, what="traffic", reason=WHY)
    with pytest.raises(Refused) as refused:
        a_running_retirement().does(vouching)
    assert refused.value.reasons == (f"{LIVE.id} has a meter",)
    story = a_running_retirement(a_subject(endpoints=(LIVE, EDGE)), readings=(*silent(LIVE), UNMETERED))
    story.does(vouching)
    assert story.does(vouching).reply == "Traffic is waived already."
    assert [waiver.what for waiver in story.state.waivers] == ["traffic"]


def test_only_the_word_of_a_colleague_waives():
    story = a_running_retirement()
    with pytest.raises(Refused, match="Your waiver does not count: by Slack this account is a guest"):
        story.does(cmd.Waive(by=PAT, what="billing-etl", reason=WHY), account=Account.GUEST)
    assert story.state.waivers == ()


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("absent", "is absent already"),
        ("disabled", "is disabled already"),
        ("unknown", "does not answer, so nobody can say whether it serves"),
    ],
)
def test_traffic_is_not_waived_where_nothing_is_seen_to_serve(status: str, why: str):
    story = a_running_retirement(readings=(Reading(endpoint_id=LIVE.id, status=status),))
    with pytest.raises(Refused) as refused:
        story.does(cmd.Waive(by=PAT, what="traffic", reason=WHY))
    assert refused.value.reasons == (f"{LIVE.id} {why}",)


def test_without_any_endpoint_there_is_no_traffic_to_waive():
    with pytest.raises(Refused, match="Traffic cannot be waived"):
        a_running_retirement(a_subject(endpoints=())).does(cmd.Waive(by=PAT, what="traffic", reason=WHY))


BOTH = a_subject(endpoints=(LIVE, BATCH))
GONE = (*silent(LIVE), Reading(endpoint_id=BATCH.id, status="absent"))


def vouching(endpoint: Endpoint) -> cmd.Waive:
    return cmd.Waive(by=PAT, what=endpoint.name, reason=WHY)


def gone(story: Story) -> Story:
    """The day service ends, with an endpoint that is gone and somebody who vouches for that."""
    story.until(DISABLE_AT).proves()
    story.does(vouching(BATCH))
    return story.until(DISABLE_AT).proves()


def found_gone(endpoint: Endpoint) -> cmd.RecordDisabled:
    return cmd.RecordDisabled(by=EMERITUS, endpoint=endpoint, was_gone=True)


def test_an_endpoint_that_is_gone_is_waived_by_name_and_the_step_goes_on():
    story = a_migrated(BOTH, readings=GONE).until(DISABLE_AT)
    assert story.state.progress(StepKind.DISABLE).progress is Progress.HELD
    gone(story)
    assert [waiver.what for waiver in story.state.waivers] == [BATCH.id]
    assert story.does(vouching(BATCH)).reply == f"{BATCH.name} is waived already."
    story.does(found_gone(BATCH))
    (event,) = story.of(events.EndpointGone)
    assert (event.endpoint_id, event.vouched_by) == (BATCH.id, PAT)
    story.works()
    assert (story.state.state, story.state.disabled_ids, story.state.gone_ids) == (
        State.DISABLED,
        (LIVE.id,),
        (BATCH.id,),
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("serving", "it is serving"),
        ("disabled", "it is disabled"),
        ("unknown", "it does not answer, so nobody can say whether it is gone"),
    ],
)
def test_only_an_endpoint_that_is_gone_is_waived(status: str, why: str):
    story = a_running_retirement(readings=(Reading(endpoint_id=LIVE.id, status=status),))
    with pytest.raises(Refused) as refused:
        story.does(vouching(LIVE))
    assert refused.value.reasons == (f"only an endpoint that is gone can be, and {why}",)
    assert story.state.waivers == ()


def test_a_restore_does_not_wait_for_what_was_gone_before():
    story = gone(a_migrated(BOTH, readings=GONE))
    story.does(found_gone(BATCH))
    story.works()
    story.does(cmd.Restore(by=PAT, why=WHY))
    assert [effect.body["endpoint_id"] for effect in story.work(EffectKind.RESTORE)] == [LIVE.id]
    story.works()
    assert story.state.state is State.ROLLED_BACK


def test_a_new_plan_asks_again_whether_an_endpoint_is_gone():
    story = a_running_retirement(BOTH, readings=GONE)
    story.does(vouching(BATCH))
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    assert story.state.waivers == ()


def test_found_gone_after_it_was_called_off_nothing_is_brought_back():
    story = gone(a_migrated(BOTH, readings=GONE))
    story.does(cmd.Restore(by=PAT, why=WHY))
    story.works()
    assert story.does(found_gone(BATCH)).events == ()


def test_what_cannot_come_back_is_waived_by_name_and_the_restore_ends():
    story = a_migrated(BOTH).until(DISABLE_AT).proves().works()
    story.does(cmd.Restore(by=PAT, why=WHY))
    lost = (*silent(LIVE), Reading(endpoint_id=BATCH.id, status="absent"))
    with pytest.raises(NotFound, match="No endpoint of RET-1"):
        story.does(cmd.Waive(by=PAT, what="traffic", reason=WHY), readings=lost)
    with pytest.raises(Refused, match="cannot be waived"):
        story.does(vouching(LIVE), readings=lost)
    story.does(vouching(BATCH), readings=lost)
    assert (story.state.disabled_ids, story.state.gone_ids) == ((LIVE.id,), (BATCH.id,))
    assert story.does(vouching(BATCH), readings=lost).reply == f"{BATCH.name} is waived already."
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=LIVE.id))
    assert story.state.state is State.ROLLED_BACK


def test_the_last_one_that_cannot_come_back_ends_the_restore():
    story = a_migrated().until(DISABLE_AT).proves().works()
    story.does(cmd.Restore(by=PAT, why=WHY))
    story.does(vouching(LIVE), readings=(Reading(endpoint_id=LIVE.id, status="absent"),))
    assert story.state.state is State.ROLLED_BACK


def test_a_name_of_a_consumer_and_of_an_endpoint_is_asked_for_by_id():
    twin = replace(LIVE, name="crm-sync")
    story = a_running_retirement(a_subject(endpoints=(twin,)), readings=silent(twin))
    with pytest.raises(Refused, match="names a consumer and an endpoint") as refused:
        story.does(cmd.Waive(by=PAT, what="crm-sync", reason=WHY))
    assert refused.value.next_step == f"Say which by its id: {CRM} or {LIVE.id}"
    story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY))
    assert duties(story)["crm-sync"] is Duty.WAIVED


def test_a_name_of_two_endpoints_is_asked_for_by_id():
    twin = replace(LIVE, id="resource:eu/churn-live")
    story = a_running_retirement(a_subject(endpoints=(LIVE, twin)), readings=silent(LIVE, twin))
    with pytest.raises(Refused) as refused:
        story.does(cmd.Waive(by=PAT, what=LIVE.name, reason=WHY))
    assert str(refused.value) == (
        f'2 endpoints of RET-1 are called "{LIVE.name}". Say which by its id: {LIVE.id} or {twin.id}'
    )


def test_what_names_neither_is_answered_with_the_consumers_there_are():
    with pytest.raises(NotFound, match="No consumer of RET-1"):
        a_running_retirement().does(cmd.Waive(by=PAT, what="churn", reason=WHY))


NEEDS_CODE = a_policy(archive_classes=(ArtifactClass.WEIGHTS, ArtifactClass.CODE))


def test_a_class_the_archive_lacks_is_waived_by_name_and_the_held_step_goes_on():
    story = a_running_retirement(policy=NEEDS_CODE).until(ARCHIVE_AT)
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.HELD
    without_code = cmd.Waive(by=PAT, what="archive:code", reason=WHY)
    assert story.does(without_code).reply == "You waived archive:code, with your reason."
    assert story.does(without_code).reply == "archive:code is waived already."
    story.until(story.now)
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.RUNNING
    for what in ("archive:weights", "archive:card", "archive:"):
        with pytest.raises(NotFound, match="class that the archive of RET-1 lacks"):
            story.does(cmd.Waive(by=PAT, what=what, reason=WHY))


def test_going_without_a_class_holds_for_the_artifacts_it_was_said_of():
    story = a_running_retirement(policy=NEEDS_CODE)
    story.does(cmd.Waive(by=PAT, what="archive:code", reason=WHY))
    later = (DISABLE_AT + days(60)).date()
    story.does(revising(target_on=later))
    assert [waiver.what for waiver in story.state.waivers] == ["archive:code"]
    classed = (Classed(uri="s3://models/churn", of=ArtifactClass.DATA),)
    story.facts = replace(story.facts, subject=replace(story.facts.subject, classes=classed))
    story.does(revising(target_on=later + timedelta(days=1)))
    assert story.state.waivers == ()
    with pytest.raises(Refused, match="RET-1 archives nothing now: it is proposed"):
        story.does(cmd.Waive(by=PAT, what="archive:code", reason=WHY))
