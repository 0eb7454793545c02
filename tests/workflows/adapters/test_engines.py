"""What holds for Envoy and HAProxy beyond what every plane promises: real binaries, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import msgspec
import pytest

from data.errors import NotFound, Refused, Unavailable
from data.records.traffic import Arm, Brownout, Desired, Lane
from tests.contract.planes import load, two_models, until
from tests.workflows.adapters.engined import Engined, Envoy, HAProxy, an_envoy, an_haproxy
from tests.workflows.adapters.proxied import REF, ask
from workflows.adapters.engines.counts import Note
from workflows.adapters.envoy.calls import LOG_FILE, seen_in
from workflows.adapters.haproxy.admin import Admin
from workflows.adapters.haproxy.endpoints import map_of
from workflows.adapters.traffic_proxy.route import Announced

LONG_AGO, FAR_OFF = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
ENDS = Announced(
    retirement_id="RET-1",
    since=datetime(2026, 11, 16, 9, tzinfo=UTC),
    until=datetime(2027, 2, 17, 9, tzinfo=UTC),
    successor="https://models.example.com/100%/churn-v2",
)
ODD = "crm sync/é:'%20\\\"~*!(1);=#"
BUILD = {"envoy": an_envoy, "haproxy": an_haproxy}


@pytest.fixture(params=BUILD)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engined]:
    with two_models() as (old, new), BUILD[request.param](tmp_path, old, new) as there:
        yield there


@pytest.fixture
def envoy(tmp_path: Path) -> Iterator[Envoy]:
    with two_models() as (old, new), an_envoy(tmp_path, old, new) as there:
        yield there


def told(there: Engined, share: float = 25) -> Desired:
    """All that can be wanted at once."""
    begins_at = datetime(2026, 3, 2, 9, 30, 0, 1000, tzinfo=UTC)
    window = Brownout(
        begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), percent=12.5, exempt=(ODD,)
    )
    return Desired(
        new=there.new.address,
        new_name="churn-v2",
        new_percent=share,
        mirror_percent=40 if isinstance(there, Envoy) else 0,
        pins={"careful": Lane.OLD, ODD: Lane.NEW, "stranger": Lane.BLOCKED},
        brownout=window,
    )


def test_a_closed_endpoint_says_so_until_it_is_opened_whatever_restarts(there: Engined) -> None:
    there.plane.want(REF, told(there, share=100))
    there.endpoints.announce(REF, ENDS)
    served = ask(there.address, path="/predict", X_Caller="careful")
    assert (served.status, served.body) == (200, b"old")
    assert (served.headers["Deprecation"], served.headers["Sunset"]) == (
        "@1794819600",
        "Wed, 17 Feb 2027 09:00:00 GMT",
    )
    assert served.headers["Link"] == f'<{ENDS.successor}>; rel="successor-version"'
    assert served.headers["X-Model-Actual"] == REF
    assert "envoy" not in str(served.headers).casefold(), (
        "what the model answered, and no more than was wanted"
    )

    there.endpoints.disable(REF)
    there.kill()
    there.endpoints = there.adapter()
    there.start()
    gone = ask(there.address, path="/predict", X_Caller=ODD)
    assert (gone.status, gone.headers["Sunset"]) == (410, "Wed, 17 Feb 2027 09:00:00 GMT")
    assert gone.headers["Content-Type"] == "application/json"
    assert gone.json == {
        "error": "model_retired",
        "endpoint": REF,
        "retirement": "RET-1",
        "sunset": "2027-02-17T09:00:00+00:00",
        "successor": ENDS.successor,
    }
    assert there.endpoints.describe(REF) == "disabled"

    there.endpoints.restore(REF)
    assert there.endpoints.describe(REF) == "serving"
    assert ask(there.address, path="/predict", X_Caller="else").body == b"new", "as it was wanted last"
    assert there.endpoints.announce(REF, None)
    assert not there.endpoints.announce(REF, None)
    assert ask(there.address, path="/predict").headers["Sunset"] is None


def test_names_of_callers_are_taken_as_they_are(there: Engined) -> None:
    there.plane.want(REF, told(there, share=0))
    said = ask(there.address, path="/predict", X_Caller=ODD.encode().decode("latin-1"))
    assert (said.status, said.body) == (200, b"new")
    assert ask(there.address, path="/predict", X_Caller="stranger").json == {
        "error": "caller_blocked",
        "endpoint": REF,
        "caller": "stranger",
    }


def test_an_engine_that_is_gone_is_unknown_and_keeps_to_what_is_wanted_once_it_is_back(
    there: Engined,
) -> None:
    load(there, 5)
    assert there.endpoints.calls(REF, since=there.plane.observe(REF).since, until=FAR_OFF) == 5
    there.kill()
    for asked in (
        lambda: there.endpoints.describe(REF),
        lambda: there.plane.obeyed(REF),
        lambda: there.plane.observe(REF),
        lambda: there.endpoints.callers(REF, LONG_AGO),
        lambda: there.plane.want(REF, Desired(new=there.new.address, new_percent=100)),
        lambda: there.endpoints.disable(REF),
    ):
        with pytest.raises(Unavailable):
            asked()
    assert there.endpoints.metered(REF, days=1, until=FAR_OFF) is None
    assert there.endpoints.calls(REF, since=LONG_AGO, until=FAR_OFF) is None, "unknown is never zero"
    there.start()
    assert there.endpoints.describe(REF) == "disabled", "it was wanted while nobody was there to do it"
    there.endpoints.restore(REF)
    assert {answer.by for answer in load(there, 10)} == {"new"}


def test_what_somebody_else_changes_is_seen(there: Engined) -> None:
    wanted = Desired(new=there.new.address, new_percent=100)
    there.plane.want(REF, wanted)
    if isinstance(there, HAProxy):
        _, said = Admin(there.admin()), there.endpoints.folders.known(REF)
        _._done(f"set map {map_of(said)} new 0")
        assert there.plane.obeyed(REF) == msgspec.structs.replace(wanted, new_percent=0)
        there.plane.want(REF, wanted)
    else:
        set_ = f"{there.admin()}/runtime_modify?emeritus.{REF}.new="
        urlopen(Request(f"{set_}0", method="POST")).read()
        until(lambda: there.plane.obeyed(REF).new_percent == 0)
        with pytest.raises(Refused) as refused:
            there.plane.want(REF, wanted)
        assert str(refused.value) == (
            f"The Envoy of {REF} does not do what is wanted of it: emeritus.{REF}.new is '0' in its layer admin; "
            f"POST {set_} takes that back. It is written down and counts as soon as that is taken back"
        )
        there.endpoints.disable(REF)
        there.endpoints.restore(REF)
        urlopen(Request(set_, method="POST")).read()
        until(lambda: there.plane.obeyed(REF) == wanted)
    assert {answer.by for answer in load(there, 10)} == {"new"}


def test_all_that_can_be_wanted_is_read_back_from_what_the_engine_says_alone(there: Engined) -> None:
    wanted = told(there)
    there.plane.want(REF, wanted)
    other = msgspec.structs.replace(
        there.endpoints.folders.known(REF), traffic=Desired(new=wanted.new, new_name="churn-v2")
    )
    assert there.endpoints.going(other).traffic == wanted, "though the file says something else"


def test_another_successor_than_it_leads_to_needs_its_operator(there: Engined) -> None:
    with pytest.raises(Refused) as refused:
        there.plane.want(REF, Desired(new="http://127.0.0.1:1", new_percent=5))
    name = there.endpoints.name
    assert str(refused.value) == (
        f"Cannot lead calls of {REF} so: its {name} leads to {there.new.address}, and http://127.0.0.1:1 is wanted. "
        f"emeritus endpoint {name.casefold()} {REF} --new http://127.0.0.1:1 prints what to merge"
    )
    with pytest.raises(NotFound):
        there.plane.obeyed("unknown")
    there.plane.want(REF, Desired(new=there.new.address, new_percent=5))
    alone = msgspec.structs.replace(there.engine, new="")
    with pytest.raises(Refused) as refused:
        there.endpoints.settle(alone, is_closed=False)
    assert str(refused.value) == (
        f"Cannot give {REF} another successor at its {name}: calls are led to {there.new.address}. "
        "Lead them back to the old model first"
    )
    there.plane.want(REF, Desired(new=there.new.address))
    there.endpoints.settle(alone, is_closed=False)
    with pytest.raises(Refused, match="it cannot do this: split"):
        there.plane.want(REF, Desired(new=there.new.address, new_percent=5))


def test_calls_are_metered_by_caller_and_day_over_restarts(there: Engined) -> None:
    load(there, 3, caller="job")
    load(there, 2, caller=" ")
    since = there.plane.observe(REF).since
    there.kill()
    there.start()
    load(there, 4, caller="job")
    today = there.now().date().isoformat()
    assert there.endpoints.callers(REF, LONG_AGO) == {"job": 7, "(anonymous)": 2}
    assert set(there.endpoints.daily(REF)) == {(today, "job", 7), (today, "", 2)}
    assert there.endpoints.calls(REF, since=since, until=FAR_OFF) == 9
    assert there.endpoints.calls(REF, since=LONG_AGO, until=FAR_OFF) is None, "nobody counted then"
    assert there.plane.observe(REF).since == since
    now = there.now() + timedelta(seconds=1)
    metered = there.endpoints.metered(REF, days=1, until=now)
    assert metered is not None
    assert (metered.days, metered.since > since - timedelta(minutes=1)) == (0, True)
    there.endpoints.settle(msgspec.structs.replace(there.engine, old="http://127.0.0.1:1"), is_closed=True)
    assert there.plane.observe(REF).counts == (), "another model begins anew"
    assert there.endpoints.describe(REF) == "serving", "only a retirement closes what is known already"


def test_a_call_log_that_is_put_aside_is_read_to_its_end(envoy: Envoy) -> None:
    load(envoy, 10)
    envoy.plane.observe(REF)
    load(envoy, 5)
    log = Path(envoy.engine.folder) / LOG_FILE
    log.rename(f"{log}.1")
    urlopen(Request(f"{envoy.admin()}/reopen_logs", method="POST")).read()
    until(log.exists)
    load(envoy, 7)
    until(lambda: envoy.endpoints.callers(REF, LONG_AGO) == {"job": 22})
    log.write_bytes(b"")
    with log.open("ab") as file:
        file.write(b'{"at": "1e400"}\nno line\n{"at": "1795877822.5", "caller": "late", "route": "old", "st')
    assert envoy.endpoints.callers(REF, LONG_AGO) == {"job": 22}, "half a line waits"
    with log.open("ab") as file:
        file.write(b'atus": 504, "flags": "UT", "ms": 60000}\n')
    (late,) = (one for one in envoy.plane.observe(REF).counts if one.consumer == "late")
    assert (late.arm, late.calls, late.errors, late.timeouts) == (Arm.OLD, 1, 1, 1)
    with pytest.raises(Unavailable, match="has what emeritus endpoint envoy prints been merged"):
        seen_in(envoy.top, Note(), LONG_AGO)


def test_copies_of_what_the_old_model_answers_are_such_a_share_of_it_whatever_the_share_of_the_new_one(
    envoy: Envoy,
) -> None:
    """Envoy goes by one drawn number for both: half of each, plainly, would copy nothing."""
    envoy.plane.want(REF, Desired(new=envoy.new.address, new_percent=50, mirror_percent=50))
    load(envoy, 400)
    until(lambda: envoy.plane.observe(REF).mirrored >= 60)
    assert envoy.old.calls + envoy.new.calls == 400
    assert 60 <= envoy.plane.observe(REF).mirrored <= 140


def test_calls_that_are_not_answered_yet_are_told(there: Engined) -> None:
    seen: list[int] = []

    def looks() -> None:
        until(lambda: seen.append(there.plane.observe(REF).under_way) or seen[-1] > 0)

    answers = load(there, 16, path="/predict/slow", meanwhile=looks)
    assert 0 < seen[-1] <= 8, "as many as were sent at once"
    until(lambda: there.plane.observe(REF).under_way == 0)
    assert sum(one.calls for one in there.plane.observe(REF).counts) == len(answers) == there.old.calls
