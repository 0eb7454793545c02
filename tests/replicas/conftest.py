"""A database, a strict Slack with published limits (or a multiple of them), and a fleet of bots between the two."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ids import HOME_OPENED
from data.catalog.catalog import Catalog
from data.postgres.store import PostgresStore
from tests import sample_company
from tests.fakes.slack import SlackFake
from tests.kill.aftermath import waiting
from tests.kill.people import People
from tests.replicas.database import Database
from tests.replicas.fleet import Fleet
from tests.replicas.replica import START, Site
from tests.sample_company import COMPANY
from tests.written import judge
from workflows.adapters.local_endpoint import LocalEndpoints


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with Database() as running:
        yield running


@pytest.fixture
def chance() -> random.Random:
    """What is printed on failure makes the same things happen at about the same moments again."""
    seed = os.environ.get("REPLICAS_SEED") or str(random.SystemRandom().randrange(1_000_000))
    print(f"REPLICAS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The sample company with its catalog, and a fleet of which nobody runs yet; as tests/kill has it for one bot."""

    town: Site
    slack: SlackFake
    endpoints: LocalEndpoints
    keeper: Fleet
    people: People

    def record(self) -> PostgresStore:
        """The record, to be read beside running bots or after them. The caller closes it."""
        return self.town.store(read_only=True)


@pytest.fixture
def day_seconds() -> float:
    return 86_400.0


@pytest.fixture
def scene(database: Database, folder: str, chance: random.Random, day_seconds: float) -> Iterator[Scene]:
    with SlackFake(sample_company.users(), sample_company.channels(), events=[HOME_OPENED]) as slack:
        site = Site(
            folder=folder,
            database=database.fresh_url(),
            slack_api_url=slack.api_url,
            bot_token=slack.bot_token,
            signing_secret=slack.signing_secret,
            epoch=time.time(),
            day_seconds=day_seconds,
        )
        store = site.store()
        Catalog(store).import_(sample_company.reading(), format="backstage", now=START)
        store.close()
        with Fleet(site, slack, chance) as fleet:
            people = People(slack, fleet)
            yield Scene(town=site, slack=slack, endpoints=site.endpoints(), keeper=fleet, people=people)
            # Where a test has failed, this is why.
            record = site.store(read_only=True)
            print(fleet.said(), waiting(record)[:20], record.troubles())
            record.close()
        judge(slack.calls)


@pytest.fixture
def serving(scene: Scene) -> Iterator[Scene]:
    """With the model servers' processes, for stories that come to look at them."""
    try:
        for model in ("churn-v1", "churn-v2"):
            scene.endpoints.start(f"{model}-prod", COMPANY / "artifacts" / model / "weights.json")
        yield scene
    finally:
        scene.endpoints.stop_all()
