"""A model behind our proxy: its callers read of the end in each answer, get it on its day, and service comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from data.records.deprecation import CatalogKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.place import START
from tests.scenarios.town import TOM, Town
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, ask, settled
from workflows.adapters.traffic_proxy.answers import ProxyAnswers
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints

SERVES = "type: model-server, lifecycle: production, owner: growth-ml, dependsOn: ['resource:churn-v1']"
TOLD = "The proxy says that *churn-v1* is *deprecated*; last day of service 2026-05-04"


def test_callers_of_a_proxied_model_are_told_ended_and_served_again(tmp_path: Path) -> None:
    proxies = tmp_path / "proxies"
    writers = {CatalogKind.PROXY: ProxyAnswers(ProxyEndpoints(proxies))}
    with a_model() as model, Town(tmp_path, serves=False, writers=writers) as town:
        settled(proxies, model)
        with a_proxy(proxies, begun=START - timedelta(days=60)) as (_, address):
            town.learns(a_document("Component", REF, SERVES, endpoint_kind="proxy", endpoint_ref=REF))
            town.announce()
            said = ask(address, X_Caller="win-back-mailer")
            assert (said.status, said.headers["Sunset"]) == (200, "Mon, 04 May 2026 09:00:00 GMT")
            assert TOLD in town.thread()

            town.everybody_moves()
            town.pass_time(days=55)
            assert town.retirement().state is State.DISABLED
            assert ask(address).json["retirement"] == "RET-1"

            town.command(TOM, "restore RET-1 the campaign still needs it")
            town.settle()
            assert town.retirement().state is State.ROLLED_BACK
            said = ask(address)
            assert (said.status, said.headers["Deprecation"]) == (200, None)
