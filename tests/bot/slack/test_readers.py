"""Who reads the digest, as Slack tells: what it does not tell is unknown; where it does not answer, nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.manifest import SCOPES
from bot.slack.messenger import web_client
from bot.slack.questions import SlackQuestions
from bot.slack.rates import Rates
from bot.slack.readers import PAGE, SlackReaders
from bot.slack.zones import SlackZones
from data.errors import Unavailable
from data.records.delegation import Account
from data.records.facts import ChannelSeen
from tests.fakes.slack import Channel, SlackFake, User

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
GOVERNANCE, TEAM = "CGOV", "CTEAM"
CROWD = [User(id=f"U{number:05d}", name=f"u{number}") for number in range(PAGE + 20)]


@pytest.fixture
def slack() -> Iterator[SlackFake]:
    people = [
        User(id="UPAT", name="pat", tz="Europe/Lisbon"),
        User(id="UODD", name="odd", tz="Mars/Olympus_Mons"),
        User(id="UGONE", name="gone", deleted=True),
        User(id="UGUEST", name="gus", is_restricted=True),
        User(id="UROBOT", name="rob", is_bot=True),
        User(id="UELSE", name="else", team_id="T0ELSEWHERE"),
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
    client = web_client(slack.bot_token, slack.api_url)
    return SlackReaders(client, SlackZones(client, SlackQuestions(Rates(NOW.timestamp))), governance)


@pytest.mark.parametrize(
    ("person", "zone"), [("UPAT", "Europe/Lisbon"), ("UODD", ""), ("UGONE", ""), ("UNOBODY", "")]
)
def test_whose_clock_somebody_goes_by_and_nothing_where_that_is_not_told(
    slack: SlackFake, person: str, zone: str
) -> None:
    assert readers(slack).zone(person, NOW) == zone


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


@pytest.mark.parametrize(
    ("person", "account"),
    [
        ("UPAT", Account.MEMBER),
        ("UGUEST", Account.GUEST),
        ("UROBOT", Account.BOT),
        ("UGONE", Account.DEACTIVATED),
        ("UELSE", Account.OUTSIDER),
        ("UNOBODY", Account.UNKNOWN),
    ],
)
def test_whose_account_it_is(slack: SlackFake, person: str, account: Account) -> None:
    assert readers(slack).account(person) == account


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("users.info", 'says:{"ok": true}'),
        ("users.info", 'says:{"ok": true, "user": null}'),
        ("users.info", 'says:{"ok": true, "user": "UELSE"}'),
        ("users.info", 'says:{"ok": true, "user": {}}'),
        ("users.info", 'says:{"ok": true, "user": {"id": "UELSE", "is_bot": "true"}}'),
        ("users.info", 'says:{"ok": true, "user": {"id": "UELSE", "is_restricted": 1}}'),
        ("users.info", "says:[]"),
        ("auth.test", 'says:{"ok": true}'),
        ("auth.test", 'says:{"ok": true, "team_id": 5}'),
        ("auth.test", "error:team_access_not_granted"),
        ("auth.test", "error:access_denied"),
        ("auth.test", "server_error"),
    ],
)
def test_nobody_is_taken_for_a_member_by_an_answer_that_does_not_say_so(
    slack: SlackFake, method: str, kind: str
) -> None:
    asked = readers(slack)
    slack.fail_next(method, kind)
    with pytest.raises(Unavailable, match="Slack does not tell who somebody is: "):
        asked.account("UELSE")
    assert asked.account("UELSE") is Account.OUTSIDER


def test_without_a_scope_all_is_unknown(slack: SlackFake) -> None:
    slack.ws.scopes.clear()
    asked = readers(slack)
    assert (asked.zone("UPAT", NOW), asked.channel(TEAM), asked.is_in_governance(CROWD[0].id)) == (
        "",
        None,
        False,
    )


@pytest.mark.parametrize("trouble", ["server_error", "rate_limited", "accepted_then_reset"])
def test_a_slack_that_does_not_answer_is_no_answer(slack: SlackFake, trouble: str) -> None:
    for method in ("users.info", "users.list"):
        slack.fail_next(method, trouble)
    with pytest.raises(Unavailable, match="Slack does not tell on whose clock who reads the digest lives: "):
        readers(slack).zone("UPAT", NOW)
    assert readers(slack).zone("UPAT", NOW) == "Europe/Lisbon"


def test_a_channel_of_which_slack_does_not_answer_is_no_unknown_one(slack: SlackFake) -> None:
    slack.fail_next("conversations.info", "server_error")
    with pytest.raises(Unavailable, match="Slack does not tell who somebody is: "):
        readers(slack).channel(TEAM)
