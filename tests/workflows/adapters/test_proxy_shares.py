"""What callers and models see of the proxy while calls move; that they move as asked is in the contract of planes."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.local_endpoints import told_by
from data.errors import Refused, Unavailable
from data.records.traffic import Arm, Desired, Lane
from tests.contract.planes import two_models, until
from tests.interrupting import CtrlC
from tests.workflows.adapters.proxied import REF, a_model, a_proxy, ask, settled
from workflows.adapters.caller_names import how_it_came, via_of
from workflows.adapters.endpoint_folders import EndpointFolders
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import write_atomically
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.mirror import BODY_BYTES_MAX
from workflows.adapters.traffic_proxy.plane import ProxyPlane

VIA = f"1.1 {via_of(REF)}.0a1b2c3d"


def test_answers_say_which_model_was_asked_for_and_which_one_answered(tmp_path: Path) -> None:
    with a_model() as old, a_model() as new:
        plane = ProxyPlane(settled(tmp_path, old))
        with a_proxy(tmp_path) as (_, address):
            assert ask(address).headers["X-Model-Requested"] is None, "nobody moves"
            found = []
            for desired in (
                Desired(new=new),
                Desired(new=new, new_percent=100),
                Desired(new=new, new_percent=100, new_name="churn\r\nv2"),
            ):
                plane.want(REF, desired)
                headers = ask(address).headers
                found.append((headers["X-Model-Requested"], headers["X-Model-Actual"]))
    assert found == [(REF, REF), (REF, f"successor of {REF}"), (REF, "churn  v2")]


def test_who_is_blocked_is_told_so_and_need_not_try_again(tmp_path: Path) -> None:
    with a_model() as old:
        plane = ProxyPlane(settled(tmp_path, old))
        with a_proxy(tmp_path) as (_, address):
            plane.want(REF, Desired(pins={"stranger": Lane.BLOCKED}))
            said = ask(address, X_Caller="stranger")
    assert (said.status, said.headers["Retry-After"]) == (403, None)
    assert said.json == {"error": "caller_blocked", "endpoint": REF, "caller": "stranger"}


def test_what_is_large_is_copied_while_it_is_passed_on_and_what_is_too_large_is_not(tmp_path: Path) -> None:
    with two_models() as (old, new):
        plane = ProxyPlane(settled(tmp_path, old.address))
        with a_proxy(tmp_path) as (_, address):
            plane.want(REF, Desired(new=new.address, mirror_percent=100))
            sizes = (BODY_BYTES_MAX, BODY_BYTES_MAX + 1, 3)
            for size in sizes:
                assert ask(address, path="/predict", body=b"x" * size).body == b"old"
            assert ask(address, path="/predict", body=iter([b"in ", b"chunks"])).body == b"old"
            until(lambda: plane.observe(REF).mirrored == 3)
            shed = plane.observe(REF).shed
    assert (new.copied, new.copied_bytes, shed) == (3, BODY_BYTES_MAX + 3 + 9, 1)


def test_a_successor_that_does_not_answer_is_named_and_nobody_stands_in_for_it(tmp_path: Path) -> None:
    with a_model() as old:
        plane = ProxyPlane(settled(tmp_path, old))
        with a_proxy(tmp_path) as (_, address):
            plane.want(REF, Desired(new="http://127.0.0.1:1", new_percent=100))
            said = ask(address)
    assert (said.status, said.json) == (502, {"error": f"the successor of {REF} does not answer"})
    assert said.headers["X-Model-Actual"] == f"successor of {REF}"


@pytest.mark.parametrize("new", ["churn-v2", "http://a b", "http://user:word@host", "http://host/?a=1"])
def test_a_successor_that_is_no_address_is_refused(tmp_path: Path, new: str) -> None:
    plane = ProxyPlane(settled(tmp_path, "http://127.0.0.1:1"))
    with pytest.raises(Refused, match="that is no address"):
        plane.want(REF, Desired(new=new))
    assert plane.desired(REF) == Desired()


@pytest.mark.parametrize(
    ("via", "mirrored", "came"),
    [
        ("", "", ""),
        ("1.1 nginx", "", ""),
        (VIA, "", f"via {via_of(REF)}"),
        (f"1.0 {via_of('other')}.00000000, {VIA}", "1", f"copy {via_of(REF)}"),
    ],
    ids=["past every proxy", "another's", "through ours", "a copy through two"],
)
def test_a_model_knows_how_a_call_came(via: str, mirrored: str, came: str) -> None:
    assert how_it_came(via, mirrored) == came


def test_models_of_ours_tell_what_came_through_the_proxy_and_copies_are_none_of_it(tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"intercept": 0.0, "coefficients": {"visits": 1.0}}))
    models = LocalEndpoints(tmp_path / "endpoints")
    try:
        for name in ("v1", "v2"):
            models.start(name, weights)
        old, new = (models.address(name).removesuffix("/predict") for name in ("v1", "v2"))
        plane = ProxyPlane(settled(tmp_path / "proxies", old), told_by(models))
        with a_proxy(tmp_path / "proxies", begun=datetime.now(UTC)) as (_, address):
            plane.want(REF, Desired(new=new, mirror_percent=100, pins={"eager": Lane.NEW}))
            for caller in ("job", "job", "eager"):
                assert ask(address, path="/predict", body=b"{}", X_Caller=caller).status == 200
            ask(new, path="/predict", body=b"{}", X_Caller="job")
            until(lambda: plane.observe(REF).mirrored == 2)
            observed = plane.observe(REF)
    finally:
        models.stop_all()
    assert observed.models == {Arm.OLD: 2, Arm.NEW: 1}
    assert ProxyPlane(settled(tmp_path / "proxies", old)).observe(REF).models == {}, "nobody knows how"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what an interrupt left open, Python closes
def test_a_bot_that_dies_anywhere_in_a_move_leaves_the_share_before_or_the_one_after(tmp_path: Path) -> None:
    """And whoever wants it again gets it. No proxy runs, which is told each time; it goes by what lies there."""
    plane = ProxyPlane(settled(tmp_path, "http://127.0.0.1:1"))
    keys = CtrlC(ProxyPlane.want, ProxyEndpoints.change, EndpointFolders.save, write_atomically)
    percents = itertools.count(1)

    def move() -> None:
        with suppress(Unavailable):
            plane.want(REF, Desired(new="http://127.0.0.1:2", new_percent=wanted))

    before, wanted = 0.0, next(percents)
    while keys.pressed_in(move):
        left = plane.desired(REF).new_percent
        assert left in (before, wanted), f"interrupted at {keys.seen[-1]}"
        before, wanted = left, next(percents)
    assert plane.desired(REF).new_percent == wanted
    assert keys.functions_seen == {"want", "change", "save", "write_atomically"}
