"""Is what somebody wrote told from what only looks like nothing, and a secret kept from who reads?"""

from __future__ import annotations

import pytest

from data.printable import uncoloured, without_secrets, without_secrets_in, words


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
        ('{"api_key": "abc", "rows": 12}', '{"api_key": ..., "rows": 12}'),
        ("DB_PASSWORD: abc", "DB_PASSWORD: ..."),
        ("Authorization: Basic abc def", "Authorization: ..."),
        ("sent bearer abc.def", "sent bearer ..."),
        (
            "at postgresql://me:abc@db/x and https://ci.example.com/run?sig=abc.",
            "at postgresql://...@db/x and https://ci.example.com/run?...",
        ),
        ("pwd=abc passphrase: abc AccountKey=abc", "pwd=... passphrase: ... AccountKey=..."),
        ('{"password":"a b c","n":1}', '{"password":...,"n":1}'),
        ("secret => abc", "secret => ..."),
        ("run --password abc --rows 12", "run --password ... --rows 12"),
        ("at postgres://u:hun/ter2@h and https://h/a@b", "at postgres://...@h and https://h/a@b"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nfine", "...\nfine"),
        ("12 tokens were scored: fine", "12 tokens were scored: fine"),
        ('{"msg":"{\\"password\\": \\"a b\\", \\"n\\": 1}"}', '{"msg":"{\\"password\\": ..., \\"n\\": 1}"}'),
        ("db_pass=abc pass=abc key=abc sig: abc", "db_pass=... pass=... key=... sig: ..."),
        ("pass: 12, fail: 0, passed=3, monkey=1", "pass: 12, fail: 0, passed=3, monkey=1"),
        ("Set-Cookie: sid=abc; path=/", "Set-Cookie: ..."),
        ("with xoxb-1234567890-abc and ghp_0123456789abcdef", "with ... and ..."),
        (f"{'A' * 64}\n{'B' * 64}\nCC==\nfine", "...\n\nfine"),
    ],
)
def test_what_a_program_says_is_repeated_without_what_it_calls_a_secret(said: str, shown: str) -> None:
    assert without_secrets_in(said) == shown


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("reads \x1b[31msilent-heron\x1b[0m", "reads silent-heron"),
        ("\x1b[36mtoken\x1b[0m=\x1b[35mabc\x1b[0m", "token=abc"),
        ("x\rsilent-heron\r\ny", "x\nsilent-heron\ny"),
        ("\x1b]0;title\x07fine", "fine"),
        ("silent\u200b-heron\u202e\x00", "silent-heron"),
        ("\trows\n", "    rows\n"),
        ("reads \x9b31msilent-heron\x9b0m, \x9dtitle\x9cfine", "reads silent-heron, fine"),
        ("\x1bXtitle\x1b\\fine", "fine"),
        ("|\b/\b-\bsilent-heron\n\bb\bbo\bol\bld\bd", "silent-heron\nbold"),
    ],
)
def test_what_a_program_prints_is_read_without_its_orders_to_a_terminal(printed: str, read: str) -> None:
    assert uncoloured(printed) == read
