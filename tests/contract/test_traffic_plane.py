"""What is wanted of calls is what becomes of them, whichever plane passes them on: counted at the models."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from data.errors import NotFound, Refused
from data.records.traffic import Ability, Arm, Brownout, Count, Desired, Lane
from tests.contract.planes import PATIENCE_SECONDS, PLANES, SLOW_SECONDS, Answer, Site, able_to, load, until
from workflows.rules.migrating.proof import Standing, split_of, standing

CALLS = 400
SURE = 1e-9
"""How likely a plane that does right may be found wrong: of a suite that is run often, less than of a benchmark."""


def to_new(site: Site, percent: float, **more: object) -> Desired:
    return replace(Desired(new=site.new.address, new_percent=percent), **more)


def needing(site: Site) -> dict[Ability, Desired]:
    """For each ability what cannot be done without it."""
    led = Desired(new=site.new.address)
    window = Brownout(begins_at=site.now(), ends_at=site.now() + timedelta(days=1))
    return {
        Ability.SPLIT: replace(led, new_percent=5),
        Ability.MIRROR: replace(led, mirror_percent=5),
        Ability.MIRROR_SOME: replace(led, mirror_percent=5, mirror_paths=("/predict",)),
        Ability.BROWNOUT: Desired(brownout=window),
        Ability.PIN: replace(led, pins={"a": Lane.NEW}),
    }


def by(answers: list[Answer]) -> Counter[str]:
    return Counter(answer.by for answer in answers)


def counted(site: Site, arm: Arm) -> list[Count]:
    return [one for one in site.plane.observe(site.ref).counts if one.arm is arm and one.calls]


def test_what_it_lacks_or_what_makes_no_sense_is_refused_and_changes_nothing(
    site: Site, request: pytest.FixtureRequest
) -> None:
    abilities = site.plane.abilities(site.ref)
    assert abilities == PLANES[request.node.callspec.params["site"]].abilities
    before = to_new(site, 25) if Ability.SPLIT in abilities else Desired()
    site.plane.want(site.ref, before)
    lacking = [desired for ability, desired in needing(site).items() if ability not in abilities]
    at = site.now()
    no_window = Brownout(begins_at=at, ends_at=at)
    for desired in [*lacking, Desired(new_percent=5), Desired(brownout=no_window), to_new(site, 101)]:
        with pytest.raises(Refused):
            site.plane.want(site.ref, desired)
        assert (site.plane.desired(site.ref), site.plane.obeyed(site.ref)) == (before, before)
    with pytest.raises(NotFound):
        site.plane.want("unknown", Desired())


def test_whatever_it_can_do_is_read_back_and_wanted_twice_is_wanted_once(site: Site) -> None:
    for ability, desired in needing(site).items():
        if ability in site.plane.abilities(site.ref):
            site.plane.want(site.ref, desired)
            site.plane.want(site.ref, desired)
            assert (site.plane.desired(site.ref), site.plane.obeyed(site.ref)) == (desired, desired)


@pytest.mark.parametrize("percent", [1, 5, 25, 50, 100])
@able_to(Ability.SPLIT)
def test_the_models_get_the_shares_that_were_asked_for(site: Site, percent: float) -> None:
    site.plane.want(site.ref, to_new(site, percent))
    answers = load(site, CALLS)
    assert {answer.status for answer in answers} == {200}
    assert by(answers) == Counter({"old": site.old.calls, "new": site.new.calls})
    assert site.old.calls + site.new.calls == CALLS
    found = standing(percent, new=site.new.calls, calls=CALLS, doubt=SURE)
    assert found is not Standing.CONTRADICTED, (site.old.calls, site.new.calls)


@able_to(Ability.SPLIT)
def test_no_caller_notices_that_shares_move(site: Site) -> None:

    def moves() -> None:
        for percent in (1, 5, 10, 25, 50, 75, 100, 0):
            site.plane.want(site.ref, to_new(site, percent))

    answers = load(site, CALLS, meanwhile=moves)
    assert {answer.status for answer in answers} == {200}


@able_to(Ability.SPLIT)
def test_what_was_wanted_outlives_the_plane_and_nobody_is_led_back(site: Site) -> None:
    wanted = to_new(site, 100)
    site.plane.want(site.ref, wanted)
    site.kill()
    assert site.plane.desired(site.ref) == wanted
    site.start()
    assert by(load(site, 50)) == {"new": 50}
    assert site.plane.obeyed(site.ref) == wanted


@able_to(Ability.SPLIT, Ability.PIN)
def test_whoever_has_a_lane_keeps_to_it_whatever_the_share(site: Site) -> None:
    pins = {"careful": Lane.OLD, "eager": Lane.NEW, "stranger": Lane.BLOCKED}
    for percent in (0, 100):
        site.plane.want(site.ref, to_new(site, percent, pins=pins))
        assert by(load(site, 20, caller="careful")) == {"old": 20}
        assert by(load(site, 20, caller="eager")) == {"new": 20}
        assert {answer.status for answer in load(site, 20, caller="stranger")} == {403}
        assert by(load(site, 20)) == {"new" if percent else "old": 20}
    assert site.plane.observe(site.ref).refused["stranger"] == 40
    assert "stranger" not in site.old.by_caller | site.new.by_caller


@able_to(Ability.MIRROR)
def test_copies_reach_the_successor_and_their_answers_reach_nobody(site: Site) -> None:
    site.plane.want(site.ref, Desired(new=site.new.address, mirror_percent=100))
    site.new.status = 500
    assert load(site, 100) == [Answer(200, "old")] * 100

    def copies() -> int:
        seen = site.plane.observe(site.ref)
        return seen.mirrored + seen.unanswered + seen.shed

    until(lambda: copies() == 100)
    until(lambda: site.new.copied >= site.plane.observe(site.ref).mirrored > 0)
    assert (site.old.calls, site.new.calls, counted(site, Arm.NEW)) == (100, 0, [])


@able_to(Ability.MIRROR, Ability.MIRROR_SOME)
def test_only_such_calls_are_copied_as_were_asked_for(site: Site) -> None:
    wanted = Desired(new=site.new.address, mirror_percent=100, mirror_methods=("POST",))
    site.plane.want(site.ref, replace(wanted, mirror_paths=("/predict/batch",)))
    load(site, 10)
    load(site, 10, path="/predict/batch")
    until(lambda: site.new.copied >= 10)
    site.plane.want(site.ref, replace(wanted, mirror_methods=("PUT",)))
    load(site, 10, path="/predict/batch")
    assert (site.new.copied, site.old.calls) == (10, 30)


@able_to(Ability.BROWNOUT, Ability.WINDOW)
def test_a_brownout_begins_and_ends_by_itself(site: Site) -> None:
    begins_at = site.now() + timedelta(seconds=0.7)
    window = Brownout(begins_at=begins_at, ends_at=begins_at + timedelta(seconds=1), exempt=("payroll",))
    site.plane.want(site.ref, Desired(brownout=window))
    seen: list[Answer] = []
    patience_until = time.monotonic() + PATIENCE_SECONDS
    while not (seen and seen[-1].status == 200 and 503 in {answer.status for answer in seen}):
        seen += load(site, 5)
        assert {answer.status for answer in load(site, 2, caller="payroll")} == {200}
        assert time.monotonic() < patience_until
    statuses = [answer.status for answer in seen]
    assert site.now() >= window.ends_at
    assert set(statuses) == {200, 503}
    assert site.plane.observe(site.ref).refused == {"job": statuses.count(503)}


@able_to(Ability.BROWNOUT)
def test_half_a_brownout_takes_half_of_the_calls(site: Site) -> None:
    window = Brownout(begins_at=site.now() - timedelta(hours=1), ends_at=site.now() + timedelta(hours=1))
    site.plane.want(site.ref, Desired(brownout=replace(window, percent=50)))
    statuses = Counter(answer.status for answer in load(site, CALLS))
    assert standing(50, new=statuses[503], calls=CALLS, doubt=SURE) is not Standing.CONTRADICTED
    assert site.old.calls == statuses[200]


@able_to(Ability.BROWNOUT)
def test_a_window_that_is_over_serves(site: Site) -> None:
    over = Brownout(begins_at=site.now() - timedelta(hours=2), ends_at=site.now() - timedelta(hours=1))
    site.plane.want(site.ref, Desired(brownout=over))
    assert by(load(site, 10)) == {"old": 10}


@able_to(Ability.SPLIT)
def test_a_successor_that_fails_is_seen_to_and_nobody_stands_in_for_it(site: Site) -> None:
    site.plane.want(site.ref, to_new(site, 100))
    site.new.status = 500
    assert {answer.status for answer in load(site, 10)} == {500}
    site.new.stop()
    assert min(answer.status for answer in load(site, 10)) >= 502
    (count,) = counted(site, Arm.NEW)
    assert (count.calls, count.errors, site.old.calls) == (20, 20, 0)
    assert counted(site, Arm.OLD) == []


@able_to(Ability.SPLIT, Ability.CONSUMERS)
def test_calls_are_counted_by_arm_and_by_caller(site: Site) -> None:
    site.plane.want(site.ref, Desired(new=site.new.address))
    load(site, 30, caller="billing")
    site.plane.want(site.ref, to_new(site, 100))
    load(site, 20, caller="billing")
    load(site, 10, caller="crm")
    assert {
        (one.arm, one.consumer, one.calls, one.errors) for one in site.plane.observe(site.ref).counts
    } == {
        (Arm.OLD, "billing", 30, 0),
        (Arm.NEW, "billing", 20, 0),
        (Arm.NEW, "crm", 10, 0),
    }


@able_to(Ability.SPLIT, Ability.PIN, Ability.CONSUMERS)
def test_what_it_observed_of_a_share_is_what_the_models_counted(site: Site) -> None:
    """So a share can be proven by it: lanes are left out, and so is what was before."""
    load(site, 20)
    wanted = to_new(site, 25, pins={"eager": Lane.NEW})
    site.plane.want(site.ref, wanted)
    baseline = site.plane.observe(site.ref)
    site.old.forget()
    load(site, 20, caller="eager")
    load(site, CALLS)
    found = split_of(wanted, baseline=baseline, now=site.plane.observe(site.ref))
    assert (found.old, found.new) == (site.old.calls, site.new.by_caller["job"])


@able_to(Ability.LATENCY)
def test_how_long_answers_took_is_counted_within_fixed_bounds(site: Site) -> None:
    load(site, 10, path="/predict/slow")
    (count,) = counted(site, Arm.OLD)
    within = {bound: calls for bound, calls in count.slower.items() if float(bound) < SLOW_SECONDS}
    assert within
    assert set(within.values()) == {10}
    assert not any(calls for bound, calls in count.slower.items() if float(bound) >= 5)


@able_to(Ability.SPLIT)
def test_what_was_observed_never_goes_down(site: Site) -> None:
    last: dict[tuple[Arm, str], int] = {}
    site.plane.want(site.ref, to_new(site, 50))
    since = site.plane.observe(site.ref).since
    for restart in (False, False, True, False):
        if restart:
            site.kill()
            site.start()
        load(site, 20)
        seen = site.plane.observe(site.ref)
        counts = {(one.arm, one.consumer): one.calls for one in seen.counts}
        if seen.since != since:  # it began anew, and says so
            last, since = {}, seen.since
        assert all(counts[key] >= calls for key, calls in last.items())
        last = counts
