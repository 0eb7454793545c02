"""When may somebody be written to, by what Slack and the catalog tell? Asked of a strict Slack, and seldom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.keeping import open_record
from bot.manifest import SCOPES
from bot.slack.messenger import web_client
from bot.slack.questions import SlackQuestions
from bot.slack.rates import Rates
from bot.slack.readers import SlackReaders
from bot.slack.zones import SlackZones
from bot.timekeeper import SlackTimekeeper
from data.catalog.catalog import Catalog
from data.importers.accounts import read_accounts
from data.policies.policy import read_windows
from data.records.decision import NotDone
from data.records.hours import Hours, Windows
from tests.fakes.slack import SlackFake, User

MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
OFFICE = read_windows()


class Desk:
    """A timekeeper in a workspace of so many people, and the clock of both."""

    def __init__(self, folder: Path, *people: User, windows: Windows = OFFICE, **slack: object) -> None:
        self.seconds = MONDAY.timestamp()
        self.slack = SlackFake([*people], [], now=lambda: self.seconds, **{"scopes": SCOPES, **slack})
        self.slack.start()
        self.catalog = Catalog(open_record(folder / "emeritus.db"))
        client = web_client(self.slack.bot_token, self.slack.api_url)
        questions = SlackQuestions(Rates(lambda: self.seconds))
        zones = SlackZones(client, questions)
        self.keeper = SlackTimekeeper(client, questions, zones, self.catalog, windows)
        self.readers = SlackReaders(client, zones, "CGOV")

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def ask(self, person: str) -> Hours | NotDone:
        return self.keeper.hours_of(person, self.now)

    def told(self, person: str) -> Hours:
        """Ask until they are known, and no sooner than one is told to."""
        while isinstance(found := self.ask(person), NotDone):
            assert found.is_kept
            self.seconds = found.retry_at.timestamp()
        return found

    def asked(self) -> Counter[str]:
        return Counter(call.method for call in self.slack.calls)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(
        tmp_path,
        User(id="UINES", name="ines", tz="Europe/Lisbon"),
        User(id="UWREN", name="wren", tz="Pacific/Auckland"),
        User(id="UODD", name="odd", tz="Mars/Olympus"),
    )
    yield desk
    desk.slack.stop()


def test_slack_says_on_whose_clock_somebody_lives_and_is_asked_once_a_day(desk: Desk):
    assert desk.told("UINES").zone == "Europe/Lisbon"
    desk.seconds += 3600 * 23
    assert desk.told("UINES").zone == "Europe/Lisbon"
    assert desk.asked()["users.info"] == 1
    desk.slack.ws.users["UINES"].tz = "Asia/Tokyo"
    desk.seconds += 3600 * 2
    assert desk.told("UINES").zone == "Asia/Tokyo"


def test_the_digest_and_what_waits_for_hours_go_by_one_clock_that_slack_is_asked_for_once(desk: Desk):
    assert desk.readers.zone("UWREN", desk.now) == desk.told("UWREN").zone == "Pacific/Auckland"
    assert desk.asked() == {"users.info": 1}
    desk.slack.ws.users["UWREN"].tz = "Europe/Lisbon"
    assert desk.readers.zone("UWREN", desk.now) == desk.told("UWREN").zone == "Pacific/Auckland"


def test_who_is_asleep_is_not_asked_about_their_rest(desk: Desk):
    assert desk.told("UWREN").zone == "Pacific/Auckland"
    assert desk.asked() == {"users.info": 1}


def test_rest_is_asked_anew_after_ten_minutes(desk: Desk):
    begins = int(desk.seconds) + 600
    assert desk.told("UINES").quiet == ()
    desk.slack.ws.users["UINES"].rests = (begins, begins + 3600)
    assert desk.told("UINES").quiet == ()
    desk.seconds = begins + 60.0
    at = datetime.fromtimestamp(begins, UTC)
    assert desk.told("UINES").quiet == ((at, at + timedelta(hours=1)),)
    assert desk.asked()["dnd.info"] == 2


@pytest.mark.parametrize("person", ["UODD", "UNOBODY"])
def test_whom_slack_tells_no_clock_of_has_the_policys(desk: Desk, person: str):
    assert desk.told(person).zone == OFFICE.default_zone


def test_what_slack_told_before_counts_where_it_does_not_tell_any_more(desk: Desk):
    assert desk.told("UINES").zone == "Europe/Lisbon"
    desk.seconds += 3600 * 25
    desk.slack.ws.scopes.discard("users:read")
    assert desk.told("UINES").zone == "Europe/Lisbon"


def test_without_the_scopes_everybody_has_the_policys_hours_and_slack_is_left_alone(tmp_path: Path):
    desk = Desk(tmp_path, User(id="UINES", name="ines", tz="Europe/Lisbon"), scopes={})
    for _ in range(5):
        assert desk.told("UINES").zone == OFFICE.default_zone
    assert desk.asked() == {"users.info": 1, "dnd.info": 1}
    desk.slack.stop()


def test_a_slack_that_does_not_answer_is_asked_three_times_and_holds_nobody_up(desk: Desk):
    for method in ("users.info", "users.list"):
        desk.slack.fail_next(method, "server_error", times=9)
    assert desk.told("UINES").zone == OFFICE.default_zone
    assert desk.asked()["users.info"] == 3
    assert desk.now - MONDAY < timedelta(minutes=1)


def test_one_who_cannot_be_seen_keeps_nobody_from_their_rest(desk: Desk):
    rests = (int(desk.seconds) - 60, int(desk.seconds) + 3600)
    desk.slack.ws.users["UINES"].rests = rests
    desk.keeper._unrested["UGONE"] = None
    assert len(desk.told("UINES").quiet) == 1
    assert desk.asked() == {"users.info": 1, "dnd.teamInfo": 1, "dnd.info": 1}


def test_hundreds_who_are_unknown_are_asked_about_together(tmp_path: Path):
    people = [User(id=f"U{n:04d}", name=f"p{n}", tz="Europe/Lisbon") for n in range(600)]
    desk = Desk(tmp_path, *people)
    waiting, tries = {user.id: desk.now for user in people}, 0
    while waiting:
        desk.seconds = max(desk.seconds, min(waiting.values()).timestamp())
        for person in [one for one, at in waiting.items() if at <= desk.now]:
            tries += 1
            found = desk.ask(person)
            if isinstance(found, NotDone):
                waiting[person] = found.retry_at
            else:
                assert found.zone == "Europe/Lisbon"
                del waiting[person]
    assert desk.now - MONDAY < timedelta(minutes=1)
    assert tries < 4 * len(people)
    assert not [call for call in desk.slack.calls if call.status == 429]
    desk.slack.stop()


def test_a_list_of_accounts_says_where_somebody_is_and_when_on_leave(desk: Desk, tmp_path: Path):
    (file := tmp_path / "accounts.csv").write_text(
        "who,slack_id,country,away_from,away_until\nines@example.com,UINES,DE-BY,2026-03-20,2026-03-27\n"
    )
    desk.catalog.import_(read_accounts([file]), format="accounts", now=desk.now)
    hours = desk.told("UINES")
    assert hours.away == ((date(2026, 3, 20), date(2026, 3, 27)),)
    assert date(2026, 6, 4) in hours.holidays, "Corpus Christi"
    assert desk.told("UODD").holidays == frozenset()


def test_whose_country_nobody_names_has_the_holidays_of_the_policys(tmp_path: Path):
    desk = Desk(tmp_path, User(id="UINES", name="ines"), windows=replace(OFFICE, country="PT"))
    assert date(2026, 6, 10) in desk.told("UINES").holidays, "the day of Portugal"
    desk.slack.stop()
