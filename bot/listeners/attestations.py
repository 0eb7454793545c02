"""Who puts their name to what has to be attested presses Attest under its request, and says what shows it."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.typed.lookup import retirement
from bot.views.voting import attestations
from data.errors import Invalid, Problem
from data.records.base import Prose
from workflows.commands import Attest
from workflows.rules.gating import attesting


def register(app: App, house: House) -> None:
    @app.action(Action.ATTESTATION_GIVE)
    def ask_for_evidence(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, name = payloads.parts(body, 2)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        # Who may not attest it, or not now, is told before they write anything.
        house.check(Attest(by=payloads.user_id(body), name=name, evidence=Prose(prose="not said yet")), state)
        ack()
        wanted = next(one for one in attesting.required(state) if one.name == name)
        screens.opened(house.client, body, attestations.form(state, wanted))

    @app.view(Callback.ATTESTATION_GIVE)
    def attest(ack: Ack, body: dict[str, Any]) -> None:
        evidence = payloads.entered(body, Action.ATTESTATION_EVIDENCE)
        if not evidence:
            raise Invalid([Problem(field="evidence", value="", accepted="say where it can be seen")])
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        attested = Attest(
            by=payloads.user_id(body),
            name=payloads.carried(body, "attestation"),
            evidence=Prose(prose=evidence),
        )
        submit(house, ack, body, state, attested)
