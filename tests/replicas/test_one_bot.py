"""To people in Slack several replicas are one bot: whichever gets a press, everybody sees it, and it counts once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.typed.own_words import NOT_YET
from data import events
from data.catalog.catalog import Catalog
from data.importers.backstage import read_backstage
from data.policies.policy import read_policy
from data.records.base import Prose
from data.records.plan import Reason
from tests.fakes.slack.delivery import over_http
from tests.kill.aftermath import await_record, check_told_once, messages, waiting
from tests.kill.bot_process import GOVERNANCE
from tests.replicas.conftest import Scene
from tests.replicas.replica import START, bot_of
from tests.replicas.storm import MEMBERS
from tests.scenarios.reading import key_of
from workflows.commands import Propose
from workflows.rules.hours import next_digest_at

TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
APPROVE = "vote.approve"


def propose(scene: Scene, target: datetime = START + timedelta(days=60)) -> None:
    """By another process yet, which only asks for it: the replicas post the card."""
    bot = bot_of(scene.town)
    wish = Propose(
        by=TOM,
        model_id="resource:default/churn-v1",
        successor_id="resource:default/churn-v2",
        reason=Reason.REPLACED,
        why=Prose(prose="churn-v2 is better on every segment"),
        target_on=target.date(),
    )
    assert bot.engine.execute("propose", "RET-*", wish).stream == "RET-1"
    bot.stop()
    scene.slack.wait_for(lambda: scene.people.told(GOVERNANCE, "RET-1/card"), 60)


def told(scene: Scene, person: str, text: str, about: str) -> str:
    """What somebody is told, alone, until they are shown what they asked for: it is about this."""
    before = len(scene.slack.ephemerals)
    scene.people.insist(lambda: scene.slack.command(person, GOVERNANCE, "/retire", text))

    def said() -> str:
        return "".join(str(one["blocks"] or one["text"]) for one in scene.slack.ephemerals[before:])

    scene.slack.wait_for(lambda: about in said(), 30)
    return said()


def voters(scene: Scene) -> list[str]:
    record = scene.record()
    happened = [entry.event for entry in record.events("RET-1")]
    record.close()
    return [event.by for event in happened if isinstance(event, events.Voted)]


def test_whichever_replica_gets_a_press_it_counts_and_whichever_is_asked_tells_of_it(scene: Scene) -> None:
    scene.keeper.start(*MEMBERS)
    propose(scene)
    for number, voter in zip(MEMBERS, (MINA, PRIYA, SAM, ADA), strict=True):
        scene.keeper.only(number)
        card = scene.people.card()
        assert scene.slack.click(voter, card["channel"], card["ts"], APPROVE).ok

        scene.keeper.only(number % len(MEMBERS) + 1)
        shown = told(scene, voter, "show RET-1", "Coordinator")
        assert NOT_YET not in shown
        assert f"<@{voter}> approve" in shown, "a reader sees their own write, wherever it is read"

    assert voters(scene) == [MINA, PRIYA, SAM, ADA]
    await_record(scene.record, lambda record: not waiting(record), scene.keeper)
    record = scene.record()
    check_told_once(record, scene.slack)
    record.close()


def test_one_envelope_that_reaches_every_replica_at_once_counts_once(scene: Scene) -> None:
    """As an emulator does that sends it over all sockets; Slack repeats what was acknowledged too late."""
    scene.keeper.start(*MEMBERS)
    propose(scene)
    card = scene.people.card()
    vote = scene.slack.click(MINA, card["channel"], card["ts"], APPROVE).envelope
    for url in scene.keeper.urls:
        assert over_http(url)(vote.body, vote.headers)[0] == 200

    assert "approve" in told(scene, MINA, "show RET-1", "Coordinator")
    assert voters(scene) == [MINA]


def test_what_a_replica_kept_before_it_died_is_decided_by_another_at_once(scene: Scene) -> None:
    scene.keeper.start(1, 2)
    propose(scene)
    scene.keeper.only(1)
    card = scene.people.card()
    assert scene.slack.click(MINA, card["channel"], card["ts"], APPROVE).ok
    scene.keeper.kill(1)

    scene.keeper.only(2)
    shown = told(scene, MINA, "show RET-1", "Coordinator")
    assert f"<@{MINA}> approve" in shown or NOT_YET in shown, "it may have died while it decided"
    await_record(scene.record, lambda record: not record.is_awaited(MINA), scene.keeper)
    assert voters(scene) == [MINA]


def test_what_another_process_imports_every_replica_knows_at_once(scene: Scene, tmp_path: Path) -> None:
    scene.keeper.start(1, 2)
    for number in (1, 2):
        scene.keeper.only(number)
        assert "new-billing" not in told(scene, TOM, "impact churn-v1", "restock-planner")
    file = tmp_path / "catalog-info.yaml"
    file.write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: new-billing}\n"
        "spec: {type: service, owner: group:default/payments, dependsOn: ['resource:default/churn-v1']}\n"
    )
    store = scene.town.store()
    catalog = Catalog(store)
    catalog.import_(read_backstage([file], known=catalog.known()), format="backstage", now=START)
    store.close()

    for number in (1, 2):
        scene.keeper.only(number)
        assert "new-billing" in told(scene, TOM, "impact churn-v1", "restock-planner")


@pytest.mark.long
@pytest.mark.parametrize("day_seconds", [0.5])
def test_the_weekly_digest_is_told_once_and_not_once_per_replica(scene: Scene) -> None:
    scene.keeper.start(*MEMBERS)
    propose(scene)  # so that there is something to tell in most weeks
    digests = scene.slack.wait_for(lambda: len(of_digests(scene)) >= 3 and of_digests(scene), 60)
    scene.keeper.stop()

    assert set(Counter(digests).values()) == {1}
    record = scene.record()
    sent = [entry.event for entry in record.events("digest")]
    record.close()
    # The first sets the date only; of the others no two are of one week, whoever was first to look.
    weeks = [next_digest_at(event.at, read_policy()) for event in sent[1:]]
    assert weeks == sorted(set(weeks))
    assert len(weeks) > 1


def of_digests(scene: Scene) -> list[str]:
    return [key for key in map(key_of, messages(scene.slack)) if key.startswith("digest/")]
