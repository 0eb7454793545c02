"""`emeritus import`: what catalogs say goes in, one format a command."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from bot.commands.opening import as_json, print_json, settings_for, store_to_write
from bot.keeping import open_catalog
from bot.world import CalendarWorld
from data.catalog import Catalog
from data.importers.report import Reading
from data.importers.sources import Source


class Format(NamedTuple):
    """How a format is called, what people are told it reads, and who reads it: paths, or addresses as well."""

    name: str
    reads: str
    reader: Callable[[Catalog, tuple[Any, ...]], Reading]
    takes_addresses: bool = False


_PATH = click.Path(exists=True, path_type=Path)


def _path_or_address(text: str) -> Source:
    if text.lower().startswith(("http://", "https://")):
        return text
    path: Path = _PATH.convert(text, None, None)
    return path


@click.group("import")
def import_() -> None:
    """Read a catalog; importing the same thing twice changes nothing."""


# Readers are loaded where they are used: a YAML parser or a walk through a manifest is nothing others wait for.
def _backstage(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.backstage import read_backstage  # noqa: PLC0415

    return read_backstage(paths, known=catalog.known(), taken=catalog.slack_ids_outside(paths))


def _csv(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.csv_edges import read_csv  # noqa: PLC0415

    return read_csv(paths, known=catalog.known_outside("csv", paths))


def _cyclonedx(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.cyclonedx import read_cyclonedx  # noqa: PLC0415

    return read_cyclonedx(paths, known=catalog.known_outside("cyclonedx", paths))


def _mlflow(catalog: Catalog, sources: tuple[Source, ...]) -> Reading:
    from data.importers.mlflow import read_mlflow  # noqa: PLC0415
    from data.importers.mlflow_server import Access, address_of  # noqa: PLC0415

    sources = tuple(address_of(one) if isinstance(one, str) else one for one in sources)
    access = Access.of(os.environ)
    return read_mlflow(sources, known=catalog.known_outside("mlflow", sources), access=access)


def _dbt(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.dbt import read_dbt  # noqa: PLC0415

    return read_dbt(paths, known=catalog.known_outside("dbt", paths))


def _openlineage(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openlineage import read_openlineage  # noqa: PLC0415

    return read_openlineage(paths, known=catalog.known())


def _datahub(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.datahub import read_datahub  # noqa: PLC0415

    return read_datahub(paths, known=catalog.known_outside("datahub", paths))


def _openmetadata(catalog: Catalog, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openmetadata import read_openmetadata  # noqa: PLC0415

    return read_openmetadata(paths, known=catalog.known_outside("openmetadata", paths))


FORMATS = (
    Format("backstage", "Files or directories of Backstage catalog-info YAML.", _backstage),
    Format(
        "mlflow",
        "Exports of an MLflow registry as JSON, or the address of a live one.",
        _mlflow,
        takes_addresses=True,
    ),
    Format("dbt", "A manifest.json of dbt, v10 to v12, or directories with one.", _dbt),
    Format("datahub", "Files or directories of DataHub proposals and snapshots as JSON.", _datahub),
    Format(
        "openlineage", "Files or directories of OpenLineage events, one a line or in a list.", _openlineage
    ),
    Format("cyclonedx", "Files or directories of CycloneDX BOMs as JSON that list models.", _cyclonedx),
    Format("csv", "Files or directories of CSV edges: from,to and what is known of them.", _csv),
    Format(
        "openmetadata", "Files or directories of OpenMetadata entities and lineage as JSON.", _openmetadata
    ),
)


def _register(format: Format) -> None:  # noqa: A002 - the word of the event
    @import_.command(format.name, help=format.reads)
    @click.argument(
        "sources",
        nargs=-1,
        required=True,
        metavar="SOURCE..." if format.takes_addresses else "PATH...",
        type=_path_or_address if format.takes_addresses else _PATH,
    )
    @as_json
    def read(sources: tuple[Source, ...], is_json: bool) -> None:
        with store_to_write(settings_for(writes=True)) as store:
            catalog = open_catalog(store)
            reading = format.reader(catalog, sources)
            report = catalog.import_(reading, format=format.name, now=CalendarWorld().now())
        if is_json:
            print_json(report)
        else:
            click.echo(str(report))


for _format in FORMATS:
    _register(_format)


COMMANDS = (import_,)
