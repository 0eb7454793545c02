"""An answer fits into a message and mentions nobody, whatever is asked of whatever is on the record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.views.asked import assistant, standing
from bot.views.blocks import Payload
from bot.views.proposing import guide
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.catalog import Entity, Kind
from data.records.checks import CheckEnd, CheckRun
from data.records.plan import Reason
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Duty, Retirement, State
from data.sqlite.store import SqliteStore
from tests.bot.views.examples import (
    NASTY,
    NOW,
    a_policy,
    a_retirement,
    an_entity,
    announced,
    buttons,
    consumer_id,
    days,
    overloaded,
    texts,
)
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message, tsc_check
from workflows.home import Board
from workflows.machine import RetirementMachine
from workflows.questions.answering import Reader
from workflows.questions.answers import Answer, Guide
from workflows.questions.periods import Period
from workflows.questions.table import BY_ASKS, About, Asks
from workflows.questions.understanding import Question

EMPTY = Stored(1, {}, {}, {}, {}, {}, {})


def catalog(*entities: Entity) -> Snapshot:
    return Snapshot.of(Stored(1, {one.id: one for one in entities}, {}, {}, {}, {}, {}))


def drawn(
    folder: Path,
    question: Question,
    *states: Retirement,
    person: str = "UPAT",
    there: Snapshot | None = None,
    now: datetime = NOW,
) -> Payload:
    there = there or Snapshot.of(EMPTY)
    store = SqliteStore(folder / "emeritus.db", RetirementMachine())
    try:
        found = Reader(Board(there, states, now), store, a_policy(), person).answer(question)
    finally:
        store.close()
    shown = assistant.answer(found, {}, there)
    check_message(shown)
    return shown


@pytest.mark.parametrize("asks", list(Asks))
@pytest.mark.parametrize("about", [(), ("RET-1",)], ids=["all", "one"])
def test_every_answer_fits_with_very_many_consumers_and_the_worst_of_names(
    tmp_path: Path, asks: Asks, about: tuple[str, ...]
) -> None:
    state = overloaded()
    shown = drawn(tmp_path, Question(asks=asks, about=about), state, person=state.coordinator_id)
    assert not is_loud(shown["text"], shown["blocks"])
    assert "UEVIL" not in mentions(shown["text"], shown["blocks"])


@pytest.mark.parametrize("asks", [asks for asks, row in BY_ASKS.items() if row.about is not About.ONE])
def test_every_answer_about_all_fits_with_a_thousand_retirements(tmp_path: Path, asks: Asks) -> None:
    states = [replace(announced(), id=f"RET-{number}") for number in range(1, 1_001)]
    shown = drawn(tmp_path, Question(asks=asks, period=Period.NEXT_MONTH), *states)
    if asks in (Asks.DUE, Asks.SILENT):
        assert any("more: `/retire list` has all" in text for text in texts(shown))


def test_of_very_many_that_may_be_meant_some_can_be_pressed_and_the_rest_is_told_of(tmp_path: Path) -> None:
    states = [replace(announced(), id=f"RET-{number}") for number in range(1, 31)]
    shown = drawn(tmp_path, Question(asks=Asks.BLOCKS), *states)
    assert sum(block["type"] == "actions" for block in shown["blocks"]) == assistant.CHOICES_MAX
    assert "+22 more" in texts(shown["blocks"])[0]


def test_checks_that_are_under_way_block_it_until_they_passed(tmp_path: Path) -> None:
    run = CheckRun(
        consumer_id=consumer_id(0), name="scoring", run=9, end=CheckEnd.RUNNING, begun_at=NOW, at=NOW
    )
    state = announced(consumers=1)
    moved = replace(state.obligations[0], duty=Duty.MIGRATED)
    state = replace(state, obligations=(moved,), checks=(run,))
    waits = "1 check of its consumers is under way, and is to pass first"
    shown = drawn(tmp_path, Question(asks=Asks.BLOCKS, about=("RET-1",)), state)
    assert texts(shown["blocks"])[0].endswith("what blocks it")
    assert f":memo: {waits}" in texts(shown["blocks"])[1]
    assert f"• {waits}" in "\n".join(texts(standing.show(state)["blocks"]))


def test_a_check_that_failed_blocks_it_before_its_day(tmp_path: Path) -> None:
    run = CheckRun(
        consumer_id=consumer_id(0), name="scoring", run=9, end=CheckEnd.FAILED, begun_at=NOW, at=NOW
    )
    state = announced(consumers=1, checks=(run,), policy=replace(a_policy(), checks_valid_hours=24))
    shown = drawn(tmp_path, Question(asks=Asks.BLOCKS, about=("RET-1",)), moved(state))
    assert ":memo: checks of consumer-000: scoring failed: /retire check RET-1" in texts(shown["blocks"])[1]


def test_checks_are_told_as_they_ended_last_or_that_none_has_run(tmp_path: Path) -> None:
    run = CheckRun(
        consumer_id=consumer_id(0),
        name="scoring",
        run=9,
        end=CheckEnd.FAILED,
        begun_at=NOW,
        at=NOW,
        why="500",
    )
    asked = Question(asks=Asks.CHECKS, about=("RET-1",))
    head, told, *_ = texts(drawn(tmp_path, asked, announced(consumers=1, checks=(run,)))["blocks"])
    assert head.endswith(
        "checks of its consumers: how they ended last; `/retire show RET-1` has which of them count"
    )
    assert told == ":x: *consumer-000*: scoring failed (500) on 2027-03-01"
    head, *_ = texts(drawn(tmp_path, asked, announced(consumers=1))["blocks"])
    assert head.endswith("checks of its consumers: none has run; `/retire show RET-1`")


@pytest.mark.parametrize(
    ("regulated", "said"),
    [
        ("eu-ai-act", "*churn-v1*: tier 1; regulated: eu-ai-act\n*Notice* 180 days"),
        ("", "*churn-v1*: tier 1; its catalog names no regulation\n*Notice* 180 days"),
    ],
)
def test_what_a_model_is_classified_as_is_told_with_what_that_asks_for(
    tmp_path: Path, regulated: str, said: str
) -> None:
    model = an_entity("churn-v1", tier=1, regulated=regulated, kind=Kind.MODEL)
    asked = Question(asks=Asks.CLASS, about=(model.id,))
    (told, *_) = texts(drawn(tmp_path, asked, announced(), there=catalog(model))["blocks"])
    assert told.startswith(said)
    assert told.endswith("*Needs approvals* 1 of owner, 2 of risk")


def test_one_command_is_told_where_it_does_what_is_wanted(tmp_path: Path) -> None:
    asked = Question(asks=Asks.CHANGE, about=("RET-1",), command="confirm")
    told = "\n".join(texts(drawn(tmp_path, asked, announced())["blocks"]))
    assert "`/retire confirm RET-1 NAME...`" in told
    assert "/retire pause" not in told


@pytest.mark.parametrize("about", [(), ("RET-1",)], ids=["all", "one"])
def test_a_time_that_is_not_known_is_said_to_be_and_others_are_offered(
    tmp_path: Path, about: tuple[str, ...]
) -> None:
    asked = Question(asks=Asks.DUE, about=about, period=Period.UNKNOWN)
    shown = drawn(tmp_path, asked, announced())
    (head, *_) = texts(shown["blocks"])
    assert head.startswith("*I do not know that time.* I can tell what is ahead: today, tomorrow,")
    offered = [value for action, value in buttons(shown) if action == "question.ask"]
    assert f"due|next month|{''.join(about)}" in offered
    assert ("due|ahead|RET-1" in offered) == bool(about)


def test_what_was_not_understood_of_something_that_was_named_offers_what_can_be_asked_of_that(
    tmp_path: Path,
) -> None:
    asked = Question(asks=Asks.UNCLEAR, about=("RET-1",))
    shown = drawn(tmp_path, asked, announced())
    assert "*Or of RET-1 churn-v1:*" in texts(shown["blocks"])
    assert ("question.ask", "blocks|ahead|RET-1") in buttons(shown)
    model = an_entity("kettle", kind=Kind.MODEL)
    shown = drawn(tmp_path, Question(asks=Asks.UNCLEAR, about=(model.id,)), announced(), there=catalog(model))
    assert ("question.ask", f"propose|ahead|{model.id}") in buttons(shown)


def test_what_follows_a_model_is_told_with_how_it_stands(tmp_path: Path) -> None:
    shown = drawn(tmp_path, Question(asks=Asks.STANDS, about=("RET-1",)), announced())
    assert "; *Instead* churn-v2" in texts(shown["blocks"])[0]


def test_an_end_that_waits_for_people_blocks_it_and_is_confirmed_there(tmp_path: Path) -> None:
    policy = a_policy()
    tiers = tuple(replace(one, closed_by_two="yes") for one in policy.tiers)
    state = announced(consumers=1, state=State.DISABLED, policy=replace(policy, tiers=tiers))
    waits = ":memo: 2 more people have to confirm by its name that it may be closed"
    for asks in (Asks.BLOCKS, Asks.SILENT):
        shown = drawn(tmp_path, Question(asks=asks, about=("RET-1",)), state)
        assert waits in "\n".join(texts(shown["blocks"]))
        assert ("closing.confirm", "RET-1") in buttons(shown)
    shown = drawn(tmp_path, Question(asks=Asks.BLOCKS, about=("RET-1",)), state, person="UKIM")
    assert ("closing.confirm", "RET-1") not in buttons(shown), "who may not is not asked to"


def moved(state: Retirement) -> Retirement:
    return replace(state, obligations=tuple(replace(one, duty=Duty.MIGRATED) for one in state.obligations))


def test_a_retirement_that_nothing_blocks_says_so_and_what_comes_next(tmp_path: Path) -> None:
    state = replace(announced(), obligations=())
    shown = drawn(tmp_path, Question(asks=Asks.BLOCKS, about=("RET-1",)), state)
    assert texts(shown["blocks"])[0].endswith("*migrating*: nothing blocks it")
    assert ":calendar: next:" in texts(shown["blocks"])[1]


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress.HELD, ":warning: *close* was due on 2027-06-29, and is held\n    • so"),
        (Progress.RUNNING, ":warning: *close* was due on 2027-06-29, and is running"),
    ],
)
def test_a_step_whose_day_is_past_is_told_where_dates_are_asked_for(
    tmp_path: Path, progress: Progress, said: str
) -> None:
    done = [StepProgress(kind=kind, progress=Progress.DONE, at=NOW) for kind in StepKind]
    held = ("so",) if progress is Progress.HELD else ()
    late = StepProgress(kind=StepKind.CLOSE, progress=progress, at=NOW, held_by=held)
    steps = (*(one for one in done if one.kind is not StepKind.CLOSE), late)
    state = announced(consumers=1, state=State.DISABLED, steps=steps)
    shown = drawn(tmp_path, Question(asks=Asks.DUE, about=("RET-1",)), state, now=days(200))
    assert said in "\n".join(texts(shown["blocks"]))
    paused = replace(state, paused_at=NOW)
    shown = drawn(tmp_path, Question(asks=Asks.DUE, about=("RET-1",)), paused, now=days(200))
    assert "Nothing falls due" in texts(shown["blocks"])[0]


def a_guide(**changes: object) -> Answer:
    model = an_entity(NASTY)
    found = Answer(
        question=Question(asks=Asks.PROPOSE, about=(model.id,)), person_id="UPAT", now=NOW, model=model
    )
    return replace(found, **changes)


@pytest.mark.parametrize(
    "found",
    [
        a_guide(guide=Guide(refusal=f"You may not propose {NASTY}", ask=("UPAT",))),
        a_guide(model=None, guide=Guide(own=tuple(an_entity(f"{NASTY}{one}") for one in range(300)))),
        a_guide(model=None, guide=Guide()),
        a_guide(
            question=Question(asks=Asks.PROPOSE, reason=Reason.REPLACED),
            guide=Guide(successors=tuple(an_entity(f"{NASTY}{one}") for one in range(99))),
        ),
        a_guide(question=Question(asks=Asks.PROPOSE, reason=Reason.REPLACED), guide=Guide()),
        a_guide(
            question=Question(asks=Asks.PROPOSE, reason=Reason.COST, successor_id="x"),
            guide=Guide(trouble=(NASTY,) * 5, successors=(an_entity("x"),)),
        ),
        a_guide(
            question=Question(asks=Asks.PROPOSE, reason=Reason.COST, successor_id="x"),
            guide=Guide(
                successor=an_entity(NASTY), playbooks=(replace(overloaded(), playbook="a" * 40),) * 3
            ),
        ),
    ],
    ids=["refused", "which", "none", "successors", "no other", "trouble", "ready"],
)
def test_every_step_of_a_guided_proposal_fits_with_the_worst_of_names(found: Answer) -> None:
    shown = assistant.answer(found, {}, Snapshot.of(EMPTY))
    check_message(shown)
    assert not is_loud(shown["text"], shown["blocks"])
    assert "UEVIL" not in mentions(shown["text"], shown["blocks"])
    for block in shown["blocks"]:
        assert len(block.get("block_id", "")) <= 255


def test_a_link_is_only_where_there_is_an_address(tmp_path: Path) -> None:
    state = a_retirement()
    shown = drawn(tmp_path, Question(asks=Asks.STANDS, about=("RET-1",)), state)
    assert "http" not in str(shown)


def test_the_compiler_finds_nothing_wrong_with_answers(tmp_path: Path) -> None:
    state = announced()
    shown = drawn(tmp_path, Question(asks=Asks.STANDS, about=("RET-1",)), state)
    menu = assistant.answer(a_guide(model=None, guide=Guide(own=(an_entity("a"),))), {}, Snapshot.of(EMPTY))
    assert guide.MODEL in [block.get("block_id") for block in menu["blocks"]]
    tsc_check([("answer", "message", shown), ("menu", "message", menu)])


def test_whose_catalog_has_no_successor_is_told_what_to_do() -> None:
    asked = a_guide(question=Question(asks=Asks.PROPOSE, reason=Reason.REPLACED), guide=Guide())
    said = str(assistant.answer(asked, {}, Snapshot.of(EMPTY))["blocks"])
    assert "needs a successor: import its catalog and ask me again, or choose another reason" in said


def test_who_is_led_to_the_form_is_told_of_playbooks_for_the_same_reason() -> None:
    ready = a_guide(
        model=an_entity("Churn Model"),
        question=Question(asks=Asks.PROPOSE, reason=Reason.COST, successor_id="x"),
        guide=Guide(successor=an_entity("x"), playbooks=(replace(a_retirement(), playbook="careful-move"),)),
    )
    assert (
        ":notebook: The playbook *careful-move* (RET-1 churn-v1) retired for the same reason: "
        '`/retire propose "Churn Model" like careful-move`'
    ) in str(assistant.answer(ready, {}, Snapshot.of(EMPTY)))
