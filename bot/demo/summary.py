"""Did it all happen, and does the record of it hold? Plays the story, then checks chain and archive."""

from __future__ import annotations

import time

from bot.demo.company import Company, Say
from bot.demo.emulator import Emulator
from bot.demo.hands import Message, words
from bot.demo.page import Page
from bot.demo.player import play
from bot.demo.steps import Step, Summary
from bot.demo.story.stage import Stage
from data.archive.findings import report
from data.archive.fixity import held_to
from data.records.retirement import Retirement

REMINDING = (":alarm_clock:", ":rotating_light:")


def played(slack: Emulator, company: Company, say: Say, *, began: float) -> Summary:
    """The story from the first command to the last message, and what it came to."""
    with Page(slack.url) as page:
        story = play(Stage(page, company), say)
        shown = [one for one in page.everything() if not one.get("ephemeral_to")]
    steps = (*story, _chain(company), _archive(company))
    return Summary(
        ok=all(step.ok for step in steps),
        steps=steps,
        events=company.bot.store.verify().entries,
        messages=len(shown),
        reminders=sum(_reminds(one) for one in shown),
        days=company.days(),
        seconds=round(time.monotonic() - began, 1),
    )


def _reminds(message: Message) -> bool:
    """A message of its own, not a line about one."""
    return bool(message.get("blocks")) and words(message).startswith(REMINDING)


def _chain(company: Company) -> Step:
    verified = company.bot.store.verify()
    detail = verified.bad or f"{verified.entries} entries in {verified.streams} streams"
    return Step(name="the record's chain of hashes holds", ok=not verified.bad, detail=detail)


def _archive(company: Company) -> Step:
    name = "the archive is a valid bag"
    first: Retirement | None = next(iter(company.bot.engine.retirements()), None)
    if first is None or first.archived is None:
        return Step(name=name, ok=False, detail="there is none")
    bag = company.archive.path(first.archived.location)
    found = held_to(first.archived, bag, stopped=lambda: False)
    if found.findings:
        detail = report(found, read_at=company.world.now(), next_step="")
        return Step(name=name, ok=False, detail=detail)
    return Step(name=name, ok=True, detail=f"{found.files} files, {found.bytes:,} bytes match their digests")
