"""Is the one that was meant found among thousands, without a look at each?"""

from __future__ import annotations

import pytest

from data.closest import Names

TEAMS = [f"{what}-{where}" for what in ("payments", "fraud", "search", "ml") for where in range(500)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("paymnets-77", "payments-77"),
        ("Fraud_103", "fraud-103"),
        ("serach-499", "search-499"),
        ("the-ml-8", "ml-8"),
        ("-", ""),
        ("x", ""),
        ("", ""),
        ("growth", ""),
    ],
)
def test_a_misspelt_name_finds_the_one_that_was_meant(written: str, meant: str) -> None:
    assert Names(TEAMS).closest(written, cutoff=0.75) == meant


def test_of_few_names_every_one_is_looked_at() -> None:
    assert Names(["payments", "fraud"]).closest("Team-Payments", cutoff=0.75) == "payments"
    assert Names([]).closest("payments", cutoff=0.75) == ""


def test_each_of_a_thousand_misspelt_names_among_a_thousand_is_found() -> None:
    names = Names(f"squad-number-{number}-of-the-company" for number in range(1_000))
    found = [names.closest(f"squad-nomber-{number}-of-company", cutoff=0.75) for number in range(1_000)]
    assert found == [f"squad-number-{number}-of-the-company" for number in range(1_000)]


def test_two_letters_exchanged_in_a_short_name_are_seen_through_among_many() -> None:
    names = Names(["loan", *(f"group-{number}" for number in range(20))])
    assert names.closest("laon", cutoff=0.6) == "loan"
