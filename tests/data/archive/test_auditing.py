"""Whose turn is it to be read? In the order of names, within so many bytes."""

import pytest

from data.archive.auditing import Share, Turn, share

SIZES = {"data/a": 10, "data/b": 30, "data/c": 5}


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        pytest.param(Turn(bytes_max=45), Share(("data/a", "data/b", "data/c"), ""), id="all fits"),
        pytest.param(Turn(bytes_max=40), Share(("data/a", "data/b"), "data/b"), id="some fits"),
        pytest.param(Turn(bytes_max=39), Share(("data/a",), "data/a"), id="a part of a file is none"),
        pytest.param(Turn(after="data/a", bytes_max=40), Share(("data/b", "data/c"), ""), id="goes on"),
        pytest.param(Turn(after="data/a", bytes_max=9), Share((), "data/a"), id="the next is too large"),
        pytest.param(
            Turn(after="data/a", bytes_max=9, is_first=True), Share(("data/b",), "data/b"), id="read alone"
        ),
        pytest.param(Turn(after="data/a"), Share((), "data/a"), id="a look keeps the place"),
        pytest.param(Turn(after="data/b/gone", bytes_max=9), Share(("data/c",), ""), id="its place went"),
        pytest.param(Turn(after="data/z", bytes_max=9), Share((), ""), id="nothing is left"),
    ],
)
def test_a_turn_reads_whole_files_within_its_bytes(turn, expected):
    assert share(SIZES, turn) == expected
