"""Registries of hosted models for tests, in the shapes in which they are told, and what is made of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from data.catalog.catalog import Catalog
from data.importers.deprecations import read_deprecations
from data.importers.report import ImportReport, Reading
from data.records.catalog import Entity, Group, Person
from tests.data.catalogs import MONDAY

PAGE = "https://docs.acme.example/deprecations"
OLD = "hosted:acme/chat-1"
NONE = "holds no models as modeldeprecations.dev, deprecations.info, LiteLLM tell of them"
TOLD = "acme/chat-1 replaced by"
CUT = ", which comes last in a file: is it complete?"


def an_entry(model: str = "chat-1", *, lines: str = "shutdown_on: 2026-10-23\nstatus: deprecated") -> str:
    return (
        f"provider: acme\nmodel: {model}\nname: Chat\n{lines}\n"
        f"sources:\n  - url: {PAGE}\n    accessed: 2026-08-01\nlast_verified: 2026-08-03\n"
    )


def instead(*models: str) -> str:
    """Replacements, the recommended one with a star."""
    rows = (
        f"  - {{provider: acme, model: {one.strip('*')}, recommended: {str('*' in one).lower()}}}\n"
        for one in models
    )
    return f"status: deprecated\nreplacements:\n{''.join(rows)}".rstrip()


def a_notice(model: str = "chat-1", **said: Any) -> dict[str, Any]:
    return {
        "provider": "Acme",
        "model_id": model,
        "announcement_date": "2026-02-01",
        "shutdown_date": "2026-10-23",
        "replacement_models": None,
        "url": PAGE,
        "scraped_at": "2026-08-03T03:05:41.565854+00:00",
        **said,
    }


def priced(provider: str = "acme", **said: Any) -> dict[str, Any]:
    return {"litellm_provider": provider, "mode": "chat", "deprecation_date": "2026-10-23", **said}


def write(path: Path, *contents: object) -> list[Path]:
    files = []
    for at, content in enumerate(contents):
        is_text = isinstance(content, str)
        files.append(path / f"r{at}.{'yaml' if is_text else 'json'}")
        files[-1].write_text(content if isinstance(content, str) else json.dumps(content, indent=0))
    return files


def read(path: Path, *contents: object, known: tuple[Entity | Group | Person, ...] = ()) -> Reading:
    return read_deprecations(write(path, *contents), known=known)


def said(things: tuple[object, ...]) -> list[str]:
    return [re.sub(r"\S*/(r\d\.)", r"\1", str(thing)) for thing in things]


def take(catalog: Catalog, *paths: Path) -> ImportReport:
    reading = read_deprecations(paths, known=catalog.known())
    return catalog.import_(reading, format="deprecations", now=MONDAY)
