"""What takes two people takes two who decide for themselves, about what they name in full."""

from __future__ import annotations

from collections.abc import Iterable

from data.errors import Refused
from data.records.retirement import Retirement
from workflows.rules.people.delegating import InForce, answers_for


def check_named(state: Retirement, typed: str, *, does: str, command: str = "") -> None:
    """Raises `Refused` where what was typed is not the model's exact name. `does`: "retires", or "retired"."""
    assert state.plan is not None
    subject = state.plan.subject
    if typed not in (subject.model_name, subject.model_id):
        raise Refused(
            f'"{typed}" is not what {state.id} {does}',
            next_step=f"Type its model's exact name: {command}{subject.model_name}",
        )


def check_apart(
    person: str, others: Iterable[str], delegations: InForce, *, did: str, next_step: str
) -> None:
    """Raises `Refused` for who stands in now for one of the others, or has them stand in. `did`: what those did."""
    if behind := answers_for(person, others, delegations):
        raise Refused(
            "It takes two people who decide for themselves",
            reasons=[f"you and <@{behind}>, who {did} it, stand in for one another now"],
            next_step=next_step,
        )
