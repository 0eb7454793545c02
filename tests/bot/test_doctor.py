"""The doctor finds each thing that can be wrong and says how to mend it; with nothing wrong it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.doctor import Finding, report
from bot.manifest import SCOPES
from tests.bot.listeners.desk import GOVERNANCE, POLICY, TOM, Desk
from tests.fakes.slack import Channel, SlackFake, User

Examine = Callable[..., dict[str, Finding]]


def a_slack(*, scopes: set[str] | None = None, members: tuple[str, ...] = (TOM, "UBOT")) -> SlackFake:
    room = Channel(id=GOVERNANCE, name="model-retirements", members=list(members))
    return SlackFake([User(id=TOM, name="tom")], [room], scopes=set(SCOPES) if scopes is None else scopes)


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    with Desk(tmp_path):
        pass  # the store is there, with the sample company in it
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)

    def look(slack: SlackFake, **more: str) -> dict[str, Finding]:
        environ = {
            "EMERITUS_STORE": str(tmp_path / "emeritus.db"),
            "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
            "EMERITUS_POLICY": str(policy),
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            **more,
        }
        found: list[Finding] = []
        well = report(environ, found.append)
        assert well == all(one.ok for one in found)
        return {one.what: one for one in found}

    return look


def bad(found: dict[str, Finding]) -> dict[str, str]:
    return {what: str(finding) for what, finding in found.items() if not finding.ok}


def test_with_everything_in_place_every_line_is_fine(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack)

    assert bad(found) == {}
    assert list(found) == [
        "settings",
        "policy",
        "store",
        "catalog",
        "role owner",
        "role platform",
        "role product",
        "role security",
        "archive",
        "bot token",
        "scopes",
        "app token",
        f"channel {GOVERNANCE}",
    ]


def test_a_missing_scope_is_told_with_what_it_is_for(examine: Examine) -> None:
    with a_slack(scopes=set(SCOPES) - {"im:write"}) as slack:
        found = examine(slack)

    assert bad(found) == {
        "scopes": "BAD scopes: missing im:write (to open a direct message to edit one or look one up). "
        "Put the output of emeritus manifest into the app's manifest and install the app again"
    }


def test_a_channel_without_the_bot_is_told(examine: Examine) -> None:
    with a_slack(members=(TOM,)) as slack:
        found = examine(slack)

    assert bad(found) == {
        f"channel {GOVERNANCE}": f"BAD channel {GOVERNANCE}: the bot is not a member. "
        "Invite the bot there: /invite @Emeritus"
    }


def test_a_channel_that_is_not_there_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[channels]\ngovernance = "C0NOWHERE"')
    with a_slack() as slack:
        found = examine(slack, EMERITUS_POLICY=str(policy))

    assert bad(found) == {
        "channel C0NOWHERE": "BAD channel C0NOWHERE: Slack says channel_not_found. "
        "Check [channels] governance in the policy"
    }


def test_a_token_slack_does_not_know_is_told(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, SLACK_BOT_TOKEN="xoxb-wrong")

    assert list(bad(found)) == ["bot token"]
    assert "xoxb-wrong" not in str(found)


def test_a_slack_that_does_not_answer_is_told(examine: Examine) -> None:
    slack = a_slack().start()
    slack.stop()
    with a_slack() as other:
        found = examine(other, SLACK_API_URL="http://127.0.0.1:9/api/")

    assert "Slack does not answer" in bad(found)["bot token"]


def test_missing_tokens_keep_nothing_else_from_being_looked_at(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, SLACK_BOT_TOKEN="")

    assert list(bad(found)) == ["settings"]
    assert "role security" in found


def test_a_role_nobody_can_fill_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[roles.risk]\ngroups = ["riks"]\n[roles.many]\ngroups = ["security"]\napprovals = 3')
    with a_slack() as slack:
        found = bad(examine(slack, EMERITUS_POLICY=str(policy)))

    assert "0 people for 1 approvals; No " in found["role risk"]
    assert found["role many"].startswith("BAD role many: 2 people for 3 approvals. Correct the group")


def test_an_archive_that_cannot_be_written_is_told(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, EMERITUS_ARCHIVE="/proc/archive")

    assert bad(found)["archive"].startswith("BAD archive: /proc cannot be written")


def test_a_store_that_is_not_one_is_told(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("not a database at all, whatever its name says" * 30)
    with a_slack() as slack:
        found = examine(slack, EMERITUS_STORE=str(tmp_path / "other.db"))

    assert "other.db" in bad(found)["store"]


def test_a_policy_that_is_wrong_is_told_whole(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text("[rounds]\nreview_days = -1\n[steps]\nhour = 24")
    with a_slack() as slack:
        found = bad(examine(slack, EMERITUS_POLICY=str(policy)))

    assert "review_days" in found["policy"]
    assert "hour" in found["policy"]
