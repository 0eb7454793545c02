"""How a file is cut for S3, and which checksum S3 then has of it.

Of what is sent in parts S3 knows no SHA-256 of the whole: it has that of the digests of its parts, and how many
they are (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from data.archive.keeping import Keeping
from data.archive.results import StoredFile
from data.errors import Corrupt
from workflows.adapters.s3_archive.bucket import version_of
from workflows.adapters.s3_archive.listing import Placed

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PARTS_MAX = 10_000  # docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
_MIB = 1 << 20


def part_bytes_for(bytes_: int, part_bytes: int) -> int:
    """Parts are longer only where there would be too many of them: of files of more than 312 GiB."""
    needed = -(-bytes_ // PARTS_MAX)
    return part_bytes if needed <= part_bytes else -(-needed // _MIB) * _MIB


def base64_of(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def parts_of(chunks: Iterator[bytes], part_bytes: int) -> Iterator[bytearray]:
    """Chunks of any size as parts of one; the last may be shorter."""
    part = bytearray()
    for chunk in chunks:
        part += chunk
        while len(part) >= part_bytes:
            rest = part[part_bytes:]
            del part[part_bytes:]
            yield part
            part = rest
    if part:
        yield part


class Part(NamedTuple):
    number: int
    etag: str
    digest: bytes

    def told(self) -> CompletedPartTypeDef:
        return {"PartNumber": self.number, "ETag": self.etag, "ChecksumSHA256": base64_of(self.digest)}


def composite(digests: Sequence[bytes]) -> str:
    return f"{base64_of(hashlib.sha256(b''.join(digests)).digest())}-{len(digests)}"


def hex_of(file: StoredFile) -> str:
    return file.artifact_id.removeprefix("sha256:")


def placed_as(
    path: str,
    answer: Mapping[str, Any],
    keeping: Keeping,
    *,
    bytes_: int,
    sha256: str,
    checksum: str,
    locked_until: datetime | None,
) -> Placed:
    return Placed(
        path=path,
        version=version_of(answer),
        bytes=bytes_,
        sha256=sha256,
        checksum=checksum,
        kms_key=answer.get("SSEKMSKeyId", ""),
        storage=keeping.storage,
        locked_until=locked_until,
    )


def not_as_sent(where: str, expected: str, found: str | None) -> Corrupt:
    return Corrupt(
        f"{where} did not arrive as it was sent: its checksum is {found}, expected {expected}. "
        "Look at the network and the server, then archive again"
    )
