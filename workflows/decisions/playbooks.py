"""Making a closed retirement an example for others."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import Refused
from data.records.base import Prose
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import NamePlaybook
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.rules.hindsight.playbooks import check_closed, check_name
from workflows.rules.permissions import check


def name_playbook(
    state: Retirement, command: NamePlaybook, facts: Facts, now: datetime
) -> RetirementDecision:
    """It has one name at a time; said again, nothing changes."""
    check("name playbook", command.by, state, facts, doing="make a playbook of")
    check_closed(state)
    if not command.name:
        return _taken_back(state, command.by, now)
    check_name(command.name)
    if command.name == state.playbook:
        return nothing(f"{state.id} is the playbook {state.playbook} already.")
    if facts.namesake:
        raise Refused(
            f"{state.id} cannot be the playbook {command.name}",
            reasons=[f"{facts.namesake} is called so"],
            next_step=f"Choose another name, or have {facts.namesake} give its own back first: "
            f"/retire playbook {facts.namesake} off",
        )
    made = events.PlaybookMade(at=now, by=command.by, name=Prose(prose=command.name))
    how = f"/retire propose MODEL like {command.name} begins another one like it"
    return decided(state, made, reply=f"{state.id} is the playbook {command.name}: {how}.")


def _taken_back(state: Retirement, by: str, now: datetime) -> RetirementDecision:
    if not state.playbook:
        return nothing(f"{state.id} is no playbook, so there is nothing to take back.")
    back = events.PlaybookTakenBack(at=now, by=by, name=Prose(prose=state.playbook))
    return decided(state, back, reply=f"{state.id} is no playbook any more.")
