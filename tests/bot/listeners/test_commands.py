"""What is typed after /retire: changes are kept, readings answered alone, and nothing is ever guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.typed.command_parts import Part
from bot.typed.table import COMMANDS
from data.importers.backstage import read_backstage
from data.records.base import Prose
from data.records.progress import StepKind
from tests.bot.listeners.desk import ELENA, MINA, NOW, TOM, Desk
from tests.data.catalogs import a_document
from tests.data.importers.test_successors import take
from workflows.commands import (
    AnyCommand,
    Cancel,
    ClaimCaller,
    HandOver,
    Pause,
    Restore,
    Resume,
    RunStep,
    Waive,
)

WHY = Prose(prose="moved to v3 & done")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("archive RET-1", RunStep(by=TOM, step=StepKind.ARCHIVE)),
        ("disable ret-1", RunStep(by=TOM, step=StepKind.DISABLE)),
        ("RESTORE churn-v1 moved to v3 & done", Restore(by=TOM, why=WHY)),
        ('pause "churn-v1"   moved to v3 & done', Pause(by=TOM, why=WHY)),
        ("resume Churn-V1", Resume(by=TOM)),
        ("cancel RET-1 moved to v3 & done", Cancel(by=TOM, why=WHY)),
        ("waive RET-1 cancel-flow moved to v3 & done", Waive(by=TOM, what="cancel-flow", reason=WHY)),
        ("claim RET-1 scorer", ClaimCaller(by=TOM, caller="scorer")),
        (
            'claim RET-1 "curl from 10.1.2.0/24" data eng',
            ClaimCaller(by=TOM, caller="curl from 10.1.2.0/24", team="data eng"),
        ),
        ("waive RET-1 traffic moved to v3 & done", Waive(by=TOM, what="traffic", reason=WHY)),
        ("handover RET-1 @mina", HandOver(by=TOM, to=MINA)),
    ],
)
def test_a_command_is_kept_as_it_was_meant(desk: Desk, typed: str, kept: AnyCommand) -> None:
    desk.propose()

    answer = desk.type(typed)

    assert (answer.status, answer.body) == (200, None)
    assert desk.kept() == [("RET-1", kept)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "/retire waive"),
        ("help", "/retire propose"),
        ("list", "RET-1"),
        ("show churn-v1", "churn-v1"),
        ("plan RET-1", "sha256:"),
        ("impact churn-v1", "7 consumers"),
        ("digest", "Weekly digest"),
        ("candidates", "/retire propose"),
    ],
)
def test_reading_is_answered_alone_and_kept_nowhere(desk: Desk, typed: str, told: str) -> None:
    desk.propose()

    desk.type(typed, user=ELENA)

    desk.told()
    shown = desk.slack.ephemerals[-1]
    assert told in shown["text"] + str(shown["blocks"])
    assert shown["ephemeral_to"] == ELENA
    assert desk.kept() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "aprove RET-1",
            (
                '"aprove" is not something I can do: closest: propose, archive. '
                "Run /retire propose [MODEL] [like NAME|RET-n], or /retire help for all there is"
            ),
        ),
        ("frobnicate", '"frobnicate" is not something I can do. Run /retire help for all there is'),
        (
            "show RET-7",
            (
                'No retirement is called "RET-7"; closest: RET-1. '
                "Run /retire show RET-1, or /retire list all for every one"
            ),
        ),
        (
            f"show RET-{'9' * 26}",
            (
                f'No retirement is called "RET-{"9" * 26}"; closest: RET-1. '
                "Run /retire show RET-1, or /retire list all for every one"
            ),
        ),
        (
            "withdraw RET-1",
            '"withdraw" is not something I can do: closest: cancel. Run /retire cancel RET-n|MODEL REASON...',
        ),
        (
            "status",
            '"status" is not something I can do: closest: show. Run /retire show RET-n|MODEL',
        ),
        (
            "approve RET-1",
            (
                '"approve" is not a command: votes and changes are made with the buttons on the card. '
                "Go to its card in the governance channel"
            ),
        ),
        (
            "show chrun-v1",
            (
                'No model or retirement is called "chrun-v1"; closest: churn-v1, churn-v3, churn-v2. '
                "Run /retire list for what is being retired, or /retire impact for every model"
            ),
        ),
        (
            "plan xyzzy",
            (
                'No model or retirement is called "xyzzy"; nothing has a similar name. '
                "Run /retire list for what is being retired, or /retire impact for every model"
            ),
        ),
        (
            "impact xyzzy",
            (
                'No model is called "xyzzy"; nothing has a similar name. '
                "Run /retire impact to list all there are"
            ),
        ),
        (
            "show RET-1 extra stuff",
            'surplus "extra stuff": /retire show RET-n|MODEL takes no more; a name with blanks goes in quotation marks',
        ),
        (
            "ret-1",
            (
                "RET-1 is a retirement, and a command comes before it. "
                "Run /retire show RET-1, or /retire help for all there is"
            ),
        ),
        (
            "cancel xyzzy",
            (
                'RET-n|MODEL: No model or retirement is called "xyzzy"; nothing has a similar name. '
                "Run /retire list for what is being retired, or /retire propose to begin one\n"
                "REASON...: missing; say /retire cancel RET-n|MODEL REASON..."
            ),
        ),
        ("<!channel>", '"<!channel>" is not something I can do: closest: cancel. Run /retire cancel'),
        ("list <!here>", '[PAGE] "<!here>": only "all", the number of a page, or nothing'),
        ("handover RET-1 <tom>", '@PERSON "<tom>": not a person'),
        ("archive churn-v2", '"churn-v2" is not being retired. Run /retire propose churn-v2 to begin'),
        ("show", "RET-n|MODEL: missing; say /retire show RET-n|MODEL"),
        ("pause RET-1", "REASON...: missing; say /retire pause RET-n|MODEL REASON..."),
        (
            "waive",
            "\n".join(
                f"{part}: missing; say /retire waive RET-n|MODEL {Part.WHAT} REASON..."
                for part in ("RET-n|MODEL", Part.WHAT, "REASON...")
            ),
        ),
        (
            "handover RET-1 mina",
            '@PERSON "mina": not a person; type @ and choose the name: /retire handover RET-n|MODEL',
        ),
        (
            "list everything",
            '[PAGE] "everything": only "all", the number of a page, or nothing: /retire list [all] [PAGE]',
        ),
        (f"cancel RET-1 {'x' * 3001}", "REASON...: 3,001 characters, more than 3,000; say it shorter"),
        ("impact chrun", "Run /retire impact churn, or /retire impact to list all there are"),
        (
            "propose chrun",
            (
                "Run /retire propose churn, or /retire propose to choose one of yours, "
                "or /retire impact to list all there are"
            ),
        ),
    ],
)
def test_nonsense_is_answered_with_how_to_go_on(desk: Desk, typed: str, told: str) -> None:
    desk.propose()

    answer = desk.type(typed)

    assert answer.ok
    assert told in desk.told().replace("&lt;", "<").replace("&gt;", ">")
    assert desk.kept() == []


@pytest.mark.parametrize("odd", ["xyzzy " * 500, "<!channel> <!here> <@U01TOMBIRCH>", "RET-7 " + "y" * 3_000])
def test_whatever_command_is_given_something_odd_the_answer_is_short_and_says_how_to_go_on(
    desk: Desk, odd: str
) -> None:
    desk.propose()
    for at, word in enumerate(
        [one for one in COMMANDS if one not in ("digest", "candidates", "help")], start=1
    ):
        assert desk.type(f"{word} {odd}").ok
        desk.slack.wait_for(lambda at=at: desk.slack.ephemerals[at - 1 :])
        told = desk.told()
        assert "/retire" in told, word
        assert len(told) < 1_000, word
        assert "<!" not in told, word
    assert desk.kept() == []
    assert not desk.slack.broadcasts


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("impact RET-1", "7 consumers"),
        ("impact #1", "7 consumers"),
        ("who ret-1", "churn-v1"),
        ("propose RET-1", 'No model is called "RET-1"; closest: churn-v1. Run /retire propose churn-v1, or'),
        ("who RET-7", 'No model is called "RET-7"; nothing has a similar name. Run /retire impact to list'),
    ],
)
def test_of_a_model_is_told_by_the_number_of_its_retirement_too(desk: Desk, typed: str, told: str) -> None:
    desk.propose()

    desk.type(typed)

    desk.told()
    shown = desk.slack.ephemerals[-1]
    assert told in shown["text"] + str(shown["blocks"])
    assert desk.kept() == []


OTHERWISE = [
    "RET-1.",
    "RET_1",
    "RET 1",
    "ret - 1",
    "ret1",
    "RET-01",
    "#RET-1",
    "'RET-1'",
    "*RET-1*",
    "RET-1?",
    "RET\u20111",
    '"RET 1"',
    "1",
    "#1",
]


@pytest.mark.parametrize("written", OTHERWISE)
def test_an_id_that_is_written_otherwise_is_read_as_it_is_meant(desk: Desk, written: str) -> None:
    desk.propose()

    desk.type(f"plan {written}")

    assert desk.told() == "Plan of RET-1"


@pytest.mark.parametrize("written", OTHERWISE)
def test_an_id_that_is_written_otherwise_is_suggested_where_something_would_change(
    desk: Desk, written: str
) -> None:
    desk.propose()

    desk.type(f"pause {written} tea break")

    shown = written.strip('"')
    assert desk.told() == (
        f':no_entry: No retirement is called "{shown}"; closest: RET-1. Run /retire pause RET-1 REASON...'
    )
    assert desk.kept() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("impact", "12 models; `/retire impact MODEL` shows who depends on one"),
        (
            "impact CHURN-V",
            '3 models have "CHURN-V" in the name; `/retire impact MODEL` shows who depends on one',
        ),
        (
            "impact leaf-grade",
            '1 model has "leaf-grade" in the name; `/retire impact MODEL` shows who depends on one',
        ),
    ],
)
def test_whoever_owns_nothing_can_list_the_models(desk: Desk, typed: str, told: str) -> None:
    desk.type(typed, user=ELENA)

    assert desk.told() == told


@pytest.mark.parametrize("written", ["RET_7", "7"])
def test_a_number_no_retirement_has_is_answered_with_those_there_are(desk: Desk, written: str) -> None:
    desk.propose()

    desk.type(f"show {written}")

    assert desk.told() == (
        ':no_entry: No retirement is called "RET-7"; closest: RET-1. '
        "Run /retire show RET-1, or /retire list all for every one"
    )


@pytest.mark.parametrize("written", ["RET_1", "ret 1", "*RET-1*"])
def test_an_id_without_a_command_is_met_with_one(desk: Desk, written: str) -> None:
    desk.type(written)

    assert desk.told() == (
        ":no_entry: RET-1 is a retirement, and a command comes before it. "
        "Run /retire show RET-1, or /retire help for all there is"
    )


SAME_NAME = """
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: ranker, namespace: NAMESPACE}
spec: {type: ai-model, owner: "group:default/growth-ml"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ranker-prod, namespace: NAMESPACE}
spec: {type: model-server, owner: "group:default/growth-ml", dependsOn: ["resource:NAMESPACE/ranker"]}
"""


def test_a_name_two_retirements_share_is_answered_with_both(desk: Desk, tmp_path: Path) -> None:
    for namespace in ("eu", "us"):
        catalog, source = desk.bot.house.catalog, tmp_path / f"{namespace}.yaml"
        source.write_text(SAME_NAME.replace("NAMESPACE", namespace))
        reading = read_backstage([source], known=catalog.known())
        catalog.import_(reading, format="backstage", now=NOW)
        desk.propose(f"resource:{namespace}/ranker")

    desk.type("pause ranker too early")

    assert desk.told() == (
        ':no_entry: "ranker" has 2 retirements under way: RET-1 is proposed (resource:eu/ranker); '
        "RET-2 is proposed (resource:us/ranker). Say which by its RET number"
    )
    desk.type("pause resource:us/ranker too early")
    assert [stream for stream, _ in desk.kept()] == ["RET-2"]


LEAVERS = ("mlflow:leavers", "Leavers", "models:/leavers", "resource:default/gone-soon", "Gone-Soon")


def test_a_retirement_is_found_by_every_name_of_its_model_also_by_those_it_has_since(
    desk: Desk, tmp_path: Path
) -> None:
    tags = [{"key": "emeritus.owner", "value": "growth-ml"}]
    (registry := tmp_path / "r.json").write_text(
        json.dumps({"registered_models": [{"name": "Leavers", "tags": tags}]})
    )
    take(desk.bot.house.catalog, "mlflow", registry)
    desk.propose("mlflow:leavers")
    (source := tmp_path / "gone.yaml").write_text(
        a_document("Resource", "gone-soon", "type: ai-model, owner: growth-ml", aliases="models:/Leavers")
    )
    take(desk.bot.house.catalog, "backstage", source)

    for name in LEAVERS:
        desk.type(f"pause {name} too early")

    assert [stream for stream, _ in desk.kept()] == ["RET-1"] * len(LEAVERS)


def test_a_model_called_like_a_number_is_meant_by_it(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "numbers.yaml"
    source.write_text(SAME_NAME.replace("NAMESPACE", "eu").replace("name: ranker,", 'name: "1",'))
    desk.bot.house.catalog.import_(read_backstage([source]), format="backstage", now=NOW)
    desk.propose()

    desk.type("show 1")

    assert desk.told() == ':no_entry: "1" is not being retired. Run /retire propose 1 to begin'


def test_a_reason_that_mentions_payload_reaches_us_over_http(desk: Desk) -> None:
    """Bolt takes every form with that word in it for an interaction."""
    desk.propose()

    assert desk.type("pause RET-1 the payload changed").ok
    assert desk.kept() == [("RET-1", Pause(by=TOM, why=Prose(prose="the payload changed")))]


def test_a_reason_is_kept_as_the_person_saw_it(desk: Desk) -> None:
    desk.propose()

    desk.type("pause RET-1 see https://wiki.example/x and ask @elena <soon>")

    (_, kept) = desk.kept()[0]
    assert kept == Pause(by=TOM, why=Prose(prose="see https://wiki.example/x and ask @elena <soon>"))


def test_the_same_command_delivered_twice_is_kept_once(desk: Desk) -> None:
    desk.propose()
    first = desk.type("resume RET-1")

    again = desk.slack.redeliver(first, retry=1)

    assert again.ok
    assert desk.kept() == [("RET-1", Resume(by=TOM))]
