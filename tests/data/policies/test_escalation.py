"""The escalation tree of a policy file, and how one that makes no sense is answered: with all that is wrong."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.policies import policy as policies
from data.records.escalation import (
    Branch,
    Deadline,
    Escalation,
    Notify,
    Repeat,
    WaitDays,
    WaitHours,
    When,
)

PLACES = (
    "any of owner, delegate, lead, manager, manager(2), coordinator, channel, channel:#NAME, group:NAME, "
    'e.g. "manager" or ["lead", "coordinator"]'
)
NEVER = "never reached: what leads here rules it out; leave it out"
READ_ALOUD = """
[escalation]
again_days = 4
on_exhausted = "coordinator"

[[escalation.steps]]
notify = ["owner", "delegate"]

[[escalation.steps]]
wait_hours = 8

[[escalation.steps]]
when = { tier = 1, deadline = "migrate", state = ["open", "acknowledged"], days_left_max = 3 }
then = [{ notify = "manager(2)" }]
otherwise = [{ wait_until = "window" }, { notify = "lead" }]

[[escalation.steps]]
repeat = 2
steps = [{ wait_days = "again_days" }, { notify = ["group:sre", "channel:#ml-ops"] }]
"""


def tree(toml: str) -> Escalation:
    return policies.parsed(toml, source="eu.toml").tree


def problems(toml: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        policies.parsed(toml, source="eu.toml")
    return [str(problem) for problem in refused.value.problems]


def test_a_tree_says_what_its_file_says() -> None:
    assert tree(READ_ALOUD) == Escalation(
        on_exhausted="coordinator",
        steps=(
            Notify(to=("owner", "delegate")),
            WaitHours(hours=8),
            Branch(
                when=When(
                    tiers=(1,), deadline=Deadline.MIGRATE, duties=("open", "acknowledged"), days_left_max=3
                ),
                then=(Notify(to=("manager(2)",)),),
                otherwise=(WaitHours(hours=0), Notify(to=("lead",))),
            ),
            Repeat(times=2, steps=(WaitDays(days=4), Notify(to=("group:sre", "channel:#ml-ops")))),
        ),
    )


def test_the_shipped_tree_tells_the_manager_and_days_later_the_channel() -> None:
    shipped = policies.read_policy()
    assert shipped.tree == Escalation(
        steps=(Notify(to=("manager",)), WaitDays(days=3)), on_exhausted="channel"
    )


def test_a_file_that_only_says_again_days_keeps_the_shipped_steps() -> None:
    assert tree("[escalation]\nagain_days = 5").steps == (Notify(to=("manager",)), WaitDays(days=5))


def test_all_that_is_wrong_with_a_tree_is_told_at_once_each_with_its_place() -> None:
    toml = """
    [escalation]
    on_exhausted = "boss"
    steps = [
        { notify = ["manager", "bos"] },
        { repeat = 0, steps = [{ notify = "lead" }] },
        { when = { tier = 4, colour = 3 }, then = [{ wait_days = 0 }] },
        { when = {}, then = [] },
        { notify = "lead", wait_days = 3 },
        { wait_until = "dawn" },
        { repeat = 2, steps = [] },
        "manager",
    ]
    """
    form = (
        'one of { notify = "manager" }, { wait_days = 3 }, { wait_hours = 8 }, { wait_until = "window" }, '
        "{ when = { tier = 1 }, then = [...], otherwise = [...] }, { repeat = 2, steps = [...] }"
    )
    assert problems(toml) == [
        'eu.toml [escalation] on_exhausted = "boss": one of channel, coordinator',
        f'eu.toml [escalation.steps.1] notify = ["manager", "bos"]: {PLACES}',
        "eu.toml [escalation.steps.2] repeat = 0: a whole number of times from 2 to 10: without a bound it never ends",
        "eu.toml [escalation.steps.2] steps: nothing waits in it, so all would be told at once; add a wait",
        "eu.toml [escalation.steps.3.when] tier = 4: a tier or a list of tiers, 1 to 3, e.g. 1 or [1, 2]",
        "eu.toml [escalation.steps.3.when] colour = 3: unknown; known here: tier, deadline, state, days_left_max",
        'eu.toml [escalation.steps.3.then.1] wait_days = 0: a whole number of days from 1 to 365, or "again_days"',
        (
            "eu.toml [escalation.steps.4] when = {}: at least one of tier, deadline, state, days_left_max: "
            "without, nothing branches"
        ),
        "eu.toml [escalation.steps.4] then: nothing comes after this branch; give it steps, or leave it out",
        f'eu.toml escalation.steps.5 = {{"notify": "lead", "wait_days": 3}}: {form}',
        'eu.toml [escalation.steps.6] wait_until = "dawn": one of window',
        "eu.toml [escalation.steps.7] steps: nothing is repeated; give it steps, or leave it out",
        f'eu.toml escalation.steps.8 = "manager": {form}',
    ]


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        pytest.param(
            '{ when = { tier = 1 }, then = [{ when = { tier = 2 }, then = [{ notify = "lead" }] }] }',
            ["1.then.1.then"],
            id="a tier within another",
        ),
        pytest.param(
            '{ when = { tier = [1, 2, 3] }, then = [{ notify = "lead" }], otherwise = [{ notify = "owner" }] }',
            ["1.otherwise"],
            id="no tier is left",
        ),
        pytest.param(
            '{ when = { deadline = "acknowledge", state = "acknowledged" }, then = [{ notify = "lead" }] }',
            ["1.then"],
            id="who has acknowledged did not miss the day to",
        ),
        pytest.param(
            '{ when = { deadline = "migrate" }, then = ['
            '{ when = { days_left_max = 3 }, then = [{ notify = "lead" }], otherwise = [{ notify = "owner" }] }] }',
            ["1.then.1.otherwise"],
            id="no day is left once the day to have moved by is past",
        ),
        pytest.param(
            "{ when = { days_left_max = 3 }, then = [{ wait_days = 1 }, "
            '{ when = { days_left_max = 2 }, then = [{ notify = "lead" }], otherwise = [{ notify = "owner" }] }] }',
            ["1.then.2.otherwise"],
            id="days only become fewer",
        ),
        pytest.param(
            "{ when = { days_left_max = 3 }, otherwise = [{ wait_days = 9 }, "
            '{ when = { days_left_max = 3 }, then = [{ notify = "lead" }], otherwise = [{ notify = "owner" }] }] }',
            [],
            id="after a wait either side may be taken",
        ),
        pytest.param(
            "{ when = { days_left_max = 5 }, otherwise = [{ repeat = 2, steps = [{ wait_days = 2 }, "
            '{ when = { days_left_max = 4 }, then = [{ notify = "lead" }] }] }] }',
            [],
            id="the second time round fewer days are left",
        ),
    ],
)
def test_steps_that_nothing_leads_to_are_named(steps: str, places: list[str]) -> None:
    toml = f"[escalation]\nsteps = [{steps}]"
    if not places:
        assert tree(toml)
        return
    assert problems(toml) == [f"eu.toml [escalation.steps.{place}]: {NEVER}" for place in places]


def test_a_tree_tells_no_more_often_than_anybody_reads() -> None:
    thrice = '{ notify = "lead" }, { notify = "owner" }, { notify = "channel" }'
    steps = f"{{ repeat = 10, steps = [{{ wait_days = 1 }}, {thrice}] }}"
    assert problems(f"[escalation]\nsteps = [{steps}]") == [
        "eu.toml [escalation] steps: at most 20 notifications, repeated ones included; these are 30"
    ]


def test_nothing_is_nested_deeper_than_anybody_follows() -> None:
    steps = '{ notify = "lead" }'
    for _ in range(5):
        steps = f"{{ when = {{ tier = 1 }}, then = [{steps}] }}"
    (problem,) = problems(f"[escalation]\nsteps = [{steps}]")
    assert problem.endswith("at most 4 branches or repeats in each other")
