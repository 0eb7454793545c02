"""What is told, to whom and under which key: one card, one line per event, everyone once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.records.base import Prose
from data.records.decision import Effect, EffectKind
from data.records.progress import StepKind
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    EDGE,
    IMPACT,
    LIVE,
    MAX,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    Story,
    a_migrated,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    an_impacted,
    days,
    facts_for,
    proposing,
    revising,
    silent,
)
from tests.workflows.decisions.test_extensions import votes
from workflows import commands as cmd
from workflows.rules.telling import notices

TEAM_BILLING, TEAM_CRM = (
    "RET-1/announcement-1/team/group:default/billing",
    "RET-1/announcement-1/team/group:default/crm",
)


def told(effects: tuple[Effect, ...], *, kind: EffectKind = EffectKind.POST) -> list[str]:
    """Keys of what is posted, the thread's lines aside."""
    return [effect.key for effect in effects if effect.kind is kind and effect.body.get("notice") != "lines"]


def redrawn(effects: tuple[Effect, ...]) -> list[str]:
    return [key.removesuffix("/edit") for key in told(effects, kind=EffectKind.EDIT)]


def changes(duty: Duty, by: str = BILL) -> cmd.ChangeDuty:
    return cmd.ChangeDuty(by=by, duty=duty)


def test_a_proposal_posts_the_one_card_and_its_first_line():
    card, line, impact, picture = Story(facts_for()).does(proposing()).effects
    assert (card.key, card.kind, card.body) == ("RET-1/card", EffectKind.POST, {"notice": "card"})
    assert (line.key, line.after, line.body["first"], line.body["last"]) == (
        "RET-1/lines/1",
        "RET-1/card",
        "1",
        "1",
    )
    assert (impact.key, impact.after, impact.body["parts"]) == ("RET-1/impact/1/1", "RET-1/card", "1")
    assert (picture.key, picture.after, picture.lane) == ("RET-1/picture/1", "RET-1/card", "RET-1/files")


@pytest.mark.parametrize(("people", "files"), [(30, []), (31, ["RET-1/ahead/6"])])
def test_of_very_many_a_file_says_from_the_announcement_on_who_hears_what(people: int, files: list[str]):
    crowd = tuple(an_impacted(f"c{number}", people=(f"U{number}",)) for number in range(people))
    announced = a_running_retirement(impact=crowd).effects
    assert [key for key, effect in announced.items() if effect.body.get("notice") == "ahead"] == files


def test_a_proposal_that_hits_many_tells_them_in_one_message_and_a_file_of_all():
    crowd = tuple(an_impacted(f"consumer-{number:04d}") for number in range(29_536))
    effects = Story(facts_for(impact=crowd)).does(proposing()).effects
    (short,) = [effect.body for effect in effects if effect.body["notice"] == "impact"]
    assert short["in_short"] == "yes"
    files = {effect.key: effect for effect in effects if effect.lane == "RET-1/files"}
    assert list(files) == ["RET-1/dependants/1", "RET-1/picture/1"]
    assert {effect.after for effect in files.values()} == {"RET-1/card"}


def test_from_then_on_the_card_is_edited_and_never_posted_again():
    story = a_migrated().until(DISABLE_AT).works()
    cards = [effect for effect in story.effects.values() if effect.body.get("notice") == "card"]
    assert [(card.kind, card.key) for card in cards] == [
        (EffectKind.POST, "RET-1/card"),
        (EffectKind.EDIT, "RET-1/card/edit"),
    ]
    assert cards[1].refresh
    assert cards[1].after == "RET-1/card"


def test_every_event_is_told_by_exactly_one_line():
    story = a_migrated().until(DISABLE_AT).works()
    lines = [effect.body for effect in story.effects.values() if effect.body.get("notice") == "lines"]
    versions = [n for body in lines for n in range(int(body["first"]), int(body["last"]) + 1)]
    assert versions == list(range(1, story.state.version + 1))


def test_the_same_events_always_lead_to_the_same_keys():
    one, other = a_migrated(), a_migrated()
    assert one.effects == other.effects


def test_an_announcement_posts_one_message_per_team_and_one_direct_message_per_person():
    assert told(_announcement(an_approved())) == [
        TEAM_BILLING,
        "RET-1/announcement-1/dm/UBILL",
        "RET-1/announcement-1/dm/UBELLA",
        TEAM_CRM,
        "RET-1/announcement-1/dm/UCARL",
    ]


def _announcement(story: Story) -> tuple[Effect, ...]:
    return story.does(cmd.RunStep(by=events.EMERITUS, step=StepKind.ANNOUNCE), at=ANNOUNCED_AT).effects


def test_somebody_in_two_teams_still_gets_one_direct_message():
    impact = (*IMPACT, an_impacted("ledger", team="finance", people=(BILL, CARL)))
    keys = told(_announcement(an_approved(impact=impact)))
    assert len(keys) == len(set(keys)) == 6


def test_a_consumer_nobody_owns_is_told_of_in_the_thread_alone():
    effects = _announcement(an_approved(impact=(an_impacted(team="", people=()),)))
    assert told(effects) == ["RET-1/announcement-1/team/unowned"]


def test_team_messages_wait_for_the_card_and_direct_messages_go_to_the_person():
    effects = {effect.key: effect for effect in _announcement(an_approved())}
    assert effects[TEAM_BILLING].after == "RET-1/card"
    dm = effects["RET-1/announcement-1/dm/UBILL"]
    assert (dm.after, dm.body["channel"]) == ("", BILL)


def test_a_press_in_either_place_redraws_both_for_every_owner():
    effects = a_running_retirement().does(changes(Duty.ACKNOWLEDGED)).effects
    assert redrawn(effects) == [
        "RET-1/card",
        TEAM_BILLING,
        "RET-1/announcement-1/dm/UBILL",
        "RET-1/announcement-1/dm/UBELLA",
    ]
    assert told(effects) == []


def test_a_waiver_redraws_the_messages_of_its_consumer():
    waiver = cmd.Waive(by=PAT, what=CRM, reason=Prose(prose="it dies with the model"))
    assert redrawn(a_running_retirement().does(waiver).effects) == [
        "RET-1/card",
        TEAM_CRM,
        "RET-1/announcement-1/dm/UCARL",
    ]


def test_asking_for_time_posts_the_request_and_the_vote_redraws_it():
    story = a_running_retirement()
    asked = story.does(_asking()).effects
    request = f"RET-1/extension/{BILLING}/{story.state.version}"
    assert told(asked) == [request]
    story.until(story.now)
    assert f"{request}/edit" in story.effects, "it says that people vote on it"
    story.until(story.state.round.expires_at)
    body = story.effects[f"{request}/edit"].body
    assert (body["granted"], body["by"]) == ("no", "emeritus")


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(cmd.TakeBack(by=BILL, consumer_id=BILLING), id="taken back"),
        pytest.param(changes(Duty.MIGRATED), id="moved meanwhile"),
    ],
)
def test_a_request_for_time_is_redrawn_when_nobody_votes_on_it_any_more(then):
    story = a_running_retirement()
    story.does(_asking())
    request = f"RET-1/extension/{BILLING}/{story.state.version}"
    assert request in redrawn(story.does(then).effects)
    assert request not in redrawn(story.does(changes(Duty.ACKNOWLEDGED, by=CARL)).effects)


def test_a_request_asked_anew_and_one_that_ends_with_the_plan_are_redrawn():
    story = a_running_retirement()
    story.does(_asking())
    first = f"RET-1/extension/{BILLING}/{story.state.version}"
    assert first in redrawn(story.does(_asking()).effects)
    second = f"RET-1/extension/{BILLING}/{story.state.version}"
    effects = story.does(revising(target_on=(DISABLE_AT + days(30)).date())).effects
    assert [key for key in redrawn(effects) if "/extension/" in key] == [second]


def _asking() -> cmd.AskForTime:
    until = (MIGRATE_AT + days(5)).date()
    return cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=Prose(prose="freeze"))


def test_reminders_and_escalations_carry_their_milestone_in_the_key():
    story = a_running_retirement().until(MIGRATE_AT + days(4))
    keys = set(story.effects)
    assert {f"RET-1/remind/migrate-7d@2027-02-10/{who}" for who in (BILL, BELLA, CARL)} <= keys
    assert f"RET-1/escalate/migrate@2027-02-10/1/{MAX}" in keys
    assert "RET-1/escalate/migrate@2027-02-10/2/CGOV" in keys


def test_moved_dates_are_told_again_to_everyone_who_has_to_move_and_in_other_words_to_who_has():
    story = a_running_retirement()
    story.does(changes(Duty.MIGRATED, by=CARL))
    story.does(cmd.Pause(by=PAT, why=Prose(prose="freeze")))
    effects = story.does(cmd.Resume(by=PAT), at=ANNOUNCED_AT + days(3)).effects
    moved = f"RET-1/moved-{story.state.version - 1}"
    informed = f"RET-1/informed-{story.state.version - 1}/{CARL}"
    assert told(effects) == [f"{moved}/UBILL", f"{moved}/UBELLA", informed]
    assert {one.body["was"] for one in effects if one.key in told(effects)} == {f"{DISABLE_AT:%Y-%m-%d}"}
    assert set(redrawn(effects)) == {
        "RET-1/card",
        TEAM_BILLING,
        TEAM_CRM,
        *(f"RET-1/announcement-1/dm/{who}" for who in (BILL, BELLA, CARL)),
    }


def test_dates_that_did_not_move_are_not_told_as_moved():
    story = a_running_retirement()
    story.does(cmd.Pause(by=PAT, why=Prose(prose="freeze")))
    effects = story.does(cmd.Resume(by=PAT)).effects
    assert not [key for key in told(effects) if "/moved-" in key]


def test_a_day_that_was_told_under_an_earlier_plan_is_told_again_under_another():
    story = a_running_retirement()
    keys, ends = [], []
    for _ in range(2):
        story.does(replace(_asking(), until=date(2027, 5, 1)))
        before = set(story.effects)
        votes(story.until(story.now))
        keys.append([key for key in story.effects if "/moved-" in key and key not in before])
        ends.append(story.due(StepKind.DISABLE))
        story.does(revising(target_on=date(2027, 3, 31)))
        story.votes(OWEN, PLATO, SELMA)
        story.until(story.due(StepKind.ANNOUNCE))
    first, second = keys
    assert ends[0] == ends[1]
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)


def test_a_late_announcement_says_its_dates_once_not_as_moved():
    story = an_approved()
    story.now = ANNOUNCED_AT + days(5)
    assert not [key for key in told(_late(story)) if "/moved-" in key]


def _late(story: Story) -> tuple[Effect, ...]:
    effects = story.does(cmd.RunStep(by=events.EMERITUS, step=StepKind.ANNOUNCE)).effects
    assert story.of(events.Amended)
    return effects


def test_another_announcement_is_another_set_of_messages_and_the_first_one_says_so():
    story = a_running_retirement()
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    assert "RET-1/announcement-2/team/group:default/billing" in story.effects
    assert "RET-1/announcement-2/dm/UBILL" in story.effects
    for former in ("team/group:default/billing", "dm/UBILL"):
        redrawn = story.effects[f"RET-1/announcement-1/{former}/edit"]
        assert redrawn.body["notice"] == "replaced"


def test_switching_off_by_hand_is_asked_in_the_thread_and_redrawn_as_it_goes():
    unmetered = (*silent(LIVE), *silent(EDGE, calls=-1))
    story = a_migrated(a_subject(endpoints=(LIVE, EDGE)), readings=unmetered)
    story.does(cmd.Waive(by=PAT, what="traffic", reason=Prose(prose="logs")))
    key = f"RET-1/announcement-1/manual/disable/{EDGE.id}"
    assert key not in story.until(DISABLE_AT).effects, "first the archive is read back"
    story.proves()
    assert story.effects[key].after == "RET-1/card"
    report = cmd.ReportManual(by=PAT, endpoint_id=EDGE.id, action="disable", evidence=Prose(prose="ticket 7"))
    assert key in redrawn(story.does(report).effects)


def test_nothing_happened_nothing_is_told():
    assert notices.for_events(a_proposed().state, (), before=a_proposed().state) == ()


@pytest.mark.parametrize("late_by", [timedelta(0), timedelta(seconds=5)])
def test_an_announcement_on_its_day_is_not_late(late_by):
    story = an_approved()
    story.does(cmd.RunStep(by=events.EMERITUS, step=StepKind.ANNOUNCE), at=ANNOUNCED_AT + late_by)
    assert story.of(events.Amended) == []


def test_what_somebody_waits_for_is_never_behind_what_goes_to_many():
    """Every notice of a whole life is one or the other; what can wait shares no lane with what cannot."""
    story = a_running_retirement()
    story.does(changes(Duty.ACKNOWLEDGED))
    story.does(cmd.RecordUnreached(by=events.EMERITUS, person=CARL, why="left"), managers={CARL: MAX})
    story.until(ANNOUNCED_AT + days(30))
    posts = story.work(EffectKind.POST)
    assert {effect.body["notice"] for effect in posts if effect.patience_seconds} == {
        "dm",
        "impact",
        "picture",
        "reminder",
        "review",
        "team",
    }
    assert {effect.body["notice"] for effect in posts if not effect.patience_seconds} == {
        "card",
        "escalation",
        "lines",
        "unreached",
    }
    patient = {effect.lane for effect in posts if effect.patience_seconds}
    assert patient.isdisjoint(effect.lane for effect in posts if not effect.patience_seconds)


def test_what_one_person_hears_of_all_retirements_is_in_one_lane_and_counts_to_their_channel():
    posts = a_running_retirement().until(ANNOUNCED_AT + days(30)).work(EffectKind.POST)
    to_bill = [effect for effect in posts if effect.body.get("slack_id") == BILL]
    assert {effect.body["notice"] for effect in to_bill} == {"dm", "reminder"}
    assert {(effect.lane, effect.place) for effect in to_bill} == {(f"to/{BILL}/later", BILL)}
    in_thread = [effect for effect in posts if not effect.body.get("slack_id")]
    assert {effect.place for effect in in_thread} == {"CGOV"}


def test_a_press_is_redrawn_at_once_and_what_changes_for_everybody_in_turn():
    story = a_running_retirement()
    pressed = story.does(changes(Duty.ACKNOWLEDGED)).effects
    paused = story.does(cmd.Pause(by=PAT, why=Prose(prose="a holiday"))).effects
    edits = [
        {e.key: e.patience_seconds for e in told if e.kind is EffectKind.EDIT} for told in (pressed, paused)
    ]
    assert set(edits[0].values()) == {0}
    assert {key for key, patience in edits[1].items() if not patience} == {"RET-1/card/edit"}
