"""What may differ between answers to one input? As much as the old model's own answers do, field by field.

The old model is asked twice. A field that was the same each time has to be the same; numbers may lie as far apart as
they did; what differed now and then is counted beside what it differs anyhow, call by call (rules/judging/pairs.py);
and what mostly differs, as an id of the request does, cannot be held against anybody.
Source: raw and noise of twitter/diffy, whose comparison was exact, whose counts had no error guarantee.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from data.records.outputs import Noise, Tolerance
from workflows.rules.judging.leaves import alike, leaves, number
from workflows.rules.judging.pairs import Pair

SLACK = 1.5
"""The most that was seen of a few hundred pairs is not the most there is."""

FREE_FROM = 0.5
"""Share of pairs that differ from which a field is free."""


def learned(pairs: Iterable[tuple[object, object]]) -> dict[str, Tolerance]:
    """By path, `*` for places in arrays. Each pair: two bodies of the old model's, to one input."""
    sizes: dict[str, list[float]] = {}
    for one, other in pairs:
        for path, size in _sizes(one, other).items():
            sizes.setdefault(path, []).append(size)
    return {path: _tolerance(found) for path, found in sizes.items()}


def differing(tolerances: Mapping[str, Tolerance], old: object, new: object) -> dict[str, float]:
    """Path -> by how much the answers differ beyond what may; infinite for what is no number, or is missing.

    Fields that the old model never had are not compared.
    """
    return {
        path: size
        for path, size in _sizes(old, new).items()
        if (known := tolerances.get(path)) is not None
        and size > known.within
        and known.noise is not Noise.FREE
    }


def compared(
    tolerances: Mapping[str, Tolerance],
    consumer: str,
    triple: tuple[object, object, object],
    *,
    judged_by_decisions: Collection[str] = (),
) -> dict[str, Pair]:
    """Path -> whether the old model differed from itself, and the successor from it, in the answers to one input.

    triple   bodies of the old model, of the old model again, and of the successor
    judged_by_decisions   paths of scores that a successor is wanted to tell otherwise: see rules/judging/decisions.py
    Where the successor is another copy of the old model, either is as likely as the other: noise cancels out.
    """
    old, again, new = triple
    noise, raw = differing(tolerances, old, again), differing(tolerances, old, new)
    return {
        path: Pair(consumer, path in noise, path in raw)
        for path, known in tolerances.items()
        if known.noise is not Noise.FREE and path not in judged_by_decisions
    }


def _tolerance(sizes: list[float]) -> Tolerance:
    count = sum(size > 0 for size in sizes)
    most = max(sizes)
    noise, within = Noise.NOISY, 0.0
    if not count:
        noise = Noise.EXACT
    elif math.isfinite(most):
        noise, within = Noise.WITHIN, SLACK * most
    elif count >= FREE_FROM * len(sizes):
        noise = Noise.FREE
    return Tolerance(noise=noise, within=within, pairs=len(sizes), differing=count)


def _sizes(one: object, other: object) -> dict[str, float]:
    """Path -> by how much both differ there; where several places are alike, the most."""
    here, there = leaves(one), leaves(other)
    sizes: dict[str, float] = {}
    for place in here.keys() | there.keys():
        path = alike(place)
        is_both = place in here and place in there
        size = _size(here[place], there[place]) if is_both else math.inf
        sizes[path] = max(size, sizes.get(path, 0.0))
    return sizes


def _size(one: object, other: object) -> float:
    mine, theirs = number(one), number(other)
    if mine is not None and theirs is not None:
        return abs(mine - theirs)
    # NaN is the same as NaN, here: whether there may be any is the contract's.
    is_same = type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124
    return 0.0 if is_same else math.inf
