"""Whose working hours are when, by the policy and the catalog alone: for whoever cannot ask Slack, or has.

Implements Timekeeper (workflows/ports.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.public_holidays import public_holidays
from data.records.hours import Hours, Windows
from workflows.membership import leave


def hours_by_catalog(
    there: Snapshot, windows: Windows, slack_id: str, now: datetime, *, zone: str = ""
) -> Hours:
    """`zone`: on whose clock they live, where somebody knows better than the catalog."""
    listed, person = there.person_by_slack(slack_id, listed=True), there.person_by_slack(slack_id)
    known = [one for one in dict.fromkeys((listed, person)) if one is not None]
    by_catalog = person.zone if person and person.zone != "UTC" else ""
    country = next((one.country for one in known if one.country), windows.country)
    return Hours(
        windows=windows,
        zone=zone or by_catalog or windows.default_zone,
        holidays=public_holidays(country, range(now.year - 1, now.year + 2)),
        away=leave(there, slack_id),
    )


@dataclass(frozen=True)
class CatalogTimekeeper:
    """Asks nobody."""

    catalog: Catalog
    windows: Windows

    def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours:  # noqa: ARG002 - the port's
        return self.known(slack_id, now)

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        return hours_by_catalog(self.catalog.snapshot(), self.windows, slack_id, now, zone=zone)
