"""What is written by others, at its worst and in masses, in every view: it mentions nobody, leads nowhere, and fits.

Driven by the tables the outbox and the thread go by, so that no view can be left out: every text of every record in
them is 300 signs of mischief.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import fields, replace

from bot.views import blocks, notices
from bot.views.asked import standing
from bot.views.card import stopped
from bot.views.consumers import checks
from bot.views.graph import meeting
from data import events
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.base import Prose
from data.records.checks import CheckEnd, CheckRun, Declared
from data.records.retirement import Retirement, State
from data.store import Trouble
from tests.bot.views.card.test_lines import FIELDS, NOTICED, TOLD_OF, an_event
from tests.bot.views.examples import NOW, consumer_id, overloaded
from tests.fakes.slack.workspace import is_loud, mentions, mrkdwn_texts
from tests.payloads import check_message
from workflows.ports import Message
from workflows.rules.plans.meeting import Meeting

WORST = "<!channel> <@UEVIL> <https://evil.example|here> `rm` \u202e\u2028\u2029\n*x* & " + "n" * 236
EVIL = re.compile("<!channel|<@UEVIL|<https://evil|`rm`|[\u202e\u2028\u2029]")
IDS = re.compile(
    r"(^|_)(ids?|by|digests?|zone|action|url|to|key|ref|milestone|role|roles|people|asked|person|origin|what|version|progress|per_day)$"
)
"""Fields of records that nobody writes freely, by their names."""


def worst(value: Any, field: str = "") -> Any:
    """The same record with the worst in every text that somebody may have written."""
    if isinstance(value, msgspec.Struct):
        changed = {one.name: worst(getattr(value, one.name), one.name) for one in fields(value)}
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(worst(one, field) for one in value)
    is_text = (
        type(value) is str
        and value
        and not IDS.search(field)
        and not re.fullmatch(r"[UCG][A-Z0-9]+|\d{4}-\d\d-\d\d.*", value)
    )
    return f"{value[:4]}{WORST}" if is_text else value


class Params(dict[str, str]):
    """What a message carries: all that a test does not name is the worst."""

    def __missing__(self, name: str) -> str:
        return WORST

    def get(self, name: str, default: Any = None) -> Any:
        return (
            self[name]
            if name not in ("url", "reader", "as", "instead_of", "granted", "by")
            else super().get(name, default)
        )


RUN = CheckRun(
    consumer_id=consumer_id(0),
    name="scoring",
    run=9,
    end=CheckEnd.FAILED,
    begun_at=NOW,
    at=NOW,
    why="12 rows",
)
STATE: Retirement = replace(worst(overloaded(checks=(RUN,), state=State.MIGRATING)), id="RET-1")
THERE = Snapshot.of(Stored(1, {}, {}, {}, {}, {}, {}))
TYPED = {
    "more": "3",
    "count": "3",
    "people": "U1",
    "who": WORST,
    "earlier_at": NOW.isoformat(),
    "taken_at": NOW.isoformat(),
    "stamped_at": NOW.isoformat(),
    "until": NOW.date().isoformat(),
}
TYPED |= dict.fromkeys(("to", "person", "reader", "delegate", "slack_id"), "U1")
TYPED |= {"by": "U2", "channel": "U3"}


def judged(payload: dict[str, Any]) -> None:
    check_message(payload)
    shown = [payload["text"], *mrkdwn_texts(payload.get("blocks", []))]
    assert [text[:300] for text in shown if EVIL.search(text)] == []
    assert "UEVIL" not in mentions(payload["text"], payload.get("blocks", []))
    assert not is_loud(payload["text"], payload.get("blocks", []))


@pytest.mark.parametrize("notice", [*notices.VIEWS, *notices.OF_IMPORTS])
def test_every_message_of_the_outbox_bears_the_worst(notice: str) -> None:
    known = NOTICED if notice in notices.VIEWS else TYPED
    free = {"why", "where", "trouble", "said"}
    message = Message(
        key="k",
        notice=notice,
        channel="CGOV",
        params=Params({name: WORST if name in free else one for name, one in known.items()}),
        retirement=STATE,
        other=replace(STATE, id="RET-2"),
        there=THERE,
        events=(worst(an_event(TOLD_OF.get(notice, events.Proposed))),),
    )
    judged(notices.drawn(message))


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_every_line_of_the_thread_bears_the_worst(kind: type[Any]) -> None:
    message = Message(
        key="k", notice="lines", channel="CGOV", retirement=STATE, events=(worst(an_event(kind)),)
    )
    judged(notices.drawn(message))


def test_what_is_shown_to_one_who_asks_bears_the_worst() -> None:
    """Where a retirement stands, its checks, what stopped, and what it meets."""
    declared = {consumer_id(one): (Declared(name="scoring", digest="sha256:s"),) for one in range(40)}
    troubles = [
        Trouble(f"RET-1/{WORST}", "RET-1", WORST, is_held_up)
        for is_held_up in (True, False)
        for _ in range(30)
    ]
    met = Meeting(other=replace(STATE, id="RET-2"), consumers=(WORST,) * 60)
    shown = (*checks.lines(STATE, declared, {}, NOW), *stopped.lines(troubles))
    for text in (*shown, meeting.section((met,) * 30, STATE)):
        judged(blocks.message("See below", [blocks.section(text)]))
    judged(standing.show(STATE))


@pytest.mark.parametrize(
    "text",
    [
        blocks.safe(WORST),
        blocks.link("https://a.example", WORST),
        blocks.mention(WORST),
        blocks.mention("x><!channel><@UEVIL"),
        blocks.quoted(Prose(prose=WORST)),
    ],
    ids=["a text", "words of a link", "what is no id", "what calls a channel", "a quotation"],
)
def test_each_way_to_show_a_text_bears_the_worst(text: str) -> None:
    judged(blocks.message("See below", [blocks.section(text)]))
