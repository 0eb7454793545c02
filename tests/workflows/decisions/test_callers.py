"""Callers nobody declares hold every stage until somebody answers for them; who moved and goes on is asked anew."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.events import EMERITUS
from data.records.base import Prose
from data.records.catalog import Impacted, Owners
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVE_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    DISABLE_AT,
    IMPACT,
    MIGRATE_AT,
    PAT,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_proposed,
    a_running_retirement,
    an_approved,
    an_impacted,
    an_unknown,
    days,
    revising,
    some_calls,
)
from workflows import commands as cmd

SCORER = an_unknown()
EDGE_TEAM = Owners(team_id="group:default/edge", called="edge", slack_ids=(STRANGER, "UEDDY"))
CRM_TEAM = Owners(team_id="group:default/crm", called="crm", slack_ids=(CARL,))
MEETING = cmd.MeetOwners(by=EMERITUS)


def seeing(story: Story, *callers: Impacted, **facts: Any) -> Story:
    """An import tells of these callers; from now on the catalog has them."""
    found = callers or (SCORER,)
    calls = tuple(some_calls(one.consumer_id) for one in found)
    story.facts = replace(story.facts, impact=(*IMPACT, *found), **{"calls": calls, **facts})
    story.does(MEETING)
    return story


def claiming(by: str = STRANGER, **changes: Any) -> cmd.ClaimCaller:
    return replace(cmd.ClaimCaller(by=by, caller=SCORER.consumer_id), **changes)


def claimed(story: Story, owners: Owners = EDGE_TEAM) -> Story:
    """Claimed by one of this team; the catalog's facts have it from then on (workflows/observing.py)."""
    story.does(claiming(owners.slack_ids[0]), teams=(owners,))
    story.facts = replace(story.facts, impact=(*IMPACT, replace(SCORER, owners=owners)))
    return story


def duties(story: Story) -> dict[str, Duty]:
    return {owed.consumer.name: owed.duty for owed in story.state.obligations}


def held(story: Story, kind: StepKind) -> tuple[str, ...]:
    return story.state.progress(kind).held_by


HELD = (
    "1 caller nobody declares uses it (scorer: 12.5 calls a day, last on 2027-01-20, first on 2027-01-02): say "
    "whose in the thread of its card, or /retire claim RET-1 CALLER, or /retire waive RET-1 CALLER REASON"
)


@pytest.mark.parametrize(
    ("story", "kind", "due"),
    [
        (an_approved, StepKind.ANNOUNCE, ANNOUNCED_AT),
        (a_running_retirement, StepKind.ARCHIVE, ARCHIVE_AT),
        (a_migrated, StepKind.DISABLE, DISABLE_AT),
    ],
    ids=["announce", "archive", "disable"],
)
def test_a_caller_that_appears_holds_the_next_stage_and_is_asked_about_once(story, kind, due):
    story = seeing(story())
    for _ in range(3):
        story.does(MEETING)
    story.until(due + days(3))
    assert held(story, kind) == (HELD,)
    assert len(story.of(events.CallersSeen)) == 1
    assert [key for key in story.effects if "/callers/" in key and not key.endswith("/edit")] == [
        f"RET-1/callers/{story.state.callers[0].asked}/0"
    ]


def test_one_that_was_there_when_it_was_proposed_is_asked_about_at_once():
    story = a_proposed(impact=(*IMPACT, SCORER), calls=(some_calls(SCORER.consumer_id),))
    story.until(story.now)
    (seen,) = story.of(events.CallersSeen)
    assert seen.callers[0].consumer == SCORER


def test_one_that_was_there_when_it_was_voted_on_holds_the_announcement_as_well():
    story = an_approved(impact=(*IMPACT, SCORER)).until(ANNOUNCED_AT + days(1))
    assert "1 caller nobody declares" in held(story, StepKind.ANNOUNCE)[0]


def test_many_are_asked_about_a_few_at_a_time_and_no_more_than_anybody_reads():
    story = seeing(a_running_retirement(), *(an_unknown(f"scan{number}") for number in range(73)))
    asked = [effect.body for key, effect in story.effects.items() if "/callers/" in key]
    assert [body["part"] for body in asked] == ["0", "1", "2", "3", "4"]
    assert len(story.state.callers) == 73
    story.until(ARCHIVE_AT)
    assert "73 callers nobody declares use it (scan0" in held(story, StepKind.ARCHIVE)[0]


def test_nobody_is_asked_once_all_is_dark_or_it_has_ended():
    story = seeing(a_dark())
    assert story.of(events.CallersSeen) == []
    with pytest.raises(Refused, match="RET-1 asks nothing of callers now: it is disabled"):
        story.does(claiming(), teams=(EDGE_TEAM,))


def test_whoever_says_that_it_is_theirs_is_asked_to_move_like_all_others():
    story = seeing(a_running_retirement())
    decision = story.does(claiming(), teams=(EDGE_TEAM,))
    assert decision.reply == "scorer is edge's: its owners are asked to move."
    duty = story.state.obligation(SCORER.consumer_id)
    assert (duty.duty, duty.consumer.owners, duty.migrate_by) == (Duty.OPEN, EDGE_TEAM, MIGRATE_AT)
    assert duty.acknowledge_by == story.now + days(7)
    told = {key for key in story.effects if key.startswith("RET-1/announcement-1/dm/")}
    assert {f"RET-1/announcement-1/dm/{person}" for person in EDGE_TEAM.slack_ids} <= told
    assert "RET-1/announcement-1/team/group:default/edge" in story.effects
    assert "escalate/acknowledge@2027-01-25/1" in story.timers


def test_saying_it_twice_changes_nothing_and_others_settle_it_with_whoever_said_it():
    story = claimed(seeing(a_running_retirement()))
    assert story.does(claiming(), teams=(EDGE_TEAM,)).reply == "scorer is edge's already."
    with pytest.raises(Refused, match="scorer is claimed already") as refused:
        story.does(claiming(CARL), teams=(CRM_TEAM,))
    assert refused.value.reasons == ("<@USTRANGER> said it is theirs",)


def test_what_was_handed_back_can_be_claimed_by_another_team():
    story = claimed(seeing(a_running_retirement()))
    story.does(cmd.ChangeDuty(by="UEDDY", consumer_ids=(SCORER.consumer_id,), duty=Duty.NOT_MINE))
    claimed(story, CRM_TEAM)
    duty = story.state.obligation(SCORER.consumer_id)
    assert (duty.duty, duty.consumer.owners) == (Duty.OPEN, CRM_TEAM)


def test_a_claim_before_the_announcement_is_an_obligation_from_then_on():
    story = a_proposed(impact=(*IMPACT, SCORER)).until(ANNOUNCED_AT - days(14))
    decision = story.does(claiming(), teams=(EDGE_TEAM,))
    assert decision.reply == "scorer is edge's: its owners are asked to move once it is announced."
    assert story.state.obligations == ()
    story.facts = replace(story.facts, impact=(*IMPACT, replace(SCORER, owners=EDGE_TEAM)))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    assert story.state.obligation(SCORER.consumer_id).consumer.owners == EDGE_TEAM


def test_who_was_found_after_the_vote_waits_for_a_new_one_like_every_newcomer():
    story = claimed(seeing(a_running_retirement())).until(ARCHIVE_AT)
    (why,) = held(story, StepKind.ARCHIVE)
    assert why == (
        "1 consumer appeared after the vote (caller::scorer): press Edit plan on the card for a new vote that "
        "includes them"
    )
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    story.votes("UOWEN", "UPLATO", "USELMA").until(story.now + days(15))
    assert story.state.obligation(SCORER.consumer_id).consumer.owners == EDGE_TEAM
    story.until(story.due(StepKind.ARCHIVE))
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.RUNNING


def test_of_one_that_was_found_and_has_moved_a_vote_has_nothing_to_decide():
    story = claimed(seeing(a_running_retirement()))
    story.does(cmd.ChangeDuty(by=STRANGER, consumer_ids=(SCORER.consumer_id,), duty=Duty.MIGRATED))
    story.until(ARCHIVE_AT)
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.RUNNING


@pytest.mark.parametrize(
    ("teams", "team", "error"),
    [
        ((), "", "the catalog does not know you"),
        ((EDGE_TEAM, CRM_TEAM), "", "You are in several teams"),
        ((EDGE_TEAM,), "platform", "platform"),
    ],
)
def test_a_claim_is_made_for_a_team_of_ones_own(teams, team, error):
    story = seeing(a_running_retirement())
    with pytest.raises((Refused, NotFound), match=error):
        story.does(claiming(team=team), teams=teams)
    assert story.of(events.CallerClaimed) == []


def test_a_team_is_named_by_name_or_id_where_somebody_is_in_several():
    story = seeing(a_running_retirement())
    story.does(claiming(team="CRM"), teams=(EDGE_TEAM, CRM_TEAM))
    assert story.state.callers[0].team_id == CRM_TEAM.team_id


def test_a_caller_nobody_asked_about_cannot_be_claimed():
    with pytest.raises(NotFound, match="nightly"):
        seeing(a_running_retirement()).does(claiming(caller="nightly"), teams=(EDGE_TEAM,))


@pytest.mark.parametrize("story", [an_approved, a_running_retirement], ids=["approved", "migrating"])
def test_a_named_person_may_vouch_for_it_with_a_reason_and_the_step_goes_on_at_once(story):
    story = seeing(story())
    kind = StepKind.ANNOUNCE if story.state.obligations == () else StepKind.ARCHIVE
    story.until(story.due(kind))
    assert held(story, kind) == (HELD,)
    with pytest.raises(Refused, match="A waiver needs a reason"):
        story.does(cmd.Waive(by=PAT, what="scorer", reason=Prose()))
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    story.until(story.now)
    assert held(story, kind) == ()
    assert story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY)).reply == "scorer is waived already."


def test_what_was_vouched_for_before_the_announcement_is_asked_for_nothing_by_it():
    story = a_proposed(impact=(*IMPACT, SCORER)).until(ANNOUNCED_AT - days(14))
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    duty = story.state.obligation(SCORER.consumer_id)
    assert (duty.duty, duty.changed_by, duty.note) == (Duty.WAIVED, PAT, WHY)


def test_a_name_that_a_consumer_has_too_has_to_be_said_by_its_id():
    story = seeing(a_running_retirement(), an_unknown("crm-sync"))
    with pytest.raises(Refused, match='"crm-sync" names 2 callers and consumers of RET-1'):
        story.does(cmd.Waive(by=PAT, what="crm-sync", reason=WHY))
    story.does(cmd.Waive(by=PAT, what="caller::crm-sync", reason=WHY))
    assert story.state.waivers[0].what == "caller::crm-sync"


def declared(story: Story, consumer: Impacted) -> Story:
    """The catalog says by now what the caller is."""
    impact = tuple({one.consumer_id: one for one in (*IMPACT, consumer)}.values())
    story.facts = replace(
        story.facts, impact=impact, joined={SCORER.consumer_id: consumer.consumer_id}, calls=()
    )
    story.does(MEETING)
    return story


def test_a_caller_that_turns_out_to_be_a_consumer_that_is_asked_already_is_that():
    story = declared(seeing(a_running_retirement()), IMPACT[0]).until(ARCHIVE_AT)
    assert (held(story, StepKind.ARCHIVE), set(duties(story))) == ((), {"billing-etl", "crm-sync"})
    story.does(MEETING)
    assert len(story.of(events.CallerDeclared)) == 1


def test_an_answer_of_the_team_that_had_claimed_it_stands_when_it_is_declared_as_theirs():
    story = claimed(seeing(a_running_retirement()))
    story.does(cmd.ChangeDuty(by=STRANGER, consumer_ids=(SCORER.consumer_id,), duty=Duty.ACKNOWLEDGED))
    declared(story, replace(an_impacted("nightly"), owners=EDGE_TEAM))
    assert duties(story)["nightly"] is Duty.ACKNOWLEDGED


def test_one_that_is_declared_no_more_is_asked_about_anew():
    story = declared(seeing(a_running_retirement()), IMPACT[0])
    seeing(story, joined={})
    assert len(story.of(events.CallersSeen)) == 2
    assert [one.declared_as for one in story.state.callers] == [""]


def migrated(story: Story) -> Story:
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    return story


def on(story: Story, later: int) -> str:
    """The day so many days later."""
    return f"{story.now + days(later):%Y-%m-%d}"


def calling(story: Story, last: str) -> Story:
    story.does(MEETING, calls=(some_calls(BILLING, last),))
    return story


@pytest.mark.parametrize(("later", "is_open"), [(-1, False), (0, False), (1, True)])
def test_calls_after_the_day_it_had_migrated_open_it_again(later, is_open):
    story = migrated(a_running_retirement())
    calling(story, on(story, later))
    assert (duties(story)["billing-etl"] is Duty.OPEN) is is_open
    assert len(story.of(events.Reopened)) == is_open


def test_owners_are_told_with_the_numbers_once_and_held_to_it():
    story = migrated(a_running_retirement())
    last = on(story, 2)
    story.until(story.now + days(3))
    for _ in range(3):
        calling(story, last)
    (event,) = story.of(events.Reopened)
    assert (event.calls.last_seen, event.calls.calls_per_day, event.calls.seen_in) == (
        last,
        "12.5",
        "access.log:12",
    )
    told = sorted(
        effect.place for effect in story.effects.values() if effect.body.get("notice") == "reopened"
    )
    assert told == [BELLA, BILL]
    assert any(name.startswith("escalate/acknowledge@2027-01-28") for name in story.timers)
    note = str(story.state.obligation(BILLING).note)
    assert (
        note == f"seen calling after it had migrated: 12.5 calls a day, last on {last}, first on 2027-01-02"
    )


def test_whoever_has_taken_it_over_since_it_had_moved_is_asked_and_whoever_had_it_is_not():
    story = migrated(a_running_retirement())
    impact = (replace(IMPACT[0], owners=EDGE_TEAM), IMPACT[1])
    last = on(story, 2)
    story.until(story.now + days(3))
    story.does(MEETING, impact=impact, calls=(some_calls(BILLING, last),))
    assert story.state.obligation(BILLING).consumer.owners == EDGE_TEAM
    told = [effect.place for effect in story.effects.values() if effect.body.get("notice") == "reopened"]
    assert told == []
    assert f"RET-1/announcement-1/dm/{STRANGER}" in story.effects


def test_whoever_had_it_is_told_when_it_comes_back_to_them():
    story = migrated(a_running_retirement())
    elsewhere = (replace(IMPACT[0], owners=EDGE_TEAM), IMPACT[1])
    last = on(story, 2)
    story.until(story.now + days(3))
    story.does(MEETING, impact=elsewhere, calls=(some_calls(BILLING, last),))
    assert story.state.left == (BILL, BELLA)
    story.does(MEETING, impact=IMPACT)
    told = {effect.place for effect in story.effects.values() if effect.body.get("notice") == "handed"}
    assert told == {BILL, BELLA}


def test_it_takes_calls_of_a_later_day_to_open_it_once_more():
    story = migrated(a_running_retirement())
    last = on(story, 2)
    story.until(story.now + days(3))
    migrated(calling(story, last))
    calling(story, last)
    assert duties(story)["billing-etl"] is Duty.MIGRATED
    calling(story, on(story, 1))
    assert duties(story)["billing-etl"] is Duty.OPEN
    assert len(story.of(events.Reopened)) == 2


def test_who_was_waived_by_name_is_not_opened_again():
    story = a_running_retirement()
    story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    calling(story, on(story, 9))
    assert duties(story)["billing-etl"] is Duty.WAIVED


def test_nothing_is_switched_off_on_an_answer_that_calls_speak_against():
    story = a_migrated()
    story.facts = replace(story.facts, calls=(some_calls(BILLING, on(story, 1)),))
    story.until(DISABLE_AT)
    (why,) = held(story, StepKind.DISABLE)
    assert why == (
        "calls were seen after the day they said to have moved (component:default/billing-etl, 12.5 calls a day, "
        "last on 2027-02-11, first on 2027-01-02): correct that day where it is told, or find what still calls, "
        "then import that again"
    )


def test_what_was_settled_under_an_earlier_plan_is_opened_again_with_the_new_one():
    story = migrated(a_running_retirement())
    story.facts = replace(story.facts, calls=(some_calls(BILLING, on(story, 5)),))
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(15))
    assert duties(story)["billing-etl"] is Duty.OPEN
    assert len(story.of(events.Reopened)) == 1


@pytest.mark.parametrize("another", ["calls", "calls shared by UBILL in monday.log"])
def test_who_was_vouched_for_by_a_shared_file_is_asked_about_anew_once_others_tell(another: str):
    monday, tuesday = (f"calls shared by UINES in {day}.log" for day in ("monday", "tuesday"))
    shared = replace(some_calls(SCORER.consumer_id), sources=(monday,))
    story = seeing(a_running_retirement(), calls=(shared,))
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    seeing(story, calls=(replace(shared, last_seen="2027-01-25", sources=(monday, tuesday)),))
    assert len(story.of(events.CallersSeen)) == 1, "the same person tells of more"
    seeing(story, calls=(replace(shared, sources=(another, monday)),))
    story.does(MEETING)
    assert len(story.of(events.CallersSeen)) == 2
    assert story.state.waivers == ()
    assert held(story.until(ARCHIVE_AT), StepKind.ARCHIVE) == (HELD,)
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    story.until(ARCHIVE_AT + days(2)).does(MEETING)
    assert len(story.of(events.CallersSeen)) == 2, "it was vouched for as others tell of it"
    assert held(story, StepKind.ARCHIVE) == ()
