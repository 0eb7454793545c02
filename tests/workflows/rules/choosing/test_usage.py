"""How often a model is called, and when last: what meters count, what is told of callers, and what nobody tells."""

from __future__ import annotations

from typing import Any

import pytest

from data.records.catalog import Dependency, Entity, Kind
from data.records.facts import Reading
from workflows.rules.choosing.usage import Usage, usage_of

LIVE, BATCH = (Entity(id=f"endpoint:{name}", kind=Kind.ENDPOINT, name=name) for name in ("live", "batch"))
NAMES = {"shop": "Shop", "web": "Web"}


def a_use(by: str = "shop", to: str = LIVE.id, **said: Any) -> Dependency:
    return Dependency(from_id=by, to_id=to, sources=("csv",), **said)


def a_reading(endpoint: Entity = LIVE, *, calls: int = 60, days: int = 30) -> Reading:
    return Reading(endpoint_id=endpoint.id, calls=calls, days=days)


def used(*told: Entity | Reading | Dependency) -> Usage:
    return usage_of(
        [one for one in told if isinstance(one, Entity)],
        [one for one in told if isinstance(one, Reading)],
        [one for one in told if isinstance(one, Dependency)],
        NAMES,
        days=30,
    )


METERED = {"metered": True, "counted_by": ("the meter of live",), "dated_by": ("the meter of live",)}


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ([], Usage()),
        ([LIVE, a_reading()], Usage(calls_per_day=2, metered_calls=60, **METERED)),
        ([LIVE, a_reading(), a_use()], Usage(calls_per_day=2, metered_calls=60, **METERED)),
        (
            [a_use(calls_per_day=3, last_seen="2026-01-01"), a_use("web", calls_per_day=4, last_seen="2026-02-01")],
            Usage(calls_per_day=7, last_seen="2026-02-01", counted_by=("csv",), dated_by=("csv",)),
        ),
        (
            [LIVE, a_use(calls_per_day=3, last_seen="2026-01-01"), a_use("web")],
            Usage(
                calls_per_day=3,
                last_seen="2026-01-01",
                uncounted=("nobody says how often Web calls",),
                undated=("nobody says when Web called",),
                counted_by=("csv",),
                dated_by=("csv",),
            ),
        ),
        (
            [LIVE, BATCH, a_reading(calls=0)],
            Usage(
                calls_per_day=0,
                uncounted=("no meter reads batch, and nobody is known to call it",),
                undated=("no meter reads batch, and nobody is known to call it",),
                **METERED,
            ),
        ),
        (
            [LIVE, a_reading(calls=1, days=4)],
            Usage(
                uncounted=("the meter of live is too young (1 call in 4 days)",),
                undated=("the meter of live is too young (1 call in 4 days)",),
            ),
        ),
        ([LIVE, a_reading(calls=-1), a_use(calls_per_day=1.5)], Usage(
            calls_per_day=1.5, undated=("nobody says when Shop called",), counted_by=("csv",))),
        (
            [LIVE, a_use(calls_per_day=3, last_seen="2026-01-01"), a_use(to="the model"), a_use(to="its version")],
            Usage(calls_per_day=3, last_seen="2026-01-01", counted_by=("csv",), dated_by=("csv",)),
        ),
        ([LIVE, a_reading(), a_use(), a_use(to="the model")], Usage(calls_per_day=2, metered_calls=60, **METERED)),
        (
            [a_use(to="the model"), a_use(to="its version")],
            Usage(uncounted=("nobody says how often Shop calls",), undated=("nobody says when Shop called",)),
        ),
        (
            [LIVE, BATCH, a_use(calls_per_day=3, last_seen="2026-01-01"), a_use(to=BATCH.id)],
            Usage(
                calls_per_day=3,
                last_seen="2026-01-01",
                uncounted=("nobody says how often Shop calls",),
                undated=("nobody says when Shop called",),
                counted_by=("csv",),
                dated_by=("csv",),
            ),
        ),
    ],
    ids=[
        "nothing is known", "a meter counts all calls", "who calls a metered endpoint is counted there",
        "callers are told", "one caller is only declared", "one endpoint has no meter", "too young a meter",
        "a meter that cannot tell", "what it is seen calling is how it depends on the model",
        "so is what a meter counts", "who is declared twice is one", "who calls one endpoint may call the other",
    ],
)  # fmt: skip
def test_what_is_known_of_its_use(told: list[Any], usage: Usage):
    assert used(*told) == usage
