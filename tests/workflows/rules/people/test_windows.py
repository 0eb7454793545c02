"""When may somebody be written to? Compared with an oracle that walks through time a quarter of an hour at a step.

Whole quarters suffice: every zone's offset is one, and so is every begin and end that is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from data.records.hours import Hours, Windows
from workflows.rules.people.windows import had_hours, next_window

OFFICE = Windows(
    weekdays=(0, 1, 2, 3, 4),
    from_hour=9,
    until_hour=17,
    default_zone="UTC",
    country="",
    hold_days_max=7,
    do_not_disturb=True,
    owner_hours=8,
    snooze_days=3,
    delegate_days_max=60,
)
LISBON = Hours(windows=OFFICE, zone="Europe/Lisbon")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opens(asked: str, hours: Hours = LISBON, *, since: str = "") -> str:
    found = next_window(at(asked), hours, since=at(since or asked))
    return found.strftime("%a %Y-%m-%d %H:%M")


CASES = {
    "within the window it goes at once": ("2026-03-03 10:15", "Tue 2026-03-03 10:15"),
    "at the first instant it is open": ("2026-03-03 09:00", "Tue 2026-03-03 09:00"),
    "at the last it is closed": ("2026-03-03 17:00", "Wed 2026-03-04 09:00"),
    "at night it waits for the morning": ("2026-03-03 02:00", "Tue 2026-03-03 09:00"),
    "a Friday evening waits for Monday": ("2026-03-06 20:00", "Mon 2026-03-09 09:00"),
    "clocks went forward that weekend": ("2026-03-28 12:00", "Mon 2026-03-30 08:00"),
    "clocks went back that weekend": ("2026-10-24 12:00", "Mon 2026-10-26 09:00"),
}


@pytest.mark.parametrize(("asked", "found"), CASES.values(), ids=CASES)
def test_a_message_goes_in_the_persons_own_working_hours(asked: str, found: str):
    assert opens(asked) == found


def test_on_a_public_holiday_nobody_is_written_to():
    hours = replace(LISBON, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert opens("2026-04-02 18:00", hours) == "Tue 2026-04-07 08:00"


def test_who_wants_not_to_be_disturbed_is_not_until_that_is_over_or_the_next_window():
    lunch = replace(LISBON, quiet=((at("2026-03-03 12:00"), at("2026-03-03 13:30")),))
    assert opens("2026-03-03 12:10", lunch) == "Tue 2026-03-03 13:30"
    rest = replace(LISBON, quiet=((at("2026-03-03 12:00"), at("2026-03-03 20:00")),))
    assert opens("2026-03-03 12:10", rest) == "Wed 2026-03-04 09:00"


def test_leave_holds_a_message_for_so_many_days_and_no_longer():
    away = replace(LISBON, away=((date(2026, 3, 3), date(2026, 3, 5)),))
    assert opens("2026-03-03 10:00", away) == "Fri 2026-03-06 09:00"
    for_long = replace(LISBON, away=((date(2026, 3, 3), date(2026, 4, 30)),))
    assert opens("2026-03-03 10:00", for_long) == "Tue 2026-03-10 10:00"
    assert opens("2026-03-09 22:00", for_long, since="2026-03-02 22:00") == "Tue 2026-03-10 09:00"


def test_do_not_disturb_without_end_holds_no_longer_either():
    quiet = replace(LISBON, quiet=((at("2026-03-01 00:00"), at("2036-03-01 00:00")),))
    assert opens("2026-03-03 10:00", quiet) == "Tue 2026-03-10 10:00"


def test_a_day_that_a_country_left_out_has_no_hours():
    """Samoa went from Thursday the 29th to Saturday the 31st of December 2011."""
    samoa = replace(LISBON, zone="Pacific/Apia", windows=replace(OFFICE, weekdays=(4,)))
    opened = next_window(at("2011-12-29 00:00"), samoa, since=at("2011-12-29 00:00"))
    assert opened.astimezone(ZoneInfo("Pacific/Apia")).isoformat() == "2012-01-06T09:00:00+14:00"


def test_hours_that_clocks_are_put_forward_over_begin_when_they_are():
    """In the Chatham Islands 02:45 is followed by 03:45: a day that begins at three begins then."""
    early = replace(LISBON, zone="Pacific/Chatham", windows=replace(OFFICE, weekdays=(6,), from_hour=3))
    assert opens("2026-09-26 06:00", early) == "Sat 2026-09-26 14:00"


def test_working_hours_are_counted_where_they_are_worked():
    assert had_hours(at("2026-03-03 10:00"), LISBON, 3) == at("2026-03-03 13:00")
    assert had_hours(at("2026-03-06 15:00"), LISBON, 8) == at("2026-03-09 15:00")
    holiday = replace(LISBON, holidays=frozenset({date(2026, 3, 9)}))
    assert had_hours(at("2026-03-06 15:00"), holiday, 8) == at("2026-03-10 15:00")
    away = replace(LISBON, away=((date(2026, 3, 6), date(2026, 3, 9)),))
    assert had_hours(at("2026-03-06 15:00"), away, 8) == at("2026-03-10 17:00")


def test_a_moment_after_a_day_began_its_hours_are_still_those_of_that_day():
    late = at("2026-03-03 09:00") + timedelta(seconds=59, microseconds=44)
    assert had_hours(late, LISBON, 8) == at("2026-03-03 17:00")


def test_leave_without_end_delays_those_above_for_so_many_days_and_no_longer():
    away = replace(LISBON, away=((date(2026, 3, 3), date(2026, 12, 31)),))
    assert had_hours(at("2026-03-03 10:00"), away, 8) == at("2026-03-11 10:00")


ZONES = (
    "UTC", "Europe/Lisbon", "Europe/Berlin", "America/New_York", "America/Havana", "America/Santiago",
    "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca",
    "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati",
    "America/Asuncion", "Atlantic/Azores", "America/Nuuk",
)  # fmt: skip
"""Half and quarter hours off, clocks put forward at midnight, put back into the day before, by half an hour.

All change them at a full hour, so that the clock decides alone; on Chatham a quarter of an hour comes twice in between.
"""

STEP = timedelta(minutes=15)


def a_case(rand: Random, changes: dict[str, list[datetime]]) -> tuple[datetime, Hours, datetime]:
    """An instant, a person's hours, and since when a message waits; half of them about a change of clocks."""
    zone = rand.choice(ZONES)
    at = datetime(2026, 1, 1, tzinfo=UTC) + rand.randrange(4 * 24 * 365 * 3) * STEP
    if rand.random() < 0.5:
        at = rand.choice(changes[zone]) + rand.randrange(-400, 300) * STEP
    days = sorted(rand.sample(range(7), rand.randint(1, 6)))
    from_hour = rand.randrange(24)
    windows = replace(
        OFFICE,
        weekdays=tuple(days),
        from_hour=from_hour,
        until_hour=rand.randint(from_hour + 1, 24),
        hold_days_max=rand.randint(0, 9),
    )
    today = at.date()
    holidays = {today + timedelta(days=rand.randint(-2, 12)) for _ in range(rand.choice((0, 0, 1, 5)))}
    away = []
    for _ in range(rand.choice((0, 0, 1, 2))):
        first = today + timedelta(days=rand.randint(-10, 8))
        away.append((first, first + timedelta(days=rand.randint(0, 20))))
    quiet = []
    for _ in range(rand.choice((0, 1, 3))):
        begins = at + rand.randint(-200, 400) * STEP
        quiet.append((begins, begins + rand.randint(1, 600) * STEP))
    hours = Hours(
        windows=windows, zone=zone, holidays=frozenset(holidays), away=tuple(away), quiet=tuple(quiet)
    )
    return at, hours, at - rand.choice((0, 0, 1, 40, 400, 900)) * STEP


def _changes_of_clocks(zone: str) -> list[datetime]:
    """The days of these years on which the offset becomes another one; the first day where it never does."""
    clock, first = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    offsets = [(first + timedelta(days=n)).astimezone(clock).utcoffset() for n in range(365 * 3)]
    found = [n - 1 for n in range(1, len(offsets)) if offsets[n - 1] != offsets[n]]
    return [first + timedelta(days=n) for n in found or [0]]


@pytest.fixture(scope="module")
def changes() -> dict[str, list[datetime]]:
    return {zone: _changes_of_clocks(zone) for zone in ZONES}


def steps(since: datetime, hours: Hours, wanted: datetime) -> Iterator[tuple[datetime, bool, bool]]:
    """The oracle: every quarter from `since` on, whether it is worked in, and whether a message may go."""
    clock, patience = ZoneInfo(hours.zone), wanted + timedelta(days=hours.windows.hold_days_max)
    now = since
    while True:
        local = now.astimezone(clock)
        today = local.date()
        is_day = today.weekday() in hours.windows.weekdays and today not in hours.holidays
        is_window = is_day and hours.windows.from_hour <= local.hour < hours.windows.until_hour
        is_patient = now < patience
        is_away = is_patient and any(first <= today <= last for first, last in hours.away)
        is_quiet = is_patient and any(begins <= now < ends for begins, ends in hours.quiet)
        yield now, is_window and not is_away, is_window and not is_away and not is_quiet
        now += STEP


SIZES = [pytest.param(100, id="100 cases"), pytest.param(10_000, id="10,000 cases", marks=pytest.mark.long)]


@pytest.mark.parametrize("cases", SIZES)
def test_nothing_is_sent_outside_a_window_dropped_or_later_than_the_next_one(
    cases: int, changes: dict[str, list[datetime]]
):
    rand = Random(20270105)
    for _ in range(cases):
        now, hours, since = a_case(rand, changes)
        first = next(when for when, _, may_go in steps(now, hours, since) if may_go)
        assert next_window(now, hours, since=since) == first, (now, hours, since)


@pytest.mark.parametrize("cases", SIZES)
def test_working_hours_had_are_those_that_were_worked(cases: int, changes: dict[str, list[datetime]]):
    rand = Random(20270106)
    for _ in range(cases):
        since, hours, _ = a_case(rand, changes)
        needed = rand.randint(1, 12)
        left = needed * 4
        for when, is_worked, _ in steps(since, hours, since):
            left -= is_worked
            if left == 0:
                assert had_hours(since, hours, needed) == when + STEP, (since, hours, needed)
                break
