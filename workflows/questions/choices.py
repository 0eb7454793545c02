"""What may somebody type who is asked to choose? A reason, a name, that they want to go back, or nothing of all this.

Only what is nothing else counts: "cost" is a reason, and "what does it cost?" is a question.
"""

from __future__ import annotations

import re

from data.records.plan import Reason

NO_SUCCESSOR = "none"
NAMED, BACK, AGAIN, LEAVE = "named", "back", "again", "leave"
_BEFORE = (
    r"(?:(?:no|ok|okay|yes|please|rather|actually|sorry|it is|it's|its|because of|because|for|make it|choose|take|the|"
    r"by) )*"
)
_AFTER = r"(?: (?:please|instead|then|reasons?))*"
_WORDS: dict[str, str] = {
    **{str(one): str(one) for one in Reason},
    NO_SUCCESSOR: r"(?:none|nothing|nobody|no (?:successor|replacement)|without(?: an?)? (?:successor|replacement))",
    BACK: r"(?:go |one step )?back|undo|wrong|previous",
    AGAIN: r"(?:start|begin) (?:over|again|anew)|restart|again",
    LEAVE: r"cancel|stop|never ?mind|forget (?:it|that)|quit|leave|exit|abort|enough|not now",
    NAMED: r"NAME",
}
CHOICES = frozenset(_WORDS)
_CHOICES = {
    choice: re.compile(f"{_BEFORE}(?:{words}){_AFTER}", re.IGNORECASE if choice != NAMED else 0)
    for choice, words in _WORDS.items()
}
_REASON = re.compile(
    rf"\b(?:because of|because it is|due to|for|reason is) (?:its |the )?({'|'.join(Reason)})\b"
)
_FOLLOWED = re.compile(
    r"[^N]*NAME\b.*\b(?:replaced by|replaced with|followed by|successor|in favou?r of)\b[^N]*NAME[^N]*"
)


def choice_in(words: str) -> str:
    """Which of `CHOICES` is said; empty where something else is. Names in `words` are `NAME`."""
    return next((choice for choice, fits in _CHOICES.items() if fits.fullmatch(words)), "")


def reason_in(words: str) -> Reason | None:
    """Why somebody wants a model retired, where they say so."""
    found = _REASON.search(words)
    return Reason(found[1]) if found is not None else None


def is_followed(words: str) -> bool:
    """Are two named, the second of which is to follow the first?"""
    return _FOLLOWED.fullmatch(words) is not None
