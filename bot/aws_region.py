"""In which region of AWS does this machine work, if in any? boto3 knows; loading it takes a third of a bot's start.

So it is asked only where there is anything it reads a region from: botocore/session.py names these variables
(SESSION_VARIABLES of "region", "profile", "config_file" and "credentials_file") and, without them, files in `~/.aws`.
"""

from __future__ import annotations

import os
from pathlib import Path

_VARIABLES = frozenset(
    (
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_SHARED_CREDENTIALS_FILE",
    )
)


def region() -> str:
    """Empty where there is none."""
    if _VARIABLES.isdisjoint(os.environ) and not Path("~/.aws").expanduser().exists():
        return ""
    import boto3  # noqa: PLC0415

    return boto3.Session().region_name or ""
