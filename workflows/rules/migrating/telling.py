"""What is wanted of the calls of an endpoint, in words."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from data.records.traffic import Brownout, Desired, Lane
from workflows.rules.wording import counted

LED = {Lane.OLD: "always to the old model", Lane.NEW: "always to the successor", Lane.BLOCKED: "blocked"}


def in_words(desired: Desired, now: datetime) -> str:
    """Nothing where all calls go to the model that ever had them. A brownout that is over is none."""
    said = []
    if desired.new:
        name = desired.new_name or desired.new
        said.append(f"{desired.new_percent:g} % of calls go to {name}")
        if desired.mirror_percent:
            said.append(f"it gets copies of {desired.mirror_percent:g} % of the others")
    lanes = Counter(desired.pins.values())
    said += [f"{counted(lanes[lane], 'consumer')} {how}" for lane, how in LED.items() if lanes[lane]]
    if desired.brownout is not None and now < desired.brownout.ends_at:
        said.append(_window(desired.brownout, now))
    return ", ".join(said)


def _window(brownout: Brownout, now: datetime) -> str:
    times = (brownout.begins_at, brownout.ends_at)
    begins, ends = (at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") for at in times)
    share = "" if brownout.percent == 100 else f" of {brownout.percent:g} % of calls"
    exempt = f", {counted(len(brownout.exempt), 'consumer')} exempt" if brownout.exempt else ""
    when = f"until {ends}" if brownout.begins_at <= now else f"from {begins} to {ends}"
    return f"brownout{share} {when}{exempt}"
