"""What follows a model, from when on, and what consumers do until then."""

from __future__ import annotations

from bot.views import limits
from bot.views.blocks import safe
from data.records.plan import Plan
from data.records.retirement import Retirement
from workflows.rules.plans.gap import planned_days
from workflows.rules.wording import counted


def name(plan: Plan) -> str:
    return safe(plan.successor_name or plan.successor_id)


def lines(retirement: Retirement, plan: Plan) -> list[str]:
    """For the card and whoever votes: with its first day, where that was told."""
    after = f"*Successor* {name(plan) or 'none'}"
    if plan.successor_from:
        after += f", which can be called from {plan.successor_from} on"
        if days := planned_days(retirement, plan):
            after += f": :warning: {counted(days, 'day')} after the last day of service"
    until = safe(retirement.interim, limits.PROSE_MAX)
    return [after, *([f"*Until then* {until}"] if until else [])]


def told(retirement: Retirement, plan: Plan) -> str:
    """For those who are to move, in a few words; empty where nothing follows."""
    if not planned_days(retirement, plan):
        return name(plan)
    return f"{name(plan)}, from {plan.successor_from} on"
