"""How a BagIt manifest is written and read (RFC 8493 section 2.1.3), and the preservation id that follows.

The preservation id is the SHA-256 of the payload manifest as stored: one line per file, sorted by path. So
the same content has the same id wherever and whenever it was archived, and `sha256sum` shows it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from data.archive.results import StoredFile

PAYLOAD_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+\*?(\S.*)", re.DOTALL)
_ESCAPE = re.compile("%(25|0[AaDd])")
_ESCAPED = {"25": "%", "0a": "\n", "0d": "\r"}


def encode_path(path: str) -> str:
    """Only these three are escaped; the standard forbids escaping anything else."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def decode_path(path: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1].lower()], path)


def manifest_of(digests: Iterable[tuple[str, str]]) -> bytes:
    """The manifest for pairs of path and hexadecimal digest."""
    return "".join(f"{digest}  {encode_path(path)}\n" for path, digest in sorted(digests)).encode()


def payload_manifest(files: Iterable[StoredFile]) -> bytes:
    return manifest_of((f"data/{file.path}", file.artifact_id.removeprefix("sha256:")) for file in files)


def parse_manifest(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Pairs of path and digest in file order, and the lines that are neither such a pair nor empty."""
    pairs, rejected = [], []
    for line in re.split("\r\n|\n|\r", text):
        if found := _LINE.fullmatch(line):
            pairs.append((decode_path(found[2]), found[1].lower()))
        elif line:
            rejected.append(line)
    return pairs, rejected


def sha256_id(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
