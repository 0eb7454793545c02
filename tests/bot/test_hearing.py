"""What another process leaves is heard at once; deaf or not, the dispatcher looks by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from bot.hearing import Hearing
from data.postgres.store import PostgresStore
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import NOW, Scripted

PATIENCE_SECONDS = 20


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def ours(url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(url, Scripted())
    yield store
    store.close()


@pytest.fixture
def bell(ours: PostgresStore) -> Iterator[threading.Event]:
    """Rung whenever something is heard; it has rung once, for whatever was said before anybody listened."""
    rung = threading.Event()
    hearing = Hearing(ours.wait_hint, rung.set, retry_seconds=0.01)
    hearing.start()
    assert rung.wait(PATIENCE_SECONDS)
    rung.clear()
    yield rung
    hearing.stop()


def test_what_another_process_keeps_rings_our_bell(url: str, bell: threading.Event) -> None:
    theirs = PostgresStore(url, Scripted())
    theirs.receive("m1", "vote", {}, NOW)

    assert bell.wait(PATIENCE_SECONDS)
    theirs.close()


def test_a_connection_that_is_lost_is_made_again_and_what_was_missed_is_looked_for(
    url: str, bell: threading.Event
) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'emeritus' AND query LIKE 'LISTEN%'"
        )

    assert bell.wait(PATIENCE_SECONDS)
