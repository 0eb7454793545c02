"""`/retire subscribe`: the digest on one's own morning, or in a channel; once each, whatever happens, until it ends."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.manifest import SCOPES
from tests.fakes.slack import Channel
from tests.scenarios.test_hours import until
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, TOM, VERA, Town, key_of, words

TEAM = "C02TEAM"


def digests(town: Town, place: str) -> list[str]:
    return [key for key in town.keys(place) if key.startswith("digest/") and "/chart" not in key]


def began(town: Town) -> None:
    """As `serve` does: the governance channel's digest is set going."""
    town.bot.start()
    town.bot.stop()
    town.open()


def lives_in(town: Town, person: str, zone: str) -> None:
    town.slack.ws.users[person].tz = zone


def a_channel(town: Town, *members: str, **changes: Any) -> None:
    town.slack.ws.channels[TEAM] = Channel(id=TEAM, name="team-logistics", members=[*members], **changes)


def test_a_person_has_what_concerns_them_on_their_own_monday_morning(town: Town) -> None:
    lives_in(town, BRUNO, "America/New_York")
    town.announce()
    said = town.command(BRUNO, "subscribe").strip()
    assert said == (
        "You have the digest each Monday at 09:00 (America/New_York), from 2026-03-23 on; "
        "/retire digest shows it now"
    )
    town.pass_time(days=6, hours=5)
    assert datetime.fromtimestamp(town.seconds, UTC).isoformat()[:13] == "2026-03-23T13"
    assert digests(town, BRUNO) == [f"digest/{BRUNO}/2026-03-23"], "at 13:00 UTC it is 9 there"
    told = words(town.posted(BRUNO, f"digest/{BRUNO}/2026-03-23"))
    assert "Your retirements this week" in told
    assert "Logistics" in told
    assert "Insights" not in told, "what other teams owe is theirs"
    assert "Median cycle time" in told


def test_what_happens_in_the_minute_of_the_digest_is_in_it(town: Town) -> None:
    """The vote ends, and what it decided is announced, at nine on a Monday: that is when the digest is sent."""
    began(town)
    assert town.propose() == {}
    town.approve()
    until(town, "2026-03-16 09:30")
    told = words(town.posted(GOVERNANCE, "digest/2026-03-16"))
    assert "*RET-1 churn-v1* is migrating: approved; announced to 7 consumers" in told


def test_whoever_leads_a_retirement_hears_of_every_team(town: Town) -> None:
    town.announce()
    town.command(TOM, "subscribe weekly")
    town.pass_time(days=7)
    (key,) = digests(town, TOM)
    assert "Logistics" in (told := words(town.posted(TOM, key)))
    assert "Insights" in told


def test_whom_nothing_concerns_is_told_so_once(town: Town) -> None:
    town.announce()
    stranger = next(
        user for user in town.slack.ws.users if user not in (*town.owners(), TOM, ADA, VERA, "UBOT")
    )
    town.command(stranger, "subscribe")
    town.pass_time(days=28)
    (key,) = digests(town, stranger)
    assert "Nothing changed since" in words(town.posted(stranger, key))


def test_once_a_week_across_restarts_and_once_after_downtime(town: Town) -> None:
    town.announce()
    town.command(TOM, "subscribe")
    for _ in range(14):
        town.pass_time(days=1)
        town.restart()
    assert len(digests(town, TOM)) == 2
    town.close()
    town.seconds += 20 * 86_400
    town.open()
    town.pass_time(days=1)
    assert len(digests(town, TOM)) == 3


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("chat.postMessage", "server_error"),
        ("chat.postMessage", "rate_limited"),
        ("chat.postMessage", "accepted_then_reset"),
        ("chat.postMessage", "accepted_then_500"),
        ("chat.postMessage", "late"),
        ("users.info", "server_error"),
        ("files.completeUploadExternal", "accepted_then_reset"),
    ],
)
def test_whatever_becomes_of_a_call_it_is_there_once_with_its_chart(
    town: Town, method: str, kind: str
) -> None:
    town.announce()
    town.command(TOM, "subscribe")
    town.pass_time(days=6)
    town.slack.fail_next(method, kind)
    town.pass_time(minutes=70)
    town.restart()
    town.pass_time(days=1)
    (key,) = digests(town, TOM)
    charts = [one for one in town.slack.messages(TOM) if one["files"]]
    assert [one["thread_ts"] for one in charts] == [town.posted(TOM, key)["ts"]]


def test_a_slack_that_tells_no_zone_any_more_costs_nobody_their_digest(town: Town) -> None:
    town.announce()
    town.command(TOM, "subscribe")
    town.slack.fail_next("users.info", "server_error", times=99)
    town.pass_time(days=7)
    assert len(digests(town, TOM)) == 1


def test_off_ends_it_and_weekly_brings_it_back(town: Town) -> None:
    town.announce()
    town.command(TOM, "subscribe")
    assert "You have no weekly digest from now on" in town.command(TOM, "subscribe off")
    town.pass_time(days=14)
    assert digests(town, TOM) == []
    town.command(TOM, "subscribe weekly")
    town.pass_time(days=7)
    assert len(digests(town, TOM)) == 1


def test_a_channel_has_it_by_a_voter_with_a_chart_in_its_thread(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, draws=True) as town:
        a_channel(town, ADA, "UBOT")
        town.announce()
        said = town.command(ADA, "subscribe here", channel=TEAM)
        assert said.startswith("This channel has the digest each Monday at 09:00 (")
        town.pass_time(days=7)
        (key,) = digests(town, TEAM)
        digest = town.posted(TEAM, key)
        assert "RET-1 churn-v1" in words(digest)
        (chart,) = [one for one in town.slack.messages(TEAM) if one["files"]]
        assert chart["thread_ts"] == digest["ts"]
        (file,) = chart["files"]
        assert file["title"] == "Retirements by state"
        assert "migrating 1 (1 on time)" in file["alt_txt"]
        picture = Image.open(io.BytesIO(town.slack.file(chart)))
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 2400)
        assert "This channel has no weekly digest" in town.command(ADA, "subscribe off here", channel=TEAM)
        town.pass_time(days=14)
        assert len(digests(town, TEAM)) == 1


def test_a_slack_that_takes_no_files_has_the_chart_in_words(town: Town) -> None:
    town.slack.fail_next("files.getUploadURLExternal", "error:unknown_method", times=99)
    town.announce()
    town.command(TOM, "subscribe")
    town.pass_time(days=7)
    (key,) = digests(town, TOM)
    told = words(town.posted(TOM, f"{key}/chart"))
    assert "The chart" in told or "no picture" in told


@pytest.mark.parametrize(
    ("by", "channel", "there", "said"),
    [
        (BRUNO, TEAM, True, "Only some may have the digest sent to a channel"),
        (ADA, TEAM, False, "I am not in this channel, so I cannot post here. Type /invite @Emeritus here"),
        (ADA, GOVERNANCE, True, "The governance channel has the digest every week"),
    ],
)
def test_a_channel_is_refused_with_the_next_step(
    town: Town, by: str, channel: str, there: bool, said: str
) -> None:
    a_channel(town, BRUNO, ADA, *(["UBOT"] if there else []))
    governance = town.slack.ws.channels[GOVERNANCE]
    governance.members = [one for one in governance.members if one != BRUNO]
    assert said in town.command(by, "subscribe here", channel=channel)
    town.pass_time(days=14)
    assert digests(town, TEAM) == []


def test_whoever_is_in_the_governance_channel_may_as_well(town: Town) -> None:
    a_channel(town, BRUNO, "UBOT")
    if BRUNO not in town.slack.ws.channels[GOVERNANCE].members:
        town.slack.ws.channels[GOVERNANCE].members.append(BRUNO)
    assert "This channel has the digest" in town.command(BRUNO, "subscribe here", channel=TEAM)


def test_who_moves_gets_it_on_their_new_morning_and_once(town: Town) -> None:
    lives_in(town, TOM, "Europe/Lisbon")
    town.announce()
    town.command(TOM, "subscribe")
    lives_in(town, TOM, "America/New_York")
    town.pass_time(days=6, hours=3)
    assert digests(town, TOM) == [], "it is early there"
    town.pass_time(hours=3)
    assert len(digests(town, TOM)) == 1
    town.pass_time(days=7)
    assert len(digests(town, TOM)) == 2


def test_an_app_without_the_scope_goes_by_the_policys_clock(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, scopes=set(SCOPES) - {"users:read"}) as town:
        town.announce()
        assert "each Monday at 09:00 (UTC)" in town.command(TOM, "subscribe")
        town.pass_time(days=7)
        assert len(digests(town, TOM)) == 1


def test_who_left_is_dropped_and_the_governance_channel_told_once(town: Town) -> None:
    town.announce()
    town.command(TOM, "subscribe")
    town.slack.ws.users[TOM].deleted = True
    town.pass_time(days=21)
    told = [one for one in town.slack.messages(GOVERNANCE) if "/dropped/" in key_of(one)]
    (said,) = [words(one).strip() for one in told]
    assert said == (
        f":wave: The weekly digest goes to <@{TOM}> no more: their account is deactivated. "
        "If that changes, `/retire subscribe` brings it back"
    )
    assert not [one for one in town.bot.store.troubles() if "digest" in one.key]


def test_a_channel_that_shut_is_dropped(town: Town) -> None:
    a_channel(town, ADA, "UBOT")
    town.announce()
    town.command(ADA, "subscribe here", channel=TEAM)
    town.slack.ws.channels[TEAM].is_archived = True
    town.pass_time(days=15)
    (told,) = [one for one in town.slack.messages(GOVERNANCE) if "/dropped/" in key_of(one)]
    assert f"goes to <#{TEAM}> no more: it is archived. If that changes, `/retire subscribe here`" in words(
        told
    )
    assert not [one for one in town.bot.store.troubles() if "digest" in one.key]


def test_the_governance_channel_is_told_once_that_there_is_nothing(town: Town) -> None:
    began(town)
    town.pass_time(days=35)
    (key,) = digests(town, GOVERNANCE)
    assert "Nothing changed since Mon 2026-03-02" in words(town.posted(GOVERNANCE, key))
    assert town.propose(target="2026-08-03") == {}
    town.pass_time(days=7)
    told = words(town.posted(GOVERNANCE, digests(town, GOVERNANCE)[1]))
    assert "*RET-1 churn-v1* is proposed: proposed" in told
