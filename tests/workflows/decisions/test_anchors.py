"""The log is anchored by the clock: when, where, and who hears when a checkpoint does not come there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.events import EMERITUS
from data.log.checkpoints import Head
from data.records.anchors import Anchoring, AnchorPlan, Place
from data.records.decision import Decision
from tests.builders import facts_for
from tests.contract.test_store_log import SIGNER
from workflows import commands as cmd
from workflows.decisions import anchors

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
PLAN = AnchorPlan(store="sha256:aa", lock_days=400, service="https://tsa.example.com", authorities="PEM")
STAMPED = {"stamp": "AAAA", "stamped_at": MONDAY, "stamped_by": "CN=tsa"}
BOTH = {"where": "archive/.anchors/1", **STAMPED}
DOWN = {Place.SERVICE: "it does not answer"}


def folded(state: Anchoring, decision: Decision[events.AnyEvent]) -> Anchoring:
    for event in decision.events:
        assert isinstance(event, anchors.AnchorEvent)
        state = anchors.evolve(state, event)
    return state


def planned(state: Anchoring, plan: AnchorPlan = PLAN, now: datetime = MONDAY) -> Decision[events.AnyEvent]:
    return anchors.plan(state, cmd.PlanAnchors(by=EMERITUS, plan=plan), facts_for(), now)


def recorded(state: Anchoring, size: int = 100, **found: object) -> Decision[events.AnyEvent]:
    command = cmd.RecordAnchored(
        by=EMERITUS, size=size, name=f"{size:020}-aa", checkpoint=checkpoint(size), **found
    )
    return anchors.record(state, command, facts_for(), MONDAY)


def checkpoint(size: int) -> str:
    return SIGNER.sign(Head(SIGNER.public.name, size, bytes(32)))


FIRST = folded(Anchoring(), planned(Anchoring()))
WENT = folded(FIRST, recorded(FIRST, **BOTH))
"""At 100 entries; what was recorded of that is the 101st."""
FAILING = folded(FIRST, recorded(FIRST, where="archive/.anchors/1", failed=DOWN))


def told(decision: Decision[events.AnyEvent]) -> list[str]:
    return [effect.body["notice"] for effect in decision.effects]


def timers(decision: Decision[events.AnyEvent]) -> dict[str, datetime]:
    return {timer.name: timer.due_at for timer in decision.timers}


@pytest.mark.parametrize(
    ("state", "later", "is_due", "is_told"),
    [
        pytest.param(Anchoring(), {}, True, True, id="never before"),
        pytest.param(WENT, {"days": 1}, True, False, id="a day ago"),
        pytest.param(WENT, {"minutes": 59}, False, False, id="within the hour"),
        pytest.param(replace(WENT, plan=replace(PLAN, service="")), {}, True, True, id="another service"),
    ],
)
def test_a_start_anchors_at_once_unless_that_was_just_done(state, later, is_due, is_told):
    decision = planned(state, now=MONDAY + timedelta(**later))
    assert bool(decision.timers) == is_due
    assert len(decision.events) == is_told


@pytest.mark.parametrize(
    ("state", "size", "places"),
    [
        pytest.param(Anchoring(), 100, (), id="not configured"),
        pytest.param(FIRST, 100, (Place.ARCHIVE, Place.SERVICE), id="never before"),
        pytest.param(WENT, 100, (), id="nothing new"),
        pytest.param(WENT, 101, (), id="nothing but the anchor itself"),
        pytest.param(WENT, 102, (Place.ARCHIVE, Place.SERVICE), id="something new"),
        pytest.param(FAILING, 101, (Place.SERVICE,), id="one did not come there"),
        pytest.param(FAILING, 105, (Place.ARCHIVE, Place.SERVICE), id="nor came the last, and there is more"),
        pytest.param(
            folded(WENT, planned(WENT, replace(PLAN, lock_days=500))),
            102,
            (),
            id="nothing but other settings",
        ),
        pytest.param(
            folded(WENT, planned(WENT, replace(PLAN, store="sha256:bb"))),
            102,
            (Place.ARCHIVE,),
            id="another archive",
        ),
        pytest.param(
            folded(WENT, planned(WENT, replace(PLAN, authorities="OTHER"))),
            102,
            (Place.SERVICE,),
            id="other authorities",
        ),
        pytest.param(
            folded(FAILING, planned(FAILING, replace(PLAN, service=""))), 101, (), id="no service any more"
        ),
    ],
)
def test_it_goes_where_there_is_something_new_to_anchor(state, size, places):
    assert anchors.due(state, size) == places


def test_what_is_tried_again_goes_only_where_it_did_not_come():
    assert anchors.due(FAILING, 105, is_again=True) == (Place.SERVICE,)
    assert anchors.due(WENT, 105, is_again=True) == ()


def test_it_is_done_each_day_and_what_failed_each_hour():
    daily = anchors.run(WENT, cmd.RunAnchors(by=EMERITUS), facts_for(), MONDAY)
    again = anchors.run(FAILING, cmd.RunAnchors(by=EMERITUS, is_again=True), facts_for(), MONDAY)

    assert timers(daily) == {"anchor": MONDAY + timedelta(days=1)}
    assert [effect.body["run"] for effect in (*daily.effects, *again.effects)] == ["anchor", "again"]
    assert timers(again) == {}
    assert timers(recorded(FIRST, failed=DOWN)) == {"again": MONDAY + timedelta(hours=1)}
    assert timers(recorded(FIRST, **BOTH)) == {}


@pytest.mark.parametrize(
    ("before", "found", "hears", "is_recorded"),
    [
        pytest.param(FIRST, BOTH, [], True, id="all is well"),
        pytest.param(FIRST, {"where": "here", "failed": DOWN}, ["anchors failed"], True, id="one failed"),
        pytest.param(FAILING, {"failed": DOWN}, [], False, id="it still does"),
        pytest.param(FAILING, {"where": "here", "failed": DOWN}, [], True, id="it does, another does not"),
        pytest.param(FAILING, STAMPED, ["anchors mended"], True, id="it is mended"),
    ],
)
def test_the_governance_channel_hears_once_of_what_failed_and_once_that_it_is_over(
    before, found, hears, is_recorded
):
    decision = recorded(before, 105, **found)
    assert told(decision) == hears
    assert len(decision.events) == is_recorded
    assert folded(before, decision).failed == found.get("failed", {})


def test_each_new_checkpoint_is_posted_once_in_the_channel_that_the_policy_names():
    in_channel = folded(FIRST, planned(FIRST, replace(PLAN, channel="#record")))
    decision = recorded(in_channel, **BOTH)
    assert [(effect.place, effect.body["checkpoint"]) for effect in decision.effects] == [
        ("#record", checkpoint(100))
    ]
    after = folded(in_channel, decision)
    assert told(recorded(after, 101, **STAMPED)) == []
    assert told(recorded(after, 102, **BOTH)) == ["anchor"]


def test_what_was_put_last_is_known_by_name():
    assert (WENT.name, WENT.where) == ("00000000000000000100-aa", "archive/.anchors/1")
    assert folded(WENT, recorded(WENT, 105, **STAMPED)).name == WENT.name
