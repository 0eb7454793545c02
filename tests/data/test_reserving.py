"""Which retirement has an endpoint? The one whose plan in force names it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.postgres.store import PostgresStore
from data.records.decision import Outcome, Receipt
from data.records.plan import Endpoint
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from tests.builders import BATCH, LIVE, PROPOSED_AT, a_subject, facts_for, proposing, revising
from tests.contract.postgresql import fresh_url
from workflows.commands import Command, encoded
from workflows.machine import RetirementMachine


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    machine = RetirementMachine()
    opened: SqlStore = (
        SqliteStore(tmp_path / "emeritus.db", machine)
        if request.param == "sqlite"
        else PostgresStore(fresh_url(), machine)
    )
    yield opened
    opened.close()


def asked(store: SqlStore, key: str, stream: str, command: Command, *endpoints: Endpoint) -> Receipt:
    facts = facts_for(a_subject(endpoints=endpoints))
    return store.transact(key, stream, encoded(command), facts, PROPOSED_AT)


def test_an_endpoint_that_a_new_plan_dropped_may_be_retired_by_another_retirement(store: SqlStore) -> None:
    asked(store, "k1", "RET-*", proposing(), LIVE, BATCH)
    revised = asked(store, "k2", "RET-1", revising(), LIVE)
    dropped = asked(store, "k3", "RET-*", proposing(), BATCH)
    kept = asked(store, "k4", "RET-*", proposing(), LIVE)

    assert (revised.outcome, dropped.outcome, dropped.stream) == (Outcome.DONE, Outcome.DONE, "RET-2")
    assert kept.reply == f"{LIVE.id} is already being retired by RET-1. Run /retire show RET-1"


def test_an_endpoint_that_another_retirement_took_cannot_come_back_into_the_plan(store: SqlStore) -> None:
    asked(store, "k1", "RET-*", proposing(), LIVE, BATCH)
    asked(store, "k2", "RET-1", revising(), LIVE)
    asked(store, "k3", "RET-*", proposing(), BATCH)
    refused = asked(store, "k4", "RET-1", revising(), LIVE, BATCH)

    assert refused.reply == f"{BATCH.id} is already being retired by RET-2. Run /retire show RET-2"
