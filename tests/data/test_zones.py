"""What is a time zone? A name this machine has one for, and never a path."""

from __future__ import annotations

import pytest

from data.zones import is_zone


@pytest.mark.parametrize("name", ["", "../etc/passwd", "/etc/passwd", "Europe", "x" * 300, "Europe/Lisbon\0"])
def test_a_name_that_is_no_zone_is_none(name: str) -> None:
    assert not is_zone(name)


def test_a_zone_is_one_by_its_whole_name() -> None:
    assert is_zone("Europe/Lisbon")
