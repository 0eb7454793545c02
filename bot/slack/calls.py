"""Slack's Web API, with every call counted by its method and how it ended."""

from __future__ import annotations

import http
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.slack.errors import FAILURES, outcome_of
from data.metrics import Metrics

OK, REFUSED, UNREACHABLE, UNKNOWN = "ok", "refused", "unreachable", "unknown"
RESPONSE_URL = "response_url"


class CountedClient(WebClient):
    """slack_sdk's client as it is: all its methods come by `api_call`."""

    def __init__(self, metrics: Metrics, **settings: Any) -> None:
        super().__init__(**settings)
        self._metrics = metrics

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        with counted(self._metrics, api_method):
            return super().api_call(api_method, **given)


@contextmanager
def counted(metrics: Metrics, method: str) -> Iterator[None]:
    """One call; what it raises is raised."""
    began, outcome = monotonic(), UNKNOWN
    try:
        yield
        outcome = OK
    except FAILURES as error:
        outcome = outcome_of(error)
        raise
    finally:
        metrics.called(method, outcome, monotonic() - began)


def answered(metrics: Metrics, url: str, body: dict[str, Any], *, timeout_seconds: int) -> bool:
    """Whether a response_url took this; without retries, as the SDK's would post twice."""
    began, outcome = monotonic(), UNKNOWN
    try:
        status = WebhookClient(url, timeout=timeout_seconds, retry_handlers=[]).send_dict(body).status_code
        outcome = OK if status == http.HTTPStatus.OK else REFUSED
    except FAILURES as error:
        outcome = outcome_of(error)
    except ValueError:
        outcome = UNREACHABLE  # no address at all
    finally:
        metrics.called(RESPONSE_URL, outcome, monotonic() - began)
    return outcome == OK
