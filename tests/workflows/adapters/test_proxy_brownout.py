"""Planned short outages, by the clock of the proxy: real processes, and nobody else who keeps to them."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from data.errors import NotFound, Refused, Unavailable
from data.records.deprecation import Part
from data.records.traffic import Ability, Brownout, Desired
from tests.workflows.adapters.deprecations import a_deprecation, a_listing
from tests.workflows.adapters.proxied import BEGUN, REF, a_model, a_proxy, ask, settled
from workflows.adapters.call_log import CallLog
from workflows.adapters.traffic_proxy.answers import ProxyAnswers
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.plane import ProxyPlane

DAY = timedelta(days=1)
WINDOW = Brownout(begins_at=BEGUN, ends_at=BEGUN + DAY, exempt=("payroll",))


def becoming(endpoints: ProxyEndpoints) -> list[tuple[str, str | None]]:
    with sqlite3.connect(endpoints.log_of(REF)) as log:
        return log.execute("SELECT caller, became FROM calls ORDER BY rowid").fetchall()


def test_in_its_window_callers_are_told_when_it_ends_and_of_what_it_is_the_sign(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        plane = ProxyPlane(endpoints)
        with a_proxy(tmp_path) as (_, address):
            plane.want(REF, Desired(brownout=WINDOW))
            ProxyAnswers(endpoints).write(a_deprecation(a_listing(REF, part=Part.ENDPOINT)))
            assert (plane.desired(REF), plane.obeyed(REF)) == (Desired(brownout=WINDOW),) * 2

            refused = ask(address, X_Caller="win-back-mailer")
            served = ask(address, X_Caller="payroll")
            observed = plane.observe(REF)
    assert (refused.status, served.status) == (503, 200)
    assert (refused.headers["Retry-After"], served.headers["Retry-After"]) == ("3600", None), "capped"
    assert refused.headers["Deprecation"] == "@1794819600"
    assert refused.json == {
        "error": "brownout",
        "endpoint": REF,
        "until": "2026-03-03T00:00:00+00:00",
        "retirement": "RET-1",
        "sunset": "2027-02-17T09:00:00+00:00",
    }
    assert (observed.refused, [one.consumer for one in observed.counts]) == (
        {"win-back-mailer": 1},
        ["payroll"],
    )
    assert endpoints.callers(REF, BEGUN) == {"payroll": 1, "win-back-mailer": 1}, "who depends on it"
    assert becoming(endpoints) == [("win-back-mailer", "brownout"), ("payroll", "old")]


def test_it_is_over_on_time_though_nobody_says_so(tmp_path: Path) -> None:
    with a_model() as model:
        plane = ProxyPlane(settled(tmp_path, model))
        with pytest.raises(Unavailable) as gone:
            plane.want(REF, Desired(brownout=WINDOW))
        with a_proxy(tmp_path, begun=BEGUN + DAY - timedelta(minutes=10)) as (process, address):
            said = ask(address)
            assert said.status == 503
            assert 590 <= int(said.headers["Retry-After"]) <= 600
            process.kill()
            process.wait(10)
        with a_proxy(tmp_path, begun=BEGUN + DAY) as (_, address):
            assert ask(address).status == 200
    assert str(gone.value) == (
        f"The proxy of {REF} does not run, so nothing goes through it. "
        f"Start it: emeritus endpoint proxy {REF}"
    )


def test_a_window_that_nobody_can_read_serves_and_the_rest_of_the_route_holds(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        file = endpoints.folders.of(REF) / "route.json"
        route = json.loads(file.read_bytes())
        file.write_text(json.dumps(route | {"traffic": {"brownout": {"begins_at": "soon", "ends_at": 1}}}))
        with a_proxy(tmp_path) as (_, address):
            assert ask(address).status == 200
        assert ProxyPlane(endpoints).desired(REF) == Desired()


def test_what_it_cannot_do_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    endpoints = settled(tmp_path, "http://127.0.0.1:1")
    before = endpoints.folders.known(REF)
    plane = ProxyPlane(endpoints)
    assert plane.abilities(REF) >= {Ability.BROWNOUT, Ability.WINDOW}
    with pytest.raises(Refused):
        plane.want(REF, Desired(brownout=Brownout(begins_at=BEGUN + DAY, ends_at=BEGUN)))
    assert endpoints.folders.known(REF) == before
    with pytest.raises(NotFound):
        plane.want("unknown", Desired())


def test_counts_go_on_over_a_restart_and_an_old_log_is_read_on(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        old = sqlite3.connect(endpoints.log_of(REF), isolation_level=None)
        old.executescript(
            "CREATE TABLE runs (id INTEGER PRIMARY KEY, since_us INTEGER NOT NULL, until_us INTEGER NOT NULL);"
            "CREATE TABLE calls (at_us INTEGER NOT NULL, caller TEXT NOT NULL);"
            "INSERT INTO calls VALUES (0, 'long-ago')"
        )
        old.close()
        plane = ProxyPlane(endpoints)
        with a_proxy(tmp_path) as (process, address):
            ask(address, X_Caller="job")
            first = plane.observe(REF)
            process.kill()
            process.wait(10)
            assert plane.observe(REF) == first
        with a_proxy(tmp_path) as (_, address):
            ask(address, X_Caller="job")
            second = plane.observe(REF)
            assert (second.since, [one.calls for one in second.counts]) == (first.since, [2])
            with a_model() as other:
                settled(tmp_path, other)
                endpoints.restore(REF)
                assert plane.observe(REF).counts == (), "another model begins anew"
    assert becoming(endpoints)[::2] == [("long-ago", None), ("job", "old")]


def test_a_call_log_that_was_taken_away_is_not_written_into_nothing(tmp_path: Path) -> None:
    with a_model() as model:
        endpoints = settled(tmp_path, model)
        with a_proxy(tmp_path) as (_, address):
            endpoints.log_of(REF).unlink()
            said = ask(address)
    assert said.status == 503
    assert said.json["error"].endswith("calls.db was taken away; start again to begin a new one")


def test_a_log_knows_what_became_of_each_call(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.db", BEGUN)
    first, second = log.record_all([("a", BEGUN), ("b", BEGUN)])
    (third,) = log.record_all([("c", BEGUN)], became=[(second, "new")])
    with sqlite3.connect(tmp_path / "calls.db") as db:
        assert db.execute("SELECT rowid, caller, became FROM calls").fetchall() == [
            (first, "a", None),
            (second, "b", "new"),
            (third, "c", None),
        ]
