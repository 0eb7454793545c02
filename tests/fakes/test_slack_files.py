"""The fake's own contract for files: who hears of one, what is said of it, and who may have its content."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.conftest import Clock, a_client, a_workspace
from tests.fakes.slack import DOWNLOAD, SCOPES, NotOnScreen, SlackFake

READS = {*SCOPES, "files:read"}


@pytest.fixture
def heard() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def sharing(clock: Clock, heard: list[dict[str, Any]]) -> Iterator[SlackFake]:
    with a_workspace(clock, scopes=READS, events=["file_shared"]) as fake:
        fake.attach(lambda body, _headers: (heard.append({"body": body}), (200, {}, ""))[1])
        yield fake


@pytest.fixture
def reader(sharing: SlackFake) -> WebClient:
    return a_client(sharing)


def got(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read()


def refusal(client: WebClient, file_id: str) -> str:
    with pytest.raises(SlackApiError) as refused:
        client.files_info(file=file_id)
    return str(refused.value.response["error"])


def test_the_app_hears_of_a_file_in_a_channel_it_is_in(
    sharing: SlackFake, heard: list[dict[str, Any]]
) -> None:
    file = sharing.share("UPAT", "CGOV", "edges.csv", "from,to\n")

    event = sharing.envelopes[-1].payload["event"]
    assert len(heard) == 1
    assert {name: event[name] for name in ("type", "file_id", "channel_id", "user_id", "file")} == {
        "type": "file_shared",
        "file_id": file.id,
        "channel_id": "CGOV",
        "user_id": "UPAT",
        "file": {"id": file.id},
    }
    (message,) = sharing.messages("CGOV")
    assert (message["user"], message["ts"]) == ("UPAT", file.shares["CGOV"][0])


def test_nobody_hears_of_a_file_where_the_app_is_not_or_may_not(
    clock: Clock, sharing: SlackFake, heard: list[dict[str, Any]]
) -> None:
    assert sharing.share("UPAT", "CPUB", "edges.csv", "").told is None
    for lacking in ({"scopes": SCOPES, "events": ["file_shared"]}, {"scopes": READS}):
        with a_workspace(clock, **lacking) as other:
            assert other.share("UPAT", "CGOV", "edges.csv", "").told is None
    assert heard == []


def test_who_is_not_in_a_channel_shares_nothing_there(sharing: SlackFake) -> None:
    for channel in ("CPUB", "GSEC", "COLD", "CNONE"):
        with pytest.raises(NotOnScreen):
            sharing.share("UANN", channel, "edges.csv", "")


def test_a_file_is_told_with_its_size_its_share_and_where_it_lies(
    sharing: SlackFake, reader: WebClient
) -> None:
    parent = sharing.share("UPAT", "CGOV", "one.csv", "").shares["CGOV"][0]
    file = sharing.share("UPAT", "CGOV", "a/b ü.csv", "from,to\n", thread=parent, unlisted_for=1)

    assert reader.files_info(file=file.id)["file"]["shares"] == {}
    told = reader.files_info(file=file.id)["file"]
    assert (told["name"], told["size"], told["mode"]) == ("a/b ü.csv", 8, "hosted")
    (share,) = told["shares"]["public"]["CGOV"]
    assert (share["ts"], share["thread_ts"]) == (file.shares["CGOV"][0], parent)
    assert got(told["url_private_download"], sharing.bot_token) == (200, "text/plain", b"from,to\n")


def test_without_the_token_a_download_is_a_page_to_sign_in_on(sharing: SlackFake, reader: WebClient) -> None:
    url = reader.files_info(file=sharing.share("UPAT", "CGOV", "edges.csv", "from,to\n").id)["file"]
    for token in ("", "xoxb-other"):
        status, kind, content = got(url["url_private_download"], token)
        assert (status, kind.partition(";")[0]) == (200, "text/html")
        assert b"Sign in" in content


def test_what_is_external_has_no_download(sharing: SlackFake, reader: WebClient) -> None:
    file = sharing.share("UPAT", "CGOV", "a sheet", "", mode="external")
    told = reader.files_info(file=file.id)["file"]
    assert (told["is_external"], "url_private_download" in told) == (True, False)


def test_what_is_deleted_or_was_never_there_is_not_found(sharing: SlackFake, reader: WebClient) -> None:
    file = sharing.share("UPAT", "CGOV", "edges.csv", "from,to\n")
    file.is_deleted = True
    elsewhere = sharing.share("UPAT", "CPUB", "edges.csv", "")
    found = [refusal(reader, one) for one in (file.id, elsewhere.id, "F1")]
    assert found == ["file_deleted", "file_not_found", "file_not_found"]


def test_the_scope_is_asked_for(clock: Clock) -> None:
    with a_workspace(clock) as other:
        assert refusal(a_client(other), "F1") == "missing_scope"


def test_downloads_can_go_wrong_as_calls_can(sharing: SlackFake, reader: WebClient) -> None:
    file = reader.files_info(file=sharing.share("UPAT", "CGOV", "edges.csv", "from,to\n").id)["file"]
    sharing.fail_next(DOWNLOAD, "rate_limited", retry_after=7)
    with pytest.raises(urllib.error.HTTPError) as refused:
        got(file["url_private_download"], sharing.bot_token)
    with refused.value as answer:
        assert (answer.code, answer.headers["Retry-After"]) == (429, "7")
    assert got(file["url_private_download"], sharing.bot_token)[2] == b"from,to\n"
