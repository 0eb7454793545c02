"""The dry run of a retirement from a shell, beside a running bot: by the clocks the catalog knows."""

from __future__ import annotations

from functools import partial

from bot.archives import open_archive
from bot.catalog_hours import CatalogTimekeeper
from bot.settings import Settings
from data.catalog.catalog import Catalog
from data.sql.record import SqlStore
from workflows.asking import at_once
from workflows.delegates import in_force_now
from workflows.engine import all_retirements
from workflows.gathering import Gatherer
from workflows.outlook import Outlook


def outlook_beside(settings: Settings, store: SqlStore, catalog: Catalog) -> Outlook:
    """Reads the record and the catalog; nothing outside is looked at."""
    rules = settings.in_force()
    gatherer = Gatherer(
        catalog=catalog,
        policy=rules.policy,
        archive=open_archive(settings),
        controls={},
        meters={},
        retirements=lambda: all_retirements(store),
        waiting=store.waiting,
        unheard=store.unheard,
        happened=lambda stream: (entry.event for entry in store.events(stream)),
        busy_until=at_once,
        snooze_days=rules.windows.snooze_days,
        delegations=partial(in_force_now, store, catalog),
    )
    timekeeper = None if rules.windows.is_always else CatalogTimekeeper(catalog, rules.windows)
    return Outlook(store=store, gatherer=gatherer, timekeeper=timekeeper)
