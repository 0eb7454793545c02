"""SIGTERM: what is under way is settled, what hangs is left to its lease, and the bot is gone within five seconds."""

from __future__ import annotations

import socket
from datetime import timedelta

import msgspec
import pytest

from tests.kill.aftermath import await_record, check_told_once, messages, waiting
from tests.kill.bot_process import START
from tests.kill.conftest import Scene
from tests.kill.keeper import Keeper
from tests.kill.people import People
from tests.scenarios.reading import key_of

TOM, MINA = "U01TOMBIRCH", "U01MINAPARK"


def propose(people: People) -> None:
    people.propose(
        TOM,
        reason="replaced",
        successor="resource:default/churn-v2",
        why="churn-v2 is better on every segment",
        target=lambda: START + timedelta(days=60),
    )


@pytest.mark.long
def test_what_slack_took_is_on_record_before_the_bot_leaves(scene: Scene) -> None:
    scene.keeper.start()
    propose(scene.people)

    assert scene.keeper.stop() == 0

    record = scene.record()
    for message in messages(scene.slack):
        (file,) = message.get("files") or (None,)
        told = {"file": file["id"]} if file else {"ts": message["ts"]}
        assert record.found(key_of(message)) == {"channel": message["channel"], **told}
    assert not [row for row in waiting(record) if row[1] == "claimed"]
    record.close()


@pytest.mark.long
def test_a_slack_that_never_answers_does_not_keep_the_bot_from_leaving(scene: Scene) -> None:
    """The vote was acknowledged, so the next start counts it and tells it, once."""
    scene.keeper.start()
    propose(scene.people)
    assert scene.keeper.stop() == 0

    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(10)
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/api/"
        elsewhere = msgspec.structs.replace(scene.town, slack_api_url=url)
        with Keeper(elsewhere, scene.slack) as keeper:
            keeper.start()
            card = scene.people.card()
            assert scene.slack.click(MINA, card["channel"], card["ts"], "vote.approve").ok
            held, _ = mute.accept()
            with held:
                assert keeper.stop() == 0

    scene.keeper.start()
    # The vote itself may still be with the lease of the bot that left: then nothing is to be told yet.
    await_record(
        scene.record, lambda record: not record.is_awaited(MINA) and not waiting(record), scene.keeper
    )
    assert scene.keeper.stop() == 0
    record = scene.record()
    assert [event.event.by for event in record.events("RET-1", after=1)] == [MINA]
    check_told_once(record, scene.slack)
    record.close()
