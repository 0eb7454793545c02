"""Could Slack have sent this body? What is signed may still be cut off, proxied wrongly, or of another sender.

Answers with the HTTP status and a sentence for whoever set the sender up. What is in the payload is not judged
here: a shape Bolt cannot take apart is refused by the door.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from data.records.base import Record

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Wrong(Record, frozen=True, kw_only=True):
    status: HTTPStatus
    says: str


def wrong_with(content_type: str, body: bytes) -> Wrong | None:
    """None for a body that can be looked into."""
    kind = content_type.partition(";")[0].strip().casefold()
    if kind not in (FORM, JSON):
        sent = f'"{kind[:80]}"' if kind else "a body of no type"
        says = f"Slack sends {FORM}, or {JSON} for events; this was {sent}"
        return Wrong(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, says=says)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _bad("The body is not UTF-8, as all that Slack sends")
    if kind == JSON:
        return _wrong_object("The body", text)
    fields = dict(parse_qsl(text, keep_blank_values=True))
    if "payload" in fields:
        return _wrong_object("The form's payload", fields["payload"])
    if not fields.keys() & {"command", "ssl_check"}:
        return _bad("The form has neither a payload nor a command; Slack sends one of them")
    return None


def _wrong_object(what: str, text: str) -> Wrong | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _bad(f"{what} is not JSON, or was cut off")
    return None if isinstance(found, Mapping) else _bad(f"{what} is JSON, but no object")


def _bad(says: str) -> Wrong:
    return Wrong(status=HTTPStatus.BAD_REQUEST, says=says)
