"""Links to files of an archive in a bucket, each to the version that was archived, for whoever may read it a while.

They are made here, without asking S3, by Signature Version 4 (docs.aws.amazon.com/AmazonS3/latest/API/
sigv4-query-string-auth.html), which buckets with KMS keys need. Whoever has one reads that one file until it is over;
signed with credentials that end sooner it ends with them. botocore presigns by its own clock alone, hence `_signed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from data.archive.fixity import PAYLOAD
from data.records.archived import Archived
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.listing import Placed
from workflows.adapters.s3_archive.reading import Reader, load
from workflows.artifact_store import Links


def links_of(bucket: Bucket) -> Links:
    """Makes links to what lies in this bucket."""

    def links(archived: Archived, paths: Sequence[str], now: datetime, seconds: int) -> Mapping[str, str]:
        listing = load(bucket, archived)
        wanted = {f"{PAYLOAD}{path}" for path in paths}
        meant = [one for one in listing.objects if one.path in wanted]
        waiting = Reader(bucket, archived.location).asked_back(meant)
        return {
            one.path.removeprefix(PAYLOAD): link(bucket, archived.location, one, now, seconds)
            for one in meant
            if one not in waiting
        }

    return links


def link(bucket: Bucket, location: str, one: Placed, now: datetime, seconds: int) -> str:
    """To this version of one object, from `now` on."""
    path = f"{location}/{one.path}"
    with bucket.errors(f"make a link to {bucket.where(path)}"):
        # Where it is answered, path or host, is botocore's to say; what it signed is thrown away.
        addressed = bucket.client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket.name, "Key": bucket.key(path)}, ExpiresIn=1
        )
    return _signed(bucket, addressed.partition("?")[0], one.version, now, seconds)


def _signed(bucket: Bucket, address: str, version: str, now: datetime, seconds: int) -> str:
    credentials = bucket.credentials()
    signer = S3SigV4QueryAuth(credentials, "s3", bucket.client.meta.region_name, expires=seconds)
    request = AWSRequest(method="GET", url=address)
    request.context["timestamp"] = now.astimezone(UTC).strftime(SIGV4_TIMESTAMP)
    asked = {
        "versionId": version,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": signer.scope(request),
        "X-Amz-Date": request.context["timestamp"],
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Security-Token": credentials.token or "",
    }
    query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote)
    request.url = f"{address}?{query}"
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return f"{request.url}&X-Amz-Signature={signer.signature(to_sign, request)}"
