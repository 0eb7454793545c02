"""What do recorded inputs show, once both models have answered them, the old one twice? Before any call is copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from data.records.base import Record
from data.records.outputs import (
    Bias,
    Comparison,
    Contract,
    FieldDiffers,
    Noise,
    Standing,
    Threshold,
    Tolerance,
)
from workflows.rules.judging.contract import Answer, breaches, found
from workflows.rules.judging.decisions import Scored, flips, is_yes
from workflows.rules.judging.exact import holm, mcnemar
from workflows.rules.judging.groups import Decided, bias
from workflows.rules.judging.leaves import alike, leaves, number
from workflows.rules.judging.tolerance import differing


class Limits(Record, frozen=True, kw_only=True):
    """What the policy lets a successor change.

    flips_share_max   of a consumer's decisions
    group_effect_min  net share of a group's inputs that has to lose before it is harm
    alpha             chance of error of each kind of test, over all it tests
    ids_max           so many inputs are named of each thing found
    """

    flips_share_max: float = 0.01
    group_effect_min: float = 0.02
    alpha: float = 0.05
    ids_max: int = 10


class Replayed(NamedTuple):
    """One input. `None`: no answer came; `again`: the old model's second one, None where it was asked once.

    group   of whom the input is; empty where nobody tells
    """

    input_id: str
    old: Answer | None
    new: Answer | None
    again: Answer | None = None
    group: str = ""


class _Both(NamedTuple):
    """One input that both models answered well, or refused alike."""

    input_id: str
    group: str
    old: object
    new: object
    again: object
    is_twice: bool


def compared(
    rows: Iterable[Replayed],
    *,
    contract: Contract,
    tolerances: Mapping[str, Tolerance],
    thresholds: Sequence[Threshold] = (),
    limits: Limits | None = None,
) -> Comparison:
    """`thresholds`: of consumers; scores that they decide by are judged by these decisions alone."""
    asked, within = list(rows), limits or Limits()
    answered = [
        (one.input_id, one.old, one.new) for one in asked if one.old is not None and one.new is not None
    ]
    wrong = [(input_id, breaches(contract, old, new)) for input_id, old, new in answered]
    both = [_both(one, one.old, one.new) for one in asked if one.old and one.new and not one.old.is_error]
    well = [one for one in both if one is not None]
    scores = {alike(one.path) for one in thresholds}
    return Comparison(
        inputs=len(asked),
        unanswered=len(asked) - len(answered),
        breaches=found(wrong, ids_max=within.ids_max),
        fields=_fields(well, {path: one for path, one in tolerances.items() if path not in scores}, within),
        flips=tuple(
            flips(
                one,
                _scored(well, one),
                share_max=within.flips_share_max,
                alpha=within.alpha,
                ids_max=within.ids_max,
            )
            for one in thresholds
        ),
        biases=_biases(well, thresholds, within),
    )


def _both(row: Replayed, old: Answer, new: Answer) -> _Both | None:
    """None where the successor refuses: that is a breach already."""
    if new.is_error:
        return None
    is_twice = row.again is not None and not row.again.is_error
    again = row.again.body if row.again is not None and is_twice else old.body
    return _Both(row.input_id, row.group, old.body, new.body, again, is_twice)


def _fields(
    rows: Sequence[_Both], tolerances: Mapping[str, Tolerance], limits: Limits
) -> tuple[FieldDiffers, ...]:
    raw: dict[str, dict[str, float]] = {}
    noise: dict[str, set[str]] = {}
    for row in rows:
        for path, size in differing(tolerances, row.old, row.new).items():
            raw.setdefault(path, {})[row.input_id] = size
        for path in differing(tolerances, row.old, row.again):
            noise.setdefault(path, set()).add(row.input_id)
    paths = sorted(raw.keys() | noise.keys())
    alone = [len(raw.get(path, {}).keys() - noise.get(path, set())) for path in paths]
    own = [len(noise.get(path, set()) - raw.get(path, {}).keys()) for path in paths]
    adjusted = holm([mcnemar(mine, theirs) for mine, theirs in zip(alone, own, strict=True)])
    return tuple(
        FieldDiffers(
            path=path,
            standing=_field_standing(
                tolerances[path], mine, len(noise.get(path, ())), theirs, p <= limits.alpha
            ),
            noise=tolerances[path].noise,
            raw_only=mine,
            noise_only=theirs,
            p_adjusted=p,
            input_ids=_worst(raw.get(path, {}), limits.ids_max),
        )
        for path, mine, theirs, p in zip(paths, alone, own, adjusted, strict=True)
        if mine
    )


def _field_standing(
    known: Tolerance, raw_only: int, noise: int, noise_only: int, is_proven: bool
) -> Standing:
    """What never differed by itself may not differ at all; of anything else it is proven that it does more often."""
    if known.noise is Noise.EXACT and not noise:
        return Standing.OVER
    return Standing.OVER if is_proven and raw_only > noise_only else Standing.WITHIN


def _worst(sizes: Mapping[str, float], ids_max: int) -> tuple[str, ...]:
    return tuple(sorted(sizes, key=lambda one: (-sizes[one], one))[:ids_max])


def _scored(rows: Sequence[_Both], threshold: Threshold) -> list[Scored]:
    return [
        Scored(
            row.input_id,
            number(leaves(row.old).get(threshold.path)),
            number(leaves(row.new).get(threshold.path)),
            number(leaves(row.again).get(threshold.path)) if row.is_twice else None,
        )
        for row in rows
    ]


def _biases(rows: Sequence[_Both], thresholds: Sequence[Threshold], limits: Limits) -> tuple[Bias, ...]:
    """None at all where nobody tells any group: what is not asked is not unsure."""
    if not any(row.group for row in rows):
        return ()
    return tuple(
        bias(_decided(rows, one), effect_min=limits.group_effect_min, alpha=limits.alpha)
        for one in thresholds
    )


def _decided(rows: Sequence[_Both], threshold: Threshold) -> list[Decided]:
    good = threshold.is_yes_good
    return [
        Decided(row.group, is_yes(threshold, one.old) is good, is_yes(threshold, one.new) is good)
        for row, one in zip(rows, _scored(rows, threshold), strict=True)
        if one.old is not None and one.new is not None
    ]
