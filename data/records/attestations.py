"""What has to be attested by name before a model is switched off, and what somebody attested."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Prose, Record


class Attestation(Record, frozen=True, kw_only=True):
    """One of the policy: the words, and whose name they need.

    roles       voting roles; whoever is in one of them may attest, and so may members of `groups`, and `people`
    tiers       models of these need it; those of an unknown tier need all there are
    valid_days  from when it is given; later it is asked for again
    """

    name: str
    text: str
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    tiers: tuple[int, ...]
    valid_days: int


class Statement(Record, frozen=True, kw_only=True):
    """One person's name under one attestation, as its text was then."""

    name: str
    by: str
    at: datetime
    text_digest: str
    evidence: Prose
    expires_at: datetime
