"""`emeritus erase`: what it says it did, what stays to be done by hand, and exit codes a script can go by."""

from __future__ import annotations

import json

from tests.bot.test_log_command import Run, home, run, signed  # noqa: F401 - fixtures

BY = ("--by", "U01TOMBIRCH", "--because", "request 12")


def test_it_says_what_is_gone_and_what_is_not_and_the_record_holds(run: Run, signed: str) -> None:  # noqa: F811
    done = run("erase", "RET-1", "1", *BY)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "1 text of entry 1 of RET-1 erased"
    assert "backups and copies of the record still have it" in done.stdout
    assert "emeritus erase --containing NAME says where one is" in done.stdout
    assert run("verify").exit_code == 0

    again = run("erase", "RET-1", "1", *BY, "--json")
    assert again.exit_code == 1
    assert "it is erased already" in json.loads(again.stdout)["error"]


def test_without_an_entry_it_lists_what_people_wrote_and_where_a_name_stands(run: Run) -> None:  # noqa: F811
    listed = run("erase", "RET-1")
    assert listed.exit_code == 0, listed.output
    assert listed.stdout.splitlines() == [
        'RET-1 entry 1, 2026-03-02, proposed by U01TOMBIRCH: "churn-v2 is better on every segment"',
        'RET-1 entry 8, 2026-03-17, paused by U01TOMBIRCH: "audit week"',
        (
            "emeritus erase RET-n ENTRY --by SLACK_ID --because TEXT erases all that is written in one, and with "
            "--containing TEXT only words in which that stands"
        ),
    ]
    (entry,) = json.loads(run("erase", "--containing", "AUDIT week", "--json").stdout)
    assert (entry["retirement"], entry["entry"], entry["texts"]) == ("RET-1", 8, ["audit week"])

    named = run("erase", "--containing", "storefront").stdout.splitlines()
    stands = 'cannot be erased: "group:default/storefront", "Storefront"'
    assert named[0] == f"RET-1 entry 1, 2026-03-02, proposed by U01TOMBIRCH: {stands}"
    assert named[-1].startswith(
        "What cannot be erased is hashed as it stands: ids, names of teams and things"
    )

    assert run("erase", "--containing", "nowhere").stdout == (
        'Nobody wrote anything in any retirement that has "nowhere" in it\n'
    )
    for wrong in ((), ("RET-1", *BY), ("RET-1", "1")):
        assert run("erase", *wrong).exit_code == 2
    elsewhere = run("erase", "RET-1", "1", *BY, "--containing", "audit week")
    assert 'Nobody wrote anything in entry 1 of RET-1 that has "audit week" in it' in elsewhere.output
    assert "and of callers as logs had them" in " ".join(elsewhere.output.split())


def test_who_answers_for_it_is_a_person_and_there_is_a_reason(run: Run, signed: str) -> None:  # noqa: F811
    assert run("erase", "RET-1", "1").exit_code == 2
    wrong = run("erase", "RET-1", "1", "--by", "tom", "--because", "request 12")
    assert wrong.exit_code != 0
    assert "the Slack id of a person" in wrong.output
    unknown = run("erase", "RET-1", "1", "--by", "UNOBODY99", "--because", "request 12")
    assert "a person in the catalog, or on the record of this retirement" in unknown.output
    held = run("erase", "RET-1", "1", *BY, "--in-spite-of-hold", "3")
    assert 'No hold is called "3"' in held.output
