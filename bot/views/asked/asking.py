"""What is answered where the record has nothing to say: what may be asked, of which times, and what does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.typed.helped import CHANGES, helped, helped_with
from bot.views import limits
from bot.views.asked import helping
from bot.views.blocks import Payload, actions, button, safe, section
from workflows.questions.answers import Choice
from workflows.questions.periods import Period
from workflows.questions.table import ROWS, About, Asks
from workflows.questions.understanding import Question
from workflows.questions.wishes import TELLS

TIMES = (Period.THIS_WEEK, Period.NEXT_WEEK, Period.THIS_MONTH, Period.NEXT_MONTH)
UNDERSTOOD = "*I answer from the record*, with the entries an answer rests on. You may ask:"
NOT_UNDERSTOOD = "*I did not understand that*, and guess nothing. You may ask:"
SECTIONS_MAX = 3
OF_MAX = 500


def value(question: Question) -> str:
    """What a button that asks carries; bot/typed/asked.py reads it."""
    return f"{question.asks}|{question.period}|{'|'.join(question.about[:1])}"


def help_on(asks: Asks, choices: Sequence[Choice]) -> Iterator[Payload]:
    head = NOT_UNDERSTOOD if asks is Asks.UNCLEAR else UNDERSTOOD
    rows = [f"• _{safe(row.example)}_ {row.says}" for row in ROWS if row.asks is not Asks.HELP]
    yield section("\n".join([head, *rows]))
    yield section(
        f"Put the exact name of a model, or a number as RET-1, for MODEL. I change nothing by myself: whatever can be "
        f"changed is a button, or `{SLASH_COMMAND} help`."
    )
    for row in ROWS:
        if row.about is not About.ONE and row.asks not in (Asks.HELP, Asks.PROPOSE):
            period = Period.NEXT_WEEK if row.asks is Asks.DUE else Period.AHEAD
            yield actions(
                button(row.example, Action.QUESTION_ASK, value(Question(asks=row.asks, period=period)))
            )
    if choices:
        names = dict.fromkeys(safe(one.name) for one in choices)
        yield section(f"*Or of {limits.joined([*names], OF_MAX, between=', ')}:*")


def which_time(question: Question) -> Iterator[Payload]:
    """A time that is none of ours is never taken for another one."""
    yield section(
        "*I do not know that time.* I can tell what is ahead: today, tomorrow, this week, next week, this month, next "
        "month, or a month by its name. What is past is told in the thread of each card."
    )
    asked = {one: str(one).capitalize() for one in TIMES}
    if question.about:
        asked[Period.AHEAD] = "All that is ahead"
    for period, label in asked.items():
        about = Question(asks=Asks.DUE, about=question.about, period=period)
        yield actions(button(label, Action.QUESTION_ASK, value(about)))


def changes(question: Question) -> Iterator[Payload]:
    """Who writes what they want done is told how it is done: what changes something is asked for where it counts."""
    if question.command:
        about = next((one for one in question.about if one.startswith("RET-")), "")
        line = helped_with(question.command, about=about)
        head = "Nothing is changed by what you write to me.* This command does it"
        if question.command in TELLS:
            head = "I do not tell that in words.* This command does"
        yield section(f"*{head}:\n{line}")
        yield section(f"`{SLASH_COMMAND} help` has all others.")
        return
    yield section(
        "*Nothing is changed by what you write to me.* These commands do, for whoever may run them:"
    )
    yield from map(section, limits.spread(helped()[CHANGES], at_most=SECTIONS_MAX))
    yield section(helping.BUTTONS)
