"""A source says by which regulation a model is bound, in its own words, or just that it is."""

from __future__ import annotations

import pytest

from data.importers.regulated import regulation


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("EU AI Act, annex III", "EU AI Act, annex III"),
        (" true ", "regulated"),
        ("Yes", "regulated"),
        ("", ""),
        ("false", ""),
        ("No", ""),
        ("x" * 200, "x" * 150),
    ],
)
def test_by_which_it_is_bound(said: str, kept: str) -> None:
    assert regulation(said) == kept
