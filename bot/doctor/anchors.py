"""What lies beside the archives of the log: the record is held to all of it."""

from __future__ import annotations

from typing import NamedTuple

from bot.archives import open_anchors
from bot.doctor.finding import Finding
from bot.settings import Settings
from data.errors import EmeritusError
from data.log.checkpoints import head_of
from workflows.rules.wording import counted


class Anchored(NamedTuple):
    """`kept`: the checkpoints there, for the record to go on from; `findings`: none where nothing was ever put."""

    kept: tuple[bytes, ...]
    findings: tuple[Finding, ...]


def examine_anchors(settings: Settings) -> Anchored:
    try:
        kept = tuple(open_anchors(settings).all())
    except EmeritusError as error:
        fix = "Keep it as it is, and see to who may write there"
        return Anchored((), (Finding(what="anchors", ok=False, found=str(error), fix=fix),))
    if not kept:
        return Anchored((), ())
    found = f"{counted(len(kept), 'checkpoint')} beside the archives, the last of {head_of(kept[-1]).size:,} entries"
    return Anchored(kept, (Finding(what="anchors", ok=True, found=found),))
