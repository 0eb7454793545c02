"""Parts of an archive go once their days are over, two people say so, and no legal hold is on it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from bot.views.keeping import pruning as views
from data import events
from data.errors import EmeritusError
from data.events import EMERITUS
from data.records.archived import Kept
from data.records.decision import EffectKind
from data.records.delegation import Account, Delegation
from data.records.keeping import Hold, Pruned
from data.records.retention import Retention, StartsFrom
from data.records.retirement import State
from tests.builders import (
    BILL,
    CLOSE_AT,
    LEX,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_policy,
    a_running_retirement,
    days,
)
from workflows import commands as cmd
from workflows.decisions.pruning import still_kept
from workflows.effects.keeping import keeping_for_all, tombstone
from workflows.rules import folding
from workflows.rules.keeping import auditing, pruning
from workflows.rules.keeping.retention import started_at, terms

LOGS, ALL = "inference-logs", "all"
POLICY = a_policy(
    retention=(
        Retention(of="default", starts_from=StartsFrom.CLOSED, keep_days_min=100),
        Retention(of=LOGS, starts_from=StartsFrom.DISABLED, keep_days_min=10, keep_days_max=50),
    )
)
KEPT = (Kept(of=LOGS, files=2, bytes=20), Kept(of="weights", files=1, bytes=1184))


def a_closed(*, after_days: float = 101, kept: tuple[Kept, ...] = KEPT, **subject: Any) -> Story:
    story = a_dark(policy=POLICY)
    story.until(CLOSE_AT).works()
    assert story.state.archived is not None
    assert story.state.plan is not None
    plan = replace(story.state.plan, subject=replace(story.state.plan.subject, **subject))
    story.stands(replace(story.state, archived=replace(story.state.archived, kept=kept), plan=plan))
    return story.until(CLOSE_AT + days(after_days))


def asking(by: str = PAT, what: str = ALL) -> cmd.AskPrune:
    return cmd.AskPrune(by=by, what=what, why=WHY)


def confirming(story: Story, by: str = OWEN, model: str = "churn") -> cmd.ConfirmPrune:
    assert story.state.prune is not None
    return cmd.ConfirmPrune(by=by, number=story.state.prune.number, model=model)


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def test_what_may_go_goes_once_two_people_said_so_and_its_tombstones_stay() -> None:
    story = a_closed()
    assert (
        story.does(asking()).reply == f"{LOGS}, weights (3 files) of RET-1 go once somebody else confirms it."
    )
    number = story.state.prune and story.state.prune.number
    assert story.of(events.PruneAsked)[0].rules == {LOGS: f"retention.{LOGS}", "weights": "retention.default"}
    assert f"RET-1/prune/{number}/request" in story.effects
    effects = story.does(confirming(story)).effects
    assert [(one.key, one.body) for one in effects if one.kind is EffectKind.PRUNE] == [
        (f"RET-1/prune/{number}", {"number": str(number)})
    ]
    assert still_kept(story.state, (), story.now) == ""
    gone = {LOGS: (2, 20, "sha256:aa"), "weights": (1, 1184, "sha256:bb")}
    story.does(cmd.RecordPruned(by=EMERITUS, number=number or 0, gone=gone))
    assert (story.state.state, story.state.prune) == (State.PRUNED, None)
    assert f"*{LOGS}, weights* of the archive of *churn*: gone for good" in str(
        views.request(story.state, number or 0)
    )
    assert [(one.of, one.files, one.tombstone) for one in story.state.pruned] == [
        (LOGS, 2, "sha256:aa"),
        ("weights", 1, "sha256:bb"),
    ]
    assert "it is pruned" in refusal(story, asking())


def test_each_class_has_a_day_of_its_own_and_all_means_what_may_go() -> None:
    story = a_closed(after_days=1)
    said = refusal(story, asking(what="weights"))
    assert "weights: retention.default keeps it for 100 days, until" in said
    assert "/retire retention RET-1" in said
    story.does(asking())
    assert story.state.prune is not None
    assert story.state.prune.classes == (LOGS,)
    story.does(confirming(story))
    number = story.state.prune.number
    story.does(cmd.RecordPruned(by=EMERITUS, number=number, gone={LOGS: (2, 20, "sha256:aa")}))
    assert (story.state.state, story.state.prune) == (State.ARCHIVED, None)
    assert "Nothing of RET-1 may go yet" in refusal(story, asking())


@pytest.mark.parametrize(
    ("command", "facts", "said"),
    [
        (asking(STRANGER), {}, "You may not ask to prune RET-1"),
        (asking(BILL), {}, "You may not ask to prune RET-1"),
        (asking(), {"account": Account.GUEST}, "What you ask to prune does not count"),
        (asking(what="cards"), {}, 'No class of artifacts is called "cards"'),
    ],
)
def test_who_may_not_ask_is_told_why(command: cmd.Command, facts: dict[str, Any], said: str) -> None:
    assert said in refusal(a_closed(), command, **facts)


@pytest.mark.parametrize(
    ("by", "model", "facts", "said"),
    [
        (PAT, "churn", {}, "It takes two people, and you asked for it"),
        (STRANGER, "churn", {}, "You may not confirm what is to be pruned of RET-1"),
        (OWEN, "Churn", {}, '"Churn" is not what RET-1 retired'),
        (OWEN, "churn", {"account": Account.OUTSIDER}, "What you confirm does not count"),
        (OWEN, "churn", {"proved": "no", "proof": "at the gate"}, "at the gate"),
        (
            OWEN,
            "churn",
            {"delegations": {PAT: Delegation(person=PAT, to=OWEN)}},
            "It takes two people who decide for themselves",
        ),
        (
            SELMA,
            "churn",
            {"delegations": {SELMA: Delegation(person=SELMA, to=PAT)}},
            f"you and <@{PAT}>, who asked for it, stand in for one another now",
        ),
    ],
)
def test_the_second_person_is_another_one(by: str, model: str, facts: dict[str, Any], said: str) -> None:
    story = a_closed()
    story.does(asking())
    assert said in refusal(story, confirming(story, by, model), **facts)


@pytest.mark.parametrize("held", ["before it is asked", "before it is confirmed", "before it goes"])
def test_a_legal_hold_keeps_everything_whenever_it_comes(held: str) -> None:
    story, hold = a_closed(), cmd.PlaceHold(by=PLATO, why=WHY)
    if held == "before it is asked":
        story.does(hold)
        assert "a legal hold keeps it (1)" in refusal(story, asking())
        story.does(cmd.ReleaseHold(by=LEX, number=1, why=WHY))
        story.does(asking())
        return
    story.does(asking())
    if held == "before it is confirmed":
        story.does(hold)
        assert "Nothing of RET-1 goes" in story.does(confirming(story)).reply
        assert story.state.prune is None
        return
    story.does(confirming(story))
    story.does(hold)
    assert "a legal hold keeps it (1)" in still_kept(story.state, (), story.now)


def test_what_a_regulation_keeps_longer_than_people_may_be_known_is_for_two_people_to_decide() -> None:
    regulated = replace(POLICY, regulated_keep_days=3650)
    story = a_closed(after_days=1, regulated="EU AI Act, annex III")
    story.stands(replace(story.state, policy=regulated))
    logs, weights = terms(story.state)
    assert (logs.days_min, logs.is_contested, weights.is_contested) == (3650, True, False)
    assert logs.free_at
    assert logs.due_at
    assert "keeps it for 3,650 days" in refusal(story, asking(what=LOGS))
    story.until(CLOSE_AT + days(51))
    basis = (
        f"[regulated] keep_days_min (EU AI Act, annex III) keeps it for 3,650 days, until {logs.free_at:%Y-%m-%d}; "
        f"by retention.{LOGS} it is due to go since {logs.due_at:%Y-%m-%d}"
    )
    assert f"{LOGS}: {basis}: /retire prune RET-1 {LOGS} REASON decides that" in refusal(story, asking())
    assert basis in story.does(asking(what=LOGS)).reply
    assert story.state.prune is not None
    assert story.state.prune.why == WHY
    assert story.of(events.PruneAsked)[0].overrides == {LOGS: basis}
    number = story.state.prune.number
    shown = {
        "request": views.request(story.state, number)["blocks"],
        "form": views.form(story.state, number)["blocks"],
        "line": views.line(story.of(events.PruneAsked)[0]),
    }
    assert [where for where, said in shown.items() if basis not in str(said)] == []
    (logs, _) = terms(story.state)
    assert json.loads(tombstone(story.state, logs, (), story.state.prune.asked_at))["overrides"] == basis
    story.until(logs.free_at)
    assert pruning.overridden(story.state, logs, story.now) == ""


def test_all_leaves_out_what_a_regulation_still_keeps_and_says_so() -> None:
    first, second = POLICY.retention
    rules = (
        replace(first, starts_from=StartsFrom.DISABLED),
        replace(second, starts_from=StartsFrom.CLOSED),
    )
    story = a_closed(after_days=3649, regulated="EU AI Act")
    story.stands(replace(story.state, policy=replace(POLICY, retention=rules, regulated_keep_days=3650)))
    said = story.does(asking()).reply
    assert said.startswith(
        "weights (1 file) of RET-1 go once somebody else confirms it. inference-logs stays: [reg"
    )
    assert said.endswith("/retire prune RET-1 inference-logs REASON decides that.")
    assert story.of(events.PruneAsked)[0].overrides == {}


def test_what_went_before_something_came_between_is_on_record_and_the_rest_stays() -> None:
    story = a_closed()
    story.does(asking())
    story.does(confirming(story))
    assert story.state.prune is not None
    gone = {LOGS: (2, 20, "sha256:aa")}
    number = story.state.prune.number
    story.does(
        cmd.RecordPruned(by=EMERITUS, number=number, gone=gone, trouble="weights: the bucket locks it")
    )
    assert [one.of for one in story.state.pruned] == [LOGS]
    assert (story.state.state, story.state.prune) == (State.ARCHIVED, None)
    (dropped,) = story.of(events.PruneDropped)
    assert dropped.because == "weights: the bucket locks it"


def test_it_can_be_taken_back_until_it_is_confirmed() -> None:
    story = a_closed()
    story.does(asking())
    assert story.state.prune is not None
    drop = cmd.DropPrune(by=OWEN, number=story.state.prune.number)
    story.does(drop)
    assert story.state.prune is None
    assert "Not asked any more" in str(views.request(story.state, drop.number))
    assert "That is not asked any more of RET-1" in refusal(story, drop)


def test_what_was_called_off_lets_go_of_its_archive_as_well_and_stays_called_off() -> None:
    story = a_migrated(policy=POLICY)
    assert story.state.archived is not None
    story.stands(replace(story.state, archived=replace(story.state.archived, kept=KEPT)))
    assert started_at(story.state, StartsFrom.CLOSED) is None
    at_once = Retention(of="default", starts_from=StartsFrom.ARCHIVED, keep_days_min=0)
    early = replace(story.state, policy=replace(POLICY, retention=(at_once,)))
    whys = [pruning.kept_because(early, term, story.now) for term in terms(early)]
    assert whys == ["nothing goes while it is migrating"] * 2
    ended = story.now
    story.stands(folding.evolve(story.state, events.Cancelled(at=ended, by=EMERITUS, round_number=2)))
    assert started_at(story.state, StartsFrom.CLOSED) == ended
    assert "keeps it for 100 days" in refusal(story, asking(what="weights"))
    story.until(ended + days(101))
    story.does(asking())
    story.does(confirming(story))
    assert story.state.prune is not None
    gone = {LOGS: (2, 20, "sha256:aa"), "weights": (1, 1184, "sha256:bb")}
    story.does(cmd.RecordPruned(by=EMERITUS, number=story.state.prune.number, gone=gone))
    assert story.state.state is State.CANCELLED
    assert [one.of for one in story.state.pruned] == [LOGS, "weights"]
    assert not auditing.kept([story.state])
    assert f"{LOGS} of RET-1 is gone since {story.now:%Y-%m-%d}" in refusal(story, asking(what=LOGS))


def test_nothing_goes_of_what_still_runs_or_was_archived_under_no_rule() -> None:
    assert "it is migrating" in refusal(a_running_retirement(), asking())
    story = a_closed()
    story.stands(replace(story.state, policy=replace(POLICY, retention=())))
    assert "does not say how long it is kept" in refusal(story, asking())


def test_nothing_goes_of_a_place_that_another_retirement_keeps_its_archive_at() -> None:
    story = a_closed()
    assert story.state.archived is not None
    held = Hold(number=1, by=LEX, at=story.now, why=WHY)
    other = replace(story.state, id="RET-2", holds=(held,))
    said = "RET-2 has its archive at the same place, and keeps it (inference-logs: a legal hold keeps it (1))"
    every = (story.state, other)
    assert pruning.kept_with(story.state, every, story.now) == {"RET-2": said}
    apart = replace(other, archived=replace(story.state.archived, location="churn/RET-2/aa"))
    gone = tuple(Pruned(of=one.of, at=story.now, files=1, bytes=1, tombstone="", number=1) for one in KEPT)
    free = (replace(other, holds=()), replace(other, pruned=gone), apart, replace(other, archived=None))
    assert pruning.kept_with(story.state, free, story.now) == {}
    keeping = [keeping_for_all(story.state, term, (other,)) for term in terms(story.state)]
    assert [(one.held, one.until is not None) for one in keeping] == [(True, True)] * 2
    refused = refusal(story, asking(), kept_with={"RET-2": said})
    assert (said in refused, "/retire retention RET-2" in refused) == (True, True)
    story.does(asking())
    assert still_kept(story.state, every, story.now) == said
    assert story.does(confirming(story), kept_with={"RET-2": said}).reply == f"Nothing of RET-1 goes: {said}."


def test_nothing_goes_where_the_first_of_the_two_is_no_colleague_any_more() -> None:
    story = a_closed()
    story.does(asking())
    said = story.does(confirming(story), no_colleagues={PAT: Account.DEACTIVATED}).reply
    assert said == f"Nothing of RET-1 goes: <@{PAT}>, who asked for it, has no say in it any more."
    assert story.state.prune is None
