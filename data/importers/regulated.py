"""Is a model under a regulation, by what its source says of it: "EU AI Act, annex III", or just "true"?"""

from __future__ import annotations

REGULATION_MAX = 150
NOT = frozenset(
    {"", "false", "no", "none", "0", "n", "off", "n/a", "na", "-", "not regulated", "unregulated"}
)
UNNAMED = frozenset({"true", "yes", "1"})


def regulation(said: str) -> str:
    """By which; "regulated" where that is not named, empty where it is under none."""
    word = said.strip()
    if word.casefold() in NOT:
        return ""
    return "regulated" if word.casefold() in UNNAMED else word[:REGULATION_MAX]
