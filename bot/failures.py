"""The one place that catches: what people are told when something fails, and what the log keeps of it.

Our own errors are sentences and are shown. Anything else is a bug: the person gets a reference, the log gets
what kind it was and where it happened under the same reference, and never its message: that may quote what
people wrote.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from slack_bolt import App, BoltResponse

from bot import payloads
from bot.house import House
from bot.intake import NotKeptError
from bot.views.asked import answers
from data.catalog.catalog import Catalog
from data.errors import EmeritusError, Invalid, Unavailable
from data.subject import about
from data.tracing import traced

log = logging.getLogger("emeritus")

# Bolt's waiting thread looks for the acknowledgement every 10 ms; a listener that fails right after it takes it
# back, and the request would count as never acknowledged.
BOLT_LOOKS_AGAIN_SECONDS = 0.05

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")

_TYPE_VIEW, _TYPE_OPTIONS = "view_submission", "block_suggestion"


def told(error: Exception) -> str:
    """The sentence for the person; for a bug, logged under a reference."""
    if isinstance(error, Unavailable):
        return f"Emeritus waits for something it needs: {error}. Press or type it again in a minute"
    if isinstance(error, EmeritusError):
        return error.told()
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


def without_mentions(text: str, catalog: Catalog) -> str:
    """Slack shows the errors of a form as they are typed: people are named there, not mentioned."""

    def name(found: re.Match[str]) -> str:
        person = catalog.person_by_slack(found[1])
        return f"@{person.name}" if person else found[0]

    return _MENTION.sub(name, text)


def register(app: App, house: House) -> None:
    """Bolt hands every error of a listener to this one."""

    @app.error
    def failed(error: Exception, body: dict[str, Any], response: BoltResponse | None) -> BoltResponse | None:
        with about(payloads.retirement_id(body)):
            return answered(error, body, response)

    def answered(
        error: Exception, body: dict[str, Any], response: BoltResponse | None
    ) -> BoltResponse | None:
        # `response` is None once the request was acknowledged; else what we return is the acknowledgement.
        if response is None:
            time.sleep(BOLT_LOOKS_AGAIN_SECONDS)
        if isinstance(error, NotKeptError):
            log.error("not kept\n%s", traced(error))
        if isinstance(error, Unavailable):
            log.warning("not looked up: %s", error)
        text, kind = told(error), payloads.text_at(body, "type")
        if response is not None and kind == _TYPE_VIEW:
            shown = EmeritusError(text)
            if isinstance(error, EmeritusError) and not isinstance(error, Unavailable):
                shown = error
            if errors := on_field(shown, body):
                named = {block: without_mentions(said, house.catalog) for block, said in errors.items()}
                return _json({"response_action": "errors", "errors": named})
        if response is not None and kind == _TYPE_OPTIONS:
            return _json({"options": []})
        answer = partial(house.answer, payloads.reply_to(body), answers.refusal(text))
        if isinstance(error, NotKeptError | Unavailable):
            # What is left of Slack's three seconds is for the acknowledgement.
            app.listener_runner.listener_executor.submit(answer)
        else:
            answer()
        if response is None:
            return None
        # What is not kept is not acknowledged: Slack shows its own sign, too, should our words not get there.
        is_kept = not isinstance(error, NotKeptError)
        return BoltResponse(status=HTTPStatus.OK if is_kept else HTTPStatus.SERVICE_UNAVAILABLE, body="")


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
