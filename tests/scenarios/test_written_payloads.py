"""Would TypeScript take every payload of every story? One compiler run for all, hence last in the alphabet."""

from __future__ import annotations

from tests.payloads import tsc_check
from tests.scenarios.town import BRUNO, PRIYA, TOM, WRITTEN, Town


def test_every_payload_of_the_stories_is_of_slacks_published_types(town: Town):
    town.propose()
    town.reject(PRIYA, "the help pages name it")
    town.approve()
    town.pass_time(days=15)
    town.opens(BRUNO, lambda: town.press(BRUNO, town.announcement(BRUNO), "duty.show_all"))
    town.command(TOM, "show RET-1")
    town.check_payloads()
    assert len(WRITTEN) > 10
    tsc_check(list(WRITTEN.values()))
