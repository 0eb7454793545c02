"""The public schedule over HTTP and on the command line: where one is asked for, and only what is announced."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.listening import Address
from bot.serving.schedule_page import schedule_page
from bot.serving.wsgi import Serving
from bot.views.catalog.schedule import FORMATS
from bot.world import CalendarWorld
from data.errors import Unavailable
from data.records.retirement import Retirement
from tests.bot.serving.test_server import Start, said, slack, start, stopped_in  # noqa: F401 - fixtures
from tests.fakes.slack import SlackFake
from tests.scenarios.town import TOM, Town
from workflows.schedule import KEPT, Schedule


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False) as running:
        yield running


@pytest.fixture
def page(town: Town) -> Iterator[str]:
    """Its address."""
    application = schedule_page(Schedule(town.bot.store, town.bot.house.catalog, town.now))
    at = Address(host="127.0.0.1", port=0)
    serving = Serving(application, at, name="schedule", threads=2, body_bytes_max=1024)
    yield f"http://{serving.address}"
    serving.close()


def got(url: str, *, method: str = "GET", tag: str = "") -> tuple[int, str, str]:
    """Status, ETag and text."""
    headers = {"If-None-Match": tag} if tag else {}
    try:
        asked = urllib.request.Request(url, headers=headers, method=method)
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return answer.status, answer.headers.get("ETag", ""), answer.read().decode()
    except urllib.error.HTTPError as refused:
        with closing(refused):
            return refused.code, refused.headers.get("ETag", ""), refused.read().decode()


def test_only_what_is_announced_is_on_it_and_nobody_is_named(town: Town, page: str) -> None:
    assert town.propose() == {}
    town.approve()
    assert "BEGIN:VEVENT" not in got(f"{page}/schedule.ics")[2]
    town.pass_time(days=15)

    calendar, feed, rows = (got(f"{page}/schedule.{name}")[2] for name in ("ics", "rss", "json"))
    assert calendar.count("BEGIN:VEVENT") == 6
    assert "DTSTART;VALUE=DATE:20260504\r\n" in calendar
    assert "<title>churn-v1 retires, last day of service 2026-05-04 (announced)</title>" in feed
    (row,) = json.loads(rows)
    assert (row["retirement"], row["model"], row["successor"]) == ("RET-1", "churn-v1", "churn-v2")
    users = {key: user for key, user in town.slack.ws.users.items() if user.name != "emeritus"}
    people = [*users, *(user.name for user in users.values()), "@larkspur"]
    assert [who for who in people if who in calendar + feed + rows] == []
    assert "better on every segment" not in calendar + feed + rows


def sequence(calendar: str) -> int:
    """Of its events, which all have the same."""
    (found,) = {int(line.partition(":")[2]) for line in calendar.splitlines() if line.startswith("SEQUENCE")}
    return found


def test_a_moved_date_and_a_cancellation_reach_whoever_subscribed(town: Town, page: str) -> None:
    town.announce()
    first = got(f"{page}/schedule.ics")[2]
    town.command(TOM, "pause RET-1 a freeze")
    town.pass_time(days=3)
    waiting = got(f"{page}/schedule.ics")[2]
    assert (waiting.count("STATUS:TENTATIVE\r\n"), waiting.count("STATUS:CONFIRMED\r\n")) == (5, 1)
    assert [word for word in ("freeze", TOM, "Tom") if word in waiting] == []
    town.command(TOM, "resume RET-1")
    town.settle()
    moved = got(f"{page}/schedule.ics")[2]
    uids = [line for line in first.splitlines() if line.startswith("UID")]
    assert [line for line in moved.splitlines() if line.startswith("UID")] == uids
    assert "DTSTART;VALUE=DATE:20260508\r\n" in moved
    assert sequence(first) < sequence(waiting) < sequence(moved)

    town.command(TOM, "cancel RET-1 churn-v2 was sold")
    town.approve()
    off = got(f"{page}/schedule.ics")[2]
    assert (off.count("STATUS:CANCELLED\r\n"), sequence(off) > sequence(moved)) == (6, True)
    town.seconds += (KEPT.days + 2) * 86_400
    assert "BEGIN:VEVENT" not in got(f"{page}/schedule.ics")[2]


def test_who_has_it_already_gets_no_copy_until_it_changes(town: Town, page: str) -> None:
    status, tag, text = got(f"{page}/schedule.rss")
    assert (status, bool(tag), bool(text)) == (200, True, True)
    # A proxy that packs what it passes on makes it a weak one, and some send all that they have.
    for known in (tag, f"W/{tag}", f'"other", W/{tag}'):
        assert got(f"{page}/schedule.rss", tag=known) == (304, tag, "")
    town.announce()
    assert got(f"{page}/schedule.rss", tag=tag)[0] == 200


def test_everything_else_is_told_what_there_is(page: str) -> None:
    there = "there are /schedule.ics, /schedule.rss, /schedule.json\n"
    assert got(f"{page}/") == (404, "", there)
    assert got(f"{page}/schedule.ics", method="POST") == (405, "", "this is only read: use GET\n")


class Away(Schedule):
    def __init__(self) -> None:
        """It has no record."""

    def announced(self):
        raise Unavailable("postgresql does not answer")


def test_while_the_record_does_not_answer_it_says_so_and_no_more() -> None:
    serving = Serving(
        schedule_page(Away()),
        Address(host="127.0.0.1", port=0),
        name="schedule",
        threads=1,
        body_bytes_max=1024,
    )
    try:
        answer = got(f"http://{serving.address}/schedule.ics")
        assert answer == (503, "", "the record does not answer; ask again later\n")
    finally:
        serving.close()


def test_a_served_bot_shows_it_where_it_is_asked_to(slack: SlackFake, start: Start) -> None:  # noqa: F811
    bot = start(EMERITUS_SCHEDULE="0")
    url = said(bot, "schedule can be read at", more=True).split(" at ")[1].strip()
    assert got(url)[2].startswith("BEGIN:VCALENDAR\r\n")
    assert stopped_in(bot) < 5


def test_the_command_line_writes_the_same_for_who_serves_files(town: Town) -> None:
    town.announce()
    run = CliRunner(env={"EMERITUS_STORE": str(town.folder / "emeritus.db")}).invoke
    # The command's clock is today's, which may end meanwhile; what is under way is on it whatever the day.
    today = Schedule(town.bot.store, town.bot.house.catalog, CalendarWorld().now)
    for name, (_, written) in FORMATS.items():
        before = written(today.announced())
        told = run(cli, ["schedule", "--format", name]).stdout_bytes.decode()
        assert told in {before, written(today.announced())}
        assert "churn-v1" in told
    assert run(cli, ["schedule"]).stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")
    assert run(cli, ["schedule", "--format", "pdf"]).exit_code == 2


def test_what_is_known_of_a_retirement_is_looked_up_again_only_when_something_happened(town: Town) -> None:
    town.announce()
    asked: list[str] = []

    class Counting(Schedule):
        def _of(self, state: Retirement):
            before = self._known.get(state.id)
            found = super()._of(state)
            asked.extend([state.id] if self._known.get(state.id) is not before else [])
            return found

    schedule = Counting(town.bot.store, town.bot.house.catalog, town.now)
    assert schedule.announced() == schedule.announced()
    assert asked == ["RET-1"]
    town.command(TOM, "pause RET-1 a freeze")
    schedule.announced()
    assert asked == ["RET-1", "RET-1"]
