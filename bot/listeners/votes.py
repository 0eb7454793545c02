"""Approve, reject, abstain. Reject asks why first, in a modal; the vote binds to the plan the card showed."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import capture, submit
from bot.typed.lookup import retirement
from bot.views.voting import votes
from data.errors import Stale
from data.records.base import Prose
from data.records.rounds import Choice
from workflows.commands import Cast


def register(app: App, house: House) -> None:
    def cast(ack: Ack, body: dict[str, Any], choice: Choice) -> None:
        retirement_id, plan_digest, number = payloads.parts(body, 3)
        ballot = Cast(
            by=payloads.user_id(body),
            choice=choice,
            plan_digest=plan_digest,
            round_number=round_number(number),
            cast_at=house.now(),
        )
        capture(house, ack, body, stream=retirement_id, command=ballot)

    @app.action(Action.VOTE_APPROVE)
    def approve(ack: Ack, body: dict[str, Any]) -> None:
        cast(ack, body, Choice.APPROVE)

    @app.action(Action.VOTE_ABSTAIN)
    def abstain(ack: Ack, body: dict[str, Any]) -> None:
        cast(ack, body, Choice.ABSTAIN)

    @app.action(Action.VOTE_REJECT)
    def ask_why(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, plan_digest, number = payloads.parts(body, 3)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        # Whoever may abstain may reject, and why is not asked yet.
        vote = Cast(
            by=payloads.user_id(body),
            choice=Choice.ABSTAIN,
            plan_digest=plan_digest,
            round_number=round_number(number),
        )
        house.check(vote, state)
        ack()
        screens.opened(house.client, body, votes.reject_modal(state, plan_digest, vote.round_number))

    @app.view(Callback.VOTE_REJECT)
    def reject(ack: Ack, body: dict[str, Any]) -> None:
        comment = payloads.entered(body, Action.VOTE_COMMENT)
        ballot = Cast(
            by=payloads.user_id(body),
            choice=Choice.REJECT,
            plan_digest=payloads.carried(body, "plan_digest"),
            round_number=round_number(payloads.carried(body, "round")),
            comment=Prose(prose=comment),
            cast_at=house.now(),
        )
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        submit(house, ack, body, state, ballot)


def round_number(text: str) -> int:
    """Raises `Stale`: only a card drawn by another version carries anything else."""
    if found := payloads.number(text):
        return found
    raise Stale("This vote is not one I know any more. Run /retire list and go on from there")
