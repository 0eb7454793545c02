"""What registries of hosted models become: the provider's dates, what is named instead, and what they are joined to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.catalog import Catalog
from data.errors import Invalid
from data.hosting import hosted_parts
from data.importers.deprecations import read_deprecations
from data.importers.report import ImportReport, Reading
from data.records.catalog import Entity, Group, Kind, Person, Support
from tests.data.catalogs import MONDAY, a_document, imported, imported_csv
from tests.data.importers.strange import with_each_strange

PAGE = "https://docs.acme.example/deprecations"
OLD = "hosted:acme/chat-1"
NONE = (
    "holds no models as modeldeprecations.dev, deprecations.info, LiteLLM tell of them. Nothing was imported"
)
TOLD = "acme/chat-1 replaced by"
CUT = ", which comes last in a file: is it complete? Nothing was imported"


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
    ("content", "told"),
    [
        ([a_notice()], ("deprecations.info", "2026-02-01", "2026-10-23", "2026-08-03")),
        (
            {"version": "https://jsonfeed.org/version/1.1", "items": [
                {"url": PAGE, "date_published": "2026-08-03T00:00:00Z", "_deprecation": a_notice(scraped_at=None)}]},
            ("deprecations.info", "2026-02-01", "2026-10-23", "2026-08-03"),
        ),
        (
            [a_notice(shutdown_date="", last_observed="2026-08-04")],
            ("deprecations.info", "2026-02-01", "", "2026-08-04"),
        ),
        ({"chat-1": priced()}, ("LiteLLM", "", "2026-10-23", "")),
        ({"acme/chat-1": priced()}, ("LiteLLM", "", "2026-10-23", "")),
        (
            {"count": 1, "models": [{"provider": "acme", "model": "chat-1", "deprecated_on": "2026-02-01",
             "shutdown_on": "2026-10-23", "status": "deprecated", "last_verified": "2026-08-03"}]},
            ("modeldeprecations.dev", "2026-02-01", "2026-10-23", "2026-08-03"),
        ),
    ],
    ids=["list", "JSON feed", "no day yet", "LiteLLM", "LiteLLM with a prefix", "API"],
)  # fmt: skip
def test_every_registry_tells_of_the_same_model(tmp_path: Path, content: object, told: tuple[str, ...]):
    (model,) = read(tmp_path, content).entities
    (one,) = model.support
    assert (model.id, model.name, model.lifecycle) == (OLD, "chat-1", "deprecated")
    assert (one.told_by, one.deprecated_on, one.shutdown_on, one.verified_on) == told


def test_a_day_before_which_nothing_ends_is_no_shutdown(tmp_path: Path):
    (model,) = read(tmp_path, an_entry(lines="earliest_shutdown_on: 2027-05-28\nstatus: active")).entities
    assert (model.lifecycle, model.support[0].shutdown_on) == ("", "")
    assert model.support[0].earliest_shutdown_on == "2027-05-28"


@pytest.mark.parametrize(
    ("named", "successor", "note"),
    [
        (("chat-2",), "hosted:acme/chat-2", ""),
        (("chat-2", "chat-3*"), "hosted:acme/chat-3", ""),
        (("chat-2", "chat-3"), "", f"{TOLD} acme/chat-2 or acme/chat-3: no successor is guessed"),
        (("chat-9",), "", f"{TOLD} acme/chat-9: nobody declares it. Kept without a successor"),
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


def test_a_text_that_may_name_several_is_not_taken_apart(tmp_path: Path):
    notice = a_notice(replacement_model="chat-2orchat-3*")
    del notice["replacement_models"]
    reading = read(tmp_path, [notice, a_notice("chat-2")])
    assert (reading.entities[0].successor_id, reading.entities[0].support[0].replacements) == (
        "",
        ("acme/chat-2orchat-3*",),
    )


def test_a_model_on_another_host_is_another_model_and_hosts_are_spelt_in_many_ways(tmp_path: Path):
    content = {
        "gemini/flash": priced("gemini"),
        "flash": priced("vertex_ai-language-models"),
        "bedrock/us-east-1/flash": priced("bedrock_converse"),
        "azure/flash": priced("azure"),
    }
    reading = read(tmp_path, content, [a_notice("flash", provider="AWS Bedrock")])
    assert [one.id for one in reading.entities] == [
        "hosted:google/flash",
        "hosted:vertex/flash",
        "hosted:bedrock/us-east-1/flash",
        "hosted:azure/flash",
        "hosted:bedrock/flash",
    ]
    assert reading.entities[0].aliases == ("gemini/flash", "google/flash")


def test_what_tells_of_no_model_is_skipped_with_the_reason(tmp_path: Path):
    prices = {
        "sample_spec": priced("one of https://docs", deprecation_date="date in the format YYYY-MM-DD"),
        "plain": {"litellm_provider": "acme"},
        "soon": priced(deprecation_date="soon"),
        "chat-1": priced(),
        "CHAT-1": priced(),
        "note": "text",
    }
    reading = read(tmp_path, prices, [a_notice(provider=""), a_notice("a|b"), 7])
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (9, 1, 8)
    assert said(reading.skipped) == [
        "r0.json:2 sample_spec: describes the format, and no model",
        "r0.json:7 plain: tells no deprecation_date",
        "r0.json:10 soon: tells no day of its shutdown",
        "r0.json:20 acme/CHAT-1: r0.json:15 tells of it already; the first counts",
        "r0.json:1 note: tells of no model as one of these registries does",
        "r1.json:2 chat-1: has no provider",
        'r1.json:11 acme/a|b: a name has no "#", "|" or control characters, or references to it would be ambiguous',
        "r1.json:1 document: tells of no model as one of these registries does",
    ]  # fmt: skip
    assert said(reading.notes) == [
        'r0.json:10 soon deprecation_date: "soon" is no day like 2026-03-02; kept without one'
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", f"r0.yaml:1: {NONE}"),
        ([], f"r0.json:1: {NONE}"),
        (an_entry()[:-27], f"r0.yaml:1 chat-1: has no last_verified{CUT}"),
        (an_entry()[:40], f"r0.yaml:1 chat-1: has no status{CUT}"),
        ("provider: [acme\nmodel: x", "r0.yaml:2 did not find expected ',' or ']': not readable as YAML"),
        ("[{\"provider\":", "r0.yaml:1 Expecting value: not readable as JSON; is the file complete?"),
        ("kind: Pod\n", "r0.yaml:1: holds no models as modeldeprecations.dev"),
    ],
    ids=["empty", "empty list", "cut off", "cut off early", "no YAML", "no JSON", "something else"],
)  # fmt: skip
def test_a_registry_that_is_not_whole_changes_nothing(tmp_path: Path, content: object, problem: str):
    write(tmp_path / "", content)
    with pytest.raises(Invalid) as refused:
        read(tmp_path, content)
    assert problem in str(refused.value).replace(f"{tmp_path}/", "")


def test_a_directory_may_hold_other_files_but_not_only_those(tmp_path: Path):
    write(tmp_path, an_entry(), "on: push\n")
    reading = read_deprecations([tmp_path])
    assert [one.id for one in reading.entities] == [OLD]
    (tmp_path / "r0.yaml").unlink()
    with pytest.raises(Invalid, match=r"tell of no model as .* do. Nothing was imported"):
        read_deprecations([tmp_path])


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


WHOLE_ENTRY = {
    "provider": "acme",
    "model": "chat-1",
    "aliases": ["chat"],
    "shutdown_on": "2026-10-23",
    "status": "deprecated",
    "replacements": [{"provider": "acme", "model": "chat-2", "recommended": True}],
    "sources": [{"url": PAGE}],
    "last_verified": "2026-08-03",
}


@pytest.mark.parametrize(
    ("head", "whole"),
    [
        ("", [a_notice(replacement_models=["x"])]),
        ("", {"a": priced(source=PAGE)}),
        ("", {"models": [WHOLE_ENTRY]}),
        ("# YAML\n", WHOLE_ENTRY),
    ],
    ids=["feed", "prices", "registry", "registry as YAML"],
)
def test_whatever_stands_where_something_else_should_is_told_or_refused(
    catalog: Catalog, tmp_path: Path, head: str, whole: object
):
    file = tmp_path / "r.json"
    for strange in with_each_strange(whole):
        file.write_text(f"{head}{json.dumps(strange)}")
        try:
            reading = read_deprecations([file], known=catalog.known())
        except Invalid:
            continue
        assert reading.documents.read == reading.documents.kept + reading.documents.skipped
        catalog.import_(reading, format="deprecations", now=MONDAY)


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
