"""The public schedule as text: a calendar (RFC 5545), a feed (RSS 2.0), or JSON. Nobody's name is in any of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from bot.ids import SLASH_COMMAND
from data.printable import printable
from data.records.plan import Window
from data.records.progress import StepKind
from workflows.rules.plans.schedule import Scheduled, ScheduledStep, Standing
from workflows.rules.wording import counted

TITLE = "Model retirements"
ABOUT = "What Emeritus has announced: which models retire, and when"
HOME = "https://pypi.org/project/emeritus/"
OVERDUE = (Standing.HELD, Standing.LATE)
SHORTLY = {
    Standing.PAUSED: "paused",
    Standing.HELD: "held",
    Standing.LATE: "late",
    Standing.WAITING: "its day is open",
}
REFRESH = timedelta(hours=12)
WORDS = {
    StepKind.ANNOUNCE: "retirement is announced",
    StepKind.ARCHIVE: "is archived",
    StepKind.DRILL: "archive is proven",
    StepKind.MIGRATE: "last day to migrate",
    StepKind.BROWNOUT: "brownouts begin",
    StepKind.DISABLE: "last day of service",
    StepKind.CLOSE: "retirement ends",
}


def ics(announced: Sequence[Scheduled]) -> str:
    """One event for each step, of a whole day that keeps nobody busy. A day that may not hold is TENTATIVE."""
    from icalendar import Calendar, Event, vDuration  # noqa: PLC0415 - takes a while, and only this needs it

    calendar = Calendar()
    calendar.add("prodid", "-//Emeritus//retirements//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", TITLE)
    calendar.add("x-wr-calname", TITLE)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    for one in announced:
        for step in one.steps:
            event = Event()
            event.add("uid", step.uid)
            event.add("dtstamp", one.changed_at)
            event.add("dtstart", step.on)
            event.add("dtend", step.on + timedelta(days=1))
            event.add("sequence", one.sequence)
            event.add("status", _status(one, step))
            event.add("transp", "TRANSPARENT")
            event.add("summary", f"{printable(one.model_name)}: {_what(step)}")
            event.add("description", "\n".join(filter(None, (_facts(one), _why(one, step), _windows(step)))))
            event.add("categories", [one.retirement_id, str(step.kind)])
            calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def rss(announced: Sequence[Scheduled]) -> str:
    """One item for each retirement, and another whenever its dates move or do not hold: readers show what is new."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for name, text in (("title", TITLE), ("link", HOME), ("description", ABOUT)):
        ET.SubElement(channel, name).text = text
    ET.SubElement(channel, "ttl").text = f"{int(REFRESH.total_seconds() // 60)}"
    for one in sorted(announced, key=lambda one: one.changed_at, reverse=True):
        item = ET.SubElement(channel, "item")
        ET.SubElement(item, "title").text = _title(one)
        ET.SubElement(item, "description").text = f"{_facts(one)}\n{_dates(one)}"
        ET.SubElement(item, "guid", isPermaLink="false").text = f"{one.steps[0].uid}-{one.news}"
        ET.SubElement(item, "pubDate").text = format_datetime(one.changed_at, usegmt=True)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def as_json(announced: Sequence[Scheduled]) -> str:
    rows = [
        {
            "retirement": one.retirement_id,
            "model": printable(one.model_name),
            "successor": printable(one.successor_name),
            "last_day": one.last_day.isoformat(),
            "called_off": one.is_called_off,
            "sequence": one.sequence,
            "changed_at": one.changed_at.isoformat(),
            "paused_since": one.paused_on.isoformat() if one.paused_on else None,
            "steps": [
                {
                    "step": str(step.kind),
                    "on": step.on.isoformat(),
                    "planned_on": step.planned_on.isoformat(),
                    "standing": str(step.standing),
                    **_spans(step),
                }
                for step in one.steps
            ],
        }
        for one in announced
    ]
    return f"{json.dumps(rows, indent=2, ensure_ascii=False)}\n"


def _spans(step: ScheduledStep) -> dict[str, list[dict[str, str]]]:
    spans = [
        {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()} for one in step.windows
    ]
    return {"windows": spans} if spans else {}


FORMATS: dict[str, tuple[str, Callable[[Sequence[Scheduled]], str]]] = {
    "ics": ("text/calendar; charset=utf-8", ics),
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "json": ("application/json", as_json),
}
"""How each is served, and who writes it."""


def _title(one: Scheduled) -> str:
    name = printable(one.model_name)
    if one.is_called_off:
        return f"{name} stays: its retirement was called off"
    if one.paused_on:
        return f"{name} retires later than planned: paused since {one.paused_on}"
    disable = one.step(StepKind.DISABLE)
    if disable.standing in OVERDUE:
        return f"{name} is in service longer than planned: its last day, {disable.planned_on}, did not hold"
    moved = "moved" if one.is_moved else "announced"
    return f"{name} retires, last day of service {one.last_day} ({moved})"


def _facts(one: Scheduled) -> str:
    follows = f"successor {printable(one.successor_name)}" if one.successor_name else "no successor"
    called_off = ", called off" if one.is_called_off else ""
    return f"{one.retirement_id}{called_off}: {follows}. In Slack: {SLASH_COMMAND} show {one.retirement_id}"


def _dates(one: Scheduled) -> str:
    return "\n".join(
        ". ".join(filter(None, (f"{step.on} {_what(step)}", _why(one, step), _windows(step))))
        for step in one.steps
    )


def _windows(step: ScheduledStep) -> str:
    """When calls are refused for a while; of days that are not sure nothing is."""
    spans = [f"{one.starts_at:%Y-%m-%d %H:%M} to {_until(one)} UTC" for one in step.windows if step.is_sure]
    return f"Calls are refused for a while: {', '.join(spans)}" if spans else ""


def _until(window: Window) -> str:
    is_same_day = window.starts_at.date() == window.ends_at.date()
    return f"{window.ends_at:%H:%M}" if is_same_day else f"{window.ends_at:%Y-%m-%d %H:%M}"


def _status(one: Scheduled, step: ScheduledStep) -> str:
    """Source: rfc-editor.org/rfc/rfc5545, 3.8.1.11."""
    if one.is_called_off:
        return "CANCELLED"
    return "CONFIRMED" if step.is_sure else "TENTATIVE"


def _what(step: ScheduledStep) -> str:
    return f"{WORDS[step.kind]}{'' if step.is_sure else f' ({SHORTLY[step.standing]})'}"


def _why(one: Scheduled, step: ScheduledStep) -> str:
    """What became of a day that is not sure, and how long it is not before; of what holds it nothing is public."""
    if one.is_called_off or step.is_sure:
        return ""
    was, not_before = f"planned for {step.planned_on}", f"not before {step.on}"
    match step.standing:
        case Standing.PAUSED:
            return f"Paused since {one.paused_on}: {was}, {not_before} were it resumed now"
        case Standing.HELD:
            tried = f"the next try is within {counted(one.recheck_hours, 'hour')}"
            return f"Held since {step.planned_on}: {not_before}; {tried}"
        case Standing.LATE:
            return f"Under way since {step.planned_on}, and not done: {not_before}"
        case _:
            return f"Waits for what is held before it: {was}, {not_before}"
