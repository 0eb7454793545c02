"""A server that takes a statement and never answers: whoever keeps a person waiting gets an answer all the same."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from data.errors import Unavailable
from data.patience import hurried
from data.postgres.store import PostgresStore
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import Scripted, count_up

SOON = 0.3


@pytest.fixture
def store() -> Iterator[PostgresStore]:
    opened = PostgresStore(fresh_url(), Scripted(), connections_max=1)
    yield opened
    opened.close()


@contextmanager
def standing_still(store: PostgresStore) -> Iterator[None]:
    """The server's process behind the one connection stops in its tracks; its network goes on answering."""
    with store.reading() as conn:
        (pid,) = conn.execute("SELECT pg_backend_pid()").fetchone()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def told(look: Callable[[], object], seconds: float = SOON) -> str:
    with hurried(monotonic() + seconds), pytest.raises(Unavailable) as waited:
        look()
    return str(waited.value)


def test_a_server_that_stands_still_is_given_up_in_time_and_asked_anew_over_another_connection(
    store: PostgresStore,
) -> None:
    count_up(store, "k1")
    with standing_still(store):
        said = told(lambda: store.state("RET-1"))
        assert said.startswith(f"{store.name} does not answer (not a word for 0.")
        assert said.endswith("s). Check the server and the URL; it is tried again")

        assert store.state("RET-1") is not None


def test_without_a_person_who_waits_silence_has_its_limit_too(store: PostgresStore) -> None:
    with store.reading() as conn:
        conn.raw.silence_seconds = SOON
    with standing_still(store), pytest.raises(Unavailable, match="not a word for"):
        store.state("RET-1")


def test_what_is_written_while_the_server_stands_still_is_not_written_twice(store: PostgresStore) -> None:
    """Once it goes on it may do what it was asked before; the same key then finds it done."""
    with store.reading() as conn:
        conn.raw.silence_seconds = SOON
    with standing_still(store), pytest.raises(Unavailable):
        count_up(store, "k1")

    count_up(store, "k1")
    assert len(store.events("RET-1")) == 1


def test_a_server_that_accepts_and_says_nothing_is_given_up_before_slack_stops_waiting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://127.0.0.1:{mute.getsockname()[1]}/record"
        began = monotonic()
        said = told(lambda: PostgresStore(url, Scripted()), seconds=1)

        assert "connection timeout expired" in said
        assert monotonic() - began < 3


def test_whoever_keeps_a_person_waiting_does_not_queue_behind_those_who_are_stuck(
    store: PostgresStore,
) -> None:
    with store.reading():
        said = told(lambda: store.state("RET-1"))

    assert said == f"All 1 connections to {store.name} have been busy for 0.3 s. It is tried again"
