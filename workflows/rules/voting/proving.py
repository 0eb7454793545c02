"""Whose word needs a second factor has proved that it is them: by a program of the operator's, where there is one."""

from __future__ import annotations

from data.errors import Refused
from data.records.facts import Facts


def check_proof(facts: Facts) -> str:
    """What is kept of it; empty where the operator asks for none. Raises `Refused`."""
    if facts.proved == "no":
        raise Refused(
            "Your second factor has not said that it is you",
            reasons=[facts.proof] if facts.proof else [],
            next_step="Prove it there, then do the same again",
        )
    return facts.proof
