"""A round over all archives: each is looked at, some are read, and the bucket is tried. Safe to repeat.

What it finds of an archive is recorded as it goes on: a round that is cut off goes on with the others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from data.archive.auditing import Turn
from data.errors import Corrupt, EmeritusError
from data.events import EMERITUS
from data.printable import shortened
from data.records.decision import Claim, Done, NotDone, Result
from data.records.fixity import FixityPlan, Rounds
from data.records.retirement import Retirement
from data.store import Then
from workflows import commands as cmd
from workflows.artifact_store import EVERYTHING
from workflows.bringing_back import gone_paths
from workflows.decisions.fixity import STREAM
from workflows.effects.mending import copied, mended
from workflows.effects.workshop import Workshop, then
from workflows.fixity import rounds_of
from workflows.rules.keeping import auditing
from workflows.rules.lifecycle import ENDED, LIVING
from workflows.rules.restriction import channel_of, is_restricted
from workflows.veiling import without_names

WHY_MAX = 1_500
"""Characters of what is wrong: a message holds three thousand."""


@dataclass
class _Found:
    files: int = 0
    bytes: int = 0
    bad: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    mended: dict[str, str] = field(default_factory=dict)


def go_round(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """What cannot be looked at now is looked at tomorrow, and is known as that till then."""
    before = rounds_of(shop.engine.store.state(STREAM))
    if before.plan is None:
        return Done(), None
    found, began_at = _Found(), shop.world.now()
    states = auditing.in_turn(auditing.kept(shop.engine.retirements()))
    for state in states:
        _check(state, before.plan, shop, found, began_at)
        shop.world.point("after audit")
        if shop.ending.is_set():
            return NotDone(retry_at=shop.world.now(), why="the bot stopped; the round goes on"), None
    _still_bad(before, shop, found)
    every = shop.engine.retirements()
    record = cmd.RecordFixity(
        by=EMERITUS,
        looked=len(states) - len(found.unknown),
        files=found.files,
        bytes=found.bytes,
        bad=found.bad,
        unknown=found.unknown,
        canary=_tried(before, shop),
        mended=found.mended,
        ended=tuple(one.id for one in every if one.state in ENDED and one.id in found.bad),
        where={one.id: channel_of(one) for one in every if is_restricted(one)},
        whole_since=auditing.all_whole_since(auditing.kept(every)),
    )
    return Done(), then(claim, record, shop.engine.gatherer.facts(record, None, shop.world.now()))


def _tried(before: Rounds, shop: Workshop) -> tuple[str, ...] | None:
    """What was not refused; as it was before where the bucket does not answer."""
    if shop.canary is None:
        return None
    try:
        return shop.canary(shop.world.now())
    except EmeritusError:
        return before.canary


def _still_bad(before: Rounds, shop: Workshop, found: _Found) -> None:
    """Until it is looked at and holds, or is made anew. What nobody can reach for a whole day is bad as well."""
    for one, why in found.unknown.items():
        if one in before.bad or one in before.unknown:
            found.bad[one] = before.bad.get(one, why)
    for one, why in before.bad.items():
        state = shop.engine.retirement(one)
        if state is not None and state.archived is None and state.state in LIVING:
            found.bad.setdefault(one, why)


def _check(state: Retirement, plan: FixityPlan, shop: Workshop, found: _Found, began_at: datetime) -> None:
    archived, before = state.archived, state.audit
    assert archived is not None
    budget = plan.gib_per_day * auditing.GIB
    is_read = found.bytes < budget and auditing.is_to_be_read(state, plan.every_days, began_at)
    after = before.upto if before else ""
    turn = Turn(
        after=after, bytes_max=budget - found.bytes if is_read else 0, is_first=is_read and not found.bytes
    )
    trouble = ""
    try:
        gone = gone_paths(state, shop.archive.files(archived)) if state.pruned else frozenset()
        try:
            audited = shop.archive.audit(archived, turn, shop.world.now, shop.ending.is_set, gone=gone)
        except Corrupt as error:
            names = mended(state, error, shop, gone)
            found.mended[state.id] = _veiled("\n".join(names), shop)
            return
    except Corrupt as error:
        trouble = str(error)
        found.bad[state.id] = _veiled(trouble, shop)
        record = cmd.RecordAudit(
            by=EMERITUS,
            was_at=archived.location,
            manifest_digest=archived.manifest_digest,
            trouble=trouble,
        )
    except EmeritusError as error:
        found.unknown[state.id] = _veiled(str(error), shop)
        return
    else:
        _check_copy(state, turn, gone, shop, found)
        found.files += audited.files
        found.bytes += audited.bytes
        if before is not None and before.trouble and (audited.upto or not is_read):
            found.bad[state.id] = _veiled(before.trouble, shop)
        if not is_read or not (audited.files or audited.unread):
            return
        record = cmd.RecordAudit(
            by=EMERITUS,
            was_at=archived.location,
            manifest_digest=archived.manifest_digest,
            files=audited.files,
            bytes=audited.bytes,
            upto=audited.upto,
            unread=audited.unread,
            keys=audited.keys,
            noticed=audited.noticed,
        )
    # By the version it was looked at in: done twice, it is recorded once.
    shop.engine.execute(f"fixity/{state.id}/{state.version}/{began_at.isoformat()}", state.id, record)


def _check_copy(state: Retirement, turn: Turn, gone: Collection[str], shop: Workshop, found: _Found) -> None:
    """One that cannot be reached keeps nobody from checking the archive itself."""
    try:
        names = copied(state, turn, shop, gone)
    except EmeritusError as error:
        found.unknown[state.id] = _veiled(f"its second copy: {error}", shop)
        return
    if names and names != (EVERYTHING,):
        found.mended[state.id] = _veiled("\n".join(names), shop)


def _veiled(said: str, shop: Workshop) -> str:
    return shortened(without_names(said, shop.engine.gatherer.catalog.snapshot()), WHY_MAX)
