"""What did somebody type after /retire? Taken apart by its row of the table, or refused with how it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.ids import SLASH_COMMAND
from bot.payloads import meant_id
from bot.typed.command_parts import KEYWORDS, Part, problem_with
from bot.typed.table import COMMANDS
from bot.typed.words import (
    ESCAPED_PERSON,
    as_typed,
    keyword,
    retirement_first,
    split,
    split_quoted,
    whole,
    without_like,
)
from data.closest import closest
from data.errors import Invalid, Problem, Refused
from data.records.base import Record

MEANT = {
    **dict.fromkeys(("abort", "delete", "remove", "stop", "withdraw"), "cancel"),
    **dict.fromkeys(("info", "state", "status"), "show"),
    **dict.fromkeys(("unsubscribe", "follow"), "subscribe"),
}
"""What people type for another word of ours."""
ON_THE_CARD = frozenset({"abstain", "approve", "edit", "reject", "revise", "vote"})

RETIRE = SLASH_COMMAND.removeprefix("/")
HINT = f"{' | '.join(COMMANDS)}"


class Typed(Record, frozen=True, kw_only=True):
    """What somebody typed, taken apart: every part the row takes is there; optional ones may be empty."""

    word: str
    parts: Mapping[Part, str]

    def __getitem__(self, part: Part) -> str:
        return self.parts[part]


def usage(word: str, *, about: str = "") -> str:
    """How a command is typed. `about`: a retirement's id, where one is known."""
    takes = (about if about and part is Part.RETIREMENT else part for part in COMMANDS[word].takes)
    return " ".join([SLASH_COMMAND, word, *takes])


def understood(text: str, *, misnamed: Callable[[str, str], str] = lambda _name, _word: "") -> Typed:
    """The command somebody typed. Raises `Refused` for an unknown one, `Invalid` with all that is wrong with it.

    misnamed   why a name is no retirement's for this command, asked where something else is wrong, too; else
               whoever acts on the command finds out
    """
    word, rest = _command(text)
    if word not in COMMANDS:
        if meant := meant_id(word):
            raise Refused(
                f"{meant} is a retirement, and a command comes before it",
                next_step=f"Run {SLASH_COMMAND} show {meant}, or {SLASH_COMMAND} help for all there is",
            )
        if word in ON_THE_CARD:
            raise Refused(
                f'"{word}" is not a command: votes and changes are made with the buttons on the card',
                next_step=f"Go to its card in the governance channel; {usage('list')} names what is under way",
            )
        near = (MEANT[word],) if word in MEANT else closest(word, COMMANDS)
        raise Refused(
            f'"{word[:80]}" is not something I can do',
            reasons=[f"closest: {', '.join(near)}"] if near else (),
            next_step=f"Run {usage(near[0])}, or {SLASH_COMMAND} help for all there is"
            if near
            else HELP_STEP,
        )
    takes = COMMANDS[word].takes
    parts: dict[Part, str] = {}
    if Part.LIKE in takes:
        rest, parts[Part.LIKE] = without_like(rest)
    taken = [part for part in takes if part not in parts]
    for part in taken:
        if part in KEYWORDS:
            parts[part], rest = keyword(rest, KEYWORDS[part])
            continue
        # A retirement's name is one word; a model's may be its title.
        is_all = part is taken[-1] and part is not Part.RETIREMENT
        parts[part], rest = whole(rest) if is_all else _first(rest, part)
    problems = [problem for part in takes if (problem := problem_with(part, parts[part], usage(word)))]
    if rest and word != "help":
        problems.append(_surplus(word, rest))
    if problems:
        name = as_typed(parts.get(Part.RETIREMENT, ""))
        if name and (wrong := misnamed(name, word)):
            problems.insert(0, Problem(field=Part.RETIREMENT, value="", accepted=wrong))
        raise Invalid(problems)
    if Part.PERSON in parts:
        person = ESCAPED_PERSON.fullmatch(parts[Part.PERSON])
        assert person is not None, "checked above"
        parts[Part.PERSON] = person.group(1)
    for part in parts.keys() - {Part.PERSON, Part.DELEGATION}:
        parts[part] = as_typed(parts[part])
    return Typed(word=word, parts=parts)


HELP_STEP = f"Run {SLASH_COMMAND} help for all there is"


def _command(text: str) -> tuple[str, str]:
    """The command's word and what follows it; a `/retire` that was typed or pasted once more is seen through."""
    word, rest = _word(text)
    while word in (SLASH_COMMAND, RETIRE):
        again, wish = word, as_typed(rest)[:80]
        word, rest = _word(rest)
        if again == RETIRE and word not in (*COMMANDS, SLASH_COMMAND, RETIRE) and not meant_id(word):
            raise Refused(
                f'"{RETIRE} {wish}" is not something I can do',
                next_step=f"Run {SLASH_COMMAND} propose {wish} to put it to the vote, "
                f"or {SLASH_COMMAND} help for all there is",
            )
    return word, rest


def _word(text: str) -> tuple[str, str]:
    word, rest = retirement_first(text)
    return as_typed(word).casefold() or "help", rest


def _first(text: str, part: Part) -> tuple[str, str]:
    """The first word, or what stands in quotation marks, and the rest."""
    return split_quoted(text) or (retirement_first(text) if part is Part.RETIREMENT else split(text))


def _surplus(word: str, rest: str) -> Problem:
    more = (
        "no more; a name with blanks goes in quotation marks" if COMMANDS[word].takes else "nothing after it"
    )
    accepted = f"{usage(word)} takes {more}"
    return Problem(field="surplus", value=f'"{as_typed(rest)[:80]}"', accepted=accepted)
