"""What can be read off a payload: its words, its buttons, and the key it was posted under."""

from __future__ import annotations

import re
from typing import Any

FILE = re.compile(
    r"(RET-[0-9]+)-(ahead|picture|dependants)-([0-9]+)\.(?:png|csv)"
    r"|(RET-[0-9]+)-(audit)-([0-9]+)-([0-9]{4}-[0-9]{2}-[0-9]{2})\.zip"
    r"|(digest)(?:-([A-Z0-9]+))?-([0-9]{4}-[0-9]{2}-[0-9]{2})-(chart)\.png"
)


def key_of(message: dict[str, Any]) -> str:
    """Of a file, which has no metadata, by the name it was given after it."""
    for file in message.get("files") or ():
        if named := FILE.fullmatch(file["name"]):
            return "/".join(filter(None, named.groups()))
    return str(((message["metadata"] or {}).get("event_payload") or {}).get("key", ""))


def buttons(message: dict[str, Any]) -> list[str]:
    """The action ids of everything that can be pressed under a message."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def words(payload: Any) -> str:
    """Every text in a payload, in reading order."""
    if isinstance(payload, dict):
        own = payload.get("text")
        inner = " ".join(
            words(value) for key, value in payload.items() if key != "text" or isinstance(value, dict)
        )
        return f"{own} {inner}" if isinstance(own, str) else inner
    if isinstance(payload, list):
        return " ".join(words(value) for value in payload)
    return ""
