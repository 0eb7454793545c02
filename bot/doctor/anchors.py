"""What lies beside the archives of the log: the record is held to all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.archives import anchoring_of as plan_of
from bot.archives import open_anchors
from bot.doctor.finding import Finding
from bot.settings import Settings
from data.errors import EmeritusError
from data.log.checkpoints import head_of, name_of
from data.printable import shortened
from data.records.anchors import STREAM
from data.sql.record import SqlStore
from workflows.anchoring import advice, anchoring_of, gone, held, told
from workflows.decisions.anchors import due
from workflows.rules.wording import counted

LATE = timedelta(days=2)
"""It is done each day."""

KEEP = "Keep it as it is, and see to who may write there"
TAKE_AWAY = "Take it away if you put it there; if not, see to who may write there"
STRAYS_CHARS_MAX = 600


class Anchored(NamedTuple):
    """`kept`: what the record has to go on from; `advice`: what may explain that it does not.

    findings   none where nothing was ever put
    """

    kept: tuple[bytes, ...]
    findings: tuple[Finding, ...]
    advice: str = ""


def examine_anchors(settings: Settings, store: SqlStore, now: datetime) -> Anchored:
    try:
        there = open_anchors(settings).all()
    except EmeritusError as error:
        return Anchored((), (Finding(what="anchors", ok=False, found=str(error), fix=KEEP),))
    names = {name_of(one) for one in there.anchors}
    findings = [Finding(what="anchors", ok=False, found=bad, fix=KEEP) for bad in there.bad]
    if there.strays:
        found = shortened("; ".join(there.strays), STRAYS_CHARS_MAX)
        findings.append(Finding(what="anchors", ok=False, found=found, fix=TAKE_AWAY))
    findings += _by_the_clock(settings, store, names, now)
    if not there.anchors:
        return Anchored((), tuple(findings))
    held_to = held(store, there.anchors)
    # One that was left behind may be of a larger log than there is now.
    size = head_of((held_to.kept or there.anchors)[-1]).size
    said = f"{counted(len(there.anchors), 'checkpoint')} beside the archives, the last of {size:,} entries"
    first = Finding(what="anchors", ok=True, found="; ".join((said, *told(held_to))))
    return Anchored(held_to.kept, (first, *findings), advice(store, held_to))


def _by_the_clock(
    settings: Settings, store: SqlStore, names: Collection[str], now: datetime
) -> Iterator[Finding]:
    """What a running Emeritus does each day: where it comes, and whether what it put is still there."""
    state = anchoring_of(store.state(STREAM))
    if settings.stamping is not None and settings.signing_key is None:
        found = f"{settings.stamping.address} stamps nothing: no heads of the log are signed"
        fix = "Make a key with emeritus key new FILE, and name it with EMERITUS_SIGNING_KEY"
        yield Finding(what="anchors", ok=False, found=found, fix=fix)
    if state.plan is None:
        return
    if found := gone(store, plan_of(settings), names):
        fix = "Keep the record as it is, and see to who may delete there"
        yield Finding(what="anchors", ok=False, found=found, fix=fix)
    for place, there in state.reached.items():
        found = f"{there.size:,} entries came to the {place} {there.at:%Y-%m-%d %H:%M} UTC"
        yield Finding(what="anchors by the clock", ok=True, found=found)
    for place, why in state.failed.items():
        fix = "Mend what it names: a running Emeritus tries each hour"
        yield Finding(what=f"anchors to the {place}", ok=False, found=why, fix=fix)
    head = store.checkpoint()
    late = [place for place in due(state, head.size) if place not in state.failed] if head else []
    lately = [one.at for one in state.reached.values()]
    if late and lately and now - max(lately) > LATE:
        found = f"no checkpoint came to the {' or the '.join(late)} since {max(lately):%Y-%m-%d}"
        yield Finding(what="anchors by the clock", ok=False, found=found, fix="Start emeritus serve")
