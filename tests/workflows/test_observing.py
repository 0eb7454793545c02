"""What counts as a call of what retires, and for whom somebody answers who said that a caller is theirs."""

from __future__ import annotations

import dataclasses
from typing import Any

from msgspec.structs import replace

from data.catalog.callers import unknown
from data.catalog.snapshot import Snapshot
from data.catalog.statements import Calls as Told
from data.catalog.statements import Seen
from data.catalog.stored import Stored
from data.records.base import Prose
from data.records.callers import Caller
from data.records.catalog import Dependency, Entity, Group, Kind, Origin, Person
from data.records.facts import Facts
from data.records.plan import Endpoint
from data.records.retirement import Retirement
from tests.builders import PROPOSED_AT, a_plan, a_subject, some_calls
from workflows import erasable
from workflows.observing import consumers, teams_of
from workflows.veiling import NAME

MODEL, OTHER = "resource:default/churn", "resource:default/ranking"
LIVE, SHARED = "component:default/churn-live", "component:default/shared"
BILLING, SCORER = "component:default/billing", unknown("scorer", "access.log:1")
EDGE = Group(id="group:default/edge", name="edge", member_ids=("user:default/eddy",))
EDDY = Person(id="user:default/eddy", name="eddy", slack_id="UEDDY")
ENTITIES = (
    Entity(id=MODEL, kind=Kind.MODEL, name="churn"),
    Entity(id=OTHER, kind=Kind.MODEL, name="ranking"),
    Entity(id=LIVE, kind=Kind.ENDPOINT, name="churn-live"),
    Entity(id=SHARED, kind=Kind.ENDPOINT, name="shared"),
    Entity(id="mlflow:churn/1", kind=Kind.VERSION, name="churn 1", model_id=MODEL),
    Entity(id=BILLING, kind=Kind.CONSUMER, name="billing", owner_id=EDGE.id),
    SCORER,
)
SERVES = (
    Dependency(from_id=LIVE, to_id=MODEL),
    Dependency(from_id=SHARED, to_id=MODEL),
    Dependency(from_id=SHARED, to_id=OTHER),
)


def seen(from_id: str, to_id: str, last: str = "2027-01-20", **changes: Any) -> Dependency:
    edge = Dependency(
        from_id=from_id,
        to_id=to_id,
        declared_in="access.log:7",
        origin=Origin.OBSERVED,
        sources=("calls",),
        last_seen=last,
        calls_per_day=2.5,
    )
    return replace(edge, **changes)


def a_snapshot(*edges: Dependency, entities: tuple[Entity, ...] = ENTITIES, **more: Any) -> Snapshot:
    stated: dict[str, Any] = {}
    seen_: dict[str, Any] = {}
    for one in (*SERVES, *edges):
        if one.origin is Origin.DECLARED:
            source = (one.sources or ("backstage",))[0]
            stated[one.from_id] = (*stated.get(one.from_id, ()), (one.to_id, source, one.declared_in))
        if one.last_seen:
            calls = Told(one.declared_in, one.first_seen, one.last_seen, one.calls_per_day)
            seen_[one.from_id] = (*seen_.get(one.from_id, ()), Seen(one.to_id, "calls", calls))
    stored = Stored(
        version=1,
        entities={one.id: one for one in entities},
        stated=stated,
        seen=seen_,
        groups={EDGE.id: EDGE},
        people={EDDY.id: EDDY},
        unseen={},
    )
    return Snapshot.of(dataclasses.replace(stored, **more))


def a_state(*endpoint_ids: str, **changes: Any) -> Retirement:
    endpoints = tuple(
        Endpoint(id=one, name=one, kind="manual", ref=one)  # type: ignore[arg-type]
        for one in (endpoint_ids or (LIVE, f"{SHARED}#churn"))
    )
    plan = a_plan(subject=a_subject(model_id=MODEL, endpoints=endpoints))
    return Retirement(id="RET-1", plan=plan, **changes)


def told(there: Snapshot, state: Retirement) -> Facts:
    return consumers(there, state, Facts(observed_at=PROPOSED_AT))


def test_the_latest_calls_to_any_part_count_with_where_they_were_seen():
    there = a_snapshot(
        seen(BILLING, LIVE),
        seen(BILLING, "mlflow:churn/1", "2027-01-25", declared_in="other.log:3"),
        seen(BILLING, OTHER, "2027-02-09"),
    )
    (calls,) = told(there, a_state()).calls
    assert (calls.to_id, calls.last_seen, calls.seen_in) == ("mlflow:churn/1", "2027-01-25", "other.log:3")
    assert calls.calls_per_day == "2.5"


def test_of_an_edge_that_is_declared_as_well_the_declaration_is_not_where_it_was_seen():
    declared = seen(BILLING, LIVE, declared_in="catalog.yaml:3", origin=Origin.DECLARED)
    (calls,) = told(a_snapshot(declared), a_state()).calls
    assert (calls.seen_in, calls.last_seen) == ("", "2027-01-20")


def test_an_edge_that_is_only_declared_tells_of_no_call():
    assert told(a_snapshot(Dependency(from_id=BILLING, to_id=LIVE)), a_state()).calls == ()


def test_who_calls_a_server_that_others_share_may_call_it_for_another_model():
    facts = told(a_snapshot(seen(BILLING, SHARED), seen(SCORER.id, SHARED)), a_state())
    assert {one.consumer_id for one in facts.impact} == {BILLING, SCORER.id}
    assert [(one.consumer_id, one.to_id) for one in facts.calls] == [(SCORER.id, SHARED)]


def test_calls_to_an_endpoint_that_stays_speak_against_nobody():
    facts = told(a_snapshot(seen(BILLING, LIVE)), a_state(f"{SHARED}#churn"))
    assert (facts.impact, facts.calls) == ((), ())


def test_a_caller_answers_to_the_team_that_claimed_it_as_it_stands_now():
    there = a_snapshot(seen(SCORER.id, LIVE))
    caller = Caller(consumer=told(there, a_state()).impact[0], team_id=EDGE.id)
    (found,) = told(there, a_state(callers=(caller,))).impact
    assert (found.owners.team_name, found.owners.slack_ids) == ("edge", ("UEDDY",))


def test_what_a_caller_was_found_to_be_is_told_where_it_was_asked_about():
    there = a_snapshot(seen(BILLING, LIVE), entities=(*ENTITIES[:-1], replace(SCORER, declared_as=BILLING)))
    asked = Caller(consumer=told(a_snapshot(seen(SCORER.id, LIVE)), a_state()).impact[0])
    assert told(there, a_state(callers=(asked,))).joined == {SCORER.id: BILLING}
    assert told(there, a_state()).joined == {}


def test_what_belongs_to_a_restricted_model_has_no_name_whoever_calls_it_or_turned_out_to_be_it():
    live = Entity(
        id="component:default/ranking-live", kind=Kind.ENDPOINT, name="ranking-live", model_id=OTHER
    )
    quiet = (*ENTITIES[:1], replace(ENTITIES[1], restricted_to=()), *ENTITIES[2:-1], live)
    built_on = Dependency(from_id=live.id, to_id=LIVE)
    of_call = told(a_snapshot(built_on, seen(SCORER.id, live.id), entities=(*quiet, SCORER)), a_state())
    veiled = next(one.consumer_id for one in of_call.impact if one.name == NAME)
    assert [one.to_id for one in of_call.calls] == [veiled]

    asked = Caller(consumer=told(a_snapshot(seen(SCORER.id, LIVE)), a_state()).impact[0])
    declared = a_snapshot(built_on, entities=(*quiet, replace(SCORER, declared_as=live.id)))
    of_answer = told(declared, a_state(callers=(asked,)))
    assert (of_answer.joined, of_answer.unowned) == ({}, {SCORER.id: veiled}), "nobody owns it"
    planned = a_state()
    planned = replace(planned, plan=replace(planned.plan, consumer_ids=(live.id,)))
    known = told(declared, planned)
    assert known.ids == {live.id: veiled}, "it was restricted since"
    assert "ranking" not in str((of_call, of_answer))


def test_one_that_is_an_endpoint_of_the_model_which_the_plan_does_not_have_is_still_asked_about():
    shadow = Entity(id="component:default/shadow", kind=Kind.ENDPOINT, name="shadow", model_id=MODEL)
    serves = Dependency(from_id=shadow.id, to_id=MODEL)
    caller = told(a_snapshot(seen(SCORER.id, LIVE)), a_state()).impact[0]
    asked = (Caller(consumer=caller, calls=some_calls(SCORER.id)),)
    entities = (*ENTITIES[:-1], shadow, replace(SCORER, declared_as=shadow.id))
    there = a_snapshot(serves, seen(shadow.id, LIVE), entities=entities)
    left = told(there, a_state(callers=asked))
    assert (left.impact, left.calls) == ((caller,), (some_calls(SCORER.id),))
    assert (left.joined, left.staying) == ({}, {SCORER.id: shadow.id})
    had = told(there, a_state(LIVE, f"{SHARED}#churn", shadow.id, callers=asked))
    assert (had.impact, had.joined, had.staying) == ((), {SCORER.id: shadow.id}, {})


def test_so_does_what_it_turned_out_to_be_for_as_long_as_nobody_else_can_be_reached():
    nobody = replace(ENTITIES[5], owner_id="")
    seen_as = replace(SCORER, declared_as=BILLING)
    there = a_snapshot(seen(BILLING, LIVE), entities=(*ENTITIES[:5], nobody, seen_as))
    caller = Caller(consumer=told(there, a_state()).impact[0], team_id=EDGE.id, declared_as=BILLING)
    caller = replace(caller, consumer=replace(caller.consumer, consumer_id=SCORER.id))
    (found,) = told(there, a_state(callers=(caller,))).impact
    assert (found.consumer_id, found.owners.team_name) == (BILLING, "edge")


def test_an_endpoint_that_the_plan_has_by_another_catalogs_id_does_not_stay():
    shadow = Entity(
        id="component:default/shadow",
        kind=Kind.ENDPOINT,
        name="shadow",
        model_id=MODEL,
        aliases=("arn:shadow",),
    )
    other = Entity(id="arn:shadow", kind=Kind.ENDPOINT, name="shadow", model_id=MODEL)
    serves = Dependency(from_id=shadow.id, to_id=MODEL)
    caller = Caller(consumer=told(a_snapshot(seen(SCORER.id, LIVE)), a_state()).impact[0])
    there = a_snapshot(
        serves, entities=(*ENTITIES[:-1], shadow, other, replace(SCORER, declared_as=shadow.id))
    )
    assert told(there, a_state(LIVE, other.id, callers=(caller,))).staying == {}


def test_people_speak_for_their_teams_and_for_themselves_where_they_are_in_none():
    assert [one.team_id for one in teams_of(a_snapshot(), "UEDDY")] == [EDGE.id]
    (alone,) = teams_of(a_snapshot(groups={}), "UEDDY")
    assert alone.team_id.startswith(erasable.PERSON)
    assert (alone.called, alone.slack_ids) == (Prose(prose=EDDY.name), ("UEDDY",))
    again = erasable.answering(a_snapshot(groups={}), alone.team_id, ())
    assert again == alone, "whoever claims a caller for themselves answers for it"
    left = a_snapshot(groups={}, unseen={EDDY.id: "2027-01-01"})
    assert teams_of(left, "UEDDY") == ()
    assert teams_of(left, "USTRANGER") == ()
