"""Commands about what is attested by name: that it is, and that it is asked for again."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class Attest(Command, frozen=True, kw_only=True, tag="attest"):
    """`by` puts their name to an attestation of the policy; `evidence`: what shows it, an address or words."""

    name: str
    evidence: Prose


class AskToAttest(Command, frozen=True, kw_only=True, tag="ask to attest"):
    """An attestation does not count any more."""

    name: str
