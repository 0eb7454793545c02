"""Which formats of catalogs are read, and by whom?"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from data.catalog import Catalog
from data.events import EMERITUS
from data.importers.report import ImportReport, Reading
from data.importers.sources import Source
from data.records.catalog import Entity, Group, Person
from data.records.imports import Scheduled

if TYPE_CHECKING:
    from data.importers.mlflow_server import Registry


class KnownThings(Protocol):
    """What a reader asks of the catalog: what is there already, apart from what its own sources told before."""

    def known(self) -> tuple[Entity | Group | Person, ...]: ...

    def known_outside(
        self,
        format: str,  # noqa: A002 - the word of the commands
        sources: Sequence[Source],
    ) -> tuple[Entity | Group | Person, ...]: ...

    def slack_ids_outside(self, sources: Sequence[Source]) -> dict[str, str]: ...


class Format(NamedTuple):
    """How a format is called, what people are told it reads, and who reads it.

    may_be_shared   in Slack, by anybody in the import channel: nothing that says who somebody is
    asks   where it takes addresses besides paths: what they answer, in their place, for `reader`
    """

    name: str
    reads: str
    reader: Callable[[KnownThings, tuple[Any, ...]], Reading]
    asks: Callable[[tuple[Source, ...]], tuple[Any, ...]] | None = None
    may_be_shared: bool = True

    def answered(self, sources: tuple[Source, ...]) -> tuple[Any, ...]:
        """The sources for `reader`. Whoever is slow to answer keeps nobody from the store, which is opened later."""
        return self.asks(sources) if self.asks else sources


# Readers are loaded where they are used: a YAML parser or a walk through a manifest is nothing others wait for.
def _backstage(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.backstage import read_backstage  # noqa: PLC0415

    return read_backstage(paths, known=catalog.known(), taken=catalog.slack_ids_outside(paths))


def _csv(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.csv_edges import read_csv  # noqa: PLC0415

    return read_csv(paths, known=catalog.known_outside("csv", paths))


def _cyclonedx(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.cyclonedx import read_cyclonedx  # noqa: PLC0415

    return read_cyclonedx(paths, known=catalog.known_outside("cyclonedx", paths))


def _mlflow(catalog: KnownThings, sources: tuple[Path | Registry, ...]) -> Reading:
    from data.importers.mlflow import read_mlflow  # noqa: PLC0415

    named = [one if isinstance(one, Path) else one.name for one in sources]
    return read_mlflow(sources, known=catalog.known_outside("mlflow", named))


def _ask_mlflow(sources: tuple[Source, ...]) -> tuple[Path | Registry, ...]:
    from data.importers.mlflow_server import Access, address_of, registry_at  # noqa: PLC0415

    named = dict.fromkeys(address_of(one) if isinstance(one, str) else one for one in sources)
    access = Access.of(os.environ)
    return tuple(registry_at(one, access) if isinstance(one, str) else one for one in named)


def _accounts(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.accounts import read_accounts  # noqa: PLC0415

    return read_accounts(paths, known=catalog.known(), taken=catalog.slack_ids_outside(paths))


def _dbt(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.dbt import read_dbt  # noqa: PLC0415

    return read_dbt(paths, known=catalog.known_outside("dbt", paths))


def _openlineage(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openlineage import read_openlineage  # noqa: PLC0415

    return read_openlineage(paths, known=catalog.known())


def _datahub(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.datahub import read_datahub  # noqa: PLC0415

    return read_datahub(paths, known=catalog.known_outside("datahub", paths))


def _openmetadata(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openmetadata import read_openmetadata  # noqa: PLC0415

    return read_openmetadata(paths, known=catalog.known_outside("openmetadata", paths))


FORMATS = (
    Format("backstage", "Files or directories of Backstage catalog-info YAML.", _backstage),
    Format(
        "mlflow",
        "Exports of an MLflow registry as JSON, or the address of a live one.",
        _mlflow,
        _ask_mlflow,
    ),
    Format("dbt", "A manifest.json of dbt, v10 to v12, or directories with one.", _dbt),
    Format("datahub", "Files or directories of DataHub proposals and snapshots as JSON.", _datahub),
    Format(
        "openlineage", "Files or directories of OpenLineage events, one a line or in a list.", _openlineage
    ),
    Format("cyclonedx", "Files or directories of CycloneDX BOMs as JSON that list models.", _cyclonedx),
    Format(
        "accounts",
        "Files or directories of CSV that say who has which Slack id: who,slack_id.",
        _accounts,
        may_be_shared=False,
    ),
    Format("csv", "Files or directories of CSV edges: from,to and what is known of them.", _csv),
    Format(
        "openmetadata", "Files or directories of OpenMetadata entities and lineage as JSON.", _openmetadata
    ),
)
CALLS = "calls"
"""Access logs: no catalog, and read on a schedule like one. Their command has more options (commands/calls.py)."""
BY_NAME = {one.name: one for one in FORMATS}


def is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


class ScheduledSources:
    """Implements `workflows.ports.Importer`: as `emeritus import` would, from where it is said in the settings."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def read(self, source: Scheduled, now: datetime) -> ImportReport:
        sources = tuple(one if is_address(one) else Path(one) for one in source.sources)
        if source.format == CALLS:
            reading = self._calls(sources, now)
        else:
            format = BY_NAME[source.format]  # noqa: A001 - the word of the commands
            reading = format.reader(self._catalog, format.answered(sources))
        return self._catalog.import_(reading, format=source.format, now=now, by=EMERITUS)

    def _calls(self, sources: tuple[Source, ...], now: datetime) -> Reading:
        from data.importers.calls import read_calls  # noqa: PLC0415

        paths = [one for one in sources if isinstance(one, Path)]
        return read_calls(paths, known=self._catalog.known(), now=now)
