"""May this be wanted of a plane? Of each of them alike: what it lacks, and what none could make sense of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.errors import Refused
from data.records.traffic import Ability, Brownout, Desired, Lane

NEXT_STEP = "Nothing has changed: plan it without that, or put a plane that can do it in front"


def check_wanted(ref: str, desired: Desired, abilities: Iterable[Ability]) -> None:
    """Raises `Refused` with everything that keeps it from being wanted.

    A window that is over may be wanted: it is the same as none, and whoever repeats what they wanted is not refused.
    """
    lacking = sorted(needed(desired) - frozenset(abilities))
    reasons = [*_senseless(desired), *(f"it cannot do this: {one}" for one in lacking)]
    if reasons:
        raise Refused(f"Cannot lead calls of {ref} so", reasons=reasons, next_step=NEXT_STEP)


def needed(desired: Desired) -> frozenset[Ability]:
    """What a plane must be able to do for this."""
    is_needed = {
        Ability.SPLIT: desired.new_percent > 0,
        Ability.MIRROR: desired.mirror_percent > 0,
        Ability.MIRROR_SOME: bool(desired.mirror_methods or desired.mirror_paths),
        Ability.BROWNOUT: desired.brownout is not None,
        Ability.PIN: bool(desired.pins),
    }
    return frozenset(ability for ability, needs in is_needed.items() if needs)


def _senseless(desired: Desired) -> Iterator[str]:
    shares = {"new_percent": desired.new_percent, "mirror_percent": desired.mirror_percent}
    for name, share in shares.items():
        if not 0 <= share <= 100:
            yield f"{name} is {share:g}: 0 to 100"
        elif share and not desired.new:
            yield f"{name} is {share:g} and there is no successor"
    if not desired.new and Lane.NEW in desired.pins.values():
        led = ", ".join(sorted(name for name, lane in desired.pins.items() if lane is Lane.NEW))
        yield f"{led} would be led to a successor that is not there"
    if (brownout := desired.brownout) is not None:
        yield from _no_window(brownout)


def _no_window(brownout: Brownout) -> Iterator[str]:
    if not 0 <= brownout.percent <= 100:
        yield f"percent of the brownout is {brownout.percent:g}: 0 to 100"
    begins, ends = brownout.begins_at, brownout.ends_at
    if begins.tzinfo is None or ends.tzinfo is None:
        yield "the brownout has no time zone"
    elif begins >= ends:
        yield f"the brownout ends at {ends.isoformat()}, before it begins at {begins.isoformat()}"
