"""Snooze in the direct message: left alone for some days, reminded then, and the thread says so."""

from __future__ import annotations

from tests.scenarios.town import GRACE, INES, Town, key_of, words


def reminded(town: Town, person: str) -> list[str]:
    return [key.split("/")[2] for key in town.keys(person) if "/remind/" in key]


def test_a_press_keeps_reminders_away_until_the_day_it_says(town: Town):
    town.announce()
    town.press(INES, town.announcement(INES), "duty.acknowledge_all")
    town.pass_time(days=9)
    message = town.announcement(INES)
    town.press(INES, message, "duty.snooze", f"RET-1|{town.retirement().announced}")
    said = "You are reminded of RET-1 again on Sun 2026-03-29 09:00 (UTC), unless"
    assert town.told(INES).startswith(said)
    assert f":zzz: <@{INES}> is reminded again on Sun 2026-03-29" in town.thread()
    town.restart()
    town.pass_time(days=5)
    assert reminded(town, INES) == ["snoozed@2026-03-29"], "and not the day before, as all others"
    assert reminded(town, GRACE) == ["migrate-30d@2026-04-27"]
    (reminder,) = [one for one in town.slack.messages(INES) if "/remind/" in key_of(one)]
    assert "*29 days left* to move 2 consumers of yours off churn-v1, by Mon 2026-04-27" in words(reminder)
    town.pass_time(days=30)
    assert reminded(town, INES)[1:] == [f"migrate-{days}d@2026-04-27" for days in (7, 1, 0)]


def test_snooze_is_offered_while_something_is_to_be_done_and_not_afterwards(town: Town):
    town.announce()
    assert "duty.snooze" in str(town.announcement(INES))
    for consumer in ("retention-dashboard", "monday-report"):
        town.answer(INES, consumer)
    assert "duty.snooze" not in str(town.announcement(INES))


def test_who_has_to_answer_tomorrow_is_told_that_it_cannot_wait(town: Town):
    town.announce()
    town.pass_time(days=5)
    town.press(INES, town.announcement(INES), "duty.snooze", f"RET-1|{town.retirement().announced}")
    assert "RET-1 cannot be snoozed any more" in town.told(INES)
    assert "your answer is due on 2026-03-23" in town.told(INES)
