"""Callers against real model servers: what the meter of an endpoint sees of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.callers import SUBSCRIBER, Callers
from workflows.adapters.local_endpoint import LocalEndpoints

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OLD, NEW = "churn-v1-prod", "churn-v2-prod"
ROUTES = {"save-offer-service": OLD, "cancel-flow": OLD}


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[LocalEndpoints]:
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"intercept": 0, "coefficients": dict.fromkeys(SUBSCRIBER, 0.1)}))
    driver = LocalEndpoints(tmp_path / "state")
    for ref in (OLD, NEW):
        driver.start(ref, weights)
    yield driver
    driver.stop_all()


def test_a_migrated_consumer_is_seen_on_the_new_endpoint_only(endpoints: LocalEndpoints) -> None:
    callers = Callers(ROUTES, address=endpoints.address, interval_seconds=1)
    callers.call_everyone()

    callers.migrate("cancel-flow", NEW)
    callers.call_everyone()

    assert endpoints.callers(OLD, LONG_AGO) == {"save-offer-service": 2, "cancel-flow": 1}
    assert endpoints.callers(NEW, LONG_AGO) == {"cancel-flow": 1}
    assert callers.counts("cancel-flow") == (2, 0)


def test_a_silenced_consumer_calls_nobody(endpoints: LocalEndpoints) -> None:
    callers = Callers(ROUTES, address=endpoints.address, interval_seconds=1)

    callers.silence("cancel-flow")
    callers.silence("cancel-flow")
    callers.call_everyone()

    assert endpoints.callers(OLD, LONG_AGO) == {"save-offer-service": 1}


def test_calls_to_a_disabled_endpoint_are_counted_as_failed_and_stop_nobody(
    endpoints: LocalEndpoints,
) -> None:
    callers = Callers({**ROUTES, "loyalty-tiers": NEW}, address=endpoints.address, interval_seconds=1)
    endpoints.disable(OLD)

    callers.call_everyone()

    assert callers.counts("save-offer-service") == (0, 1)
    assert callers.counts("loyalty-tiers") == (1, 0)


def test_callers_call_again_and_again_until_stopped(endpoints: LocalEndpoints) -> None:
    with Callers(ROUTES, address=endpoints.address, interval_seconds=0.01) as callers:
        assert callers.await_round(timeout=10)
        callers.migrate("cancel-flow", NEW)
        assert callers.await_round(timeout=10)
    served = callers.counts("cancel-flow")[0]
    callers.stop()

    old, new = (endpoints.callers(ref, LONG_AGO)["cancel-flow"] for ref in (OLD, NEW))
    assert served == old + new
    assert not callers.await_round(timeout=0.02)
