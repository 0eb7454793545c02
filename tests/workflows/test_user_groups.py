"""Which user groups does a decision go by? Slack answers few such questions a minute, so no others are asked about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.records.base import Prose
from data.records.policy import NO_REVIEW, Review, Role
from data.records.progress import StepKind
from data.records.rounds import Choice
from tests.builders import PAT, WHY, a_policy, a_proposed, a_subject, an_attestation
from tests.workflows.test_observing import ENTITIES, a_snapshot
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
    assert asked_for(command, None, POLICY, Review(review_groups=(REVIEWS,)), a_snapshot()) == asked


def test_a_role_that_does_not_vote_on_the_model_is_not_asked_about() -> None:
    only = a_policy(roles=(Role(name="owner"), Role(name="risk", groups=(ROLE,), regulated="yes")))
    cast = cmd.Cast(by=PAT, choice=Choice.APPROVE, plan_digest="sha256:p", round_number=1)
    there = a_snapshot(entities=ENTITIES)
    plain = a_proposed(policy=only).state
    assert asked_for(cast, plain, only, NO_REVIEW, there) == ()
    assert plain.plan is not None
    bound = replace(plain, plan=replace(plain.plan, subject=a_subject(regulated="EU AI Act")))
    assert asked_for(cast, bound, only, NO_REVIEW, there) == (ROLE,)
