"""Is this an address that can be asked whether something works?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

ADDRESS_MAX = 1_000
"""Characters; ours."""


def is_address(text: str) -> bool:
    """Can it be asked, and does it hold no password?"""
    if len(text) > ADDRESS_MAX or re.fullmatch(r"(?i:https?)://[\x21-\x7e]+", text) is None:
        return False
    try:
        url = urlsplit(text)
        (url.hostname or "").encode("idna")
        return bool(url.hostname) and url.port != 0 and url.username is None and url.password is None
    except ValueError:  # brackets that do not match, a port that is none, a host with a name no host has
        return False
