"""Brownouts where what holds them fails: nobody is refused for longer than somebody looks, and no crowd is made up."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from data.records.brownouts import BrownoutState
from data.records.progress import StepKind
from data.records.retirement import Duty
from tests.canary import CANARY, QUINN
from tests.data.catalogs import a_document
from tests.scenarios.place import START
from tests.scenarios.reading import key_of
from tests.scenarios.test_brownouts import BROWNED, MINUTE, SECOND, a_town, until, windows
from tests.scenarios.test_proxied import SERVES
from tests.scenarios.town import TOM, Town
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, ask, settled

SECOND_REF = "churn-v1-second"


def test_a_proxy_whose_clock_is_late_is_told_that_it_is_over_and_made_up_names_are_one_crowd(
    tmp_path: Path,
) -> None:
    with a_town(tmp_path) as (town, proxies):
        (window,) = windows(town)
        with a_proxy(proxies, begun=window.starts_at + MINUTE) as (_, address):
            until(town, window.starts_at + 5 * SECOND)
            for number in range(25):
                ask(address, X_Caller=f"stranger-{number}")
            ask(address, X_Caller="brownouts")
            ask(address, X_Caller="brownouts")
            until(town, window.ends_at + MINUTE)
            assert ask(address, X_Caller="stranger-1").status == 200, "its clock still is within the window"
        (held,) = town.retirement().brownouts
        assert held.state is BrownoutState.HELD
        assert (len(held.refused), held.refused["caller::(others)"]) == (21, 6)
        with a_proxy(proxies, begun=window.ends_at):
            plan = town.retirement().plan
            assert plan is not None
            until(town, plan.step(StepKind.DISABLE).due_at + MINUTE)
            (why,) = [
                one for one in town.retirement().progress(StepKind.DISABLE).held_by if "in a brownout" in one
            ]
            assert "caller::brownouts" in why, "the bare word waives the brownouts"
            town.command(TOM, "waive RET-1 caller::brownouts nobody knows it")
            town.command(TOM, "waive RET-1 (others) nobody knows them")
            waived = {one.what for one in town.retirement().waivers}
            assert waived >= {"caller::brownouts", "caller::(others)"}
            assert "brownouts" not in waived


def test_one_of_two_proxies_that_dies_keeps_nobody_from_the_other(tmp_path: Path) -> None:
    policy = BROWNED.replace("minutes = [5]", "minutes = [240]\nmoved_calls_max = 0")
    with a_town(tmp_path, policy, refs=(REF, SECOND_REF)) as (town, proxies):
        window = windows(town)[0]
        with ExitStack() as stack:
            dead, _ = stack.enter_context(a_proxy(proxies, begun=window.starts_at + MINUTE))
            _, address = stack.enter_context(a_proxy(proxies, SECOND_REF, begun=window.starts_at + MINUTE))
            until(town, window.starts_at + 5 * SECOND)
            dead.kill()
            dead.wait()
            mover = town.retirement().obligations[0].consumer.consumer_id
            assert ask(address, X_Caller=mover).status == 503
            until(town, window.starts_at + 5 * MINUTE)
            assert ask(address, X_Caller=mover).status == 200, "the budget is judged by what answers"
            assert town.retirement().brownouts[0].state is BrownoutState.ABORTED


def test_a_restricted_consumer_is_refused_counted_and_spared_without_its_name(tmp_path: Path) -> None:
    """The town's judge looks for its name in all that others are sent."""
    proxies, name = tmp_path / "proxies", f"{CANARY}-batch"
    told = f"type: ai-model, owner: quiet-desk, dependsOn: ['component:{REF}']"
    with a_model() as model, Town(tmp_path, serves=False, policy=BROWNED) as town:
        settled(proxies, model)
        with a_proxy(proxies, begun=START - timedelta(days=60)):
            town.learns(a_document("Component", REF, SERVES, endpoint_kind="proxy", endpoint_ref=REF))
            town.learns(
                a_document("Resource", name, told, restricted_to="group:default/quiet-desk", tier="3")
            )
            town.announce()
            town.press(QUINN, town.announcement(QUINN), "duty.migrated")
            town.everybody_moves()
            (window,) = windows(town)
            until(town, window.starts_at - 10 * MINUTE)
        with a_proxy(proxies, begun=window.starts_at + MINUTE) as (_, address):
            until(town, window.starts_at + 5 * SECOND)
            called = f"resource:default/{name}"
            assert [ask(address, X_Caller=who).status for who in (called, name)] == [503, 503]
            asked = [one for one in town.slack.messages(QUINN) if "/begun/" in key_of(one)][-1]
            town.press(QUINN, asked, "brownout.exempt")
            assert [ask(address, X_Caller=who).status for who in (called, name)] == [200, 200]
            until(town, window.ends_at + MINUTE)
        (held,) = town.retirement().brownouts
        mine, unknown = sorted(held.refused, key=lambda one: one.startswith("caller::"))
        duty = town.retirement().obligation(mine)
        assert duty is not None
        assert duty.duty is Duty.OPEN, "what was said of it was spoken against"
        assert unknown.startswith("caller::restricted:")
        assert [one.consumer.name for one in town.retirement().callers] == ["a restricted model"]
