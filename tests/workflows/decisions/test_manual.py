"""Endpoints only people can switch: reported with evidence, checked by a second person, asked for again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.records.base import Prose
from data.records.decision import EffectKind
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.builders import (
    CLOSE_AT,
    DISABLE_AT,
    EDGE,
    ENDY,
    LIVE,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_migrated,
    a_subject,
    an_impacted,
    dark,
    days,
    failing,
    paused,
    restoring,
    resumed,
    silent,
    standing_in,
)
from workflows import commands as cmd

TICKET = Prose(prose="ticket 7, screenshot attached")
BY_HAND = a_subject(endpoints=(LIVE, EDGE))
ONLY_BY_HAND = a_subject(endpoints=(EDGE,))


def reporting(action: str = "disable", by: str = PAT, evidence: Prose = TICKET) -> cmd.ReportManual:
    return cmd.ReportManual(by=by, endpoint_id=EDGE.id, action=action, evidence=evidence)


def checking(action: str = "disable", by: str = ENDY) -> cmd.CheckManual:
    return cmd.CheckManual(by=by, endpoint_id=EDGE.id, action=action)


def by_hand(subject=BY_HAND) -> Story:
    """The day service ends, with an endpoint nobody can meter or drive; somebody vouched for its silence."""
    unmetered = tuple(
        replace(reading, calls=-1) if reading.endpoint_id == EDGE.id else reading
        for reading in silent(*subject.endpoints)
    )
    story = a_migrated(subject, readings=unmetered)
    story.does(cmd.Waive(by=PAT, what="traffic", reason=WHY))
    return story.until(DISABLE_AT).proves()


def test_an_endpoint_by_hand_counts_when_a_second_person_has_looked():
    story = by_hand().works()
    assert (story.state.state, story.state.disabled_ids) == (State.MIGRATING, (LIVE.id,))
    story.does(reporting())
    assert story.state.disabled_ids == (LIVE.id,)
    with pytest.raises(Refused, match=r"You reported it yourself\. A second person has to check it"):
        story.does(checking(by=PAT))
    story.does(checking())
    assert (story.state.state, story.state.disabled_ids) == (State.DISABLED, (LIVE.id, EDGE.id))


def test_whoever_stands_in_reports_and_does_not_check_what_is_reported_for_them():
    story = by_hand().works()
    with pytest.raises(Refused, match="You may not report manual RET-1"):
        story.does(reporting(by=STRANGER))
    story.facts = replace(story.facts, delegations=standing_in(STRANGER, ENDY))
    story.does(reporting(by=ENDY))
    with pytest.raises(Refused, match=rf"You answer for <@{ENDY}> now, who reported it") as refused:
        story.does(checking(by=STRANGER))
    assert refused.value.next_step == "Somebody beside the two of you has to check it"
    story.does(cmd.ContradictManual(by=STRANGER, endpoint_id=EDGE.id, action="disable"))
    story.does(reporting(by=STRANGER))
    with pytest.raises(Refused, match=rf"<@{STRANGER}>, who reported it, answers for you now"):
        story.does(checking(by=ENDY))
    story.does(checking(by=PAT))
    assert story.state.state is State.DISABLED


@pytest.mark.parametrize("by", [OWEN, PAT], ids=["somebody who looked", "whoever reported it"])
def test_a_report_that_is_not_so_counts_no_more_and_is_asked_for_again(by):
    story = by_hand().works()
    story.does(reporting())
    story.does(cmd.ContradictManual(by=by, endpoint_id=EDGE.id, action="disable"))
    assert story.state.manual == ()
    with pytest.raises(Refused, match="There is nothing to check"):
        story.does(checking())
    story.does(reporting())
    story.does(checking())
    assert story.state.state is State.DISABLED


def test_only_a_report_that_waits_can_be_contradicted():
    story = by_hand().works()
    wish = cmd.ContradictManual(by=OWEN, endpoint_id=EDGE.id, action="disable")
    with pytest.raises(Refused, match="There is nothing to check"):
        story.does(wish)
    story.does(reporting())
    with pytest.raises(Refused, match="You may not contradict manual RET-1"):
        story.does(replace(wish, by=STRANGER))
    story.does(checking())
    with pytest.raises(Refused, match="There is nothing to check"):
        story.does(wish)


def test_a_report_is_not_contradicted_once_service_is_asked_back_and_the_restore_ends():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(cmd.Restore(by=PAT, why=WHY))
    with pytest.raises(Refused) as refused:
        story.does(cmd.ContradictManual(by=OWEN, endpoint_id=EDGE.id, action="disable"))
    assert "service is being restored" in refused.value.reasons
    story.does(reporting("restore"))
    story.does(checking("restore"))
    assert story.state.state is State.ROLLED_BACK


def test_what_only_one_person_reported_off_is_not_taken_for_gone():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(cmd.Restore(by=PAT, why=WHY))
    with pytest.raises(Refused, match="two people have not vouched that it is off"):
        story.does(cmd.Waive(by=PAT, what=EDGE.name, reason=WHY))


def test_a_report_is_refused_with_everything_that_stands_against_it():
    story = by_hand(ONLY_BY_HAND)
    story.does(cmd.Pause(by=PAT, why=WHY))
    with pytest.raises(Refused) as refused:
        story.does(reporting(), impact=(*story.facts.impact, an_impacted("late")))
    paused, appeared = refused.value.reasons
    assert paused == "it is paused since 2027-02-17 09:00 UTC: /retire resume RET-1"
    assert "appeared after the vote (component:default/late)" in appeared


def test_what_people_switched_off_stays_dark_by_their_word_until_close():
    story = by_hand().works()
    story.does(reporting())
    story.does(checking())
    story.facts = replace(story.facts, readings=(*dark(LIVE), *silent(EDGE, calls=-1)))
    assert story.until(CLOSE_AT).works().state.state is State.ARCHIVED


@pytest.mark.parametrize(
    ("command", "error"),
    [
        pytest.param(checking(), "There is nothing to check", id="check before report"),
        pytest.param(
            reporting(evidence=Prose()), "A disable by hand counts only with evidence", id="no evidence"
        ),
        pytest.param(reporting(by=STRANGER), "You may not report manual RET-1", id="a stranger"),
        pytest.param(reporting("restore"), "RET-1 does not ask for a restore now", id="the other way"),
        pytest.param(reporting("vanish"), "No action by hand is called", id="no such action"),
        pytest.param(
            replace(reporting(), endpoint_id=LIVE.id),
            "No manual endpoint of RET-1 is called",
            id="one we drive",
        ),
    ],
)
def test_reports_that_cannot_count_are_refused(command, error):
    with pytest.raises((Refused, NotFound), match=error):
        by_hand().does(command)


def test_nothing_is_reported_before_switching_off_has_begun_or_once_it_is_dark():
    with pytest.raises(Refused, match="does not ask for a disable now"):
        a_migrated(BY_HAND).does(reporting())
    story = by_hand()
    story.does(reporting())
    story.does(checking())
    with pytest.raises(Refused, match="does not ask for a disable now"):
        story.does(reporting())


def test_a_check_still_counts_when_another_endpoint_has_failed_meanwhile():
    story = by_hand()
    story.does(reporting())
    story.does(failing(story, StepKind.DISABLE))
    story.does(checking())
    assert (story.state.disabled_ids, story.state.progress(StepKind.DISABLE).progress) == (
        (EDGE.id,),
        Progress.HELD,
    )


def test_nobody_switches_off_by_hand_what_a_vote_may_call_off():
    story = by_hand()
    story.does(failing(story, StepKind.DISABLE))
    story.does(cmd.Cancel(by=PAT, why=WHY))
    assert f"RET-1/announcement-1/manual/disable/{EDGE.id}/edit" in story.effects
    with pytest.raises(Refused, match="does not ask for a disable now") as refused:
        story.does(reporting())
    (reason,) = refused.value.reasons
    assert reason.startswith("a vote on cancelling it is open until 2027-03-19")
    story.votes(OWEN, PLATO, SELMA)
    with pytest.raises(Refused) as refused:
        story.does(reporting())
    assert refused.value.reasons == ("the retirement is cancelled",)
    assert story.state.manual == ()


def test_nobody_switches_off_by_hand_while_it_is_paused():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    paused(story)
    with pytest.raises(Refused, match="does not ask for a disable now"):
        story.does(checking())
    resumed(story).does(checking())
    assert story.state.state is State.DISABLED


def test_service_by_hand_comes_back_by_hand():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(checking())
    restoring(story)
    assert f"RET-1/announcement-1/manual/restore/{EDGE.id}" in story.effects
    assert story.work(EffectKind.RESTORE) == ()
    story.does(reporting("restore", by=ENDY))
    assert story.state.state is State.DISABLED
    story.does(checking("restore", by=OWEN))
    assert story.state.state is State.ROLLED_BACK


def test_what_was_reported_off_and_not_checked_is_brought_back_too():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    restoring(story)
    assert f"RET-1/announcement-1/manual/restore/{EDGE.id}" in story.effects
    story.does(reporting("restore"))
    story.does(checking("restore"))
    assert story.state.state is State.ROLLED_BACK


def test_what_nobody_switched_off_yet_needs_nobody_to_bring_it_back():
    assert restoring(by_hand(ONLY_BY_HAND)).state.state is State.ROLLED_BACK


def test_who_appeared_after_the_request_holds_the_switch_by_hand():
    story = by_hand(ONLY_BY_HAND)
    late = (*story.facts.impact, replace(story.facts.impact[0], consumer_id="component:default/late"))
    with pytest.raises(Refused, match="does not ask for a disable now") as refused:
        story.does(reporting(), impact=late)
    (why,) = refused.value.reasons
    assert why.startswith("1 consumer appeared after the vote (component:default/late)")
    story.does(reporting())
    with pytest.raises(Refused, match="appeared after the vote"):
        story.does(checking(), impact=late)
    assert story.state.state is State.MIGRATING


def test_who_called_after_the_request_holds_the_switch_by_hand():
    story = by_hand()
    called = (*silent(LIVE, calls=3), *silent(EDGE, calls=-1))
    with pytest.raises(Refused) as refused:
        story.does(reporting(), readings=called)
    assert refused.value.reasons == (f"{LIVE.id} was called 3 times in the last 30 days",)


def test_a_restore_by_hand_is_held_by_nobody_new():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(checking())
    restoring(story)
    late = (*story.facts.impact, replace(story.facts.impact[0], consumer_id="component:default/late"))
    story.does(reporting("restore"), impact=late, readings=())
    story.does(checking("restore"), impact=late, readings=())
    assert story.state.state is State.ROLLED_BACK


def test_who_was_asked_and_did_nothing_is_asked_again_and_then_the_channel_is_told():
    story = by_hand(ONLY_BY_HAND).until(DISABLE_AT + days(60))
    assert [(event.at, event.level, event.to) for event in story.of(events.AskedAgain)] == [
        (DISABLE_AT + days(3), 1, (PAT, ENDY)),
        (DISABLE_AT + days(6), 2, ("CGOV",)),
    ]
    asked = [effect for effect in story.effects.values() if effect.body.get("notice") == "asked again"]
    assert [effect.body["channel"] for effect in asked] == [PAT, ENDY, "CGOV"]
    assert {effect.body["endpoint_ids"] for effect in asked} == {EDGE.id}
    assert not any(effect.patience_seconds for effect in asked), "the retirement waits for them"


def test_a_report_nobody_checks_is_asked_for_again_too():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    assert len(story.until(DISABLE_AT + days(6)).of(events.AskedAgain)) == 2


def test_nobody_is_asked_again_for_what_two_have_done():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(checking())
    assert story.until(DISABLE_AT + days(20)).of(events.AskedAgain) == []


def test_while_it_may_not_be_done_nobody_is_asked_again_and_later_they_are():
    story = paused(by_hand(ONLY_BY_HAND), for_days=10)
    assert story.of(events.AskedAgain) == []
    resumed(story).until(story.now + days(10))
    assert [event.level for event in story.of(events.AskedAgain)] == [1, 2]


def test_service_that_is_to_come_back_by_hand_is_asked_for_again_too():
    story = by_hand(ONLY_BY_HAND)
    story.does(reporting())
    story.does(checking())
    restoring(story).until(story.now + days(30))
    assert [(event.action, event.level) for event in story.of(events.AskedAgain)] == [
        ("restore", 1),
        ("restore", 2),
    ]


def test_what_holds_the_switch_by_hand_stands_on_the_card_and_not_only_in_a_refusal():
    story = by_hand(ONLY_BY_HAND)
    late = (*story.facts.impact, replace(story.facts.impact[0], consumer_id="component:default/late"))
    story.until(DISABLE_AT + days(20))
    story.facts = replace(story.facts, impact=late)
    story.until(DISABLE_AT + days(24))
    disable = story.state.progress(StepKind.DISABLE)
    assert disable.progress is Progress.HELD
    assert "appeared after the vote (component:default/late)" in disable.held_by[0]
    assert len(story.of(events.AskedAgain)) == 2
