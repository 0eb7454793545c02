"""What is judged of a successor on its way, and what does each look add to it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from data.records.judged import Frozen, Gap, Gate, Judging, Margins
from data.records.traffic import Observed
from workflows.rules.judging.evidence import Cell, after, begun
from workflows.rules.judging.looks import Look, between, kept

QUIET_CALLS = 7.0
"""So many calls would have come by now: that none did is no chance, with odds of a thousand to one (Poisson)."""


def opened(
    metrics: Mapping[str, Margins],
    *,
    critical: Iterable[str] = (),
    barred: Mapping[str, str] | None = None,
    frozen: Mapping[str, Mapping[str, Frozen]] | None = None,
    paired_from: datetime | None = None,
) -> Judging:
    """Nothing was looked at yet. One of these goes all the way of a successor: its error guarantee is over all looks.

    critical   consumers that are judged apart, besides being among all: in a mean they would vanish
    barred     metric -> why it decides nothing
    frozen     metric -> consumer -> its share on the old model, for when all its calls have moved
    paired_from  since when both models get each call; None: each call goes to one of them
    """
    why, before = barred or {}, frozen or {}
    return Judging(
        gates=tuple(
            Gate(
                metric=metric,
                consumer=consumer,
                evidence=begun(margins, before.get(metric)),
                barred=why.get(metric, ""),
                is_paired=paired_from is not None,
                began_at=paired_from,
                looked_at=paired_from,
            )
            for consumer in ("", *critical)
            for metric, margins in metrics.items()
        )
    )


def paired(judging: Judging, pairs: Mapping[str, Iterable[Cell]], at: datetime) -> Judging:
    """The same once calls that both models got were compared, which nobody had counted before.

    pairs   metric -> what was compared of it, see rules/judging/pairs.py; of a gate that is missing nothing was told
    """
    return replace(judging, gates=tuple(_paired(gate, pairs.get(gate.metric), at) for gate in judging.gates))


def _paired(gate: Gate, cells: Iterable[Cell] | None, at: datetime) -> Gate:
    assert gate.is_paired
    if cells is None:
        return _gap(gate, Gap.SILENT, at)
    theirs = tuple(cell for cell in cells if not gate.consumer or cell.consumer == gate.consumer)
    return _counted(gate, Look(cells=theirs), at)


def looked(judging: Judging, now: Observed, at: datetime) -> Judging:
    """The same once the plane was looked at. The very first look only says from where on it is counted."""
    gates = tuple(_looked(gate, judging.seen, now, at) for gate in judging.gates)
    return replace(judging, gates=gates, seen=kept(judging.seen, now))


def at_next_share(judging: Judging) -> Judging:
    """The same once the successor gets more: that it is as good has to be proven anew, as it may not be under load.

    What speaks against it is kept. Each share is proven at `promote_alpha`, and all of them have to be.
    """
    gates = []
    for gate in judging.gates:
        unproven = begun(gate.evidence.margins)
        evidence = replace(gate.evidence, promote=unproven.promote, floor_promote=unproven.floor_promote)
        gates.append(replace(gate, evidence=evidence))
    return replace(judging, gates=tuple(gates))


def unseen(judging: Judging, at: datetime) -> Judging:
    """The same where the plane could not be looked at: of nothing it is known how it is."""
    return replace(judging, gates=tuple(_gap(gate, Gap.SILENT, at) for gate in judging.gates))


def gap(gate: Gate, at: datetime) -> tuple[Gap, datetime | None] | None:
    """What keeps this gate from saying anything now, and since when."""
    if gate.gap is not None:
        return gate.gap, gate.gap_since
    calls = gate.evidence.new_calls
    if _is_quiet(calls, gate.new_called_at, gate.began_at, at):
        return Gap.UNCALLED_NEW, gate.new_called_at or gate.began_at
    if _is_quiet(gate.evidence.old_calls or calls, gate.old_called_at, gate.began_at, at):
        return Gap.UNCALLED_OLD, gate.old_called_at or gate.began_at
    return None


def _looked(gate: Gate, before: Observed | None, now: Observed, at: datetime) -> Gate:
    if before is None or gate.looked_at is None:
        return replace(gate, began_at=at, looked_at=at)
    return _counted(gate, between(before, now, gate.metric, consumer=gate.consumer), at)


def _counted(gate: Gate, look: Look, at: datetime) -> Gate:
    assert gate.looked_at is not None
    # A clock that was set back makes no minute shorter than none.
    minutes = max(0.0, (at - gate.looked_at).total_seconds() / 60)
    called: dict[str, Any] = {}
    if any(cell.new_calls for cell in look.cells):
        called["new_called_at"] = at
    known = gate.evidence.frozen
    if any(cell.old_calls or (cell.new_calls and cell.consumer in known) for cell in look.cells):
        called["old_called_at"] = at
    evidence = after(gate.evidence, look.cells, minutes=minutes)
    gate = replace(gate, evidence=evidence, looked_at=at, **called)
    return _gap(gate, look.gap, at) if look.gap is not None else replace(gate, gap=None, gap_since=None)


def _gap(gate: Gate, why: Gap, at: datetime) -> Gate:
    return replace(gate, gap=why, gap_since=gate.gap_since if gate.gap is not None else at)


def _is_quiet(calls: int, called_at: datetime | None, began_at: datetime | None, at: datetime) -> bool:
    """No calls at all, or none for longer than its own pace lets one expect."""
    if not calls or called_at is None or began_at is None:
        return True
    counted = (called_at - began_at).total_seconds()
    return (at - called_at).total_seconds() * calls >= QUIET_CALLS * counted and at > called_at
