"""How people are reached in Slack: by their own catalog, a list of accounts, an e-mail address; never by guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog.accounts import Account, Accounts
from data.catalog.catalog import Catalog
from data.importers.accounts import read_accounts
from data.importers.report import ImportReport
from data.records.catalog import Person
from tests.data.catalogs import MONDAY, a_document, imported

ADA = Person(id="user:default/ada", name="Ada", email="Ada@Example.com")


def accounts(*people: Person, unseen: tuple[str, ...] = ()) -> Accounts:
    return Accounts({one.id: one for one in people}, unseen)


def listed(who: str, slack_id: str) -> Person:
    email = who if "@" in who else ""
    return Person(id=f"account:{who.casefold()}", name=who, slack_id=slack_id, email=email)


def a_person(name: str, slack_id: str = "", email: str = "") -> Person:
    return Person(id=f"user:default/{name}", name=name, slack_id=slack_id, email=email)


def test_what_their_own_catalog_says_counts() -> None:
    ada = a_person("ada", "U0ADA", "ada@example.com")
    found = accounts(ada, listed("ada@example.com", "U0OTHER"))
    assert found.of(ada) == Account("U0ADA")
    assert found.holder("U0ADA") == ada


@pytest.mark.parametrize("who", ["ada@example.com", "ADA@example.COM", "user:default/ada"])
def test_a_list_tells_of_somebody_by_their_address_or_id(who: str) -> None:
    found = accounts(ADA, listed(who, "U0ADA"))
    assert found.of(ADA).slack_id == "U0ADA"
    assert found.holder("U0ADA") == ADA, "not the account that only the list tells of"


def test_a_person_of_another_catalog_with_the_same_address_is_the_same_person() -> None:
    urn = Person(id="urn:li:corpuser:ada", name="ada", slack_id="U0ADA", email="ada@example.com")
    found = accounts(ADA, urn)
    assert found.of(ADA) == Account("U0ADA", "is reached by their e-mail address")
    assert found.holder("U0ADA") == urn


def test_two_accounts_of_one_address_are_none() -> None:
    found = accounts(
        ADA, a_person("a1", "U0A1", "ada@example.com"), a_person("a2", "U0A2", "ada@example.com")
    ).of(ADA)
    assert found == Account(why_not="has the e-mail address of U0A1 and U0A2, and no Slack id")


def test_an_account_stays_whose_it_is_by_their_own_catalog() -> None:
    bob = a_person("bob", "U0BOB", "bob@example.com")
    found = accounts(ADA, bob, listed("ada@example.com", "U0BOB"))
    assert found.of(ADA).why_not == "would be U0BOB, which is user:default/bob's by their own catalog"
    assert found.holder("U0BOB") == bob


def test_who_left_lends_nobody_their_account() -> None:
    old = a_person("old", "U0OLD", "ada@example.com")
    assert accounts(ADA, old, unseen=(old.id,)).of(ADA).why_not == "has no Slack id"


def test_nobody_without_an_address_shares_one() -> None:
    nameless = a_person("nameless")
    assert accounts(nameless, a_person("bob", "U0BOB")).of(nameless).slack_id == ""


def a_list(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["who,slack_id", *rows, ""]))
    return path


def taken_in(catalog: Catalog, path: Path) -> ImportReport:
    reading = read_accounts([path], known=catalog.known(), taken=catalog.slack_ids_outside([path]))
    return catalog.import_(reading, format="accounts", now=MONDAY)


def a_company(catalog: Catalog, folder: Path, *more: str) -> None:
    path = folder / "company.yaml"
    path.write_text(
        "---\n".join(
            [
                a_document("Resource", "churn", "type: ai-model, owner: growth"),
                a_document("Group", "growth", "type: team, children: [], members: [ada]"),
                a_document("User", "ada", "memberOf: [], profile: {email: ada@example.com}"),
                *more,
            ]
        )
    )
    imported(catalog, path)


def test_owners_are_reached_by_a_list_whichever_was_imported_first(catalog: Catalog, tmp_path: Path) -> None:
    accounts_first = taken_in(catalog, a_list(tmp_path / "slack.csv", "ada@example.com,U0ADA"))
    assert [one.note for one in accounts_first.notes] == [
        "nobody in the catalog has this id or e-mail address yet; kept"
    ]
    a_company(catalog, tmp_path)
    (model, *_) = catalog.snapshot().responsible("resource:default/churn")
    assert model.owners.slack_ids == ("U0ADA",)
    assert model.owners.notes == ()
    assert model.why == ("ada is reached by their e-mail address",)
    assert not taken_in(catalog, tmp_path / "slack.csv").changed
    person = catalog.person_by_slack("U0ADA")
    assert person is not None
    assert person.id == "user:default/ada"


def test_an_address_that_is_in_no_list_any_more_reaches_nobody(catalog: Catalog, tmp_path: Path) -> None:
    a_company(catalog, tmp_path)
    taken_in(catalog, a_list(tmp_path / "slack.csv", "ada@example.com,U0ADA", "bo@example.com,U0BO"))
    taken_in(catalog, a_list(tmp_path / "slack.csv", "bo@example.com,U0BO"))
    (model, *_) = catalog.snapshot().responsible("resource:default/churn")
    assert (model.owners.slack_ids, model.owners.notes) == ((), ("ada has no Slack id",))


def test_rows_that_are_none_are_skipped_with_the_reason(catalog: Catalog, tmp_path: Path) -> None:
    path = a_list(
        tmp_path / "slack.csv",
        "ada@example.com,U0ADA",
        "Ada@Example.com,U0ADB",
        "bob@example.com,U0ADA",
        "bob@example.com,<@U0BOB>",
        "bob,U0BOB",
        ",U0BOB",
    )
    report = taken_in(catalog, path)
    assert [(one.where.rpartition(":")[2], one.why) for one in report.skipped] == [
        ("3", f"stands in {path}:2 already"),
        ("4", "U0ADA is ada@example.com's already"),
        ("5", '"<@U0BOB>" is not a Slack id like U01ABC2DEF3'),
        ("6", "who is an e-mail address, or a person's id such as user:default/ada"),
        ("7", "who is an e-mail address, or a person's id such as user:default/ada"),
    ]
    assert (report.documents.read, report.documents.kept) == (6, 1)


def test_a_list_says_where_somebody_has_holidays_and_when_they_are_on_leave(
    catalog: Catalog, tmp_path: Path
) -> None:
    (path := tmp_path / "slack.csv").write_text(
        "who,slack_id,country,away_from,away_until\n"
        "ada@example.com,U0ADA,DE-BY,2026-07-01,2026-07-14\n"
        "bob@example.com,U0BOB,,,\n"
        "cy@example.com,U0CY,XX,,\n"
        "dot@example.com,U0DOT,PT,2026-07-14,2026-07-01\n"
        "eve@example.com,U0EVE,PT,2026-07-14,\n"
        "fay@example.com,U0FAY,PT,soon,later\n"
    )
    report = taken_in(catalog, path)
    told = catalog.snapshot().person_by_slack("U0ADA", listed=True)
    assert told is not None
    assert (told.country, told.away_from, told.away_until) == ("DE-BY", "2026-07-01", "2026-07-14")
    leave = "are not the first and the last day of a leave, such as 2026-07-01; or leave both out"
    assert [one.why for one in report.skipped] == [
        (
            'country "XX" is none whose public holidays are known: a country by its ISO code, with a part of it or '
            'without, e.g. "PT" or "DE-BY"; "" for none'
        ),
        f'"2026-07-14" and "2026-07-01" {leave}',
        f'"2026-07-14" and "" {leave}',
        f'"soon" and "later" {leave}',
    ]
    assert (report.documents.read, report.documents.kept) == (6, 2)


def test_a_list_says_where_it_is_of_no_use(catalog: Catalog, tmp_path: Path) -> None:
    a_company(
        catalog,
        tmp_path,
        a_document("User", "bob", "memberOf: [], profile: {email: bob@example.com}", slack_id="U0BOB"),
    )
    report = taken_in(
        catalog, a_list(tmp_path / "slack.csv", "user:default/ada,U0BOB", "bob@example.com,U0BORIS")
    )
    assert [one.note for one in report.notes] == [
        "U0BOB is user:default/bob's by another source, which counts",
        "user:default/bob has the Slack id U0BOB by its own catalog, which counts",
    ]


def test_what_a_list_said_before_is_no_catalog_that_counts_before_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    a_company(catalog, tmp_path)
    first = a_list(tmp_path / "slack.csv", "ada@example.com,U0ADA", "kim@example.com,U0KIM")
    nobody = "nobody in the catalog has this id or e-mail address yet; kept"
    assert [[one.note for one in taken_in(catalog, first).notes] for _ in range(2)] == [[nobody], [nobody]]
    report = taken_in(catalog, a_list(tmp_path / "other.csv", "ada@example.com,U0ADB"))
    assert [one.note for one in report.notes] == [
        f"accounts:{first} declared it otherwise; what was read last counts"
    ]
    assert catalog.snapshot().owners_of(catalog.model("churn")).slack_ids == ("U0ADB",)


NESTED = (
    a_document("Group", "ml", "type: department, children: [growth, risk, empty], members: []"),
    a_document("Group", "risk", "type: team, children: [], members: [rita]"),
    a_document("Group", "empty", "type: team, children: [], members: []"),
    a_document("User", "rita", "memberOf: []", slack_id="U0RITA"),
    a_document("Resource", "fraud", "type: ai-model, owner: ml"),
    a_document("Resource", "lost", "type: ai-model, owner: empty"),
)


def test_teams_within_answer_for_one_that_has_nobody_of_its_own(catalog: Catalog, tmp_path: Path) -> None:
    a_company(catalog, tmp_path, *NESTED)
    taken_in(catalog, a_list(tmp_path / "slack.csv", "ada@example.com,U0ADA"))
    (model, *_) = catalog.snapshot().responsible("resource:default/fraud")
    assert model.owners.team_id == "group:default/ml"
    assert model.owners.slack_ids == ("U0ADA", "U0RITA")
    assert model.why == (
        "ml has nobody of its own; asked for it: growth and risk, within it",
        "ada is reached by their e-mail address",
    )


def test_who_is_above_an_empty_team_is_named_and_not_asked(catalog: Catalog, tmp_path: Path) -> None:
    a_company(catalog, tmp_path, *NESTED)
    (model, *_) = catalog.snapshot().responsible("resource:default/lost")
    assert model.owners.slack_ids == ()
    assert model.owners.notes == ("empty has no members; it is a team of ml, which may know",)


def test_teams_that_are_within_each_other_end_the_search(catalog: Catalog, tmp_path: Path) -> None:
    a_company(
        catalog,
        tmp_path,
        a_document("Group", "a", "type: team, parent: b, children: [], members: []"),
        a_document("Group", "b", "type: team, parent: a, children: [], members: []"),
        a_document("Resource", "round", "type: ai-model, owner: a"),
    )
    (model, *_) = catalog.snapshot().responsible("resource:default/round")
    assert model.owners.slack_ids == ()
