"""At which endpoints of a plan can a brownout be held, and when do people work who could end one?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from data.errors import EmeritusError
from data.public_holidays import public_holidays
from data.records.catalog import EndpointKind
from data.records.facts import Facts
from data.records.hours import Hours, Windows
from data.records.plan import Endpoint
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.records.traffic import Ability
from workflows import commands as cmd
from workflows.commands.brownouts import PrepareBrownout
from workflows.rules.people.escalation import COMPANY
from workflows.traffic_plane import TrafficPlane

NEEDED = frozenset({Ability.BROWNOUT, Ability.WINDOW})
"""What ends only when somebody still says so is never begun: a bot that dies would prolong it."""
YEARS_AHEAD = 6
"""No plan is for later than five years from now (rules/plans/plan.py)."""


@dataclass(frozen=True, kw_only=True)
class Brownable:
    """`planes`: what stands in front of endpoints, by their kind. `windows`: None where nobody knows working hours."""

    planes: Mapping[EndpointKind, TrafficPlane] = field(default_factory=dict)
    windows: Windows | None = None

    def known(self, facts: Facts, command: cmd.AnyCommand, state: Retirement | None, policy: Policy) -> Facts:
        """With what a plan that is drawn up has to know; as they are where its policy wants no brownout.

        policy   the one in force; a retirement goes by its own
        """
        if isinstance(command, PrepareBrownout) and state is not None and state.policy is not None:
            return self._with_hours(facts, state.policy)
        subject = facts.subject
        if isinstance(command, cmd.LapseApproval) and state is not None and state.plan is not None:
            subject = state.plan.subject
        policy = (state and state.policy) or policy
        if subject is None or self.windows is None or not policy.brownouts(subject.tier):
            return facts
        reached = {one.id: self._why_not(one) for one in subject.endpoints}
        return replace(self._with_hours(facts, policy), brownouts_at=reached)

    def _with_hours(self, facts: Facts, policy: Policy) -> Facts:
        if self.windows is None:
            return facts
        first = facts.observed_at.year
        holidays = public_holidays(self.windows.country, range(first, first + YEARS_AHEAD))
        company = Hours(windows=self.windows, zone=policy.zone, holidays=holidays)
        return replace(facts, hours={**facts.hours, COMPANY: company})

    def _why_not(self, endpoint: Endpoint) -> str:
        """Empty where it can. What does not answer cannot: a plan is drawn up without it, and says so."""
        plane = self.planes.get(endpoint.kind)
        if plane is None:
            return "no proxy of calls"
        try:
            lacks = NEEDED - plane.abilities(endpoint.ref)
        except EmeritusError as error:
            return str(error)
        return f"what stands in front of it has no {' and no '.join(sorted(lacks))}" if lacks else ""


NOTHING_BROWNABLE = Brownable()
