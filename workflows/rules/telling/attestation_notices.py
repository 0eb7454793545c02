"""Who is asked to attest, and when? The thread asks once for each, and again once what was attested counts no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data import events
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.gating.attesting import is_asked, missing, required, statements
from workflows.rules.telling import messages


def asked(state: Retirement, at: datetime) -> Iterable[Effect]:
    """A request for each that nobody's name stands under then. How often it was attested before is in its key."""
    for one in missing(state, at) if is_asked(state) else ():
        number = len(statements(state, one.name))
        key = messages.attestation_key(state, one.name, number)
        yield messages.in_thread(state, key, "attestation", name=one.name, number=str(number))


def attested(state: Retirement, event: events.Attested) -> Iterable[Effect]:
    """The request shows whose name stands there now."""
    yield _edit(state, event.name, len(statements(state, event.name)) - 1)


def redrawn(state: Retirement) -> Iterable[Effect]:
    """The requests that wait for somebody say whether they still hold; what was never posted is not drawn."""
    for one in required(state):
        yield _edit(state, one.name, len(statements(state, one.name)))


def _edit(state: Retirement, name: str, number: int) -> Effect:
    key = messages.attestation_key(state, name, number)
    return messages.edit(key, "attestation", name=name, number=str(number))
