"""Nothing acknowledged is lost when the power goes; and where something would be, the harness finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.power_loss.campaign import Campaign, Found, run
from tests.power_loss.disk import Lie
from tests.power_loss.life import product_settings


def losses(found: Found) -> tuple[int, int, list[str]]:
    return found.lost, found.corrupt, found.failures


@pytest.mark.long
def test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() -> None:
    found = run(Campaign(seed=1), images=300)
    assert losses(found) == (0, 0, [])
    # It is worth something only if the cuts came in between, over checkpoints and shared commits.
    assert found.torn > found.images / 2
    assert found.checkpoints > found.lives
    assert found.shared > 50
    assert found.acknowledged > 5 * found.images


def test_the_simulated_writer_has_the_settings_of_the_products(tmp_path: Path) -> None:
    settings = product_settings(tmp_path)
    full, on = 2, 1
    writing = {"journal_mode": "wal", "synchronous": full, "secure_delete": on, "wal_autocheckpoint": 4000}
    assert {name: settings.writing[name] for name in writing} == writing
    assert (settings.reading["query_only"], settings.reading["wal_autocheckpoint"]) == (1, 0)


def test_a_weaker_sync_is_found_to_lose_commits_and_to_break_nothing() -> None:
    found = run(Campaign(seed=1, synchronous="NORMAL"), images=80)
    assert found.lost > 0
    assert found.corrupt == 0


def test_a_disk_that_ignores_syncs_is_found_to_lose_commits_and_to_break_the_record() -> None:
    found = run(Campaign(seed=1, lie=Lie.SYNC), images=80)
    assert found.lost > 0
    assert found.corrupt > 0


@pytest.mark.long
def test_a_disk_that_forgets_names_is_found_to_lose_commits() -> None:
    assert run(Campaign(seed=1, lie=Lie.NAMES), images=80).lost > 0


@pytest.mark.long
def test_a_failure_comes_with_the_command_that_repeats_it() -> None:
    campaign = Campaign(seed=7, synchronous="NORMAL")
    found = run(campaign, images=80)
    replay = "uv run python -m tests.power_loss --seed 7 --chain 0 --synchronous NORMAL"
    assert found.failures[0].endswith(replay)
    assert replace(run(campaign, chain=0), seconds=found.seconds) == found


@pytest.mark.long
def test_two_thousand_power_cuts_lose_nothing_that_was_acknowledged() -> None:
    found = run(Campaign(seed=2), images=2_000)
    assert losses(found) == (0, 0, [])
    assert found.checkpoints > 500
