"""`emeritus impact --format png|svg`: the bytes of a picture, and nothing else, on standard output."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

from click.testing import CliRunner, Result
from PIL import Image

from bot.cli import cli
from tests.data.catalogs import COMPANY


def told(tmp_path: Path, *arguments: str) -> Result:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), "EMERITUS_ARCHIVE": str(tmp_path / "archive")}
    return CliRunner(env=environ).invoke(cli, arguments, prog_name="emeritus")


def test_a_model_is_drawn_with_its_successor_and_its_consumers(tmp_path: Path) -> None:
    told(tmp_path, "import", "backstage", str(COMPANY))
    drawn = told(tmp_path, "impact", "churn-v1", "--format", "svg")
    assert drawn.exit_code == 0
    root = ET.fromstring(drawn.stdout)
    names = {
        group.attrib["aria-label"].partition(" (")[0] for group in root.iter() if "aria-label" in group.attrib
    }
    assert {"churn-v1", "churn-v2", "churn-v1-prod", "monday-report", "save-offer-service"} <= names
    picture = Image.open(io.BytesIO(told(tmp_path, "impact", "churn-v1", "--format", "png").stdout_bytes))
    assert picture.format == "PNG"
    assert picture.info["Description"].startswith("Who depends on churn-v1: 7 consumers of ")


def test_a_picture_of_an_unknown_model_is_refused_as_any_other_answer(tmp_path: Path) -> None:
    told(tmp_path, "import", "backstage", str(COMPANY))
    failed = told(tmp_path, "impact", "chrun-v1", "--format", "png")
    assert failed.exit_code == 1
    assert failed.stdout_bytes == b""
    assert "Run emeritus impact churn-v1" in failed.stderr
