"""What is wrong with a stored bag, as data, and as sentences for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from data.records.base import Record

FINDINGS_SHOWN_MAX = 10  # more would not fit a Slack message; the record has them all


class Fault(StrEnum):
    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


class Finding(Record, frozen=True, kw_only=True):
    """One thing wrong. For a changed file `expected` and `found` are digests in hexadecimal."""

    fault: Fault
    path: str
    expected: str = ""
    found: str = ""
    bytes: int = 0


class Fixity(Record, frozen=True, kw_only=True):
    """What a check read. The bag is sound when there are no findings."""

    files: int
    bytes: int
    manifest_digest: str
    tags_digest: str
    findings: tuple[Finding, ...]


def report(fixity: Fixity, *, read_at: datetime, next_step: str) -> str:
    """The findings as sentences for a person, worst first as found, and what to do now."""
    shown = [_sentence(finding, read_at) for finding in fixity.findings[:FINDINGS_SHOWN_MAX]]
    if more := len(fixity.findings) - len(shown):
        shown.append(f"and {more} more")
    return f"{'; '.join(shown)}. {next_step}"


def _sentence(finding: Finding, read_at: datetime) -> str:
    path, read = finding.path, f"{finding.bytes:,} bytes, read {read_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    match finding.fault:
        case Fault.CHANGED:
            digests = f"expected {finding.expected[:12]}..., found {finding.found[:12]}..."
            return f"sha256 of {path}: {digests} ({read})"
        case Fault.MISSING:
            return f"{path} is missing"
        case Fault.EXTRA:
            return f"{path} is in no manifest ({read})"
        case Fault.UNREADABLE:
            return f"{path} cannot be read: {finding.found}"
