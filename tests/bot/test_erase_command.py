"""`emeritus erase`: what it says it did, what stays to be done by hand, and exit codes a script can go by."""

from __future__ import annotations

import json

from tests.bot.test_log_command import Run, home, run, signed  # noqa: F401 - fixtures

BY = ("--by", "U024BE7LH", "--because", "request 12")


def test_it_says_what_is_gone_and_what_is_not_and_the_record_holds(run: Run, signed: str) -> None:  # noqa: F811
    done = run("erase", "RET-1", "1", *BY)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "1 text of entry 1 of RET-1 erased"
    assert "backups and copies of the record still have it" in done.stdout
    assert run("verify").exit_code == 0

    again = run("erase", "RET-1", "1", *BY, "--json")
    assert again.exit_code == 1
    assert "it is erased already" in json.loads(again.stdout)["error"]


def test_who_answers_for_it_is_a_person_and_there_is_a_reason(run: Run, signed: str) -> None:  # noqa: F811
    assert run("erase", "RET-1", "1").exit_code == 2
    wrong = run("erase", "RET-1", "1", "--by", "tom", "--because", "request 12")
    assert wrong.exit_code != 0
    assert "the Slack id of a person" in wrong.output
