"""No function of bot/views is left out of the proof that what others write mentions nobody and leads nowhere.

Each that makes blocks is given records of chance's making (at_random.py), by the types of its parameters, and what it
makes is judged. Of each that makes a text safe it has to be heard (tests/shown.py) that one was made so which is not.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any, get_type_hints

import pytest

import bot.views
from bot.slack.uploads import File
from bot.views import blocks, notices, uploads
from bot.views.asked import answers, helping
from bot.views.consumers import callers, duties, duty_lines, obligations
from bot.views.hindsight import policy_review
from bot.views.voting import objecting
from tests import shown
from tests.bot.views import test_worst
from tests.bot.views.at_random import Maker
from tests.bot.views.card.test_lines import FIELDS
from tests.bot.views.test_worst import EVIL, WORST
from tests.fakes.slack.workspace import mentions, mrkdwn_texts
from workflows.rules.hindsight.lessons import Lesson

ROUNDS, MORE_ROUNDS = 25, 200
"""Of every function, and of those that chance has not led to the escaping by then."""
OURS = (
    answers.said,
    answers.refusal,
    helping.help_text,
    uploads.in_words,
    obligations._over,
    duties._line,
    duty_lines.waived_words,
    duty_lines.waiver_outdated,
    callers.line,
    callers._went_on,
    objecting.line,
)
"""What these are given is a text of ours, or was made safe. The first two answer one person, whom a mention in it

notifies of nothing.
"""
ELSEWHERE = {
    "asked/assistant_lines.py _held",
    "asked/assistant_lines.py _vote",
    "asked/home_rows.py _vote",
    "card/lines.py _told",
    "consumers/callers.py _at_once",
    "graph/impact.py asked_about",
    "hindsight/lessons.py lines",
    "keeping/costs.py lines",
    "keeping/pruning.py _against",
    "telling/outlook.py _whom",
    "uploads.py dependants",
    "uploads.py picture",
}
"""What chance does not lead to: it takes records that agree with each other. Scenarios of their own do."""
SAID_BY_US = {
    "asked/audits.py evidence",
    "consumers/checks.py _log_at",
    "consumers/checks.py _parts",
    "graph/meeting.py message",
    "graph/parts.py beside",
    "telling/digest.py numbers",
    "voting/votes.py reject_modal",
}
"""These make safe what nobody else writes."""
BLOCKS = (blocks.Payload, list[blocks.Payload], Iterator[blocks.Payload])


def judged() -> list[Callable[..., Any]]:
    """Those that make blocks, and those that make a text of one that had to be made safe."""
    found, safe = [], shown.functions(shown.places())
    for module in pkgutil.walk_packages(bot.views.__path__, "bot.views."):
        for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if one.__module__ != module.name or one.__module__ == blocks.__name__:
                continue
            if _hints(one).get("return") in BLOCKS or name_of(one) in safe:
                found.append(one)
    return found


def name_of(function: Callable[..., Any]) -> str:
    """As `shown` has it."""
    path = function.__module__.removeprefix("bot.views.").replace(".", "/")
    return f"{path}.py {function.__name__}"


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(function)


def shown_by(function: Callable[..., Any], maker: Maker) -> list[str]:
    """Its texts; none where what chance made cannot be."""
    given = [
        (one, maker.given(_hints(function)[one.name], one.name, is_private=function.__name__[0] == "_"))
        for one in inspect.signature(function).parameters.values()
    ]
    try:
        made = function(
            *(value for one, value in given if one.kind is not one.KEYWORD_ONLY),
            **{one.name: value for one, value in given if one.kind is one.KEYWORD_ONLY},
        )
        return list(texts_of(made if isinstance(made, dict | str | File) or made is None else list(made)))
    except Exception:  # noqa: BLE001 - whatever it is that records which contradict each other lead to
        return []


def texts_of(made: Any) -> Iterator[str]:
    """All that Slack reads as mrkdwn."""
    match made:
        case str():
            yield made
        case File():
            yield from (made.comment, made.instead)
        case list() | tuple():
            for one in made:
                yield from texts_of(one)
        case {"type": _}:
            yield from mrkdwn_texts(made.get("blocks", [made]))
        case {"text": str(text)}:
            yield text
            yield from mrkdwn_texts(made.get("blocks", []))


def is_evil(text: str) -> bool:
    return bool(EVIL.search(text)) or "UEVIL" in mentions(text, [])


@pytest.mark.long
def test_every_function_that_makes_a_text_safe_is_given_the_worst_and_shows_none_of_it() -> None:
    functions, every = judged(), shown.functions(shown.places())
    with shown.heard("<!channel") as heard:
        for notice in (*notices.VIEWS, *notices.OF_IMPORTS):
            test_worst.test_every_message_of_the_outbox_bears_the_worst(notice)
        for kind in FIELDS:
            test_worst.test_every_line_of_the_thread_bears_the_worst(kind)
        test_worst.test_what_is_shown_to_one_who_asks_bears_the_worst()
        test_worst.judged(
            policy_review.overdue(WORST, WORST, WORST, Maker(Random(1)).made(tuple[Lesson, Lesson]))
        )
        for seed in range(ROUNDS + MORE_ROUNDS):
            maker = Maker(Random(seed))
            if seed >= ROUNDS:
                silent = every - shown.functions(heard) - ELSEWHERE - SAID_BY_US
                functions = [one for one in functions if name_of(one) in silent]
            for function in functions:
                bad = [text for text in shown_by(function, maker) if is_evil(text)]
                assert not bad or function in OURS, f"{name_of(function)}, seed {seed}: {bad}"
    assert every - shown.functions(heard) - ELSEWHERE - SAID_BY_US == set()
    assert every >= (ELSEWHERE | SAID_BY_US)
