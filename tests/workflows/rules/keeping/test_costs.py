"""What keeping an archive costs, by hand-computed figures."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.views.keeping import costs as view
from data.policies.policy import read_policy, read_prices
from data.records.archived import Archived, Kept, Lock
from data.records.retention import Retention, StartsFrom, Storage
from data.records.retirement import Retirement
from tests.builders import a_plan, a_policy
from workflows.rules.keeping.costs import GB_BYTES, Sized, estimate

PRICES = read_prices()
DAYS = 365


def kept(storage: Storage, days: int = DAYS, starts_from: StartsFrom = StartsFrom.ARCHIVED) -> Retirement:
    rule = Retention(of="default", starts_from=starts_from, keep_days_min=days, storage=storage)
    return Retirement(id="RET-1", policy=a_policy(retention=(rule,)), plan=a_plan())


@pytest.mark.parametrize(
    ("storage", "days", "usd"),
    [
        pytest.param(Storage.STANDARD, DAYS, 27.6, id="100 GB for a year at 0.023"),
        pytest.param(Storage.INFREQUENT, DAYS, 15.0, id="the same at 0.0125"),
        pytest.param(Storage.COLD, DAYS, 4.32, id="the same at 0.0036"),
        pytest.param(Storage.COLD, 1, 4.32 * 90 / 365, id="cold for a day is paid for 90"),
        pytest.param(Storage.STANDARD, 0, 0, id="kept for no days at least"),
    ],
)
def test_a_class_costs_what_its_storage_does_over_the_days_it_is_paid_for(
    storage: Storage, days: int, usd: float
):
    found = estimate(
        kept(storage, days), [Sized(of="weights", files=1, bytes=100 * GB_BYTES)], PRICES, in_bucket=True
    )
    assert found.costs[0].usd == pytest.approx(usd)
    assert found.usd == pytest.approx(usd)


def test_days_that_count_from_the_end_are_paid_from_the_copy_on():
    state = kept(Storage.STANDARD, starts_from=StartsFrom.CLOSED)
    assert state.plan is not None
    between = state.plan.steps[-1].due_at - state.plan.steps[1].due_at
    (cost,) = estimate(state, [Sized(of="code")], PRICES, in_bucket=True).costs
    assert cost.days == DAYS + between.days


def test_what_is_due_before_a_regulation_lets_it_go_costs_as_long_as_nobody_decides_that_it_goes():
    state = kept(Storage.STANDARD, 10)
    assert state.plan is not None
    assert state.policy is not None
    (rule,) = state.policy.retention
    policy = replace(state.policy, retention=(replace(rule, keep_days_max=20),), regulated_keep_days=3650)
    plan = replace(state.plan, subject=replace(state.plan.subject, regulated="EU AI Act"))
    (cost,) = estimate(
        replace(state, policy=policy, plan=plan), [Sized(of="weights")], PRICES, in_bucket=True
    ).costs
    assert cost.days == 3650


def test_an_archive_counts_by_what_is_in_it_and_not_by_its_sources():
    archived = Archived(
        location="churn/aa",
        lock=Lock.NONE,
        preservation_id="p",
        manifest_digest="m",
        files=3,
        bytes=GB_BYTES,
        kept=(Kept(of="weights", files=3, bytes=GB_BYTES),),
    )
    state = replace(kept(Storage.COLD), archived=archived)
    found = estimate(state, [Sized(of="code", files=9, bytes=9)], PRICES, in_bucket=False)
    assert [one.sized for one in found.costs] == [Sized(of="weights", files=3, bytes=GB_BYTES)]
    assert (found.is_measured, found.in_bucket) == (True, True)


def test_people_read_storage_price_wait_days_and_what_nobody_knows():
    sized = [
        Sized(of="weights", files=2, bytes=100 * GB_BYTES),
        Sized(of="code", unknown=("git+https://host/<b>@c",)),
    ]
    assert view.lines(estimate(kept(Storage.COLD), sized, PRICES, in_bucket=False)) == [
        (
            "*Keeping its archive costs* 4.32 USD, an estimate, by what lies at its sources now; what nobody knows "
            "the size of is not in it"
        ),
        (
            "• *weights* (2 files, 100.00 GB) in cold, read within 5 hours, 0.0036 USD per GB and month, 90 days at "
            "least: 4.32 USD for 365 days"
        ),
        (
            "• *code* (size unknown: git+https://host/&lt;b&gt;@c) in cold, read within 5 hours, 0.0036 USD per GB and "
            "month, 90 days at least: unknown"
        ),
        (
            "Prices: aws.amazon.com/s3/pricing, US East (N. Virginia), list price of the first 50 TB, 2025-09-30; "
            "requests and reading are not in them"
        ),
        "The archive lies where it has no storage classes: a bucket of S3 would cost this",
    ]


def test_without_a_rule_it_is_told_by_the_month_and_is_in_no_total():
    state = Retirement(id="RET-1", policy=a_policy(retention=()), plan=a_plan())
    found = estimate(state, [Sized(of="weights", files=1, bytes=GB_BYTES)], PRICES, in_bucket=True)
    assert found.usd == 0
    assert "0.02 USD a month; no rule says for how long" in "\n".join(view.lines(found))


def test_prices_change_no_policy_that_anybody_voted_on():
    assert "prices" not in str(read_policy())
