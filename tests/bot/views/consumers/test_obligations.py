"""What owners, their managers and the coordinator are shown, and which buttons it has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bot.ids import Action, Callback
from bot.views.asked import standing
from bot.views.card import proposal
from bot.views.consumers import duties, duty_lines, naming, obligations, reminding
from bot.views.telling import escalation, unreached
from bot.views.voting import extension, votes
from data.records.base import Prose
from data.records.catalog import Owners
from data.records.retirement import Duty, Extension, Retirement, State
from data.records.rounds import Purpose
from tests.bot.views.examples import (
    NASTY,
    NOW,
    a_round,
    an_impact,
    an_obligation,
    announced,
    buttons,
    consumer_id,
    days,
    overloaded,
    texts,
)
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message, check_view


def with_duties(*duties: Duty) -> Retirement:
    state = announced(consumers=len(duties), teams=1)
    owed = tuple(replace(one, duty=duty) for one, duty in zip(state.obligations, duties, strict=True))
    return replace(state, obligations=owed)


def waiting() -> Retirement:
    """The first consumer's owner has asked for more time."""
    asked = Extension(
        number=2, asked_by="UT0", asked_at=NOW, until=days(100), reason=Prose(prose="audit"), before=Duty.OPEN
    )
    state = announced(consumers=1)
    owed = replace(state.obligations[0], duty=Duty.NEEDS_TIME, extension=asked, changed_by="UT0")
    return replace(state, obligations=(owed,))


def test_a_team_is_told_once_with_the_five_facts_and_a_row_of_buttons_per_consumer() -> None:
    said = obligations.team_message(announced(), "group:team-0")
    check_message(said)
    head, facts, first, *_ = texts(said["blocks"])
    assert head == "*team-0* <@UT0>: 2 consumers of yours lose churn-v1"
    assert [line.split("*")[1] for line in facts.splitlines()] == [
        "What",
        "When",
        "Why",
        "Successor",
        "Action",
    ]
    assert first == (
        ":white_circle: *consumer-000*: open - acknowledge by Mon 2027-03-29, migrate by *Sun 2027-05-23*"
    )
    about = f"RET-1|{consumer_id(0)}|0"
    assert buttons(said)[:6] == [
        (Action.DUTY_ACKNOWLEDGE, about),
        (Action.DUTY_MIGRATING, about),
        (Action.DUTY_MIGRATED, about),
        (Action.DUTY_MORE_TIME, about),
        (Action.DUTY_OBJECT, about),
        (Action.DUTY_NOT_MINE, about),
    ]
    assert mentions(said["text"], said["blocks"]) == ["UT0"]


def test_a_team_with_many_consumers_gets_twelve_and_a_count() -> None:
    said = obligations.team_message(announced(consumers=40, teams=1), "group:team-0")
    check_message(said)
    assert len(buttons(said)) == 12 * 6 + 1
    assert "+28 more: press Show all" in texts(said)
    assert buttons(said)[-1] == (Action.DUTY_SHOW_TEAM, "RET-1|group:team-0")


@pytest.mark.parametrize(("owners", "left"), [(45, ""), (150, ""), (400, " +")])
def test_every_owner_of_a_team_is_mentioned_as_far_as_a_section_holds_them(owners: int, left: str) -> None:
    people = tuple(f"U0123{number:06d}" for number in range(owners))
    crowd = Owners(team_id="group:crowd", called=NASTY, slack_ids=people)
    said = obligations.team_message(
        announced(name=NASTY, obligations=(an_obligation(an_impact(0, owners=crowd)),)), "group:crowd"
    )
    check_message(said)
    called = mentions(said["text"], said["blocks"])
    assert called == list(people[: len(called)])
    assert len(called) >= min(owners, 150)
    assert (f" +{owners - len(called)} more:" in texts(said["blocks"])[0]) is bool(left)


def with_twins() -> Retirement:
    """Two consumers of one name in two namespaces, and another; all of one person."""
    ids = {"component:eu/twin": "twin", "component:us/twin": "twin", "component:default/other": "other"}
    consumers = [
        an_impact(number, teams=1, name=name, consumer_id=consumer_id)
        for number, (consumer_id, name) in enumerate(ids.items())
    ]
    return announced(obligations=tuple(an_obligation(one) for one in consumers))


def test_consumers_of_one_name_are_told_apart_by_their_ids_wherever_they_are_listed() -> None:
    state = with_twins()
    ids = [one.consumer.consumer_id for one in state.obligations]
    named = ["*other*", "*twin* (component:eu/twin)", "*twin* (component:us/twin)"]
    for said in (
        obligations.owner_dm(state, "UT0"),
        obligations.team_message(state, "group:team-0"),
        obligations.all_modal(state, "UT0"),
        reminding.reminder(state, "UT0", "migrate-30"),
        escalation.message_to(state, "migrate-30", 1, ids, to="UMAX"),
        unreached.person_lost(state, "UT0", "is_archived"),
        standing.show(state),
    ):
        rows = "\n".join(texts(said["blocks"])).splitlines()
        listed = [row.partition(": open")[0] for row in rows if "migrate by" in row]
        assert listed == [f":white_circle: {name}" for name in named]


def test_what_is_asked_and_answered_for_one_of_two_of_a_name_says_which() -> None:
    assert duty_lines.consumer_name(with_twins(), "component:us/twin") == "*twin* (component:us/twin)"
    assert duty_lines.consumer_name(with_twins(), "component:default/other") == "*other*"


def test_consumers_nobody_owns_say_why() -> None:
    lost = an_impact(0, owners=Owners(noted=("no such group; closest is payments",)))
    said = obligations.team_message(announced(obligations=(an_obligation(lost),)), "")
    check_message(said)
    assert texts(said["blocks"])[0].startswith("*nobody (owner unresolved)* *nobody can be reached*")
    assert ":grey_question: no such group; closest is payments" in texts(said)


@pytest.mark.parametrize(
    ("duty", "offered"),
    [
        (Duty.OPEN, ["acknowledge", "migrating", "migrated", "more_time", "object", "not_mine"]),
        (Duty.ACKNOWLEDGED, ["migrating", "migrated", "more_time", "object", "not_mine"]),
        (Duty.NEEDS_TIME, ["migrating", "migrated", "take_back", "object", "not_mine"]),
        (Duty.NOT_MINE, ["acknowledge", "migrating", "migrated", "more_time", "object", "name"]),
        (Duty.MIGRATED, ["take_back"]),
        (Duty.WAIVED, []),
    ],
)
def test_only_what_can_still_be_said_has_a_button(duty: Duty, offered: list[str]) -> None:
    said = obligations.team_message(with_duties(duty), "group:team-0")
    assert [action.removeprefix("duty.") for action, _ in buttons(said)] == offered


@pytest.mark.parametrize("duty", Duty)
def test_a_consumer_is_asked_to_acknowledge_by_a_date_only_while_it_has_not(duty: Duty) -> None:
    state = with_duties(duty)
    (said,) = duties.lines(state.obligations, state)
    assert ("acknowledge by" in said) is (duty in (Duty.OPEN, Duty.NOT_MINE))
    assert ("migrate by" in said) is (duty not in (Duty.MIGRATED, Duty.WAIVED))


@pytest.mark.parametrize(("duty", "is_drawn_to"), [(Duty.OPEN, False), (Duty.ACKNOWLEDGED, True)])
def test_migrated_stands_out_only_once_the_consumer_is_acknowledged(duty: Duty, is_drawn_to: bool) -> None:
    state = with_duties(duty)
    (row,) = duties.buttons(state.obligations[0], state)
    styles = {button["action_id"]: button.get("style") for button in row["elements"]}
    assert (styles[Action.DUTY_MIGRATED] == "primary") is is_drawn_to


def test_a_team_with_one_consumer_is_told_in_the_singular() -> None:
    head, *_ = texts(obligations.team_message(announced(consumers=1), "group:team-0")["blocks"])
    assert head == "*team-0* <@UT0>: 1 consumer of yours loses churn-v1"


def test_nothing_can_be_pressed_once_the_retirement_has_ended() -> None:
    ended = replace(with_duties(Duty.OPEN), state=State.CANCELLED)
    assert buttons(obligations.team_message(ended, "group:team-0")) == []


def test_a_direct_message_shows_the_nearest_ten_and_leads_to_the_rest() -> None:
    state = announced(consumers=12, teams=1)
    far = replace(state.obligations[0], consumer=replace(state.obligations[0].consumer, distance=4))
    done = replace(state.obligations[1], duty=Duty.MIGRATED)
    said = obligations.owner_dm(replace(state, obligations=(far, done, *state.obligations[2:])), "UT0")
    check_message(said)
    rows = [text for text in texts(said["blocks"]) if text.startswith(":white_circle:")]
    assert [row.split("*")[1] for row in rows] == [f"consumer-{number:03d}" for number in range(2, 12)]
    assert "+2 more: press Show all" in texts(said)
    assert buttons(said)[-3:] == [
        (Action.DUTY_ACKNOWLEDGE_ALL, "RET-1|0"),
        (Action.DUTY_SHOW_ALL, "RET-1"),
        (Action.DUTY_SNOOZE, "RET-1|0"),
    ]
    assert "11 of 12 consumers still to move" in said["text"]


def test_who_has_settled_everything_is_thanked() -> None:
    said = obligations.owner_dm(with_duties(Duty.MIGRATED, Duty.WAIVED), "UT0")
    check_message(said)
    assert [action for action, _ in buttons(said)] == [Action.DUTY_TAKE_BACK, Action.DUTY_SHOW_ALL]
    assert "all of yours are settled" in said["text"]


@pytest.mark.parametrize(
    ("page", "shown", "turns"), [(0, 20, ["RET-1|1"]), (1, 20, ["RET-1|0", "RET-1|2"]), (9, 5, ["RET-1|1"])]
)
def test_all_consumers_are_shown_page_by_page(page: int, shown: int, turns: list[str]) -> None:
    view = obligations.all_modal(announced(consumers=45, teams=1), "UT0", page)
    check_view(view)
    pressed = buttons(view)
    assert sum(action == Action.DUTY_MIGRATED for action, _ in pressed) == shown
    assert [value for action, value in pressed if action == Action.DUTY_PAGE] == turns
    assert view["callback_id"] == Callback.DUTIES


def test_a_teams_consumers_are_shown_to_everybody_and_answered_by_its_own() -> None:
    state = announced(consumers=45, teams=1)
    for reader, rows in (("UT0", 20), ("UELSE", 0)):
        view = obligations.all_modal(state, reader, 1, team="group:team-0")
        check_view(view)
        assert texts(view["blocks"])[0] == "*RET-1* churn-v1: 45 consumers of team-0"
        pressed = [action for action, _ in buttons(view)]
        assert (pressed.count(Action.DUTY_MIGRATED), pressed.count(Action.DUTY_PAGE)) == (rows, 2)
    check_view(obligations.all_modal(state, "UT0", team=obligations.NO_TEAM))


def test_asking_for_time_needs_a_date_and_a_reason() -> None:
    view = extension.form("RET-1", consumer_id(0), date(2027, 3, 1), 1)
    check_view(view)
    assert [block["block_id"] for block in view["blocks"][1:]] == [
        Action.EXTENSION_UNTIL,
        Action.EXTENSION_REASON,
    ]
    assert (
        view["private_metadata"] == f'{{"retirement":"RET-1","consumer":"{consumer_id(0)}","announced":"1"}}'
    )


@pytest.mark.parametrize(
    ("entity_id", "said"),
    [
        ("component:default/basket", "basket"),
        ("component:shop/basket", "component:shop/basket"),
        ("api:scores", "api:scores"),
    ],
)
def test_an_id_is_said_short_where_nothing_else_can_be_meant(entity_id: str, said: str) -> None:
    head = extension.form("RET-1", entity_id, date(2027, 3, 1), 1)["blocks"][0]["text"]["text"]
    assert head.startswith(f"*{said}* in RET-1.")


def test_a_rejection_needs_a_comment() -> None:
    view = votes.reject_modal(announced(round=a_round(purpose=Purpose.CANCEL)), "sha256:" + "ab" * 32, 1)
    check_view(view)
    assert view["blocks"][1]["block_id"] == Action.VOTE_COMMENT
    assert "cancelling RET-1" in texts(view["blocks"])[0]


def test_a_reminder_is_about_what_its_milestone_is_about() -> None:
    state = with_duties(Duty.OPEN, Duty.ACKNOWLEDGED, Duty.MIGRATED)
    both = reminding.reminder(state, "UT0", "migrate-7d@2027-05-23")
    one = reminding.reminder(state, "UT0", "acknowledge@2027-03-29")
    check_message(both)
    check_message(one)
    assert "2 consumers of yours still depend on churn-v1" in both["text"]
    assert "1 consumer of yours still depends on churn-v1" in one["text"]


@pytest.mark.parametrize(
    ("to", "level", "why", "action"),
    [
        pytest.param(
            "UBOSS",
            1,
            "You hear of this as the manager of their owners.",
            "Ask the owners named above to answer in the message they have. If they cannot, tell <@UPAT>, "
            "who can move the date or go on without them.",
            id="a manager",
        ),
        pytest.param(
            "CGOV",
            1,
            "Nobody is known above their owners; the coordinator must act.",
            "<@UPAT> finds an owner who answers, or goes on without: `/retire waive RET-1 CONSUMER REASON`",
            id="the channel instead of a manager",
        ),
        pytest.param(
            "#model-retirements",
            2,
            "Owners and their managers were told; the coordinator must act.",
            "<@UPAT> finds an owner who answers, or goes on without: `/retire waive RET-1 CONSUMER REASON`",
            id="the channel",
        ),
    ],
)
def test_an_escalation_names_consumers_and_owners_and_says_what_its_reader_can_do(
    to: str, level: int, why: str, action: str
) -> None:
    said = escalation.message_to(announced(), "migrate@2027-05-23", level, [consumer_id(1)], to=to)
    check_message(said)
    head, rows, facts = texts(said["blocks"])
    assert said["text"] == ":rotating_light: *RET-1* churn-v1: 1 consumer not migrated in time"
    assert head == f"{said['text']}\n{why}"
    assert "*consumer-001*" in rows
    assert rows.endswith("; asked: <@UT1>")
    assert facts.splitlines()[-1] == f"*Action* {action}"
    assert buttons(said) == []


@pytest.mark.parametrize(
    ("to", "told_as", "why", "action"),
    [
        (
            "UT1",
            "owner",
            "You hear of this as one of their owners.",
            "Answer in the message that asked for it",
        ),
        (
            "UDORA",
            "delegate",
            "You hear of this as who stands in for one of their owners.",
            "Answer in the message",
        ),
        ("UBOSS", "lead", "You hear of this as the lead of their owners.", "Ask the owners named above"),
        (
            "UBOSS",
            "manager(2)",
            "You hear of this as somebody above their owners.",
            "Ask the owners named above",
        ),
        ("UGWEN", "group:s&re", "You hear of this as a member of s&amp;re.", "Ask the owners named above"),
        (
            "UPAT",
            "exhausted",
            "You hear of this as the coordinator.",
            "Find an owner who answers, or go on without: ",
        ),
        (
            "CGOV",
            "nobody",
            "Nobody is known above their owners; the coordinator must act.",
            "<@UPAT> finds an owner",
        ),
        ("CGOV", "channel", "Owners were told; the coordinator must act.", "<@UPAT> finds an owner"),
        (
            "CGOV",
            "exhausted",
            "Owners and their managers were told; the coordinator must act.",
            "<@UPAT> finds",
        ),
    ],
)
def test_whoever_a_policys_tree_names_hears_why_it_is_them(
    to: str, told_as: str, why: str, action: str
) -> None:
    about = announced(), "migrate@2027-05-23", 3, [consumer_id(1)]
    said = escalation.message_to(*about, to=to, told_as=told_as)
    check_message(said)
    head, _, facts = texts(said["blocks"])
    assert head.splitlines()[1] == why
    assert facts.splitlines()[-1].startswith(f"*Action* {action}")


def test_an_escalation_tells_what_was_handed_back_from_silence() -> None:
    both = with_duties(Duty.OPEN, Duty.NOT_MINE)
    every = [one.consumer.consumer_id for one in both.obligations]
    said = escalation.message_to(both, "acknowledge@2027-03-29", 2, every, to="CGOV")
    check_message(said)
    assert said["text"] == (
        ":rotating_light: *RET-1* churn-v1: 1 consumer not acknowledged in time "
        "and 1 consumer handed back, with no owner found in time"
    )
    back = with_duties(Duty.NOT_MINE)
    said = escalation.message_to(back, "acknowledge@2027-03-29", 1, every[:1], to="CGOV")
    head, *_ = texts(said["blocks"])
    assert head == (
        ":rotating_light: *RET-1* churn-v1: 1 consumer handed back, with no owner found in time\n"
        "Whoever was asked says it is not theirs; the coordinator must act."
    )


def test_what_came_to_somebody_since_is_told_and_answered_in_the_message_they_have() -> None:
    state = announced(teams=1)
    said = obligations.handed(state, "UT0", [consumer_id(1)])
    check_message(said)
    assert said["text"] == ":busts_in_silhouette: *RET-1* 1 more consumer of churn-v1 is yours by the catalog"
    _, facts, row, _ = texts(said["blocks"])
    assert facts.endswith(
        "*Action* Answer in the message you have had since the announcement, which shows it now, or press Show all."
    )
    assert "*consumer-001*: open - acknowledge by" in row
    assert buttons(said) == [(Action.DUTY_SHOW_ALL, "RET-1")]
    gone = obligations.handed(state, "USOMEBODY", [consumer_id(1)])
    assert "belongs to others now" in gone["text"]
    assert buttons(gone) == []


def test_a_request_for_time_says_that_people_vote_on_it() -> None:
    said = extension.request(waiting(), consumer_id(0), number=2)
    check_message(said)
    assert buttons(said) == []
    assert "People vote on it on the card once no other vote is open." in texts(said["blocks"])[0]
    assert (
        "<@UT0> needs more time for *consumer-000*, until *Wed 2027-06-09* instead of Sun 2027-05-23"
        in said["text"]
    )


@pytest.mark.parametrize(("granted", "word"), [("yes", "granted by <@UPAT>"), ("no", "refused by <@UPAT>")])
def test_a_decided_request_has_none(granted: str, word: str) -> None:
    state = waiting()
    owed = replace(state.obligations[0], duty=Duty.OPEN, extension=None, changed_by="UPAT")
    said = extension.request(
        replace(state, obligations=(owed,)), consumer_id(0), number=2, granted=granted, by="UPAT"
    )
    check_message(said)
    assert buttons(said) == []
    assert word in said["text"]


def test_a_request_overtaken_by_a_newer_one_has_none() -> None:
    said = extension.request(waiting(), consumer_id(0), number=1)
    assert buttons(said) == []
    assert said["text"] == ":scales: More time for *consumer-000* is asked for anew"


def test_a_request_whose_consumer_moved_meanwhile_has_none() -> None:
    said = extension.request(with_duties(Duty.MIGRATED), consumer_id(0), number=2)
    assert buttons(said) == []
    assert said["text"] == (":scales: More time for *consumer-000* is not asked for any more: it is migrated")


def test_a_request_of_a_consumer_that_was_waived_has_none() -> None:
    state = waiting()
    owed = replace(state.obligations[0], duty=Duty.WAIVED, extension=None, changed_by="UPAT")
    said = extension.request(replace(state, obligations=(owed,)), consumer_id(0), number=2)
    check_message(said)
    assert buttons(said) == []
    assert said["text"] == ":scales: *consumer-000* needs no more time: waived by <@UPAT>"


def test_a_request_that_waits_when_the_retirement_ends_has_none() -> None:
    said = extension.request(replace(waiting(), state=State.CANCELLED), consumer_id(0), number=2)
    assert buttons(said) == []
    assert said["text"] == ":scales: The request for more time for *consumer-000* is over: RET-1 is cancelled"


def test_a_request_that_moved_dates_have_covered_says_so() -> None:
    state = waiting()
    moved = replace(state.obligations[0], migrate_by=days(120))
    said = extension.request(replace(state, obligations=(moved,)), consumer_id(0), number=2)
    check_message(said)
    assert "until *Wed 2027-06-09*; its date is Tue 2027-06-29 by now" in said["text"]


def test_hundreds_of_long_names_fit_everywhere_and_call_nobody() -> None:
    state = overloaded(state=State.MIGRATING)
    crowd = replace(
        state,
        obligations=tuple(
            replace(one, consumer=replace(one.consumer, owners=state.obligations[0].consumer.owners))
            for one in state.obligations
        ),
    )
    every = [consumer_id(number) for number in range(500)]
    for said in (
        obligations.team_message(crowd, "g0"),
        obligations.owner_dm(crowd, "UT0"),
        reminding.reminder(crowd, "UT0", "migrate-7d@2027-05-23"),
        escalation.message_to(crowd, "acknowledge@2027-03-29", 2, every, to="CGOV"),
        escalation.message_to(crowd, "acknowledge@2027-03-29", 1, every, to="UBOSS"),
        extension.request(waiting(), NASTY),
        obligations.handed(crowd, "UT0", every),
    ):
        check_message(said)
        assert not is_loud(said["text"], said.get("blocks", []))
        assert "UEVIL" not in mentions(said["text"], said.get("blocks", []))
    check_view(obligations.all_modal(crowd, "UT0", 3))


def test_while_a_changed_plan_is_voted_on_its_owners_are_shown_no_buttons() -> None:
    state = announced(consumers=1)
    assert duties.buttons(state.obligations[0], state)
    assert duties.buttons(state.obligations[0], replace(state, state=State.PROPOSED)) == []


@pytest.mark.parametrize(
    ("changes", "at", "is_late"),
    [
        pytest.param({}, days(10), False, id="ahead"),
        pytest.param({}, days(200), True, id="past"),
        pytest.param({"paused_at": days(100)}, days(200), False, id="dates wait"),
    ],
)
def test_a_day_that_is_past_is_said_wherever_a_duty_is_shown(
    changes: dict[str, Any], at: datetime, is_late: bool
) -> None:
    state = replace(announced(teams=1), **changes)
    for said in (
        obligations.owner_dm(state, "UT0", now=at),
        obligations.team_message(state, "group:team-0", now=at),
        obligations.all_modal(state, "UT0", now=at),
        proposal.card(state, at),
        standing.show(state, now=at),
    ):
        assert ("overdue*" in str(said["blocks"])) is is_late


def test_what_is_due_tomorrow_or_was_offers_no_snooze_that_would_be_refused() -> None:
    state = announced()
    in_time, *too_late = (
        [action for action, _ in buttons(obligations.owner_dm(state, "UT0", now=at))]
        for at in (days(26), days(27), days(30))
    )
    assert Action.DUTY_SNOOZE in in_time
    assert all(Action.DUTY_SNOOZE not in shown for shown in too_late)


def test_whoever_is_said_to_own_something_is_asked_only_for_what_the_message_can_do() -> None:
    state = with_duties(Duty.NOT_MINE)
    asked = naming.asked(state, consumer_id(0), "UT0")
    (action,) = [line for line in texts(asked["blocks"])[1].splitlines() if line.startswith("*Action*")]
    take = "`/retire take RET-1 consumer-000`"
    assert action == (
        f"*Action* If it is yours, press I take this, or type {take}, and answer for it. If not, tell <@UPAT>."
    )
    assert [action for action, _ in buttons(asked)] == [Action.DUTY_TAKE]
