"""Who may know of a model, and of its retirement?

It stays as restricted as it was when its plan was frozen, and what its catalog says since counts as well. Besides those
who may see its model know of it who lead it, who vote on it, and whom it asks to move, with whoever stands in for them;
and whom the policy names to attest it or to shorten its notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from weakref import WeakKeyDictionary

from data.catalog.restricted import named
from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from workflows.membership import attesters, glass_breakers, members
from workflows.rules.gating import attesting
from workflows.rules.people.delegating import InForce, stands_in_for
from workflows.rules.restriction import is_restricted
from workflows.rules.voting.quorum import open_round
from workflows.rules.voting.roles import voting

# Most people see the same catalog, which is made once for each version of it.
_SEEN: WeakKeyDictionary[Snapshot, dict[frozenset[str], Snapshot]] = WeakKeyDictionary()


def seen(whole: Snapshot, person: str) -> Snapshot:
    """The catalog as this person may know of it."""
    return _without(frozenset(one for one, people in whole.audiences.items() if person not in people), whole)


def told_to_all(whole: Snapshot, model_id: str) -> Snapshot:
    """The catalog as whoever reads a plan of this model may know of it: without all others that are restricted."""
    return _without(frozenset(whole.audiences).difference([whole.id_of(model_id)]), whole)


def _without(hidden: frozenset[str], whole: Snapshot) -> Snapshot:
    if not hidden:
        return whole
    known = _SEEN.setdefault(whole, {})
    if hidden not in known:
        known[hidden] = whole.without(hidden)
    return known[hidden]


def is_marked(state: Retirement, there: Snapshot) -> bool:
    """Is it restricted, as its plan was frozen or as its model is marked now?"""
    is_now = state.plan is not None and there.id_of(state.plan.subject.model_id) in there.audiences
    return is_restricted(state) or is_now


def sees(person: str, state: Retirement, there: Snapshot, delegations: Callable[[], InForce]) -> bool:
    """May this person know of it?"""
    if state.plan is None or not is_marked(state, there):
        return True
    return _is_let_in(person, state, there) or _is_asked(person, state, there, delegations())


def _is_let_in(person: str, state: Retirement, there: Snapshot) -> bool:
    assert state.plan is not None
    subject = state.plan.subject
    now = there.audiences.get(there.id_of(subject.model_id))
    owners = _owners(state, there)
    then = named(subject.restricted_to, there).union(owners) if subject.restricted_to is not None else None
    return all(person in people for people in (now, then) if people is not None)


def _is_asked(person: str, state: Retirement, there: Snapshot, delegations: InForce) -> bool:
    asked = {state.proposer_id, state.coordinator_id, *_owners(state, there)}
    asked.update(_voters(state, there))
    for duty in state.obligations:
        asked.update(duty.asked, duty.consumer.owners.slack_ids)
    in_place_of = (person, *stands_in_for(person, delegations))
    return not asked.isdisjoint(in_place_of) or person in _named_by_policy(state, there)


def _voters(state: Retirement, there: Snapshot) -> Iterator[str]:
    """Who votes, or may take a vote back; once the round is over, who is in a role now: who left one knows no more."""
    if (round_ := open_round(state)) is not None:
        yield from (person for people in round_.members.values() for person in people)
        yield from (cast.voter_id for cast in round_.ballots)
    elif state.policy is not None and state.plan is not None:
        owners = there.owners_now([state.plan.subject.model_id])
        for people in members(there, voting(state), owners).values():
            yield from people


def _named_by_policy(state: Retirement, there: Snapshot) -> Iterator[str]:
    """Who attests it or may shorten its notice: themselves, and nobody in their place."""
    assert state.plan is not None
    if state.policy is None:
        return
    owners = there.owners_now([state.plan.subject.model_id])
    yield from glass_breakers(there, state.policy, owners)
    may_attest = attesters(there, state.policy, owners)
    for wanted in attesting.required(state):
        yield from may_attest[wanted.name]


def _owners(state: Retirement, there: Snapshot) -> Iterable[str]:
    assert state.plan is not None
    subject = state.plan.subject
    return there.owners_now((subject.model_id, *(endpoint.id for endpoint in subject.endpoints)))
