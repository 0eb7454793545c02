"""A model that a provider hosts and a catalog has as its own is a version of that, whichever was imported first."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.records.catalog import Entity, Kind
from tests.data.catalogs import a_document
from tests.data.importers.registries import OLD, an_entry, instead
from tests.data.importers.test_successors import file, take

OURS = "resource:default/assistant"


def write(path: Path) -> dict[str, Path]:
    model = a_document("Resource", "assistant", "type: ai-model", aliases="Acme/Chat-1, acme/chat-3")
    helper = a_document("Component", "helper", "type: service")
    (registry := path / "registry").mkdir()
    file(registry, "old.yaml", an_entry(lines=f"aliases: [helper, chat-latest]\n{instead('chat-2*')}"))
    file(registry, "new.yaml", an_entry("chat-2", lines=instead("chat-3*")))
    file(registry, "third.yaml", an_entry("chat-3", lines="status: active"))
    return {
        "backstage": file(path, "ours.yaml", f"{model}---\n{helper}"),
        "deprecations": registry,
        "csv": file(
            path, "e.csv", "from,to,from_kind\nshop,acme/chat-1,consumer\nbot,chat-latest,consumer\n"
        ),
    }


FORMATS = ("backstage", "deprecations", "csv")


@pytest.mark.parametrize("order", list(itertools.permutations(FORMATS)), ids=">".join)
def test_whoever_is_imported_first_the_dates_are_our_models(
    catalog: Catalog, tmp_path: Path, order: tuple[str, ...]
) -> None:
    files = write(tmp_path)
    for format_ in order:
        take(catalog, format_, files[format_])
    there = catalog.snapshot()
    things = {one.id: one for one in there.known() if isinstance(one, Entity)}
    assert [(one.id, one.kind, one.name) for one in there.versions_of(OURS)] == [
        (OLD, Kind.VERSION, "acme/chat-1"),
        ("hosted:acme/chat-3", Kind.VERSION, "acme/chat-3"),
    ]
    assert things[OLD].aliases == ("acme/chat-latest", "acme/helper", "chat-latest")
    assert things[OURS].support == ()
    assert [one.id for one in there.succession("hosted:acme/chat-2").models] == [OURS]
    assert sorted(one.name for one in there.impact(OURS).consumers) == ["bot", "shop"]
    before = catalog.version()
    for format_ in order:
        assert not take(catalog, format_, files[format_]).changed, format_
    assert catalog.version() == before
