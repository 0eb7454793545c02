"""Is a PostgreSQL schema taken only when it is ours, and does a spoilt one end in a sentence?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from data.errors import Corrupt, EmeritusError, Refused
from data.postgres.store import PostgresStore
from tests.contract.postgresql import fresh_url
from tests.data.recorded import record
from workflows.machine import RetirementMachine

NEXT_STEP = "Give Emeritus a schema of its own: append ?options=-csearch_path%3DNAME to the URL"


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def spoilt(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection past the product, to a record with a retirement on it."""
    with closing(PostgresStore(url, RetirementMachine())) as store:
        record(store, "paused")
    PostgresStore(url, RetirementMachine()).close()
    with psycopg.connect(url, autocommit=True) as conn:
        yield conn


def verified(url: str) -> str:
    with closing(PostgresStore(url, RetirementMachine(), read_only=True)) as store:
        return store.verify().bad


FOREIGN = {
    "a table of a name of ours": ("CREATE TABLE events (day TEXT)", "events"),
    "one that later versions make": (
        "CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT, slack_id TEXT, record TEXT, file TEXT)",
        "person",
    ),
    "an index of a name of ours": (
        "CREATE TABLE days (day TEXT); CREATE INDEX timers_due ON days (day)",
        "timers_due",
    ),
}


@pytest.mark.parametrize(("statement", "name"), FOREIGN.values(), ids=FOREIGN)
def test_a_schema_with_what_we_would_make_is_refused_and_left_as_it_is(
    url: str, statement: str, name: str
) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statement)
        tables = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY 1"
        before = conn.execute(tables).fetchall()
        with pytest.raises(Refused) as refused:
            PostgresStore(url, RetirementMachine())

        assert refused.value.reasons == (
            f"its schema holds another program's {name}, and what others keep is never written to",
        )
        assert refused.value.next_step == NEXT_STEP
        assert conn.execute(tables).fetchall() == before


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
def test_a_schema_whose_list_of_steps_is_another_programs_is_refused(url: str, read_only: bool) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE applied_steps (step INTEGER)")
    with pytest.raises(Refused, match="its schema holds another program's applied_steps"):
        PostgresStore(url, RetirementMachine(), read_only=read_only)


def test_a_schema_with_other_tables_of_another_program_is_shared(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE albums (title TEXT)")
    PostgresStore(url, RetirementMachine()).close()

    assert verified(url) == ""


NAMED = {
    "events.stream": "UPDATE events SET stream = '' WHERE version = 17",
    "events.stream nothing": "ALTER TABLE events ALTER stream DROP NOT NULL;"
    " UPDATE events SET stream = NULL WHERE version = 17",
    "events.version": "UPDATE events SET version = -5 WHERE version = 17",
    "events.version nothing": "ALTER TABLE events ALTER version DROP NOT NULL;"
    " UPDATE events SET version = NULL WHERE version = 17",
    "events.stored": "UPDATE events SET stored = '' WHERE version = 17",
    "events.stored as text": "ALTER TABLE events ALTER stored TYPE TEXT USING encode(stored, 'escape')",
    "events.stored nothing": "ALTER TABLE events ALTER stored DROP NOT NULL;"
    " UPDATE events SET stored = NULL WHERE version = 17",
    "events.digest": "UPDATE events SET digest = '' WHERE version = 17",
    "states.stream": "UPDATE states SET stream = '' WHERE stream = 'RET-1'",
    "states.version": "UPDATE states SET version = -5",
    "states.version as text": "ALTER TABLE states ALTER version TYPE TEXT USING 'x'",
    "states.digest": "UPDATE states SET digest = ''",
    "states.state": "UPDATE states SET state = '{}'",
    "prose.text": "UPDATE prose SET text = 'other words'",
    "prose.text nothing": "ALTER TABLE prose ALTER text DROP NOT NULL; UPDATE prose SET text = NULL",
    "prose.salt": "UPDATE prose SET salt = ''",
}


@pytest.mark.parametrize("statement", NAMED.values(), ids=NAMED)
def test_an_odd_value_is_named(
    url: str, spoilt: psycopg.Connection[tuple[object, ...]], statement: str
) -> None:
    spoilt.execute(statement)

    assert " entry " in verified(url)


DAMAGED = {
    "events gone": "DROP TABLE events",
    "states gone": "DROP TABLE states",
    "prose gone": "DROP TABLE prose",
    "fold_version gone": "DROP TABLE fold_version",
    "a column gone": "ALTER TABLE events DROP COLUMN digest CASCADE",
    "positions as text": "ALTER TABLE events ALTER position DROP IDENTITY; ALTER TABLE events ALTER position TYPE TEXT",
    "no fold": "DELETE FROM fold_version",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_a_table_or_column_that_is_gone_is_a_sentence(
    url: str, spoilt: psycopg.Connection[tuple[object, ...]], statement: str
) -> None:
    spoilt.execute(statement)

    with pytest.raises(Corrupt, match="restore the last backup"):
        verified(url)


def test_a_record_that_forgot_its_steps_is_not_built_anew(
    url: str, spoilt: psycopg.Connection[tuple[object, ...]]
) -> None:
    spoilt.execute("DELETE FROM applied_steps")
    for read_only in (False, True):
        with pytest.raises(EmeritusError):
            PostgresStore(url, RetirementMachine(), read_only=read_only)
