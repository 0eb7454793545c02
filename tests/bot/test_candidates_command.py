"""`emeritus candidates` beside a record: text for people, JSON for machines, by the policy that is set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.bot.listeners.desk import Desk

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), "EMERITUS_POLICY": None}
    return lambda *arguments, **more: CliRunner(env={**environ, **more}).invoke(
        cli, [str(one) for one in arguments], prog_name="emeritus"
    )


def test_candidates_are_printed_with_their_reasons_and_what_retires_is_left_out(
    run: Run, tmp_path: Path
) -> None:
    with Desk(tmp_path) as desk:
        desk.propose()

    lines = run("candidates").stdout.splitlines()

    assert lines[0].startswith("1 candidate. Left out: 1 model retiring already, or retired; ")
    assert lines[1] == "1. churn (resource:default/churn), Growth ML: 1 of 9 criteria speaks for it"
    assert lines[-1] == "Next: /retire propose MODEL, in Slack"


def test_machines_get_every_key_and_the_policy_decides_what_is_looked_at(run: Run, tmp_path: Path) -> None:
    with Desk(tmp_path):
        pass
    (policy := tmp_path / "own.toml").write_text('[candidates]\ncriteria = ["deprecated"]\n')

    told = json.loads(run("candidates", "--json", EMERITUS_POLICY=str(policy)).stdout)

    assert set(told) == {"as_of", "candidates", "left_out"}
    assert [(one["name"], one["score"], one["of"]) for one in told["candidates"]] == [("churn", 1, 1)]
    (finding,) = told["candidates"][0]["findings"]
    assert set(finding) == {"criterion", "verdict", "value", "source", "as_of"}
    assert told["left_out"] == {"leaving": 0, "unused_hosted": 0, "nothing_speaks_for_it": 11}


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        (
            'criteria = ["age"]',
            "a list of any of support, deprecated, idle, calls, decay, drift, cost, dependants, successor, each once",
        ),
        ("decay_share_max = 5", "a number of shares of 1 from 0 to 1"),
        ("drift_psi_max = nan", "a number of PSI from 0 to 1,000,000"),
        ("cost_per_month_max = -1", "a number of money from 0 to 1,000,000,000,000"),
        ('cost_currency = "euro"', 'three letters like "EUR", or ""'),
        ("measured_days = 0", "a whole number of days from 1 to 3650"),
        ('criteria = ["idle", "idle"]', "each only once"),
        ("calls_per_day_max = -1", "a whole number of calls from 0 to 1000000000"),
        ("idle_days = 0", "a whole number of days from 1 to 3650"),
        ('support_days = "soon"', "a whole number of days from 0 to 3650"),
    ],
    ids=[
        *("unknown", "a percentage", "no drift", "a gain", "no currency"),
        *("no day", "twice", "negative", "none", "no number"),
    ],
)  # fmt: skip
def test_a_policy_that_asks_for_something_else_is_refused_with_what_is_accepted(
    run: Run, tmp_path: Path, said: str, accepted: str
) -> None:
    (policy := tmp_path / "own.toml").write_text(f"[candidates]\n{said}\n")

    refused = run("policy", "check", policy)

    assert refused.exit_code == 1
    assert accepted in refused.stdout + refused.stderr


def test_without_a_record_it_says_how_to_make_one(run: Run) -> None:
    refused = run("candidates")

    assert refused.exit_code == 1
    assert "Run emeritus import backstage PATH to make it" in refused.stderr
