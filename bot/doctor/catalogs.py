"""Do catalogs still say what was written there? Looked at when somebody asks, and never by itself.

A bot that looked every night would ask services of others for what seldom changes, and wake people for a tag that
somebody took away on purpose; `emeritus doctor` and `emeritus catalogs` can run as often as people want to know. What
is wrong is told and not mended: who changed it may have had a reason. `emeritus catalogs RET-n --write` says it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.catalog_writers import open_writers
from bot.doctor.finding import Finding
from bot.replicas.marks import CHANGES
from bot.replicas.places import why_another
from bot.settings import Settings
from bot.views.catalog.catalogs import NAMES, SETTINGS
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.records.deprecation import CatalogKind, Deprecation
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from workflows.engine import all_retirements
from workflows.listings import Listings
from workflows.rules.wording import counted

LOOKED_AT_MAX = 100
"""The retirements announced last: each may be several calls to a service of others, and somebody waits for the end."""


class Look(NamedTuple):
    """What one catalog is to say of one retirement, and what is wrong with what it says. `wrong` None: nobody knows."""

    kind: CatalogKind
    retirement: Retirement
    owed: Deprecation
    wrong: tuple[str, ...] | None
    why: str = ""


def looks(listings: Listings, states: Sequence[Retirement], *, but_settled: bool = False) -> Iterator[Look]:
    """Each catalog that is written to and lists something of a retirement, as it stands there now.

    but_settled   without what was called off and lifted: nobody writes that there again
    """
    for state in states:
        for kind, writer in listings.writers.items():
            is_looked_at = not but_settled or not listings.is_settled(kind, state)
            owed = listings.owed(kind, state) if is_looked_at else None
            if owed is None:
                continue
            try:
                yield Look(kind, state, owed, writer.differs(owed))
            except EmeritusError as error:
                yield Look(kind, state, owed, None, str(error))


def announced(states: Sequence[Retirement]) -> list[Retirement]:
    """Those that catalogs have something to say of, the latest first, as many as are looked at."""
    return [one for one in reversed(states) if one.announced][:LOOKED_AT_MAX]


def examine_catalogs(
    store: SqlStore, catalog: Catalog, settings: Settings, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """One line for all that is well, and one for each thing that is not."""
    try:
        writers = open_writers(settings, environ)
    except EmeritusError as error:
        yield Finding(what="catalogs", ok=False, found=str(error))
        return
    if (
        settings.changes is not None
        and store.is_shared
        and (why := why_another(store, CHANGES, settings.changes))
    ):
        yield Finding(what="catalogs", ok=False, found=f"{settings.changes}: {why}", fix=CHANGES.cure)
    listings = Listings(catalog=catalog, store=store, writers=writers)
    states = announced(all_retirements(store))
    seen: list[CatalogKind] = []
    for look in looks(listings, states, but_settled=True):
        seen.append(look.kind)
        what = f"{NAMES[look.kind]} on {look.retirement.id}"
        if look.wrong is None:
            yield Finding(what=what, ok=False, found=look.why)
        elif look.wrong:
            fix = f"Run emeritus catalogs {look.retirement.id} --write, which says it anew"
            yield Finding(what=what, ok=False, found="; ".join(look.wrong), fix=fix)
    yield Finding(what="catalogs", ok=True, found=_told(writers, seen, _unset(listings, states)))


def _unset(listings: Listings, states: Sequence[Retirement]) -> tuple[CatalogKind, ...]:
    """Catalogs that list something of what retires, and are not written to."""
    return tuple(
        kind
        for kind in CatalogKind
        if kind not in listings.writers
        and any(owed is not None and owed.is_new for owed in (listings.owed(kind, state) for state in states))
    )


def _told(
    writers: Mapping[CatalogKind, object], seen: Sequence[CatalogKind], unset: Sequence[CatalogKind]
) -> str:
    """A proxy is told without being set, so it is named where there is one."""
    told = ", ".join(
        NAMES[kind] for kind in CatalogKind if kind in writers and (kind in SETTINGS or kind in seen)
    )
    found = f"told of retirements: {told or 'none'}"
    if seen:
        found += f"; {counted(len(seen), 'look')} at what they say"
    if unset:
        how = ", ".join(f"{NAMES[kind]} ({SETTINGS[kind]})" for kind in unset)
        found += f"; not told, though something that retires is listed there: {how}"
    return found
