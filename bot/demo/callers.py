"""Who keeps the sample endpoints busy? Consumers calling by name, every so often, until told to migrate.

One thread makes all calls in turn, so nothing piles up behind a slow endpoint. A call that fails is counted
and forgotten: what a consumer loses when its endpoint goes is part of what the demo shows.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Self
from urllib.parse import urlsplit

from data.errors import Unavailable

CALL_TIMEOUT_SECONDS = 2.0
SUBSCRIBER = {"boxes_skipped": 2, "days_since_visit": 12, "support_letters": 1, "years_subscribed": 3}


class Callers:
    """`routes` is consumer -> endpoint, `address` finds where an endpoint serves or raises Unavailable.

    A consumer without a route makes no call. Also a context manager: calls from enter to exit.
    """

    def __init__(
        self,
        routes: Mapping[str, str],
        *,
        address: Callable[[str], str],
        interval_seconds: float,
        features: Mapping[str, float] = SUBSCRIBER,
    ) -> None:
        self._routes = dict(routes)
        self._address, self._interval_seconds = address, interval_seconds
        self._body = json.dumps(dict(features))
        self._changed = threading.Condition()
        self._served: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._rounds = 0
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        assert self._thread is None, "already started"
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="callers", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Returns when the last call is over. Safe to call twice."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def migrate(self, consumer: str, endpoint_ref: str) -> None:
        """From its next call on, `consumer` calls that endpoint."""
        with self._changed:
            self._routes[consumer] = endpoint_ref

    def silence(self, consumer: str) -> None:
        """`consumer` calls nobody any more. Safe for one that never did."""
        with self._changed:
            self._routes.pop(consumer, None)

    def routes(self) -> dict[str, str]:
        with self._changed:
            return dict(self._routes)

    def counts(self, consumer: str) -> tuple[int, int]:
        """Calls served and calls failed so far."""
        with self._changed:
            return self._served[consumer], self._failed[consumer]

    def call_everyone(self) -> None:
        """One round, now, in this thread. A round sees the routes as they are when each call is made."""
        for consumer in self.routes():
            endpoint_ref = self.routes().get(consumer)
            if endpoint_ref is None or self._is_stopping:
                continue
            is_served = self._call(consumer, endpoint_ref)
            with self._changed:
                (self._served if is_served else self._failed)[consumer] += 1
        with self._changed:
            self._rounds += 1
            self._changed.notify_all()

    def await_round(self, *, timeout: float) -> bool:
        """Whether a round begun after now ended in time: until then an old route may still be called."""
        with self._changed:
            due = self._rounds + 2  # the one under way began before now
            return self._changed.wait_for(lambda: self._rounds >= due, timeout)

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            self.call_everyone()
            left = self._interval_seconds - (time.monotonic() - began)
            with self._changed:
                if self._changed.wait_for(lambda: self._is_stopping, max(left, 0)):
                    return

    def _call(self, consumer: str, endpoint_ref: str) -> bool:
        try:
            target = urlsplit(self._address(endpoint_ref))
            connection = http.client.HTTPConnection(target.netloc, timeout=CALL_TIMEOUT_SECONDS)
            try:
                connection.request("POST", target.path, self._body, {"X-Caller": consumer})
                return connection.getresponse().status == 200
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, Unavailable):
            return False
