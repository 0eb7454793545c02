"""Where waiting would do harm two people shorten the notice, everything else holds, and a third looks back on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.delegation import Account, Delegation
from data.records.policy import Role
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from tests.builders import (
    ANNOUNCED_AT,
    BILL,
    CARL,
    CLOSE_AT,
    DISABLE_AT,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    SIMON,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    dark,
    days,
    facts_for,
    proposing,
    revising,
    silent,
)
from workflows import commands as cmd
from workflows.rules.hours import first_at_or_after
from workflows.rules.plans import break_glass

LEAK = Prose(prose="it leaks what customers wrote")
POLICY = a_policy(
    break_glass_groups=("security",),
    break_glass_people=(SIMON,),
    roles=(Role(name="owner"), Role(name="platform"), Role(name="security", veto="yes")),
)


def asking(days: int = 3, by: str = SIMON) -> cmd.BreakGlass:
    return cmd.BreakGlass(by=by, notice_days=days, why=LEAK)


def confirming(story: Story, by: str = PLATO) -> cmd.ConfirmBreakGlass:
    assert story.state.break_glass is not None
    return cmd.ConfirmBreakGlass(by=by, number=story.state.break_glass.number)


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def asked(story: Story) -> Story:
    story.does(asking())
    return story


def confirmed(story: Story, by: str = PLATO) -> Story:
    asked(story).does(confirming(story, by))
    return story


def hastened() -> Story:
    """Running, with notice shortened to three days and the vote on that decided."""
    story = confirmed(a_running_retirement(policy=POLICY))
    story.votes(OWEN, PLATO, SELMA)
    return story


def called_off(story: Story) -> Story:
    """It is asked for a vote on that."""
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story


def dates(state: Retirement) -> dict[str, str]:
    assert state.plan is not None
    return {step.kind: f"{step.due_at:%m-%d %H}" for step in state.plan.steps}


def test_one_person_alone_changes_nothing():
    story = a_running_retirement(policy=POLICY)
    plan = story.state.plan
    decision = story.does(asking())
    assert story.state.plan == plan
    assert story.of(events.BreakGlassAsked) == [
        events.BreakGlassAsked(
            at=ANNOUNCED_AT, by=SIMON, notice_days=3, why=LEAK, entitled=(PLATO, SELMA, SIMON)
        )
    ]
    assert decision.reply == "A second person confirms it in the thread of RET-1."
    number = story.state.version
    assert story.effects[f"RET-1/break-glass/{number}"].body == {
        "notice": "break-glass",
        "number": str(number),
    }


def test_with_a_second_one_the_plan_has_earlier_dates_and_is_voted_on_anew():
    story = a_running_retirement(policy=POLICY)
    voted = story.state.approved_digest
    confirmed(story)
    assert story.state.state is State.PROPOSED
    assert story.state.plan is not None
    assert story.state.plan.digest != voted
    assert story.state.approved_digest == ""
    assert dates(story.state) == {
        "announce": "01-19 09",
        "archive": "01-19 09",
        "drill": "01-20 09",
        "migrate": "01-20 09",
        "disable": "01-22 09",
        "close": "02-21 09",
    }
    round_ = story.state.round
    assert round_ is not None
    assert round_.review_until == ANNOUNCED_AT + timedelta(hours=24)
    assert round_.opened_by == SIMON
    standing = break_glass.standing(story.state)
    assert standing is not None
    assert standing.people == (SIMON, PLATO)


def test_a_pause_that_it_ends_is_told_to_be_over_by_whoever_confirmed_it():
    story = a_running_retirement(policy=POLICY)
    story.does(cmd.Pause(by=PAT, why=WHY))
    confirmed(story)
    assert story.state.paused_at is None
    assert story.of(events.Resumed) == [events.Resumed(at=ANNOUNCED_AT, by=PLATO)]
    assert story.state.state is State.PROPOSED


def test_it_goes_dark_on_its_early_day_with_everything_else_done():
    story = hastened()
    story.until(datetime(2027, 1, 19, 9, tzinfo=UTC)).works()
    assert story.state.state is State.MIGRATING
    assert story.due(StepKind.DISABLE) == datetime(2027, 1, 22, 9, tzinfo=UTC), (
        "notice is not lengthened again"
    )
    story.until(datetime(2027, 1, 20, 9, tzinfo=UTC)).works()
    for duty in story.state.obligations:
        story.does(cmd.Waive(by=PAT, what=duty.consumer.consumer_id, reason=WHY))
    story.until(datetime(2027, 1, 22, 9, tzinfo=UTC)).works()
    assert story.state.state is State.DISABLED


def test_nothing_goes_dark_without_its_archive_or_while_a_consumer_is_open():
    story = hastened()
    story.until(datetime(2027, 1, 22, 9, tzinfo=UTC))
    held = story.state.progress(StepKind.DISABLE)
    assert held.progress is Progress.HELD
    assert {"archive", "drill"} <= set(held.gates)
    assert any(gate.startswith("consumers/") for gate in held.gates)


def test_everybody_told_before_is_told_again():
    story = hastened()
    story.until(datetime(2027, 1, 19, 9, tzinfo=UTC))
    assert story.state.announced == 2
    assert {f"RET-1/announcement-2/dm/{person}" for person in (BILL, CARL)} <= story.effects.keys()
    assert f"RET-1/announcement-1/dm/{BILL}/edit" in story.effects


def test_a_day_without_a_call_is_enough_then():
    story = hastened()
    assert break_glass.zero_traffic_days(story.state) == 1
    assert break_glass.zero_traffic_days(a_running_retirement(policy=POLICY).state) == 30
    story.until(datetime(2027, 1, 19, 9, tzinfo=UTC))
    story.until(datetime(2027, 1, 22, 9, tzinfo=UTC))
    readings = silent(*a_subject().endpoints, days=1)
    story.does(cmd.RunStep(by=events.EMERITUS, step=StepKind.DISABLE), readings=readings)
    assert not [gate for gate in story.state.progress(StepKind.DISABLE).gates if "traffic" in gate]


def test_a_card_that_came_late_gives_the_short_review_all_its_hours():
    story = confirmed(a_running_retirement(policy=POLICY))
    late = story.now + days(2)
    story.does(cmd.RecordShown(by=events.EMERITUS, number=2), at=late)
    assert story.state.round is not None
    assert story.state.round.review_until == first_at_or_after(late + timedelta(hours=24), POLICY)


def test_a_plan_with_the_ordinary_notice_ends_it():
    story = confirmed(a_running_retirement(policy=POLICY))
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert story.state.break_glass is None
    assert break_glass.notice_days(story.state) == 30


@pytest.mark.parametrize(
    ("story", "command", "why"),
    [
        pytest.param(
            lambda: a_running_retirement(policy=POLICY),
            asking(by=STRANGER),
            "You may not shorten the notice of RET-1: this is for whom the policy lets shorten a notice, "
            "two of them. Ask one of them: <@UPLATO>, <@USELMA>, <@USIMON>",
            id="a stranger",
        ),
        pytest.param(
            lambda: a_running_retirement(policy=POLICY),
            asking(1),
            "RET-1 needs more notice than 1 days: [break_glass] notice_days_min is 2: its archive is proven, and "
            "consumers move. Ask for 2 or more: /retire break-glass RET-1 2 REASON",
            id="too short",
        ),
        pytest.param(
            lambda: a_running_retirement(policy=POLICY),
            asking(29),
            "29 days of notice would not end RET-1 sooner: it would end on 2027-02-17, and it ends on 2027-02-17. "
            "Ask for fewer days, or leave it as it is planned",
            id="not sooner",
        ),
        pytest.param(
            lambda: confirmed(a_running_retirement(policy=POLICY)),
            asking(2),
            "The notice of RET-1 is shortened already: to 3 days, by <@USIMON> and <@UPLATO>. "
            "Vote on its card; Edit plan there puts one with the ordinary notice in its place",
            id="a second time",
        ),
        pytest.param(
            lambda: called_off(a_running_retirement(policy=POLICY)),
            asking(),
            "The notice of RET-1 cannot be shortened: whether to call it off is being voted on. "
            "Vote on its card first, then run /retire break-glass RET-1 DAYS REASON",
            id="while calling off is voted on",
        ),
        pytest.param(
            lambda: called_off(asked(a_running_retirement(policy=POLICY))),
            cmd.ConfirmBreakGlass(by=PLATO, number=1),
            "The notice of RET-1 cannot be shortened: whether to call it off is being voted on. "
            "Vote on its card first, then run /retire break-glass RET-1 DAYS REASON",
            id="once calling off is voted on",
        ),
        pytest.param(
            lambda: a_dark(policy=POLICY),
            asking(),
            "The notice of RET-1 cannot be shortened: it is disabled. See where it stands: /retire show RET-1",
            id="dark",
        ),
        pytest.param(
            lambda: a_running_retirement(policy=POLICY),
            cmd.ConfirmBreakGlass(by=PLATO, number=3),
            "This request about RET-1 is over. See where it stands: /retire show RET-1; "
            "ask anew with /retire break-glass",
            id="nobody asked",
        ),
    ],
)
def test_what_is_refused_says_the_value_the_rule_and_the_next_step(story, command, why):
    assert refusal(story(), command) == why


def test_it_takes_another_person_and_not_one_who_stands_in_for_the_first():
    story = asked(a_running_retirement(policy=POLICY))
    assert refusal(story, confirming(story, SIMON)) == (
        "You asked for it yourself. Ask one of them: <@UPLATO>, <@USELMA>"
    )
    away = Delegation(person=SIMON, to=PLATO, since=PROPOSED_AT, until=CLOSE_AT)
    assert refusal(story, confirming(story), delegations={SIMON: away}) == (
        "It takes two people who decide for themselves: you and <@USIMON>, who asked for it, stand in for one another "
        "now. Ask one of them: <@USELMA>"
    )
    assert "You may not shorten" in refusal(story, confirming(story, STRANGER))
    assert refusal(story, confirming(story), glass_breakers=(PLATO, SELMA)) == (
        "<@USIMON>, who asked for it, may not any more. Ask for it yourself: /retire break-glass RET-1 3 REASON"
    )
    off = {SIMON: Account.DEACTIVATED}
    assert "may not any more: by Slack this account is deactivated" in refusal(
        story, confirming(story), no_colleagues=off
    )


def test_a_request_is_over_once_the_plan_is_another_one_or_it_is_asked_anew():
    story = asked(a_running_retirement(policy=POLICY))
    old = confirming(story)
    story.does(asking(4))
    assert "is over" in refusal(story, old)
    assert f"RET-1/break-glass/{old.number}/edit" in story.effects
    again = confirming(story)
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert "is over" in refusal(story, again)


def test_asking_for_the_same_twice_asks_once():
    story = asked(a_running_retirement(policy=POLICY))
    assert "already" in story.does(asking()).reply
    assert len(story.of(events.BreakGlassAsked)) == 1


def test_a_role_that_only_who_asked_could_fill_is_named_before_anything_changes():
    story = a_running_retirement(policy=POLICY)
    story.does(asking(by=SELMA))
    assert refusal(story, confirming(story)) == (
        "No vote can be held: security needs 1 and 0 can vote (nobody). "
        "Fill the groups, in the catalog or in Slack, or the policy's roles with people who have a Slack id"
    )


@pytest.mark.parametrize("story", [a_proposed, an_approved, a_running_retirement])
def test_it_can_be_asked_for_until_switching_off_begins(story):
    begun = confirmed(story(policy=POLICY))
    assert begun.state.state is State.PROPOSED


def test_where_a_policy_names_nobody_nobody_may():
    story = a_running_retirement()
    assert refusal(story, asking(), glass_breakers=()) == (
        "You may not shorten the notice of RET-1: this is for whom the policy lets shorten a notice, two of them. "
        "Nobody else may: have [break_glass] of the policy name groups or people for the next retirement"
    )


def gone_dark() -> Story:
    story = hastened()
    story.until(datetime(2027, 1, 19, 9, tzinfo=UTC)).works()
    story.until(datetime(2027, 1, 20, 9, tzinfo=UTC)).works()
    for duty in story.state.obligations:
        story.does(cmd.Waive(by=PAT, what=duty.consumer.consumer_id, reason=WHY))
    story.until(datetime(2027, 1, 22, 9, tzinfo=UTC)).works()
    assert story.state.state is State.DISABLED
    return story


def looking_back(by: str = OWEN) -> cmd.ReviewBreakGlass:
    return cmd.ReviewBreakGlass(by=by, review=Prose(prose="right, and two days would have done"))


def test_somebody_has_to_look_back_and_is_asked_for_from_its_day_on_every_week():
    story = gone_dark()
    assert break_glass.look_back_at(story.state) == datetime(2027, 2, 5, 9, tzinfo=UTC)
    story.until(datetime(2027, 2, 4, tzinfo=UTC))
    assert "RET-1/break-glass/look back/2027-02-05" not in story.effects
    story.until(datetime(2027, 2, 12, 9, tzinfo=UTC))
    assert {"RET-1/break-glass/look back/2027-02-05", "RET-1/break-glass/look back/2027-02-12"} <= set(
        story.effects
    )


def test_it_is_not_closed_before_somebody_has_looked_back():
    story = gone_dark()
    story.facts = replace(story.facts, readings=dark(*a_subject().endpoints))
    story.until(datetime(2027, 2, 21, 9, tzinfo=UTC)).works()
    (why,) = story.state.progress(StepKind.CLOSE).held_by
    assert why == (
        "nobody has looked back on its break-glass, which is due by 2027-02-05: "
        "somebody else than the two runs /retire look-back RET-1 TEXT"
    )
    story.does(looking_back())
    assert "break-glass/look back" not in story.timers
    story.until(story.now).works()
    assert story.state.state is State.ARCHIVED
    assert story.state.break_glass is not None
    assert story.state.break_glass.reviewed_by == OWEN


@pytest.mark.parametrize(
    ("by", "why"),
    [
        pytest.param(SIMON, "you are one of the two who shortened its notice", id="one of the two"),
        pytest.param(
            STRANGER, "this is for the coordinator, the model's owners and the voting roles", id="a stranger"
        ),
    ],
)
def test_who_looks_back_is_somebody_else_with_a_part_in_it(by: str, why: str):
    said = refusal(gone_dark(), looking_back(by))
    assert said == f"Somebody else looks back on RET-1: {why}. Ask one of these: <@UPAT>, <@UOWEN>, <@USELMA>"


def test_who_stands_in_for_one_of_the_two_does_not_look_back_either():
    away = Delegation(person=SIMON, to=OWEN, since=PROPOSED_AT, until=CLOSE_AT)
    said = refusal(gone_dark(), looking_back(), delegations={SIMON: away})
    assert "you and <@USIMON>, who shortened its notice, stand in for one another now" in said


def test_there_is_nothing_to_look_back_on_before_it_is_dark_or_where_notice_was_as_ever():
    assert refusal(hastened(), looking_back()) == (
        "It is too early to look back on RET-1: it is to be switched off on 2027-01-22. Look back on it once it is dark"
    )
    assert refusal(a_dark(), looking_back()) == (
        "There is nothing to look back on in RET-1: its notice is not shortened. "
        "See where it stands: /retire show RET-1"
    )


def test_what_was_rolled_back_waits_for_nobody_to_look_back_and_takes_it_from_whoever_does():
    story = gone_dark()
    story.does(cmd.Restore(by=PAT, why=WHY))
    story.works()
    assert story.state.state is State.ROLLED_BACK
    assert break_glass.look_back_at(story.state) is None
    story.until(datetime(2027, 3, 1, tzinfo=UTC))
    assert not [key for key in story.effects if "look back" in key]
    assert "break-glass/look back" not in story.timers
    assert story.does(looking_back()).reply == "Thank you: it is on the record of RET-1."
    assert story.timers == {}


def test_looking_back_twice_leaves_the_first():
    story = gone_dark()
    story.does(looking_back())
    assert story.does(looking_back(PAT)).reply == "<@UOWEN> has looked back on it already."
    assert len(story.of(events.BreakGlassReviewed)) == 1


def test_what_people_do_meanwhile_stays_planned_and_the_model_is_weighed_anew():
    story = Story(facts_for(policy=POLICY))
    story.does(
        proposing(interim=Prose(prose="Score with the rules of 2024"), successor_from=date(2027, 3, 1))
    )
    story.does(asking())
    weighed = replace(story.facts.subject, tier=1, regulated="EU AI Act")
    story.does(confirming(story), subject=weighed)
    assert str(story.state.interim) == "Score with the rules of 2024"
    assert story.state.plan.gap_days == (date(2027, 3, 1) - story.due(StepKind.DISABLE).date()).days
    assert (story.state.plan.subject.tier, story.state.plan.subject.regulated) == (1, "EU AI Act")
