"""A file dropped into the import channel says nothing of who is who: it makes nobody an owner or voter by any way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.importers.csv_edges import read_csv
from data.importers.report import ImportReport
from data.records.catalog import Kind
from tests.data.catalogs import a_document, imported
from tests.scenarios.town import TOM, Town, words

IMPORTS = "C01GROWTHML"
TEAM = a_document(
    "Group", "board", "type: team, children: [], members: [user:default/gone, user:default/silent]"
).replace("name: board", "name: board\n  namespace: eng")
SILENT = a_document("User", "silent", "memberOf: [], profile: {email: silent@example.com}")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        (file := tmp_path / "board.yaml").write_text(f"{TEAM}---\n{SILENT}")
        imported(running.bot.house.catalog, file)
        yield running


@pytest.mark.parametrize(
    "document",
    [
        a_document("User", "gone", "memberOf: []", slack_id="U01OTHER"),
        a_document("User", "me", "memberOf: [], profile: {email: silent@example.com}", slack_id="U01OTHER"),
        a_document("Group", "board", "type: team, children: [], members: [tom-birch]"),
    ],
    ids=[
        "who is in a team and in no catalog",
        "who has the address of somebody",
        "a team called like another",
    ],
)
@pytest.mark.parametrize("beside", ["", a_document("Resource", "uplift", "type: ai-model, owner: growth-ml")])
def test_nobody_gets_into_a_team_by_a_shared_file(town: Town, document: str, beside: str) -> None:
    catalog = town.bot.house.catalog
    file = town.slack.share(TOM, IMPORTS, "people.yaml", f"{document}---\n{beside}")
    town.settle()
    assert catalog.group("board").id == "group:eng/board"
    assert catalog.members("board") == ()
    assert any(one.name == "uplift" for one in catalog.models()) is bool(beside)
    (answer,) = [
        words(one)
        for one in town.slack.messages(IMPORTS)
        if one["user"] == "UBOT" and one["thread_ts"] == file.shares[IMPORTS][0]
    ]
    assert "is not taken from a file shared in Slack: import it on the machine" in answer


def test_nobody_gets_hold_of_a_model_by_giving_another_one_its_name(town: Town, tmp_path: Path) -> None:
    catalog = town.bot.house.catalog
    (file := tmp_path / "theirs.yaml").write_text(
        a_document("Resource", "theirs", "type: ai-model, owner: board", aliases="models:/Theirs")
    )
    imported(catalog, file)
    mine = a_document(
        "Resource", "mine", "type: ai-model, owner: growth-ml", aliases="models:/theirs, models:/Mine"
    )
    town.slack.share(TOM, IMPORTS, "mine.yaml", mine)
    town.settle()
    assert catalog.entity("resource:default/mine").aliases == ("models:/Mine",)
    answer = words(town.slack.messages(IMPORTS)[-1])
    assert "alias models:/theirs: is a name of resource:default/theirs; left out" in answer


def test_nobody_may_switch_a_model_off_by_an_endpoint_they_say_it_has(town: Town) -> None:
    catalog = town.bot.house.catalog
    mine = a_document(
        "Component", "mine", "type: model-server, owner: growth-ml, dependsOn: ['resource:churn-v1']"
    )
    town.slack.share(
        TOM, IMPORTS, "mine.yaml", f"{mine}---\n{a_document('Resource', 'uplift', 'type: ai-model')}"
    )
    before = catalog.endpoints_of("resource:default/churn-v1")
    town.settle()
    assert any(one.name == "uplift" for one in catalog.models())
    assert catalog.endpoints_of("resource:default/churn-v1") == before
    (answer,) = [words(one) for one in town.slack.messages(IMPORTS) if one["user"] == "UBOT"]
    assert "An endpoint is not taken from a file shared in Slack: import it on the machine" in answer


def test_what_its_own_source_does_not_mention_any_more_is_nobody_elses(town: Town, tmp_path: Path) -> None:
    catalog = town.bot.house.catalog
    (file := tmp_path / "theirs.yaml").write_text(
        a_document("Resource", "theirs", "type: ai-model, owner: growth-ml")
    )
    imported(catalog, file)
    file.write_text(a_document("Resource", "another", "type: ai-model, owner: growth-ml"))
    imported(catalog, file)
    assert "resource:default/theirs" in catalog.snapshot().unseen
    town.slack.share(
        TOM, IMPORTS, "theirs.yaml", a_document("Resource", "theirs", "type: ai-model, owner: security")
    )
    town.settle()
    assert catalog.entity("resource:default/theirs").owner_id == "group:default/growth-ml"


COLUMNS = "from,to,from_owner,to_owner,to_kind"


def by_the_operator(town: Town, row: str) -> ImportReport:
    (file := town.folder / "edges.csv").write_text(f"{COLUMNS}\n{row}\n")
    catalog = town.bot.house.catalog
    return catalog.import_(
        read_csv([file], known=catalog.known_outside("csv", [file])), format="csv", now=town.now()
    )


def owner_of(town: Town, thing_id: str) -> str:
    catalog = town.bot.house.catalog
    return catalog.entity(thing_id).owner_id


def shares(town: Town, row: str, name: str = "shared.csv") -> str:
    town.slack.share(TOM, IMPORTS, name, f"{COLUMNS}\n{row}\n")
    town.settle()
    return words(town.slack.messages(IMPORTS)[-1])


def test_nobody_becomes_the_owner_of_a_model_by_being_named_before_they_are_there(town: Town) -> None:
    said = shares(town, "orphan,newmodel,,newteam,model")
    assert "csv:newmodel: owner newteam is left out. Who owns a model is not taken from" in said
    catalog = town.bot.house.catalog
    (file := town.folder / "team.yaml").write_text(a_document("Group", "newteam", "type: team"))
    imported(catalog, file)
    assert catalog.owners_of(catalog.entity("csv:newmodel")).team_id == ""


def test_nobody_becomes_the_owner_of_a_model_by_a_file_that_is_the_first_to_tell_of_it(town: Town) -> None:
    said = shares(town, "orphan,newmodel,logistics,logistics,model")
    assert (
        "csv:newmodel: owner group:default/logistics is left out. Who owns a model is not taken from" in said
    )
    assert owner_of(town, "csv:newmodel") == ""
    assert owner_of(town, "csv:orphan") == "group:default/logistics", "who answers for a consumer is taken"
    who = town.command(TOM, "who newmodel")
    assert "Who owns a model is not taken from a file shared in Slack" in who


def test_what_a_csv_of_the_operator_says_later_counts_and_no_file_that_is_shared_after_it(town: Town) -> None:
    shares(town, "orphan,newmodel,logistics,logistics,consumer")
    report = by_the_operator(town, "orphan,newmodel,insights,growth-ml,model")
    told = [(one.what, one.note) for one in report.notes]
    place = f"csv:slack:{IMPORTS}/shared.csv declared it otherwise; what was read last counts"
    assert ("csv:newmodel", place) in told
    assert ("csv:orphan", place) in told
    owners = ["group:default/insights", "group:default/growth-ml"]
    assert [owner_of(town, one) for one in ("csv:orphan", "csv:newmodel")] == owners
    assert town.bot.house.catalog.entity("csv:newmodel").kind is Kind.MODEL
    shares(town, "orphan,newmodel,logistics,logistics,model")
    shares(town, "orphan,newmodel,logistics,logistics,model", "another.csv")
    assert [owner_of(town, one) for one in ("csv:orphan", "csv:newmodel")] == owners


def test_who_owned_it_as_a_consumer_does_not_own_it_once_it_is_told_to_be_a_model(town: Town) -> None:
    shares(town, "orphan,newmodel,logistics,logistics,consumer")
    assert owner_of(town, "csv:newmodel") == "group:default/logistics"
    by_the_operator(town, "orphan,newmodel,,,model")
    assert owner_of(town, "csv:newmodel") == ""
