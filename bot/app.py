"""Bolt, set up so that nothing waits for Slack: no call before a listener, no retries behind our back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.house import House
from bot.listeners import register_all
from data.patience import hurried

LOOK_SECONDS = 2.0  # of the three Slack waits for an acknowledgement
LISTENERS_AT_ONCE = 32  # each may wait for the next commit, which takes all that wait along


class _Listening(ThreadPoolExecutor):
    """A listener that looks at the record is told that it cannot before Slack stops waiting for it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        until = monotonic() + LOOK_SECONDS

        def listen() -> Any:
            with hurried(until):
                return fn(*args, **kwargs)

        return super().submit(listen)


def _whole_body(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002 - Bolt's name
    """Bolt takes a form with the word "payload" anywhere in it for an interaction, and finds it empty."""
    if not req.body and req.raw_body:
        req.body.update(parse_qsl(req.raw_body, keep_blank_values=True))
    return next()


def slack_app(house: House, *, signing_secret: str = "") -> App:
    """The Bolt app with every listener.

    signing_secret   of HTTP mode; requests older than five minutes or signed otherwise are refused. Socket
                     Mode has a connection of its own instead, and is never asked for a signature
    """
    logger = logging.getLogger("emeritus.bolt")
    logger.setLevel(logging.ERROR)  # below it Bolt remarks on its own construction, and prints whole payloads
    client = house.client
    app = App(
        name="emeritus",
        logger=logger,
        signing_secret=signing_secret,
        # With a token Bolt calls auth.test before the first listener: out of the trigger's three seconds.
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token
        ),
        client=WebClient(base_url=client.base_url, retry_handlers=[], logger=logger),
        token_verification_enabled=False,
        process_before_response=False,
        before_authorize=_whole_body,
        listener_executor=_Listening(LISTENERS_AT_ONCE, thread_name_prefix="listener"),
    )
    register_all(app, house)
    return app
