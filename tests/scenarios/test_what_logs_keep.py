"""A whole story with every library at its most talkative: the log names the retirement, and nobody and nothing else."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from bot.logs import Private, worth_keeping
from tests.sample_company import COMPANY
from tests.scenarios.home import open_home
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, PRIYA, SAM, TOM, WREN, Town

SECRETS = {
    "bot_token": "xoxb-canary-0123456789-bot",
    "app_token": "xapp-1-canary-0123456789",
    "signing_secret": "8f742231b10e8888abcd99yyyzzz85a5",
}
WRITTEN = {
    "why": "Canary: Ada goes on parental leave in May",
    "comment": "Canary: I do not trust the people who trained it",
    "reason": "Canary: Bruno is ill, and the harvest is late",
    "pause": "Canary: Vera asked me to wait, she is at the hospital",
}


class Kept(logging.Handler):
    """What the process would write, and what it would have written without looking."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []
        self.addFilter(worth_keeping)
        self.forms = [Private("json", SECRETS.values()), Private("text", SECRETS.values())]
        self.written: list[str] = []
        self.unfiltered: list[str] = []

    def handle(self, record: logging.LogRecord) -> bool:
        self.unfiltered.append(logging.Formatter().format(record))
        return bool(super().handle(record))

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.written += [form.format(record) for form in self.forms]


@contextmanager
def everybody_talks() -> Iterator[Kept]:
    """Every logger there is says everything."""
    kept = Kept()
    loggers = [logging.root, *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    logging.root.addHandler(kept)
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        yield kept
    finally:
        logging.root.removeHandler(kept)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def story(town: Town) -> None:
    """A retirement on which everything is written that people can write, and much fails."""
    town.slack.ws.users[WREN].deleted = True
    assert town.propose(**{"proposal.why": WRITTEN["why"]}) == {}
    town.slack.fail_next("chat.postMessage", "accepted_then_reset", times=2)
    town.slack.fail_next("chat.postMessage", "error:invalid_blocks")
    town.slack.fail_next("chat.update", "server_error", times=2)
    town.slack.fail_next("response_url", "server_error")
    town.reject(SAM, WRITTEN["comment"])
    town.propose(**{"proposal.why": WRITTEN["why"]})
    for voter in (ADA, MINA, PRIYA, SAM):
        town.press(voter, town.card("RET-2"), "vote.approve")
    town.pass_time(days=15)
    town.opens(
        "U01INESCOSTA",
        lambda: town.press("U01INESCOSTA", town.announcement("U01INESCOSTA"), "duty.more_time", ines(town)),
    )
    town.submit("U01INESCOSTA", {"extension.until": "2026-05-11", "extension.reason": WRITTEN["reason"]})
    town.command(TOM, f"pause RET-2 {WRITTEN['pause']}")
    town.command(TOM, "resume RET-2")
    town.command(BRUNO, "show RET-9")
    open_home(town, BRUNO)
    town.pass_time(days=40)


def ines(town: Town) -> str:
    blocks = town.announcement("U01INESCOSTA")["blocks"]
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return str(next(one["value"] for one in elements if one["action_id"] == "duty.more_time"))


def canaries(town: Town) -> set[str]:
    """Secrets and personal data that were really there."""
    people = list(yaml.safe_load_all((COMPANY / "people.yaml").read_text()))
    profiles = [one["spec"]["profile"] for one in people if one and one["kind"] == "User"]
    named = {value for one in profiles for value in (one.get("displayName"), one.get("email")) if value}
    seen = {user for user in town.slack.ws.users if user != "UBOT"}
    payloads = [payload(envelope.body) for envelope in town.slack.envelopes]
    handed = {one[field] for one in payloads for field in ("trigger_id", "response_url") if one.get(field)}
    assert len(handed) > 10
    assert len(named) > 10
    return {*SECRETS.values(), *WRITTEN.values(), *named, *seen, *handed}


def payload(body: bytes) -> dict[str, Any]:
    form = dict(parse_qsl(body.decode()))
    return dict(json.loads(form["payload"])) if "payload" in form else form


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kept, set[str]]]:
    folder: Path = tmp_path_factory.mktemp("town")
    with Town(folder, serves=False, **SECRETS) as town, everybody_talks() as kept:
        story(town)
        broken = town.slack.envelopes[-1]
        town.slack.signing_secret = "somebody-elses"
        town.slack.command(TOM, GOVERNANCE, "/retire", WRITTEN["why"])
        town.slack.signing_secret = SECRETS["signing_secret"]
        town.slack.redeliver(broken)
        yield kept, canaries(town)


def test_no_line_has_a_secret_or_says_who_people_are_or_what_they_wrote(
    told: tuple[Kept, set[str]],
) -> None:
    kept, hidden = told
    leaked = {canary for canary in hidden for line in kept.written if canary in line}

    assert leaked == set()
    assert len(kept.written) > 100


def test_without_the_last_look_they_would_be_there(told: tuple[Kept, set[str]]) -> None:
    """Or the test above could not fail."""
    kept, hidden = told
    everything = "\n".join(kept.unfiltered)
    found = {canary for canary in hidden if canary in everything}

    assert found >= set(WRITTEN.values()) - {WRITTEN["pause"]}
    assert found & {TOM, BRUNO}


def test_every_line_about_work_on_a_retirement_names_it(told: tuple[Kept, set[str]]) -> None:
    kept, _ = told
    lines = [json.loads(line) for line in kept.written[::2]]
    about_work = [line for line in lines if line["logger"].startswith("workflows")]
    without = [line for line in about_work if "retirement" not in line]

    assert {line["retirement"] for line in about_work if "retirement" in line} == {"RET-1", "RET-2"}
    # A proposal has no number before it is decided; the weekly digest is about all.
    assert {re.sub(r"\d.*", "", line["message"]) for line in without} <= {
        "a command: done, attempt ",
        "digest/",
        "digest/due: done, attempt ",
        "home/[hidden]: done, attempt ",
    }


def test_a_line_for_a_machine_is_one_object_with_the_same_keys(told: tuple[Kept, set[str]]) -> None:
    kept, _ = told
    for line in kept.written[::2]:
        found = json.loads(line)
        assert {"at", "level", "logger", "message"} <= found.keys()
        assert found.keys() <= {"at", "level", "logger", "message", "retirement", "trace"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["at"])
