"""A small object that says which bucket and prefix this is, whatever they are called."""

from __future__ import annotations

import secrets

from botocore.exceptions import ClientError

from workflows.adapters.aws_errors import code_of
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.listing import MISSING


def mark_at(bucket: Bucket, name: str) -> str:
    """Empty where there is none."""
    with bucket.errors(f"read {bucket.where(name)}"):
        try:
            answer = bucket.client.get_object(Bucket=bucket.name, Key=bucket.key(name))
            return answer["Body"].read().decode(errors="replace").strip()
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            return ""


def marked(bucket: Bucket, name: str) -> str:
    """The mark, made if there is none; two that make one at once agree on it."""
    with bucket.errors(f"write {bucket.where(name)}"):
        try:
            body = f"{secrets.token_hex(16)}\n".encode()
            bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(name), Body=body, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) not in ("412", "PreconditionFailed", "ConditionalRequestConflict"):
                raise
    return mark_at(bucket, name)
