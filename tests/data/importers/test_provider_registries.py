"""What each registry says of a hosted model, in one shape; what says nothing of the kind is skipped or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.deprecations import read_deprecations
from tests.data.catalogs import MONDAY
from tests.data.importers.registries import (
    CUT,
    NONE,
    OLD,
    PAGE,
    a_notice,
    an_entry,
    priced,
    read,
    said,
    write,
)
from tests.data.importers.strange import with_each_strange


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


OPEN = "without a line break, so the file may be cut off: if it is whole, end it with one, then import again"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", f"r0.yaml:1: {NONE}"),
        ([], f"r0.json:1: {NONE}"),
        (an_entry()[:-27], f"r0.yaml:1 chat-1: has no last_verified{CUT}"),
        (an_entry()[:-1], f"r0.yaml:9 ends within `2026-08-03` {OPEN}"),
        (an_entry() + "replacements:", f"r0.yaml:10 ends within `replacements:` {OPEN}"),
        (an_entry()[:40], f"r0.yaml:1 chat-1: has no status{CUT}"),
        ("provider: [acme\nmodel: x", "r0.yaml:2 did not find expected ',' or ']': not readable as YAML"),
        ("[{\"provider\":", "r0.yaml:1 Expecting value: not readable as JSON; is the file complete?"),
        ("kind: Pod\n", "r0.yaml:1: holds no models as modeldeprecations.dev"),
    ],
    ids=["empty", "empty list", "cut off", "cut off in a day", "cut off in a key", "cut off early",
         "no YAML", "no JSON", "something else"],
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
    with pytest.raises(
        Invalid, match=r"r1\.yaml:1 document: tells of no model as one of these registries does"
    ):
        read_deprecations([tmp_path])


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
