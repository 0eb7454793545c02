"""Data events of AWS CloudTrail: who invoked an endpoint of SageMaker, or a model of Bedrock.

SageMaker's are there only where somebody has switched data events on. CloudWatch's counts are no such events: they
say how much, and never who. A role is the caller, not the person who names its session.
Source: docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.importers.call_fields import TEXT_MAX, Call, day_of
from data.importers.call_names import Caller, told

INVOKES = {
    "sagemaker": ("InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"),
    "bedrock": (
        *("InvokeModel", "InvokeModelWithResponseStream", "InvokeModelWithBidirectionalStream"),
        *("Converse", "ConverseStream", "StartAsyncInvoke"),
    ),
}


def is_event(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("eventSource"), str) and isinstance(value.get("eventName"), str)


def is_invocation(event: Mapping[str, Any]) -> bool:
    """Of all that happens in an account, a call of a model."""
    service = str(event["eventSource"]).partition(".")[0].removesuffix("-runtime").removeprefix("runtime-")
    return event["eventName"] in INVOKES.get(service, ())


def call(event: Mapping[str, Any]) -> Call | None:
    """None where it does not say when, or what was called."""
    day = day_of(_text(event, "eventTime"))
    targets = tuple(dict.fromkeys(target.casefold() for target in _targets(event) if target))
    return Call(day, targets, _caller(event)) if day and targets else None


def _targets(event: Mapping[str, Any]) -> Iterator[str]:
    asked = event.get("requestParameters")
    asked = asked if isinstance(asked, dict) else {}
    resources = event.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        yield _text(resource, "ARN") if isinstance(resource, dict) else ""
    name, account = _text(asked, "endpointName"), _text(event, "recipientAccountId")
    if name and account:
        yield f"arn:aws:sagemaker:{_text(event, 'awsRegion')}:{account}:endpoint/{name}"
    yield f"sagemaker:{name}" if name else ""
    yield name
    yield _text(asked, "modelId")


def _caller(event: Mapping[str, Any]) -> Caller:
    who = event.get("userIdentity")
    who = who if isinstance(who, dict) else {}
    issuer = who
    for step in ("sessionContext", "sessionIssuer"):
        inner = issuer.get(step)
        issuer = inner if isinstance(inner, dict) else {}
    is_role = _text(issuer, "type") == "Role" or _text(who, "type") == "AssumedRole"
    role = (_text(issuer, "arn") or _text(who, "arn")) if is_role else ""
    service = _text(who, "invokedBy") if _text(who, "type") == "AWSService" else ""
    account = _text(who, "accountId") if _text(who, "type") in ("AWSAccount", "Root") else ""
    return told(
        client=service or (f"AWS account {account}" if account else ""),
        role=role,
        user="" if role else _text(who, "arn") or _text(who, "userName"),
        agent=_text(event, "userAgent"),
        address=_text(event, "sourceIPAddress"),
    )


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found[:TEXT_MAX] if isinstance(found, str) else ""
