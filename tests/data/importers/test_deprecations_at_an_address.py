"""Registries of hosted models that answer over HTTP: read to their end, or nothing counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from data.catalog.catalog import Catalog
from data.errors import Invalid, Unavailable
from data.importers.deprecations import read_deprecations
from data.importers.provider_registries import page_at
from data.importers.report import ImportReport
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements
from tests.data.importers.mlflow_registry import Answer, a_registry


def a_feed(*models: str) -> bytes:
    notices = [{"provider": "Acme", "model_id": one, "shutdown_date": "2026-10-23"} for one in models]
    return json.dumps(notices).encode()


def test_a_registry_is_read_at_its_address_and_what_it_does_not_tell_any_more_is_marked(catalog: Catalog):
    with a_registry() as registry:
        registry.answers["/v1/deprecations.json"] = Answer(a_feed("chat-1", "chat-2"))
        address = f"{registry.address}/v1/deprecations.json"

        def again() -> ImportReport:
            reading = read_deprecations([page_at(address)], known=catalog.known())
            return catalog.import_(reading, format="deprecations", now=MONDAY)

        assert [again().changed, again().changed] == [True, False]
        assert catalog.entity("hosted:acme/chat-1").declared_in == f"{address}:1"
        registry.answers["/v1/deprecations.json"] = Answer(a_feed("chat-2"))
        assert again().unseen == ("hosted:acme/chat-1",)


def test_the_store_is_free_for_others_while_a_registry_is_waited_for(tmp_path: Path):
    opened: list[bool] = []

    def open_it() -> None:
        SqliteStore(tmp_path / "e.db", NoRetirements()).close()
        opened.append(True)

    with a_registry() as registry:
        registry.answers["/x.json"] = Answer(a_feed("chat-1"), meanwhile=open_it)
        run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
        # Two spellings of one address are one source, and it is asked once.
        said = run.invoke(
            cli, ["import", "deprecations", f"{registry.address}/x.json", f"{registry.address}/x.json/"]
        )
    assert (opened, said.exit_code) == ([True], 0), said.output


NONE_AT_ALL = b'{"paths": []}'


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Answer(b"", status=503), r"answers 503\. Import again once it answers"),
        (Answer(b"", status=404), r"answers 404: is this the address of a registry of hosted models\?"),
        (Answer(b"", status=403), r"answers 403: somebody it knows: fetch it yourself and name the file"),
        (Answer(b"", status=302, headers={"Location": "https://a.example/?k=s"}), r"302: .*; a\.example was not asked"),
        (Answer(b"[", bytes_promised=9), r"does not answer to the end: 8 bytes are missing"),
        (Answer(b"["), r":1 Expecting value: not readable as JSON; is the file complete\?"),
        (Answer(NONE_AT_ALL), ":1: holds no models as modeldeprecations.dev, deprecations.info, LiteLLM tell of them"),
    ],
    ids=["away", "nothing there", "not for everybody", "leads elsewhere", "cut off", "no JSON", "something else"],
)  # fmt: skip
def test_an_address_that_answers_otherwise_changes_nothing(answer: Answer, refusal: str):
    with a_registry() as registry:
        registry.answers["/x.json"] = answer
        with pytest.raises((Invalid, Unavailable), match=refusal):
            page_at(f"{registry.address}/x.json")


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://docs.example.com/models?page=3", "https://docs.example.com/models?page=3"),
        (f"https://docs.example.com/models?page=3&key={SECRET}", "https://docs.example.com/models?page=3"),
        (f"https://docs.example.com/models?X-Amz-Signature={SECRET}", "https://docs.example.com/models"),
        (f"https://ada:{SECRET}@docs.example.com/models", "https://docs.example.com/models"),
        (f"https://[{SECRET}?key={SECRET}", f"https://[{SECRET}"),
    ],
)
def test_where_a_registry_has_it_from_is_kept_without_a_key(told: str, kept: str):
    notice = {"provider": "Acme", "model_id": "chat-1", "shutdown_date": "2026-10-23", "url": told}
    with a_registry() as registry:
        registry.answers["/x.json"] = Answer(json.dumps([notice]).encode())
        (entity,) = read_deprecations([page_at(f"{registry.address}/x.json")]).entities
    assert [one.sources for one in entity.support] == [(kept,)]


def test_a_key_in_the_address_of_a_registry_is_not_repeated(tmp_path: Path):
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, ["import", "deprecations", f"https://models.example.com/x.json?key={SECRET}"])
    assert said.exit_code == 1
    assert "address https://models.example.com/x.json?...: an address like" in said.stderr
    assert SECRET not in said.output
