"""Real processes, real sockets, real SQLite: what an operator would see of an embedded endpoint."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import Corrupt, Invalid, NotFound, Unavailable
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import ADDRESS_FILE, CALLS_FILE, WEIGHTS_FILE, Calendar

REF = "churn-v1-prod"
LONG_AGO, FAR_OFF = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"intercept": 0.0, "coefficients": {"boxes_skipped": 1.0}}))
    return path


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[LocalEndpoints]:
    driver = LocalEndpoints(tmp_path / "state")
    yield driver
    driver.stop_all()


def call(address: str, features: object, caller: str = "save-offer-service") -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(address, json.dumps(features).encode(), {"X-Caller": caller})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def pid_of(driver: LocalEndpoints) -> int:
    pid = json.loads((driver.folder(REF) / ADDRESS_FILE).read_text())["pid"]
    assert isinstance(pid, int)
    return pid


def test_a_started_endpoint_predicts_and_says_which_model_answered(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    endpoints.start(REF, weights)

    assert endpoints.describe(REF) == "serving"
    assert call(endpoints.address(REF), {}) == (200, {"model": REF, "probability": 0.5})
    assert call(endpoints.address(REF), {"boxes_skipped": 1e9}) == (200, {"model": REF, "probability": 1.0})


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ({"heatwave": 1}, "unknown features heatwave; known: boxes_skipped"),
        ({"boxes_skipped": "many"}, "boxes_skipped is 'many': expected a finite number"),
        ({"boxes_skipped": float("nan")}, "boxes_skipped is nan: expected a finite number"),
        ({"boxes_skipped": 10**400}, f"boxes_skipped is 1{'0' * 99}: expected a finite number"),
        ([1], "expected a JSON object of feature -> number"),
    ],
    ids=["unknown feature", "text", "not a number", "beyond any float", "a list"],
)
def test_bad_features_are_refused_with_the_reason_and_still_counted(
    endpoints: LocalEndpoints, weights: Path, features: object, said: str
) -> None:
    endpoints.start(REF, weights)

    assert call(endpoints.address(REF), features) == (400, {"error": said})
    assert endpoints.callers(REF, LONG_AGO) == {"save-offer-service": 1}


def test_a_credential_in_place_of_a_name_is_not_kept(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    call(endpoints.address(REF), {"visits": 3}, caller="Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x")
    assert endpoints.callers(REF, LONG_AGO) == {"(anonymous)": 1}


def test_what_callers_say_is_kept_short_and_printable(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    nested = urllib.request.Request(
        endpoints.address(REF), b"[" * 60_000, {"X-Caller": "\x1b[2J" + "x" * 9_000}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(nested, timeout=5)
    with refused.value as answer:
        assert json.load(answer)["error"].startswith("nested too deeply")

    assert endpoints.callers(REF, LONG_AGO) == {"[2J" + "x" * 97: 1}


def test_a_model_server_is_not_told_the_bots_secrets(endpoints: LocalEndpoints, weights: Path) -> None:
    os.environ["SLACK_TOKEN_OF_A_TEST"] = "xoxb-secret"
    try:
        endpoints.start(REF, weights)
    finally:
        del os.environ["SLACK_TOKEN_OF_A_TEST"]

    assert b"xoxb-secret" not in Path(f"/proc/{pid_of(endpoints)}/environ").read_bytes()


def test_disabling_stops_the_process_and_restoring_serves_again_on_the_same_port(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    endpoints.start(REF, weights)
    address = endpoints.address(REF)
    weights.unlink()

    endpoints.disable(REF)
    endpoints.disable(REF)
    assert endpoints.describe(REF) == "disabled"
    with pytest.raises(urllib.error.URLError):
        call(address, {})

    endpoints.restore(REF)
    endpoints.restore(REF)
    assert endpoints.describe(REF) == "serving"
    assert endpoints.address(REF) == address
    assert call(address, {})[0] == 200


def test_restoring_takes_another_port_when_a_stranger_sits_on_the_old_one(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    endpoints.start(REF, weights)
    old = endpoints.address(REF)
    endpoints.disable(REF)
    with socket.create_server(("127.0.0.1", int(old.split(":")[2].removesuffix("/predict")))):
        endpoints.restore(REF)

        assert endpoints.address(REF) != old
        assert call(endpoints.address(REF), {})[0] == 200


def test_starting_again_does_not_revive_what_was_disabled_on_purpose(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    endpoints.start(REF, weights)
    endpoints.disable(REF)

    endpoints.start(REF, weights)

    assert endpoints.describe(REF) == "disabled"


def test_a_restarted_driver_finds_the_running_server_and_can_disable_it(
    endpoints: LocalEndpoints, weights: Path, tmp_path: Path
) -> None:
    endpoints.start(REF, weights)
    pid = pid_of(endpoints)
    later = LocalEndpoints(tmp_path / "state")

    later.start(REF, weights)
    assert pid_of(later) == pid
    later.disable(REF)

    assert endpoints.describe(REF) == "disabled"


def kill(driver: LocalEndpoints) -> int:
    """As the kernel does when memory is short, or the machine is switched off."""
    killed = pid_of(driver)
    os.kill(killed, signal.SIGKILL)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
    return killed


def test_a_server_that_died_is_unknown_never_disabled(endpoints: LocalEndpoints, weights: Path) -> None:
    """Were it taken for switched off, a crash would stand for the days without a call."""
    endpoints.start(REF, weights)
    killed = kill(endpoints)

    with pytest.raises(Unavailable) as unknown:
        endpoints.describe(REF)
    assert str(unknown.value) == (
        "Endpoint churn-v1-prod should serve, and its process is gone. "
        "Bring it back: emeritus endpoint start churn-v1-prod"
    )
    endpoints.restore(REF)
    assert endpoints.describe(REF) == "serving"
    assert pid_of(endpoints) != killed


def test_switching_off_what_died_is_recorded_as_disabled(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    kill(endpoints)

    endpoints.disable(REF)

    assert endpoints.describe(REF) == "disabled"


def test_after_a_reboot_what_should_serve_does_and_what_was_switched_off_stays_off(
    endpoints: LocalEndpoints, weights: Path, tmp_path: Path
) -> None:
    for ref in (REF, "churn-v0", "churn-broken"):
        endpoints.start(ref, weights)
    endpoints.disable("churn-v0")
    endpoints.stop_all()
    (endpoints.folder("churn-broken") / WEIGHTS_FILE).write_text("{")
    later = LocalEndpoints(tmp_path / "state")

    found = dict(later.resume())

    assert found.pop("churn-broken").startswith("Endpoint churn-broken did not start: ")
    assert found == {REF: "serves again"}
    assert [later.describe(ref) for ref in (REF, "churn-v0")] == ["serving", "disabled"]
    assert dict(later.resume()).keys() == {"churn-broken"}, "what serves is left alone"
    later.stop_all()


def test_what_is_being_switched_off_is_not_started_by_another_process(
    endpoints: LocalEndpoints, weights: Path, tmp_path: Path
) -> None:
    """A start that looked before the switch would otherwise bring back what was switched off meanwhile."""
    endpoints.start(REF, weights)
    other = LocalEndpoints(tmp_path / "state")
    with ThreadPoolExecutor(2) as both:
        for _ in range(5):
            off, on = both.submit(endpoints.disable, REF), both.submit(other.start, REF, weights)
            off.result()
            on.result()
            assert endpoints.describe(REF) == "disabled"
            endpoints.restore(REF)


def test_a_mute_process_is_unavailable_never_disabled(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    os.kill(pid_of(endpoints), signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable, match="has a running process that does not answer"):
            endpoints.describe(REF)
    finally:
        os.kill(pid_of(endpoints), signal.SIGCONT)


def test_a_stale_address_never_gets_a_stranger_killed(endpoints: LocalEndpoints, weights: Path) -> None:
    """The pid in the file is this test's own: were it believed, the test run would end here."""
    endpoints.start(REF, weights)
    endpoints.disable(REF)
    file = endpoints.folder(REF) / ADDRESS_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), "pid": os.getpid()}))

    endpoints.disable(REF)

    assert endpoints.describe(REF) == "disabled"


def test_half_written_state_is_named_or_healed(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    endpoints.disable(REF)
    (endpoints.folder(REF) / ADDRESS_FILE).write_text('{"name": "chu')
    endpoints.restore(REF)
    assert endpoints.describe(REF) == "serving"
    endpoints.disable(REF)

    config = endpoints.folder(REF) / "endpoint.json"
    kept = config.read_bytes()
    config.write_bytes(kept[:7])
    with pytest.raises(Corrupt, match=r"endpoint.json cannot be read .*Move its folder away"):
        endpoints.describe(REF)
    config.write_bytes(kept)


def test_names_that_are_prefixes_of_each_other_are_different_endpoints(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    for ref in ("churn", "churn-v2", "../churn"):
        endpoints.start(ref, weights)

    endpoints.disable("churn")

    assert [endpoints.describe(ref) for ref in ("churn", "churn-v2", "../churn", "churn-")] == [
        "disabled",
        "serving",
        "serving",
        "absent",
    ]


def test_an_unknown_endpoint_is_not_found_with_the_known_ones(
    endpoints: LocalEndpoints, weights: Path
) -> None:
    endpoints.start(REF, weights)

    for act in (endpoints.disable, endpoints.restore):
        with pytest.raises(NotFound) as refusal:
            act("churn-v1")
        assert str(refusal.value) == 'No endpoint is called "churn-v1"; closest: churn-v1-prod'


def test_unreadable_weights_are_refused_before_anything_starts(
    endpoints: LocalEndpoints, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"intercept": "high", "coefficients": {}}')

    with pytest.raises(Invalid) as refusal:
        endpoints.start(REF, bad)

    assert str(refusal.value) == (
        f"weights of {REF} {bad}: needs a readable JSON of intercept and coefficients "
        "(intercept is 'high': expected a finite number)"
    )
    assert endpoints.describe(REF) == "absent"


def test_an_endpoint_never_changes_its_weights_in_silence(
    endpoints: LocalEndpoints, weights: Path, tmp_path: Path
) -> None:
    endpoints.start(REF, weights)
    other = tmp_path / "other.json"
    other.write_text('{"intercept": 1, "coefficients": {}}')

    with pytest.raises(Invalid, match="give a new model its own endpoint"):
        endpoints.start(REF, other)


def test_the_meter_counts_calls_in_calendar_time_across_a_restart(weights: Path, tmp_path: Path) -> None:
    """A wall second is a day here: calls stamped in wall time would all fall on the first of March."""
    origin = datetime(2026, 3, 1, tzinfo=UTC)
    calendar = Calendar(origin=origin, epoch=time.time() - 40, speed=86400.0)
    driver = LocalEndpoints(tmp_path / "state", calendar=calendar)
    driver.start(REF, weights)
    try:
        call(driver.address(REF), {}, caller="win-back-mailer")
        driver.disable(REF)
        driver.restore(REF)
        call(driver.address(REF), {}, caller="cancel-flow")
        call(driver.address(REF), {}, caller="cancel-flow")
        metered = driver.metered(REF, days=99_999, until=FAR_OFF)
    finally:
        driver.stop_all()

    assert metered is not None
    since = metered.since
    assert since >= origin + timedelta(days=40)
    assert driver.calls(REF, since=since, until=FAR_OFF) == 3
    assert driver.calls(REF, since=since, until=since) == 0
    assert driver.callers(REF, since) == {"cancel-flow": 2, "win-back-mailer": 1}


def test_only_time_in_which_it_ran_is_time_without_a_call(endpoints: LocalEndpoints, weights: Path) -> None:
    """Nobody could call while it was down; and however a run ended, the next one says nothing about before."""
    endpoints.start(REF, weights)
    now = datetime.now(UTC)
    week = now + timedelta(days=7)
    assert endpoints.metered(REF, days=5, until=week) == (week - timedelta(days=5), 5)

    os.kill(pid_of(endpoints), signal.SIGKILL)
    down = endpoints.metered(REF, days=5, until=week)
    assert down is not None
    assert down.days == 0


def test_what_the_meter_cannot_know_is_none_never_zero(endpoints: LocalEndpoints, weights: Path) -> None:
    assert endpoints.calls(REF, since=LONG_AGO, until=FAR_OFF) is None  # no such endpoint
    assert endpoints.metered(REF, days=5, until=FAR_OFF) is None
    endpoints.start(REF, weights)
    metered = endpoints.metered(REF, days=99_999, until=FAR_OFF)
    assert metered is not None
    since = metered.since
    assert endpoints.calls(REF, since=since, until=FAR_OFF) == 0
    assert (
        endpoints.calls(REF, since=since - timedelta(seconds=1), until=FAR_OFF) is None
    )  # before the log began

    endpoints.disable(REF)
    for leftover in endpoints.folder(REF).glob(f"{CALLS_FILE}*"):
        leftover.write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    assert endpoints.calls(REF, since=since, until=FAR_OFF) is None
    with pytest.raises(Unavailable, match="its callers are unknown"):
        endpoints.callers(REF, since)


def test_a_call_that_cannot_be_logged_is_not_served(endpoints: LocalEndpoints, weights: Path) -> None:
    endpoints.start(REF, weights)
    with sqlite3.connect(endpoints.folder(REF) / CALLS_FILE) as db:
        db.execute("DROP TABLE calls")
    db.close()

    status, body = call(endpoints.address(REF), {})

    assert status == 503
    assert body == {"error": "the call log cannot be written, so nothing is served: no such table: calls"}
