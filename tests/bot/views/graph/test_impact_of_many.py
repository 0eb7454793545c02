"""29,536 dependants: one message that can be read, a picture of teams, and a file with every one of them."""

from __future__ import annotations

import csv
import io

import pytest
from msgspec.structs import replace

from bot.slack.uploads import File
from bot.views import notices
from bot.views.uploads import FILES
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.events import Proposed
from data.records.catalog import Entity, Kind
from data.records.retirement import Retirement
from tests.builders import a_proposed, an_impacted
from tests.payloads import check_message
from workflows.ports import Message

MANY = 29_536
TEAMS = 180
CHURN, LIVE = "component:default/churn", "resource:default/churn-live"


@pytest.fixture(scope="module")
def about() -> Message:
    """A plan that hits them, two out of three over another one, and the catalog that says so."""
    impact = tuple(
        an_impacted(
            f"reader-{number:05d}",
            team=f"team-{number % TEAMS:03d}" if number % 20 else "",
            distance=1 + number % 3,
        )
        for number in range(MANY)
    )
    served = Entity(id=LIVE, kind=Kind.ENDPOINT, name="churn-live", model_id=CHURN)
    entities = [Entity(id=CHURN, kind=Kind.MODEL, name="churn"), served]
    entities += [Entity(id=one.consumer_id, kind=Kind.CONSUMER, name=one.name, tier=2) for one in impact]
    stated = {one.consumer_id: ((CHURN, "backstage", "all.yaml:1"),) for one in impact}
    story = a_proposed()
    (event,) = story.of(Proposed)
    return Message(
        key="RET-1/impact/1/1",
        notice="impact",
        channel="CGOV",
        params={"in_short": "yes"},
        retirement=story.state,
        events=(replace(event, impact=impact),),
        there=Snapshot.of(Stored(1, {one.id: one for one in entities}, stated, {}, {}, {}, {})),
    )


def drawn(about: Message, notice: str) -> File:
    assert isinstance(about.retirement, Retirement)
    return FILES[notice].draw(about)


def test_the_message_says_how_far_how_critical_and_whose_and_where_all_of_them_are(about: Message) -> None:
    payload = notices.drawn(about)
    check_message(payload)
    head, *body = [block["text"]["text"] for block in payload["blocks"]]
    assert head == ":busts_in_silhouette: *Impact* of RET-1: 29,536 consumers of 172 teams, 9,846 directly"
    lines = "\n".join(body).split("\n")
    assert lines[:2] == [
        "*By distance* 9,846 directly, 9,845 over 2 steps, 9,845 over 3 steps",
        "*By tier* 29,536 of tier 2",
    ]
    assert lines[2].startswith("• *team-")
    assert lines[-1] == (
        "All of them are in the file in this thread, and in `emeritus impact churn --format csv`."
    )
    assert lines[-2] == "+142 more teams"
    assert len(lines) == 34, "somebody is to read it"


def test_the_file_has_a_row_for_each(about: Message) -> None:
    file = drawn(about, "dependants")
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert [row["name"] for row in rows] == [f"reader-{number:05d}" for number in range(MANY)]
    assert {row["origin"] for row in rows} == {"declared"}
    assert file.comment == (
        ":card_index_dividers: *All 29,536 consumers* that RET-1 hits, with their teams, owners and ways"
    )


def test_the_picture_counts_them_by_layer_and_team(about: Message) -> None:
    file = drawn(about, "picture")
    assert file.content.startswith(b"\x89PNG")
    assert len(file.content) < 1_000_000
    assert "29,536 consumers of " in file.alt_text
    assert len(file.alt_text) <= 1_000
