"""What CloudWatch counted of an endpoint's variants. It is a minute or two behind, and knows no callers.

A metric without data is missing, never zero: CloudWatch has none of a variant that was not called, either.
Source: docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.records.traffic import SLOWER_THAN, Arm, Count, Observed
from workflows.adapters.caller_names import ANONYMOUS
from workflows.adapters.sagemaker_plane.variants import NEW, SHADOW

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient

CALLS, ERRORS = "Invocations", "Invocation5XXErrors"
ALIGNED = timedelta(minutes=5)
MINUTES_UNTIL, FIVE_UNTIL = timedelta(days=2), timedelta(days=30)
"""How far back so short a period is asked for: an answer has 100,800 values at most, and old ones are kept coarser."""


def aligned(at: datetime) -> datetime:
    """Where every period that is asked for begins."""
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)


def observed(
    client: CloudWatchClient, endpoint: str, old: Iterable[str], *, since: datetime, now: datetime
) -> Observed:
    """`old`: names of the variants of the old model."""
    variants = (*old, NEW, SHADOW)
    asked = {
        f"q{number}": one
        for number, one in enumerate((variant, *metric) for variant in variants for metric in _metrics())
    }
    period = 60 if now - since <= MINUTES_UNTIL else 300 if now - since <= FIVE_UNTIL else 3600
    queries = [
        {
            "Id": query,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": metric,
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": endpoint},
                        {"Name": "VariantName", "Value": variant},
                    ],
                },
                "Period": period,
                "Stat": stat,
            },
        }
        for query, (variant, metric, stat) in asked.items()
    ]
    sums: dict[tuple[str, ...], int] = {}
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries,  # type: ignore[arg-type]
        StartTime=since,
        EndTime=aligned(now) + ALIGNED,
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            if values := result["Values"]:
                key = asked[result["Id"]]
                sums[key] = sums.get(key, 0) + round(sum(values))
    copies, lost = sums.get((SHADOW, CALLS, "Sum"), 0), sums.get((SHADOW, ERRORS, "Sum"), 0)
    counts = (_count(Arm.OLD, old, sums), _count(Arm.NEW, (NEW,), sums))
    return Observed(
        since=since,
        counts=tuple(one for one in counts if one is not None),
        mirrored=copies - lost,
        unanswered=lost,
    )


def _metrics() -> list[tuple[str, str]]:
    """Name and statistic. TC counts those above a bound, and latency is in microseconds."""
    slower = [("ModelLatency", f"TC({round(float(bound) * 1_000_000)}:)") for bound in SLOWER_THAN]
    return [(CALLS, "Sum"), (ERRORS, "Sum"), *slower]


def _count(arm: Arm, variants: Iterable[str], sums: Mapping[tuple[str, ...], Any]) -> Count | None:
    """None where it is not known how often it was called, or how often it failed."""
    known = [one for one in variants if (one, CALLS, "Sum") in sums and (one, ERRORS, "Sum") in sums]
    if not known:
        return None
    slower = {
        bound: sum(sums[one, metric, stat] for one in known)
        for bound, (metric, stat) in zip(SLOWER_THAN, _metrics()[2:], strict=True)
        if all((one, metric, stat) in sums for one in known)
    }
    return Count(
        arm=arm,
        consumer=ANONYMOUS,
        calls=sum(sums[one, CALLS, "Sum"] for one in known),
        errors=sum(sums[one, ERRORS, "Sum"] for one in known),
        slower=slower,
    )
