"""One retirement beside comparable ones: their median, never of too few, and never with itself."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import CLOSE_AT, DISABLE_AT, PROPOSED_AT, a_dark, a_proposed, days
from workflows.rules.hindsight.comparing import COUNTS, Compared, Figure, compared
from workflows.rules.hindsight.outcomes import Outcome, outcome

NOW = CLOSE_AT + days(7)


def closed() -> Outcome:
    return outcome("RET-1", a_dark().until(CLOSE_AT).works().happened)


def slower(number: int, by_days: int) -> Outcome:
    """As the first one, but dark and closed later by some days than was announced."""
    one = closed()
    assert one.dark_on is not None
    return replace(
        one,
        retirement_id=f"RET-{number}",
        dark_on=one.dark_on + days(by_days),
        all_dark_at=DISABLE_AT + days(by_days),
        closed_at=CLOSE_AT + days(by_days),
    )


OTHERS = (slower(2, 1), slower(3, 2), slower(4, 6))


def test_every_figure_is_defined_and_all_are_told_in_the_order_of_the_table() -> None:
    assert [one.figure for one in compared(closed(), (), NOW)] == list(COUNTS) == list(Figure)


def test_it_is_compared_with_the_median_of_the_others() -> None:
    to_dark, to_close = (DISABLE_AT - PROPOSED_AT) / days(1), (CLOSE_AT - PROPOSED_AT) / days(1)
    assert compared(closed(), (closed(), *OTHERS), NOW) == (
        Compared(figure=Figure.DARK, own=pytest.approx(to_dark), middle=to_dark + 2, n=3),
        Compared(figure=Figure.CYCLE, own=pytest.approx(to_close), middle=to_close + 2, n=3),
        Compared(figure=Figure.SLIP, own=0, middle=2, n=3),
    )


def test_of_two_there_is_no_median_and_it_is_not_the_third() -> None:
    found = compared(closed(), (closed(), *OTHERS[:2]), NOW)
    assert [(one.middle, one.n) for one in found] == [(None, 2)] * 3


def test_what_has_not_come_to_it_has_no_number_of_its_own() -> None:
    own = outcome("RET-9", a_proposed().happened)
    assert [(one.own, one.n) for one in compared(own, OTHERS, NOW)] == [(None, 3)] * 3


def test_what_was_long_ago_is_not_counted() -> None:
    assert [one.n for one in compared(closed(), OTHERS, NOW + days(366))] == [0] * 3
