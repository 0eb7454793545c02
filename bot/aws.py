"""Does this machine work in a region of AWS? Then here is who speaks to SageMaker there.

boto3 knows, but loading it takes a third of a bot's start. So it is asked only where there is anything that it reads a
region from: botocore/session.py names these variables (SESSION_VARIABLES of "region", "profile", "config_file" and
"credentials_file"), and without them files in `~/.aws`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_sagemaker.client import SageMakerClient

    from workflows.adapters.sagemaker_plane.plane import SageMakerPlane

_VARIABLES = frozenset(
    (
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_SHARED_CREDENTIALS_FILE",
    )
)


def sagemaker() -> SageMakerClient | None:
    """None where there is no region."""
    session = _session()
    return None if session is None else session.client("sagemaker")


def sagemaker_plane(now: Callable[[], datetime]) -> SageMakerPlane | None:
    """Who moves calls between variants there. None where there is no region.

    An API that answers 500 is asked twice and no more: what is asked again later anyway must not hang for minutes.
    """
    session = _session()
    if session is None:
        return None
    from botocore.config import Config  # noqa: PLC0415

    from workflows.adapters.sagemaker_plane.plane import SageMakerPlane  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5, read_timeout=20)
    return SageMakerPlane(
        session.client("sagemaker", config=config),
        session.client("application-autoscaling", config=config),
        session.client("cloudwatch", config=config),
        now=now,
    )


def _session() -> Session | None:
    if _VARIABLES.isdisjoint(os.environ) and not Path("~/.aws").expanduser().exists():
        return None
    import boto3  # noqa: PLC0415

    session = boto3.Session()
    return session if session.region_name else None
