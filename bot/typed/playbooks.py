"""Which playbook does somebody mean, of those they may know of?"""

from __future__ import annotations

from bot.payloads import RETIREMENT_ID
from data.records.retirement import Retirement
from workflows.machine import retirement_of
from workflows.sight import Sight


def followed(sight: Sight, retirement_id: str) -> Retirement | None:
    """The playbook of this number, which a button or a form of ours carries; None where it is none any more."""
    if not RETIREMENT_ID.fullmatch(retirement_id):
        return None
    found = retirement_of(retirement_id, sight.state(retirement_id))
    return found if found is not None and found.playbook else None
