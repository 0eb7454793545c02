"""What registries of hosted models become: the provider's dates, what is named instead, and what they are joined to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.catalog.hosting import hosted_parts
from data.records.catalog import Entity, Kind
from data.records.support import Support
from tests.data.catalogs import a_document, imported, imported_csv
from tests.data.importers.registries import (
    OLD,
    PAGE,
    TOLD,
    a_notice,
    an_entry,
    instead,
    priced,
    read,
    said,
    take,
    write,
)


def test_a_model_of_a_provider_has_its_dates_with_their_source_and_when_that_was_verified(tmp_path: Path):
    lines = "aliases: [chat-latest]\ndeprecated_on: 2026-02-01\nshutdown_on: 2026-10-23\n"
    reading = read(
        tmp_path, an_entry(lines=lines + instead("chat-2*")), an_entry("chat-2", lines="status: active")
    )
    old, new = reading.entities
    assert old == Entity(
        id=OLD,
        kind=Kind.MODEL,
        name="chat-1",
        title="acme/chat-1",
        owner_note="no owner declared",
        lifecycle="deprecated",
        successor_id="hosted:acme/chat-2",
        declared_in=f"{tmp_path}/r0.yaml:1",
        aliases=("acme/chat-1", "acme/chat-latest", "chat-latest"),
        support=(
            Support(
                told_by="modeldeprecations.dev",
                status="deprecated",
                deprecated_on="2026-02-01",
                shutdown_on="2026-10-23",
                replacements=("acme/chat-2",),
                successor="acme/chat-2",
                sources=(PAGE,),
                verified_on="2026-08-03",
            ),
        ),
    )
    assert (new.lifecycle, new.successor_id, new.support[0].status) == ("", "", "active")
    assert (reading.skipped, reading.notes) == ((), ())


@pytest.mark.parametrize(
    ("named", "successor", "note"),
    [
        (("chat-2",), "hosted:acme/chat-2", ""),
        (("chat-2", "chat-3*"), "hosted:acme/chat-3", ""),
        (("chat-2", "chat-3"), "", f"{TOLD} acme/chat-2 or acme/chat-3: no successor is guessed"),
        (("chat-9",), "", f"{TOLD} acme/chat-9: nobody declares it. Kept by name: nobody can move to it yet"),
        (("chat-1",), "", f"{TOLD} acme/chat-1: a model cannot succeed itself. Kept without a successor"),
    ],
    ids=["one", "one is recommended", "several", "unknown", "itself"],
)  # fmt: skip
def test_what_is_named_instead_succeeds_it_only_where_one_is_meant(
    tmp_path: Path, named: tuple[str, ...], successor: str, note: str
):
    others = (an_entry(one, lines="status: active") for one in ("chat-2", "chat-3"))
    reading = read(tmp_path, an_entry(lines=instead(*named)), *others)
    model = reading.entities[0]
    assert (model.successor_id, model.support[0].replacements) == (
        successor,
        tuple(f"acme/{one.strip('*')}" for one in named),
    )
    assert [
        re.sub(r"^r0.yaml:1 (acme/chat-1):? replaced", r"\1 replaced", one) for one in said(reading.notes)
    ] == ([note.replace("chat-1: replaced", "chat-1 replaced")] if note else [])


def test_importing_again_changes_nothing_and_each_registry_keeps_its_say(catalog: Catalog, tmp_path: Path):
    registry, prices, feed = write(
        tmp_path,
        an_entry(lines="shutdown_on: 2026-11-01\n" + instead("chat-2*")),
        {"chat-1": priced(), "chat-2": priced()},
        [a_notice(shutdown_date="2026-12-01", replacement_models=["chat-3"])],
    )
    for path in (registry, prices, feed, registry):
        take(catalog, path)
    assert [take(catalog, path).changed for path in (prices, feed, registry, feed)] == [False] * 4
    model = catalog.entity(OLD)
    assert [(one.told_by, one.shutdown_on) for one in model.support] == [
        ("modeldeprecations.dev", "2026-11-01"),
        ("deprecations.info", "2026-12-01"),
        ("LiteLLM", "2026-10-23"),
    ]
    assert model.successor_id == "hosted:acme/chat-2"
    (note,) = take(catalog, registry).notes
    assert note.note == (
        "is told to shut down on different days: 2026-10-23 (LiteLLM), 2026-11-01 (modeldeprecations.dev), "
        "2026-12-01 (deprecations.info); the first counts"
    )


def test_what_a_registry_no_longer_mentions_is_marked_and_kept(catalog: Catalog, tmp_path: Path):
    folder = tmp_path / "registry"
    folder.mkdir()
    write(folder, an_entry(), an_entry("chat-2", lines="status: active"))
    take(catalog, folder)
    (folder / "r0.yaml").unlink()
    assert take(catalog, folder).unseen == (OLD,)
    assert catalog.entity(OLD).support[0].shutdown_on == "2026-10-23"


def test_a_model_that_another_catalog_calls_so_has_the_dates_as_a_version(catalog: Catalog, tmp_path: Path):
    (company := tmp_path / "catalog.yaml").write_text(
        a_document("Group", "ml", "members: []")
        + "---\n"
        + a_document("Resource", "assistant", "type: ai-model, owner: ml", aliases="Acme/Chat-1")
        + "---\n"
        + a_document("Resource", "chat-2", "type: ai-model")
        + "---\n"
        + a_document("Component", "helper", "type: service")
    )
    imported(catalog, company)
    registry = write(tmp_path, an_entry(lines="aliases: [helper]\n" + instead("chat-2*")), an_entry("chat-2"))
    report = take(catalog, *registry)
    ours = "resource:default/assistant"
    assert [(one.id, one.kind, one.model_id, one.name) for one in hosted_parts(catalog.snapshot(), ours)] == [
        (OLD, Kind.VERSION, ours, "acme/chat-1")
    ]
    assert said(report.notes) == [
        "r0.yaml:1 acme/chat-1: joined to resource:default/assistant by its alias, acme/chat-1",
        'r0.yaml:1 acme/chat-1: alias "helper": component:default/helper has it; left out',
        ("r1.yaml:1 acme/chat-2: resource:default/chat-2 has the same name; "
        "if it is that, give it the alias acme/chat-2"),
    ]  # fmt: skip
    assert catalog.entity(ours).owner_id == "group:default/ml"
    assert take(catalog, *registry).changed is False


def test_who_calls_a_hosted_model_is_its_consumer_whichever_catalog_declares_it(
    catalog: Catalog, tmp_path: Path
):
    take(catalog, *write(tmp_path, an_entry(lines="aliases: [chat-latest]\nstatus: active")))
    (edges := tmp_path / "edges.csv").write_text(
        "from,to,from_kind\nshop,acme/chat-1,consumer\nweb,chat-1,consumer\nbot,chat-latest,consumer\n"
    )
    imported_csv(catalog, edges)
    assert [one.name for one in catalog.impact(OLD).consumers] == ["bot", "shop", "web"]


def test_a_component_that_happens_to_be_called_like_a_model_is_not_taken_for_it(
    catalog: Catalog, tmp_path: Path
):
    (company := tmp_path / "catalog.yaml").write_text(
        a_document("Component", "chat-1", "type: service")
        + "---\n"
        + a_document("Component", "web", "type: service")
    )
    imported(catalog, company)
    report = take(catalog, *write(tmp_path, an_entry(lines="aliases: [web]\nstatus: active")))
    assert (catalog.entity(OLD).kind, catalog.entity(OLD).aliases) == (
        Kind.MODEL,
        ("acme/chat-1", "acme/web"),
    )
    assert said(report.notes) == [
        'r0.yaml:1 acme/chat-1: alias "web": component:default/web has it; left out'
    ]


@pytest.mark.parametrize(
    ("order", "kind"), [((0, 1), Kind.VERSION), ((1, 0), Kind.MODEL)], ids=["alias", "model"]
)
def test_what_is_an_alias_to_one_registry_and_a_model_to_another_stays_what_it_was_called_first(
    catalog: Catalog, tmp_path: Path, order: tuple[int, int], kind: Kind
):
    """OpenAI's gpt-4-0613 is such a one: a name alone must always mean one thing."""
    lines = "aliases: [chat-1-0613]\nstatus: active"
    files = write(tmp_path, an_entry(lines=lines), {"chat-1-0613": priced(), "chat-1": priced()})
    for at in order:
        take(catalog, files[at])
    assert [take(catalog, files[at]).changed for at in (*order, *order)] == [False] * 4
    dated = catalog.entity("hosted:acme/chat-1-0613")
    assert (dated.kind, dated.support[0].shutdown_on) == (kind, "2026-10-23")
    (edges := tmp_path / "edges.csv").write_text("from,to,from_kind\nshop,acme/chat-1-0613,consumer\n")
    imported_csv(catalog, edges)
    meant = OLD if kind is Kind.VERSION else dated.id
    assert [one.name for one in catalog.impact(meant).consumers] == ["shop"]


def test_what_two_registries_read_at_once_call_differently_are_two_models(tmp_path: Path):
    lines = "aliases: [chat-1-0613]\nstatus: active"
    reading = read(tmp_path, an_entry(lines=lines), {"chat-1-0613": priced()})
    assert [(one.name, one.kind, one.aliases) for one in reading.entities] == [
        ("chat-1", Kind.MODEL, ("acme/chat-1",)),
        ("chat-1-0613", Kind.MODEL, ("acme/chat-1-0613",)),
    ]
