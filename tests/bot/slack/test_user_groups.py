"""Who is in a user group: asked anew for what is decided, remembered for what is shown, never empty by a failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.manifest import scopes
from bot.slack.messenger import web_client
from bot.slack.questions import SlackQuestions
from bot.slack.rates import Rates
from bot.slack.readers import SlackReaders
from bot.slack.zones import SlackZones
from data.errors import Unavailable
from tests.fakes.slack import SlackFake
from workflows.user_groups import AGAIN_SECONDS, LATELY_SECONDS, UserGroups

METHOD, RISK = "usergroups.users.list", "slack:S0RISK"


@pytest.fixture
def slack() -> Iterator[SlackFake]:
    granted = scopes(takes_files=False, reads_user_groups=True)
    with SlackFake(usergroups={"S0RISK": ["UANN"]}, scopes=granted) as fake:
        yield fake


class Clock:
    """And the record that hears of it when others are in a group."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.times_moved = 0
        self.is_shut = False

    def moved(self) -> None:
        if self.is_shut:
            raise Unavailable("the record does not answer")
        self.times_moved += 1

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def groups(slack: SlackFake, clock: Clock) -> UserGroups:
    client = web_client(slack.bot_token, slack.api_url)
    zones = SlackZones(client, SlackQuestions(Rates(clock)))
    return UserGroups(SlackReaders(client, zones, "CGOV"), [RISK], clock, clock.moved)


def asked(slack: SlackFake) -> int:
    return len([call for call in slack.calls if call.method == METHOD])


@pytest.mark.parametrize(
    ("fails_with", "why"),
    [
        ("no_such_subteam", "Slack has no such user group"),
        ("missing_scope", "the app lacks the scope usergroups:read"),
        ("plan_upgrade_required", "this workspace's plan has no user groups"),
        ("unknown_method", "this Slack has no user groups"),
    ],
)
def test_nobody_is_in_one_that_slack_does_not_have_and_it_is_said_why(
    slack: SlackFake, groups: UserGroups, fails_with: str, why: str
) -> None:
    slack.fail_next(METHOD, f"error:{fails_with}")
    assert groups.ask([RISK]) == {RISK: why}
    assert groups.lately() == {RISK: ()}


def test_nobody_is_in_an_empty_one(slack: SlackFake, groups: UserGroups) -> None:
    slack.ws.usergroups["S0RISK"] = []
    assert groups.ask([RISK]) == {RISK: "nobody is in this user group, or it is disabled"}


@pytest.mark.parametrize(
    "kind",
    [
        "server_error",
        "rate_limited",
        "error:invalid_auth",
        "error:internal_error",
        'says:{"ok": true}',
        'says:{"ok": true, "users": null}',
        'says:{"ok": true, "users": "UBEN,UCAT"}',
        'says:{"ok": true, "users": [null, 5]}',
        'says:{"ok": true, "users": {"UBEN": 1}}',
        'says:{"ok": true, "users": true}',
        "says:[]",
    ],
)
def test_a_failure_makes_a_decision_wait_and_empties_no_group(
    slack: SlackFake, groups: UserGroups, kind: str
) -> None:
    assert groups.lately() == {RISK: ("UANN",)}
    slack.fail_next(METHOD, kind)
    with pytest.raises(Unavailable):
        groups.ask([RISK])
    assert groups.lately() == {RISK: ("UANN",)}


def test_what_is_decided_goes_by_what_slack_says_then_also_where_the_clock_was_set_back(
    slack: SlackFake, groups: UserGroups, clock: Clock
) -> None:
    groups.ask([RISK])
    slack.ws.usergroups["S0RISK"] = ["UBEN"]
    assert groups.lately() == {RISK: ("UANN",)}
    clock.seconds -= 100
    groups.ask([RISK])
    assert groups.lately() == {RISK: ("UBEN",)}


def test_what_is_shown_goes_by_what_slack_said_within_minutes(
    slack: SlackFake, groups: UserGroups, clock: Clock
) -> None:
    for _ in range(3):
        assert groups.lately() == {RISK: ("UANN",)}
        groups.ask([RISK], lately=True)
    assert asked(slack) == 1
    slack.ws.usergroups["S0RISK"] = ["UBEN"]
    clock.seconds += LATELY_SECONDS
    assert groups.lately() == {RISK: ("UBEN",)}


def test_voters_are_asked_anew_where_others_are_in_it_and_for_nothing_else(
    slack: SlackFake, groups: UserGroups, clock: Clock
) -> None:
    moved = []
    for members in (["UANN", "UBEN"], ["UBEN", "UANN"], ["UBEN"], ["UBEN"]):
        slack.ws.usergroups["S0RISK"] = members
        groups.ask([RISK])
        moved.append(clock.times_moved)
    assert moved == [1, 1, 2, 2]


def test_a_record_that_does_not_answer_is_told_the_next_time(groups: UserGroups, clock: Clock) -> None:
    clock.is_shut = True
    with pytest.raises(Unavailable):
        groups.ask([RISK])
    clock.is_shut = False
    groups.lately()
    assert clock.times_moved == 1


def test_a_slack_that_does_not_answer_is_left_alone_for_a_while(
    slack: SlackFake, groups: UserGroups, clock: Clock
) -> None:
    slack.fail_next(METHOD, "server_error")
    assert groups.lately() == groups.lately() == {}
    assert asked(slack) == 1
    clock.seconds += AGAIN_SECONDS
    assert groups.lately() == {RISK: ("UANN",)}
