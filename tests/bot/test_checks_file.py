"""The file of the operator's own checks: what it says, and everything that is wrong with it in one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.checks_file import read_checks
from data.errors import Invalid
from data.records.checks import Check, OwnChecks

WEB = "component:default/web"


def written(folder: Path, text: str) -> Path:
    path = folder / "checks.toml"
    path.write_text(text)
    return path


def test_without_a_file_there_are_none() -> None:
    assert read_checks(None) == OwnChecks()


def test_commands_run_beside_the_file_and_addresses_are_asked(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        f'hosts = ["ci.example.com", "10.1.2.3:8443"]\n[checks."{WEB}"]\n'
        'scoring = {command = ["./score.sh", "web"], timeout_seconds = 600}\n'
        'features = {url = "http://127.0.0.1:9/health"}\n',
    )
    assert read_checks(file) == OwnChecks(
        hosts=("ci.example.com", "10.1.2.3:8443"),
        checks={
            WEB: (
                Check(name="scoring", command=("./score.sh", "web"), timeout_seconds=600, is_own=True),
                Check(name="features", url="http://127.0.0.1:9/health", is_own=True),
            )
        },
        file=str(tmp_path / "checks.toml"),
    )


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = (
        'hosts = ["https://ci.example.com"]\nhost = "x"\n[checks."web"]\n'
        'Scoring = {url = "https://a.example/"}\nfeatures = {}\nanalytics = {command = "rm -rf x"}\n'
        'ingestion = {url = "https://me:hunter2@a.example/", timeout_seconds = 0, shell = true}\n[checks.empty]\n'
    )
    with pytest.raises(Invalid) as refused:
        read_checks(written(tmp_path, text))
    assert [str(problem) for problem in refused.value.problems] == [
        'checks.toml host = "x": unknown; known here: hosts, checks',
        (
            'checks.toml hosts = "https://ci.example.com": a list of hosts in small letters, with or without a port, '
            'e.g. ["ci.example.com", "10.1.2.3:8443"]'
        ),
        ('checks.toml [checks."web"] Scoring: the name of a check has 1 to 40 small letters, digits or -'),
        'checks.toml [checks."web".features]: either a command or a url',
        (
            'checks.toml [checks."web".analytics] command = "rm -rf x": a program and its arguments, each by itself, '
            'e.g. ["./score.sh", "web"]; no shell reads it'
        ),
        (
            'checks.toml [checks."web".ingestion] url = "https://...@a.example/": one address, https://..., of at most '
            "1,000 characters, without a user or password"
        ),
        (
            'checks.toml [checks."web".ingestion] timeout_seconds = 0: a whole number of seconds from 1 to 3600'
        ),
        (
            'checks.toml [checks."web".ingestion] shell = true: unknown; known here: command, url, timeout_seconds'
        ),
        'checks.toml [checks."empty"]: a table of its checks, e.g. scoring = { url = "https://..." }',
    ]
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'checks.toml: hosts, or at least one check, e.g. [checks."component:default/web"]'),
        (
            "checks = 1",
            'checks.toml checks = 1: a table for each consumer, e.g. [checks."component:default/web"]',
        ),
        ("x", "checks.toml: not TOML"),
    ],
)
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_checks(written(tmp_path, text))
    assert str(refused.value).startswith(said)
