"""Is the model archived, and is that proven? Nothing is switched off before a restore drill read all of it back."""

from __future__ import annotations

from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.rules.gating import completeness
from workflows.rules.gating.gates import ARCHIVE_HOLDS, Gate


def listed(state: Retirement) -> list[Gate]:
    """Where nothing at all is listed, that is what to mend first."""
    assert state.plan is not None
    if state.plan.subject.artifacts or state.plan.subject.references:
        return completeness.gates(state)
    name = state.plan.subject.model_name
    remedy = (
        "add the annotation emeritus.dev/artifacts, import, then press Edit plan on the card for a new vote"
    )
    return [Gate("artifacts", f"the catalog lists no artifacts of {name}: {remedy}")]


def made(state: Retirement) -> list[Gate]:
    return [] if state.archived else [Gate("archive", "the artifacts are not archived")]


def proven(state: Retirement, facts: Facts) -> list[Gate]:
    if state.drilled_at is None:
        return [Gate("drill", "the archive is not proven by a restore drill")]
    if state.audit is not None and state.audit.trouble:
        return [Gate(ARCHIVE_HOLDS, f"the archive is damaged: {state.audit.trouble}")]
    if facts.archive_holds == "yes":
        return []
    why = f"the archive cannot be confirmed: {facts.archive_holds or 'not looked at'}"
    return [Gate(ARCHIVE_HOLDS, why)]
