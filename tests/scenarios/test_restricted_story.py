"""A restricted model retires, from its proposal to its end, beside one that everybody sees: what do outsiders hear?

They ask about everything there is, read their Home and digests, and see checks and imports that print its name.
Whatever is said to anybody is judged at the end of the story (tests/canary.py).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from data.records.checks import Check, OwnChecks
from data.records.imports import Scheduled
from data.records.retirement import State
from tests.canary import CANARY, QUINN, RHEA
from tests.data.catalogs import a_document
from tests.fakes.slack import Channel
from tests.scenarios.asking import ask
from tests.scenarios.home import open_home
from tests.scenarios.test_restricted import FEEDS, IN_QUIET, QUIET, VOTERS, begin
from tests.scenarios.town import ADA, BRUNO, ELENA, GOVERNANCE, TOM, WREN, Town, key_of, words

SCORER = "component:default/scorer"
PRINTS = f"print('reads s3://models/{CANARY}-2024.tar, load_{CANARY}, \\x9b31m{CANARY.title()}'); raise SystemExit(1)"
READER = "owner: logistics, dependsOn: [resource:churn-v1], dependencyOf: [resource:silent-heron]"
ABOUT_ALL = (
    "What is being retired?",
    "What happens this month?",
    "What happens next month?",
    "Who has not answered?",
    "What waits for me?",
    "Who depends on churn-v1?",
    "Who answers for churn-v1?",
    "Help me retire churn-v1",
)
ABOUT_ONE = (
    "What blocks {}?",
    "How does {} stand?",
    "Why was {} retired, and where is it now?",
    "Did the checks of {} pass?",
    "Is {} regulated?",
    "Who answers for {}?",
    "How do I pause {}?",
)


def asks(town: Town, *asked: str) -> None:
    for question in asked:
        said = ask(town, ELENA, question)
        assert CANARY not in said, question


@pytest.fixture
def beside(tmp_path: Path) -> Town:
    room = Channel(id=QUIET, name="quiet", is_private=True, members=["UBOT", QUINN, *VOTERS])
    score = Check(name="scoring", command=(sys.executable, "-c", PRINTS), is_own=True)
    silent = Check(name="features", command=(sys.executable, "-c", ""), is_own=True)
    checks = OwnChecks(checks={SCORER: (score, silent)}, file=str(tmp_path / "checks.toml"))
    asked = ("U01JOLINDQVIST", "U01FELIXMOREAU", "U01NADIAHADDAD", BRUNO, WREN)
    return Town(
        tmp_path,
        policy=IN_QUIET,
        serves=False,
        rooms=[room],
        may_know=(QUIET, *VOTERS, *asked),
        checks=checks,
    )


def test_outsiders_hear_nothing_of_it_whatever_they_ask_and_whatever_runs(beside: Town) -> None:
    with beside as town:
        town.learns(a_document("Component", "feed", FEEDS), a_document("Component", "reader", READER))
        town.learns(a_document("Component", "scorer", "owner: logistics, dependsOn: [resource:churn-v1]"))
        begin(town)
        assert town.propose("churn-v1", by=TOM, target="2026-09-01") == {}
        town.command(ELENA, "subscribe")
        asks(town, *ABOUT_ALL, *(one.format("RET-1") for one in ABOUT_ONE))
        asks(town, *(one.format("churn-v1") for one in ABOUT_ONE))
        for person in (ELENA, TOM):
            assert CANARY not in open_home(town, person)

        file = town.folder / f"{CANARY}.csv"
        town.bot.engine.schedule(
            (Scheduled(name="edges", format="csv", sources=(str(file),), every_hours=24),)
        )
        town.settle()
        assert any("a restricted model" in words(one) for one in town.slack.messages(GOVERNANCE))

        town.answer(BRUNO, "feed")
        for voter in VOTERS[1:]:
            town.press(voter, town.posted(GOVERNANCE, "RET-2/card"), "vote.approve")
        town.press(ADA, town.posted(GOVERNANCE, "RET-2/card"), "vote.approve")
        town.pass_time(days=15)
        assert town.retirement("RET-2").state is State.MIGRATING
        town.command(TOM, "check RET-2 scorer")
        town.pass_time(minutes=5)
        logs = [words(one) for one in town.slack.messages(GOVERNANCE) if "/check/" in key_of(one)]
        assert any("reads s3://models/a restricted model-2024.tar" in one for one in logs)
        assert any("(it said nothing)" in one for one in logs), "each has a log to look at"

        town.pass_time(days=33)
        town.command(QUINN, "waive RET-1 traffic nobody meters it")
        town.pass_time(days=2)
        switched = town.posted(QUIET, f"RET-1/announcement-1/manual/disable/component:default/{CANARY}-prod")
        town.opens(QUINN, lambda: town.press(QUINN, switched, "manual.report"))
        assert town.submit(QUINN, {"manual.evidence": "ticket 7"}) == {}
        town.press(RHEA, switched, "manual.check")
        assert town.retirement().state is State.DISABLED
        asks(town, *(one.format("RET-1") for one in ABOUT_ONE[:3]))
        town.pass_time(days=40)
        assert town.retirement().state is State.ARCHIVED
        asks(town, "What is being retired?", ABOUT_ONE[2].format("RET-1"))
        assert "RET-1" not in town.command(ELENA, "list all")
