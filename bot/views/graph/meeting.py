"""Two retirements that meet: what they have in common, for the thread of either and for who asks how one stands."""

from __future__ import annotations

from functools import partial

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits
from bot.views.blocks import Payload, link, mention, safe
from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from workflows.observing import stands_as
from workflows.rules.plans.meeting import Meeting, between
from workflows.rules.wording import counted

NAMES_AT_MOST = 5
MARK = ":twisted_rightwards_arrows:"


def line(meeting: Meeting, here: Retirement) -> str:
    """ "*RET-2* (churn_nightly, proposed): 2 consumers are hit by both: a, b"."""
    return f"*{meeting.other.id}* ({_model(meeting.other)}, {meeting.other.state}): {_common(meeting, here)}"


def message(here: Retirement, other: Retirement, *, there: Snapshot, url: str) -> Payload:
    """In the thread of `here`. `url`: where the other's card is; empty where nobody can tell."""
    meeting = between(here, other, partial(stands_as, there))
    card = f" {link(url, f'The card of {other.id}')}." if url else ""
    if meeting is None:
        return blocks.message(
            f"{MARK} {other.id} ({_model(other)}) met this retirement; it does not any more.{card}"
        )
    people = dict.fromkeys((here.coordinator_id, other.coordinator_id))
    asked = " and ".join(mention(one) for one in people)
    ask = f"{asked}: agree on your dates, so that nobody moves twice or to what goes itself."
    if len(people) == 1:
        ask = f"{asked}: both are yours; see that nobody moves twice or to what goes itself."
    return blocks.message(f"{MARK} Another retirement meets this one. {line(meeting, here)}.\n{ask}{card}")


def _common(meeting: Meeting, here: Retirement) -> str:
    assert here.plan is not None
    theirs = meeting.other.plan
    assert theirs is not None
    said = []
    if meeting.consumers:
        names = limits.joined(
            [safe(one) for one in meeting.consumers], 400, between=", ", at_most=NAMES_AT_MOST
        )
        verb = "is" if len(meeting.consumers) == 1 else "are"
        said.append(f"{counted(len(meeting.consumers), 'consumer')} {verb} hit by both: {names}")
    if meeting.has_same_successor:
        said.append(f"both are followed by {safe(theirs.successor_name)}")
    waits = "announcement and switch-off wait until one of the two plans changes"
    ours, its = _model(here), _model(meeting.other)
    if meeting.takes_our_successor:
        said.append(f"it retires {its}, which is to follow {ours}; the {waits}")
    if meeting.we_take_its_successor:
        said.append(f"{ours} is to follow {its}, whose {waits}")
    if meeting.takes_our_consumer:
        said.append(f"{its}, which it retires, depends on {ours}")
    if meeting.we_take_its_consumer:
        said.append(f"it retires what {ours} depends on")
    return "; ".join(said) or f"it retires other endpoints of {ours}"


def _model(one: Retirement) -> str:
    return safe(one.plan.subject.model_name) if one.plan else one.id


def section(meetings: tuple[Meeting, ...], here: Retirement) -> str:
    """All it meets, a line each, for `/retire show`; empty where there is none."""
    if not meetings:
        return ""
    rows = [f"{MARK} {line(one, here)}; `{SLASH_COMMAND} show {one.other.id}`" for one in meetings]
    return f"*Meets*\n{limits.joined(rows, limits.SECTION_MAX - 500, at_most=10)}"
