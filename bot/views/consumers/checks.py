"""Checks of consumers: that they run, how each ended, and what it said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.views import limits
from bot.views.blocks import Payload, day, link, mention, message, quoted, safe, said, section
from bot.views.card.steps import short, zone_of
from bot.views.consumers.duty_lines import consumer_name
from data import events
from data.events import EMERITUS
from data.records.checks import CheckEnd, CheckRun, CheckSeen, CheckWanted, Declared
from data.records.retirement import Duty, Retirement
from workflows.rules.consumers import checking
from workflows.rules.gating import check_gates
from workflows.rules.telling import messages
from workflows.rules.voting.weighing import needs_checks
from workflows.rules.wording import counted

FENCED = "```\n{}\n```"
LINE_MAX = 400
SECTIONS_MAX = 4
MORE_MAX = 60

MARKS = {
    CheckEnd.RUNNING: ":hourglass_flowing_sand:",
    CheckEnd.PASSED: ":white_check_mark:",
    CheckEnd.FAILED: ":x:",
    CheckEnd.SKIPPED: ":warning:",
    CheckEnd.NOT_RUN: ":warning:",
}


def line(
    event: events.ChecksDeclared | events.ChecksStarted | events.CheckEnded, retirement: Retirement
) -> str:
    """The event in the card's thread."""
    if isinstance(event, events.ChecksDeclared):
        what = f"{counted(len(event.checks), 'check')} of consumers"
        return f":test_tube: Declared, to pass before the switch-off: {what}: {_of_each(event.checks, retirement)}"
    if isinstance(event, events.ChecksStarted):
        by = "" if event.by == EMERITUS else f", as {mention(event.by)} asked"
        what = f"{counted(len(event.checks), 'check')} of consumers"
        begin = "begins" if len(event.checks) == 1 else "begin"
        return f":test_tube: {what} {begin}{by}: {_of_each(event.checks, retirement)}"
    why = f" ({safe(event.why, 200)})" if event.why else ""
    name = consumer_name(retirement, event.consumer_id)
    in_time = f" after {event.seconds:,} s" if event.seconds else ""
    return f"{MARKS[event.end]} Check *{safe(event.name)}* of {name}: *{event.end}*{why}{in_time}"


def waiver_outdated(event: events.ChecksWaiverOutdated, retirement: Retirement) -> str:
    """Who had waived them is called: what they went without was another thing's."""
    name = consumer_name(retirement, event.consumer_id)
    before = f"{mention(event.was_by)} waived its checks{said(event.reason)}"
    return f":repeat: By the catalog {name} is more than it was when {before}; they have to pass after all"


def log(retirement: Retirement, event: events.CheckEnded) -> Payload:
    """How it ended, and what it said: as a block that nothing in it can leave, mention somebody, or become a link."""
    head = f"{line(event, retirement)}; its log, `{short(event.log_digest)}`:"
    shown = [_line_of_log(part) for line in str(event.log).split("\n") for part in _parts(line)]
    room = limits.SECTION_MAX - len(FENCED)
    blocks = _sections([one for one in shown if one], room)
    return message(head, [section(head), *(section(FENCED.format(one)) for one in blocks)])


def _parts(line: str) -> list[str]:
    """A line too long to be shown goes on in the next one: what it says last may be why the check failed."""
    parts, begun, size = [], 0, 0
    for at, sign in enumerate(line):
        width = len(safe(sign)) or 1
        if size + width > LINE_MAX:
            parts.append(line[begun:at])
            begun, size = at, 0
        size += width
    return [*parts, line[begun:]]


def _sections(lines: list[str], room: int) -> list[str]:
    """All of them, or the first section and the last ones: the end says why a program stopped."""
    whole = _packed(lines, room)
    if len(whole) <= SECTIONS_MAX:
        return whole
    (beginning, *_), tail = whole, _packed(lines[::-1], room)[: SECTIONS_MAX - 1]
    last = ["\n".join(reversed(one.split("\n"))) for one in reversed(tail)]
    left = len(lines) - sum(one.count("\n") + 1 for one in (beginning, *last))
    said = f"… {left:,} more lines, which are on the record …"
    return [f"{beginning}\n{said}", *last]


def _packed(lines: list[str], room: int) -> list[str]:
    """As many whole lines in each as fit, with place for one more of ours."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + len(line) + 1 <= room - MORE_MAX:
            found[-1] = f"{found[-1]}\n{line}"
        else:
            found.append(line)
    return found


def _line_of_log(text: str) -> str:
    """With its blanks at the beginning, which `safe` takes for none."""
    return f"{' ' * (len(text) - len(text.lstrip()))}{safe(text, LINE_MAX)}" if text.strip() else ""


def log_keys(retirement: Retirement) -> list[str]:
    """Of every check that ended, those first that did not pass: people look at them first."""
    ran = sorted(retirement.checks, key=lambda one: one.end is CheckEnd.PASSED)
    return [_log_key(retirement, one) for one in ran if one.log_digest]


def _log_key(retirement: Retirement, run: CheckRun) -> str:
    return messages.check_log_key(retirement.id, run.consumer_id, run.name, run.run)


def lines(
    retirement: Retirement,
    declared: Mapping[str, Sequence[Declared]],
    links: Mapping[str, str],
    now: datetime,
) -> list[str]:
    """A line for each consumer that has some, with how they stand and the way to their logs, or who goes without; and

    who has none.
    """
    names = {one.consumer_id: one.name for one in retirement.impact}
    names |= {duty.consumer.consumer_id: duty.consumer.name for duty in retirement.obligations}
    shown = []
    every = [duty.consumer.consumer_id for duty in retirement.obligations] or list(names)
    none = []
    waived, without = checking.waived(retirement), _waived(retirement)
    for consumer_id in dict.fromkeys((*declared, *every)):
        some = declared.get(consumer_id, ())
        gone = checking.undeclared(retirement, consumer_id, some)
        name = safe(names.get(consumer_id, consumer_id))
        if consumer_id in without:
            shown += [f"*{name}*: {without[consumer_id]}"] if consumer_id in waived or some or gone else []
            continue
        ends = [_standing(one, retirement, consumer_id, links, now) for one in some]
        ends += [_undeclared(*one, retirement, links) for one in gone.items()]
        if not ends:
            none.append(consumer_id)
            continue
        shown.append(f"*{name}*: {limits.joined(ends, 1_000, between=', ')}")
    if none:
        has = "has" if len(none) == 1 else "have"
        shown.append(f"{counted(len(none), 'consumer')} {has} no checks declared{_wanted(retirement)}")
    return shown


def _undeclared(name: str, run: CheckRun | None, retirement: Retirement, links: Mapping[str, str]) -> str:
    if run is None:
        return f":white_circle: {safe(name)} has not run and is declared no more"
    return (
        f"{MARKS[run.end]} {_ended(run, retirement)} and is declared no more{_log_at(run, retirement, links)}"
    )


def _waived(retirement: Retirement) -> dict[str, str]:
    """Consumers whose checks nobody waits for: by whose word, and why."""
    without = {
        duty.consumer.consumer_id: f"{mention(duty.changed_by)} waived it, with its checks{quoted(duty.note, 300)}"
        for duty in retirement.obligations
        if duty.duty is Duty.WAIVED
    }
    return without | {
        consumer_id: f"{mention(one.by)} goes without its checks{quoted(one.reason, 300)}"
        for consumer_id, one in checking.waived(retirement).items()
        if consumer_id not in without
    }


def _wanted(retirement: Retirement) -> str:
    """What the policy says to that."""
    if retirement.policy is None or retirement.plan is None:
        return ""
    is_needed = needs_checks(retirement)
    return ", and the policy asks for some at its tier" if is_needed else ""


def _standing(
    declared: Declared, retirement: Retirement, consumer_id: str, links: Mapping[str, str], now: datetime
) -> str:
    run = checking.latest(retirement, consumer_id, declared.name)
    if run is None:
        return f":white_circle: {safe(declared.name)} has not run"
    duty = retirement.obligation(consumer_id)
    counts_now = duty is None or check_gates.passes(run, duty, declared, retirement, now)
    is_old = run.end is CheckEnd.PASSED and not counts_now
    again = ", run again before the switch-off" if is_old else ""
    mark = ":hourglass:" if is_old else MARKS[run.end]
    return f"{mark} {_ended(run, retirement)}{again}{_log_at(run, retirement, links)}"


def ended(run: CheckRun, retirement: Retirement) -> str:
    """How it ended, or that it is under way, with whose it is."""
    return f"{MARKS[run.end]} {consumer_name(retirement, run.consumer_id)}: {_ended(run, retirement)}"


def _ended(run: CheckRun, retirement: Retirement) -> str:
    why = f" ({safe(run.why, 100)})" if run.why else ""
    on = f" on {day(run.at, zone_of(retirement))}" if run.end is not CheckEnd.RUNNING else ""
    return f"{safe(run.name)} {run.end}{why}{on}"


def _log_at(run: CheckRun, retirement: Retirement, links: Mapping[str, str]) -> str:
    url = links.get(_log_key(retirement, run), "")
    return f", {link(url, 'log')}" if url else ""


def _of_each(checks: Sequence[CheckSeen | CheckWanted], retirement: Retirement) -> str:
    shown = [
        f"{consumer_name(retirement, consumer_id)} ({', '.join(safe(one.name) for one in some)})"
        for consumer_id, some in groupby(checks, lambda one: one.consumer_id)
    ]
    return limits.joined(shown, 1_500, between=", ")
