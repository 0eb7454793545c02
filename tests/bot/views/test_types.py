"""Slack's own published types accept what the views build."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.views.asked import answers, helping, standing
from bot.views.card import manual, proposal, thread
from bot.views.consumers import informed, obligations, reminding
from bot.views.proposing import proposal_modal
from bot.views.telling import digest
from bot.views.voting import extension, votes
from data import events
from data.records.catalog import Kind
from tests.bot.views.examples import NOW, a_retirement, an_entity, announced
from tests.payloads import Kind as Surface
from tests.payloads import tsc_check
from workflows.histories import History


def test_the_compiler_finds_nothing_wrong_with_any_view() -> None:
    state, model = announced(consumers=45, teams=1), an_entity("churn-v1")
    approved = events.Approved(at=NOW, by="UANN", round_number=1, plan_digest="sha256:ab")
    form: dict[str, Any] = {
        "model": model,
        "endpoints": [an_entity("e", Kind.ENDPOINT)],
        "today": date(2027, 3, 1),
    }
    many = [an_entity(f"m{number}") for number in range(101)]
    payloads: list[tuple[str, Surface, dict[str, Any]]] = [
        ("card", "message", proposal.card(a_retirement())),
        ("lines", "message", thread.message([approved], state)),
        ("team", "message", obligations.team_message(state, "group:team-0")),
        ("dm", "message", obligations.owner_dm(state, "UT0")),
        (
            "handed",
            "message",
            obligations.handed(state, "UT0", [model.id, state.obligations[0].consumer.consumer_id]),
        ),
        ("reminder", "message", reminding.reminder(state, "UT0", "migrate@x")),
        ("informed", "message", informed.message_to(state, "CSUPPORT", "announced")),
        ("void votes", "message", votes.void(state, "UTOM")),
        ("manual", "message", manual.message(state, "api:default/churn-v1", "disable")),
        (
            "digest",
            "message",
            digest.message(
                digest.of([History(retirement=state, plan=state.plan)], (), since=NOW, until=NOW, zone="UTC")
            ),
        ),
        ("show", "message", standing.show(state)),
        ("plan", "message", answers.plan(state)),
        ("impact", "message", answers.impact(model, state.impact, [])),
        ("help", "message", helping.help_text({"Shows": ["`/retire list` lists"]})),
        ("propose", "modal", proposal_modal.modal(models=[model], successors=[model], **form)),
        ("search", "modal", proposal_modal.modal(models=many, successors=many, **form)),
        ("revise", "modal", proposal_modal.modal(models=[], successors=[], retirement=state, **form)),
        ("reject", "modal", votes.reject_modal(state, "sha256:ab", 1)),
        ("all", "modal", obligations.all_modal(state, "UT0", 1)),
        ("team's list", "modal", obligations.all_modal(state, "UT0", team="group:team-0")),
        ("time", "modal", extension.form("RET-1", "c", date(2027, 3, 1), 1)),
        ("report", "modal", manual.report_modal("RET-1", "e", "e", "restore")),
    ]
    tsc_check(payloads)
