"""Files shared in the import channel: who may have one imported, and where it is told what became of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.errors import Refused
from data.events import EMERITUS, AnyEvent
from data.records.decision import Decision, Effect, EffectKind
from data.records.imports import Imports, Share
from tests.builders import PAT, STRANGER, facts_for
from workflows import commands as cmd
from workflows.decisions import files

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
TOLD = cmd.RecordFile(
    by=EMERITUS,
    channel="CIMPORTS",
    file_id="F1",
    name="edges.csv",
    share=Share(thread_ts="1.2"),
    said=("no", "no"),
    more=3,
)


def taken(*, by: str, known: str = "") -> Decision[AnyEvent]:
    command = cmd.TakeFile(by=by, channel="CIMPORTS", file_id="F1")
    return files.take(Imports(), command, facts_for(named_person=known), MONDAY)


def recorded(command: cmd.RecordFile) -> Effect:
    (effect,) = files.record(Imports(), command, facts_for(), MONDAY).effects
    return effect


def test_a_file_of_somebody_the_catalog_knows_is_read_once() -> None:
    decision = taken(by=PAT, known=PAT)
    assert decision == Decision(
        effects=(
            Effect(
                key="imports/file/CIMPORTS/F1",
                kind=EffectKind.TAKE,
                lane="imports/files",
                body={"channel": "CIMPORTS", "file_id": "F1", "by": PAT},
            ),
        )
    )


def test_a_file_of_anybody_else_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused) as refused:
        taken(by=STRANGER)
    assert str(refused.value) == (
        "You may not import a file: this is for people the catalog knows by their Slack id. Ask one of them to share "
        f"it, or whoever runs Emeritus to put you into the catalog with your Slack id, {STRANGER}"
    )


def test_what_became_of_it_is_told_in_its_thread_and_somebody_waits_for_that() -> None:
    effect = recorded(TOLD)
    assert (effect.key, effect.place, effect.patience_seconds) == (
        "imports/file/CIMPORTS/F1/thread",
        "CIMPORTS",
        0,
    )
    assert effect.body == {
        "notice": "file refused",
        "channel": "CIMPORTS",
        "file_id": "F1",
        "name": "edges.csv",
        "thread_ts": "1.2",
        "format": "",
        "said": "no\nno",
        "more": "3",
    }


def test_without_a_thread_it_is_another_message_and_in_the_channel() -> None:
    imported = cmd.RecordFile(
        by=EMERITUS, channel="CIMPORTS", file_id="F1", name="a", format="csv", said=("yes",)
    )
    effect = recorded(imported)
    assert effect.key == "imports/file/CIMPORTS/F1/channel"
    assert (effect.body["notice"], effect.body["thread_ts"]) == ("file imported", "")


def test_only_time_tells_of_it() -> None:
    command = cmd.RecordFile(by=PAT, channel="CIMPORTS", file_id="F1", name="edges.csv", said=("yes",))
    with pytest.raises(Refused, match="only time does this"):
        files.record(Imports(), command, facts_for(), MONDAY)
