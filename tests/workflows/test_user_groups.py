"""Which user groups does a decision go by? Slack answers few such questions a minute, so no others are asked about."""

from __future__ import annotations

import pytest

from data.records.base import Prose
from data.records.policy import Review, Role
from data.records.retirement import StepKind
from data.records.rounds import Choice
from tests.builders import PAT, WHY, a_policy, an_attestation
from workflows import commands as cmd
from workflows.user_groups import asked_for

ROLE, ATTESTS, BREAKS, REVIEWS = "slack:S0ROLE", "slack:S0ATTESTS", "slack:S0BREAKS", "slack:S0REVIEWS"
POLICY = a_policy(
    roles=(Role(name="risk", groups=("model.owner", ROLE)), Role(name="owner", groups=(ROLE,))),
    attestations=(an_attestation(groups=(ATTESTS,)),),
    break_glass_groups=("security", BREAKS),
)


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (cmd.Cast(by=PAT, choice=Choice.APPROVE, plan_digest="sha256:aa", round_number=1), (ROLE,)),
        (cmd.Cancel(by=PAT, why=WHY), (ROLE,)),
        (cmd.MeetOwners(by=PAT), (ROLE,)),
        (cmd.Attest(by=PAT, name="retention", evidence=Prose(prose="kept")), (ROLE, ATTESTS)),
        (cmd.BreakGlass(by=PAT, notice_days=3, why=WHY), (ROLE, BREAKS)),
        (cmd.RemindPolicyReview(by=PAT), (REVIEWS,)),
        (cmd.RunStep(by=PAT, step=StepKind.DISABLE), ()),
    ],
    ids=lambda one: one.__struct_config__.tag if isinstance(one, cmd.Command) else None,
)
def test_a_decision_asks_about_those_it_goes_by(command: cmd.AnyCommand, asked: tuple[str, ...]) -> None:
    assert asked_for(command, POLICY, Review(review_groups=(REVIEWS,))) == asked
