"""A region is found wherever boto3 looks for one, and a machine without any does not load boto3."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from bot.aws import sagemaker

OURS = "[default]\nregion = eu-central-1\n[profile other]\nregion = eu-north-1\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That of somebody who has never heard of AWS."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "variables", "expected"),
    [
        pytest.param("", {}, "", id="nothing"),
        pytest.param("", {"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1", id="the variable"),
        pytest.param("", {"AWS_DEFAULT_REGION": ""}, "", id="the variable, empty"),
        pytest.param(".aws/config", {}, "eu-central-1", id="the file"),
        pytest.param(".aws/credentials", {}, "eu-central-1", id="beside the credentials"),
        pytest.param(".aws/config", {"AWS_DEFAULT_REGION": ""}, "", id="the variable empties the file"),
        pytest.param(".aws/config", {"AWS_PROFILE": "other"}, "eu-north-1", id="a profile"),
        pytest.param(".aws/config", {"AWS_DEFAULT_PROFILE": "other"}, "eu-north-1", id="a default profile"),
        pytest.param("elsewhere", {"AWS_CONFIG_FILE": "~/elsewhere"}, "eu-central-1", id="another file"),
        pytest.param(
            "elsewhere",
            {"AWS_SHARED_CREDENTIALS_FILE": "~/elsewhere"},
            "eu-central-1",
            id="beside credentials elsewhere",
        ),
    ],
)
def test_a_region_is_found_where_boto3_finds_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, file: str, variables: dict[str, str], expected: str
) -> None:
    if file:
        (home / file).parent.mkdir(exist_ok=True)
        (home / file).write_text(OURS)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = sagemaker()
    assert (client.meta.region_name if client else "") == (boto3.Session().region_name or "") == expected


def test_without_aws_boto3_is_not_loaded_to_put_a_bot_together(home: Path) -> None:
    asked = "import sys, bot.edges; print(bot.edges.sagemaker(), 'boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "None False\n"
