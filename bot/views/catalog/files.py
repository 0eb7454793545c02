"""What became of a file somebody shared in the import channel, for the thread of its message."""

from __future__ import annotations

from datetime import datetime

from bot.views import limits
from bot.views.blocks import Payload, context, link, message, moment, safe, section
from data.plan_file import PLAN, is_plan

LINE_MAX = 400
SECTIONS_MAX = 3


def imported(name: str, format: str, said: str, more: int) -> Payload:  # noqa: A002 - the word of the commands
    """The report, as `emeritus import` prints it, as far as it fits; of a plan, what was decided on it."""
    if format == PLAN:
        head = f":white_check_mark: *{safe(name)}* was proposed as it is"
        return message(head, [section(head), *_lines(said, more, "")])
    head = f":white_check_mark: *{safe(name)}* was imported as {safe(format)}"
    rest = f"; `emeritus import {safe(format)} FILE` prints all of such a report"
    return message(head, [section(head), *_lines(said, more, rest)])


def imported_before(name: str, format: str, at: datetime, url: str) -> Payload:  # noqa: A002 - as above
    """Of a file that is shared again."""
    earlier = link(url, "an earlier share of it")
    head = f":white_check_mark: *{safe(name)}* is imported as {safe(format)} already, at {moment(at)} by {earlier}"
    return message(head, [section(head), context("Nothing in it is new to the catalog.")])


def refused(name: str, said: str, more: int) -> Payload:
    """Why not, and that nothing has changed."""
    if is_plan(name):
        head = f":x: *{safe(name)}* was not proposed. Nothing was changed"
        again = "Mend it and share it again; `emeritus plan check FILE` tells what is wrong with a file by itself."
        return message(head, [section(head), *_lines(said, more, ""), context(again)])
    head = f":x: *{safe(name)}* was not imported. Nothing was changed"
    again = "Mend it and share it again under the same name: what it told before is then brought up to it."
    return message(head, [section(head), *_lines(said, more, ""), context(again)])


def _lines(said: str, more: int, rest: str) -> list[Payload]:
    lines = [safe(line, LINE_MAX) for line in said.split("\n")]
    shown = limits.spread([line for line in lines if line], at_most=SECTIONS_MAX, rest=rest, beyond=more)
    return [section(rows) for rows in shown]
