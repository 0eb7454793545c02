"""What is wanted of an endpoint, kept as tags on it: whichever machine a bot runs on, it reads the same.

A tag is short and takes few signs, so this is written packed, and over as many tags as it takes, in one call.
"""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from data.errors import Corrupt, Refused
from data.records.traffic import Desired

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient

TAG = "emeritus:traffic-"
VALUE_MAX, TAGS_MAX = 256, 20
"""docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html; a resource has 50 of them at most."""


class Scaling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Autoscaling of one variant as it was, in the words of Application Auto Scaling."""

    target: dict[str, Any]
    policies: tuple[dict[str, Any], ...] = ()
    scheduled: tuple[dict[str, Any], ...] = ()


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of an endpoint besides what SageMaker itself tells.

    base       the config it ran before anything was wanted of it; `weights`: its variants' shares then
    successor  the config that the successor's endpoint ran when it was first wanted
    is_alone   the old model has left the endpoint for good
    since      when this successor was first wanted
    asked, modified  the config that was asked for last, and when the endpoint had changed last before that
    failed, why      the config that SageMaker rolled back from, and what it said
    scaling    variant -> its autoscaling when it was last seen; `is_unscaled`: it is to be put back
    """

    traffic: Desired = Desired()
    base: str = ""
    weights: dict[str, float] = {}
    successor: str = ""
    is_alone: bool = False
    since: datetime | None = None
    asked: str = ""
    modified: str = ""
    failed: str = ""
    why: str = ""
    scaling: dict[str, Scaling] = {}
    is_unscaled: bool = False


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_KEPT = msgspec.json.Decoder(Kept)


def kept_of(client: SageMakerClient, arn: str) -> Kept:
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    there = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    first = there.get(f"{TAG}0", "")
    if not first:
        return Kept()
    try:
        count, _, beginning = first.partition(":")
        packed = beginning + "".join(there[f"{TAG}{number}"] for number in range(1, int(count)))
        return _KEPT.decode(zlib.decompress(base64.urlsafe_b64decode(packed)))
    except (KeyError, ValueError, zlib.error) as error:
        raise Corrupt(
            f"Tags {TAG}0 and after of {arn} cannot be read ({error!r}). Delete them, and want it anew"
        ) from error


def keep(client: SageMakerClient, arn: str, kept: Kept) -> None:
    packed = base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(kept), 9)).decode()
    count = -(-(len(packed) + len("99:")) // VALUE_MAX)  # rounded up
    if count > TAGS_MAX:
        raise Refused(
            f"Cannot keep what is wanted of {arn}",
            reasons=[f"it needs {count} tags, with autoscaling as it is, and {TAGS_MAX} are the most"],
            next_step="Have fewer scaling policies, or put a proxy in front of it",
        )
    whole = f"{count}:{packed}"
    client.add_tags(
        ResourceArn=arn,
        Tags=[
            {"Key": f"{TAG}{number}", "Value": whole[number * VALUE_MAX : (number + 1) * VALUE_MAX]}
            for number in range(count)
        ],
    )
