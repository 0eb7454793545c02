"""Where is the record, and how is it opened? For commands that look at it or copy it, and for the bot.

Takes in none of what talks to Slack or to a cloud: `emeritus verify` should not wait for those to be loaded.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.settings import Settings
from data.catalog.catalog import Catalog
from data.errors import Unavailable
from data.metrics import UNCOUNTED, Metrics
from data.records.decision import LEASE
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from data.sqlite.writer import Writer
from workflows.engine import all_retirements
from workflows.machine import RetirementMachine
from workflows.rules.lifecycle import LIVING
from workflows.rules.telling import notices


def open_store(
    settings: Settings, *, read_only: bool = False, speed: float = 1.0, metrics: Metrics = UNCOUNTED
) -> SqlStore:
    where = settings.database or settings.store
    return open_record(where, read_only=read_only, lease=LEASE * speed, metrics=metrics)


def open_record(
    where: Path | str,
    *,
    read_only: bool = False,
    exclusive: bool = False,
    lease: timedelta = LEASE,
    metrics: Metrics = UNCOUNTED,
) -> SqlStore:
    """The record in a SQLite file, or behind a PostgreSQL URL.

    exclusive   no other process may write meanwhile; of a file only one can at any time
    """
    if not isinstance(where, str):
        writer = partial(Writer, metrics=metrics)
        return SqliteStore(where, RetirementMachine(), read_only=read_only, lease=lease, writer=writer)
    try:
        from data.postgres.store import PostgresStore  # noqa: PLC0415 - needs what SQLite users have not
    except ImportError as error:
        raise Unavailable(
            "PostgreSQL needs psycopg, which is not installed. Run pip install 'emeritus[postgresql]'"
        ) from error
    return PostgresStore(
        where,
        RetirementMachine(),
        read_only=read_only,
        exclusive=exclusive,
        lease=lease,
        metrics=metrics,
    )


def redraw(store: SqlStore, now: datetime) -> None:
    """What Slack shows of the retirements under way is drawn anew from this record."""
    for one in all_retirements(store):
        if one.state in LIVING:
            store.want(one.id, notices.redrawn(one), now)


def own_files(settings: Settings) -> tuple[Path, ...]:
    """The record, the archive and the operator's checks: a catalog that names them as a model's artifacts gets none."""
    store = settings.store
    return (
        *(one for one in (settings.archive, settings.copy_to) if isinstance(one, Path)),
        *([Path(settings.checks.file)] if settings.checks.file else []),
        *(store.with_name(f"{store.name}{end}") for end in ("", "-wal", "-shm", ".lock")),
    )


def open_catalog(store: SqlStore) -> Catalog:
    return Catalog(store)
