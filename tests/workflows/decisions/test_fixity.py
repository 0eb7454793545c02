"""Archives are checked over the years: when, which of them first, who hears of what, and what stops meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.views.keeping import grants
from data import events
from data.events import EMERITUS
from data.records.decision import Decision
from data.records.fixity import FixityPlan, Rounds
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from tests.builders import (
    ARCHIVED,
    CLOSE_AT,
    DISABLE_AT,
    DRILL_AT,
    OWEN,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_migrated,
    days,
    facts_for,
)
from workflows import commands as cmd
from workflows.decisions import fixity
from workflows.giving import Given
from workflows.rules.gating import archive_gates
from workflows.rules.keeping import auditing

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
PLAN = FixityPlan(store="sha256:aa", gib_per_day=100, every_days=90)
WENT = Rounds(version=2, plan=PLAN, at=MONDAY - timedelta(days=1), looked=2)
BAD = {"RET-1": "data/card.md is missing"}
CANARY = ("delete it: it was done. Archive elsewhere",)


def folded(state: Rounds, decision: Decision[events.AnyEvent]) -> Rounds:
    for event in decision.events:
        assert isinstance(event, fixity.FixityEvent)
        state = fixity.evolve(state, event)
    return state


def due(decision: Decision[events.AnyEvent]) -> list[datetime]:
    return [timer.due_at for timer in decision.timers]


def planned(state: Rounds, plan: FixityPlan = PLAN) -> Decision[events.AnyEvent]:
    return fixity.plan(state, cmd.PlanFixity(by=EMERITUS, plan=plan), facts_for(), MONDAY)


def recorded(state: Rounds, **found: object) -> Decision[events.AnyEvent]:
    return fixity.record(state, cmd.RecordFixity(by=EMERITUS, looked=2, **found), facts_for(), MONDAY)


def told(decision: Decision[events.AnyEvent]) -> list[str]:
    return [effect.body["notice"] for effect in decision.effects]


@pytest.mark.parametrize(
    ("state", "is_due", "is_told"),
    [
        pytest.param(Rounds(), True, True, id="never before"),
        pytest.param(WENT, True, False, id="a day ago"),
        pytest.param(replace(WENT, at=MONDAY - timedelta(minutes=59)), False, False, id="within the hour"),
        pytest.param(
            replace(WENT, at=MONDAY, plan=replace(PLAN, store="sha256:bb")), True, True, id="another bucket"
        ),
    ],
)
def test_a_start_goes_round_at_once_unless_one_just_did(state, is_due, is_told):
    decision = planned(state)
    assert due(decision) == ([MONDAY] if is_due else [])
    assert folded(state, decision).plan == PLAN
    assert len(decision.events) == is_told


def test_there_is_a_round_each_day():
    decision = fixity.run(WENT, cmd.RunFixity(by=EMERITUS), facts_for(), MONDAY)
    assert due(decision) == [MONDAY + timedelta(days=1)]
    assert [effect.key for effect in decision.effects] == ["fixity/round"]


@pytest.mark.parametrize(
    ("before", "found", "hears"),
    [
        pytest.param(WENT, {}, [], id="all is well"),
        pytest.param(WENT, {"bad": BAD}, ["archive bad"], id="one went bad"),
        pytest.param(replace(WENT, bad=BAD), {"bad": BAD}, [], id="it still is"),
        pytest.param(replace(WENT, bad=BAD), {}, ["archive mended"], id="it is mended"),
        pytest.param(replace(WENT, bad=BAD), {"unknown": BAD}, [], id="nobody can look"),
        pytest.param(WENT, {"canary": CANARY}, ["canary"], id="it refuses no more"),
        pytest.param(replace(WENT, canary=CANARY), {"canary": CANARY}, [], id="it still does not"),
        pytest.param(replace(WENT, canary=CANARY), {"canary": ()}, ["canary mended"], id="it refuses again"),
        pytest.param(WENT, {"canary": ()}, [], id="it always did"),
    ],
)
def test_the_governance_channel_hears_once_of_what_is_bad_and_once_that_it_is_over(before, found, hears):
    decision = recorded(before, **found)
    assert told(decision) == hears
    after = folded(before, decision)
    assert (after.at, after.bad) == (MONDAY, found.get("bad", {}))


def found_in(story: Story, **changes: object) -> cmd.RecordAudit:
    at = {"was_at": ARCHIVED.location, "manifest_digest": ARCHIVED.manifest_digest}
    return cmd.RecordAudit(by=EMERITUS, **{**at, "files": 3, "bytes": 1204, **changes})


def an_archived() -> Story:
    story = a_dark().until(CLOSE_AT).works()
    assert story.state.state is State.ARCHIVED
    return story


def test_an_archive_that_is_damaged_before_the_switch_off_is_made_anew_and_nothing_goes_dark_meanwhile():
    story = a_migrated()
    story.does(found_in(story, trouble="data/card.md is missing"))
    (lost,) = story.of(events.ArchiveLost)
    assert (lost.step, lost.reason) == (StepKind.DRILL, "data/card.md is missing")
    assert story.state.archived is None
    gates = [gate.why for gate in archive_gates.made(story.state)]
    assert gates == ["the artifacts are not archived"]
    story.until(DISABLE_AT - days(5)).works().until(DISABLE_AT - days(4)).works()
    assert story.state.archived == ARCHIVED
    assert story.state.drilled_at is not None
    assert story.state.drilled_at > DRILL_AT


def test_years_later_people_hear_once_and_it_is_bad_until_all_of_it_was_read_again():
    story = an_archived()
    first, later = (
        f"sha256 of data/card.md: expected aa..., found {found}... (9 bytes, read 2027-03-0{day}T08:00Z). Bring it back"
        for found, day in (("bb", 2), ("cc", 4))
    )
    for said in (first, first.replace("-02T", "-03T"), later):
        story.does(found_in(story, trouble=said))
    assert story.state.audit is not None
    granted = story.does(cmd.GrantRead(by=OWEN, to=STRANGER, hours=1, why=WHY)).reply
    assert granted.endswith(
        "The archive is damaged, and they read that beside its files: /retire show RET-1 says how"
    )
    assert "*The archive is damaged*: sha256 of data/card.md" in str(
        grants.files(story.state, Given(files=(), page=1, pages=1, where="", until=MONDAY))
    )
    story.does(found_in(story, upto="data/card.md"))
    assert story.state.audit.trouble == later
    story.does(found_in(story))
    assert story.state.audit.trouble == ""
    assert [one.trouble for one in story.of(events.ArchiveAudited)] == [first, later, "", ""]


def test_what_is_not_as_it_was_left_though_every_byte_is_is_told_once():
    story = an_archived()
    short, over = "data/a was locked until 2030", "data/b: a newer version lies over it"
    story.does(found_in(story, upto="data/a", noticed=(short,)))
    wanted = len(story.effects)
    story.does(found_in(story, noticed=(short, over)))
    assert len(story.effects) > wanted
    wanted = len(story.effects)
    story.does(found_in(story, noticed=(short, over)))
    assert len(story.effects) == wanted
    assert [one.noticed for one in story.of(events.ArchiveAudited)] == [(short,), (over,), ()]
    assert story.state.audit is not None
    assert story.state.audit.noticed == (short, over)
    story.does(
        found_in(story, noticed=tuple(f"data/{number} is not of this archive" for number in range(500)))
    )
    assert len(story.state.audit.noticed) == auditing.NOTICED_MAX


def test_what_holds_is_on_record_and_nobody_hears_of_it():
    story = an_archived()
    wanted = len(story.effects)
    began = story.now
    story.does(found_in(story, upto="data/a"))
    assert auditing.whole_since(story.state) == DRILL_AT
    story.until(began + days(1)).does(found_in(story))
    assert auditing.whole_since(story.state) == began
    assert len(story.effects) == wanted


@pytest.mark.parametrize("other", [{"was_at": "elsewhere"}, {"manifest_digest": "sha256:cc"}])
def test_a_check_of_another_archive_than_the_one_on_record_says_nothing_of_it(other):
    story = an_archived()
    before = story.state
    story.does(found_in(story, trouble="rotted", **other))
    assert story.state == before


def test_what_was_read_longest_ago_comes_first_after_what_is_bad_or_half_read():
    old = an_archived().state
    at = CLOSE_AT + days(10)

    def audited(number: int, **changes: object) -> Retirement:
        event = events.ArchiveAudited(
            at=at, by=EMERITUS, manifest_digest="sha256:bb", files=1, bytes=2, **changes
        )
        return auditing.after(replace(old, id=f"RET-{number}"), event)

    states = [audited(1), old, audited(3, upto="data/a"), audited(4, trouble="rotted")]
    assert [one.id for one in auditing.in_turn(states)] == ["RET-4", "RET-3", old.id, "RET-1"]
    day = at + days(89)
    assert [auditing.is_to_be_read(one, 90, day) for one in states] == [False, True, True, True]


def test_of_a_restricted_retirement_only_its_own_channel_hears():
    found = {"bad": {"RET-1": "rotten", "RET-2": "rotten"}, "where": {"RET-1": "GSEC"}}
    decision = recorded(WENT, **found)
    assert {effect.body["retirement"]: effect.place for effect in decision.effects} == {
        "RET-1": "GSEC",
        "RET-2": "CGOV",
    }
    again = recorded(folded(WENT, decision), where={"RET-1": "GSEC"})
    assert {effect.place for effect in again.effects if effect.body["retirement"] == "RET-1"} == {"GSEC"}


@pytest.mark.parametrize(
    ("place", "version"),
    [pytest.param("archive", "v2", id="the archive"), pytest.param("copy", ARCHIVED.version, id="its copy")],
)
def test_what_was_put_right_is_locked_anew_and_an_archive_is_read_by_its_version_since(
    place: str, version: str
) -> None:
    story = an_archived()
    mended = cmd.RecordMended(
        by=EMERITUS,
        was_at=ARCHIVED.location,
        manifest_digest=ARCHIVED.manifest_digest,
        place=place,
        names=("data/card.md",),
        version="v2" if place == auditing.ARCHIVE else "",
    )
    decision = story.does(mended)
    assert story.state.archived is not None
    assert story.state.archived.version == version
    assert "RET-1/keep" in [effect.key for effect in decision.effects]
