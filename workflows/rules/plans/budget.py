"""Has a brownout cost more than its policy allows?"""

from __future__ import annotations

from data.records.policy import Policy
from workflows.rules.wording import counted

CALLS_MIN = 20
"""Of fewer calls a share says nothing: one failure of two would be half."""


def over_budget(policy: Policy, moved: int, served: tuple[int, int]) -> str:
    """Why it ends at once; empty where it goes on.

    moved    calls that were refused of consumers that said to have moved
    served   calls that were let through meanwhile, and those of them that failed
    """
    if moved > policy.brownout_moved_calls_max:
        said, verb = counted(moved, "call"), "was" if moved == 1 else "were"
        most = policy.brownout_moved_calls_max
        return f"{said} of consumers that said to have moved {verb} refused, and the policy allows {most}"
    calls, errors = served
    if calls >= CALLS_MIN and errors * 100 > policy.brownout_errors_percent_max * calls:
        most = policy.brownout_errors_percent_max
        return f"{errors:,} of {calls:,} calls that were let through failed, and the policy allows {most} %"
    return ""
