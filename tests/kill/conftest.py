"""The sample company's Slack and servers, its catalog imported, and a keeper who starts and kills its bot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.sqlite.store import SqliteStore
from tests import sample_company
from tests.fakes.slack import SlackFake
from tests.kill.bot_process import START, Town
from tests.kill.keeper import Keeper
from tests.kill.people import People
from tests.sample_company import COMPANY
from tests.written import judge
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.machine import RetirementMachine

DAY_SECONDS = 1.1  # slow enough for people to act within days, fast enough for weeks to pass in a minute


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A story that is about to begin: no bot runs yet."""

    town: Town
    slack: SlackFake
    endpoints: LocalEndpoints
    keeper: Keeper
    people: People

    def record(self) -> SqliteStore:
        """The record, to be read beside a running bot or after it. The caller closes it."""
        return SqliteStore(self.town.store, RetirementMachine(), read_only=True)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with SlackFake(sample_company.users(), sample_company.channels()) as slack:
        town = Town(
            folder=str(tmp_path),
            slack_api_url=slack.api_url,
            bot_token=slack.bot_token,
            signing_secret=slack.signing_secret,
            epoch=time.time(),
            day_seconds=DAY_SECONDS,
        )
        store = SqliteStore(town.store, RetirementMachine())
        Catalog(store).import_(sample_company.reading(), format="backstage", now=START)
        store.close()
        endpoints = town.endpoints()
        try:
            for model in ("churn-v1", "churn-v2"):
                endpoints.start(f"{model}-prod", COMPANY / "artifacts" / model / "weights.json")
            with Keeper(town, slack) as keeper:
                yield Scene(
                    town=town,
                    slack=slack,
                    endpoints=endpoints,
                    keeper=keeper,
                    people=People(slack, keeper),
                )
            judge(slack.calls)
        finally:
            endpoints.stop_all()
