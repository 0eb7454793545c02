"""Several replicas call one Slack: what one has used none of the others has left, and a 429 is said to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.slack.rates import POST, POST_PER_CHANNEL, Rates
from bot.slack.shared_rates import SharedRates
from data.errors import Unavailable
from data.postgres.lanes import PostgresLanes
from data.postgres.store import PostgresStore
from data.records.decision import Gate
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import NOW, Scripted

SLOW = 0.001
"""Tokens that come back so slowly that none does while a test runs."""


@pytest.fixture
def replica() -> Iterator[Callable[[], SharedRates]]:
    url, opened = fresh_url(), list[PostgresStore]()

    def one() -> SharedRates:
        opened.append(PostgresStore(url, Scripted()))
        return SharedRates(PostgresLanes(opened[-1]), times=SLOW)

    yield one
    for store in opened:
        store.close()


def test_four_replicas_together_have_the_tokens_of_one(replica: Callable[[], SharedRates]) -> None:
    rates = [replica() for _ in range(4)]

    with ThreadPoolExecutor(8) as workers:
        waits = list(workers.map(lambda number: rates[number % 4].wait(POST, "C1"), range(24)))

    assert waits.count(0.0) == POST_PER_CHANNEL.burst
    assert all(0 < wait <= 60 / POST_PER_CHANNEL.per_minute / SLOW for wait in waits if wait)
    assert rates[0].wait(POST, "C2") == 0.0, "another channel"


def test_a_call_that_is_held_back_by_its_channel_uses_nothing_of_the_workspace(
    replica: Callable[[], SharedRates],
) -> None:
    rates = replica()
    while rates.wait(POST, "C1") == 0.0:
        pass
    taken = POST_PER_CHANNEL.burst
    for number in range(1000):
        if rates.wait(POST, f"D{number}"):
            break
        taken += 1

    assert taken == 60, "the burst of the workspace"


def test_what_slack_said_to_one_holds_back_all(replica: Callable[[], SharedRates]) -> None:
    ours, theirs = replica(), replica()
    assert [theirs.wait(POST, "C1") for _ in range(3)] == [0.0] * 3
    ours.close(POST, "C1", 30_000_000)

    assert theirs.wait(POST, "C1") == pytest.approx(30_000_000, abs=10)
    assert theirs.wait(POST, "C2") == 0.0
    ours.close("chat.update", "C1", 20)
    assert 19 < theirs.wait("chat.update", "C2") <= 20, "a limit of the method, whatever the channel"


def test_where_slack_refuses_a_channel_that_no_replica_used_it_was_too_much_for_the_workspace(
    replica: Callable[[], SharedRates],
) -> None:
    ours, theirs = replica(), replica()
    ours.close(POST, "C1", 30)
    assert 29 < theirs.wait(POST, "C2") <= 30


def test_after_what_slack_said_there_is_one_call_and_no_other_burst(
    replica: Callable[[], SharedRates],
) -> None:
    rates = replica()
    rates.close("chat.update", "C1", 0)
    assert rates.wait("chat.update", "C1") == 0.0
    assert rates.wait("chat.update", "C1") > 0


def test_what_the_outbox_of_one_replica_may_begin_is_what_all_of_them_have_left(
    replica: Callable[[], SharedRates],
) -> None:
    ours, theirs, alone = replica(), replica(), Rates()
    begun = [(Gate.POST, "C1"), (Gate.EDIT, ""), (Gate.FIND, "")]
    assert ours.room(begun, NOW) == alone.room(begun, NOW), "as if there were no other, while none is used"

    for _ in range(POST_PER_CHANNEL.burst - 1):
        theirs.wait(POST, "C1")
    theirs.close("chat.update", "C1", 30)
    room, _ = ours.room((), NOW)
    assert (room.free[Gate.POST], room.free[Gate.EDIT], room.free[Gate.FIND]) == (57, 0, 30)
    assert (room.patient[Gate.POST], room.shut) == (47, frozenset())

    room, seconds = ours.room(begun, NOW)
    assert room.shut == {"C1"}, "what is under way may take the last call of the channel"
    assert seconds > 29, "until there may be more"


def test_while_the_database_is_away_nobody_sends() -> None:
    store = PostgresStore(fresh_url(), Scripted())
    rates = SharedRates(PostgresLanes(store))
    store.close()

    with pytest.raises(Unavailable):
        rates.wait(POST, "C1")
    with pytest.raises(Unavailable):
        rates.room((), NOW)
