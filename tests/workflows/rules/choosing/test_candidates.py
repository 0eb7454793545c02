"""What speaks for retiring a model, with who says so; what nobody tells never does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from data.policies.policy import read_criteria
from data.records.catalog import Dependency, Entity, Kind, Measure, Measured
from data.records.facts import Reading
from data.records.policy import Criterion
from data.records.support import Support
from workflows.rules.choosing.candidates import Considered, Finding, Verdict, findings, ranked

TODAY = date(2026, 9, 1)
CRITERIA = read_criteria()
FOR, AGAINST, UNKNOWN = Verdict
CATALOG = ("models.yaml:2", "2026-09-01")
LIVE = Entity(id="endpoint:live", kind=Kind.ENDPOINT, name="live")
NEXT = Entity(id="model:next", kind=Kind.MODEL, name="churn-2")


def a_model(name: str = "churn", **said: Any) -> Entity:
    return Entity(id=f"model:{name}", kind=Kind.MODEL, name=name, declared_in="models.yaml:2", **said)


def considered(model: Entity | None = None, **said: Any) -> Considered:
    return Considered(model=model or a_model(), **said)


def hosted(**said: Any) -> dict[str, Any]:
    told = Support(told_by="LiteLLM", verified_on="2026-08-03", **said)
    is_ending = bool(told.shutdown_on or told.deprecated_on)
    lifecycle = "deprecated" if is_ending else ""
    return {
        "hosted": (
            Entity(id="hosted:a/b", kind=Kind.VERSION, name="a/b", lifecycle=lifecycle, support=(told,)),
        )
    }


def a_use(by: str = "shop", **said: Any) -> Dependency:
    return Dependency(from_id=by, to_id=LIVE.id, sources=("csv",), **said)


def found(one: Considered, criterion: Criterion) -> Finding:
    (finding,) = findings(one, replace(CRITERIA, looks_at=(criterion,)), TODAY)
    return finding


def said(criterion: Criterion, verdict: Verdict, value: str, source: str = "", as_of: str = "") -> Finding:
    return Finding(criterion=criterion, verdict=verdict, value=value, source=source, as_of=as_of)


@pytest.mark.parametrize(
    ("told", "verdict", "value"),
    [
        ({}, UNKNOWN, "no registry of a provider tells of it"),
        (hosted(shutdown_on="2027-02-28"), FOR, "its provider switches it off on 2027-02-28, in 180 days"),
        (
            hosted(shutdown_on="2027-03-01"),
            AGAINST,
            "its provider switches it off on 2027-03-01, in 181 days",
        ),
        (hosted(shutdown_on="2026-09-01"), FOR, "its provider switched it off on 2026-09-01, today"),
        (hosted(shutdown_on="2026-08-31"), FOR, "its provider switched it off on 2026-08-31, 1 day ago"),
        (hosted(earliest_shutdown_on="2026-10-01"), AGAINST, "no day is named, and none before 2026-10-01"),
        (hosted(status="active"), AGAINST, "no day is named"),
    ],
    ids=["not hosted", "near", "far", "today", "gone", "no promise", "active"],
)
def test_the_end_of_a_providers_support(told: dict[str, Any], verdict: Verdict, value: str):
    source = ("LiteLLM", "2026-08-03") if told else ()
    assert found(considered(**told), Criterion.SUPPORT) == said(Criterion.SUPPORT, verdict, value, *source)


@pytest.mark.parametrize(
    ("model", "told", "verdict", "value", "source"),
    [
        (a_model(), {}, UNKNOWN, "its catalog tells no lifecycle", ()),
        (a_model(lifecycle="Deprecated"), {}, FOR, 'its lifecycle is "Deprecated"', CATALOG),
        (a_model(lifecycle="production"), {}, AGAINST, 'its lifecycle is "production"', CATALOG),
        (
            a_model(lifecycle="production"), hosted(deprecated_on="2026-02-01"), FOR,
            "deprecated by its provider on 2026-02-01", ("LiteLLM", "2026-08-03"),
        ),
    ],
    ids=["nobody says", "deprecated", "in production", "deprecated by its provider"],
)  # fmt: skip
def test_a_deprecated_lifecycle(
    model: Entity, told: dict[str, Any], verdict: Verdict, value: str, source: tuple[str, ...]
):
    finding = found(considered(model, **told), Criterion.DEPRECATED)
    assert finding == said(Criterion.DEPRECATED, verdict, value, *source)


def metered(calls: int, days: int = 30) -> dict[str, Any]:
    return {"endpoints": (LIVE,), "readings": (Reading(endpoint_id=LIVE.id, calls=calls, days=days),)}


METER = ("the meter of live", "2026-09-01")


@pytest.mark.parametrize(
    ("calls", "uses", "expected"),
    [
        (10, (a_use(),), (FOR, "10 calls a day", "m.csv:2", "2026-08-20")),
        (10.5, (a_use(),), (AGAINST, "10.5 calls a day", "m.csv:2", "2026-08-20")),
        (
            1,
            (a_use(calls_per_day=12, last_seen="2026-08-03"),),
            (AGAINST, "12 calls a day", "csv", "2026-08-03"),
        ),
        (
            1,
            (a_use(calls_per_day=1, last_seen="2026-08-03"),),
            (FOR, "1 call a day", "m.csv:2", "2026-08-20"),
        ),
    ],
    ids=["whoever nobody tells of is among them", "too many", "others count more", "others count as many"],
)
def test_whoever_measured_all_calls_is_believed_unless_others_count_more(
    calls: float, uses: tuple[Dependency, ...], expected: tuple[Any, ...]
) -> None:
    row = Measured(measure=Measure.CALLS, value=calls, on="2026-08-20", told_in="m.csv:2")
    one = considered(a_model(measured=(row,)), uses=uses, names={"shop": "shop"})
    assert found(one, Criterion.CALLS) == said(Criterion.CALLS, *expected)


@pytest.mark.parametrize(
    ("told", "idle", "calls"),
    [
        ({}, (UNKNOWN, "nobody tells of calls"), (UNKNOWN, "nobody tells of calls")),
        (metered(0), (FOR, "no call within 30 days", *METER), (FOR, "0 calls a day", *METER)),
        (metered(300), (AGAINST, "300 calls within 30 days", *METER), (FOR, "10 calls a day", *METER)),
        (metered(301), (AGAINST, "301 calls within 30 days", *METER), (AGAINST, "10.03 calls a day", *METER)),
        (
            metered(0, days=4),
            (UNKNOWN, "the meter of live is too young (0 calls in 4 days)"),
            (UNKNOWN, "the meter of live is too young (0 calls in 4 days)"),
        ),
        (
            {"uses": (a_use(calls_per_day=9.5, last_seen="2026-08-02"),)},
            (FOR, "last called 2026-08-02, 30 days ago", "csv", "2026-08-02"),
            (FOR, "9.5 calls a day", "csv", "2026-08-02"),
        ),
        (
            {"uses": (a_use(calls_per_day=12, last_seen="2026-08-03"), a_use("web"))},
            (AGAINST, "last called 2026-08-03, 29 days ago", "csv", "2026-08-03"),
            (AGAINST, "12 calls a day", "csv", "2026-08-03"),
        ),
        (
            {"uses": (a_use(calls_per_day=1, last_seen="2026-01-01"), a_use("web"), a_use("app"))},
            (
                UNKNOWN, "last called 2026-01-01, as far as is told; nobody says when web called (+1 more)", "csv",
                "2026-01-01",
            ),
            (
                UNKNOWN, "1 call a day, as far as is told; nobody says how often web calls (+1 more)", "csv",
                "2026-01-01",
            ),
        ),
    ],
    ids=[
        "nobody tells", "a meter that counted nothing", "at the limit", "beyond it", "too young a meter",
        "callers are told", "busy, whoever else calls", "some say nothing",
    ],
)  # fmt: skip
def test_how_much_it_is_used(told: dict[str, Any], idle: tuple[Any, ...], calls: tuple[Any, ...]):
    one = considered(names={"web": "web", "app": "app"}, **told)
    assert found(one, Criterion.IDLE) == said(Criterion.IDLE, *idle)
    assert found(one, Criterion.CALLS) == said(Criterion.CALLS, *calls)


@pytest.mark.parametrize(
    ("uses", "verdict", "value", "source"),
    [
        ((), FOR, "nothing depends on it", "the catalog"),
        ((a_use(),), AGAINST, "1 thing depends on it directly", "csv"),
        ((a_use(), a_use("web")), AGAINST, "2 things depend on it directly", "csv"),
    ],
    ids=["none", "one", "two"],
)
def test_who_depends_on_it(uses: tuple[Dependency, ...], verdict: Verdict, value: str, source: str):
    finding = found(considered(uses=uses), Criterion.DEPENDANTS)
    assert finding == said(Criterion.DEPENDANTS, verdict, value, source, "2026-09-01")


@pytest.mark.parametrize(
    ("named", "told", "verdict", "value"),
    [
        ("", {}, AGAINST, "none is named"),
        ("", {"missing": "gone"}, AGAINST, "gone is named, which nobody declares: churn -> gone"),
        (
            NEXT.id,
            {"successors": (NEXT,), "missing": "gone"},
            AGAINST,
            "gone is named, which nobody declares: churn -> churn-2 -> gone",
        ),
        (
            NEXT.id,
            {"successors": (NEXT,), "leaving": {NEXT.id: "churn-2 is being retired itself (RET-2)"}},
            AGAINST,
            "churn-2 is being retired itself (RET-2): churn -> churn-2",
        ),
        (
            NEXT.id,
            {"successors": (NEXT,), "is_cyclic": True},
            AGAINST,
            "its successors lead back to themselves: churn -> churn-2",
        ),
    ],
    ids=["none", "nobody declares it", "nobody declares what follows that", "retiring", "cyclic"],
)
def test_a_successor_nobody_can_move_to_speaks_against_it(
    named: str, told: dict[str, Any], verdict: Verdict, value: str
):
    finding = found(considered(a_model(successor_id=named), **told), Criterion.SUCCESSOR)
    assert finding == said(Criterion.SUCCESSOR, verdict, value, "models.yaml:2", "2026-09-01")


@pytest.mark.parametrize(
    ("lifecycle", "served_by", "verdict", "value"),
    [
        ("Production", (), FOR, 'the lifecycle of churn-2 is "Production"'),
        ("experimental", ("next",), AGAINST, 'the lifecycle of churn-2 is "experimental"'),
        ("", ("next",), FOR, "churn-2 is served by next; its catalog tells no lifecycle"),
        ("", ("next", "also"), FOR, "churn-2 is served by next (+1 more); its catalog tells no lifecycle"),
        ("", (), UNKNOWN, "churn-2 is named; its catalog tells no lifecycle, and of nothing that serves it"),
    ],
    ids=["in production", "experimental", "served", "served twice", "nobody says"],
)
def test_a_successor_is_called_what_its_catalog_calls_it(
    lifecycle: str, served_by: tuple[str, ...], verdict: Verdict, value: str
):
    follower = replace(NEXT, lifecycle=lifecycle, declared_in="models.yaml:9")
    one = considered(a_model(successor_id=NEXT.id), successors=(follower,), served_by=served_by)
    finding = found(one, Criterion.SUCCESSOR)
    assert finding == said(Criterion.SUCCESSOR, verdict, value, "models.yaml:9", "2026-09-01")


def test_most_reasons_come_first_then_the_most_telling_then_the_name():
    old = a_model("old", lifecycle="deprecated")
    many = considered(old, **metered(0))
    telling = considered(a_model("zeta", lifecycle="deprecated"), uses=(a_use(),))
    lonely = [considered(a_model(name)) for name in ("Beta", "alpha")]
    none = considered(a_model("busy"), uses=(a_use(),))
    order = ranked([none, *lonely, telling, many], CRITERIA, TODAY)
    assert [(one.model.name, [str(reason.criterion) for reason in one.reasons]) for one in order] == [
        ("old", ["deprecated", "idle", "calls", "dependants"]),
        ("zeta", ["deprecated"]),
        ("alpha", ["dependants"]),
        ("Beta", ["dependants"]),
    ]
    turned = ranked(
        [*lonely, telling], replace(CRITERIA, looks_at=(Criterion.DEPENDANTS, Criterion.DEPRECATED)), TODAY
    )
    assert [one.model.name for one in turned] == ["alpha", "Beta", "zeta"]
