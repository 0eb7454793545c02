"""What does /retire help say of each command? Drawn from the table of them."""

from __future__ import annotations

from bot.typed.table import COMMANDS
from bot.typed.usage import usage

CHANGES = "Changes something"


def helped() -> dict[str, list[str]]:
    """Title -> a line for each command: what only shows something, and what changes something, with who may."""
    shows = [word for word, row in COMMANDS.items() if row.keeps == "no"]
    return {
        "Shows something, to you alone": [_line(word) for word in shows],
        CHANGES: [_line(word) for word in COMMANDS if word not in shows],
    }


def helped_with(word: str, *, about: str = "") -> str:
    """The line of this command. `about`: the retirement it is wanted for, where that is known."""
    return _line(word, about=about)


def _line(word: str, *, about: str = "") -> str:
    row = COMMANDS[word]
    return f"`{usage(word, about=about)}` {row.says}" + ("" if row.who == "everyone" else f" ({row.who})")
