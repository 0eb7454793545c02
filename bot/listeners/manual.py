"""Endpoints nobody but a person can switch: one reports it with evidence, a second one has looked."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import capture
from bot.typed.lookup import retirement
from bot.views.card import manual
from data.errors import Invalid, Problem
from data.records.base import Prose
from workflows.commands import CheckManual, ContradictManual, ReportManual


def register(app: App, house: House) -> None:
    @app.action(Action.MANUAL_REPORT)
    def ask_for_evidence(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, endpoint_id, action = payloads.parts(body, 3)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        wish = ReportManual(
            by=payloads.user_id(body), endpoint_id=endpoint_id, action=action, evidence=Prose()
        )
        house.check_reporting(wish, state)
        ack()
        endpoints = state.plan.subject.endpoints if state.plan else ()
        name = next((endpoint.name for endpoint in endpoints if endpoint.id == endpoint_id), endpoint_id)
        screens.opened(house.client, body, manual.report_modal(retirement_id, endpoint_id, name, action))

    @app.view(Callback.MANUAL_REPORT)
    def report(ack: Ack, body: dict[str, Any]) -> None:
        evidence = payloads.entered(body, Action.MANUAL_EVIDENCE)
        if not evidence:
            raise Invalid(
                [Problem(field="evidence", value="", accepted="say what you did and where it can be seen")]
            )
        reported = ReportManual(
            by=payloads.user_id(body),
            endpoint_id=payloads.carried(body, "endpoint"),
            action=payloads.carried(body, "action"),
            evidence=Prose(prose=evidence),
        )
        capture(house, ack, body, stream=payloads.carried(body, "retirement"), command=reported)

    @app.action(Action.MANUAL_CHECK)
    def check(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, endpoint_id, action = payloads.parts(body, 3)
        looked = CheckManual(by=payloads.user_id(body), endpoint_id=endpoint_id, action=action)
        capture(house, ack, body, stream=retirement_id, command=looked)

    @app.action(Action.MANUAL_CONTRADICT)
    def contradict(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, endpoint_id, action = payloads.parts(body, 3)
        looked = ContradictManual(by=payloads.user_id(body), endpoint_id=endpoint_id, action=action)
        capture(house, ack, body, stream=retirement_id, command=looked)
