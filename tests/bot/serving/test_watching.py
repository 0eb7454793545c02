"""Watching a bot over HTTP: it lives, it is ready, and in numbers; whichever way Slack is reached."""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.listening import Address
from bot.serving.metrics import ROWS, PrometheusMetrics, registry_of
from bot.serving.probes import probes
from bot.serving.status import MUTE, Glance, Status
from bot.serving.wsgi import Serving
from tests.bot.listeners.desk import GOVERNANCE, TOM, Desk
from tests.bot.serving.test_server import Start, said, slack, start, stopped_in  # noqa: F401 - fixtures
from tests.bot.serving.test_status import Bot
from tests.fakes.slack import SlackFake
from tests.scenarios.town import WREN, Town

LABELS = {
    "kind": {
        "inbox",
        "timer",
        "effect",
        "post",
        "edit",
        "archive",
        "drill",
        "disable",
        "restore",
        "import",
        "write",
    },
    "outcome": {"ok", "failed", "done", "again", "unknown", "dead", "rate_limited", "refused", "unreachable"},
}


def got(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with closing(refused):
            return refused.code, refused.read().decode()


def told(address: str, path: str) -> tuple[int, dict[str, Any]]:
    status, text = got(address, path)
    return status, json.loads(text)


Numbers = dict[tuple[str, ...], float]


def numbers(address: str) -> Numbers:
    """Every sample by its name and the values of its labels."""
    status, text = got(address, "/metrics")
    assert status == 200
    families = text_string_to_metric_families(text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@contextmanager
def watched(status: Status, registry: Any = None) -> Iterator[str]:
    """The address of a bot's probes."""
    application = probes(status, registry or registry_of(status))
    at = Address(host="127.0.0.1", port=0)
    serving = Serving(application, at, name="watched", threads=4, body_bytes_max=1024)
    try:
        yield str(serving.address)
    finally:
        serving.close()


class HereAndNow:
    def away(self) -> str:
        return ""


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_bot_says_when_it_is_ready_and_counts(slack: SlackFake, start: Start, mode: str) -> None:  # noqa: F811
    bot = start(*(("--http", "0") if mode == "http" else ()), EMERITUS_METRICS="0")
    address = said(bot, "can be watched at", more=True).split("//")[1].strip()
    listening = said(bot, "listening")
    slack.attach("socket" if mode == "socket" else listening.split(" at ")[1].strip())
    assert mode == "http" or slack.wait_for_socket(5)

    assert slack.command(TOM, GOVERNANCE, "/retire", "help").ok
    slack.wait_for(lambda: slack.ephemerals)

    assert told(address, "/healthz") == (200, {"alive": True, "why": ""})
    status, body = told(address, "/readyz")
    assert (status, body["ready"], body["waits_for"]) == (200, True, [])
    assert re.fullmatch(r"policy, sha256:[0-9a-f]{12}", body["policy"])
    found = numbers(address)
    assert found["emeritus_ready",] == found["emeritus_slack_connected",] == 1
    assert found["process_resident_memory_bytes",] > 0
    assert found["emeritus_slack_calls_total", "response_url", "ok"] == 1
    assert stopped_in(bot) < 5
    assert bot.returncode == 0


def test_while_slack_says_nothing_the_bot_lives_and_is_not_ready(start: Start) -> None:  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(20)
        bot = start(api_url=f"http://127.0.0.1:{mute.getsockname()[1]}/api/", EMERITUS_METRICS="0")
        address = said(bot, "can be watched at").split("//")[1].strip()
        held, _ = mute.accept()
        with held:
            assert told(address, "/healthz")[0] == 200
            status, body = told(address, "/readyz")
            assert (status, body["waits_for"]) == (503, ["Slack: the connection is being made"])
            assert stopped_in(bot) < 5


def test_an_address_that_is_taken_is_told(start: Start) -> None:  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bot = start(EMERITUS_METRICS=str(port))
        _, says = bot.communicate(timeout=20)

    assert bot.returncode == 1
    assert says == (
        f"Error: Cannot listen on 127.0.0.1:{port} (Address already in use). Give another [HOST:]PORT\n"
    )


def test_a_record_that_hangs_holds_up_no_probe_and_says_so(tmp_path: Path) -> None:
    status = Status()
    with Town(tmp_path, serves=False) as town, watched(status) as address:
        status.built(town.bot)
        status.connected(HereAndNow())
        assert told(address, "/readyz")[0] == 200
        released = threading.Event()
        hangs = threading.Thread(target=town.bot.store.write, args=(lambda _: released.wait(),))
        hangs.start()
        try:
            began = monotonic()
            with_all = [told(address, "/readyz"), told(address, "/healthz")]
            found = numbers(address)
            seconds = monotonic() - began
        finally:
            released.set()
            hangs.join()

        assert [one for one, _ in with_all] == [503, 200]
        assert with_all[0][1]["waits_for"] == [MUTE]
        assert found["emeritus_record_answers",] == found["emeritus_ready",] == 0
        assert not [name for name, *_ in found if name.startswith("emeritus_queue")]
        assert seconds < 3, "twice a second at most, and what a busy machine adds"
        assert told(address, "/readyz")[0] == 200, "once it answers, all is well again"


def test_what_happens_in_a_retirement_can_be_read_as_numbers_and_says_nothing_of_anybody(
    tmp_path: Path,
) -> None:
    status = Status()
    registry = registry_of(status)
    with (
        Town(tmp_path, serves=False, metrics=PrometheusMetrics(registry)) as town,
        watched(status, registry) as address,
    ):
        status.built(town.bot)
        town.slack.ws.users[WREN].deleted = True
        town.slack.fail_next("chat.postMessage", "rate_limited", times=2, retry_after=30)
        town.slack.fail_next("chat.postMessage", "server_error", times=3)
        town.announce()
        town.pass_time(hours=1)
        found = numbers(address)
        _, text = got(address, "/metrics")
        posts = [call for call in town.slack.calls if call.method == "chat.postMessage"]

    assert sum(
        value for key, value in found.items() if key[:2] == ("emeritus_slack_calls_total", "chat.postMessage")
    ) == len(posts)
    assert found["emeritus_slack_calls_total", "chat.postMessage", "rate_limited"] == 2
    assert found["emeritus_slack_calls_total", "chat.postMessage", "unknown"] == 3
    assert found["emeritus_slack_calls_total", "chat.postMessage", "refused"] == 1
    assert found["emeritus_slack_calls_total", "views.open", "ok"] == 1
    assert found["emeritus_stopped", "effect"] == found["emeritus_worked_total", "post", "dead"] == 1
    assert found["emeritus_queue_due", "inbox"] == 0
    assert found["emeritus_queue_oldest_due_seconds", "timer"] == 0
    assert found["emeritus_queue_waiting", "timer"] > 5
    assert found["emeritus_worked_total", "inbox", "done"] == 5
    assert found["emeritus_commit_seconds_count", "ok"] > 20
    assert found["emeritus_commit_writes_total",] >= found["emeritus_commit_seconds_count", "ok"]
    assert found["emeritus_record_bytes",] > 100_000
    families = list(text_string_to_metric_families(text))
    for sample in (sample for family in families for sample in family.samples):
        for label, value in sample.labels.items():
            if label in LABELS:
                assert value in LABELS[label]
            else:
                assert label in ("method", "le")
                assert label == "le" or re.fullmatch(r"[a-z]+\.[a-zA-Z.]+|response_url", value)
    assert not re.search(r"RET-|\bU01|churn|restock", text)


def test_every_metric_is_in_the_table_and_every_row_is_served(tmp_path: Path) -> None:
    status = Status()
    registry = registry_of(status)
    metrics = PrometheusMetrics(registry)
    with Town(tmp_path, serves=False, metrics=metrics) as town, watched(status, registry) as address:
        status.built(town.bot)
        town.propose()
        _, text = got(address, "/metrics")

    served = set(re.findall(r"^# TYPE (emeritus_\w+) ", text, re.MULTILINE))
    assert {name for name in served if not name.endswith("_created")} == {row.name for row in ROWS}


def test_who_watches_is_told_how_the_log_stands() -> None:
    class Signed(Bot):
        def glance(self) -> Glance:
            return Glance(queues=(), age_seconds={}, record_bytes=4096, checkpoint="example.com\n7\n")

    status = Status()
    status.built(Signed())
    with watched(status) as address:
        assert got(address, "/checkpoint") == (200, "example.com\n7\n")


def test_other_addresses_and_other_verbs_are_turned_away(tmp_path: Path) -> None:
    with watched(Status()) as address:
        there = "there are /healthz, /readyz and /metrics, and /checkpoint once the log is signed"
        assert told(address, "/") == told(address, "/checkpoint") == (404, {"error": there})
        asked = urllib.request.Request(f"http://{address}/metrics", data=b"x", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="405") as refused:
            urllib.request.urlopen(asked, timeout=5)
        refused.value.close()
        assert told(address, "/readyz")[1]["waits_for"] == ["the record is being opened"]


def test_for_machines_every_line_of_a_bot_is_an_object(
    start: Start,  # noqa: F811
    slack: SlackFake,  # noqa: F811
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    with Desk(tmp_path, now=now) as desk:
        desk.propose(target_on=now.date() + timedelta(days=365))
    bot = start("--http", "0", EMERITUS_LOG="json", EMERITUS_LOG_LEVEL="info")
    assert slack.wait_for(lambda: len(slack.messages(GOVERNANCE)) > 1, 20)
    stopped_in(bot)
    assert bot.stderr is not None
    lines = [json.loads(line) for line in bot.stderr]

    assert lines[-1]["message"] == "Emeritus has stopped"
    posted = {(line["message"], line["retirement"]) for line in lines if "retirement" in line}
    assert ("RET-1/card: done, attempt 1", "RET-1") in posted
    assert {about for _, about in posted} == {"RET-1"}
