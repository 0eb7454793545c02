"""A catalog file that was cut off while people vote leaves every consumer in the plan and asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import Invalid
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.town import Town

NIGHT_APP = (
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: night-app}\nspec:\n"
    "  type: service\n  owner: logistics\n  dependsOn:\n    - component:churn-v1-prod\n"
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False) as running:
        yield running


@pytest.mark.parametrize("left", ["component:churn-v1-", "component:churn-v1"], ids=["nobody", "another"])
def test_a_consumer_whose_file_was_cut_off_while_people_vote_is_asked_all_the_same(town: Town, left: str):
    another = a_document("Component", "churn-v1", "type: service, owner: logistics")
    town.learns(another, NIGHT_APP)
    town.settle()
    assert town.propose() == {}
    with pytest.raises(Invalid, match=f"ends within `{left}` without a line break"):
        town.learns(another, NIGHT_APP.replace("component:churn-v1-prod\n", left))
    town.settle()
    town.approve()
    town.pass_time(days=16)
    assert town.retirement().state is State.MIGRATING
    assert town.retirement().obligation("component:default/night-app") is not None
