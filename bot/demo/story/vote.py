"""Does a proposal get through its form and its vote?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from bot.demo.hands import Form, containing, having, heading, picked, typed
from bot.demo.story.stage import (
    ADA,
    DOUBT,
    GRACE,
    MINA,
    MODEL,
    PRIYA,
    SAM,
    SILENT,
    SUCCESSOR,
    TOM,
    WHY,
    Stage,
    last_day,
)
from bot.ids import Action, Callback


def form_refuses(stage: Stage) -> str:
    stage.command(TOM, f"propose {MODEL}")
    form = stage.opened(Callback.PROPOSAL_SUBMIT)
    stage.form = form
    tomorrow = stage.company.world.now().date() + timedelta(days=1)
    errors = stage.page.submit_view(TOM, filled(form, tomorrow))
    refusal = errors.get(str(Action.PROPOSAL_TARGET), "")
    stage.target = last_day(refusal, f"the refusal of {tomorrow}, which was {errors or 'none'}")
    return refusal


def proposed(stage: Stage) -> str:
    # A day in hand: the calendar has gone on since the form was refused.
    stage.target += timedelta(days=1)
    stage.submit(TOM, filled(stage.form, stage.target))
    card = stage.soon("The card", lambda _: having(stage.posted(), Action.VOTE_APPROVE))
    stage.card_ts = str(card["ts"])
    stage.thread("Impact in full", SILENT)
    return f"{heading(card)}, last day of service {stage.target}"


def outsider_votes(stage: Stage) -> str:
    told = stage.votes(GRACE, Action.VOTE_APPROVE)
    return containing(told, "You may not vote here")


def roles_vote(stage: Stage) -> str:
    for voter in (ADA, MINA, SAM):
        containing(stage.votes(voter, Action.VOTE_APPROVE), "counts: approve")
    stage.press(PRIYA, stage.card(), Action.VOTE_REJECT)
    stage.opened(Callback.VOTE_REJECT)
    # Her answer may come after the card shows her vote: it is waited for, or it would be taken for the next one.
    told = stage.answer(PRIYA, lambda: stage.submit(PRIYA, typed(Action.VOTE_COMMENT, DOUBT)), "a rejection")
    containing(told, "counts: reject")
    stage.card_says(f"<@{PRIYA}> rejects", DOUBT)
    containing(stage.votes(PRIYA, Action.VOTE_APPROVE), "counts: approve")
    stage.card_says(*(f"*{role}* 1 of 1" for role in ("owner", "platform", "product", "security")))
    return "Priya rejected, then approved; 1 of 1 in every role"


def card_locked(stage: Stage) -> str:
    stage.thread("*Approved*", later=True)
    locked = stage.soon(
        "The locked card",
        lambda _: None if having([stage.card()], Action.VOTE_APPROVE) else stage.card(),
    )
    return heading(locked)


def filled(form: Form, target_on: date) -> dict[str, Any]:
    return {
        **form.initial,
        **form.chosen(Action.PROPOSAL_SUCCESSOR, SUCCESSOR),
        **form.chosen(Action.PROPOSAL_REASON, "replaced"),
        **typed(Action.PROPOSAL_WHY, WHY),
        **picked(Action.PROPOSAL_TARGET, target_on),
    }


SCENES: Mapping[str, Callable[[Stage], str]] = {
    "the form refuses a date without notice, on its field": form_refuses,
    "a proposal is one card, its thread has the impact in full": proposed,
    "who may not vote is told so privately": outsider_votes,
    "the four roles vote, and one of them thinks again": roles_vote,
    "the vote closes and locks the card": card_locked,
}
