"""A registry that is slow, endless or answers in part is not waited for without end, and changes nothing."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from bot.cli import cli
from data.catalog.catalog import Catalog
from data.errors import Invalid, Unavailable
from data.importers.answers import Limits
from data.importers.mlflow import read_mlflow
from data.importers.mlflow_server import Access, Registry, registry_at
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements
from tests.data.importers.mlflow_registry import Answer, FakeRegistry, a_registry, a_server

OR_FILES = "Import again once it answers faster, or import files exported from it"
PAGE = "/api/2.0/mlflow/registered-models/search"


def asked(address: str, limits: Limits = Limits(), seconds_a_look: float = 0) -> Registry:  # noqa: B008 - frozen
    """Each look at the clock takes so long."""
    ticks = itertools.count()
    return registry_at(address, Access(), limits=limits, clock=lambda: next(ticks) * seconds_a_look)


def a_head(out: BinaryIO) -> None:
    out.write(b"HTTP/1.0 200 OK\r\n")
    while True:
        out.write(b"X-Wait: 1\r\n" * 9 + b"X-Wait: ")
        out.write(b"1" * 20_000)


def a_body(out: BinaryIO) -> None:
    out.write(b"HTTP/1.0 200 OK\r\n\r\n{")
    while True:
        out.write(b" ")


def a_chunk(out: BinaryIO) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        out.write(b"1\r\n \r\n")


@pytest.mark.parametrize("trickle", [a_head, a_body, a_chunk])
def test_a_page_that_trickles_ends_where_its_time_is_over(trickle: Callable[[BinaryIO], None]) -> None:
    with (
        a_server(lambda _, out: trickle(out)) as address,
        pytest.raises(Unavailable, match="bytes in 4 seconds, which is the limit for a page") as refused,
    ):
        asked(address, Limits(page_seconds=4), seconds_a_look=1)
    assert str(refused.value).startswith(f"{address}{PAGE} sent ")
    assert str(refused.value).endswith(OR_FILES)


def test_a_registry_that_falls_silent_is_told_with_what_came(tmp_path: Path) -> None:
    over = threading.Event()

    def silent(_: str, out: BinaryIO) -> None:
        out.write(b"HTTP/1.0 200 OK\r\n\r\n{")
        out.flush()
        over.wait(10)

    with a_server(silent) as address:
        with pytest.raises(Unavailable) as refused:
            asked(address, Limits(silent_seconds=0.2))
        over.set()
    said = "sent 20 bytes, then nothing for 0.2 seconds. Import again once it answers"
    assert str(refused.value) == f"{address}{PAGE} {said}"


def pages_without_end() -> Callable[[str, BinaryIO], None]:
    number = itertools.count(1)

    def answer(_: str, out: BinaryIO) -> None:
        page = {"registered_models": [{"name": "Churn"}], "next_page_token": f"{next(number):09}"}
        out.write(b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(page).encode())

    return answer


@pytest.mark.parametrize(
    ("limits", "seconds", "said"),
    [
        (
            Limits(whole_seconds=100),
            5,
            r" sent \d+ pages and [\d,]+ bytes in 100 seconds, which is the limit for all\. " + OR_FILES,
        ),
        (
            Limits(whole_bytes=1_000),
            0,
            " a longer answer: at most 1,000 bytes for all pages; import files exported from it",
        ),
        (
            Limits(page_bytes=50),
            0,
            " a longer answer: at most 50 bytes for a page; import files exported from it",
        ),
    ],
    ids=["time of all", "bytes of all", "bytes of a page"],
)
def test_a_registry_without_end_is_refused_with_what_it_sent_and_the_limit(
    limits: Limits, seconds: float, said: str
) -> None:
    with (
        a_server(pages_without_end()) as address,
        pytest.raises((Invalid, Unavailable), match=f"{PAGE}{said}$"),
    ):
        asked(address, limits, seconds)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (3, "next_page_token 3: a text, or nothing on the last page"),
        (["p2"], "next_page_token a list: a text, or nothing on the last page"),
        (False, "next_page_token false: a text, or nothing on the last page"),
    ],
)
def test_a_page_token_that_is_no_text_is_refused(token: object, said: str) -> None:
    page = {"registered_models": [{"name": "Churn"}], "next_page_token": token}
    with a_registry() as registry:
        registry.answers["registered-models"] = Answer(json.dumps(page).encode())
        with pytest.raises(Invalid) as refused:
            asked(registry.address)
    assert str(refused.value) == f"{registry.address}{PAGE} {said}"


LIVE = {"name": "Live", "latest_versions": [{"name": "Live", "version": "1"}]}


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """In which Live has a copy of Churn's version."""
    with a_registry() as registry:
        registry.tells("registered_models", {"name": "Churn"}, LIVE)
        copied = {"name": "Live", "version": "1", "source": "models:/Churn/1"}
        registry.tells("model_versions", {"name": "Churn", "version": "1"}, copied)
        yield registry


def imported(catalog: Catalog, registry: FakeRegistry) -> None:
    answered = asked(registry.address)
    reading = read_mlflow([answered], known=catalog.known_outside("mlflow", [registry.address]))
    catalog.import_(reading, format="mlflow", now=MONDAY)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("registered-models", ": tells of no registered model"),
        (
            "model-versions",
            " tells that Live has versions, and lists none of it. Import again once it answers",
        ),
    ],
)
def test_a_registry_that_answers_an_empty_object_is_none_that_holds_nothing(
    catalog: Catalog, registry: FakeRegistry, page: str, said: str
) -> None:
    imported(catalog, registry)
    version = catalog.version()
    registry.answers[page] = Answer(b"{}")
    with pytest.raises((Invalid, Unavailable)) as refused:
        imported(catalog, registry)
    assert str(refused.value) == f"{registry.address}{said}"
    assert catalog.version() == version
    assert [one.consumer_id for one in catalog.impact("mlflow:churn").consumers] == ["mlflow:live"]


def test_tags_of_a_live_registry_that_are_no_list_are_refused() -> None:
    with a_registry() as registry:
        registry.tells("registered_models", {"name": "Churn", "tags": "owner=x"})
        with pytest.raises(Invalid) as refused:
            asked(registry.address)
    assert str(refused.value) == f'{registry.address} tags of Churn "owner=x": a list'


def test_the_store_is_free_for_others_while_a_registry_is_waited_for(tmp_path: Path) -> None:
    opened: list[bool] = []

    def open_it() -> None:
        SqliteStore(tmp_path / "e.db", NoRetirements()).close()
        opened.append(True)

    with a_registry() as registry:
        page = {"registered_models": [{"name": "Churn"}]}
        registry.answers["registered-models"] = Answer(json.dumps(page).encode(), meanwhile=open_it)
        registry.tells("model_versions")
        run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
        said = run.invoke(cli, ["import", "mlflow", registry.address])
    assert (opened, said.exit_code) == ([True], 0), said.output
