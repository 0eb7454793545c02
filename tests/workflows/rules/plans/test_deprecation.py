"""When catalogs are told, and what: with every event that changes what they say, and with no other."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.events import EMERITUS
from data.records.decision import EffectKind
from data.records.deprecation import CatalogKind, Lifecycle
from data.records.retirement import Retirement, State
from tests.builders import (
    ANNOUNCED_AT,
    BILL,
    CLOSE_AT,
    DISABLE_AT,
    PAT,
    WHY,
    Story,
    a_dark,
    a_proposed,
    a_running_retirement,
    an_approved,
    days,
    paused,
    restoring,
    resumed,
    revising,
)
from workflows import commands as cmd
from workflows.rules.plans.deprecation import lifecycle_of
from workflows.rules.telling import notices

ALL = [f"RET-1/catalog/{kind}" for kind in CatalogKind]


def told(story: Story) -> list[str]:
    """What is wanted of catalogs since the last look."""
    wanted = [effect.key for effect in story.work(EffectKind.WRITE)]
    for key in wanted:
        del story.effects[key]
    return wanted


def cancelled(story: Story) -> Story:
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story.votes("UOWEN", "UPLATO", "USELMA")


def test_nobody_is_told_before_the_announcement():
    assert told(a_proposed()) == told(an_approved()) == []
    assert told(cancelled(an_approved())) == []


def test_the_announcement_tells_every_catalog_by_an_effect_of_its_own_that_draws_what_is_so_then():
    story = a_running_retirement()
    effects = story.work(EffectKind.WRITE)
    assert [effect.key for effect in effects] == ALL
    assert all(effect.refresh and not effect.lane and not effect.after for effect in effects)


def test_what_changes_what_they_say_tells_them_again_and_nothing_else_does():
    story = a_running_retirement()
    told(story)
    story.does(cmd.ChangeDuty(by=BILL, duty="migrated"))
    assert told(paused(story, for_days=2)) == []
    assert told(resumed(story)) == ALL
    assert told(cancelled(story)) == ALL


def test_another_plan_the_end_and_the_way_back_tell_them_too():
    story = a_running_retirement()
    told(story)
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert (told(story), lifecycle_of(story.state)) == (ALL, Lifecycle.IN_SERVICE)
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    assert (told(story), lifecycle_of(story.state)) == (ALL, DEPRECATED)

    off = a_dark()
    told(off)
    assert (told(restoring(off).works()), lifecycle_of(off.state)) == (ALL, Lifecycle.IN_SERVICE)

    done = a_dark()
    told(done)
    done.until(CLOSE_AT).works()
    assert done.state.state is State.ARCHIVED
    assert (told(done), lifecycle_of(done.state)) == (ALL, Lifecycle.RETIRED)


DEPRECATED = Lifecycle.DEPRECATED


@pytest.mark.parametrize("state", State)
def test_only_what_was_announced_and_stands_is_deprecated(state: State):
    retired = dict.fromkeys((State.ARCHIVED, State.PRUNED), Lifecycle.RETIRED)
    going = (State.MIGRATING, State.BROWNOUT, State.DISABLED)
    said = {**dict.fromkeys(going, DEPRECATED), **retired}
    assert lifecycle_of(Retirement(id="RET-1", state=state)) is said.get(state, Lifecycle.IN_SERVICE)


def test_after_an_old_record_came_back_they_are_told_again_what_it_says():
    announced = notices.redrawn(a_running_retirement().state)
    assert [one.key for one in announced if one.kind is EffectKind.WRITE] == ALL
    assert not [one for one in notices.redrawn(a_proposed().state) if one.kind is EffectKind.WRITE]


def test_the_thread_is_told_the_same_thing_once_and_nothing_where_nothing_was_lifted():
    story = a_running_retirement()
    said = cmd.TellWritten(
        by=EMERITUS, catalog="mlflow", lifecycle="deprecated", last_day="2027-02-17", places=("here",)
    )
    (first,) = story.does(said).effects
    (again,) = story.does(said).effects
    assert (first.key, first.after, first.body["notice"]) == (again.key, "RET-1/card", "catalog")
    (moved,) = story.does(replace(said, last_day="2027-02-20")).effects
    (failed,) = story.does(replace(said, places=(), trouble="it is away")).effects
    assert len({first.key, moved.key, failed.key}) == 3
    assert story.does(replace(said, lifecycle="in service", places=())).effects == ()
