"""What lies beside the archives of the log: the record is held to all of it."""

from __future__ import annotations

from typing import NamedTuple

from bot.archives import open_anchors
from bot.doctor.finding import Finding
from bot.settings import Settings
from data.errors import EmeritusError
from data.log.checkpoints import head_of
from data.sql.record import SqlStore
from workflows.anchoring import advice, held, told
from workflows.rules.wording import counted


class Anchored(NamedTuple):
    """`kept`: what the record has to go on from; `advice`: what may explain that it does not.

    findings   none where nothing was ever put
    """

    kept: tuple[bytes, ...]
    findings: tuple[Finding, ...]
    advice: str = ""


def examine_anchors(settings: Settings, store: SqlStore) -> Anchored:
    try:
        there = tuple(open_anchors(settings).all())
    except EmeritusError as error:
        fix = "Keep it as it is, and see to who may write there"
        return Anchored((), (Finding(what="anchors", ok=False, found=str(error), fix=fix),))
    if not there:
        return Anchored((), ())
    found = held(store, there)
    size = head_of(there[-1]).size
    said = (
        f"{counted(len(there), 'checkpoint')} beside the archives, the last of {size:,} entries",
        *told(found),
    )
    finding = Finding(what="anchors", ok=True, found="; ".join(said))
    return Anchored(found.kept, (finding,), advice(store, found))
