"""The real emulator and a real Bolt app over Socket Mode: what the demo's players rely on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.demo import emulator
from bot.demo.emulator import Emulator
from bot.demo.page import Page, button
from data.errors import Unavailable

CONFIG = Path(__file__).resolve().parents[3] / "data" / "samples" / "company" / "slack.yaml"
COUNCIL, TOM, ADA = "C01MODELRETIREMENTS", "U01TOMBIRCH", "U01ADAOKAFOR"
PATIENCE = 10.0

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "proposal.submit",
    "title": {"type": "plain_text", "text": "Retire a model"},
    "submit": {"type": "plain_text", "text": "Propose"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "model",
            "label": {"type": "plain_text", "text": "Model"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [{"text": {"type": "plain_text", "text": "churn-v1"}, "value": "churn-v1"}],
            },
        },
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "date",
            "optional": True,
            "label": {"type": "plain_text", "text": "When"},
            "element": {"type": "datepicker", "action_id": "picked"},
        },
    ],
}
CHOSEN = {"type": "static_select", "selected_option": MODAL["blocks"][0]["element"]["options"][0]}


def card(text: str, *, is_open: bool) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    if is_open:
        approve = {"type": "button", "action_id": "vote.approve", "value": "RET-1"}
        approve["text"] = {"type": "plain_text", "text": "Approve"}  # type: ignore[assignment]
        blocks.append({"type": "actions", "block_id": "votes", "elements": [approve]})
    return blocks


def a_tiny_bot(slack: Emulator) -> SocketModeHandler:
    app = App(
        client=WebClient(token="xoxb-larkspur-emeritus", base_url=slack.api_url), process_before_response=True
    )

    @app.command("/retire")
    def propose(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        ack()

    @app.view("proposal.submit")
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        values = view["state"]["values"]
        if not values["reason"]["typed"]["value"]:
            ack(response_action="errors", errors={"reason": "Say why"})
            return
        ack()
        model = values["model"]["chosen"]["selected_option"]["value"]
        text = f"{model}: {values['reason']['typed']['value']}, {values['date']['picked']['selected_date']}"
        client.chat_postMessage(channel=COUNCIL, text=text, blocks=card(text, is_open=True))
        client.chat_postMessage(channel=body["user"]["id"], text="Your proposal is posted")

    @app.view_closed("proposal.submit")
    def closed(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postEphemeral(channel=COUNCIL, user=body["user"]["id"], text="Nothing was proposed")

    @app.action("vote.approve")
    def approved(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        text = f"{body['actions'][0]['value']} approved by <@{body['user']['id']}>"
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        client.chat_update(**where, text=text, blocks=card(text, is_open=False))

    @app.event("message")
    def heard() -> None:
        """Bolt acknowledges only what somebody listens to, and the emulator waits 5 s for the rest."""

    app_token = "xapp-larkspur-emeritus"
    handler = SocketModeHandler(app, app_token, web_client=WebClient(token=app_token, base_url=slack.api_url))
    handler.connect()
    return handler


@pytest.fixture
def slack() -> Iterator[Emulator]:
    with Emulator(CONFIG) as running:
        yield running


@pytest.fixture
def page(slack: Emulator) -> Iterator[Page]:
    bot = a_tiny_bot(slack)
    with Page(slack.url) as tab:
        tab.wait_for("The bot's socket", lambda _: bot.client.is_connected() or None, timeout=PATIENCE)
        yield tab
    bot.close()


@pytest.mark.long
def test_a_person_can_propose_in_a_modal_and_press_a_button_and_see_the_card_change(page: Page) -> None:
    page.command(TOM, COUNCIL, "/retire", "propose churn-v1")
    view = page.wait_for("The modal", Page.view, timeout=PATIENCE)
    assert view["callback_id"] == "proposal.submit"

    assert page.submit_view(TOM, {"model": {"chosen": CHOSEN}}) == {"reason": "Say why"}
    assert page.view() is not None
    reason = {"typed": {"type": "plain_text_input", "value": "blind to the weather"}}
    date = {"picked": {"type": "datepicker", "selected_date": "2026-06-01"}}
    assert page.submit_view(TOM, {"model": {"chosen": CHOSEN}, "reason": reason, "date": date}) == {}
    assert page.view() is None

    posted = page.wait_for("The card", lambda seen: seen.messages(COUNCIL), timeout=PATIENCE)[0]
    assert posted["text"] == "churn-v1: blind to the weather, 2026-06-01"
    told = page.wait_for("The direct message", lambda seen: seen.direct_messages(TOM), timeout=PATIENCE)
    assert [message["text"] for message in told] == ["Your proposal is posted"]
    assert page.direct_channel(TOM).startswith("D")
    assert page.direct_messages(ADA) == []

    page.click(COUNCIL, posted["ts"], ADA, button(posted, "vote.approve", value="RET-1"))
    approved = f"RET-1 approved by <@{ADA}>"
    page.wait_for(
        "The changed card",
        lambda seen: seen.messages(COUNCIL)[0]["text"] == approved or None,
        timeout=PATIENCE,
    )
    with pytest.raises(Unavailable, match=r"^The message has no button vote.approve; it has: none$"):
        button(page.messages(COUNCIL)[0], "vote.approve")


@pytest.mark.long
def test_closing_a_modal_tells_the_bot_and_its_private_answer_is_seen_by_one_person(page: Page) -> None:
    page.command(TOM, COUNCIL, "/retire")
    page.wait_for("The modal", Page.view, timeout=PATIENCE)

    page.close_view(TOM)

    private = page.wait_for(
        "The private answer", lambda seen: seen.private_messages(TOM, COUNCIL), timeout=PATIENCE
    )
    assert [message["text"] for message in private] == ["Nothing was proposed"]
    assert page.private_messages(ADA, COUNCIL) == []
    assert page.view() is None


@pytest.mark.long
def test_people_talk_in_threads_and_the_log_has_every_envelope(page: Page) -> None:
    first = page.message(TOM, COUNCIL, "Shall we?")
    page.message(ADA, COUNCIL, "We shall", thread_ts=first)
    page.message(ADA, COUNCIL, "Elsewhere")

    thread = page.wait_for(
        "The thread",
        lambda seen: (len(found := seen.messages(COUNCIL, thread_ts=first)) == 2 and found) or None,
        timeout=PATIENCE,
    )
    assert [message["text"] for message in thread] == ["Shall we?", "We shall"]
    assert {user["id"] for user in page.state()["users"]} >= {TOM, ADA}
    assert any("conn" in str(entry) for entry in page.log())
    with pytest.raises(Unavailable, match=r"^Snow did not come within 0\.01 s$"):
        page.wait_for("Snow", lambda _: None, timeout=0.01)


@pytest.mark.long
def test_stopping_leaves_no_process_and_no_address(slack: Emulator) -> None:
    assert slack._process is not None
    pid = slack._process.pid

    slack.stop()
    slack.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(slack.url, timeout=2)
    with pytest.raises(Unavailable, match="does not open"):
        Page(slack.url)


@pytest.mark.long
def test_ctrl_c_leaves_no_emulator_behind(tmp_path: Path) -> None:
    """Even of a program that forgets to stop it: ending the program ends its emulator."""
    program = (
        "import pathlib, signal, sys; from bot.demo.emulator import Emulator;"
        # Whoever runs the tests in the background has it ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "running = Emulator(pathlib.Path(sys.argv[1])).start();"
        "print(running._process.pid, flush=True); signal.pause()"
    )
    command = [sys.executable, "-c", program, str(CONFIG)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout is not None
        pid = int(demo.stdout.readline())
        demo.send_signal(signal.SIGINT)
        demo.wait(PATIENCE)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.long
def test_a_config_the_emulator_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "slack.yaml"
    broken.write_text("workspace: [")

    with pytest.raises(Unavailable, match="The Slack emulator did not start; it said: ") as refusal:
        Emulator(broken).start()

    assert str(refusal.value).endswith(f" and {broken}")


@pytest.mark.long
def test_a_port_that_is_taken_is_told_with_what_to_do(slack: Emulator) -> None:
    port = int(slack.url.rpartition(":")[2])

    with pytest.raises(Unavailable) as refused:
        Emulator(CONFIG, port=port).start()

    assert str(refused.value) == f"Port {port} is taken by another program. Name another one in --port"


@pytest.mark.long
def test_two_emulators_run_side_by_side_on_ports_of_their_own(slack: Emulator) -> None:
    with Emulator(CONFIG) as second:
        assert second.url != slack.url


def test_the_lock_file_pins_version_and_digest_and_names_no_registry() -> None:
    package = emulator.lock_file("linux-x64")["packages"]["node_modules/local-slack-linux-x64"]  # type: ignore[index]

    assert package == {"version": "0.1.8", "integrity": emulator.INTEGRITY["linux-x64"]}


def test_an_emulator_in_the_cache_is_not_fetched_again(tmp_path: Path) -> None:
    kept = tmp_path / "emeritus" / f"local-slack-0.1.8-{emulator.platform_name()}" / "local-slack"
    kept.parent.mkdir(parents=True)
    kept.write_text("#!/bin/sh\n")
    said: list[str] = []

    assert emulator.executable(cache=tmp_path, progress=said.append).name == "local-slack"
    assert said == []


def test_a_cache_that_cannot_be_written_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "emeritus").write_text("a file where a folder is due")

    with pytest.raises(
        Unavailable, match=r"could not be kept in .*Or put a local-slack 0.1.8 executable on PATH"
    ):
        emulator.executable(cache=tmp_path)


def test_the_workspace_file_has_what_the_emulator_reads() -> None:
    config = yaml.safe_load(CONFIG.read_text())

    assert set(config) == {"workspace", "app", "users", "channels"}
    assert config["app"]["mode"] == "socket"
