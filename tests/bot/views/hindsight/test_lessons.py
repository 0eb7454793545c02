"""/retire lessons: what was learned comes first, whatever people wrote mentions nobody and fits."""

from __future__ import annotations

from msgspec.structs import replace

from bot.views.hindsight import lessons
from data import events
from data.records.base import Prose
from data.records.reviews import Stage
from tests.bot.views.examples import NASTY, NOW, a_retirement, overloaded
from tests.payloads import check_message, check_view
from workflows.rules.hindsight.lessons import Lesson


def a_lesson(text: str) -> Lesson:
    said = Prose(prose=text)
    review = events.Reviewed(at=NOW, by="UPAT", stage=Stage.ARCHIVING, went_well=said, hurt=said, change=said)
    return Lesson(retirement=a_retirement(name=text), review=review)


def test_a_lesson_says_where_it_is_from_and_what_to_do_first() -> None:
    assert lessons.row(a_lesson("ask")) == (
        '• *RET-1 ask*, archiving: next time — "ask"; hurt — "ask"; went well — "ask" (<@UPAT>, 2027-03-01)'
    )


def test_the_worst_words_in_more_lessons_than_fit_pass_and_say_how_to_find_the_rest() -> None:
    shown = lessons.found([a_lesson(NASTY)] * 300, NASTY)
    check_message(shown)
    read = str([shown["text"], *(block.get("text") for block in shown["blocks"])])
    assert "<!channel>" not in read
    assert "more: `/retire lessons WORDS` finds them" in read


def test_what_is_cut_off_can_be_read_in_full_and_what_is_not_needs_no_button() -> None:
    long = a_lesson("ask " * 150)
    shown = lessons.found([long], "ask")
    assert [one["value"] for block in shown["blocks"] for one in block.get("elements", ())] == ["ask"]
    assert str(lessons.whole([long], "ask")).count("ask " * 149) == 3
    assert "elements" not in str(lessons.found([a_lesson("ask")], "ask"))


def test_the_worst_words_in_more_lessons_than_fit_fit_a_window_and_say_how_to_find_the_rest() -> None:
    shown = lessons.whole([a_lesson(NASTY)] * 300, NASTY)
    check_view(shown)
    assert "<!channel>" not in str(shown)
    assert "+270 more: `/retire lessons WORDS` finds them" in str(shown)


def test_nothing_found_says_what_was_looked_for() -> None:
    assert lessons.found([], "<!here>")["text"] == (
        'Nobody wrote anything in a review that has "&lt;!here&gt;" in it. `/retire lessons` has all there is.'
    )


def test_where_a_like_one_begins_what_to_do_otherwise_is_told_with_the_way_to_the_other() -> None:
    here, other = a_retirement(consumers=1), replace(a_retirement(consumers=1), id="RET-2")
    praise = events.Reviewed(at=NOW, by="UANN", stage=Stage.ARCHIVING, went_well=Prose(prose="quick"))
    said = (praise, a_lesson("ask").review)
    assert lessons.told(here, other, said, url="https://a.slack.com/archives/C1/p1")["text"] == (
        ":bulb: From *RET-2 churn-v1* (proposed), like this one: both retire churn-v1; both have consumer-000 to move; "
        "both are of the same owners; both retire for the reason replaced; both have manual endpoints\n"
        '• archiving: next time — "ask"; hurt — "ask"; went well — "ask"\n'
        '• archiving: went well — "quick"\n'
        "<https://a.slack.com/archives/C1/p1|The card of RET-2>; `/retire lessons RET-2` has all"
    )


def test_the_worst_reviews_of_the_worst_retirement_fit_into_the_thread() -> None:
    shown = lessons.told(overloaded(), overloaded(id="RET-2"), [a_lesson(NASTY * 2).review] * 200, url="")
    check_message(shown)
    assert len(shown["text"]) <= 3_000
    assert "<!channel>" not in shown["text"]
