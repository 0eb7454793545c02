"""Is what somebody wrote told from what only looks like nothing, and a secret kept from who reads?"""

from __future__ import annotations

import pytest

from data.printable import without_secrets, without_secrets_in, words


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://models.example.com/v1", "https://models.example.com/v1"),
        ("https://ada:hunter2@models.example.com/v1", "https://...@models.example.com/v1"),
        ("https://hunter2@models.example.com", "https://...@models.example.com"),
        ("https://ada:hun/ter@2@models.example.com", "https://...@models.example.com"),
        ("https://ada:hunter?2@models.example.com", "https://..."),
        ("https://models.example.com/v1?key=hunter2&page=3", "https://models.example.com/v1?..."),
        ("https://models.example.com/v1#token=hunter2", "https://models.example.com/v1?..."),
        ("https://ada:hunter2@models.example.com?key=hunter2", "https://...@models.example.com?..."),
        ("https://models.example.com?mail=a@b.example&key=hunter2", "https://..."),
        ("ada:hunter2@models.example.com/v1", "...@models.example.com/v1"),
        ("models.example.com/v1?key=hunter2", "models.example.com/v1?..."),
        ("//ada:hunter2@models.example.com", "//...@models.example.com"),
        ("/srv/catalog/of@home/what?.yaml", "/srv/catalog/of@home/what?.yaml"),
        ("", ""),
    ],
)
def test_of_an_address_neither_who_asks_nor_what_is_asked_is_shown(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("token=abc and 12 rows", "token=... and 12 rows"),
        ('{"api_key": "abc", "rows": 12}', '{"api_key": ... "rows": 12}'),
        ("DB_PASSWORD: abc", "DB_PASSWORD: ..."),
        ("Authorization: Basic abc def", "Authorization: ..."),
        ("sent bearer abc.def", "sent bearer ..."),
        (
            "at postgresql://me:abc@db/x and https://ci.example.com/run?sig=abc.",
            "at postgresql://...@db/x and https://ci.example.com/run?...",
        ),
        ("12 tokens were scored: fine", "12 tokens were scored: fine"),
    ],
)
def test_what_a_program_says_is_repeated_without_what_it_calls_a_secret(said: str, shown: str) -> None:
    assert without_secrets_in(said) == shown
