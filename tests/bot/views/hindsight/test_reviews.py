"""The worst reviews fit: in the question, the form, the thread, and beside everything else of /retire show."""

from __future__ import annotations

from msgspec.structs import replace

from bot.views import limits
from bot.views.asked import standing
from bot.views.hindsight import reviews
from data import events
from data.records.base import Prose
from data.records.progress import Progress, StepProgress
from data.records.retirement import Retirement, State
from data.records.reviews import Stage
from tests.bot.views.examples import NASTY, NOW, overloaded, texts
from tests.payloads import check_message, check_view

LONG = Prose(prose=(NASTY * 9)[: reviews.ANSWER_MAX])
SAID = events.Reviewed(
    at=NOW, by="UANN", stage=Stage.WHOLE, went_well=LONG, hurt=LONG, change=LONG, for_policy="yes"
)


def reviewed_by_many() -> Retirement:
    """Over, with every stage looked back on by sixty people."""
    state = overloaded(state=State.ARCHIVED, announced=1)
    done = tuple(StepProgress(kind=step.kind, progress=Progress.DONE, at=NOW) for step in state.steps)
    everybody = tuple(f"U0{number:09d}" for number in range(60))
    return replace(state, steps=done, reviewed=dict.fromkeys(Stage, everybody))


def test_every_stage_has_its_row_and_button_beside_everything_else_that_is_shown() -> None:
    rows = [*reviews.standing(reviewed_by_many())]
    assert [row["accessory"]["value"] for row in rows] == [f"RET-1|{stage}" for stage in Stage]
    assert sum(map(len, texts(rows))) <= reviews.ROOM
    shown = standing.show(reviewed_by_many())
    check_message(shown)
    assert sum(map(len, texts(shown["blocks"]))) <= limits.BLOCK_TEXT_MAX


def test_the_question_and_the_form_take_whatever_was_written() -> None:
    check_message(reviews.message(reviewed_by_many(), Stage.WHOLE))
    form = reviews.form(reviewed_by_many(), Stage.WHOLE, SAID)
    check_view(form)
    assert str(form).count(NASTY[:9]) == 3 * str(LONG).count(NASTY[:9])


def test_a_line_has_all_that_was_written_in_one_section() -> None:
    line = reviews.line(
        replace(SAID, **dict.fromkeys(("went_well", "hurt", "change"), Prose(prose="w" * 700)))
    )
    assert line.count("w" * 700) == 3
    assert len(line) <= limits.SECTION_MAX
    assert "<!channel>" not in reviews.line(SAID)
