"""Teams and people whom DataHub describes and another source has are those, in whatever order they were imported."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.records.catalog import Owners, Person
from tests.data.catalogs import a_document, imported
from tests.data.importers.test_datahub import ADA, ORDERS, SCORES, TEAM, told
from tests.data.importers.test_successors import file, take

MAX = "urn:li:corpuser:max"
HUB = [
    told(TEAM, "corpGroupInfo", {"displayName": "Risk", "members": [ADA, MAX]}),
    told("urn:li:corpGroup:models", "corpGroupInfo", {"members": [ADA, MAX], "groups": [TEAM]}),
    told(ADA, "corpUserInfo", {"active": True, "displayName": "Ada", "email": "ada@example.com"}),
    told(MAX, "corpUserInfo", {"active": True, "displayName": "Max", "managerUrn": ADA}),
    told(ORDERS, "ownership", {"owners": [{"owner": TEAM}]}),
    told(SCORES, "ownership", {"owners": [{"owner": "urn:li:corpGroup:models"}]}),
]
RISK = a_document("Group", "risk", "type: team, members: [a.okafor]")
OKAFOR = a_document("User", "a.okafor", "profile: {email: ada@example.com}").replace(
    "  name", "  annotations: {emeritus.dev/slack-id: U0ADA}\n  name", 1
)
FORMATS = ("backstage", "datahub", "accounts")


def write(path: Path) -> dict[str, Path]:
    return {
        "backstage": file(path, "people.yaml", f"{RISK}---\n{OKAFOR}"),
        "datahub": file(path, "hub.json", json.dumps(HUB)),
        "accounts": file(path, "who.csv", f"who,slack_id\n{MAX},U0MAX\n"),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(FORMATS)), ids=">".join)
def test_whoever_is_imported_first_the_same_answer(
    catalog: Catalog, tmp_path: Path, order: tuple[str, ...]
) -> None:
    files = write(tmp_path)
    for format_ in order:
        take(catalog, format_, files[format_])
    there = catalog.snapshot()
    risk = Owners(team_id="group:default/risk", called="risk", slack_ids=("U0ADA",))
    assert there.owners_of(there.entity(ORDERS.lower())) == risk
    models = there.owners_of(there.entity(SCORES.lower()))
    assert (models.team_id, models.slack_ids) == ("urn:li:corpgroup:models", ("U0ADA", "U0MAX"))
    assert there.group("risk").id == "group:default/risk"
    assert [one.id for one in there.known() if isinstance(one, Person)] == [
        f"account:{MAX}",
        MAX,
        "user:default/a.okafor",
    ]
    assert there.manager_slack_of("U0MAX") == "U0ADA"
    for format_ in order:
        assert not take(catalog, format_, files[format_]).changed


def test_who_is_in_no_other_source_any_more_is_as_datahub_has_them(catalog: Catalog, tmp_path: Path) -> None:
    files = write(tmp_path)
    for format_ in ("datahub", "backstage"):
        take(catalog, format_, files[format_])
    assert catalog.owners_now([SCORES.lower()]) == ("U0ADA",)
    files["backstage"].write_text(a_document("User", "else"))
    imported(catalog, files["backstage"], days=1)
    there = catalog.snapshot()
    assert there.person(ADA) == Person(id=ADA, name="Ada", email="ada@example.com")


def test_a_name_that_two_teams_have_joins_none_of_them(catalog: Catalog, tmp_path: Path) -> None:
    files = write(tmp_path)
    other = RISK.replace("  name", "  namespace: shop\n  name", 1)
    files["backstage"].write_text(f"{RISK}---\n{OKAFOR}---\n{other}")
    report = take(catalog, "backstage", files["backstage"])
    report = take(catalog, "datahub", files["datahub"])
    could = "could be group:default/risk or group:shop/risk; kept as one of its own"
    assert could in [one.note for one in report.notes]
    assert catalog.owners_of(catalog.entity(ORDERS.lower())).team_id == TEAM.lower()
