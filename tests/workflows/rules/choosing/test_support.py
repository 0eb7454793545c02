"""Is it told until when a provider serves a model, who says so, and that a plan is too late for it?"""

from __future__ import annotations

from datetime import date

import pytest

from data.records.catalog import Entity, Kind
from data.records.support import Support
from workflows.rules.choosing import support

TODAY = date(2026, 9, 1)
PAGE = "https://docs.acme.example/deprecations"


def a_hosted(*told: Support) -> Entity:
    return Entity(id="hosted:acme/chat-1", kind=Kind.MODEL, name="chat-1", title="acme/chat-1", support=told)


def by_registry(**said: str) -> Support:
    return Support(told_by="modeldeprecations.dev", verified_on="2026-08-03", sources=(PAGE,), **said)


SOURCE = f"modeldeprecations.dev, last verified 2026-08-03, {PAGE}"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"shutdown_on": "2026-10-23"}, "its provider switches it off on 2026-10-23"),
        ({"shutdown_on": "2026-09-01"}, "its provider switched it off on 2026-09-01"),
        (
            {"earliest_shutdown_on": "2027-05-28"},
            "its provider does not switch it off before 2027-05-28, and names no day",
        ),
        ({"earliest_shutdown_on": "2026-05-28"}, "its provider may switch it off any day since 2026-05-28"),
        (
            {"deprecated_on": "2026-02-01"},
            "its provider deprecated it on 2026-02-01, and names no day for its end",
        ),
        ({"status": "deprecated"}, "its provider deprecated it, and names no day for its end"),
        ({"status": "retired"}, "its provider switched it off, on a day that is not told"),
        ({"status": "active"}, "its provider names no end"),
    ],
    ids=str,
)
def test_the_end_is_told_as_it_was_promised(said: dict[str, str], told: str):
    assert support.told([a_hosted(by_registry(**said))], TODAY) == (f"acme/chat-1: {told} ({SOURCE})",)


def test_a_statement_says_what_is_named_instead_and_that_nobody_says_when_it_was_verified():
    prices = Support(told_by="LiteLLM", shutdown_on="2026-10-23", replacements=("acme/chat-2", "acme/chat-3"))
    assert support.told([a_hosted(prices)], TODAY) == (
        (
            "acme/chat-1: its provider switches it off on 2026-10-23 "
            "(LiteLLM, it does not say when that was verified); named instead: acme/chat-2, acme/chat-3"
        ),
    )


def test_a_plan_is_too_late_where_the_earliest_day_that_is_told_is_before_its_last_day_of_service():
    hosted = a_hosted(
        by_registry(shutdown_on="2026-12-01"), Support(told_by="LiteLLM", shutdown_on="2026-10-23")
    )
    assert support.too_late([hosted], date(2026, 11, 1)) == (
        (
            "acme/chat-1 is switched off by its provider on 2026-10-23, before the last day of service, 2026-11-01 "
            "(LiteLLM, it does not say when that was verified): consumers must have moved by then"
        ),
    )


def test_a_day_that_is_no_promise_is_told_as_that():
    hosted = a_hosted(by_registry(earliest_shutdown_on="2026-10-01"))
    assert support.too_late([hosted], date(2026, 11, 1)) == (
        (
            "acme/chat-1 may be switched off by its provider from 2026-10-01 on, before the last day of service, "
            f"2026-11-01 ({SOURCE})"
        ),
    )


def test_a_successor_that_ends_as_well_is_told():
    ends = a_hosted(by_registry(shutdown_on="2027-10-23"))
    assert support.not_for_long([ends, a_hosted(by_registry(earliest_shutdown_on="2028-01-01"))]) == (
        (
            "the successor, acme/chat-1, has an end as well: its provider switches it off on 2027-10-23 "
            f"({SOURCE})"
        ),
    )


@pytest.mark.parametrize(
    "told",
    [{"shutdown_on": "2026-11-01"}, {"status": "active"}, {"earliest_shutdown_on": "2027-01-01"}],
    ids=["on the day", "no day", "later"],
)
def test_a_plan_in_time_is_not_warned_about(told: dict[str, str]):
    assert support.too_late([a_hosted(by_registry(**told))], date(2026, 11, 1)) == ()
