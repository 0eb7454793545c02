"""Names and texts that try to notify a channel, to break the layout, or are simply too long."""

from __future__ import annotations

import pytest

from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.town import BRUNO, GOVERNANCE, PRIYA, TOM, Town, words

HOSTILE = (
    "<!channel> <!here|x> <@U01VERALUND> *bold* `code` <https://evil.example|click> &amp; \u202eRTL\u2028line"
)
LONG = "x" * 300


def a_hostile_model(town: Town, title: str) -> None:
    """A model, its endpoint and its consumer, all described with these words."""
    artifact = town.folder / "weights.bin"
    artifact.write_bytes(b"1")
    town.learns(
        a_document(
            "Resource", "teapot", "type: ai-model, owner: growth-ml", tier="3", artifacts=str(artifact)
        ),
        *(
            document
            for number in range(30)
            for document in (
                a_document(
                    "Component",
                    f"cosy-{number}",
                    f"type: service, owner: {title}, dependsOn: ['resource:teapot']",
                ),
            )
        ),
    )


@pytest.mark.parametrize("said", [HOSTILE, LONG * 10, "\n\n```\n" * 20], ids=["hostile", "long", "breaks"])
def test_what_people_write_notifies_nobody_and_breaks_nothing(town: Town, said: str):
    assert town.propose(**{"proposal.why": said[:2500]}) == {}
    town.approve("U01MINAPARK")
    town.reject("U01PRIYARAMAN", said[:2500])
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING
    assert town.ask_for_time(BRUNO, "restock-planner", until="2026-05-20", reason=said[:2500]) == {}
    town.command(TOM, f"pause RET-1 {said[:2000]}")
    town.command(TOM, "resume RET-1")
    town.command(TOM, f"waive RET-1 restock-planner {said[:2000]}")
    for asked in ("show", "plan"):
        town.command(TOM, f"{asked} RET-1")
    assert not town.slack.broadcasts
    posted = [message for message in town.slack.messages(GOVERNANCE) if "U01VERALUND" in message["mentions"]]
    assert posted == [], "a mention somebody typed notifies nobody"


def test_what_people_write_stands_in_full_in_the_thread(town: Town):
    why, comment = "word " * 450 + "and that is all", "but " * 500 + "no"
    assert town.propose(**{"proposal.why": why}) == {}
    town.reject(PRIYA, comment)
    assert why in town.thread()
    assert comment in town.thread()


def test_names_from_the_catalog_notify_nobody_and_fit_whatever_their_length(town: Town):
    a_hostile_model(town, f"'{HOSTILE}'".replace("\u2028", " "))
    model = a_document(
        "Resource", LONG, "type: ai-model, owner: growth-ml, dependencyOf: ['component:cancel-flow']"
    )
    town.learns(model.replace("metadata:\n", f'metadata:\n  title: "{HOSTILE[:40]}"\n'))
    town.announce(LONG, target="2026-12-01", **{"proposal.successor": None, "proposal.reason": "cost"})
    assert town.retirement().state is State.MIGRATING
    assert len(words(town.card())) < 10_000
    a_hostile_model(town, "growth-ml")
    assert town.propose("teapot", **{"proposal.successor": None, "proposal.reason": "cost"}) == {}
    for asked in ("list", "digest", f"impact {LONG}", "impact teapot", "show RET-2", "plan RET-1"):
        assert town.command(TOM, asked)
    assert not town.slack.broadcasts


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "show <!everyone>",
        f"show {LONG}",
        "propose <!channel>",
        "waive RET-1 <!here> <!here>",
        "impact `code` *bold*",
        f"{LONG * 10}",
    ],
)
def test_what_is_typed_after_the_command_is_repeated_harmlessly(town: Town, text: str):
    assert town.command(TOM, text)
    assert not town.slack.broadcasts
