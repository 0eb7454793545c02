"""What PostgreSQL could not do, as a sentence with a next step that never shows a password."""

from __future__ import annotations

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from data.errors import Corrupt, EmeritusError, Invalid, Problem, Unavailable, Unrecorded

# Somebody else was faster. The same job, run again, sees what they did.
RACES = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)

_LENGTH_MAX = 200


def name_of(url: str) -> str:
    """How a database is called in messages: where it is, never how to get in."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        # From nothing: psycopg's own message quotes the URL.
        accepted = "a PostgreSQL URL, e.g. postgresql://user@host/database"
        raise Invalid([Problem(field="the store's URL", value="cannot be read", accepted=accepted)]) from None
    host, port = parts.get("host") or parts.get("hostaddr") or "", parts.get("port")
    at = f"{host}:{port}" if port else str(host)
    return f"postgresql://{'' if at.startswith('/') else at}/{parts.get('dbname') or ''}"


# The first that fits; what is about none of these is a bug.
_SENTENCES: tuple[tuple[tuple[type[psycopg.Error], ...], type[EmeritusError], str], ...] = (
    (
        (errors.DiskFull,),
        Unrecorded,
        "{name} has no room on its disk; nothing was recorded. Free some space there, then try again",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        Unrecorded,
        "{name} is read-only; nothing was recorded. After a fail-over, let the URL name the new primary",
    ),
    (
        (errors.TooManyConnections,),
        Unavailable,
        "{name} takes no more connections. Raise its max_connections, then try again",
    ),
    (
        (errors.DataCorrupted, errors.IndexCorrupted),
        Corrupt,
        "{name} is damaged ({said}). Keep a copy of it, then restore the last backup",
    ),
    (
        (errors.LockNotAvailable, errors.QueryCanceled, *RACES),
        Unrecorded,
        "{name} is too busy ({said}); nothing was recorded. It is tried again",
    ),
    (
        (errors.InsufficientPrivilege, errors.InvalidSchemaName),
        Unavailable,
        "{name} refuses this ({said}). Give the user of the URL its rights and a schema",
    ),
    (
        # Statements of ours meet these only where somebody else was at the tables, or at the rights to see them.
        (
            errors.UndefinedTable,
            errors.UndefinedColumn,
            errors.UndefinedFunction,
            errors.DatatypeMismatch,
            errors.DuplicateTable,
        ),
        Corrupt,
        "{name} lacks what Emeritus made there ({said}). Give the user its rights, or restore the last backup",
    ),
    (
        (psycopg.OperationalError, psycopg.InterfaceError, errors.InternalError_),
        Unavailable,
        "{name} does not answer ({said}). Check the server and the URL; it is tried again",
    ),
)


def as_ours(error: BaseException, name: str) -> BaseException:
    """Anything that is not about the server stays as it is."""
    for kinds, ours, sentence in _SENTENCES:
        if isinstance(error, kinds):
            return ours(sentence.format(name=name, said=_said(error)))
    return error


def _said(error: BaseException) -> str:
    """The first line of what the server said; the rest may quote a statement and what somebody wrote."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    said = (primary or str(error)).strip().split("\n", 1)[0]
    return said[:_LENGTH_MAX] or type(error).__name__
