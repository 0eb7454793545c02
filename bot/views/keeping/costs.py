"""What keeping an archive is expected to cost, a line for each class."""

from __future__ import annotations

from bot.views import limits
from bot.views.blocks import safe
from workflows.rules.keeping.costs import GB_BYTES, Cost, Estimate
from workflows.rules.wording import counted

UNKNOWN_MAX = 400


def lines(found: Estimate | None) -> list[str]:
    """None where nothing is archived, or nobody estimates."""
    if found is None or not found.costs:
        return []
    rows = [f"*Keeping its archive costs* {total(found)}", *map(_line, found.costs)]
    prices = found.prices
    day = f", {prices.priced_on}" if prices.priced_on else ""
    rows.append(f"Prices: {safe(prices.priced_by)}{day}; requests and reading are not in them")
    if not found.in_bucket:
        rows.append("The archive lies where it has no storage classes: a bucket of S3 would cost this")
    return rows


def total(found: Estimate) -> str:
    """Of all classes together, in words without marks."""
    by = "by its archive" if found.is_measured else "an estimate, by what lies at its sources now"
    unknown = any(one.sized.unknown for one in found.costs)
    lacks = "; what nobody knows the size of is not in it" if unknown else ""
    return f"{_usd(found.usd)} USD, {by}{lacks}"


def _line(one: Cost) -> str:
    rate, sized = one.rate, one.sized
    size = f"{counted(sized.files, 'file')}, {_gb(sized.bytes)}"
    if sized.unknown:
        names = limits.joined([safe(name, 200) for name in sized.unknown], UNKNOWN_MAX, between=", ")
        size = f"{size}, and unknown of {names}" if sized.files else f"size unknown: {names}"
    wait = f"read within {counted(rate.restore_hours, 'hour')}" if rate.restore_hours else "read at once"
    price = f"{rate.usd_per_gb_month:g} USD per GB and month"
    if rate.billed_days_min:
        price += f", {counted(rate.billed_days_min, 'day')} at least"
    return f"• *{safe(sized.of)}* ({size}) in {one.storage}, {wait}, {price}: {_cost(one)}"


def _cost(one: Cost) -> str:
    if one.sized.unknown and not one.sized.files:
        return "unknown"
    if one.days is None:
        return f"{_usd(one.usd)} USD a month; no rule says for how long"
    return f"{_usd(one.usd)} USD for {counted(one.billed_days or 0, 'day')}"


def _usd(amount: float) -> str:
    """What is something is not shown as nothing."""
    return "less than 0.01" if 0 < amount < 0.005 else f"{amount:,.2f}"


def _gb(size: int) -> str:
    return counted(size, "byte") if size < GB_BYTES / 100 else f"{size / GB_BYTES:,.2f} GB"
