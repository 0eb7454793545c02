"""What does somebody ask, in whatever words? Which question of the table, and the exact names in it.

What they wrote is not kept: only which question it is, and what it is about.
"""

from __future__ import annotations

import re

from data.records.base import Record
from data.records.plan import Reason
from workflows.questions.choices import CHOICES, choice_in, is_followed, reason_in
from workflows.questions.names import WORDS_AT_MOST, Names
from workflows.questions.periods import Period, period_in
from workflows.questions.table import BY_ASKS, NAME, About, Asks, fitting
from workflows.questions.wishes import WISHES, wished

TEXT_MAX = 2_000
"""Ours: whoever writes more tells a story, and its beginning says what they want."""
NAMED_MAX = 8
WORD_MIN = 3
MISNAMED_MAX = 3
PAIR = 2

_LINKED = re.compile(r"<[^<>|]*\|([^<>]*)>|<([^<>|]*)>")
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019", "'") | dict.fromkeys("\u201c\u201d\u201e«»", '"'))
"""As telephones write them."""
_AROUND = "\"'`*_~()[]{}<>,;:!?.…"
_RETIREMENT = re.compile(r"\bRET[-_ ]?0*([1-9][0-9]{0,8})\b", re.IGNORECASE)
_LIKE_A_NAME = re.compile(r"(?=.*[a-z])(?=.*[0-9_/.:-])[\w/.:@-]+", re.IGNORECASE)

_ORDINARY = frozenset(
    """a about acknowledge acknowledged acknowledgement ahead all already also am an and answer answered answering
    answers any anybody anyone anything approvals approved are as ask at be became because become been before being
    block blocked blockers blocking blocks break breaks by call calls can charge come coming consumer consumers could
    date dates day days deadline decided decommission delay delayed depend depends did do does doing done down due
    else end ends every everything far for from get give go goes going gone good had happen happened happening happens
    has have having hello help hey hi his history hold holding holds how i if impact impacted in info is it its just
    keep keeping keeps know last late latest leave left let lets like list long look looking made make many may me mean
    migrate migrated migrating migration missing model models month move moved moving much must my need needed needs
    next no nobody not now of off ok old on one only open or our out outstanding over overdue own owner owners owns
    people plan planned please progress propose proposed proposal put reason rejected relies rely respond responded
    responsible retire retired retirement retirements retires retiring rid schedule scheduled see service shall should
    show shut since so some somebody someone soon stand standing stands start state status step steps still stop stops
    story stuck sunset switch switched switching tell thank thanks that the their them then there these they thing this
    to today todo tomorrow turn turned under until up us use used uses using vote voted votes voters wait waiting waits
    want was way we week well went were what when where which who whom whose why will wish with work would yes yet you
    your""".split()  # noqa: SIM905 - a list of so many words would be a page
)
"""Words of a question that are no name, however much one resembles them."""


class Question(Record, frozen=True, kw_only=True):
    """What is asked.

    about   ids of what is named, a retirement's number or a model's id; several where one name has several meanings
    near    ids of what is called nearly as something that was named, and is not there
    is_misnamed   something was named that nobody knows by that name
    command   which of ours does what they want done, where that is one
    choice    what it says to whoever is led through a proposal, where it says something (stepping.py)
    reason, successor_id   what whoever is led through a proposal has chosen so far; `NO_SUCCESSOR` is a choice, too
    """

    asks: Asks
    about: tuple[str, ...] = ()
    period: Period = Period.AHEAD
    near: tuple[str, ...] = ()
    is_misnamed: bool = False
    command: str = ""
    reason: Reason | None = None
    successor_id: str = ""
    choice: str = ""


def understood(text: str, names: Names) -> Question:
    """The question somebody asks. What fits no row is `UNCLEAR`; what it names is told all the same."""
    parts, about = _named(_words(text), names)
    spoken = " ".join(NAME if part == NAME else part.casefold() for part in parts)
    row = fitting(spoken)
    asks = row.asks if row else Asks.UNCLEAR
    if row is not None and row.is_of_lineage and not about:
        about = [found for one in parts if not _is_ordinary(one) for found in names.things(one)]
    misnamed = [one for one in parts if one != NAME and _is_no_word(one, names)][:MISNAMED_MAX]
    if about or (row is not None and row.about is About.NOTHING):
        misnamed = []
    near = dict.fromkeys(found for one in misnamed for found in names.resembling(one))
    reason, successor_id = reason_in(spoken) if asks is Asks.PROPOSE else None, ""
    if asks is Asks.PROPOSE and len(about) == PAIR and is_followed(spoken):
        (*about, successor_id), reason = about, reason or Reason.REPLACED
    return Question(
        asks=asks,
        about=tuple(dict.fromkeys(about))[:NAMED_MAX],
        reason=reason,
        successor_id=successor_id,
        period=period_in(spoken),
        near=tuple(near)[:NAMED_MAX],
        command=wished(spoken) if asks is Asks.CHANGE else "",
        choice=choice_in(spoken),
        is_misnamed=bool(near) or any(_LIKE_A_NAME.fullmatch(one) for one in misnamed),
    )


def written(question: Question) -> dict[str, str]:
    """As an effect keeps it."""
    said = {
        "asks": str(question.asks),
        "about": "\n".join(question.about),
        "period": "" if question.period is Period.AHEAD else str(question.period),
        "near": "\n".join(question.near),
        "misnamed": "yes" if question.is_misnamed else "",
        "command": question.command,
        "reason": str(question.reason or ""),
        "successor": question.successor_id,
        "choice": question.choice,
    }
    return {name: value for name, value in said.items() if value}


def read(said: dict[str, str]) -> Question:
    """Total: what an older version asked that is no question any more is unclear."""
    asks = next((one for one in Asks if one == said.get("asks")), Asks.UNCLEAR)
    return Question(
        asks=asks,
        about=tuple(filter(None, said.get("about", "").split("\n"))),
        period=next((one for one in Period if one == said.get("period")), Period.AHEAD),
        near=tuple(filter(None, said.get("near", "").split("\n"))),
        is_misnamed="misnamed" in said,
        command=next((one for one in WISHES if one == said.get("command")), ""),
        reason=next((one for one in Reason if one == said.get("reason")), None),
        successor_id=said.get("successor", ""),
        choice=next((one for one in CHOICES if one == said.get("choice")), ""),
    )


def needs_one(question: Question) -> bool:
    """Is there no answer until it is known what it is about?"""
    row = BY_ASKS.get(question.asks)
    return row is not None and row.about is About.ONE and not question.about


def _words(text: str) -> list[str]:
    """What was typed, without Slack's marks around words: bold, quotes, links, the signs it escapes."""
    said = _LINKED.sub(lambda found: found[1] or "", text[:TEXT_MAX].translate(_QUOTES))
    for entity, sign in _ESCAPED:
        said = said.replace(entity, sign)
    said = _RETIREMENT.sub(r"RET-\1", said)
    words = [word for one in said.split() if (word := one.strip(_AROUND))]
    return [word.casefold() if word == NAME else word for word in words]


def _named(words: list[str], names: Names) -> tuple[list[str], list[str]]:
    """The words with each name replaced by one sign, the longest names first; and what they name, in order."""
    meant: list[tuple[str, ...]] = [()] * len(words)
    for count in range(min(WORDS_AT_MOST, len(words)), 0, -1):
        at = 0
        while at + count <= len(words):
            part = words[at : at + count]
            # What is asked is never taken for a name, or a model called "next" could not be asked about anything else.
            is_ordinary = all(map(_is_ordinary, part))
            name = " ".join(part)
            found = (
                ()
                if NAME in part or is_ordinary
                else names.meant(name) or names.meant(name.removesuffix("'s"))
            )
            if found:
                words = [*words[:at], NAME, *words[at + count :]]
                meant = [*meant[:at], found, *meant[at + count :]]
            at += 1
    return words, [one for found in meant for one in found]


def _is_ordinary(word: str) -> bool:
    return word.casefold() in _ORDINARY


def _is_no_word(word: str, names: Names) -> bool:
    """Is it neither one of ours, nor one that every sentence has?"""
    bare = word.removesuffix("'s").casefold()
    if bare in _ORDINARY or len(bare) < WORD_MIN or "'" in bare:
        return False
    return bool(_LIKE_A_NAME.fullmatch(bare)) or bool(names.resembling(bare))
