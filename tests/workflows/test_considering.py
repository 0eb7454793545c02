"""Candidates of a real catalog: who is in question, who is left out and counted, and what meters and callers say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.importers.deprecations import read_deprecations
from data.importers.measures import read_measures
from data.policies.policy import read_criteria
from data.records.catalog import EndpointKind
from data.records.plan import Endpoint
from data.records.policy import Criterion
from data.records.retirement import Retirement, State
from data.sqlite.store import SqliteStore
from tests.builders import a_plan, a_subject
from tests.data.catalogs import MONDAY, NoRetirements, a_document, imported, imported_csv
from workflows.adapters.call_log import CallLog
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import CALLS_FILE
from workflows.considering import Ranking, ranking
from workflows.rules.choosing.candidates import Candidate

REGISTRY = """provider: acme
model: {0}
shutdown_on: {1}
status: deprecated
last_verified: 2026-02-03
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A model with a metered endpoint and one caller, its successor, and one that nothing is said against."""
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    documents = (
        a_document("Group", "ml", "members: []"),
        a_document("Resource", "churn", "type: ai-model, owner: ml, lifecycle: deprecated", successor="churn-2"),
        a_document("Resource", "churn-2", "type: ai-model, owner: ml"),
        a_document(
            "Component", "live", "type: model-server, dependsOn: [resource:churn]",
            endpoint_kind="local", endpoint_ref="live",
        ),
        a_document("Component", "next", "type: model-server, dependsOn: [resource:churn-2]"),
        a_document("Component", "shop", "type: service, dependsOn: [component:live, component:next]"),
    )  # fmt: skip
    (source := tmp_path / "catalog.yaml").write_text("---\n".join(documents))
    imported(catalog, source)
    yield catalog
    store.close()


def a_meter(tmp_path: Path, *, days: int = 40, calls: int = 0) -> LocalEndpoints:
    """An endpoint that ran for so long until today, and was called so often yesterday."""
    endpoints = LocalEndpoints(tmp_path / "endpoints")
    (folder := endpoints.folder("live")).mkdir(parents=True)
    log = CallLog(folder / CALLS_FILE, MONDAY - timedelta(days=days))
    for _ in range(calls):
        log.record("shop", MONDAY - timedelta(days=1))
    log.live(MONDAY)
    return endpoints


def asked(catalog: Catalog, *retirements: Retirement, meter: LocalEndpoints | None = None) -> Ranking:
    meters = {EndpointKind.LOCAL: meter} if meter else {}
    return ranking(catalog.snapshot(), retirements, meters, read_criteria(), MONDAY, today=MONDAY.date())


def told(one: Candidate) -> dict[str, tuple[str, str]]:
    return {str(finding.criterion): (str(finding.verdict), finding.value) for finding in one.findings}


def a_retirement(model: str, state: State, *endpoints: str) -> Retirement:
    ends = tuple(Endpoint(id=one, name=one, kind=EndpointKind.LOCAL, ref=one) for one in endpoints)
    subject = a_subject(model_id=f"resource:default/{model}", model_name=model, endpoints=ends)
    return Retirement(id="RET-7", state=state, plan=a_plan(subject=subject))


def test_a_candidate_has_every_criterion_with_what_the_catalog_and_the_meter_say(
    catalog: Catalog, tmp_path: Path
):
    found = asked(catalog, meter=a_meter(tmp_path))
    assert [one.model.name for one in found.candidates] == ["churn"]
    assert told(found.candidates[0]) == {
        "support": ("unknown", "no registry of a provider tells of it"),
        "deprecated": ("for", 'its lifecycle is "deprecated"'),
        "idle": ("for", "no call within 30 days"),
        "calls": ("for", "0 calls a day"),
        "decay": ("unknown", "nobody tells"),
        "drift": ("unknown", "nobody tells"),
        "cost": ("unknown", "nobody tells"),
        "dependants": ("against", "1 thing depends on it directly"),
        "successor": ("for", "churn-2 is served by next; its catalog tells no lifecycle"),
    }
    assert (found.leaving, found.unused, found.unremarkable) == (0, 0, 1)


@pytest.mark.parametrize(
    ("days", "calls", "idle"),
    [
        (40, 3, ("against", "3 calls within 30 days")),
        (12, 0, ("unknown", "the meter of live is too young (0 calls in 12 days) (+1 more)")),
        (0, 0, ("unknown", "the meter of live is too young (0 calls in 0 days) (+1 more)")),
    ],
)
def test_what_a_meter_says_counts_only_for_as_long_as_it_ran(
    catalog: Catalog, tmp_path: Path, days: int, calls: int, idle: tuple[str, str]
):
    (one,) = asked(catalog, meter=a_meter(tmp_path, days=days, calls=calls)).candidates
    assert told(one)["idle"] == idle


def test_without_a_meter_callers_are_believed_where_all_of_them_are_told(catalog: Catalog, tmp_path: Path):
    (one,) = asked(catalog).candidates
    assert told(one)["idle"] == ("unknown", "nobody says when shop called")
    (calls := tmp_path / "calls.csv").write_text(
        "from,to,last_seen,calls_per_day\nshop,live,2026-01-02,0.5\n"
    )
    imported_csv(catalog, calls)
    (one,) = asked(catalog).candidates
    assert told(one)["idle"] == ("for", "last called 2026-01-02, 59 days ago")
    assert told(one)["calls"] == ("for", "0.5 calls a day")
    sources = {finding.criterion: (finding.source, finding.as_of) for finding in one.findings}
    assert sources[Criterion.CALLS] == ("backstage, csv", "2026-01-02")


@pytest.mark.parametrize(
    ("retirement", "names", "leaving"),
    [
        (a_retirement("churn", State.PROPOSED), [], 1),
        (a_retirement("churn", State.ARCHIVED, "component:default/live"), [], 1),
        (a_retirement("churn", State.ARCHIVED, "component:default/former"), ["churn"], 0),
        (a_retirement("churn", State.WITHDRAWN, "component:default/live"), ["churn"], 0),
    ],
    ids=["retires", "retired", "was deployed again", "stayed"],
)
def test_what_retires_or_did_is_left_out_and_counted(
    catalog: Catalog, retirement: Retirement, names: list[str], leaving: int
):
    found = asked(catalog, retirement)
    assert ([one.model.name for one in found.candidates], found.leaving) == (names, leaving)


def test_a_successor_that_retires_is_none(catalog: Catalog):
    (one,) = asked(catalog, a_retirement("churn-2", State.MIGRATING)).candidates
    assert told(one)["successor"] == (
        "against",
        "churn-2 is being retired itself (RET-7): churn -> churn-2",
    )


def test_a_hosted_model_is_in_question_where_somebody_here_uses_it(catalog: Catalog, tmp_path: Path):
    for name, day in (("chat-1", "2026-04-01"), ("chat-2", "2026-04-01")):
        (tmp_path / f"{name}.yaml").write_text(REGISTRY.format(name, day))
    paths = [tmp_path / "chat-1.yaml", tmp_path / "chat-2.yaml"]
    reading = read_deprecations(paths, known=catalog.known())
    catalog.import_(reading, format="deprecations", now=MONDAY)
    (edges := tmp_path / "edges.csv").write_text("from,to\nshop,acme/chat-1\n")
    imported_csv(catalog, edges)
    found = asked(catalog)
    assert [one.model.name for one in found.candidates] == ["chat-1", "churn"]
    assert told(found.candidates[0])["support"] == (
        "for",
        "its provider switches it off on 2026-04-01, in 30 days",
    )
    assert found.unused == 1


def test_a_criterion_the_policy_leaves_out_is_not_looked_at(catalog: Catalog):
    criteria = replace(read_criteria(), looks_at=(Criterion.DEPENDANTS,))
    found = ranking(catalog.snapshot(), (), {}, criteria, MONDAY, today=MONDAY.date())
    assert (found.candidates, found.unremarkable) == ((), 2)


def test_what_was_measured_of_a_model_and_its_endpoints_is_told_with_place_and_day(
    catalog: Catalog, tmp_path: Path
):
    (path := tmp_path / "m.csv").write_text(
        "model,measure,value,on,currency\nchurn,decay,0.07,2026-02-27,\n"
        "churn,drift,0.9,2025-02-27,\nlive,cost_per_month,400,2026-02-01,EUR\n"
    )
    reading = read_measures([path], known=catalog.known())
    catalog.import_(reading, format="measures", now=MONDAY)
    found = {one.criterion: one for one in asked(catalog).candidates[0].findings}

    assert [
        (one.verdict, one.value, one.source, one.as_of)
        for one in (found[Criterion.DECAY], found[Criterion.DRIFT], found[Criterion.COST])
    ] == [
        ("for", "7 % worse than when it was accepted", f"{path}:2", "2026-02-27"),
        ("unknown", "PSI 0.9, measured longer ago than 90 days", f"{path}:3", "2025-02-27"),
        ("against", "400 EUR a month, of live", f"{path}:4", "2026-02-01"),
    ]
