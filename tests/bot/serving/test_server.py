"""`emeritus serve` as people run it: a process of its own, both ways in, and gone within five seconds of a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.records.rounds import Choice
from tests.bot.listeners.desk import GOVERNANCE, MINA, POLICY, TOM, Desk
from tests.fakes.slack import Channel, SlackFake, User
from tests.written import judge

Start = Callable[..., subprocess.Popen[str]]
ENTRY = "from bot.cli import main; main()"


@pytest.fixture
def slack() -> Iterator[SlackFake]:
    room = Channel(id=GOVERNANCE, name="model-retirements", members=[TOM, MINA, "UBOT"])
    with SlackFake([User(id=TOM, name="tom"), User(id=MINA, name="mina")], [room]) as fake:
        yield fake
        judge(fake.calls)


@pytest.fixture
def start(slack: SlackFake, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)

    def begin(
        *arguments: str, store: str = "emeritus.db", api_url: str = "", **more: str
    ) -> subprocess.Popen[str]:
        environ = {
            "EMERITUS_STORE": str(tmp_path / store),
            "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
            "EMERITUS_POLICY": str(policy),
            "SLACK_API_URL": api_url or slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "PATH": "",
            **more,
        }
        command = [sys.executable, "-c", ENTRY, "serve", *arguments]
        root = Path(__file__).parents[3]
        bot = subprocess.Popen(command, env=environ, cwd=root, stderr=subprocess.PIPE, text=True)
        started.append(bot)
        return bot

    yield begin
    for bot in started:
        bot.kill()
        bot.wait()
        if bot.stderr:
            bot.stderr.close()


def said(bot: subprocess.Popen[str], words: str, *, more: bool = False) -> str:
    """The line of its that has these words; `more`: what follows is still to be read."""
    assert bot.stderr
    lines: list[str] = []
    for line in bot.stderr:
        lines.append(line)
        if words in line and more:
            return line
        if words in line:
            threading.Thread(target=bot.stderr.read, daemon=True).start()
            return line
    raise AssertionError(f"never said {words!r} but:\n{''.join(lines)}")


def stopped_in(bot: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> float:
    began = time.monotonic()
    bot.send_signal(number)
    bot.wait(10)
    return time.monotonic() - began


def test_over_http_it_answers_signed_requests_and_leaves_in_time(slack: SlackFake, start: Start) -> None:
    bot = start("--http", "0")
    slack.attach(said(bot, "listening at").split(" at ")[1].strip())

    assert slack.command(TOM, GOVERNANCE, "/retire", "help").ok

    slack.wait_for(lambda: slack.ephemerals)
    slack.signing_secret = "somebody-elses"
    assert slack.command(TOM, GOVERNANCE, "/retire", "help").status == 401
    assert stopped_in(bot) < 5
    assert bot.returncode == 0


def test_over_socket_mode_it_answers_and_leaves_in_time(slack: SlackFake, start: Start) -> None:
    bot = start()
    slack.attach("socket")
    said(bot, "listening over Socket Mode")
    assert slack.wait_for_socket(5)

    assert slack.command(TOM, GOVERNANCE, "/retire", "list").ok

    assert "No model is being retired" in slack.wait_for(lambda: slack.ephemerals)[0]["text"]
    assert stopped_in(bot, signal.SIGINT) < 5
    assert bot.returncode == 0


def test_a_vote_that_was_acknowledged_survives_a_kill(slack: SlackFake, start: Start, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Desk(tmp_path, now=now) as desk:
        desk.propose(target_on=now.date() + timedelta(days=365))
    bot = start("--http", "0")
    slack.attach(said(bot, "listening at").split(" at ")[1].strip())
    ts = slack.wait_for(lambda: slack.messages(GOVERNANCE))[0]["ts"]
    assert slack.click(MINA, GOVERNANCE, ts, "vote.approve").ok
    bot.kill()
    bot.wait()

    after_the_lease = now + timedelta(minutes=3)
    with Desk(tmp_path, now=after_the_lease) as desk:
        desk.bot.dispatcher.until_idle()
        round_ = desk.bot.engine.retirement("RET-1").round  # type: ignore[union-attr]
        assert round_ is not None
        assert [(vote.voter_id, vote.choice) for vote in round_.ballots] == [(MINA, Choice.APPROVE)]


def test_a_port_that_is_taken_is_told(start: Start) -> None:
    port = said(start("--http", "0"), "listening at").split(":")[2].split("/")[0]
    second = start("--http", port, store="another.db")

    _, told = second.communicate(timeout=20)

    assert second.returncode == 1
    assert told == (
        f"Error: Cannot listen on 127.0.0.1:{port} (Address already in use). Give another [HOST:]PORT\n"
    )


def test_a_second_bot_on_the_same_store_is_refused(start: Start) -> None:
    said(start("--http", "0"), "listening at")

    _, told = (second := start("--http", "0")).communicate(timeout=20)

    assert second.returncode == 1
    assert "emeritus.db" in told


def test_a_slack_that_refuses_the_connection_is_told(slack: SlackFake, start: Start) -> None:
    slack.fail_next("apps.connections.open", "error:invalid_auth")

    bot = start()
    _, told = bot.communicate(timeout=20)

    assert bot.returncode == 1
    assert told.endswith("Error: Slack refused the connection (invalid_auth). Run emeritus doctor\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_slack_that_says_nothing_keeps_no_bot_from_leaving_while_it_connects(
    start: Start, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(20)
        bot = start(api_url=f"http://127.0.0.1:{mute.getsockname()[1]}/api/")
        held, _ = mute.accept()
        with held:
            assert held.recv(4) == b"POST"
            assert stopped_in(bot, number) < 5

    assert bot.returncode == 0
    assert bot.stderr is not None
    assert bot.stderr.read().endswith("Emeritus has stopped\n")


def test_connecting_is_tried_once_and_never_again_behind_our_back(start: Start) -> None:
    """A Slack that hangs up on everybody is asked once; slack_sdk by itself would ask twice."""
    with socket.create_server(("127.0.0.1", 0)) as rude:
        rude.settimeout(20)
        url = f"http://127.0.0.1:{rude.getsockname()[1]}/api/"
        bot = start(api_url=url)
        hung, _ = rude.accept()
        with hung:
            assert hung.recv(4) == b"POST"
        _, told = bot.communicate(timeout=20)
        rude.setblocking(False)
        with pytest.raises(BlockingIOError):
            rude.accept()

    assert bot.returncode == 1
    assert told.endswith(
        f"Error: {url} does not answer (Connection reset by peer). Is it the right address?\n"
    )
    assert "a library said" not in told


def test_catalogs_of_a_schedule_are_read_from_the_start(
    start: Start, slack: SlackFake, tmp_path: Path
) -> None:
    schedule = tmp_path / "imports.toml"
    schedule.write_text('[edges]\nformat = "csv"\nsources = ["gone.csv"]\nevery_hours = 24\n')
    start(EMERITUS_IMPORTS=str(schedule))

    (told,) = slack.wait_for(lambda: slack.messages(GOVERNANCE))

    assert "The import *edges* failed" in told["text"]
    assert "gone.csv: no such file or directory" in str(told["blocks"])


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_file_in_the_import_channel_is_imported_whichever_way_slack_is_reached(
    start: Start, slack: SlackFake, tmp_path: Path, mode: str
) -> None:
    with Desk(tmp_path):
        pass  # the store is there, with the sample company in it
    imports = tmp_path / "imports.toml"
    imports.write_text(f'channel = "{GOVERNANCE}"')
    slack.ws.scopes.add("files:read")
    slack.files.events = frozenset({"file_shared"})
    bot = start(*(("--http", "0") if mode == "http" else ()), EMERITUS_IMPORTS=str(imports))
    heard = said(bot, "listening")
    slack.attach(heard.split(" at ")[1].strip() if mode == "http" else "socket")
    assert mode == "http" or slack.wait_for_socket(5)

    file = slack.share(TOM, GOVERNANCE, "edges.csv", "from,to,from_kind\ntuesday-mailer,churn-v1,consumer\n")

    assert file.told.ok
    report = slack.wait_for(lambda: slack.messages(GOVERNANCE)[1:], seconds=15)[0]
    assert report["text"] == ":white_check_mark: *edges.csv* was imported as csv"
    assert report["thread_ts"] == file.shares[GOVERNANCE][0]
