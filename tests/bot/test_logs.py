"""A line of the log says when, how bad, where and about which retirement; never a secret, a person, or their words."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import threading
from typing import Any

import pytest

from bot.logs import Private, redacted, sayer, secrets_of, worth_keeping
from data.subject import about, subject

REASON = "Ada leaves us in May, and nobody else can read her model"
AT = 1_772_438_400.123  # 2026-03-02, 8 o'clock


def a_record(
    message: str, *args: object, name: str = "workflows.dispatcher", level: int = logging.WARNING, **more: Any
) -> logging.LogRecord:
    record = logging.LogRecord(
        name, level, "/lib/base_client.py", 321, message, args, more.get("error"), "send"
    )
    record.created = AT
    return record


def a_failure(error: Exception) -> tuple[Any, ...]:
    """With a traceback that goes through here."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught._excinfo


def test_tokens_triggers_people_and_addresses_are_hidden() -> None:
    hidden = (
        "xoxb-123-abc",
        "xapp-1-A0-9",
        "https://hooks.slack.com/commands/T1/2/x?y",
        "13345224609.738474920.8088930838d88f008e0",
        "U01TOMBIRCH",
        "tom@tea.example",
    )
    assert redacted(" ".join(hidden)) == " ".join(["[hidden]"] * len(hidden))
    assert redacted("127.0.0.1:9464 runs 3.51.2") == "127.0.0.1:9464 runs 3.51.2"


def test_a_line_for_people_is_readable() -> None:
    with about("RET-3"):
        line = Private().format(a_record("%s is tried again: %s", "RET-3/card", "Slack is away"))
    assert (
        line
        == "2026-03-02T08:00:00.123Z warning workflows.dispatcher: RET-3/card is tried again: Slack is away"
    )


def test_a_line_that_does_not_name_its_retirement_gets_it_put_before() -> None:
    with about("RET-3"):
        line = Private().format(a_record("an answer was not given"))
    assert line == "2026-03-02T08:00:00.123Z warning workflows.dispatcher: RET-3 an answer was not given"


def test_a_line_for_machines_is_an_object() -> None:
    with about("RET-3"):
        line = Private("json").format(a_record("an answer was not given\n%s", "KeyError\n  a.py:3 in tell"))
    assert json.loads(line) == {
        "at": "2026-03-02T08:00:00.123Z",
        "level": "warning",
        "logger": "workflows.dispatcher",
        "retirement": "RET-3",
        "message": "an answer was not given",
        "trace": "KeyError\n  a.py:3 in tell",
    }
    assert "\n" not in line


def test_a_line_of_no_retirement_says_none_and_one_that_names_it_is_enough() -> None:
    form = Private("json")
    assert "retirement" not in json.loads(form.format(a_record("waiting: the disk is full")))
    assert json.loads(form.format(a_record("RET-12/lines/4 failed")))["retirement"] == "RET-12"
    with about("RET-*"):
        assert "retirement" not in json.loads(form.format(a_record("a command: again, attempt 1")))


def test_threads_work_on_different_retirements_at_once() -> None:
    seen: list[str] = []
    with about("RET-1"):
        with about("RET-2"):
            other = threading.Thread(target=lambda: seen.append(subject()))
            other.start()
            other.join()
            seen.append(subject())
        seen.append(subject())
    assert [*seen, subject()] == ["", "RET-2", "RET-1", ""]


@pytest.mark.parametrize(
    "name", ["slack_sdk.web.base_client", "emeritus.bolt", "emeritus.socket", "apscheduler"]
)
def test_what_a_library_says_is_told_by_its_place_only(name: str) -> None:
    record = a_record(f"Unhandled request: {{'text': {REASON!r}}}", name=name, level=logging.ERROR)
    assert worth_keeping(record)
    assert Private("json").line(record).message == "a library said something in send, base_client.py:321"


def test_what_the_system_said_to_a_library_is_kept() -> None:
    said = f"Failed to send: <urlopen error [Errno {errno.ECONNRESET}] {REASON}>"
    line = Private().line(a_record(said, name="slack_sdk.web.base_client"))
    why = os.strerror(errno.ECONNRESET)
    assert line.message == f"a library said something in send, base_client.py:321 ({why})"


def test_below_a_warning_only_we_are_kept() -> None:
    assert worth_keeping(a_record("RET-1/card: done, attempt 1", level=logging.INFO))
    assert not worth_keeping(a_record("body: ...", name="slack_sdk.web.base_client", level=logging.DEBUG))
    assert not worth_keeping(a_record("body: ...", name="emeritus.bolt", level=logging.INFO))


def test_a_traceback_of_anybody_is_written_without_what_it_quotes() -> None:
    failure = a_failure(ValueError(f"could not encode {REASON!r}"))
    record = a_record("RET-1/dm/%s failed", "U01TOMBIRCH", error=failure)
    logging.Formatter().format(record)  # another handler came first, and left the whole traceback behind

    lines = Private().format(record).splitlines()

    assert lines[0].endswith("RET-1/dm/[hidden] failed")
    assert lines[1] == "ValueError"
    assert re.fullmatch(r"  test_logs.py:\d+ in a_failure", lines[2])
    assert len(lines) == 3


def test_secrets_are_hidden_by_their_value_whatever_they_look_like() -> None:
    environ = {
        "SLACK_SIGNING_SECRET": "8f742231b10e8888",
        "EMERITUS_STORE": "postgresql://emeritus:hunter2@db/emeritus",
    }
    assert secrets_of(environ) == ("8f742231b10e8888", "hunter2")
    line = Private(secrets=secrets_of(environ)).line(a_record("signed with 8f742231b10e8888, then hunter2"))
    assert line.message == "signed with [hidden], then [hidden]"


@pytest.mark.parametrize("store", ["", "emeritus.db", "postgresql://[half", "postgresql://u@db/e"])
def test_a_store_without_a_password_hides_nothing(store: str) -> None:
    assert secrets_of({"EMERITUS_STORE": store}) == ()


def test_that_the_bot_comes_and_goes_is_a_line_like_all_others_for_machines() -> None:
    told: list[str] = []
    sayer({}, told.append)("Emeritus has stopped")
    sayer({"EMERITUS_LOG": "json"}, told.append)("Emeritus has stopped")
    assert told[0] == "Emeritus has stopped"
    assert json.loads(told[1]) | {"at": ""} == {
        "at": "",
        "level": "info",
        "logger": "emeritus",
        "message": "Emeritus has stopped",
    }
