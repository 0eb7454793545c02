"""`/retire delegate`: somebody else answers for a while, both know of it, and it ends by itself."""

from __future__ import annotations

import pytest

from data.events import DutyChanged
from tests.fakes.slack import User
from tests.scenarios import home
from tests.scenarios.town import ADA, BRUNO, GRACE, INES, MINA, TOM, WREN, Town, words

REPORT = "component:default/monday-report"


def delegated(town: Town, to: str = BRUNO, until: str = "2026-03-27", *, by: str = INES) -> str:
    return town.command(by, f"delegate {at(town, to)} until {until}").strip()


def at(town: Town, person: str) -> str:
    """As people type a name, which Slack makes a mention of."""
    return f"@{town.slack.ws.users[person].name}"


def answered(town: Town) -> list[tuple[str, str]]:
    """Who answered, and for whom."""
    happened = (entry.event for entry in town.bot.store.events("RET-1"))
    return [(event.by, event.on_behalf_of) for event in happened if isinstance(event, DutyChanged)]


def test_whoever_stands_in_finds_what_waits_on_their_home_and_answers_it(town: Town) -> None:
    town.announce()
    assert f"Until Fri 2026-03-27 what is asked of you goes to <@{BRUNO}>" in delegated(town)
    begun = words(town.posted(BRUNO, f"delegation/{INES}/1/begun"))
    assert f"<@{INES}> asks you to answer for them, up to and including *Fri 2026-03-27*" in begun
    assert f"You answer these for <@{INES}>" in home.open_home(town, BRUNO)
    home.press(town, BRUNO, "duty.acknowledge", f"RET-1|{REPORT}|1")
    assert answered(town) == [(BRUNO, INES)]
    assert f"<@{BRUNO}> for <@{INES}> acknowledged for *monday-report*" in town.thread()
    assert f"acknowledged (<@{BRUNO}> for <@{INES}>)" in words(town.announcement(INES))
    home.press(town, BRUNO, "duty.acknowledge_all", f"RET-1|{INES}|1")
    assert answered(town) == [(BRUNO, INES)] * 2, "and nothing of his own"
    town.opens(
        BRUNO,
        lambda: (
            town.command(BRUNO, "show RET-1", opens_modal=False)
            and town.press(BRUNO, town.announcement(BRUNO), "duty.show_all")
        ),
    )
    assert f"You answer it for <@{INES}>" in words(town.slack.views[BRUNO].content)


def test_it_is_shown_to_both_and_ends_by_itself_with_a_word_to_both(town: Town) -> None:
    town.announce()
    delegated(town)
    assert town.command(INES, "delegate").startswith(
        f"Answers of <@{INES}> go to <@{BRUNO}> until *Fri 2026-03-27*"
    )
    assert f"You answer for <@{INES}> until *Fri 2026-03-27*" in town.command(BRUNO, "delegate")
    assert town.command(GRACE, "delegate").startswith("You answer for yourself.")
    home.open_home(town, BRUNO)
    town.restart()
    town.pass_time(days=11)
    home.press(town, BRUNO, "duty.acknowledge", f"RET-1|{REPORT}|1")
    assert "You may not answer for monday-report" in town.told(BRUNO), "an old look at Home gives no right"
    assert answered(town) == []
    assert "the time is over" in words(town.posted(INES, f"delegation/{INES}/2/over/{INES}"))
    assert "answers for themselves again" in words(town.posted(BRUNO, f"delegation/{INES}/2/over/{BRUNO}"))
    assert f"<@{INES}>" not in home.open_home(town, BRUNO)


def test_whoever_is_to_answer_may_decline_with_a_press_and_the_other_hears_of_it(town: Town) -> None:
    delegated(town)
    begun = town.posted(BRUNO, f"delegation/{INES}/1/begun")
    town.press(BRUNO, begun, "delegation.decline")
    assert f"You do not answer for <@{INES}> any more; they are told" in town.told(BRUNO)
    over = words(town.posted(INES, f"delegation/{INES}/2/over/{INES}"))
    assert f"<@{BRUNO}> does not answer for you any more" in over
    redrawn = town.posted(BRUNO, f"delegation/{INES}/1/begun")
    assert "That is over" in words(redrawn)
    assert [block["type"] for block in redrawn["blocks"]] == ["section"], "no button is left without effect"


def test_a_newer_day_leaves_one_message_to_decline_in(town: Town) -> None:
    delegated(town)
    delegated(town, until="2026-03-30")
    older, newer = (town.posted(BRUNO, f"delegation/{INES}/{number}/begun") for number in (1, 2))
    assert "They have named another day since" in words(older)
    assert [block["type"] for block in older["blocks"]] == ["section"]
    town.press(BRUNO, newer, "delegation.decline")
    assert town.command(INES, "delegate").startswith("You answer for yourself.")


@pytest.mark.parametrize("by", [INES, BRUNO], ids=["who delegated", "who answers"])
def test_either_ends_it_by_a_command(town: Town, by: str) -> None:
    delegated(town)
    typed = "delegate off" if by == INES else f"delegate off {at(town, INES)}"
    assert "again" in town.command(by, typed) or by == BRUNO
    assert town.command(INES, "delegate").startswith("You answer for yourself.")


def test_a_bot_a_guest_who_left_and_a_stranger_are_refused(town: Town) -> None:
    users = town.slack.ws.users
    users[WREN].is_restricted = True
    users[GRACE].deleted = True
    (bot,) = [one.id for one in users.values() if one.is_bot]
    users["U0OUTSIDE"] = User(id="U0OUTSIDE", name="outside")
    for to, why in (
        (WREN, "this account is a guest"),
        (GRACE, "this account is deactivated"),
        (bot, "this account is a bot"),
        ("U0OUTSIDE", "the catalog knows no person with this Slack id, or they left"),
    ):
        assert f"<@{to}> cannot answer for you: {why}" in delegated(town, to)
    assert "by Slack this account is a guest" in delegated(town, BRUNO, by=WREN)
    assert "You cannot delegate to yourself" in delegated(town, INES)
    assert "until 2026-03-02: a day after 2026-03-02" in delegated(town, until="2026-03-02")
    assert town.bot.store.streams("delegation/") == ()


def test_a_loop_is_refused_with_the_chain(town: Town) -> None:
    delegated(town, BRUNO)
    delegated(town, GRACE, by=BRUNO)
    said = delegated(town, INES, by=GRACE)
    assert f"<@{GRACE}> -&gt; <@{INES}> -&gt; <@{BRUNO}> -&gt; <@{GRACE}>" in said
    assert f"until *Fri 2026-03-27* through <@{BRUNO}>" in town.command(INES, "delegate")


def test_a_proposers_delegate_is_refused_privately_and_votes_once_they_declined(town: Town) -> None:
    town.propose()
    delegated(town, MINA, by=TOM)
    assert "Yours to vote" not in home.open_home(town, MINA)
    town.approve(MINA)
    said = town.told(MINA)
    assert f"Your vote does not count: you answer for <@{TOM}> now, who opened this round" in said
    town.press(MINA, town.posted(MINA, f"delegation/{TOM}/1/begun"), "delegation.decline")
    town.approve(MINA)
    assert "Your vote on RET-1 counts: approve as" in town.told(MINA)


def test_whoever_looks_sees_who_answers_for_whom(town: Town) -> None:
    town.announce()
    delegated(town)
    delegated(town, GRACE, by=BRUNO)
    delegated(town, ADA, by=TOM)
    line = f"Answers of <@{INES}> go to <@{GRACE}> until *Fri 2026-03-27* through <@{BRUNO}>"
    shown = town.command(TOM, "show RET-1")
    assert line in shown
    assert f"Answers of <@{TOM}> go to <@{ADA}> until *Fri 2026-03-27*" in shown
    assert f"Answers of <@{TOM}> go to <@{ADA}>" in town.command(TOM, "who churn-v1")
    assert f"{line}. `/retire delegate off` ends it." in home.open_home(town, INES)
    assert "Answers of" not in home.open_home(town, GRACE)
    town.pass_time(days=11)
    assert "Answers of" not in town.command(TOM, "show RET-1")


def test_whoever_stands_in_for_the_coordinator_acts_for_the_retirement_meanwhile(town: Town) -> None:
    town.announce()
    assert "You may not pause RET-1" in town.command(BRUNO, "pause RET-1 year's end freeze")
    delegated(town, by=TOM)
    assert "all dates wait" in town.command(BRUNO, "pause RET-1 year's end freeze")
    assert f"<@{BRUNO}> paused" in town.thread()
    town.pass_time(days=30)
    assert "You may not resume RET-1" in town.command(BRUNO, "resume RET-1"), "the time is over"


def test_whoever_stands_in_for_the_coordinator_may_edit_the_plan(town: Town) -> None:
    town.propose()
    town.command(TOM, f"handover RET-1 {at(town, MINA)}")
    delegated(town, WREN, by=MINA)
    town.opens(WREN, lambda: town.press(WREN, town.card(), "proposal.revise"))
    town.submit(WREN, {"proposal.target": "2026-06-01"})
    assert f"<@{WREN}> for <@{MINA}> changed the plan" in town.thread()
