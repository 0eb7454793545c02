"""How long a provider serves a hosted model, as registries of their announcements tell it."""

from __future__ import annotations

from data.records.base import Record


class Support(Record, frozen=True, kw_only=True):
    """Until when a provider serves a hosted model, as one registry tells it. Days like "2026-03-02"; empty: not told.

    told_by       the registry: "modeldeprecations.dev", "deprecations.info" or "LiteLLM"
    status        "active", "deprecated" or "retired", as it was on `verified_on`
    deprecated_on  when the provider announced the end
    shutdown_on   from this day on it does not answer
    earliest_shutdown_on  not before this day, which promises neither that day nor a later one
    replacements  all that are named instead, as "provider/model" where the provider is told
    successor     the one of them that is meant; empty where several are named, and none of them recommended
    sources       addresses that say so
    verified_on   when it was last compared with these
    """

    told_by: str
    status: str = ""
    deprecated_on: str = ""
    shutdown_on: str = ""
    earliest_shutdown_on: str = ""
    replacements: tuple[str, ...] = ()
    successor: str = ""
    sources: tuple[str, ...] = ()
    verified_on: str = ""
