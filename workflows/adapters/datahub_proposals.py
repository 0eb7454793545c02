"""A file of DataHub's metadata change proposals, which `datahub ingest mcps FILE` takes. Safe to call twice.

Each is the whole `deprecation` aspect of one entity, so ingesting it twice changes nothing and the latest counts.
Source: datahub-project/datahub, Deprecation.pdl and MetadataChangeProposal.pdl; docs.datahub.com/docs/cli, ingest mcps
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from data.records.deprecation import Deprecation, Lifecycle, Listing, Part
from workflows.adapters import change_files

ENDING = ".datahub.json"
ACTOR = "urn:li:corpuser:emeritus"
_URN = re.compile(r"urn:li:(?P<kind>[A-Za-z]+):")


class DataHubProposals:
    """Implements `CatalogWriter`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        name = _name(deprecation)
        content = self._content(deprecation)
        places = change_files.put(self._folder, name, {name: content} if content else {})
        self._supersede(deprecation)
        return places

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Whether it was ingested nobody can see here: what is asked is that it waits to be, as it should say."""
        file = self._folder / _name(deprecation)
        there, wanted = change_files.read(file), self._content(deprecation)
        if there == wanted:
            return ()
        return (f"{file} says something else" if there else f"{file} is not there",)

    def _supersede(self, deprecation: Deprecation) -> None:
        """What earlier retirements said of the same entities is out of date: a directory is ingested by name."""
        ours = {listing.called for listing in deprecation.listings}
        for file in sorted(self._folder.glob(f"*{ENDING}")):
            if file.name == _name(deprecation):
                continue
            there = _proposals_in(change_files.read(file))
            kept = [one for one in there if one.get("entityUrn") not in ours]
            if len(kept) < len(there):
                change_files.put(self._folder, file.name, {file.name: _text(kept)} if kept else {})

    def _content(self, deprecation: Deprecation) -> str:
        before = change_files.read(self._folder / _name(deprecation))
        proposals = [
            _proposal(listing, deprecation)
            for listing in deprecation.listings
            if _is_owed(listing, deprecation, before)
        ]
        return _text(proposals) if proposals else ""


def _text(proposals: Sequence[dict[str, Any]]) -> str:
    return f"{json.dumps(proposals, indent=2, ensure_ascii=False)}\n"


def _proposals_in(text: str) -> list[dict[str, Any]]:
    """Of a file of ours; of one that somebody changed, what is still readable as such."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _is_owed(listing: Listing, deprecation: Deprecation, before: str) -> bool:
    """What others may have deprecated is not lifted with what we did not: of a model that serves elsewhere, say."""
    if json.dumps(listing.called, ensure_ascii=False) in before:
        return True
    is_surely_ours = deprecation.is_whole or listing.part is Part.ENDPOINT
    return not listing.is_kept and (listing.lifecycle is not Lifecycle.IN_SERVICE or is_surely_ours)


def _name(deprecation: Deprecation) -> str:
    return f"{deprecation.retirement_id}{ENDING}"


def _proposal(listing: Listing, deprecation: Deprecation) -> dict[str, Any]:
    kind = _URN.match(listing.called)
    assert kind is not None, "a urn says what it is of"
    return {
        "entityType": kind["kind"],
        "entityUrn": listing.called,
        "changeType": "UPSERT",
        "aspectName": "deprecation",
        "aspect": {"json": _aspect(listing, deprecation)},
    }


def _aspect(listing: Listing, deprecation: Deprecation) -> dict[str, Any]:
    if listing.lifecycle is Lifecycle.IN_SERVICE:
        return {"deprecated": False, "note": f"{deprecation.retirement_id} was called off", "actor": ACTOR}
    # DataHub shows the day of an instant in the reader's zone; noon is the same day in nearly all of them.
    at = datetime.combine(deprecation.last_day, time(12), UTC)
    follows = f", successor {deprecation.successor}" if deprecation.successor else ""
    note = f"{deprecation.retirement_id}: {listing.lifecycle}, last day of service {deprecation.last_day}{follows}"
    aspect: dict[str, Any] = {
        "deprecated": True,
        "decommissionTime": int(at.timestamp() * 1000),
        "note": note,
        "actor": ACTOR,
    }
    if listing.part is not Part.ENDPOINT and deprecation.is_listed:
        aspect["replacement"] = deprecation.successor
    return aspect
