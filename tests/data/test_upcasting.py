"""What was recorded before an event got its next version reads as it was meant."""

from __future__ import annotations

from typing import Any

import pytest

from data.upcasting import upcast


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"event": "playbook made", "name": "careful-move"},
            {"event": "playbook made/2", "name": {"prose": "careful-move"}},
        ),
        (
            {"event": "playbook taken back", "name": "careful-move"},
            {"event": "playbook taken back/2", "name": {"prose": "careful-move"}},
        ),
        ({"event": "proposed/3"}, {"event": "proposed/4"}),
        (
            {"event": "proposed/3", "like": "RET-1", "like_name": "careful-move"},
            {"event": "proposed/4", "like": "RET-1", "like_name": {"prose": "careful-move"}},
        ),
    ],
)
def test_what_a_playbook_was_called_is_words_of_a_person(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert upcast(old) == new
