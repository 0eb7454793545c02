"""Are archives checked over the years, and what did the last round find? Nothing is read for that now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.doctor.finding import Finding
from data.sql.record import SqlStore
from workflows.decisions.fixity import STREAM
from workflows.engine import all_retirements
from workflows.fixity import rounds_of
from workflows.rules.keeping import auditing
from workflows.rules.wording import counted

LATE = timedelta(days=2)
"""A round is due each day, and may take hours."""


def examine_rounds(store: SqlStore, now: datetime) -> Iterator[Finding]:
    """A line for all, and one for each archive that does not hold or could not be looked at."""
    kept = auditing.kept(all_retirements(store))
    rounds = rounds_of(store.state(STREAM))
    if rounds.at is None:
        if kept:
            fix = "Start emeritus serve: it looks at them at once, and each day"
            found = f"{counted(len(kept), 'archive')}, and no round of checks came to its end yet"
            yield Finding(what="fixity", ok=False, found=found, fix=fix)
        return
    found = f"{counted(rounds.looked, 'archive')} looked at in the round that ended {rounds.at:%Y-%m-%d %H:%M} UTC"
    if whole := [since for one in kept if (since := auditing.whole_since(one)) is not None]:
        found += f"; every file of each was read and compared since {min(whole):%Y-%m-%d} or later"
    is_late = now - rounds.at > LATE
    fix = "Start emeritus serve; emeritus stopped shows what keeps a round from its end" if is_late else ""
    yield Finding(what="fixity", ok=not is_late, found=found, fix=fix)
    for one, why in (rounds.unknown | rounds.bad).items():
        fix = f"See emeritus archive show {one} for where it lies; the next round tells whether it holds"
        yield Finding(what=f"fixity of {one}", ok=False, found=why, fix=fix)
