"""Which formats of catalogs are read, and by whom?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from data.catalog.catalog import Catalog
from data.events import EMERITUS
from data.importers.left_out import noted, without
from data.importers.report import ImportReport, Reading
from data.importers.sources import Source
from data.records.catalog import Entity, Group, Person
from data.records.imports import Scheduled

if TYPE_CHECKING:
    from data.importers.mlflow_server import Registry
    from data.importers.provider_registries import Page
    from data.importers.sagemaker_live import Live

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


def is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def has_scheme(text: str) -> bool:
    """Whether it is an address of any kind, and so no path."""
    return _SCHEME.match(text) is not None


def is_region(text: str) -> bool:
    """Of AWS. A directory that is called like one is named with a slash: ./eu-west-1."""
    return _REGION.fullmatch(text.lower()) is not None


class Asked(NamedTuple):
    """What is asked beside files, and how.

    address   one as it is remembered, or `Invalid`
    answer    of one that is remembered: all it tells, as the reader of the format takes it
    is_one    whether a text is meant as one, and no path
    called    what people call it
    """

    address: Callable[[str], str]
    answer: Callable[[str], Any]
    is_one: Callable[[str], bool] = is_address
    called: str = "an address that begins with http:// or https://"


class KnownThings(Protocol):
    """What a reader asks of the catalog: what is there already, apart from what its own sources told before.

    What several sources tell of one thing is one; but `as_told` has it as each of them does.
    """

    def known(self) -> tuple[Entity | Group | Person, ...]: ...

    def as_told(self) -> tuple[Entity, ...]: ...

    def known_outside(
        self,
        format: str,  # noqa: A002 - the word of the commands
        sources: Sequence[Source],
    ) -> Iterable[Entity | Group | Person]: ...

    def slack_ids_outside(self, sources: Sequence[Source]) -> dict[str, str]: ...


class Format(NamedTuple):
    """How a format is called, what people are told it reads, and who reads it.

    asks            where it takes addresses, or regions, besides paths
    may_be_shared   in Slack, by anybody in the import channel: neither what says who somebody is, nor files that all
                    have one name, as each would be the other's next version
    """

    name: str
    reads: str
    reader: Callable[[KnownThings, tuple[Any, ...]], Reading]
    asks: Asked | None = None
    may_be_shared: bool = True

    def is_asked(self, text: str) -> bool:
        return self.asks is not None and self.asks.is_one(text)

    def read(self, catalog: KnownThings, answered: tuple[Any, ...]) -> Reading:
        """With what was left out of directories. Raises as the reader."""
        return noted(self.reader(catalog, answered), answered)

    def answered(self, sources: tuple[Source, ...]) -> tuple[Any, ...]:
        """The sources for `reader`. Whoever is slow to answer keeps nobody from the store, which is opened later."""
        if self.asks is None:
            return sources
        # Whichever is no address is refused before any other is asked.
        named = dict.fromkeys(self.asks.address(one) if isinstance(one, str) else one for one in sources)
        return tuple(self.asks.answer(one) if isinstance(one, str) else one for one in named)


# Readers are loaded where they are used: a YAML parser or a walk through a manifest is nothing others wait for.
def _backstage(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.backstage import read_backstage  # noqa: PLC0415

    taken = catalog.slack_ids_outside(paths)
    return read_backstage(paths, known=catalog.known(), taken=taken, as_told=catalog.as_told())


def _csv(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.csv_edges import read_csv  # noqa: PLC0415

    return read_csv(paths, known=catalog.known_outside("csv", paths))


def _cyclonedx(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.cyclonedx import read_cyclonedx  # noqa: PLC0415

    return read_cyclonedx(paths, known=catalog.known_outside("cyclonedx", paths))


def _huggingface(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.huggingface import read_huggingface  # noqa: PLC0415

    return read_huggingface(paths, known=catalog.known_outside("huggingface", paths))


def _mlflow(catalog: KnownThings, sources: tuple[Path | Registry, ...]) -> Reading:
    from data.importers.mlflow import read_mlflow  # noqa: PLC0415

    named = [one if isinstance(one, Path) else one.name for one in sources]
    return read_mlflow(sources, known=catalog.known_outside("mlflow", named))


def _mlflow_address(text: str) -> str:
    from data.importers.addresses import address_of  # noqa: PLC0415
    from data.importers.mlflow_server import MLFLOW  # noqa: PLC0415

    return address_of(text, MLFLOW)


def _mlflow_answer(address: str) -> Registry:
    from data.importers.mlflow_server import Access, registry_at  # noqa: PLC0415

    return registry_at(address, Access.of(os.environ))


def _accounts(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.accounts import read_accounts  # noqa: PLC0415

    return read_accounts(paths, known=catalog.known(), taken=catalog.slack_ids_outside(paths))


def _sagemaker(catalog: KnownThings, sources: tuple[Path | Live, ...]) -> Reading:
    from data.importers.sagemaker import places_of, read_sagemaker  # noqa: PLC0415

    known = catalog.known_outside("sagemaker", places_of(sources))
    return read_sagemaker(sources, known=known, before=catalog.as_told())


def _sagemaker_answer(region: str) -> Live:
    from workflows.adapters.sagemaker_account import account_at  # noqa: PLC0415

    return account_at(region)


def _dbt(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.dbt import read_dbt  # noqa: PLC0415

    return read_dbt(paths, known=catalog.known_outside("dbt", paths))


def _openlineage(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openlineage import read_openlineage  # noqa: PLC0415

    return read_openlineage(paths, known=_with_own(catalog, "openlineage:"))


def _deprecations(catalog: KnownThings, sources: tuple[Path | Page, ...]) -> Reading:
    from data.importers.deprecations import read_deprecations  # noqa: PLC0415

    return read_deprecations(sources, known=_with_own(catalog, "hosted:"))


def _with_own(catalog: KnownThings, scheme: str) -> tuple[Entity | Group | Person, ...]:
    """What is known, but what a format itself told of before as it did: that is for it to tell anew."""
    others = (one for one in catalog.known() if not one.id.startswith(scheme))
    return (*(one for one in catalog.as_told() if one.id.startswith(scheme)), *others)


def _deprecations_address(text: str) -> str:
    from data.importers.addresses import address_of  # noqa: PLC0415
    from data.importers.provider_registries import REGISTRIES  # noqa: PLC0415

    return address_of(text, REGISTRIES)


def _deprecations_answer(address: str) -> Page:
    from data.importers.provider_registries import page_at  # noqa: PLC0415

    return page_at(address)


def _datahub(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.datahub import read_datahub  # noqa: PLC0415

    return read_datahub(paths, known=catalog.known_outside("datahub", paths))


def _measures(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.measures import read_measures  # noqa: PLC0415

    return read_measures(paths, known=_with_own(catalog, "measures:"))


def _openmetadata(catalog: KnownThings, paths: tuple[Path, ...]) -> Reading:
    from data.importers.openmetadata import read_openmetadata  # noqa: PLC0415

    return read_openmetadata(paths, known=catalog.known_outside("openmetadata", paths))


FORMATS = (
    Format("backstage", "Files or directories of Backstage catalog-info YAML.", _backstage),
    Format(
        "mlflow",
        "Exports of an MLflow registry as JSON, or the address of a live one.",
        _mlflow,
        Asked(_mlflow_address, _mlflow_answer),
    ),
    Format(
        "sagemaker",
        "Regions of AWS such as eu-west-1, or directories with SageMaker's answers as JSON.",
        _sagemaker,
        Asked(str.lower, _sagemaker_answer, is_region, "a region of AWS, such as eu-west-1"),
    ),
    Format("dbt", "A manifest.json of dbt, v10 to v12, or directories with one.", _dbt),
    Format("datahub", "Files or directories of DataHub proposals and snapshots as JSON.", _datahub),
    Format("openlineage", "Files or directories of OpenLineage events: lines, or a list.", _openlineage),
    Format("cyclonedx", "Files or directories of CycloneDX BOMs as JSON that list models.", _cyclonedx),
    Format(
        "accounts",
        "Files or directories of CSV that say who has which Slack id: who,slack_id.",
        _accounts,
        may_be_shared=False,
    ),
    Format(
        "deprecations",
        "Registries of hosted models (modeldeprecations.dev, deprecations.info, LiteLLM), as files or at an address.",
        _deprecations,
        Asked(_deprecations_address, _deprecations_answer),
    ),
    Format(
        "huggingface",
        "Model cards of Hugging Face: README.md files, or directories with some.",
        _huggingface,
        may_be_shared=False,
    ),
    Format("csv", "Files or directories of CSV edges: from,to and what is known of them.", _csv),
    Format("measures", "CSV of what was measured: model,measure,value,on.", _measures),
    Format(
        "openmetadata", "Files or directories of OpenMetadata entities and lineage as JSON.", _openmetadata
    ),
)
CALLS = "calls"
"""Access logs: no catalog, and read on a schedule like one. Their command has more options (commands/calls.py)."""
BY_NAME = {one.name: one for one in FORMATS}


class ScheduledSources:
    """Implements `workflows.ports.Importer`: as `emeritus import` would, from where it is said in the settings.

    exclude   name of an import -> globs of what is left out of its directories
    """

    def __init__(self, catalog: Catalog, exclude: Mapping[str, Sequence[str]]) -> None:
        self._catalog, self._exclude = catalog, exclude

    def read(self, source: Scheduled, now: datetime) -> ImportReport:
        globs = self._exclude.get(source.name, ())
        if source.format == CALLS:
            paths = [without(Path(one), globs) for one in source.sources]
            reading = noted(self._calls(paths, now), paths)
        else:
            format = BY_NAME[source.format]  # noqa: A001 - the word of the commands
            sources = tuple(
                one if format.is_asked(one) else without(Path(one), globs) for one in source.sources
            )
            reading = format.read(self._catalog, format.answered(sources))
        return self._catalog.import_(reading, format=source.format, now=now, by=EMERITUS)

    def _calls(self, paths: Sequence[Path], now: datetime) -> Reading:
        from data.importers.calls import read_calls  # noqa: PLC0415

        return read_calls(paths, known=self._catalog.known(), now=now)
