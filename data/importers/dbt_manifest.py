"""What a manifest of dbt holds: its resources, each with the line it stands on, and what it says of groups.

Read are manifests v10 to v12, as dbt 1.6 and later write them into `target`.
Source: docs.getdbt.com/reference/artifacts/manifest-json, schemas.getdbt.com/dbt/manifest/v12.json
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import Problem
from data.importers.fields import Fields, Tell, shown
from data.importers.json_lines import Text
from data.importers.sources import File, Format

SECTIONS = (
    "nodes",
    "sources",
    "exposures",
    "metrics",
    "semantic_models",
    "saved_queries",
    "functions",
    "unit_tests",
    "macros",
    "disabled",
)
MAPS = (*SECTIONS, "metadata", "groups", "child_map")
_VERSION = re.compile(r"/dbt/manifest/(v[0-9]{1,4})\.json")
VERSIONS = ("v10", "v11", "v12")


@dataclass(slots=True, frozen=True)
class Manifest:
    """`lines` has the line of each resource by its unique id, and of each section by its name."""

    holds: dict[str, Any]
    lines: dict[str, int]

    @property
    def schema(self) -> str:
        metadata = self.holds.get("metadata")
        stated = metadata.get("dbt_schema_version") if isinstance(metadata, dict) else None
        return stated if isinstance(stated, str) else ""

    @property
    def is_manifest(self) -> bool:
        """Other artifacts lie beside it, and other JSON does."""
        return "/dbt/manifest/" in self.schema


@dataclass(slots=True, frozen=True)
class Resource:
    """`type` is the word of dbt: model, source, exposure, test, ..."""

    unique_id: str
    type: str
    where: str
    path: Path
    is_disabled: bool
    value: object

    def fields(self, tell: Tell) -> Fields:
        return Fields(self.value, lambda path, said: tell(f"{self.unique_id} {path}".strip(), said))


def resources_of(file: File[Manifest]) -> Iterator[Resource]:
    manifest = file.content
    for section in SECTIONS:
        for unique_id, value in (manifest.holds.get(section) or {}).items():
            stated = value.get("resource_type") if isinstance(value, dict) else None
            line = manifest.lines.get(unique_id, manifest.lines.get(section, 1))
            yield Resource(
                unique_id=unique_id,
                type=stated if isinstance(stated, str) else unique_id.partition(".")[0],
                where=f"{file.shown}:{line}",
                path=file.path,
                is_disabled=section == "disabled",
                value=value,
            )


def _parsed(content: bytes, shown: str) -> Manifest:
    text = Text(content, shown)
    document = text.document()
    holds = document if isinstance(document, dict) else {}
    # The same ids are keys of lists in parent_map and child_map, which may come first.
    lines = text.lines_of_keys(r'[a-z_]+\.[^"\\\s]+|' + "|".join(MAPS), opens="{")
    return Manifest(holds, lines)


def _wrong(manifest: Manifest, path: str, is_named: bool) -> list[Problem]:
    def problem(section: str, value: str, accepted: str) -> Problem:
        line = manifest.lines.get(section, 1)
        return Problem(field=f"{path}:{line}", value=value, accepted=accepted)

    read = "manifests v10, v11 and v12 are read, as dbt 1.6 and later write them"
    if not manifest.is_manifest:
        value = f'dbt_schema_version "{manifest.schema[:80]}"' if manifest.schema else ""
        return [problem("metadata", value or "no dbt_schema_version", read)] if is_named else []
    found = _VERSION.search(manifest.schema)
    if found is None or found[1] not in VERSIONS:
        return [problem("metadata", f'dbt_schema_version "{manifest.schema[:80]}"', read)]
    holds = [(name, manifest.holds.get(name)) for name in MAPS]
    wrong = [
        problem(name, f"{name} {shown(value)}", "a manifest has an object there")
        for name, value in holds
        if not isinstance(value, dict | None)
    ]
    if not wrong and manifest.holds.get("nodes") is None:
        wrong = [problem("metadata", "", "has no nodes; is the manifest complete?")]
    if not wrong and not any(manifest.holds.get(name) for name in SECTIONS):
        wrong = [problem("nodes", "", "has no resource at all; is this the manifest of the whole project?")]
    return wrong


FORMAT = Format(holds="a dbt manifest.json", suffixes=(".json",), parsed=_parsed, wrong=_wrong)
