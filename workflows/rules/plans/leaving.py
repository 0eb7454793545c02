"""Does a model retire, or has it? Whoever looks for a successor, or for what to retire next, passes it by."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.records.retirement import Retirement
from workflows.rules.lifecycle import CLOSED, is_living


def leaving(
    model_ids: Collection[str], endpoints: Collection[Collection[str]], retirements: Iterable[Retirement]
) -> Retirement | None:
    """The retirement that is under way, or that took all the model has.

    model_ids  of the one model: what was proposed under another catalog's id for it, before the two were one, too
    endpoints  the ids of each that serves it now: one that was deployed again, or elsewhere too, still serves
    """
    for one in retirements:
        if one.plan is None or one.plan.subject.model_id not in model_ids:
            continue
        retired = {endpoint.id for endpoint in one.plan.subject.endpoints}
        if is_living(one) or (one.state in CLOSED and not any(map(retired.isdisjoint, endpoints))):
            return one
    return None
