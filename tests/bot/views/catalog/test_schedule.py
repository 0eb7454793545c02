"""The schedule as calendars, feed readers and programs read it, whatever a model is called."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from bot.views.catalog.schedule import as_json, ics, rss
from data.records.plan import Window
from data.records.progress import StepKind
from workflows.rules.plans.schedule import Scheduled, ScheduledStep, Standing

AT = datetime(2027, 1, 18, 9, tzinfo=UTC)
ON = date(2027, 2, 17)
ODD = 'Größe, "best"; a\\b <&> \u202e\x07\ud800 ' + "größer " * 30


def a_step(kind: StepKind, on: date, **changes: Any) -> ScheduledStep:
    step = ScheduledStep(uid=f"RET-1-{kind}-0123@emeritus", kind=kind, on=on, planned_on=on)
    return replace(step, **changes)


def a_schedule(name: str = "churn", **changes: object) -> Scheduled:
    fields: dict[str, object] = {
        "retirement_id": "RET-1",
        "model_name": name,
        "successor_name": "churn-v2",
        "steps": tuple(
            a_step(kind, ON + timedelta(days=days))
            for kind, days in ((StepKind.MIGRATE, -7), (StepKind.DISABLE, 0), (StepKind.CLOSE, 30))
        ),
        "sequence": 0,
        "changed_at": AT,
    }
    return Scheduled(**{**fields, **changes})  # type: ignore[arg-type]


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)


def components(text: str) -> list[dict[str, str]]:
    """Every VEVENT, by RFC 5545 and nothing else: 75 octets a line, CRLF, unfolded, texts unescaped."""
    assert text.endswith("END:VCALENDAR\r\n")
    raw = text.encode().split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in raw)
    assert b"\n" not in b"".join(raw)
    lines = b"\r\n".join(raw).replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:PUBLISH", "PRODID:-//Emeritus//retirements//EN"} <= set(lines)
    found: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line not in {"END:VEVENT", "END:VCALENDAR"}:
            assert name not in found[-1], f"{name} twice"
            found[-1][name] = re.sub(
                r"\\(.)", lambda sign: {"n": "\n", "N": "\n"}.get(sign[1], sign[1]), value
            )
    return found


def test_each_step_is_an_event_of_a_whole_day() -> None:
    migrate, disable, close = components(ics([a_schedule()]))
    assert disable == {
        "UID": "RET-1-disable-0123@emeritus",
        "DTSTAMP": "20270118T090000Z",
        "DTSTART;VALUE=DATE": "20270217",
        "DTEND;VALUE=DATE": "20270218",
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
        "SUMMARY": "churn: last day of service",
        "DESCRIPTION": "RET-1: successor churn-v2. In Slack: /retire show RET-1",
        "CATEGORIES": "RET-1,disable",
    }
    assert (migrate["DTSTART;VALUE=DATE"], close["DTSTART;VALUE=DATE"]) == ("20270210", "20270319")


def test_a_moved_one_has_a_higher_sequence_and_one_that_is_called_off_is_cancelled() -> None:
    moved = components(ics([a_schedule(sequence=3)]))
    off = components(ics([a_schedule(sequence=4, is_called_off=True)]))
    assert {(one["SEQUENCE"], one["STATUS"]) for one in moved} == {("3", "CONFIRMED")}
    assert {(one["SEQUENCE"], one["STATUS"]) for one in off} == {("4", "CANCELLED")}
    assert [one["UID"] for one in moved] == [one["UID"] for one in off]


def held() -> Scheduled:
    """On the second day on which its last day of service is held."""
    later = ON + timedelta(days=2)
    return a_schedule(
        sequence=3,
        news=1,
        steps=(
            a_step(StepKind.MIGRATE, ON - timedelta(days=7), standing=Standing.DONE),
            a_step(StepKind.DISABLE, later, planned_on=ON, standing=Standing.HELD),
            a_step(
                StepKind.CLOSE,
                later + timedelta(days=30),
                planned_on=ON + timedelta(days=30),
                standing=Standing.WAITING,
            ),
        ),
    )


def test_a_day_that_did_not_hold_is_tentative_and_says_so_without_what_holds_it() -> None:
    migrate, disable, close = components(ics([held()]))
    assert (migrate["STATUS"], migrate["SUMMARY"]) == ("CONFIRMED", "churn: last day to migrate")
    assert (disable["STATUS"], disable["DTSTART;VALUE=DATE"]) == ("TENTATIVE", "20270219")
    assert disable["SUMMARY"] == "churn: last day of service (held)"
    assert disable["DESCRIPTION"].splitlines()[-1] == (
        "Held since 2027-02-17: not before 2027-02-19; the next try is within 24 hours"
    )
    assert (close["STATUS"], close["SUMMARY"]) == ("TENTATIVE", "churn: retirement ends (its day is open)")
    assert close["DESCRIPTION"].splitlines()[-1] == (
        "Waits for what is held before it: planned for 2027-03-19, not before 2027-03-21"
    )
    (row,) = json.loads(as_json([held()]))
    assert row["steps"][1] == {
        "step": "disable",
        "on": "2027-02-19",
        "planned_on": "2027-02-17",
        "standing": "held",
    }
    item = xml(rss([held()])).find("channel/item")
    assert item is not None
    assert item.findtext("title") == (
        "churn is in service longer than planned: its last day, 2027-02-17, did not hold"
    )
    assert item.findtext("guid") == "RET-1-migrate-0123@emeritus-1"
    assert "2027-02-19 last day of service (held). Held since 2027-02-17: not before 2027-02-19;" in (
        item.findtext("description") or ""
    )


def test_while_it_is_paused_every_day_ahead_is_tentative_and_says_since_when() -> None:
    steps = tuple(replace(step, standing=Standing.PAUSED) for step in a_schedule().steps)
    paused = a_schedule(steps=steps, paused_on=date(2027, 1, 20))
    (migrate, *_) = every = components(ics([paused]))
    assert {one["STATUS"] for one in every} == {"TENTATIVE"}
    assert migrate["SUMMARY"] == "churn: last day to migrate (paused)"
    assert migrate["DESCRIPTION"].splitlines()[-1] == (
        "Paused since 2027-01-20: planned for 2027-02-10, not before 2027-02-10 were it resumed now"
    )
    assert json.loads(as_json([paused]))[0]["paused_since"] == "2027-01-20"
    title = xml(rss([paused])).findtext("channel/item/title")
    assert title == "churn retires later than planned: paused since 2027-01-20"
    off = components(ics([replace(paused, is_called_off=True)]))
    assert {one["STATUS"] for one in off} == {"CANCELLED"}


def test_a_step_that_runs_past_its_day_is_said_to_be_late() -> None:
    late = a_step(StepKind.DISABLE, ON + timedelta(days=1), planned_on=ON, standing=Standing.LATE)
    (event,) = components(ics([a_schedule(steps=(late,))]))
    assert event["SUMMARY"] == "churn: last day of service (late)"
    assert event["DESCRIPTION"].endswith("\nUnder way since 2027-02-17, and not done: not before 2027-02-18")


def test_a_name_of_any_signs_breaks_neither_calendar_nor_feed() -> None:
    shown = 'Größe, "best"; a\\b <&> \\u202e\\x07\\ud800 ' + "größer " * 30
    (event, *_) = components(ics([a_schedule(ODD)]))
    assert event["SUMMARY"] == f"{shown}: last day to migrate"
    item = xml(rss([a_schedule(ODD)])).find("channel/item/title")
    assert item is not None
    assert item.text == f"{shown} retires, last day of service 2027-02-17 (announced)"
    assert json.loads(as_json([a_schedule(ODD)]))[0]["model"] == shown


def test_an_injected_line_of_a_calendar_is_part_of_a_name() -> None:
    (event, *_) = components(ics([a_schedule("churn\r\nATTENDEE:mailto:eve@example.com")]))
    assert event["SUMMARY"].startswith("churn\\r\\nATTENDEE:mailto")
    assert "ATTENDEE" not in event


def test_a_feed_has_an_item_for_each_and_another_when_it_moves_the_latest_first() -> None:
    other = a_schedule(
        "fraud", retirement_id="RET-2", sequence=1, is_moved=True, changed_at=AT + timedelta(days=1)
    )
    channel = xml(rss([a_schedule(), other])).find("channel")
    assert channel is not None
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == [
        "fraud retires, last day of service 2027-02-17 (moved)",
        "churn retires, last day of service 2027-02-17 (announced)",
    ]
    assert items[1].findtext("pubDate") == "Mon, 18 Jan 2027 09:00:00 GMT"
    assert items[1].findtext("guid") == "RET-1-migrate-0123@emeritus-0"
    assert items[1].findtext("description") == (
        "RET-1: successor churn-v2. In Slack: /retire show RET-1\n"
        "2027-02-10 last day to migrate\n2027-02-17 last day of service\n2027-03-19 retirement ends"
    )
    assert channel.findtext("title") == "Model retirements"


@pytest.mark.parametrize("written", [ics, rss, as_json])
def test_nothing_announced_is_an_empty_schedule(written) -> None:
    assert written([]).strip()


def test_one_that_is_called_off_stays_in_the_feed_and_says_so() -> None:
    (row,) = json.loads(as_json([a_schedule(is_called_off=True, successor_name="")]))
    assert (row["called_off"], row["successor"], row["last_day"]) == (True, "", "2027-02-17")
    title = xml(rss([a_schedule(is_called_off=True)])).findtext("channel/item/title")
    assert title == "churn stays: its retirement was called off"


def test_when_calls_are_refused_is_in_each_form_and_is_left_out_while_its_day_is_open() -> None:
    window = Window(starts_at=AT, ends_at=AT + timedelta(minutes=15))
    browned = a_step(StepKind.BROWNOUT, AT.date(), windows=(window,))
    one = a_schedule(steps=(browned, a_step(StepKind.DISABLE, ON)))
    told = "Calls are refused for a while: 2027-01-18 09:00 to 09:15 UTC"
    (brownout, _) = components(ics([one]))
    assert brownout["SUMMARY"] == "churn: brownouts begin"
    assert told in brownout["DESCRIPTION"]
    assert told in rss([one])
    (row,) = json.loads(as_json([one]))
    assert [step.get("windows") for step in row["steps"]] == [
        [{"starts_at": "2027-01-18T09:00:00+00:00", "ends_at": "2027-01-18T09:15:00+00:00"}],
        None,
    ]
    held = replace(browned, standing=Standing.HELD)
    assert told not in rss([a_schedule(steps=(held, a_step(StepKind.DISABLE, ON)))])
