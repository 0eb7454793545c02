"""What waits for somebody's hands, or for a second person, is told to whoever asks and stands on their Home."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.views.asked import home as home_view
from bot.views.card import steps
from bot.views.telling import digest_lines
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.base import Prose
from data.records.break_glass import BreakGlass
from data.records.keeping import Prune
from data.records.progress import OF_EVERY_PLAN, Progress, StepKind, StepProgress
from data.records.retirement import Retirement, State
from data.records.switches import ManualCheck
from tests.bot.views.asked.test_assistant import drawn, moved
from tests.bot.views.examples import NOW, a_policy, announced, buttons, days, texts
from workflows.home import OVERVIEW, Board, Home
from workflows.questions.table import Asks
from workflows.questions.understanding import Question

EMPTY = Snapshot.of(Stored(1, {}, {}, {}, {}, {}, {}))
ENDPOINT = "api:default/churn-v1"


def going_dark(progress: Progress = Progress.RUNNING, **changes: object) -> Retirement:
    """Everybody has moved, and people are asked to switch it off."""
    state = moved(announced(consumers=1))
    done = tuple(
        StepProgress(kind=kind, progress=Progress.DONE, at=NOW)
        for kind in OF_EVERY_PLAN
        if kind not in (StepKind.DISABLE, StepKind.CLOSE)
    )
    held = ("somebody calls it",) if progress is Progress.HELD else ()
    last = (
        StepProgress(kind=StepKind.DISABLE, progress=progress, at=days(90), held_by=held),
        StepProgress(kind=StepKind.CLOSE),
    )
    return replace(state, steps=(*done, *last), drilled_at=days(61), **changes)


def reported(by: str, action: str = "disable") -> ManualCheck:
    return ManualCheck(endpoint_id=ENDPOINT, action=action, confirmed_by=by, evidence=Prose(prose="CHG-1"))


def a_home(state: Retirement, person: str) -> Home:
    return Board(EMPTY, (state,), days(90)).home(person, OVERVIEW)


BACK = {"disabled_ids": (ENDPOINT,), "restoring": "UPAT"}


@pytest.mark.parametrize(
    ("state", "why", "button", "at_risk"),
    [
        (
            going_dark(),
            "churn-v1 has to be switched off by hand",
            "manual.report",
            "churn-v1 has to be switched off by hand",
        ),
        (
            going_dark(manual=(reported("UKIM"),)),
            "churn-v1 is reported as switched off by hand, and a second person has to look",
            "manual.check",
            "a second person has to look",
        ),
        (
            going_dark(**BACK),
            "churn-v1 has to be switched on again by hand",
            "manual.report",
            "service is coming back, and waits for churn-v1",
        ),
        (
            going_dark(**BACK, manual=(reported("UKIM", "restore"),)),
            "churn-v1 is reported as switched on again by hand, and a second person has to look",
            "manual.check",
            "service is coming back, and waits for churn-v1",
        ),
    ],
    ids=["off", "off, reported", "back", "back, reported"],
)
def test_an_endpoint_that_waits_for_people_is_told_wherever_somebody_asks_or_looks(
    tmp_path: Path, state: Retirement, why: str, button: str, at_risk: str
) -> None:
    for asks in (Asks.BLOCKS, Asks.SILENT, Asks.STANDS, Asks.MINE):
        about = () if asks is Asks.MINE else ("RET-1",)
        shown = drawn(tmp_path, Question(asks=asks, about=about), state, now=days(90))
        said = "\n".join(texts(shown["blocks"]))
        assert button in dict(buttons(shown)), asks
        if asks is not Asks.MINE:
            assert f"{why} (<@UPAT>)" in said, asks
            assert "nothing blocks it" not in said
    found = a_home(state, "UPAT")
    assert button in dict(buttons(home_view.drawn(found)[0]))
    assert "Yours to switch by hand (1)" in texts(home_view.drawn(found)[0])
    assert "it goes on" not in "\n".join(texts(home_view.drawn(found)[0]))
    assert why in "\n".join(steps.lines(state))
    line = digest_lines.at_risk(state, days(90))
    assert line is not None
    assert at_risk in str(line)


@pytest.mark.parametrize(
    ("state", "person"),
    [
        (going_dark(Progress.HELD), "UPAT"),
        (going_dark(manual=(reported("UPAT"),)), "UPAT"),
        (going_dark(), "UKIM"),
        (going_dark(paused_at=NOW, paused_by="UPAT"), "UPAT"),
        (going_dark(disabled_ids=(ENDPOINT,)), "UPAT"),
    ],
    ids=["a gate holds it", "who reported it", "who has no part in it", "paused", "dark already"],
)
def test_whoever_may_not_switch_it_now_is_not_asked_to(state: Retirement, person: str) -> None:
    assert a_home(state, person).hands == ()


def test_a_shorter_notice_waits_for_the_second_of_those_who_may(tmp_path: Path) -> None:
    policy = replace(a_policy(), break_glass_people=("UKIM", "UPAT"))
    glass = BreakGlass(number=9, notice_days=7, why=Prose(prose="a leak"), asked_by="UPAT", asked_at=NOW)
    state = replace(moved(announced(consumers=1)), policy=policy, break_glass=glass)
    assert [one.seconds for one in (a_home(state, "UKIM"), a_home(state, "UPAT"))] == [(state,), ()]
    shown, _ = home_view.drawn(a_home(state, "UKIM"))
    assert "Yours to confirm (1)" in texts(shown)
    assert ("break_glass.confirm", "RET-1|9") in buttons(shown)
    said = drawn(tmp_path, Question(asks=Asks.SILENT), state, person="UPAT")
    assert "break-glass, 7 days of notice, waits for a second person (<@UKIM>)" in "\n".join(
        texts(said["blocks"])
    )
    mine = drawn(tmp_path, Question(asks=Asks.MINE), state, person="UKIM")
    assert ("break_glass.confirm", "RET-1|9") in buttons(mine)


def test_what_is_to_go_of_an_archive_waits_for_a_second_person_long_after_it_was_closed(
    tmp_path: Path,
) -> None:
    policy = replace(a_policy(), holds_people=("UKIM",))
    asked = Prune(number=9, classes=("weights",), why=Prose(prose="space"), asked_by="UPAT", asked_at=NOW)
    state = replace(announced(consumers=1, state=State.ARCHIVED), policy=policy, prune=asked)
    shown, _ = home_view.drawn(a_home(state, "UKIM"))
    assert ("prune.confirm", "RET-1|9") in buttons(shown)
    found = a_home(state, "UPAT")
    assert (found.seconds, found.proposals) == ((), ())
    said = drawn(tmp_path, Question(asks=Asks.SILENT), state, person="UKIM")
    assert "takes two people, and the second has to confirm it (<@UKIM>)" in "\n".join(texts(said["blocks"]))
