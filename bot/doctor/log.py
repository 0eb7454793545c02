"""Does anybody outside have something to hold on to? How the log of all entries stands, and who signs its heads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding
from bot.signing_key import signer_of
from data.records.log import STREAM
from data.sql.record import SqlStore
from data.store import Verified
from workflows.machine import log_keys_of
from workflows.rules.wording import counted

UNSIGNED = (
    "its heads are not signed, so nobody outside can hold on to one: emeritus key new FILE makes a key, "
    "EMERITUS_SIGNING_KEY names it"
)


def examine_log(store: SqlStore, checked: Verified, key: Path | None) -> Iterator[Finding]:
    """It works all the same without a key, so nothing is bad about that."""
    how = f"{checked.sealed:,} of {checked.entries:,} entries are sealed"
    signer = signer_of(key)
    if signer is None:
        yield Finding(what="log", ok=True, found=f"{how}; {UNSIGNED}")
        return
    name = log_keys_of(store.state(STREAM)).name
    if name not in ("", signer.public.name):
        yield Finding(
            what="log",
            ok=False,
            found=f"EMERITUS_SIGNING_KEY is of a log called {signer.public.name}, and this one is called {name}",
            fix=f"Make another with emeritus key new FILE --name {name}",
        )
        return
    by = f"{signer.public.name}+{signer.public.id.hex()}"
    yield Finding(
        what="log", ok=True, found=f"{how}, under {counted(checked.checkpoints, 'checkpoint')}; {by} signs"
    )
