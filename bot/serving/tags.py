"""Does somebody have an answer already? By its tag: rfc-editor.org/rfc/rfc9110, 8.8.3 and 13.1.2."""

from __future__ import annotations

import hashlib
from typing import Any


def tag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def has(environ: dict[str, Any], tag: str) -> bool:
    """Weak or not. None of ours has a comma."""
    known = environ.get("HTTP_IF_NONE_MATCH", "").split(",")
    return tag in {one.strip().removeprefix("W/") for one in known}
