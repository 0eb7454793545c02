"""Who reads the digest, as Slack tells: what it does not tell is unknown; where it does not answer, nothing is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.manifest import SCOPES
from bot.slack import web_client
from bot.slack_readers import PAGE, SlackReaders, is_zone
from data.errors import Unavailable
from data.records.facts import ChannelSeen
from tests.fakes.slack import Channel, SlackFake, User

GOVERNANCE, TEAM = "CGOV", "CTEAM"
CROWD = [User(id=f"U{number:05d}", name=f"u{number}") for number in range(PAGE + 20)]


@pytest.fixture
def slack() -> Iterator[SlackFake]:
    people = [
        User(id="UPAT", name="pat", tz="Europe/Lisbon"),
        User(id="UODD", name="odd", tz="Mars/Olympus_Mons"),
        User(id="UGONE", name="gone", deleted=True),
        *CROWD,
    ]
    rooms = [
        Channel(id=GOVERNANCE, name="model-retirements", members=["UBOT", *(one.id for one in CROWD)]),
        Channel(id=TEAM, name="team", members=["UPAT", "UBOT"]),
        Channel(id="CSHUT", name="shut", members=["UPAT", "UBOT"], is_archived=True),
        Channel(id="CALONE", name="alone", members=["UPAT"]),
        Channel(id="GSECRET", name="secret", members=["UPAT"], is_private=True),
    ]
    with SlackFake(people, rooms, scopes=SCOPES) as fake:
        yield fake


def readers(slack: SlackFake, governance: str = GOVERNANCE) -> SlackReaders:
    return SlackReaders(web_client(slack.bot_token, slack.api_url), governance)


@pytest.mark.parametrize(
    ("person", "zone"), [("UPAT", "Europe/Lisbon"), ("UODD", ""), ("UGONE", ""), ("UNOBODY", "")]
)
def test_whose_clock_somebody_goes_by_and_nothing_where_that_is_not_told(
    slack: SlackFake, person: str, zone: str
) -> None:
    assert readers(slack).zone(person) == zone


@pytest.mark.parametrize("name", ["", "../etc/passwd", "/etc/passwd", "Europe", "x" * 300, "Europe/Lisbon\0"])
def test_a_name_that_is_no_zone_is_none(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.parametrize(
    ("channel", "seen"),
    [
        (TEAM, ChannelSeen(has_bot=True)),
        (GOVERNANCE, ChannelSeen(has_bot=True, is_governance=True)),
        ("CSHUT", ChannelSeen(has_bot=True, is_archived=True)),
        ("CALONE", ChannelSeen(has_bot=False)),
        ("GSECRET", None),
        ("CNONE", None),
    ],
)
def test_a_channel_is_told_as_it_is_or_not_at_all(
    slack: SlackFake, channel: str, seen: ChannelSeen | None
) -> None:
    assert readers(slack).channel(channel) == seen


def test_whoever_is_on_any_page_of_the_governance_channel_is_in_it(slack: SlackFake) -> None:
    asked = readers(slack)
    assert asked.is_in_governance(CROWD[0].id)
    assert asked.is_in_governance(CROWD[-1].id)
    assert not asked.is_in_governance("UPAT")
    assert not readers(slack, "CNONE").is_in_governance("UPAT")


def test_without_a_scope_all_is_unknown(slack: SlackFake) -> None:
    slack.ws.scopes.clear()
    asked = readers(slack)
    assert (asked.zone("UPAT"), asked.channel(TEAM), asked.is_in_governance(CROWD[0].id)) == ("", None, False)


@pytest.mark.parametrize("trouble", ["server_error", "rate_limited", "accepted_then_reset"])
def test_a_slack_that_does_not_answer_is_no_answer(slack: SlackFake, trouble: str) -> None:
    slack.fail_next("users.info", trouble)
    with pytest.raises(Unavailable, match="Slack does not tell who reads the digest: "):
        readers(slack).zone("UPAT")
    assert readers(slack).zone("UPAT") == "Europe/Lisbon"
