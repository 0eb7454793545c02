"""Somebody may read an archive for a while: who lets whom, for how long, and how it ends for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from data.errors import EmeritusError
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.base import Prose
from data.records.delegation import Account
from data.records.retirement import State
from tests.builders import (
    BILL,
    CLOSE_AT,
    GRETA,
    OWEN,
    PAT,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_running_retirement,
    days,
)
from workflows import commands as cmd
from workflows.rules.keeping.granting import latest_of, links_until

AUDIT = Prose(prose="audit of 2027")
FILES = ("weights/w.bin",)


def granting(by: str = OWEN, to: str = STRANGER, hours: int = 48) -> cmd.GrantRead:
    return cmd.GrantRead(by=by, to=to, hours=hours, why=AUDIT)


def revoking(by: str = OWEN, to: str = STRANGER) -> cmd.RevokeRead:
    return cmd.RevokeRead(by=by, to=to, why=WHY)


def asking(by: str = STRANGER) -> cmd.GiveFiles:
    return cmd.GiveFiles(by=by, paths=FILES)


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def told(story: Story, notice: str) -> list[str]:
    return [one.body["slack_id"] for one in story.effects.values() if one.body.get("notice") == notice]


def test_the_clock_ends_it_and_both_hear_of_that() -> None:
    story = a_dark()
    reply = story.does(granting()).reply
    until = story.now + timedelta(hours=48)
    assert reply.startswith(f"<@{STRANGER}> may read the archive of RET-1 until {until:%Y-%m-%d %H:%M} UTC")
    assert told(story, "grant begun") == [STRANGER]
    story.does(asking())
    assert story.until(until - timedelta(seconds=1)).of(ReadEnded) == []
    story.until(until)
    (granted,), (ended,) = story.of(ReadGranted), story.of(ReadEnded)
    assert (granted.by, granted.to, granted.why, granted.until) == (OWEN, STRANGER, AUDIT, until)
    assert set(granted.entitled) == {PAT, OWEN, GRETA}
    assert (ended.at, ended.to) == (until, STRANGER)
    assert told(story, "grant over") == [STRANGER, OWEN]
    assert f"your time was over on {until:%Y-%m-%d %H:%M} UTC, and so are all links" in refusal(
        story, asking()
    )


def test_it_is_over_at_its_end_however_late_the_clock_rings() -> None:
    story = a_dark()
    story.does(granting(hours=1))
    story.now += timedelta(hours=1)
    assert "your time was over" in refusal(story, asking())
    assert "may not read the archive of RET-1 anyway" in refusal(story, revoking())
    story.does(granting(hours=1))
    assert [one.number for one in story.of(ReadEnded)] == [1], "before the one that takes its place"
    assert told(story, "grant over") == [STRANGER, OWEN]
    story.wakes(story.now + days(9))
    assert [one.number for one in story.of(ReadEnded)] == [1, 2]


def test_a_retirement_that_ends_keeps_the_end_of_what_was_granted() -> None:
    story = a_dark()
    story.until(CLOSE_AT - timedelta(hours=1)).does(granting())
    story.until(CLOSE_AT).works()
    assert story.state.state is State.ARCHIVED
    assert story.until(CLOSE_AT + days(3)).of(ReadEnded)


def test_each_giving_is_on_record_and_its_links_are_over_soon_and_never_after_the_grant() -> None:
    story = a_dark()
    story.does(granting(hours=2))
    begun = story.now
    story.does(asking(), at=begun + timedelta(minutes=30))
    story.does(asking(), at=begun + timedelta(minutes=90))
    assert [(one.by, one.paths, one.links_until) for one in story.of(ArchiveRead)] == [
        (STRANGER, FILES, begun + timedelta(minutes=90)),
        (STRANGER, FILES, begun + timedelta(hours=2)),
    ]
    grant = latest_of(story.state, STRANGER)
    assert grant is not None
    assert story.state.policy is not None
    assert (grant.used, grant.used_at) == (2, begun + timedelta(minutes=90))
    assert links_until(story.state.policy, grant, begun + timedelta(minutes=119)) == grant.until


@pytest.mark.parametrize(
    ("by", "heard"),
    [(OWEN, [STRANGER]), (SELMA, [STRANGER, OWEN]), (STRANGER, [OWEN])],
    ids=["who let them", "who votes", "who has it"],
)
def test_it_is_revoked_with_a_reason_that_the_next_press_is_refused_with(by: str, heard: list[str]) -> None:
    story = a_dark()
    story.does(granting())
    story.does(asking())
    assert "A link they got before works for 60 minutes at most" in story.does(revoking(by)).reply
    (revoked,) = story.of(ReadRevoked)
    assert (revoked.by, revoked.why) == (by, WHY)
    assert told(story, "grant over") == heard
    assert not [name for name in story.timers if name.startswith("grant/")]
    said = refusal(story, asking())
    assert said == (
        f"The archive of RET-1 is closed to you: <@{by}> revoked it on {revoked.at:%Y-%m-%d %H:%M} UTC: {WHY}; a link "
        f"you got before works for 60 minutes at most. Ask <@{OWEN}>, or an owner of the model, for "
        "/retire grant RET-1 @you 7d REASON"
    )
    story.does(granting(GRETA))
    story.does(asking())


@pytest.mark.parametrize(
    ("command", "facts", "said"),
    [
        (
            granting(STRANGER, BILL),
            {},
            "You may not let anybody read the archive of RET-1: this is for the model's",
        ),
        (granting(BILL), {}, f"Ask one of them: <@{PAT}>, <@{OWEN}>, <@{GRETA}>"),
        (granting(OWEN, OWEN), {}, "You cannot let yourself read it"),
        (granting(), {"account": Account.GUEST}, "A read grant of yours does not count"),
        (granting(), {"no_colleagues": {STRANGER: Account.BOT}}, "by Slack this account is a bot"),
        (
            granting(),
            {"no_colleagues": {STRANGER: Account.OUTSIDER}},
            "Name a member or a guest of this workspace",
        ),
        (granting(), {"proved": "no", "proof": "Prove it at the gate"}, "Prove it at the gate"),
        (granting(hours=0), {}, "1h at least, and 30 days at most: [grants] days_max of the policy"),
        (granting(hours=721), {}, "721 hours"),
        (revoking(BILL), {}, "You may not revoke who may read the archive of RET-1"),
        (revoking(), {}, f"<@{STRANGER}> may not read the archive of RET-1 anyway"),
        (asking(), {}, "The archive of RET-1 is closed to you: nobody has let you read it"),
    ],
)
def test_who_may_not_is_told_why(command: cmd.Command, facts: dict[str, Any], said: str) -> None:
    assert said in refusal(a_dark(), command, **facts)


def test_a_guest_may_read_and_nobody_is_let_twice() -> None:
    story = a_dark()
    story.does(granting(hours=720), no_colleagues={STRANGER: Account.GUEST})
    assert f"<@{STRANGER}> may read the archive of RET-1 already, until" in refusal(story, granting(GRETA))


def test_there_is_nothing_to_read_before_there_is_an_archive() -> None:
    assert "There is nothing to read of RET-1: it has no archive yet" in refusal(
        a_running_retirement(), granting()
    )
