"""Which catalogs does this installation write to? Built where they are needed: by the bot, doctor and one command."""

from __future__ import annotations

from collections.abc import Mapping

from bot.aws import sagemaker
from bot.engines import open_engines
from bot.local_endpoints import open_flags, open_proxies
from bot.settings import Settings
from data.records.deprecation import CatalogKind
from workflows.adapters.traffic_proxy.answers import FlagAnswers, ProxyAnswers
from workflows.ports import CatalogWriter


def open_writers(settings: Settings, environ: Mapping[str, str]) -> dict[CatalogKind, CatalogWriter]:
    """None where nothing is set. SageMaker is told where the AWS environment names a region, as for its endpoints.
    Whatever stands in front of an endpoint, or is asked before it is called, is always told.

    Raises `Invalid` for a token no request can carry.
    """
    # Each is loaded where it is used: boto3 alone takes a second.
    writers: dict[CatalogKind, CatalogWriter] = {}
    if settings.mlflow:
        from data.importers.addresses import address_of  # noqa: PLC0415
        from data.importers.mlflow_server import MLFLOW, Access  # noqa: PLC0415
        from workflows.adapters.mlflow_registry import MlflowRegistry  # noqa: PLC0415

        writers[CatalogKind.MLFLOW] = MlflowRegistry(address_of(settings.mlflow, MLFLOW), Access.of(environ))
    if settings.changes is not None:
        from workflows.adapters.backstage_patch import BackstagePatch  # noqa: PLC0415
        from workflows.adapters.datahub_proposals import DataHubProposals  # noqa: PLC0415

        writers[CatalogKind.BACKSTAGE] = BackstagePatch(settings.changes)
        writers[CatalogKind.DATAHUB] = DataHubProposals(settings.changes)
    if (client := sagemaker()) is not None:
        from workflows.adapters.sagemaker_catalog import SageMakerCatalog  # noqa: PLC0415

        writers[CatalogKind.SAGEMAKER] = SageMakerCatalog(client)
    writers[CatalogKind.PROXY] = ProxyAnswers(open_proxies(settings), *open_engines(settings).values())
    writers[CatalogKind.FLAGS] = FlagAnswers(open_flags(settings))
    return writers
