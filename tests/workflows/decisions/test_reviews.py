"""A stage that is over is asked about once; whoever took part says something of it, once each, and nothing waits."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Invalid, Refused
from data.records.base import Prose
from data.records.reviews import Stage
from tests.builders import (
    BILL,
    CLOSE_AT,
    MIGRATE_AT,
    OWEN,
    PAT,
    SELMA,
    STRANGER,
    Story,
    a_dark,
    a_running_retirement,
)
from workflows import commands as cmd
from workflows.rules.hindsight.reviewing import over, unreviewed

WELL = Prose(prose="everybody had moved in a week")


def migrated() -> Story:
    """The last day to migrate is over, whoever has moved."""
    return a_running_retirement().until(MIGRATE_AT).works()


def a_review(by: str = PAT, **changes: object) -> cmd.Review:
    return cmd.Review(**{"by": by, "stage": Stage.MIGRATION, "went_well": WELL, **changes})


def questions(story: Story) -> list[str]:
    return [key for key in story.effects if "/review/" in key]


def test_each_stage_is_asked_about_when_it_is_over():
    assert questions(a_running_retirement()) == []
    story = a_dark()
    assert over(story.state) == (Stage.MIGRATION, Stage.ARCHIVING, Stage.SWITCH_OFF)
    story.until(CLOSE_AT).works()
    assert sorted(questions(story)) == sorted(f"RET-1/review/{stage}" for stage in Stage)


def test_what_somebody_says_is_on_the_record_and_the_question_says_who():
    story = migrated()
    said = story.does(a_review(BILL, change=Prose(prose="ask earlier"), for_policy="yes"))
    assert said.reply == "Your review of the migration of RET-1 is on the record; /retire lessons finds it."
    assert said.events == (
        events.Reviewed(
            at=story.now,
            by=BILL,
            stage=Stage.MIGRATION,
            went_well=WELL,
            change=Prose(prose="ask earlier"),
            for_policy="yes",
        ),
    )
    assert story.state.reviewed == {"migration": (BILL,)}
    assert Stage.MIGRATION not in unreviewed(story.state)
    assert "RET-1/review/migration/edit" in story.effects
    assert "RET-1/card/edit" not in {effect.key for effect in said.effects}


def test_each_person_has_one_review_which_they_may_change():
    story = migrated()
    story.does(a_review(BILL))
    assert story.does(a_review(BILL, hurt=WELL)).reply.startswith(
        "Your review of the migration of RET-1 is changed"
    )
    story.does(a_review(SELMA))
    assert story.state.reviewed == {"migration": (BILL, SELMA)}


def test_what_is_over_can_be_reviewed_after_the_end_too():
    story = a_dark().until(CLOSE_AT).works()
    story.does(a_review(OWEN, stage=Stage.WHOLE))
    assert unreviewed(story.state) == (Stage.MIGRATION, Stage.ARCHIVING, Stage.SWITCH_OFF)


def test_a_stage_that_goes_on_cannot_be_reviewed():
    with pytest.raises(Refused) as refused:
        migrated().does(a_review(stage=Stage.SWITCH_OFF))
    assert str(refused.value) == (
        "The switch-off of RET-1 is not over: over by now: migration. "
        "Wait until its thread asks; /retire plan RET-1 has the dates"
    )


def test_who_took_no_part_is_told_whom_it_is_for():
    with pytest.raises(Refused, match="this is for the model's owners or the coordinator or"):
        migrated().does(a_review(STRANGER))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"went_well": Prose()}, "went_well"), ({"for_policy": "yes"}, "change")],
    ids=["nothing said", "nothing to suggest"],
)
def test_a_form_says_what_is_missing(wrong: dict[str, object], field: str):
    with pytest.raises(Invalid) as invalid:
        migrated().does(a_review(**wrong))
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_one_that_was_called_off_after_its_announcement_is_looked_back_on_as_a_whole():
    state = replace(a_running_retirement().state, state="cancelled")
    assert over(state) == (Stage.WHOLE,)
    assert over(replace(state, announced=0)) == ()
