"""Brownouts behind the real proxy: told, begun, ended by itself or by a press, and whoever called is on the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from data.records.brownouts import BrownoutState
from data.records.plan import Window
from data.records.progress import StepKind
from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.place import GOVERNANCE, POLICY, START
from tests.scenarios.reading import key_of
from tests.scenarios.test_proxied import SERVES
from tests.scenarios.town import TOM, Town
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, ask
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.rules.people.due import steps_ahead

BROWNED = f"{POLICY}[brownouts]\nminutes = [5]\n[tiers.3]\nnotice_days = 30\nbrownouts = true\n"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@contextmanager
def a_town(
    tmp_path: Path, policy: str = BROWNED, *, refs: tuple[str, ...] = (REF,)
) -> Iterator[tuple[Town, Path]]:
    """Everybody has moved, and the archive is proven. `refs`: the proxies in front of the one model."""
    proxies = tmp_path / "proxies"
    with a_model() as model, Town(tmp_path, serves=False, policy=policy) as town:
        with ExitStack() as before:
            for ref in refs:
                ProxyEndpoints(proxies).settle(ref, to=model, public="", is_closed=False)
                before.enter_context(a_proxy(proxies, ref, begun=START - timedelta(days=60)))
                town.learns(a_document("Component", ref, SERVES, endpoint_kind="proxy", endpoint_ref=ref))
            town.announce()
            town.everybody_moves()
            until(town, windows(town)[0].starts_at - 10 * MINUTE)
        yield town, proxies


def windows(town: Town) -> tuple[Window, ...]:
    plan = town.retirement().plan
    assert plan is not None
    return plan.windows


def until(town: Town, at: datetime) -> None:
    town.pass_time(seconds=(at - town.now()).total_seconds())


def test_callers_get_503_who_is_exempt_is_served_and_who_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    with a_town(tmp_path) as (town, proxies):
        (window,) = windows(town)
        owed = next(duty for duty in town.retirement().obligations if duty.consumer.owners.slack_ids)
        owner, mine = owed.consumer.owners.slack_ids[0], owed.consumer.consumer_id
        assert "is near: told" in town.thread()
        due = list(steps_ahead(town.retirement()))
        assert [one.due_at for one in due if one.kind is StepKind.BROWNOUT] == [window.starts_at]
        with a_proxy(proxies, begun=window.starts_at + MINUTE) as (_, address):
            until(town, window.starts_at + 5 * SECOND)
            assert town.retirement().state is State.BROWNOUT
            refused = ask(address, X_Caller="night-job")
            assert (refused.status, refused.json["error"]) == (503, "brownout")
            assert int(refused.headers["Retry-After"]) > 0
            assert ask(address, X_Caller=mine).status == 503

            told = [one for one in town.slack.messages(owner) if "/begun/" in key_of(one)][-1]
            town.press(owner, told, "brownout.exempt", f"RET-1|{mine}")
            assert town.retirement().exempt == (mine,)
            assert ask(address, X_Caller=mine).status == 200
            town.restart()
            until(town, window.ends_at + MINUTE)
        with a_proxy(proxies, begun=window.ends_at) as (_, address):
            assert ask(address, X_Caller="night-job").status == 200
        (held,) = town.retirement().brownouts
        assert (held.state, held.refused) == (BrownoutState.HELD, {mine: 1, "caller::night-job": 1})
        assert [one.consumer.name for one in town.retirement().callers] == ["night-job"]
        assert "*over*: 2 callers" in town.thread()
        duty = town.retirement().obligation(mine)
        assert duty is not None
        assert duty.duty is Duty.OPEN, "its answer was spoken against"

        with a_proxy(proxies, begun=window.ends_at):
            town.command(TOM, f"waive RET-1 {mine} it is exempt, and goes with the job")
            town.command(TOM, "waive RET-1 night-job nobody knows it")
            town.pass_time(days=15)
            assert town.retirement().state is State.DISABLED


def test_it_ends_by_a_press_or_by_the_budget_and_none_begins_without_its_proxy(tmp_path: Path) -> None:
    several = BROWNED.replace("minutes = [5]", "minutes = [5, 10, 15]\nmoved_calls_max = 0")
    with a_town(tmp_path, several) as (town, proxies):
        first, second, third = windows(town)
        mover = town.retirement().obligations[0].consumer
        with a_proxy(proxies, begun=first.starts_at + MINUTE) as (_, address):
            until(town, first.starts_at + 5 * SECOND)
            assert ask(address, X_Caller="night-job").status == 503
            card = [one for one in town.slack.messages(GOVERNANCE) if "/brownout/" in key_of(one)][-1]
            town.press(TOM, card, "brownout.abort", "RET-1|1")
            assert ask(address, X_Caller="night-job").status == 200
            assert town.retirement().state is State.MIGRATING
            assert "was *ended early* by" in town.thread()
            assert town.retirement().brownouts[0].refused == {"caller::night-job": 1}
            town.command(TOM, "waive RET-1 night-job nobody knows it")
            until(town, second.starts_at - 10 * MINUTE)
        with a_proxy(proxies, begun=second.starts_at + MINUTE) as (_, address):
            until(town, second.starts_at + 5 * SECOND)
            assert ask(address, X_Caller=mover.consumer_id).status == 503
            until(town, second.starts_at + 2 * MINUTE)
            assert ask(address, X_Caller=mover.consumer_id).status == 200, "it has been ended"
            assert "1 call of consumers that said to have moved was refused" in town.thread()
            town.command(TOM, f"waive RET-1 {mover.consumer_id} it moves tomorrow")
        until(town, third.ends_at)
        assert [one.state for one in town.retirement().brownouts] == [
            BrownoutState.ABORTED,
            BrownoutState.ABORTED,
            BrownoutState.SKIPPED,
        ]
        assert "The proxy of churn-v1-prod does not run" in town.thread()
        until(town, town.retirement().plan.step(StepKind.DISABLE).due_at + MINUTE)
        (why,) = town.retirement().progress(StepKind.DISABLE).held_by[:1]
        assert why.startswith("3 brownouts were not held to the end (1, aborted, 2, aborted: 1 call of")
