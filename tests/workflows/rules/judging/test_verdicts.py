"""Three verdicts, by what was proven; what is missing holds."""

from __future__ import annotations

import math
import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records.judged import Gap, Judgement, Judging, Margins, Needed, Verdict
from data.records.traffic import Arm
from tests.workflows.rules.judging.watching import START, Watch, an_observed, both
from workflows.rules.judging.gates import at_next_share, looked, opened, unseen
from workflows.rules.judging.looks import ERRORS, TIMEOUTS
from workflows.rules.judging.verdicts import judged, verdict

MARGINS = Margins()
UNCAPPED = Margins(burst_max=10**9)
ONE = opened({ERRORS: MARGINS})
SOUND, BAD = both((300, 6), (100, 2)), both((300, 6), (100, 9))


def verdict_of(watch: Watch) -> Verdict:
    return verdict(judged(watch.judging, watch.at))


@pytest.mark.parametrize(
    ("added", "looks", "expected"),
    [
        (SOUND, 60, Verdict.PROMOTE),
        (SOUND, 5, Verdict.HOLD),
        (BAD, 60, Verdict.ABORT),
        (BAD, 1, Verdict.HOLD),
        (both((300, 0), (100, 0)), 600, Verdict.HOLD),
        (both((400, 8), (0, 0)), 60, Verdict.HOLD),
        (both((0, 0), (400, 8)), 60, Verdict.HOLD),
        (both((0, 0), (0, 0)), 600, Verdict.HOLD),
    ],
    ids=[
        "as good as the old one",
        "as good, but not for long",
        "worse",
        "worse, but not for long",
        "nothing was ever bad",
        "no calls on the successor",
        "no calls on the old model",
        "counters that never move",
    ],
)
def test_a_successor_is_judged_by_what_is_proven(added, looks, expected):
    assert verdict_of(Watch(ONE).sees(added, times=looks)) is expected


def test_a_judgement_says_its_numbers_and_what_it_still_takes():
    watch = Watch(ONE).sees(SOUND, times=5)
    assert judged(watch.judging, watch.at) == (
        Judgement(
            verdict=Verdict.HOLD,
            metric=ERRORS,
            consumer="",
            margins=Margins(),
            old_calls=1500,
            old_bad=30,
            new_calls=500,
            new_bad=10,
            ratio=1.0,
            needed=Needed(calls=1826, seconds=274),
        ),
    )


def test_what_it_still_takes_is_about_what_it_then_took():
    """Two thirds or half as much again: evidence is a walk, and the estimate is its mean."""
    rand, took, said = random.Random(7), [], []
    for _ in range(40):
        watch = Watch(ONE).sees(both((300, 6), (100, 2)), times=2)
        (first,) = judged(watch.judging, watch.at)
        assert first.needed is not None
        said.append(first.needed.calls)
        looks = 0
        while verdict_of(watch) is Verdict.HOLD:
            looks += 1
            watch.sees(both((300, some(rand, 300)), (100, some(rand, 100))))
        took.append(400 * looks)
    mean = sum(took) / len(took)
    assert mean / 1.5 < said[0] < mean * 1.5
    assert set(said) == {said[0]}


def some(rand: random.Random, calls: int, share: float = 0.02) -> int:
    return sum(rand.random() < share for _ in range(calls))


def test_of_a_sound_successor_hardly_any_is_given_up_however_often_one_looks():
    rand = random.Random(3)
    aborted = 0
    for _ in range(100):
        watch = Watch(ONE)
        for _ in range(30):
            watch.sees(both((75, some(rand, 75)), (25, some(rand, 25))))
        aborted += verdict_of(watch) is Verdict.ABORT
    assert aborted / 100 <= MARGINS.alpha


GAPS = {
    "a look that failed": (lambda now: None, Gap.SILENT),
    "the successor is not told of": (lambda now: an_observed(old_crm=now["old"]), Gap.SILENT),
    "nobody is told of": (lambda now: an_observed(), Gap.SILENT),
    "not a number": (
        lambda now: an_observed(old_crm=now["old"], new_crm=(now["new"][0], math.nan)),
        Gap.NOT_A_NUMBER,
    ),
    "backwards": (lambda now: an_observed(old_crm=now["old"], new_crm=(1, 0)), Gap.BACKWARDS),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_gap_holds_who_was_about_to_go_on_and_says_since_when(name):
    tell, expected = GAPS[name]
    watch = Watch(ONE).sees(SOUND, times=60)
    assert verdict_of(watch) is Verdict.PROMOTE
    now = {str(arm): total for (arm, _), total in watch.total.items()}
    first, second = watch.at + timedelta(minutes=1), watch.at + timedelta(minutes=2)
    judging = watch.judging
    for at in (first, second):
        observed = tell(now)
        judging = unseen(judging, at) if observed is None else looked(judging, observed, at)
        (one,) = judged(judging, at)
        if expected is not Gap.BACKWARDS:
            assert (one.verdict, one.gap, one.gap_since) == (Verdict.HOLD, expected, first)
        elif at == first:
            assert (one.verdict, one.gap) == (Verdict.HOLD, expected)
    watch.judging, watch.at = judging, second
    assert verdict_of(watch.sees(SOUND)) is Verdict.PROMOTE or expected is Gap.BACKWARDS


def test_at_the_next_share_it_is_proven_anew_and_what_speaks_against_it_is_kept():
    watch = Watch(ONE).sees(SOUND, times=60)
    watch.judging = at_next_share(watch.judging)
    assert verdict_of(watch) is Verdict.HOLD
    assert watch.judging.gates[0].evidence.new_calls == 6000, "numbers are those of all shares"
    assert verdict_of(watch.sees(SOUND, times=60)) is Verdict.PROMOTE
    bad = Watch(ONE).sees(BAD, times=60)
    bad.judging = at_next_share(bad.judging)
    assert verdict_of(bad) is Verdict.ABORT


def test_a_gap_does_not_take_back_what_was_proven_against_a_successor():
    watch = Watch(ONE).sees(BAD, times=60)
    judging = unseen(watch.judging, watch.at + timedelta(minutes=1))
    (one,) = judged(judging, watch.at + timedelta(minutes=1))
    assert (one.verdict, one.gap) == (Verdict.ABORT, Gap.SILENT)


@pytest.mark.parametrize(
    ("arm", "gap"), [(Arm.NEW, Gap.UNCALLED_NEW), (Arm.OLD, Gap.UNCALLED_OLD)], ids=["successor", "old model"]
)
def test_where_calls_stop_on_the_way_nobody_goes_on(arm, gap):
    """fluxcd/flagger issue 1011: traffic stopped, and the canary was promoted."""
    watch = Watch(ONE).sees(SOUND, minutes=(300 if arm is Arm.OLD else 100), times=60)
    stopped_at = watch.at
    without = {key: row for key, row in SOUND.items() if key[0] is not arm}
    watch.sees(without, times=6)
    assert verdict_of(watch) is Verdict.PROMOTE, "six minutes may be chance where one call a minute is usual"
    watch.sees(without)
    (one,) = judged(watch.judging, watch.at)
    assert (one.verdict, one.gap, one.gap_since) == (Verdict.HOLD, gap, stopped_at)
    assert verdict_of(watch.sees(SOUND)) is Verdict.PROMOTE


@given(st.lists(st.sampled_from(["sound", "bad", "restart", "quiet"]), max_size=12), st.integers(0, 12))
@settings(deadline=None, max_examples=40)
def test_a_bot_that_restarts_anywhere_judges_as_one_that_never_did(story, at):
    """Of it only the record is left; the plane counts anew whenever it likes."""

    def told(restarts_at: int) -> Judging:
        watch = Watch(opened({ERRORS: MARGINS, TIMEOUTS: MARGINS}, critical=["crm"]))
        for number, word in enumerate(story):
            if number == restarts_at:
                watch.judging = msgspec.json.decode(msgspec.json.encode(watch.judging), type=Judging)
            if word == "restart":
                watch.restarts()
            else:
                watch.sees({"sound": SOUND, "bad": BAD, "quiet": {}}[word])
        return watch.judging

    assert told(at) == told(-1)


def test_what_a_plane_counted_is_all_there_whenever_it_begins_anew():
    watch = Watch(ONE)
    for _ in range(4):
        watch.sees(SOUND, times=5).restarts()
    (gate,) = watch.judging.gates
    assert (gate.evidence.old_calls, gate.evidence.new_bad) == (6000, 40)


def test_a_consumer_judged_apart_is_not_lost_in_the_mean():
    together = Watch(opened({ERRORS: UNCAPPED}))
    apart = Watch(opened({ERRORS: UNCAPPED}, critical=["payments"]))
    others = both((3000, 60), (1000, 20))
    mine = both((60, 1), (20, 4), "payments")
    assert verdict_of(together.sees({**others, **mine}, times=20)) is Verdict.PROMOTE
    apart.sees({**others, **mine}, times=20)
    assert [(one.consumer, one.verdict) for one in judged(apart.judging, apart.at)] == [
        ("", Verdict.PROMOTE),
        ("payments", Verdict.ABORT),
    ]
    assert verdict_of(apart) is Verdict.ABORT


def test_a_barred_metric_is_told_and_decides_nothing():
    both_metrics = {ERRORS: MARGINS, TIMEOUTS: MARGINS}
    watch = Watch(opened(both_metrics, barred={ERRORS: "it fired"})).sees(BAD, times=60)
    told = judged(watch.judging, watch.at)
    assert [(one.metric, one.verdict, one.barred) for one in told] == [
        (ERRORS, Verdict.ABORT, "it fired"),
        (TIMEOUTS, Verdict.HOLD, ""),
    ]
    assert verdict(told) is Verdict.HOLD
    assert verdict([told[0]]) is Verdict.HOLD, "nothing was proven"


def test_the_chance_to_give_up_a_sound_one_is_split_over_all_gates():
    bad = both((300, 6), (100, 6))
    alone, many = Watch(ONE), Watch(opened({f"slower than {n} s": MARGINS for n in range(99)} | ONE_MORE))
    looks = 0
    while verdict_of(alone) is Verdict.HOLD:
        looks += 1
        alone.sees(bad)
        many.sees(bad)
    assert verdict_of(many) is Verdict.HOLD
    assert verdict_of(many.sees(bad, times=3 * looks)) is Verdict.ABORT


ONE_MORE = {ERRORS: MARGINS}


def test_nothing_is_judged_before_the_first_look():
    (one,) = judged(ONE, START)
    assert (one.verdict, one.gap, one.needed) == (Verdict.HOLD, Gap.UNCALLED_NEW, None)
