"""The one place that catches: what people are told when something fails, and what the log keeps of it.

Our own errors are sentences and are shown. Anything else is a bug: the person gets a reference, the log gets
where it happened under the same reference; neither gets tokens, nor names, ids or texts of people.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Mapping
from typing import Any

from slack_bolt import App, BoltResponse

from bot import payloads
from bot.house import House
from bot.inbox import NotKeptError
from bot.views import answers
from data.errors import EmeritusError, Invalid

log = logging.getLogger("emeritus")

# What must never reach a log: tokens, response_urls (whoever has one may write), ids and addresses of people.
_PRIVATE = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https?://\S+/(?:commands|actions|response)/\S+"
    r"|\b[UW][A-Z0-9]{4,}\b|\S+@\S+\.\S+"
)

# Bolt's waiting thread looks for the acknowledgement every 10 ms; a listener that fails right after it takes it
# back, and the request would count as never acknowledged.
BOLT_LOOKS_AGAIN_SECONDS = 0.05

_TYPE_VIEW, _TYPE_OPTIONS = "view_submission", "block_suggestion"


def redacted(text: str) -> str:
    return _PRIVATE.sub("[hidden]", text)


class Redacting(logging.Filter):
    """For loggers of libraries, which log whole payloads when something surprises them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage())[:500], None
        return True


class Private(logging.Formatter):
    """For what any part of the process logs, tracebacks included: the last look before it is written."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def log_privately() -> None:
    """Everything worth a warning goes to stderr, redacted."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(Private())
    logging.getLogger().addHandler(handler)


def traced(error: BaseException) -> str:
    """Where it happened and what kind it was, down to the first cause; nothing of what went through."""
    lines = []
    while True:
        places = traceback.extract_tb(error.__traceback__)
        lines.append(f"{type(error).__name__}: {redacted(str(error))[:300]}")
        lines += [
            f"  {place.filename.rsplit('/', 1)[-1]}:{place.lineno} in {place.name}" for place in places[-8:]
        ]
        cause = error.__cause__ or error.__context__
        if cause is None:
            return "\n".join(lines)
        error = cause


def told(error: Exception) -> str:
    """The sentence for the person; for a bug, logged under a reference."""
    if isinstance(error, EmeritusError):
        return str(error)
    reference = uuid.uuid4().hex[:8]
    log.error("failure %s\n%s", reference, traced(error))
    return f"Something went wrong on our side. Whoever runs Emeritus finds it in the log as {reference}"


def on_field(error: EmeritusError, body: Mapping[str, Any]) -> dict[str, str]:
    """Block id -> what is wrong there, for a submitted modal; what has no field stands on the first."""
    blocks = payloads.blocks_of(body)
    by_field = {
        action_id.partition(".")[2].removesuffix("_search"): block for action_id, block in blocks.items()
    }
    if not by_field:
        return {}
    first = next(iter(by_field.values()))
    found: dict[str, str] = {}
    problems = error.problems if isinstance(error, Invalid) else ()
    for problem in problems:
        block = by_field.get(problem.field)
        text = problem.accepted if block else str(problem)
        place = block or first
        found[place] = f"{found[place]}; {text}" if place in found else text
    return found or {first: str(error)}


def register(app: App, house: House) -> None:
    """Bolt hands every error of a listener to this one."""

    @app.error
    def failed(error: Exception, body: dict[str, Any], response: BoltResponse | None) -> BoltResponse | None:
        # `response` is None once the request was acknowledged; else what we return is the acknowledgement.
        if response is None:
            time.sleep(BOLT_LOOKS_AGAIN_SECONDS)
        if isinstance(error, NotKeptError):
            log.error("not acknowledged\n%s", traced(error))
            return None
        text, kind = told(error), payloads.text_at(body, "type")
        if response is not None and kind == _TYPE_VIEW:
            shown = error if isinstance(error, EmeritusError) else EmeritusError(text)
            if errors := on_field(shown, body):
                return _json({"response_action": "errors", "errors": errors})
        if response is not None and kind == _TYPE_OPTIONS:
            return _json({"options": []})
        house.answer(payloads.reply_to(body), answers.refusal(text))
        return BoltResponse(status=200, body="") if response is not None else None


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
