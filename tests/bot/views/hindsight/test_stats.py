"""/retire stats: each number with what it counts, one retirement beside its tier, and of too few no median."""

from __future__ import annotations

from bot.views.hindsight import stats
from tests.bot.views.examples import NOW, a_retirement
from tests.payloads import check_message
from workflows.rules.hindsight.comparing import Compared, Figure
from workflows.rules.hindsight.measures import DEFINITIONS, measures


def test_every_number_is_told_with_what_it_counts_or_that_there_is_nothing_to_count() -> None:
    shown = stats.everyone(measures((), NOW))
    check_message(shown)
    text = shown["blocks"][1]["text"]["text"]
    assert [str(metric) for metric in DEFINITIONS if f"*{metric}:* no data" not in text] == []


def test_one_is_beside_the_median_of_its_tier() -> None:
    state = a_retirement(name="<!channel>")
    rows = (
        Compared(figure=Figure.DARK, own=40.2, middle=61.0, n=5),
        Compared(figure=Figure.CYCLE, own=None, middle=90.0, n=3),
        Compared(figure=Figure.SLIP, own=0, middle=None, n=2),
    )
    shown = stats.one(state, rows)
    check_message(shown)
    assert shown["blocks"][0]["text"]["text"] == (
        "*RET-1 &lt;!channel&gt; beside others of tier 1*\n"
        "*Days to switch-off:* 40 days, the median is 61 days (n = 5)\n"
        "_days from the proposal until all of it was switched off, of those in the last 365 days_\n"
        "*Cycle time:* not yet, the median is 90 days (n = 3)\n"
        "_days from the proposal to the end of the dark window, of those in the last 365 days_\n"
        "*Slip:* 0 days; too few to compare with (2, a median takes 3)\n"
        "_days between the last day first announced and the day of the switch-off, of those in the last 365 days_"
    )
