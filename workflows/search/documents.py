"""What is a model, or a retirement, found by? Each text with what it is of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from data import events
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity
from data.records.retirement import Retirement
from data.search import Text

WEIGHT = {
    "name": 100,
    "called": 60,
    "domain": 30,
    "owner": 30,
    "about": 20,
    "why": 20,
    "lesson": 15,
    "attested": 15,
    "artifact": 10,
    "fact": 5,
    "class": 5,
    "state": 5,
    "archive": 5,
}
"""By which the best find comes first: a name before what was said of it, before what lies in its archive."""


def of_model(model: Entity, there: Snapshot) -> Iterator[Text]:
    """`there`: the catalog it is read from, as whoever asks sees it."""
    yield Text("name", model.name)
    for name in dict.fromkeys((model.title, model.id, *model.aliases)):
        if name and name != model.name:
            yield Text("called", name)
    yield from (Text("called", version.name) for version in there.versions_of(model.id))
    yield from (Text("about", text) for text in (model.about,) if text)
    yield from (Text("domain", text) for text in (model.domain,) if text)
    yield from (Text("owner", one) for one in owners(model, there))
    yield from (Text("artifact", uri) for uri in model.artifacts)
    yield from _facts(model.references)
    yield Text("state", "active")


def of_retirement(
    state: Retirement, said: tuple[events.Reviewed, ...], model: Entity | None, there: Snapshot
) -> Iterator[Text]:
    """`said`: what people wrote in reviews; `model`: as the catalog has it, if it still does."""
    if state.plan is None:
        return
    plan, subject = state.plan, state.plan.subject
    yield Text("name", subject.model_name)
    yield Text("called", state.id)
    if subject.model_id != subject.model_name:
        yield Text("called", subject.model_id)
    if state.playbook:
        yield Text("called", state.playbook)
    yield from (Text("why", text) for text in (str(state.why), str(plan.reason), str(state.interim)) if text)
    for review in said:
        told = (review.went_well, review.hurt, review.change)
        yield from (Text("lesson", str(text)) for text in told if text)
    yield from (Text("attested", f"{one.name} {one.evidence}") for one in state.attested)
    yield from (Text("artifact", uri) for uri in subject.artifacts)
    yield from _facts(subject.references)
    then = people(subject.owners, there)
    yield from (Text("owner", one) for one in then)
    if model is not None:
        yield from (Text("owner", one) for one in owners(model, there) if one not in then)
        yield from (Text("domain", text) for text in (model.domain,) if text)
        yield from (Text("about", text) for text in (model.about,) if text)
    yield Text("state", str(state.state))
    if state.archived is not None:
        yield Text("archive", f"{state.archived.location} {state.archived.preservation_id}")
        yield from (Text("class", one.of) for one in state.archived.kept)


def owners(model: Entity, there: Snapshot) -> tuple[str, ...]:
    """As people call them, and by their accounts in Slack."""
    found = there.owners_of(model)
    named = (found.team_name, found.team_id, *people(found.slack_ids, there))
    return tuple(dict.fromkeys(filter(None, named)))


def people(slack_ids: Sequence[str], there: Snapshot) -> tuple[str, ...]:
    """Their accounts in Slack, and what the catalog calls whom it has there."""
    known = [there.person_by_slack(one) for one in slack_ids]
    names = [
        name
        for one in known
        if one is not None and one.id not in there.unseen
        for name in (one.name, one.id.rpartition("/")[2])
    ]
    return tuple(dict.fromkeys((*slack_ids, *names)))


def days(state: Retirement) -> frozenset[date]:
    """On which something happened that a person may remember it by."""
    instants = [state.proposed_at, state.approved_at, state.rolled_back_at, state.drilled_at]
    instants += [step.at for step in state.steps]
    instants += [one.at for one in state.attested]
    return frozenset(at.date() for at in instants if at is not None)


def _facts(references: object) -> Iterator[Text]:
    assert isinstance(references, tuple)
    for one in references:
        told = " ".join(filter(None, (one.what, one.name, one.where, one.version)))
        values = " ".join(f"{name} {value}" for name, value in one.values)
        yield Text("fact", f"{told} {values}".rstrip())
