"""What can be asked whether something works."""

from __future__ import annotations

import pytest

from data.addresses import is_address


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://ci.example.com/run", True),
        ("HTTPS://ci.example.com/run", True),
        ("http://10.1.2.3:8080", True),
        ("ftp://ci.example.com", False),
        ("https://me:abc@ci.example.com", False),
        ("https://", False),
    ],
)
def test_an_address_is_of_the_web_and_holds_no_password(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
