"""What changed from one version of the catalog to another? So that who knows the earlier one reads only that anew.

Each import that changes something leaves the ids of what it wrote under the version it makes, in its commit. One
that wrote very much leaves word that everything changed, as to read all is then the shorter way. Whoever comes from
a version that is not accounted for (it is long ago, or an older Emeritus imported meanwhile) reads all, too. What is
read by these ids is how it stands now: to be told too many, or to be told twice, does no harm.
"""

from __future__ import annotations

from collections.abc import Collection

from data.sql.connection import Connection

IDS_MAX = 1_000
"""As many as may be read anew one by one."""

VERSIONS_KEPT = 1_000

_EVERYTHING = ""


def note(conn: Connection, version: int, ids: Collection[str]) -> None:
    """That what is under these ids changed in this version."""
    told = sorted(ids) if len(ids) <= IDS_MAX else [_EVERYTHING]
    conn.executemany(
        "INSERT INTO catalog_change VALUES (?, ?) ON CONFLICT DO NOTHING", [(version, one) for one in told]
    )
    conn.execute("DELETE FROM catalog_change WHERE version <= ?", (version - VERSIONS_KEPT,))


def changed_since(conn: Connection, known: int, now: int) -> tuple[str, ...] | None:
    """The ids under which something changed since a version was known; None where all is to be read anew."""
    versions = conn.execute(
        "SELECT COUNT(DISTINCT version) FROM catalog_change WHERE version > ? AND version <= ?", (known, now)
    ).fetchone()[0]
    if versions != now - known:
        return None
    rows = conn.execute(
        "SELECT DISTINCT id FROM catalog_change WHERE version > ? AND version <= ? ORDER BY id LIMIT ?",
        (known, now, IDS_MAX + 1),
    ).fetchall()
    ids = tuple(one for (one,) in rows)
    return None if len(ids) > IDS_MAX or _EVERYTHING in ids else ids
