"""Callers go by a flag: they read of the end, are told not to call the model on that day, and to call it again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from data.records.deprecation import CatalogKind
from data.records.retirement import State
from data.records.traffic import Desired, Lane
from tests.data.catalogs import a_document
from tests.scenarios.test_brownouts import BROWNED, until, windows
from tests.scenarios.test_proxied import SERVES
from tests.scenarios.town import TOM, Town
from tests.workflows.adapters.proxied import REF
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.flags.service import FlagService
from workflows.adapters.traffic_proxy.answers import FlagAnswers


def test_callers_who_go_by_a_flag_are_told_not_to_call_and_to_call_again(tmp_path: Path) -> None:
    flags = FlagEndpoints(tmp_path / "flags")
    with Town(tmp_path, serves=False, writers={CatalogKind.FLAGS: FlagAnswers(flags)}) as town:
        service = FlagService(flags, declared=lambda: {REF: False}, now=town.now)
        town.learns(a_document("Component", REF, SERVES, endpoint_kind="flags", endpoint_ref=REF))

        def told(consumer: str) -> Lane:
            found = service.evaluate(REF, consumer)
            assert found is not None
            return found.value

        town.announce()
        said = service.evaluate(REF, "web")
        assert said is not None
        assert said.metadata["sunset"] == "2026-05-04T09:00:00+00:00"
        assert (
            "The flag says that *churn-v1* is *deprecated*; last day of service 2026-05-04" in town.thread()
        )
        flags.want(REF, Desired(new="http://models/churn-v2", pins={"win-back-mailer": Lane.NEW}))

        town.everybody_moves()
        town.pass_time(days=55)
        assert town.retirement().state is State.DISABLED
        assert (told("web"), told("win-back-mailer")) == (Lane.BLOCKED, Lane.NEW)

        town.command(TOM, "restore RET-1 the campaign still needs it")
        town.settle()
        assert town.retirement().state is State.ROLLED_BACK
        assert told("web") is Lane.OLD
        service.close()


def test_in_a_brownout_callers_are_told_not_to_call_and_who_asked_is_on_the_record(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, policy=BROWNED) as town:
        service = FlagService(FlagEndpoints(tmp_path / "flags"), declared=lambda: {REF: False}, now=town.now)
        town.learns(a_document("Component", REF, SERVES, endpoint_kind="flags", endpoint_ref=REF))
        town.announce()
        town.everybody_moves()
        (window,) = windows(town)
        town.flags.want(REF, Desired(new="http://models/churn-v2", pins={"mover": Lane.NEW}))
        until(town, window.starts_at + timedelta(seconds=5))
        assert town.retirement().state is State.BROWNOUT
        told = [service.evaluate(REF, consumer) for consumer in ("night-job", "mover")]
        assert [one.value for one in told if one] == [Lane.BLOCKED, Lane.NEW]
        until(town, window.ends_at + timedelta(minutes=1))
        after = service.evaluate(REF, "night-job")
        assert after is not None
        assert after.value is Lane.OLD
        (held,) = town.retirement().brownouts
        assert held.refused == {"caller::night-job": 1}
        assert town.flags.desired(REF).pins == {"mover": Lane.NEW}
        service.close()
