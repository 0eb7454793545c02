"""What the bot reaches outside besides Slack, and the adapters a running one uses for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.archives import (
    Canary,
    anchoring_of,
    canary_of,
    fixity_of,
    open_anchors,
    open_archive,
    open_links,
    open_second,
    open_sources,
    open_stamper,
)
from bot.aws import sagemaker, sagemaker_plane
from bot.catalog_writers import open_writers
from bot.engines import open_engines
from bot.local_endpoints import Endpoints, open_endpoints, open_flags, open_proxies, told_by
from bot.settings import Settings
from bot.signing_key import model_signature_of
from bot.world import CalendarWorld
from data.archive.results import Sign
from data.records.anchors import AnchorPlan
from data.records.catalog import EndpointKind
from data.records.deprecation import CatalogKind
from data.records.fixity import FixityPlan
from workflows.adapters.check_runs import CheckRuns
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.sagemaker import SageMakerEndpoints
from workflows.adapters.second_factor import SecondFactorProgram
from workflows.adapters.traffic_proxy.plane import ProxyPlane
from workflows.anchor_store import Anchors, Stamper
from workflows.artifact_store import ArtifactStore, Links, SecondStore
from workflows.checks import NO_CHECKS, Checks
from workflows.ports import CatalogWriter, EndpointControl, TrafficMeter, Wording
from workflows.second_factor import SecondFactor
from workflows.sizing import Sources
from workflows.traffic_plane import TrafficPlane


@dataclass(frozen=True, kw_only=True)
class Edges:
    """What the bot reaches outside, besides Slack.

    planes    what moves calls of an endpoint to its successor, and lets them fail for a while
    wording   who understands questions that fit no wording we know; nobody, unless one is plugged in
    checks    which checks of consumers there are, and who runs them
    second_factor  who says that it is them; nobody, unless the operator has a program for it
    sources   where artifacts come from, to say how much there is of them
    in_bucket whether archives are kept in a bucket, which has storage classes
    sign      signs what is archived; nobody, unless the operator has a key for it
    second    has a copy of every archive; nowhere, unless the operator says so
    canary    what the bucket does not refuse though it has to; fixity: how archives are checked, None where not at all
    anchors   where checkpoints of the log are kept; stamper: who stamps them; anchoring: as whom it is configured
    """

    archive: ArtifactStore
    controls: Mapping[EndpointKind, EndpointControl]
    meters: Mapping[EndpointKind, TrafficMeter]
    planes: Mapping[EndpointKind, TrafficPlane] = field(default_factory=dict)
    writers: Mapping[CatalogKind, CatalogWriter] = field(default_factory=dict)
    wording: Wording | None = None
    checks: Checks = NO_CHECKS
    second_factor: SecondFactor | None = None
    sources: Sources | None = None
    in_bucket: bool = False
    canary: Canary | None = None
    sign: Sign | None = None
    second: SecondStore | None = None
    fixity: FixityPlan | None = None
    links: Links | None = None
    archives_at: str = ""
    anchors: Anchors | None = None
    stamper: Stamper | None = None
    anchoring: AnchorPlan | None = None


def edges_of(settings: Settings, endpoints: LocalEndpoints | None = None) -> Edges:
    """The adapters a running bot uses. Endpoints of kind `manual` have none: people drive those."""
    local, proxies = endpoints or open_endpoints(settings), open_proxies(settings)
    flags, tells = open_flags(settings), told_by(local)
    engines = open_engines(settings, tells)
    meters: dict[EndpointKind, Endpoints] = {
        EndpointKind.LOCAL: local,
        EndpointKind.PROXY: proxies,
        EndpointKind.FLAGS: flags,
        **engines,
    }
    controls: dict[EndpointKind, EndpointControl] = {**meters}
    if (client := sagemaker()) is not None:
        controls[EndpointKind.SAGEMAKER] = SageMakerEndpoints(client)
    planes: dict[EndpointKind, TrafficPlane] = {
        EndpointKind.PROXY: ProxyPlane(proxies, tells),
        EndpointKind.FLAGS: flags,
        **engines,
    }
    if (plane := sagemaker_plane(CalendarWorld().now)) is not None:
        planes[EndpointKind.SAGEMAKER] = plane
    sources = open_sources(settings)
    archive = open_archive(settings, sources)
    return Edges(
        archive=archive,
        sign=model_signature_of(settings.model_signing_key),
        second=open_second(settings, archive),
        controls=controls,
        meters=meters,
        planes=planes,
        writers=open_writers(settings, os.environ),
        checks=Checks(own=settings.checks, runner=CheckRuns(own=settings.checks)),
        second_factor=SecondFactorProgram(program=settings.second_factor) if settings.second_factor else None,
        sources=sources,
        in_bucket=settings.bucket is not None,
        canary=canary_of(settings),
        fixity=fixity_of(settings),
        links=open_links(settings),
        archives_at=settings.archives_at,
        anchors=open_anchors(settings),
        stamper=open_stamper(settings),
        anchoring=anchoring_of(settings),
    )
