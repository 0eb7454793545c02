"""A Slack page in a real browser, beside the company whose bot it talks to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright

from bot.demo.company import CATALOG, WORKSPACE, Company
from bot.demo.emulator import Emulator
from data.importers.backstage import read_backstage
from tests.browser.slack_page import ARGUMENTS, PATIENCE_SECONDS, SlackPage, chromium

DAY_SECONDS = 3.0
"""The demo's review of three days takes nine seconds: time for four people to vote in a browser."""
MORE_REPORTS = 22
"""With her two this is more than one page of the modal holds, and all of them are Inês's."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures go: EMERITUS_ARTIFACTS keeps them, otherwise they go with the test's directory."""
    kept = Path(os.environ.get("EMERITUS_ARTIFACTS") or tmp_path) / "pictures"
    kept.mkdir(parents=True, exist_ok=True)
    return kept


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(WORKSPACE) as running:
        yield running


@pytest.fixture
def company(emulator: Emulator, tmp_path: Path) -> Iterator[Company]:
    """The demo's company, in which Insights has grown fond of reports."""
    reports = tmp_path / "reports.yaml"
    reports.write_text(yaml.safe_dump_all(a_report(number + 1) for number in range(MORE_REPORTS)))
    running = Company(tmp_path, tmp_path, api_url=emulator.api_url, day_seconds=DAY_SECONDS, say=print)
    with closing(running):
        running.start()
        running.catalog.import_(
            read_backstage([*CATALOG, reports]), format="backstage", now=running.world.now()
        )
        yield running


def a_report(number: int) -> dict[str, object]:
    return {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": f"report-{number:02}"},
        "spec": {
            "type": "dashboard",
            "lifecycle": "production",
            "owner": "insights",
            "dependsOn": ["resource:churn-v1"],
        },
    }


@pytest.fixture
def program() -> str:
    """Asked for first: without a browser nothing needs to be started."""
    return chromium()


@pytest.fixture
def slack(program: str, emulator: Emulator, company: Company, pictures: Path) -> Iterator[SlackPage]:
    """The workspace as a person opens it, with the bot connected."""
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        page = browser.new_page(viewport={"width": 1440, "height": 1100})
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        shown = SlackPage(page, pictures)
        shown.open(emulator.url)
        yield shown
        shown.picture("last-seen")  # of a test that failed, too
        browser.close()
