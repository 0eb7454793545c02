"""A file in the import channel that is cut off within a name: its thread says so, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.test_dropping_files import EDGES, IMPORTS, drop, told, version
from tests.scenarios.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        yield running


CUT_OFF = (
    "without a line break, so the file may be cut off: if it is whole, end it with one, then import again"
)
APP = "spec:\n  type: service\n  owner: logistics\n  dependsOn:\n    - component:churn-v1-prod\n"
NIGHT_APP = f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: night-app}}\n{APP}"


@pytest.mark.parametrize(
    ("name", "whole", "cut", "why"),
    [
        ("edges.csv", EDGES, 3, "edges.csv:2 ends within 'consum'"),
        ("app.yaml", NIGHT_APP, 5, "app.yaml:8 ends within 'component:churn-v1-'"),
    ],
    ids=["csv", "backstage"],
)
def test_a_file_that_is_cut_off_within_a_name_is_told_so_in_its_thread_and_changes_nothing(
    town: Town, name: str, whole: str, cut: int, why: str
):
    drop(town, whole, name)
    before = version(town)
    said = "\n".join(told(town, drop(town, whole[:-cut], name)))
    assert f"{why} {CUT_OFF}" in said
    assert version(town) == before
