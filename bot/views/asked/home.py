"""How does somebody's Home look? The beginnings of all its lists, or one list page by page; what Emeritus is, below.

Slack takes a hundred blocks: docs.slack.dev/reference/methods/views.publish. However much there is, the overview has
fewer than that, and so has every page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.views import blocks, limits
from bot.views.asked import home_rows
from bot.views.blocks import Payload, actions, button, context, header, moment, section
from bot.views.consumers import delegations
from workflows.home import OVERVIEW, Home, Page, Part

ROWS_MAX = 20
"""Of one list on a page of its own: a row is a retirement and a consumer, each with its buttons, at most."""
FIRST_MAX = {
    Part.OVERDUE: 5,
    Part.HANDS: 3,
    Part.VOTES: 5,
    Part.ANSWERS: 8,
    Part.ATTESTATIONS: 5,
    Part.CONFIRMATIONS: 3,
    Part.PROPOSALS: 5,
    Part.AHEAD: 10,
}
TITLES = {
    Part.OVERDUE: "Overdue",
    Part.HANDS: "Yours to switch by hand",
    Part.VOTES: "Yours to vote",
    Part.ANSWERS: "Yours to answer",
    Part.ATTESTATIONS: "Yours to attest",
    Part.CONFIRMATIONS: "Yours to confirm",
    Part.PROPOSALS: "Proposed or coordinated by you",
    Part.AHEAD: "Switched off in the next 90 days",
}
WAITING = (Part.OVERDUE, Part.HANDS, Part.VOTES, Part.ANSWERS, Part.ATTESTATIONS, Part.CONFIRMATIONS)
"""What somebody has to do."""
WHAT_IT_IS = (
    "*Emeritus retires machine-learning models.* Whoever owns one proposes it; the roles of your policy vote on a "
    "dated plan; every team that depends on the model says when it has moved; and nothing is switched off before its "
    "archive is proven."
)
HOW_TO_BEGIN = (
    f"*To begin* `{SLASH_COMMAND} impact` lists the models and shows who depends on one, `{SLASH_COMMAND} list` what "
    f"is being retired, `{SLASH_COMMAND} propose` proposes a model of yours, and `{SLASH_COMMAND} help` has the rest."
)
FOLLOWS = "What changes is shown here for an hour after you opened or used this tab."
NOTHING = "*Nothing waits for you.* Whatever needs your vote or your answer stands here, and comes to you in a message."
UNKNOWN = (
    "*Emeritus does not know you yet*, so nothing is listed here: no catalog it reads has a person with your Slack "
    "id. Ask whoever runs it to add you there, or to a list that `emeritus import accounts` reads."
)


def drawn(home: Home) -> tuple[Payload, str]:
    """The view with the moment it shows, and a digest of all else: it is another one only where more has changed."""
    content = _content(home)
    as_of = f"As of {moment(home.now, home.zone)}. {FOLLOWS}"
    again = button("Refresh", Action.HOME_PAGE, value(home.page))
    shown = [*content, context(as_of), actions(again)]
    assert len(shown) < limits.VIEW_BLOCKS_MAX, f"{len(shown)} blocks"
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return blocks.home(shown, metadata={"home": value(home.page)}), digest


def value(page: Page) -> str:
    """What a button that leads to this page carries; payloads.py reads it."""
    return f"{page.part or 'overview'} {page.number}"


def _content(home: Home) -> list[Payload]:
    # What somebody looked at may have come to an end meanwhile.
    part = home.page.part if home.page.part and home.count(home.page.part) else None
    return _page(home, part) if part else _overview(home)


def _overview(home: Home) -> list[Payload]:
    shown = [block for part in Part for block in _beginning(home, part)]
    if home.below:
        shown = [*home_rows.below(home), *shown]
    elif not any(home.count(part) for part in WAITING):
        shown.insert(0, section(NOTHING if home.is_known else UNKNOWN))
    if instead := delegations.line(home.person_id, home.delegations):
        shown.insert(0, section(f":handshake: {instead}. `{SLASH_COMMAND} delegate off` ends it."))
    shown.append(section(f"{WHAT_IT_IS}\n{HOW_TO_BEGIN}"))
    if home.may_propose:
        shown.append(actions(button("Propose a retirement", Action.HOME_PROPOSE, value(OVERVIEW))))
    return shown


def _beginning(home: Home, part: Part) -> Iterator[Payload]:
    count, few = home.count(part), FIRST_MAX[part]
    if not count:
        return
    yield header(f"{TITLES[part]} ({count:,})")
    yield from _rows(home, part, 0, few)
    if count > few:
        yield actions(button(f"Show all {count:,}", Action.HOME_PAGE, value(Page(part=part))))


def _page(home: Home, part: Part) -> list[Payload]:
    count = home.count(part)
    pages = -(-count // ROWS_MAX)
    number = min(max(home.page.number, 1), pages)
    # One block per button: all have the same action id, which must be unique within a block.
    turns = {"Back": OVERVIEW}
    if number > 1:
        turns["Previous page"] = Page(part=part, number=number - 1)
    if number < pages:
        turns["Next page"] = Page(part=part, number=number + 1)
    return [
        header(f"{TITLES[part]} ({count:,})"),
        context(f"Page {number} of {pages}"),
        *_rows(home, part, (number - 1) * ROWS_MAX, number * ROWS_MAX),
        *(actions(button(text, Action.HOME_PAGE, value(to))) for text, to in turns.items()),
    ]


def _rows(home: Home, part: Part, first: int, last: int) -> Iterator[Payload]:
    """What rows have in common stands above the first of them."""
    before: Sequence[Payload] = ()
    for row in home_rows.rows(home, part, first, last):
        yield from row.head if row.head != before else ()
        yield from row.blocks
        before = row.head
