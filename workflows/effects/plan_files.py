"""A plan's file that was shared in Slack is proposed by whoever shared it. Safe to repeat: the same share, once."""

from __future__ import annotations

from functools import partial

from data.errors import NotFound
from data.plan_file import PlanFile
from data.records.decision import Claim, Receipt
from workflows.audiences import sees
from workflows.effects.workshop import Workshop
from workflows.plan_files import asked


def propose(claim: Claim, file: PlanFile, shop: Workshop) -> Receipt:
    """Decide on it as on what a form asks for. Raises `NotFound` for a retirement that this person may not know of."""
    assert claim.effect is not None
    by, gatherer = claim.effect.body["by"], shop.engine.gatherer
    state = shop.engine.retirement(file.retirement)
    if file.retirement:
        there, now = gatherer.catalog.snapshot(), shop.world.now()
        if state is None or not sees(by, state, there, partial(gatherer.delegations, now)):
            new = "Leave retirement out of the file to propose a new one"
            raise NotFound("retirement", file.retirement, next_step=new)
    policy = (state and state.policy) or gatherer.policy
    stream, command = asked(file, by, policy)
    return shop.engine.execute(f"{claim.effect.key}/plan", stream, command)
