"""A plan written as a file and read again is the same plan, and what is wrong with a file is told at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data.errors import Invalid
from data.plan_file import PlanFile, parsed, written
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.catalog import EndpointKind
from data.records.plan import Endpoint, Plan, Reason, Step, Subject
from data.records.progress import OF_EVERY_PLAN
from tests.builders import a_plan
from tests.workflows.rules.plans.test_brownouts import a_browned, planned
from workflows.rules.plans.plan import digest, sealed

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LISTS = st.lists(WORDS, max_size=3).map(tuple)
ENDPOINTS = st.builds(Endpoint, id=WORDS, name=WORDS, kind=st.sampled_from(EndpointKind), ref=WORDS)
REFERENCES = st.builds(
    Reference,
    of=st.sampled_from(ArtifactClass),
    what=WORDS,
    where=WORDS,
    name=WORDS,
    version=WORDS,
    digest=WORDS,
    on=WORDS,
    values=st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple),
)
SUBJECTS = st.builds(
    Subject,
    model_id=WORDS,
    model_name=WORDS,
    tier=st.integers(0, 9),
    owners=LISTS,
    endpoints=st.lists(ENDPOINTS, max_size=3).map(tuple),
    artifacts=LISTS,
    spared=LISTS,
    restricted_to=st.none() | LISTS,
    regulated=WORDS,
    classes=st.lists(st.builds(Classed, uri=WORDS, of=st.sampled_from(ArtifactClass)), max_size=3).map(tuple),
    references=st.lists(REFERENCES, max_size=3).map(tuple),
)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
PLANS = st.builds(
    Plan,
    subject=SUBJECTS,
    successor_id=WORDS,
    successor_name=WORDS,
    successor_from=st.just("") | st.dates().map(str),
    gap_days=st.integers(0, 9_999),
    reason=st.sampled_from(Reason),
    steps=st.lists(INSTANTS, min_size=6, max_size=6).map(
        lambda at: tuple(
            Step(kind=kind, due_at=one) for kind, one in zip(OF_EVERY_PLAN, sorted(at), strict=True)
        )
    ),
    consumer_ids=LISTS,
    policy_digest=WORDS,
    amends=WORDS,
)


@settings(deadline=None, max_examples=200)
@given(PLANS.map(sealed), st.sampled_from(["", "RET-1", "RET-907"]), WORDS, WORDS)
def test_a_plan_that_is_written_is_read_again_with_its_digest(
    plan: Plan, retirement: str, why: str, interim: str
):
    file = PlanFile(retirement=retirement, why=why, interim=interim, plan=plan)
    found = parsed(written(file), source="plan.toml")
    assert digest(found.plan) == plan.digest
    assert replace(found, plan=sealed(found.plan)) == file


def test_people_read_it():
    subject = replace(a_plan().subject, artifacts=("s3://m/w", "s3://m/card"), restricted_to=())
    lines = written(PlanFile(retirement="RET-7", why='it "decays"', plan=a_plan(subject=subject))).split("\n")
    assert lines[:2] == ['retirement = "RET-7"', 'why = "it \\"decays\\""']
    assert lines[lines.index("artifacts = [") : lines.index("restricted_to = []") + 1] == [
        "artifacts = [",
        '    "s3://m/w",',
        '    "s3://m/card",',
        "]",
        "restricted_to = []",
    ]
    at = lines.index("[[plan.steps]]")
    assert lines[at + 1].startswith('kind = "announce"')
    assert lines[at + 2].endswith("Z")
    assert not any("digest = " in line for line in lines if not line.startswith("policy_digest"))


def test_another_offset_is_the_same_instant():
    toml = written(PlanFile(why="w", plan=a_plan()))
    due = a_plan().steps[0].due_at
    before = f"{due:%Y-%m-%dT%H:%M:%S}Z"
    assert before in toml
    moved = toml.replace(before, f"{due:%Y-%m-%dT}{due.hour + 2:02}:{due:%M:%S}+02:00", 1)
    assert digest(parsed(moved, source="plan.toml").plan) == a_plan().digest


def problems(*changes: tuple[str, str]) -> list[str]:
    toml = written(PlanFile(retirement="RET-7", why="w", plan=a_plan()))
    for old, new in changes:
        assert old in toml, old
        toml = toml.replace(old, new, 1)
    with pytest.raises(Invalid) as error:
        parsed(toml, source="plan.toml")
    return str(error.value).split("\n")


def test_all_that_is_wrong_is_told_at_once_with_what_is_accepted():
    assert problems(
        ('why = "w"', 'wy = "w"'),
        ('reason = "replaced"', 'reason = "tired"\ndigest = "sha256:aa"'),
        ("tier = 3", 'tier = "3"'),
        ('kind = "local"', 'kind = "lokal"\nport = 8080'),
    ) == [
        "plan.toml wy: unknown; known here: retirement, why, interim, plan",
        (
            'plan.toml [plan] reason = "tired": one of replaced, decay, drift, cost, provider end of support, '
            "regulatory, security, business"
        ),
        "plan.toml [plan] digest: leave it out: it is worked out from all the rest",
        'plan.toml [plan.subject] tier = "3": a whole number from 0 on',
        (
            'plan.toml [plan.subject.endpoints[0]] kind = "lokal": one of local, proxy, envoy, haproxy, '
            "sagemaker, flags, manual"
        ),
        "plan.toml [plan.subject.endpoints[0]] port: unknown; known here: id, name, kind, ref",
        "plan.toml why: is missing, and has to be said",
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(('kind = "drill"', 'kind = "close"'), "announce, archive, drill, migrate, ", id="steps"),
        pytest.param(("Z", ""), "a date and time with its offset, 2027-03-01T09:00:00Z", id="no offset"),
        pytest.param(
            ("[plan.subject]", "[plan.subjekt]"), "[plan] subjekt: unknown; known here: ", id="table"
        ),
        pytest.param(
            ('retirement = "RET-7"', 'retirement = "churn"'), 'retirement = "churn": whose', id="whose"
        ),
        pytest.param(("[plan]\n", '[plan]\nsuccessor_from = "May"\n'), "a day, ", id="day"),
        pytest.param(("due_at = 2027", "due_at = 2028"), "[plan.steps archive] due_at", id="order"),
    ],
)
def test_what_makes_no_plan_is_refused(change: tuple[str, str], problem: str):
    assert any(problem in one for one in problems(change))


def test_brownouts_are_written_and_read_and_held_between_their_neighbours():
    plan = planned(a_browned())
    toml = written(PlanFile(why="w", plan=plan))
    assert digest(parsed(toml, source="plan.toml").plan) == plan.digest
    first = "ends_at = 2027-03-04T10:05:00Z"
    assert first in toml
    with pytest.raises(Invalid) as error:
        parsed(toml.replace(first, "ends_at = 2027-03-04T09:55:00Z"), source="plan.toml")
    assert str(error.value) == (
        'plan.toml [plan.steps brownout] windows[0] ends_at = "2027-03-04T09:55:00+00:00": after it begins, '
        "2027-03-04T10:00:00+00:00"
    )
    with pytest.raises(Invalid) as error:
        parsed(toml.replace("2027-03-16T10:00:00Z", "2027-03-17T10:00:00Z"), source="plan.toml")
    assert str(error.value) == (
        'plan.toml [plan.steps brownout] windows[4] ends_at = "2027-03-17T10:00:00+00:00": before what follows it, '
        "2027-03-17T09:00:00+00:00"
    )
