"""Who has the weekly digest: people for themselves, channels by those who may hear of all, and who is dropped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from data.errors import Refused
from data.events import EMERITUS, DigestSubscribed, DigestUnsubscribed
from data.records.decision import Decision
from data.records.delegation import Account
from data.records.digests import DigestState
from data.records.facts import ChannelSeen
from tests.builders import CARL, PAT, PLATO, STRANGER, a_policy, facts_for
from workflows import commands as cmd
from workflows.decisions import digests, readers

TUESDAY = datetime(2027, 1, 5, 12, tzinfo=UTC)
TEAM = ChannelSeen(has_bot=True)


def asked(
    by: str = CARL,
    place: str = "",
    often: Literal["weekly", "off"] = "weekly",
    state: DigestState | None = None,
    **facts: Any,
) -> Decision[Any]:
    place = place or by
    command = cmd.Subscribe(by=by, place=place, often=often)
    return readers.subscribe(state or DigestState(place=place), command, facts_for(**facts), TUESDAY)


def folded(decision: Decision[Any], place: str) -> DigestState:
    state = DigestState(place=place)
    for event in decision.events:
        state = digests.evolve(state, event)
    return state


def test_whoever_asks_has_it_from_their_next_monday_morning_on() -> None:
    decision = asked(zone="America/New_York")
    assert decision.events == (DigestSubscribed(at=TUESDAY, by=CARL, zone="America/New_York"),)
    assert [(one.name, one.due_at) for one in decision.timers] == [
        ("weekly", datetime(2027, 1, 11, 14, tzinfo=UTC))
    ]
    assert decision.reply == (
        "You have the digest each Monday at 09:00 (America/New_York), from 2027-01-11 on; "
        "/retire digest shows it now"
    )
    assert folded(decision, CARL) == DigestState(
        version=1, place=CARL, by=CARL, zone="America/New_York", sent_at=TUESDAY
    )


def test_whose_clock_nobody_can_say_goes_by_the_policys() -> None:
    assert "09:00 (Europe/Berlin)" in asked(policy=a_policy(zone="Europe/Berlin")).reply


def test_asking_again_changes_nothing_and_says_when() -> None:
    state = folded(asked(zone="Asia/Tokyo"), CARL)
    again = asked(state=state, zone="Asia/Tokyo")
    assert (again.events, again.timers) == ((), ())
    assert "each Monday at 09:00 (Asia/Tokyo)" in again.reply
    moved = asked(state=state, zone="Europe/Lisbon")
    after = digests.evolve(state, moved.events[0])
    assert (after.zone, after.sent_at) == ("Europe/Lisbon", TUESDAY), "what was not told yet still is"


def test_off_ends_it_and_once_more_says_that_there_is_none() -> None:
    state = folded(asked(), CARL)
    off = asked(often="off", state=state)
    assert off.events == (DigestUnsubscribed(at=TUESDAY, by=CARL),)
    assert off.cancels == ("weekly",)
    assert off.reply == "You have no weekly digest from now on; /retire digest shows it at any time"
    ended = digests.evolve(state, off.events[0])
    assert not ended.is_on
    again = asked(often="off", state=ended)
    assert (again.events, again.reply) == (
        (),
        "You have no weekly digest; /retire subscribe begins one",
    )


def test_nobody_subscribes_others() -> None:
    with pytest.raises(Refused) as refused:
        asked(by=PAT, place=CARL)
    assert str(refused.value) == (
        "A digest by direct message is for oneself. Ask them to run /retire subscribe"
    )


@pytest.mark.parametrize(
    ("by", "facts"),
    [
        pytest.param(PLATO, {}, id="voter"),
        pytest.param(STRANGER, {"in_governance": True}, id="in the governance channel"),
    ],
)
def test_a_channel_has_it_by_who_votes_or_is_in_the_governance_channel(
    by: str, facts: dict[str, Any]
) -> None:
    decision = asked(by=by, place="CTEAM", channel=TEAM, zone="Asia/Tokyo", **facts)
    assert decision.events == (DigestSubscribed(at=TUESDAY, by=by, zone="Asia/Tokyo"),)
    assert decision.reply.startswith("This channel has the digest each Monday at 09:00 (Asia/Tokyo)")
    off = asked(by=by, place="CTEAM", often="off", state=folded(decision, "CTEAM"), channel=None, **facts)
    assert off.events == (DigestUnsubscribed(at=TUESDAY, by=by),), "also where the bot is not any more"


@pytest.mark.parametrize(
    ("by", "place", "channel", "said"),
    [
        pytest.param(
            STRANGER,
            "CTEAM",
            TEAM,
            "Only some may have the digest sent to a channel: it tells of every retirement, so this is for owner, "
            "platform, security and the governance channel. Ask one of them to run it here, or run "
            "/retire subscribe for one of your own",
            id="a stranger",
        ),
        pytest.param(
            PLATO,
            "CTEAM",
            None,
            "I am not in this channel, so I cannot post here. Type /invite @Emeritus here, and run it again",
            id="the bot does not see it",
        ),
        pytest.param(
            PLATO,
            "CTEAM",
            ChannelSeen(has_bot=False),
            "I am not in this channel, so I cannot post here. Type /invite @Emeritus here, and run it again",
            id="the bot is not in it",
        ),
        pytest.param(
            PLATO,
            "CTEAM",
            replace(TEAM, is_archived=True),
            "This channel is archived, so nothing is posted here. Unarchive it, or run it in another channel",
            id="archived",
        ),
        pytest.param(
            PLATO,
            "CGOV",
            replace(TEAM, is_governance=True),
            "The governance channel has the digest every week: that is where decisions are made, so it cannot be "
            "ended or begun there. Run /retire subscribe for one of your own, or [digest] in the policy for "
            "another day",
            id="the governance channel",
        ),
        pytest.param(
            PLATO,
            "D0PLATO",
            None,
            "This is a direct message, and no channel. Run /retire subscribe, without here, for a digest of your "
            "own",
            id="a direct message",
        ),
    ],
)
def test_where_it_cannot_be_sent_is_refused_with_the_next_step(
    by: str, place: str, channel: ChannelSeen | None, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(by=by, place=place, channel=channel)
    assert str(refused.value) == said


def test_a_guest_of_the_governance_channel_sends_it_to_no_channel() -> None:
    with pytest.raises(Refused) as refused:
        asked(by=STRANGER, place="CTEAM", channel=TEAM, in_governance=True, account=Account.GUEST)
    assert str(refused.value).startswith(
        "Your wish for this channel does not count: by Slack this account is a guest"
    )


def test_who_cannot_be_reached_any_more_is_dropped_and_the_governance_channel_told_once() -> None:
    state = folded(asked(), CARL)
    lost = cmd.DropReader(by=EMERITUS, why="user_disabled: their account is deactivated")
    decision = readers.drop(state, lost, facts_for(), TUESDAY)
    assert decision.events == (DigestUnsubscribed(at=TUESDAY, by=EMERITUS, why=lost.why),)
    assert decision.cancels == ("weekly",)
    (told,) = decision.effects
    assert told.place == "CGOV"
    assert told.body == {"notice": "reader dropped", "channel": "CGOV", "reader": CARL, "why": lost.why}
    after = digests.evolve(state, decision.events[0])
    assert readers.drop(after, lost, facts_for(), TUESDAY) == Decision()
    assert readers.drop(DigestState(), lost, facts_for(), TUESDAY) == Decision(), (
        "governance is never dropped"
    )
