"""What does a caller call itself, in the header `X-Caller`, and which proxy of ours passed its call on?"""

from __future__ import annotations

import hashlib
import re

from data.credentials import is_credential

MIRRORED = "X-Mirrored"
"""On copies of calls: their answers reach nobody, so a model may leave out what it does besides answering."""
VIA = "emeritus"
HEADER, ANONYMOUS = "X-Caller", "(anonymous)"
SHOWN_MAX = 100  # characters of what callers say: it is repeated in answers and messages


def caller_of(header: str) -> str:
    """Kept short and printable. Who sends a credential instead of a name has told no name."""
    said = "".join(sign if sign.isprintable() else " " for sign in header)
    return "" if is_credential(said) else said.strip()[:SHOWN_MAX]


def shown(caller: str) -> str:
    """As imports of calls have it: whoever told no name is nobody."""
    return "" if caller == ANONYMOUS else caller


def via_of(ref: str) -> str:
    """By which the proxy of an endpoint says in `Via` that a call came through it: RFC 9110, section 7.6.3."""
    return f"{VIA}-{hashlib.sha256(ref.encode()).hexdigest()[:12]}"


def how_it_came(via: str, mirrored: str) -> str:
    """As a model's own call log has it: "copy emeritus-..." or "via emeritus-..."; empty for one past every proxy."""
    proxies = re.findall(rf"{VIA}-[0-9a-f]{{12}}", via)
    return f"{'copy' if mirrored else 'via'} {proxies[-1]}" if proxies else ""
