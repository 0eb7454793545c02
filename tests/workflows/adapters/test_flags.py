"""Flags that callers choose their model by: who is told what, what outlives a restart, and who asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path

import pytest

from data.errors import NotFound, Refused, Unavailable
from data.records.deprecation import Lifecycle, Part
from data.records.traffic import Ability, Arm, Brownout, Count, Desired, Lane
from tests.workflows.adapters.deprecations import a_deprecation, a_listing
from workflows.adapters.call_log import Metered
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.flags.flag import FLAG_FILE, Flag, Reason, choose
from workflows.adapters.flags.service import FlagService
from workflows.adapters.traffic_proxy.answers import FlagAnswers

REF = "churn-v1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUCCESSOR = "http://127.0.0.1:9001"
WINDOW = Brownout(begins_at=NOON, ends_at=NOON + HOUR, exempt=("billing",))
NAIVE = Brownout(begins_at=NOON.replace(tzinfo=None), ends_at=NOON.replace(tzinfo=None) + HOUR)
CONSUMERS = [f"service-{number}" for number in range(20_000)]


def a_flag(*, wanted: Status = Status.SERVING, **desired: object) -> Flag:
    return Flag(ref=REF, wanted=wanted, traffic=Desired(new=SUCCESSOR, **desired))  # type: ignore[arg-type]


@contextmanager
def served(
    top: Path, *refs: str, now: Callable[[], datetime] = lambda: NOON
) -> Iterator[tuple[FlagEndpoints, FlagService]]:
    endpoints = FlagEndpoints(top)
    service = FlagService(endpoints, declared=lambda: dict.fromkeys(refs, False), now=now)
    service.listen("http://127.0.0.1:8016")
    try:
        yield endpoints, service
    finally:
        service.close()


@pytest.mark.parametrize(
    ("flag", "at", "consumer", "told"),
    [
        (a_flag(), NOON, "billing", (Lane.OLD, Reason.STATIC)),
        (a_flag(new_percent=100), NOON, "billing", (Lane.NEW, Reason.STATIC)),
        (a_flag(pins={"billing": Lane.NEW}), NOON, "billing", (Lane.NEW, Reason.TARGETING_MATCH)),
        (
            a_flag(new_percent=100, pins={"billing": Lane.OLD}),
            NOON,
            "billing",
            (Lane.OLD, Reason.TARGETING_MATCH),
        ),
        (a_flag(pins={"web": Lane.BLOCKED}), NOON, "web", (Lane.BLOCKED, Reason.TARGETING_MATCH)),
        (a_flag(brownout=WINDOW), NOON - HOUR, "web", (Lane.OLD, Reason.STATIC)),
        (a_flag(brownout=WINDOW), NOON, "web", (Lane.BLOCKED, Reason.TARGETING_MATCH)),
        (a_flag(brownout=WINDOW), NOON + HOUR, "web", (Lane.OLD, Reason.STATIC)),
        (a_flag(brownout=WINDOW), NOON, "billing", (Lane.OLD, Reason.STATIC)),
        (a_flag(brownout=WINDOW, new_percent=100), NOON, "web", (Lane.NEW, Reason.STATIC)),
        (a_flag(wanted=Status.DISABLED), NOON, "web", (Lane.BLOCKED, Reason.STATIC)),
        (a_flag(wanted=Status.DISABLED, new_percent=100), NOON, "web", (Lane.NEW, Reason.STATIC)),
        (a_flag(brownout=NAIVE), NOON, "web", (Lane.OLD, Reason.STATIC)),
    ],
    ids=[
        "nobody moves by default",
        "all have moved",
        "pinned to the successor",
        "pinned to the old one",
        "blocked by name",
        "before a window",
        "in a window",
        "when it ends",
        "exempt from it",
        "moved before it",
        "after the end, who stayed",
        "after the end, who moved",
        "a window without a time zone",
    ],
)
def test_what_a_consumer_is_told(flag: Flag, at: datetime, consumer: str, told: tuple[Lane, Reason]) -> None:
    assert choose(flag, consumer, at) == told


def test_shares_are_as_asked_and_each_has_everybody_of_the_one_before() -> None:
    before: set[str] = set()
    for percent in (1, 5, 25, 50, 100):
        flag = a_flag(new_percent=percent)
        moved = {one for one in CONSUMERS if choose(flag, one, NOON)[0] is Lane.NEW}
        share, count = percent / 100, len(CONSUMERS)
        assert abs(len(moved) - count * share) <= 3.29 * sqrt(count * share * (1 - share))
        assert before <= moved
        before = moved


def test_half_a_brownout_is_of_the_same_half_all_the_time_and_of_others_than_the_share() -> None:
    flag = a_flag(new_percent=50, brownout=Brownout(begins_at=NOON, ends_at=NOON + HOUR, percent=50))
    told = [[choose(flag, one, NOON + timedelta(minutes=at))[0] for one in CONSUMERS] for at in (0, 59)]
    assert told[0] == told[1]
    assert told[0].count(Lane.BLOCKED) / told[0].count(Lane.OLD) == pytest.approx(1, abs=0.1)


def test_what_is_wanted_outlives_a_restart_and_the_file_is_what_is_served(tmp_path: Path) -> None:
    wanted = Desired(new=SUCCESSOR, new_percent=25, pins={"billing": Lane.NEW}, brownout=WINDOW)
    with served(tmp_path, REF) as (endpoints, _):
        endpoints.want(REF, wanted)
        endpoints.disable(REF)
    with served(tmp_path, REF) as (endpoints, service):
        assert (endpoints.desired(REF), endpoints.obeyed(REF)) == (wanted, wanted)
        assert endpoints.describe(REF) == "disabled"
        assert service.evaluate(REF, "billing").value is Lane.NEW  # type: ignore[union-attr]


def test_one_that_a_retirement_closed_begins_closed_when_its_state_is_lost(tmp_path: Path) -> None:
    endpoints = FlagEndpoints(tmp_path)
    endpoints.settle(REF, is_closed=True)
    endpoints.settle(REF, is_closed=False)
    assert endpoints.folders.known(REF).wanted is Status.DISABLED


def test_what_nobody_serves_is_unknown_and_what_was_wanted_is_kept(tmp_path: Path) -> None:
    with served(tmp_path, REF) as (endpoints, _):
        assert endpoints.describe(REF) == "serving"
        assert endpoints.address(REF) == "http://127.0.0.1:8016/ofrep/v1/evaluate/flags/churn-v1"
    why = (
        "Nobody serves the flag churn-v1, so callers go by the default in their own code. "
        "Set EMERITUS_FLAGS=[HOST:]PORT and start emeritus serve"
    )
    for ask in (endpoints.describe, endpoints.disable, endpoints.obeyed):
        with pytest.raises(Unavailable) as refused:
            ask(REF)
        assert str(refused.value) == why
    assert endpoints.folders.known(REF).wanted is Status.DISABLED
    assert endpoints.describe("unheard-of") == "absent"
    with pytest.raises(NotFound, match="churn-v1"):
        endpoints.disable("churn-v2")


def test_two_processes_never_serve_the_same_flags(tmp_path: Path) -> None:
    with (
        served(tmp_path, REF),
        pytest.raises(Refused, match="another process serves those in"),
        served(tmp_path),
    ):
        pass


def test_a_copy_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with served(tmp_path, REF) as (endpoints, _):
        assert Ability.MIRROR not in endpoints.abilities(REF)
        with pytest.raises(Refused, match="it cannot do this: mirror"):
            endpoints.want(REF, Desired(new=SUCCESSOR, new_percent=5, mirror_percent=10))
        assert endpoints.desired(REF) == Desired()


def test_evaluations_are_counted_by_consumer_and_variant(tmp_path: Path) -> None:
    with served(tmp_path, REF) as (endpoints, service):
        endpoints.settle("never-served")
        with pytest.raises(Unavailable, match="Who asked for the flag never-served is unknown"):
            endpoints.observe("never-served")
        endpoints.want(REF, Desired(new=SUCCESSOR, pins={"billing": Lane.NEW, "crm": Lane.BLOCKED}))
        for consumer in (
            "billing",
            "billing",
            "web",
            "crm",
            "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abcdefghijklmno",
        ):
            service.evaluate(REF, consumer)
    with served(tmp_path, REF) as (endpoints, service):
        service.evaluate(REF, "web")
        seen = endpoints.observe(REF)
        assert seen.since == NOON
        assert sorted(seen.counts, key=str) == [
            Count(arm=Arm.NEW, consumer="billing", calls=2),
            Count(arm=Arm.OLD, consumer="(anonymous)", calls=1),
            Count(arm=Arm.OLD, consumer="web", calls=2),
        ]
        assert (seen.refused, seen.models) == ({"crm": 1}, {})
        assert endpoints.callers(REF, NOON)["web"] == 2
        assert endpoints.calls(REF, since=NOON, until=NOON + HOUR) == 6


def test_days_count_only_while_somebody_served(tmp_path: Path) -> None:
    at = NOON
    with served(tmp_path, REF, now=lambda: at) as (endpoints, service):
        at = NOON + timedelta(days=3)
        service._last = 0.0
        service.beat(30.0)
        assert endpoints.metered(REF, days=2, until=at) == Metered(NOON + timedelta(days=1), 2)
    assert endpoints.metered(REF, days=9, until=NOON + timedelta(days=60)) == Metered(NOON, 3)


def test_an_evaluation_that_cannot_be_logged_is_refused(tmp_path: Path) -> None:
    with served(tmp_path, REF) as (endpoints, service):
        blocking = sqlite3.connect(endpoints.log_of(REF))
        blocking.execute("DROP TABLE calls")
        blocking.close()
        with pytest.raises(sqlite3.Error):
            service.evaluate(REF, "web")
        with pytest.raises(Unavailable, match="its callers are unknown"):
            endpoints.callers(REF, NOON)


def test_those_who_ask_at_once_share_commits_and_each_is_counted_once(tmp_path: Path) -> None:
    with served(tmp_path, REF) as (endpoints, service), ThreadPoolExecutor(8) as asking:
        asked = [f"service-{number % 10}" for number in range(400)]
        told = list(asking.map(lambda consumer: service.evaluate(REF, consumer), asked))
        assert None not in told
        assert endpoints.callers(REF, NOON) == dict.fromkeys(sorted(set(asked)), 40)
        endpoints.log_of(REF).unlink()
        refused = [asking.submit(service.evaluate, REF, "web") for _ in range(20)]
        assert {type(one.exception()) for one in refused} == {sqlite3.OperationalError}


def test_a_flag_that_is_declared_later_or_damaged_keeps_no_other_from_being_served(tmp_path: Path) -> None:
    declared = {"a": False}
    service = FlagService(FlagEndpoints(tmp_path), declared=lambda: declared, now=lambda: NOON)
    declared["b"] = True
    assert service.evaluate("b", "web") is None
    service.beat(30.0)
    assert service.evaluate("b", "web").value is Lane.BLOCKED  # type: ignore[union-attr]
    (FlagEndpoints(tmp_path).folders.of("a") / FLAG_FILE).write_text("{")
    told = list(service.evaluate_all("web"))
    assert [(one.key, getattr(one, "errorCode", "")) for one in told] == [("a", "GENERAL"), ("b", "")]
    service.close()


def test_answers_say_the_end_once_it_is_announced_and_nothing_when_it_is_called_off(tmp_path: Path) -> None:
    answers = FlagAnswers(FlagEndpoints(tmp_path))
    listing = a_listing(REF, part=Part.ENDPOINT)
    with pytest.raises(Unavailable, match="The flag churn-v1 was never served: EMERITUS_FLAGS="):
        answers.write(a_deprecation(listing))
    with served(tmp_path, REF) as (_, service):
        assert answers.write(a_deprecation(listing)) == (REF,)
        told = service.evaluate(REF, "web")
        assert told is not None
        assert told.metadata == {
            "retirement": "RET-1",
            "deprecated": "2026-11-16T09:00:00+00:00",
            "sunset": "2027-02-17T09:00:00+00:00",
            "successor": "churn-v2",
        }
        assert answers.differs(a_deprecation(listing)) == ()
        lifted = a_listing(REF, part=Part.ENDPOINT, lifecycle=Lifecycle.IN_SERVICE)
        answers.write(a_deprecation(lifted))
        again = service.evaluate(REF, "web")
        assert again is not None
        assert again.metadata == {}
