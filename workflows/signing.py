"""Which key signs heads of the log is on record before it signs the first one, for whoever checks that later."""

from __future__ import annotations

from datetime import datetime

from data.errors import Refused
from data.events import EMERITUS
from data.log.checkpoints import Key
from data.records.decision import Outcome
from data.records.facts import Facts
from data.records.log import STREAM
from data.store import Store
from workflows import commands as cmd
from workflows.machine import log_keys_of


def sign_with(store: Store, key: Key | None, now: datetime) -> None:
    """What stands already changes nothing. Raises `Refused` for a key of another log."""
    standing = log_keys_of(store.state(STREAM))
    if key is None or standing.key == str(key):
        return
    command = cmd.encoded(cmd.UseSigningKey(by=EMERITUS, name=key.name, key=str(key)))
    # By version, too: a key that was in use once may come back.
    receipt = store.transact(
        f"{STREAM}/{standing.version + 1}/{key.id.hex()}", STREAM, command, Facts(observed_at=now), now
    )
    if receipt.outcome is Outcome.REFUSED:
        raise Refused(receipt.reply, next_step="Then name it with EMERITUS_SIGNING_KEY")
