"""How is the log anchored? Which anchors does the record go on from, and which did it lose with a backup?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from data.errors import Corrupt, Refused
from data.events import EMERITUS
from data.log.checkpoints import head_of, name_of, opened
from data.records.anchors import STREAM, Anchoring, AnchorPlan, LeftBehind
from data.records.base import Record
from data.records.decision import Outcome
from data.records.facts import Facts
from data.records.policy import Policy
from data.sql.connection import Connection
from data.sql.doubts import Doubt, brought_back
from data.sql.log import has_head, keys_on_record, size_at
from data.sql.record import SqlStore
from workflows.commands import LeaveAnchors, PlanAnchors, encoded
from workflows.engine import Engine
from workflows.erasing import check_answers
from workflows.machine import state_of
from workflows.rules.wording import counted


class Held(Record, frozen=True, kw_only=True):
    """`kept`: what the record has to go on from. `left`: what it does not, as somebody said on record."""

    kept: tuple[bytes, ...]
    left: tuple[bytes, ...]
    said: tuple[LeftBehind, ...]


def anchoring_of(state: bytes | None) -> Anchoring:
    current = state_of(STREAM, state)
    assert isinstance(current, Anchoring)
    return current


def keep_anchored(engine: Engine, plan: AnchorPlan) -> None:
    """At every start: what is configured otherwise, or was not anchored for long, is anchored at once."""
    now = engine.world.now()
    engine.execute(f"anchors/plan/{now.isoformat()}", STREAM, PlanAnchors(by=EMERITUS, plan=plan))


def held(store: SqlStore, anchors: Sequence[bytes]) -> Held:
    """Which of these the record is held to."""
    state = anchoring_of(store.state(STREAM))
    left = [one for one in anchors if name_of(one) in state.left_names]
    return Held(kept=tuple(one for one in anchors if one not in left), left=tuple(left), said=state.left)


def gone(store: SqlStore, plan: AnchorPlan, names: Collection[str]) -> str:
    """What of the last anchor that was put where anchors are put now, is not among these; empty where it is."""
    state = anchoring_of(store.state(STREAM))
    is_here = state.plan is not None and state.plan.store == plan.store
    return (
        f"{state.where} was put there, and is gone"
        if is_here and state.name and state.name not in names
        else ""
    )


def told(found: Held) -> tuple[str, ...]:
    """A sentence for each time that a backup was brought back, and anchors were left behind."""
    names = frozenset(map(name_of, found.left))
    sentences = []
    for one in found.said:
        sizes = sorted({int(name.partition("-")[0]) for name in one.names if name in names})
        if sizes:
            of = (
                f"of {sizes[0]:,} entries" if len(sizes) == 1 else f"of {sizes[0]:,} to {sizes[-1]:,} entries"
            )
            sentences.append(
                f"{counted(len(sizes), 'anchor')} {of} left behind: a backup of {one.taken_at:%Y-%m-%d %H:%M} UTC "
                f"was brought back {one.restored_at:%Y-%m-%d %H:%M} UTC; {one.by} answers for it: {one.because}"
            )
    return tuple(sentences)


def advice(store: SqlStore, found: Held) -> str:
    """What may explain that an anchor does not fit; empty where all do, or no backup was ever brought back."""
    with store.reading() as conn:
        backups = brought_back(conn)
        if not backups or all(_goes_on(conn, one) for one in found.kept):
            return ""
    return (
        f"A backup of {backups[0].since:%Y-%m-%d %H:%M} UTC was brought back {backups[0].until:%Y-%m-%d %H:%M} UTC: "
        "for anchors of the time that was lost, run emeritus log leave-anchors --by SLACK_ID --because TEXT"
    )


def leave_behind(
    store: SqlStore, anchors: Sequence[bytes], *, by: str, because: str, policy: Policy, now: datetime
) -> tuple[str, ...]:
    """The names of those that are left behind now. Raises `Refused` for what no backup explains."""
    check_answers(by, because)
    with store.reading() as conn:
        strays = [one for one in held(store, anchors).kept if not _goes_on(conn, one)]
        if not strays:
            raise Refused(
                "The record goes on from all of its anchors", next_step="There is nothing to leave behind"
            )
        backup = _explained(conn, strays)
    names = tuple(map(name_of, strays))
    command = LeaveAnchors(
        by=EMERITUS,
        answers=by,
        because=because,
        names=names,
        taken_at=backup.since,
        restored_at=backup.until,
    )
    version = anchoring_of(store.state(STREAM)).version
    receipt = store.transact(
        f"{STREAM}/left/{version}", STREAM, encoded(command), Facts(observed_at=now, policy=policy), now
    )
    assert receipt.outcome is not Outcome.REFUSED, receipt.reply
    return names


def _goes_on(conn: Connection, checkpoint: bytes) -> bool:
    head = head_of(checkpoint)
    return has_head(conn, head.size, head.root)


def _explained(conn: Connection, strays: Sequence[bytes]) -> Doubt:
    """The last backup that was brought back and was taken before all of them: it cannot have had any of them."""
    backups = brought_back(conn)
    if not backups:
        raise Refused(
            "Nothing on record says that a backup was brought back",
            next_step="Keep the record as it is, and bring back a copy from before it was changed. After pg_restore "
            "or a snapshot of the disk, run emeritus store recheck INSTANT first",
        )
    keys = keys_on_record(conn)
    for one in strays:
        try:
            opened(one, keys)
        except Corrupt as corrupt:
            raise Refused(
                f"The anchor of {head_of(one).size:,} entries: {corrupt}",
                next_step="Start Emeritus once with the key that signed it, then run this again",
            ) from corrupt
    first = min(head_of(one).size for one in strays)
    for backup in backups:
        if size_at(conn, backup.since) < first:
            return backup
    taken_at = backups[0].since
    raise Refused(
        f"The anchor of {first:,} entries does not fit, and the backup of {taken_at:%Y-%m-%d %H:%M} UTC that was "
        f"brought back has {size_at(conn, taken_at):,} sealed ones: no backup explains it",
        next_step="Keep the record as it is, and bring back another copy",
    )
