"""Which command does a plan's file ask for? What it says is held to the catalog and the policy when that is decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.plan_file import PlanFile
from data.records.base import NO_PROSE, Prose
from data.records.policy import Policy
from data.records.progress import StepKind
from workflows.commands import Propose, Revise
from workflows.rules.hours import day_of

NEW = "RET-*"
"""The stream that a new retirement opens."""


def asked(file: PlanFile, by: str, policy: Policy) -> tuple[str, Propose | Revise]:
    """The stream and the command: a plan in the place of that of `file.retirement`, or a new retirement.

    policy   in whose zone its days are: the one in force, or of a retirement the one it was proposed under
    """
    plan, first_day = file.plan, file.plan.successor_from
    said: dict[str, Any] = {
        "endpoint_ids": tuple(one.id for one in plan.subject.endpoints),
        "successor_id": plan.successor_id,
        "successor_from": date.fromisoformat(first_day) if first_day else None,
        "reason": plan.reason,
        "why": Prose(prose=file.why),
        "interim": Prose(prose=file.interim) if file.interim else NO_PROSE,
        "target_on": day_of(plan.step(StepKind.DISABLE).due_at, policy),
        "written": plan,
    }
    if file.retirement:
        return file.retirement, Revise(by=by, **said)
    return NEW, Propose(by=by, model_id=plan.subject.model_id, **said)
