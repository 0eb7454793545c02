"""How much does the record grow by a retirement? `uv run python -m tests.benchmarks.growth [--json]`

Whole stories in the sample company, on real SQLite; counted are the bytes in use, not those of half-empty pages.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from data.sql.record import SqlStore
from tests.scenarios.test_many_consumers import learns_consumers
from tests.scenarios.town import Town

MORE = 100
"""Consumers the second story has beyond those of the first."""
DECIDED_ONCE = ("receipts", "inbox")


class Grown(NamedTuple):
    consumers: int
    entries: int
    effects: int
    bytes_in_all: int
    bytes_of_receipts: int


def used(store: SqlStore, *tables: str) -> int:
    """Bytes in use: of these tables with their indexes, or of everything."""
    with store.reading() as conn:
        rows = conn.execute("SELECT name, pgsize - unused FROM dbstat").fetchall()
    return sum(
        size
        for name, size in rows
        if not tables
        or name in tables
        or name.startswith(tuple(f"sqlite_autoindex_{one}_" for one in tables))
    )


def story(more_consumers: int) -> Grown:
    """Proposed, voted, announced, moved, archived, dark, closed."""
    with tempfile.TemporaryDirectory() as folder, Town(Path(folder), serves=True) as town:
        if more_consumers:
            learns_consumers(town, more_consumers)
        store = town.bot.store
        before, receipts_before = used(store), used(store, *DECIDED_ONCE)
        assert town.propose() == {}
        town.approve()
        town.pass_time(days=44)
        town.everybody_moves()
        town.pass_time(days=60)
        found = town.retirement()
        with store.reading() as conn:
            (effects,) = conn.execute("SELECT count(*) FROM effects").fetchone()
        return Grown(
            consumers=len(found.obligations),
            entries=found.version,
            effects=effects,
            bytes_in_all=used(store) - before,
            bytes_of_receipts=used(store, *DECIDED_ONCE) - receipts_before,
        )


def main() -> None:
    small, large = story(0), story(MORE)
    each = (large.bytes_in_all - small.bytes_in_all) / (large.consumers - small.consumers)
    if "--json" in sys.argv[1:]:
        figures = {"small": small._asdict(), "large": large._asdict(), "bytes_a_consumer": round(each)}
        print(json.dumps(figures, indent=2))
        return
    for grown in (small, large):
        print(
            f"{grown.consumers:4} consumers: {grown.entries} entries, {grown.effects} messages and other effects, "
            f"{grown.bytes_in_all:,} bytes, of which {grown.bytes_of_receipts:,} keep anything from being decided twice"
        )
    print(f"     each further consumer: {each:,.0f} bytes")


if __name__ == "__main__":
    main()
