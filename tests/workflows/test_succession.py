"""Who can take over from a model: its successors are followed to the end, and the whole chain is told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.catalog import EndpointKind, Entity, Kind, SuccessorName
from data.records.plan import Endpoint
from data.records.retirement import Retirement, State
from tests.builders import a_dark, a_proposed, a_subject
from workflows.audiences import seen
from workflows.succession import named, onward_note, trouble


def model(name: str, successor: str = "") -> Entity:
    return Entity(
        id=f"model:{name}", kind=Kind.MODEL, name=name, successor_id=f"model:{successor}" * bool(successor)
    )


def chained(*names: str, end: str = "") -> tuple[Entity, ...]:
    """Each model is followed by the next one, the last by `end`."""
    return tuple(model(name, after) for name, after in zip(names, (*names[1:], end), strict=True))


def catalog(*entities: Entity, unseen: dict[str, str] | None = None) -> Snapshot:
    served = [one for one in entities if one.kind is Kind.ENDPOINT]
    stated = {one.id: ((one.model_id, "csv", "edges.csv:1"),) for one in served}
    return Snapshot.of(Stored(1, {one.id: one for one in entities}, stated, {}, {}, {}, unseen or {}))


def retiring(name: str, state: State = State.MIGRATING, number: int = 7) -> Retirement:
    standing = a_dark().state if state is State.ARCHIVED else a_proposed().state
    subject = a_subject(model_id=f"model:{name}", model_name=name, endpoints=())
    return replace(standing, id=f"RET-{number}", state=state, plan=replace(standing.plan, subject=subject))


def told(there: Snapshot, *retirements: Retirement) -> str:
    """Of the model `a` and its successor `b`."""
    return trouble(there.entity("model:a"), there.entity("model:b"), there, retirements)


def test_a_successor_without_one_of_its_own_can_take_over():
    assert told(catalog(*chained("a", "b"))) == ""


def test_a_chain_of_three_that_ends_well_can_take_over_and_says_where_it_ends():
    there = catalog(*chained("a", "b", "c", "d"))
    assert told(there) == ""
    assert onward_note(there.entity("model:a"), there.entity("model:b"), there) == (
        "b is to be followed itself: b -> c -> d; whoever moves now may have to move again"
    )
    assert onward_note(there.entity("model:a"), there.entity("model:d"), there) == ""


@pytest.mark.parametrize(
    ("names", "end", "retirements", "unseen", "said"),
    [
        pytest.param("ab", "", [retiring("b")], {}, "b is being retired itself (RET-7): choose one that stays. "
                     "The chain: a -> b", id="one link, being retired"),
        pytest.param("abcd", "", [retiring("b")], {}, "b is being retired itself (RET-7): choose d. "
                     "The chain: a -> b -> c -> d", id="the first of three, which end well"),
        pytest.param("abcd", "", [retiring("c")], {}, "c is being retired itself (RET-7): choose d. "
                     "The chain: a -> b -> c -> d", id="the middle of three"),
        pytest.param("abcd", "", [retiring("d")], {}, "d is being retired itself (RET-7): choose one that stays, "
                     "or correct the successor of c in the catalog. The chain: a -> b -> c -> d", id="the last"),
        pytest.param("abc", "", [retiring("c", State.ARCHIVED)], {}, "c was retired (RET-7): choose one that stays, "
                     "or correct the successor of b in the catalog. The chain: a -> b -> c", id="retired"),
        pytest.param("abc", "", [], {"model:c": "2026-03-02T09:00:00Z"}, "c is not in the catalog since 2026-03-02: "
                     "choose one that stays, or correct the successor of b in the catalog. The chain: a -> b -> c",
                     id="left the catalog"),
        pytest.param("abc", "gone", [], {}, "c is to be followed by model:gone, which no catalog declares: "
                     "correct the successor of c in the catalog and import it, or choose one that stays. "
                     "The chain: a -> b -> c -> model:gone", id="missing"),
        pytest.param("abc", "a", [], {}, "its own successors lead back here: a -> b -> c -> a", id="back to the model"),
        pytest.param("abc", "b", [], {}, "its own successors go round: a -> b -> c -> b", id="round among themselves"),
        pytest.param("ab", "b", [], {}, "its own successors go round: a -> b -> b", id="its own successor"),
    ],
)  # fmt: skip
def test_whatever_goes_is_not_there_or_goes_round_bars_the_chain(names, end, retirements, unseen, said):
    assert told(catalog(*chained(*names, end=end), unseen=unseen), *retirements) == said


RESTRICTED = (
    "b is to be followed by a restricted model, which cannot take over itself: correct the successor of b in the "
    "catalog and import it, or choose one that stays. The chain: a -> b -> a restricted model"
)


@pytest.mark.parametrize(
    ("end", "retirements", "said"),
    [
        pytest.param("", [retiring("c")], RESTRICTED, id="it retires"),
        pytest.param("", [retiring("d")], RESTRICTED, id="what follows it retires"),
        pytest.param("", [retiring("b")], "b is being retired itself (RET-7): choose one that stays. "
                     "The chain: a -> b -> a restricted model", id="what it follows retires"),
        pytest.param("gone", [], RESTRICTED, id="it leads nowhere"),
        pytest.param("a", [], RESTRICTED, id="it leads back"),
    ],
)  # fmt: skip
def test_of_a_restricted_link_neither_its_name_is_told_nor_what_follows_it(end, retirements, said):
    a, b, c, d = chained(*"abcd", end=end)
    there = catalog(a, b, replace(c, restricted_to=()), d)
    assert told(there, *retirements) == said


def test_the_number_of_a_restricted_retirement_is_told_nowhere():
    a, b = chained("a", "b")
    assert "(RET-7)" in told(catalog(a, b), retiring("b"))
    there = catalog(a, replace(b, restricted_to=()))
    assert told(there, retiring("b")) == "b is being retired itself: choose one that stays. The chain: a -> b"


def test_that_whoever_moves_may_have_to_move_again_is_said_without_the_name_of_a_restricted_link():
    a, b, c, d = chained(*"abcd")
    there = catalog(a, b, replace(c, restricted_to=()), d)
    assert told(there) == ""
    assert onward_note(a, b, there) == (
        "b is to be followed itself: b -> a restricted model; whoever moves now may have to move again"
    )


def test_who_may_not_know_of_a_model_is_told_that_no_successor_is_called_so_and_not_what_is_called_alike():
    a, canary = model("a"), replace(model("canary"), restricted_to=())
    there = catalog(a, canary)
    for asked in ("model:canary", "model:canari"):
        found = named(a, asked, there, (), known=seen(there, "UANN"))
        assert found.trouble == f'No model is called "{asked}"; nothing has a similar name'


def test_who_says_that_it_goes_on_where_nobody_is_told_with_the_line_that_says_so():
    named = SuccessorName(text="fraud-v9", ids=("model:fraud-v9",))
    last = replace(model("b"), successor_named=named, declared_in="models.yaml:12")
    assert told(catalog(model("a", "b"), last)) == (
        "b is to be followed by fraud-v9, which no catalog declares (models.yaml:12 says so): "
        "correct the successor of b in the catalog and import it, or choose one that stays. "
        "The chain: a -> b -> fraud-v9"
    )
    assert told(catalog(model("a", "b"), last, model("fraud-v9"))) == ""


@pytest.mark.parametrize(
    "state", [State.WITHDRAWN, State.REJECTED, State.EXPIRED, State.CANCELLED, State.ROLLED_BACK]
)
def test_a_retirement_that_came_to_nothing_bars_nobody(state):
    assert told(catalog(*chained("a", "b", "c")), retiring("c", state)) == ""


def test_a_retired_model_that_was_deployed_again_can_take_over():
    again = Entity(id="endpoint:b", kind=Kind.ENDPOINT, name="b-live", model_id="model:b")
    assert told(catalog(*chained("a", "b"), again), retiring("b", State.ARCHIVED)) == ""


def test_a_very_long_chain_shows_both_of_its_ends():
    there = catalog(*chained("a", "b", *(f"m{number}" for number in range(500))))
    said = told(there, retiring("m499"))
    assert said.endswith(
        "The chain: a -> b -> m0 -> m1 -> m2 -> m3 -> 490 more -> m494 -> m495 -> m496 -> m497 -> m498 -> m499"
    )


def test_what_retires_under_another_catalogs_id_goes_as_well_once_the_two_are_one():
    b = replace(model("b"), aliases=("mlflow:b",))
    other = Entity(id="mlflow:b", kind=Kind.MODEL, name="b")
    going = retiring("b")
    going = replace(going, plan=replace(going.plan, subject=replace(going.plan.subject, model_id=other.id)))
    assert told(catalog(model("a", "b"), b, other), going).startswith("b is being retired itself (RET-7)")
    assert told(catalog(model("a", "b"), replace(b, aliases=()), other), going) == ""


def test_a_retired_model_whose_endpoint_another_catalog_calls_otherwise_by_now_does_not_serve():
    served = Entity(
        id="endpoint:b", kind=Kind.ENDPOINT, name="b-live", model_id="model:b", aliases=("arn:b",)
    )
    other = Entity(id="arn:b", kind=Kind.ENDPOINT, name="b-live", model_id="model:b")
    was = retiring("b", State.ARCHIVED)
    endpoint = Endpoint(id=served.id, name="b-live", kind=EndpointKind.LOCAL, ref="b-live")
    subject = replace(was.plan.subject, endpoints=(endpoint,))
    was = replace(was, plan=replace(was.plan, subject=subject))
    assert "b was retired (RET-7)" in told(catalog(*chained("a", "b"), served, other), was)
    assert told(catalog(*chained("a", "b"), replace(served, aliases=()), other), was) == ""


def test_what_only_a_file_shared_in_slack_tells_of_takes_nobody_over():
    shared = replace(model("b"), declared_in="slack:C1/b.yaml:3")
    assert told(catalog(model("a"), shared)) == (
        "b is told of only in a file shared in Slack: choose one that stays. The chain: a -> b"
    )
    of_both = (replace(model("a"), declared_in="slack:C1/b.yaml:1"), shared)
    assert told(catalog(*of_both)) == "", (
        "where nothing is told elsewhere, there is nobody to speak against it"
    )
