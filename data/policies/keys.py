"""A key of a policy: what it means, and what it may say."""

from __future__ import annotations

from dataclasses import dataclass

from data.toml_checks import Check


@dataclass(frozen=True, kw_only=True)
class Key:
    """`says` is its row in README; `field` its place in the record, for keys that have one of their own."""

    says: str
    check: Check
    field: str = ""
