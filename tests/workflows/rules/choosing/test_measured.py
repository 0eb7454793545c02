"""Decay, drift and cost speak for retiring a model above the policy's bounds, and only as far as somebody measured."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from data.policies.policy import read_criteria
from data.records.catalog import Entity, Kind, Measure, Measured
from workflows.rules.choosing.measured import Weighed, counted_calls, currencies, weighed

TODAY = date(2026, 9, 1)
CRITERIA = read_criteria()
DECAY, DRIFT, COST, CALLS = Measure


def a_row(measure: Measure, value: float, on: str = "2026-08-20", **said: str) -> Measured:
    return Measured(measure=measure, value=value, on=on, told_in=f"m.csv:{on[-2:]}", **said)


def a_thing(name: str, *rows: Measured, kind: Kind = Kind.VERSION) -> Entity:
    return Entity(id=f"it:{name}", kind=kind, name=name, measured=rows)


def seen(
    measure: Measure,
    *own: Measured,
    parts: tuple[Entity, ...] = (),
    limit: str = "",
    told: tuple[str, ...] = (),
) -> Weighed:
    criteria = replace(CRITERIA, cost_currency=limit)
    return weighed(measure, a_thing("churn", *own, kind=Kind.MODEL), parts, criteria, TODAY, told_in=told)


@pytest.mark.parametrize(
    ("row", "value", "is_over"),
    [
        (a_row(DECAY, 0.05), "5 % worse than when it was accepted", False),
        (a_row(DECAY, 0.051), "5.1 % worse than when it was accepted", True),
        (a_row(DECAY, -0.02), "2 % better than when it was accepted", False),
        (a_row(DRIFT, 0.25), "PSI 0.25", False),
        (a_row(DRIFT, 0.3), "PSI 0.3", True),
        (a_row(COST, 1000, currency="EUR"), "1,000 EUR a month", False),
        (a_row(COST, 1234.5), "1,234.50 a month", True),
    ],
    ids=["little worse", "worse", "better", "little drift", "drift", "cheap", "dear"],
)
def test_a_value_above_the_bound_speaks_for_it(row: Measured, value: str, is_over: bool) -> None:
    assert seen(row.measure, row) == Weighed(
        value=value, is_over=is_over, source="m.csv:20", as_of="2026-08-20"
    )


@pytest.mark.parametrize("measure", [DECAY, DRIFT, COST])
def test_what_nobody_measured_speaks_neither_for_it_nor_against_it(measure: Measure) -> None:
    assert seen(measure) == Weighed(value="nobody tells")


def test_the_last_day_counts() -> None:
    found = seen(DRIFT, a_row(DRIFT, 0.1, "2026-08-31"), a_row(DRIFT, 0.9, "2026-08-30"))
    assert (found.value, found.is_over) == ("PSI 0.1", False)


def test_what_was_measured_too_long_ago_is_told_and_does_not_count() -> None:
    assert seen(DRIFT, a_row(DRIFT, 0.9, "2026-06-03")).is_over is True
    assert seen(DRIFT, a_row(DRIFT, 0.9, "2026-06-02")) == Weighed(
        value="PSI 0.9, measured longer ago than 90 days", source="m.csv:02", as_of="2026-06-02"
    )


def test_where_nobody_measured_the_model_the_worst_of_its_parts_counts() -> None:
    parts = (
        a_thing("churn/1", a_row(DRIFT, 0.9, "2026-01-01")),
        a_thing("churn/2", a_row(DRIFT, 0.3, "2026-08-01")),
        a_thing("churn/3", a_row(DRIFT, 0.1, "2026-08-02")),
    )
    assert seen(DRIFT, parts=parts) == Weighed(
        value="PSI 0.3, of churn/2", is_over=True, source="m.csv:01", as_of="2026-08-01"
    )
    assert seen(DRIFT, a_row(DRIFT, 0.2), parts=parts).value == "PSI 0.2"


def test_costs_of_its_parts_are_summed_unless_their_currencies_differ() -> None:
    live = a_thing("live", a_row(COST, 700, "2026-08-01", currency="EUR"), kind=Kind.ENDPOINT)
    spare = a_thing("spare", a_row(COST, 400, "2026-08-02", currency="EUR"), kind=Kind.ENDPOINT)
    abroad = a_thing("abroad", a_row(COST, 1, "2026-08-03", currency="USD"), kind=Kind.ENDPOINT)

    assert seen(COST, parts=(live, spare)) == Weighed(
        value="1,100 EUR a month, of live (+1 more)",
        is_over=True,
        source="m.csv:01, m.csv:02",
        as_of="2026-08-01",
    )
    assert seen(COST, parts=(live, abroad)) == Weighed(
        value="told in EUR and in USD, so there is no sum", source="m.csv:01, m.csv:03", as_of="2026-08-01"
    )


BOTH = "costs are told in EUR, USD: set [candidates] cost_currency to the one that the limit is in"


@pytest.mark.parametrize(
    ("currency", "limit", "told", "is_over", "why"),
    [
        ("USD", "", ("USD",), True, ""),
        ("", "", ("USD",), True, ""),
        ("USD", "", ("EUR", "USD"), None, BOTH),
        ("", "", ("EUR", "USD"), None, BOTH),
        ("USD", "USD", ("EUR", "USD"), True, ""),
        ("", "USD", ("EUR", "USD"), True, ""),
        ("USD", "EUR", ("USD",), None, "the limit is 1,000 EUR"),
    ],
)
def test_a_cost_is_held_against_a_limit_of_its_own_currency_only(
    currency: str, limit: str, told: tuple[str, ...], is_over: bool | None, why: str
) -> None:
    found = seen(COST, a_row(COST, 1200, currency=currency), limit=limit, told=told)
    amount = f"1,200 {currency} a month".replace("  ", " ")
    assert (found.is_over, found.value) == (is_over, f"{amount}; {why}" if why else amount)


def test_in_which_currencies_costs_are_told_goes_by_the_last_of_each_thing() -> None:
    moved = a_thing("moved", a_row(COST, 9, "2026-01-01", currency="GBP"), a_row(COST, 9, currency="USD"))
    others = (
        a_thing("live", a_row(COST, 9, currency="EUR"), a_row(DRIFT, 9)),
        a_thing("plain", a_row(COST, 9)),
    )
    assert currencies((moved, *others)) == ("EUR", "USD")


OLD = "2026-01-01"
ONE, TWO = (a_thing(name, a_row(CALLS, 3), kind=Kind.ENDPOINT) for name in ("one", "two"))


@pytest.mark.parametrize(
    ("own", "groups", "expected"),
    [
        ([], [], None),
        ([a_row(CALLS, 7), a_row(CALLS, 8, "2026-08-21")], [[ONE]], 8),
        ([a_row(CALLS, 7, OLD)], [], None),
        ([a_row(CALLS, 7, OLD)], [[ONE, TWO]], 6),
        ([], [[ONE, a_thing("three")]], None),
        ([], [[ONE, a_thing("three", a_row(CALLS, 1, OLD))]], None),
        ([], [[a_thing("three")], [ONE]], 3),
    ],
    ids=[
        "nobody",
        "the model",
        "long ago",
        "all endpoints",
        "one of two",
        "one of two lately",
        "all versions",
    ],
)
def test_all_calls_are_counted_where_somebody_measured_every_part(
    own: list[Measured], groups: list[list[Entity]], expected: float | None
) -> None:
    found = counted_calls(a_thing("churn", *own, kind=Kind.MODEL), groups, CRITERIA, TODAY)
    assert (found and found.calls_per_day) == expected
