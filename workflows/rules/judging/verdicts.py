"""Is a successor given up, does it go on, or is that not known yet? And of which of its gates?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from data.records.judged import Gate, Judgement, Judging, Needed, Verdict
from workflows.rules.judging.estimates import needed
from workflows.rules.judging.evidence import promote, ratio, threshold
from workflows.rules.judging.gates import gap


def judged(judging: Judging, at: datetime) -> tuple[Judgement, ...]:
    """Each gate, in order.

    The chance of giving up a sound successor is split evenly over all gates, barred ones too (Bonferroni): it is
    `alpha` at most for all of them. To go on, every gate has to prove it, so nothing is split: that all of them do by
    mistake is no likelier than that one does (an intersection-union test; Berger, Technometrics 24, 1982).
    """
    return tuple(_judged(gate, len(judging.gates), at) for gate in judging.gates)


def verdict(judgements: Sequence[Judgement]) -> Verdict:
    """Of all gates that decide. Where none does, nothing was proven."""
    deciding = [one.verdict for one in judgements if not one.barred]
    if Verdict.ABORT in deciding:
        return Verdict.ABORT
    return Verdict.PROMOTE if deciding and set(deciding) == {Verdict.PROMOTE} else Verdict.HOLD


def _judged(gate: Gate, gates: int, at: datetime) -> Judgement:
    """A gap lets nobody go on, and does not take back what was proven against a successor before."""
    evidence = gate.evidence
    alpha = evidence.margins.alpha / gates
    missing = gap(gate, at)
    found = Verdict.HOLD
    if evidence.abort_peak >= threshold(alpha):
        found = Verdict.ABORT
    elif missing is None and promote(evidence) >= threshold(evidence.margins.promote_alpha):
        found = Verdict.PROMOTE
    times = ratio(evidence)
    return Judgement(
        verdict=found,
        metric=gate.metric,
        consumer=gate.consumer,
        margins=evidence.margins,
        old_calls=evidence.old_calls,
        old_bad=evidence.old_bad,
        new_calls=evidence.new_calls,
        new_bad=evidence.new_bad,
        ratio=times if times is not None and math.isfinite(times) else None,
        needed=_needed(gate, alpha) if found is Verdict.HOLD else None,
        is_paired=gate.is_paired,
        gap=missing[0] if missing else None,
        gap_since=missing[1] if missing else None,
        barred=gate.barred,
    )


def _needed(gate: Gate, alpha: float) -> Needed | None:
    """Where both models get each call, a call is one to both of them."""
    each = 2 if gate.is_paired else 1
    likely = needed(gate.evidence, alpha=alpha, calls_per_second=_pace(gate))
    return replace(likely, calls=-(-likely.calls // each)) if likely is not None else None


def _pace(gate: Gate) -> float | None:
    """Calls per second since it began: nights and weekends are in it once it has seen some."""
    if gate.began_at is None or gate.looked_at is None or gate.looked_at <= gate.began_at:
        return None
    calls = gate.evidence.old_calls + gate.evidence.new_calls
    return calls / (gate.looked_at - gate.began_at).total_seconds()
