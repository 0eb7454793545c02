"""Hours that respect people: what can wait a night waits for their morning, and then goes once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from data.importers.accounts import read_accounts
from data.policies.policy import read_windows
from tests.scenarios.town import BRUNO, ELENA, GRACE, INES, POLICY, TOM, VERA, WREN, Town, key_of, words

OFFICE = replace(read_windows(), country="")
EVERYBODY = (BRUNO, ELENA, GRACE, INES, VERA, WREN)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        yield town


def arrived(town: Town, person: str) -> list[tuple[str, datetime]]:
    """The messages this person got, in order, each with when, on their own clock."""
    clock = ZoneInfo(town.slack.ws.users[person].tz)
    return [
        (key_of(one), datetime.fromtimestamp(float(one["ts"]), clock)) for one in town.slack.messages(person)
    ]


def keys(town: Town, person: str) -> list[str]:
    return [key for key, _ in arrived(town, person)]


def until(town: Town, at: str) -> None:
    """Let time pass until that instant, in UTC."""
    ahead = datetime.fromisoformat(at).replace(tzinfo=UTC) - town.now()
    town.pass_time(seconds=ahead.total_seconds())


def announced(town: Town) -> None:
    """The Monday the announcement went out, at nine in UTC: it is 22:00 in Auckland, and 06:00 in São Paulo."""
    assert town.propose() == {}
    town.approve()
    until(town, "2026-03-16 09:30")


def test_everybody_hears_everything_once_in_their_own_working_hours(town: Town):
    announced(town)
    for _ in range(25):
        town.pass_time(days=2)
        town.restart()
    for person in EVERYBODY:
        told = arrived(town, person)
        assert all(at.weekday() < 5 and 9 <= at.hour < 17 for _, at in told), (person, told)
        assert len(set(keys(town, person))) == len(told) > 0, person
    assert [key.split("/", 1)[1] for key in keys(town, BRUNO)] == [
        f"announcement-1/dm/{BRUNO}",
        f"escalate/acknowledge@2026-03-23/1/{BRUNO}",
        f"remind/migrate-30d@2026-04-27/{BRUNO}",
        f"remind/migrate-7d@2026-04-27/{BRUNO}",
        # The reminder of Sunday is overtaken by that of Monday, on which he has until the evening.
        f"remind/migrate-0d@2026-04-27/{BRUNO}",
        f"escalate/migrate@2026-04-27/1/{BRUNO}",
    ]
    last = "RET-1/remind/migrate-0d@2026-04-27"
    assert "*Today is the last day*" in words(town.posted(BRUNO, f"{last}/{BRUNO}"))
    assert "*1 day overdue*" in words(town.posted(WREN, f"{last}/{WREN}")), "it is Tuesday in Auckland"


def test_everybody_hears_what_the_dry_run_said_before_the_announcement(town: Town):
    """On the clock they have in Slack, and not on that of the catalog."""
    town.slack.ws.users[VERA].tz = "America/Los_Angeles"
    assert town.propose() == {}
    town.approve()
    foretold = [
        (one.place, one.body.get("milestone", ""), f"{one.at:%Y-%m-%d %H:%M}")
        for one in town.bot.house.ahead(town.retirement())
        if one.place.startswith("U")
    ]
    for _ in range(30):
        town.pass_time(days=3)
    heard = [
        (person, _milestone(key), f"{at.astimezone(UTC):%Y-%m-%d %H:%M}")
        for person in {one for one, *_ in foretold}
        for key, at in arrived(town, person)
        if "/dm/" in key or _milestone(key)
    ]
    assert sorted(heard) == sorted(foretold)


def _milestone(key: str) -> str:
    """Of "RET-1/remind/MILESTONE/WHO" and "RET-1/escalate/MILESTONE/LEVEL/WHO"."""
    _, what, about, *_ = [*key.split("/"), "", ""]
    return about if what in ("remind", "escalate") else ""


def test_a_message_waits_for_the_morning_over_a_restart_and_show_says_so(town: Town):
    announced(town)
    assert keys(town, WREN) == []
    assert keys(town, INES) == [f"RET-1/announcement-1/dm/{INES}"], "it is half past nine in Lisbon"
    told = town.command(TOM, "show RET-1")
    assert f"<@{WREN}> from Tue 2026-03-17 09:00 (Pacific/Auckland)" in told
    assert f"<@{INES}>" not in told.partition("*Waits for working hours*")[2].partition("\n*")[0]
    assert town.bot.store.troubles() == ()

    town.restart()
    until(town, "2026-03-16 19:50")
    assert keys(town, WREN) == []
    until(town, "2026-03-16 20:01")
    ((key, at),) = arrived(town, WREN)
    assert (key, at.isoformat(timespec="minutes")) == (
        f"RET-1/announcement-1/dm/{WREN}",
        "2026-03-17T09:00+13:00",
    )
    assert (
        WREN
        not in town.command(TOM, "show RET-1").partition("Waits for working hours")[2].partition("*Votes")[0]
    )
    until(town, "2026-03-17 00:10")
    assert "Waits for working hours" not in town.command(TOM, "show RET-1"), "the last one lives in Tokyo"


def test_leave_that_is_told_of_while_a_message_waits_is_in_the_dry_run_and_in_show(
    town: Town, tmp_path: Path
):
    announced(town)
    assert keys(town, WREN) == []
    leave(town, tmp_path, WREN, "2026-03-17", "2026-03-18")
    assert f"<@{WREN}> from Thu 2026-03-19 09:00 (Pacific/Auckland)" in town.command(TOM, "show RET-1")
    ahead = town.bot.house.ahead(town.retirement())
    (foretold,) = (f"{one.at:%F %H:%M}" for one in ahead if (one.place, one.notice) == (WREN, "dm"))
    until(town, "2026-03-19 00:00")
    ((_, at),) = arrived(town, WREN)
    assert f"{at.astimezone(UTC):%F %H:%M}" == foretold == "2026-03-18 20:00"


def test_what_somebody_has_answered_meanwhile_is_not_said_in_the_morning(town: Town):
    announced(town)
    until(town, "2026-03-28 12:00")
    reminder = f"RET-1/remind/migrate-30d@2026-04-27/{BRUNO}"
    assert reminder in [one.key for one in town.bot.store.asleep()], "it fell due on a Saturday"
    town.answer(WREN, "restock-planner")
    until(town, "2026-04-01 12:00")
    assert not [key for key in keys(town, BRUNO) if "/remind/" in key]
    assert [key for key in keys(town, GRACE) if "/remind/" in key], "of hers nothing has moved"
    assert town.bot.store.asleep() == ()
    assert town.bot.store.troubles() == ()


def test_a_manager_hears_in_the_morning_of_those_who_are_late_by_then(town: Town):
    announced(town)
    until(town, "2026-03-24 09:30")
    escalation = f"RET-1/escalate/acknowledge@2026-03-23/1/{BRUNO}"
    assert escalation in [one.key for one in town.bot.store.asleep()], "it is half past six where he lives"
    town.answer(WREN, "restock-planner", "duty.acknowledge")
    until(town, "2026-03-25 12:00")
    assert escalation not in keys(town, BRUNO)
    assert f"RET-1/escalate/acknowledge@2026-03-23/1/{VERA}" in keys(town, VERA)


def test_of_what_is_called_off_at_night_nobody_hears_who_was_not_asked_yet(town: Town):
    announced(town)
    town.command(TOM, "cancel RET-1 churn-v2 is not ready")
    town.approve()
    until(town, "2026-04-10 12:00")
    assert town.retirement().state == "cancelled"
    assert f"RET-1/called-off-1/{INES}" in keys(town, INES)
    assert keys(town, WREN) == [], (
        "it was called off before her morning, and what says so stood behind the request"
    )


def test_who_rests_is_written_to_afterwards(town: Town):
    assert town.propose() == {}
    town.approve()
    ends = int(datetime(2026, 3, 16, 11, 0, tzinfo=UTC).timestamp())
    town.slack.ws.users[INES].rests = (ends - 8 * 3600, ends)
    until(town, "2026-03-13 20:00")
    first, *_ = (one.at for one in town.bot.house.ahead(town.retirement()) if one.place == INES)
    assert first.timestamp() == ends, "seen before the weekend"
    until(town, "2026-03-16 10:50")
    assert keys(town, INES) == []
    until(town, "2026-03-16 11:01")
    assert keys(town, INES) == [f"RET-1/announcement-1/dm/{INES}"]


def test_on_a_public_holiday_of_the_policys_country_people_are_left_in_peace(tmp_path: Path):
    """The Day of Remembrance is one in Argentina: Tuesday, March 24, 2026, on which silence goes to managers."""
    with Town(tmp_path, serves=False, windows=replace(OFFICE, country="AR")) as town:
        announced(town)
        until(town, "2026-03-27 12:00")
        (at,) = [at for key, at in arrived(town, VERA) if "/escalate/acknowledge" in key]
        assert at.isoformat(timespec="minutes") == "2026-03-25T09:00+01:00"


def test_where_slack_tells_no_clock_that_of_the_catalog_counts(tmp_path: Path):
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        assert town.propose() == {}
        town.approve()
        town.slack.ws.scopes -= {"users:read", "dnd:read"}
        until(town, "2026-03-16 10:00")
        assert (len(keys(town, INES)), keys(town, WREN)) == (1, [])
        until(town, "2026-03-17 12:00")
        ((_, at),) = arrived(town, WREN)
        assert at.isoformat(timespec="minutes") == "2026-03-17T09:00+13:00"
        assert town.bot.store.troubles() == ()


EIGHT_HOURS = f"""{POLICY}
[escalation]
[[escalation.steps]]
wait_hours = 8
[[escalation.steps]]
notify = "manager"
"""


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "its answer is lost"])
def test_whose_owners_work_at_other_hours_a_manager_hears_of_in_one_message_that_morning(
    tmp_path: Path, *, is_lost: bool
):
    with Town(tmp_path, serves=False, windows=OFFICE, policy=EIGHT_HOURS) as town:
        assert town.propose() == {}
        town.approve()
        ahead = [one for one in town.bot.house.ahead(town.retirement()) if one.place == VERA]
        (foretold,) = [one for one in ahead if one.body["milestone"].startswith("acknowledge@")]
        until(town, "2026-03-24 22:00")
        first, *others = (one.key for one in town.bot.store.asleep() if one.person == VERA)
        assert others == [], "those of later hours stand behind it"
        until(town, "2026-03-25 07:59")
        town.slack.fail_next("chat.postMessage", "accepted_then_500", times=int(is_lost))
        until(town, "2026-03-26 12:00")
        ((key, at),) = [one for one in arrived(town, VERA) if "/escalate/" in one[0]]
        assert (key, at.isoformat(timespec="minutes")) == (first, "2026-03-25T09:00+01:00")
        told = words(town.posted(VERA, key))
        assert all(f"*{one.rpartition('/')[2]}*" in told for one in foretold.consumer_ids)
        assert len(foretold.consumer_ids) == 7
        found = town.bot.store.found(key) or {}
        told_at = datetime.fromisoformat(found["told_at"]).astimezone(at.tzinfo)
        assert (f"{told_at:%d %H:%M}", found["zone"]) == ("25 09:00", "Europe/Copenhagen")
        assert town.bot.store.troubles() == ()


def leave(town: Town, tmp_path: Path, person: str, first: str, last: str) -> None:
    (file := tmp_path / "accounts.csv").write_text(
        f"who,slack_id,away_from,away_until\n{person.lower()}@example.com,{person},{first},{last}\n"
    )
    town.bot.house.catalog.import_(read_accounts([file]), format="accounts", now=town.now())


def test_no_manager_hears_before_the_owner_has_had_it_for_a_working_day(town: Town, tmp_path: Path):
    """Ines is on leave until the day she had to answer by. A day at work later Vera hears, in her own morning."""
    leave(town, tmp_path, INES, "2026-03-16", "2026-03-23")
    announced(town)
    until(town, "2026-03-24 12:00")
    assert len(keys(town, INES)) == 1, "leave holds a message for a week at most"
    told = words(town.posted(VERA, f"RET-1/escalate/acknowledge@2026-03-23/1/{VERA}"))
    assert "*restock-planner*" in told
    assert "*monday-report*" not in told
    assert "2 more wait until their owners have had them long enough at work" in town.thread()
    town.restart()
    until(town, "2026-03-26 12:00")
    (at,) = [at for key, at in arrived(town, VERA) if "/escalate/" in key][1:]
    assert at.isoformat(timespec="minutes") == "2026-03-25T09:00+01:00"
    late = words(town.slack.messages(VERA)[-1])
    assert "*monday-report*" in late
    assert "*restock-planner*" not in late


def test_a_digest_that_waits_for_who_ended_it_meanwhile_is_not_sent(town: Town, tmp_path: Path):
    announced(town)
    town.command(INES, "subscribe")
    leave(town, tmp_path, INES, "2026-03-23", "2026-03-26")
    until(town, "2026-03-23 12:00")
    assert any(one.person == INES and "digest/" in one.key for one in town.bot.store.asleep())
    town.command(INES, "subscribe off")
    until(town, "2026-04-01 12:00")
    assert not [key for key in keys(town, INES) if key.startswith("digest/")]
    assert town.bot.store.troubles() == ()
