"""What does a caller call itself, in the header `X-Caller`?"""

from __future__ import annotations

from data.credentials import is_credential

HEADER, ANONYMOUS = "X-Caller", "(anonymous)"
SHOWN_MAX = 100  # characters of what callers say: it is repeated in answers and messages


def caller_of(header: str) -> str:
    """Kept short and printable. Who sends a credential instead of a name has told no name."""
    said = "".join(sign if sign.isprintable() else " " for sign in header)
    return "" if is_credential(said) else said.strip()[:SHOWN_MAX]


def shown(caller: str) -> str:
    """As imports of calls have it: whoever told no name is nobody."""
    return "" if caller == ANONYMOUS else caller
