"""Is what somebody wrote told from what only looks like nothing?"""

from __future__ import annotations

import pytest

from data.printable import words


@pytest.mark.parametrize("text", ["moved", " moved ", "7", "👍", "移行済み", "a\u200bb", "$", "é", "e\u0301"])
def test_what_can_be_seen_is_kept_without_blanks_around_it(text: str) -> None:
    assert words(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\u200b",
            "\u2060",
            "\ufeff",
            "\u00ad",
            "\u3164",
            "\u2800",
            "\u202e\u202c",
            "\ufe0f",
            "\u0301",
        ),
        *('""', '"" ""', "-", "..."),
    ],
    ids=ascii,
)
def test_what_shows_nothing_or_says_nothing_is_no_text(text: str) -> None:
    assert words(text) == ""
