"""/retire playbooks: what each came to, whatever people wrote mentions nobody, and the rest can be found."""

from __future__ import annotations

from msgspec.structs import replace

from bot.views.hindsight import playbooks
from data import events
from data.records.base import Prose
from data.records.reviews import Stage
from tests.bot.views.examples import NASTY, NOW, a_retirement, overloaded
from tests.payloads import check_message, check_view
from workflows.playbooks import Example, Playbook
from workflows.rules.hindsight.comparing import Compared, Figure

FIGURES = (
    Compared(figure=Figure.DARK, own=40.2, middle=61.0, n=5),
    Compared(figure=Figure.CYCLE, own=70.0, middle=90.0, n=3),
    Compared(figure=Figure.SLIP, own=2, middle=None, n=2),
)


def a_playbook(**changes: object) -> Playbook:
    state = replace(a_retirement(consumers=2), playbook="careful-move", reviewed={"migration": ("UA", "UB")})
    return Playbook(retirement=replace(state, **changes), figures=FIGURES)


def test_each_says_how_it_went_beside_the_median_and_can_be_used():
    shown = playbooks.found([a_playbook(why=Prose(prose="a better one"))], "")
    check_message(shown)
    row = shown["blocks"][1]
    assert row["text"]["text"] == (
        '*careful-move* (RET-1 churn-v1), replaced — "a better one"\n'
        "Cycle time: 70 days, the median is 90 days (n = 3) · slipped by 2 days · 0 consumers · 2 lessons"
    )
    assert (row["accessory"]["action_id"], row["accessory"]["value"]) == ("playbook.use", "RET-1")


def test_the_worst_words_in_more_than_fit_pass_and_say_how_to_find_the_rest():
    worst = replace(overloaded(), playbook="a" * 40, why=Prose(prose=NASTY * 9))
    worst_there_are = [Playbook(retirement=worst, figures=FIGURES)] * playbooks.SHOWN_MAX
    shown = playbooks.found(worst_there_are, NASTY, beyond=20)
    check_message(shown)
    assert "<!channel>" not in str(shown)
    assert "+20 more: `/retire playbooks WORDS` finds them" in str(shown)


def test_above_the_form_what_to_do_otherwise_comes_first_and_the_worst_reviews_fit():
    praise = events.Reviewed(at=NOW, by="UA", stage=Stage.MIGRATION, went_well=Prose(prose="quick"))
    advice = events.Reviewed(at=NOW, by="UB", stage=Stage.WHOLE, change=Prose(prose="ask earlier"))
    example = Example(retirement=a_playbook().retirement, figures=FIGURES, reviews=(praise, advice))
    assert playbooks.followed(example)["text"]["text"] == (
        ":notebook: After the playbook *careful-move* (RET-1 churn-v1): 40 days to the switch-off, 70 days to its "
        "end. Change what does not fit.\n"
        '• whole retirement: next time — "ask earlier"\n'
        '• migration: went well — "quick"'
    )
    nasty = Prose(prose=NASTY * 9)
    said = events.Reviewed(at=NOW, by="UA", stage=Stage.WHOLE, went_well=nasty, hurt=nasty, change=nasty)
    worst = replace(example, retirement=replace(overloaded(), playbook="a" * 40), reviews=(said,) * 9)
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "x"},
        "blocks": [playbooks.followed(worst)],
    }
    check_view(view)
    assert "<!channel>" not in str(view)
    assert "more: `/retire lessons RET-1` has all" in str(view)
