"""A shortened notice: what the second person is asked, what the card says, and who is to look back on it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bot.views.asked import standing
from bot.views.card import proposal
from bot.views.telling import digest_lines
from bot.views.voting import break_glass
from data.records.base import Prose
from data.records.break_glass import BreakGlass
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Retirement, State
from tests.bot.views.examples import NASTY, NOW, announced, days, texts
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message

ASKED = BreakGlass(number=7, notice_days=3, why=Prose(prose="it leaks"), asked_by="UANN", asked_at=NOW)
CONFIRMED = replace(ASKED, confirmed_by="UBEA", confirmed_at=NOW)
REVIEWED = replace(CONFIRMED, reviewed_by="UCARL", reviewed_at=days(2), review=Prose(prose="right"))


def with_glass(found: BreakGlass, **changes: Any) -> Retirement:
    return announced(break_glass=found, **changes)


def dark(found: BreakGlass) -> Retirement:
    state = with_glass(found, state=State.DISABLED)
    done = StepProgress(kind=StepKind.DISABLE, progress=Progress.DONE, at=NOW)
    steps = tuple(done if step.kind is StepKind.DISABLE else step for step in state.steps)
    return replace(state, steps=steps if done in steps else (*steps, done))


def test_the_second_person_is_asked_with_a_button_and_what_it_does() -> None:
    said = break_glass.request(with_glass(ASKED), 7, ("UANN", "UBEA"))
    check_message(said)
    first, second, row = said["blocks"]
    assert first["text"]["text"] == (
        ':fire: *Break-glass*: <@UANN> asks to shorten the notice of *churn-v1* to 3 days of notice — "it leaks"'
    )
    assert "A second person confirms it, where waiting would do harm: <@UBEA>." in second["text"]["text"]
    assert row["elements"][0]["value"] == "RET-1|7"


def test_a_request_that_was_confirmed_or_is_over_has_no_button() -> None:
    done = break_glass.request(with_glass(CONFIRMED), 7, ())
    assert done == {"text": ":fire: *Break-glass* by <@UANN> and <@UBEA>: 3 days of notice"}
    over = break_glass.request(with_glass(ASKED), 6, ())
    assert over["text"].startswith(":fire: This request for break-glass is over")
    ended = break_glass.request(with_glass(ASKED, state=State.CANCELLED), 7, ())
    assert ended["text"].endswith("\nNot any more: it is cancelled.")
    assert "blocks" not in {**done, **over, **ended}


def test_the_card_names_the_two_and_why_and_later_who_looked_back() -> None:
    by_two = ':fire: *Break-glass* by <@UANN> and <@UBEA>: 3 days of notice — "it leaks"'
    assert by_two in texts(proposal.card(with_glass(CONFIRMED))["blocks"])
    assert (
        f"{by_two}\n:mag: somebody else than the two has to look back on it, `/retire look-back RET-1 TEXT`, "
        "by *Tue 2027-03-16*"
    ) in texts(standing.show(dark(CONFIRMED))["blocks"])
    assert f'{by_two}\n:mag: <@UCARL> looked back on it — "right"' in texts(
        proposal.card(dark(REVIEWED))["blocks"]
    )


def test_the_digest_has_the_day_to_look_back_and_that_it_is_past() -> None:
    state = dark(CONFIRMED)
    due = [str(one.line) for one in digest_lines.due(state, after=days(10), until=days(17))]
    assert "Tue 2027-03-16: RET-1 churn-v1: its break-glass is to be looked back on" in due
    risk = digest_lines.at_risk(state, days(16))
    assert "its break-glass is to be looked back on by 2027-03-16" in str(risk)
    assert "looked back" not in str(digest_lines.at_risk(dark(REVIEWED), days(16)))


def test_hostile_words_mention_nobody() -> None:
    nasty = replace(REVIEWED, why=Prose(prose=NASTY), review=Prose(prose=NASTY), confirmed_by="")
    said = break_glass.request(with_glass(nasty), 7, ())
    check_message(said)
    assert not is_loud(said["text"], said["blocks"])
    assert mentions(said["text"], said["blocks"]) == ["UANN"]
    check_message(break_glass.look_back(dark(CONFIRMED)))
    for shown in (standing.show(with_glass(nasty)), proposal.card(dark(replace(nasty, confirmed_by="UBEA")))):
        check_message(shown)
        assert "UEVIL" not in mentions(shown["text"], shown["blocks"])
