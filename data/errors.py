"""The error tree: who is to blame, what was refused, why, and what to do now.

Every message is a sentence a user can act on. A bug is an assert, never one of these; `bot/failures.py` is the
only place that shows them to people.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from data.printable import shortened

SENTENCE_MAX = 1_000  # of characters: who reads on needs lines


class EmeritusError(Exception):
    """Base of everything we raise on purpose."""

    def told(self) -> str:
        """What a person is told: a sentence, or lines of which any but the last can be left out."""
        return str(self)


class Problem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing wrong with an input: where, what was found, what would be accepted."""

    field: str
    value: str
    accepted: str

    def __post_init__(self) -> None:
        # What was found may be a file's worth of it.
        if len(self.value) > SENTENCE_MAX:
            msgspec.structs.force_setattr(self, "value", shortened(self.value, SENTENCE_MAX))

    def __str__(self) -> str:
        return (
            f"{self.field} {self.value}: {self.accepted}" if self.value else f"{self.field}: {self.accepted}"
        )


class Invalid(EmeritusError):
    """The input is wrong. Carries all problems at once, so nobody has to fix them one by one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(EmeritusError):
    """The rules forbid it now. `reasons` are all unmet ones; `next_step` is what the person can do instead."""

    def __init__(self, what: str, *, reasons: Iterable[str] = (), next_step: str) -> None:
        self.what = what
        self.reasons = tuple(reasons)
        self.next_step = next_step
        why = f": {'; '.join(self.reasons)}" if self.reasons else ""
        super().__init__(f"{what}{why}. {next_step}")

    def told(self) -> str:
        if len(str(self)) <= SENTENCE_MAX or not self.reasons:
            return str(self)
        return "\n".join([f"{self.what}:", *(f"• {reason}" for reason in self.reasons), self.next_step])


class Lacking(Refused):
    """What is to be archived only names some of its content. `classes`: of which artifacts, to go without by name."""

    def __init__(
        self, what: str, *, reasons: Iterable[str] = (), next_step: str, classes: Iterable[str]
    ) -> None:
        self.classes = tuple(classes)
        super().__init__(what, reasons=reasons, next_step=next_step)


class Stale(EmeritusError):
    """Somebody was faster: the plan, the card, the catalog or an artifact moved after this was gathered."""


class NotFound(EmeritusError):
    """No such thing. Names the closest ones; `next_step` is how to find what there is, where somebody asks."""

    def __init__(self, kind: str, name: str, *, closest: Iterable[str] = (), next_step: str = "") -> None:
        self.kind = kind
        self.name = name
        self.closest = tuple(closest)
        self.next_step = next_step
        hint = f"closest: {', '.join(self.closest)}" if self.closest else "nothing has a similar name"
        super().__init__(f'No {kind} is called "{name}"; {hint}{f". {next_step}" if next_step else ""}')


class Unavailable(EmeritusError):
    """A service outside does not answer. It is retried; the message says what is waited for."""


class Unrecorded(Unavailable):
    """The store could not write, and it is certain that nothing of what was asked is on the record."""


class Corrupt(EmeritusError):
    """A digest or the record's chain does not hold. What depended on it stops."""
