"""Brownouts behind the real proxy: told, begun, ended by itself or by a press, and whoever called is on the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, ask, settled

BROWNED = f"{POLICY}[brownouts]\nminutes = [5]\n[tiers.3]\nnotice_days = 30\nbrownouts = true\n"
MINUTE = timedelta(minutes=1)


@contextmanager
def a_town(tmp_path: Path) -> Iterator[tuple[Town, Path]]:
    """Everybody has moved, and the archive is proven."""
    proxies = tmp_path / "proxies"
    with a_model() as model, Town(tmp_path, serves=False, policy=BROWNED) as town:
        settled(proxies, model)
        with a_proxy(proxies, begun=START - timedelta(days=60)):
            town.learns(a_document("Component", REF, SERVES, endpoint_kind="proxy", endpoint_ref=REF))
            town.announce()
            town.everybody_moves()
            until(town, the_window(town).starts_at - 10 * MINUTE)
        yield town, proxies


def the_window(town: Town) -> Window:
    plan = town.retirement().plan
    assert plan is not None
    (found,) = plan.windows
    return found


def until(town: Town, at: datetime) -> None:
    town.pass_time(seconds=(at - town.now()).total_seconds())


def test_callers_get_503_who_is_exempt_is_served_and_who_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    with a_town(tmp_path) as (town, proxies):
        window = the_window(town)
        owed = next(duty for duty in town.retirement().obligations if duty.consumer.owners.slack_ids)
        owner, mine = owed.consumer.owners.slack_ids[0], owed.consumer.consumer_id
        assert "is near: told" in town.thread()
        with a_proxy(proxies, begun=window.starts_at + MINUTE) as (_, address):
            until(town, window.starts_at + 5 * timedelta(seconds=1))
            assert town.retirement().state is State.BROWNOUT
            refused = ask(address, X_Caller="night-job")
            assert (refused.status, refused.json["error"]) == (503, "brownout")
            assert int(refused.headers["Retry-After"]) > 0
            assert ask(address, X_Caller=mine).status == 503

            told = [one for one in town.slack.messages(owner) if "/begun/" in key_of(one)][-1]
            town.press(owner, told, "brownout.exempt", f"RET-1|{mine}")
            assert town.retirement().exempt == (mine,)
            assert ask(address, X_Caller=mine).status == 200
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


def test_one_press_ends_it_and_the_switch_off_waits_for_a_name(tmp_path: Path) -> None:
    with a_town(tmp_path) as (town, proxies):
        window = the_window(town)
        with a_proxy(proxies, begun=window.starts_at + MINUTE) as (_, address):
            until(town, window.starts_at + 5 * timedelta(seconds=1))
            assert ask(address, X_Caller="night-job").status == 503
            card = [one for one in town.slack.messages(GOVERNANCE) if "/brownout/" in key_of(one)][-1]
            town.press(TOM, card, "brownout.abort", "RET-1|1")
            assert ask(address, X_Caller="night-job").status == 200
        assert town.retirement().state is State.MIGRATING
        assert "was *ended early* by" in town.thread()
        assert town.retirement().brownouts[0].refused == {"caller::night-job": 1}
        until(town, town.retirement().plan.step(StepKind.DISABLE).due_at + MINUTE)
        (why,) = town.retirement().progress(StepKind.DISABLE).held_by[:1]
        assert why.startswith("1 brownout was not held to the end (1, aborted)")
