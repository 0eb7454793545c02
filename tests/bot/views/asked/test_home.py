"""Home has fewer than a hundred blocks and mentions nobody by accident, however much there is and how it is called."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bot.payloads import home_page
from bot.views import limits
from bot.views.asked import home as view
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.attestations import Statement
from data.records.base import Prose
from data.records.closing import Confirmed
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Duty, Retirement, State
from data.records.rounds import Ballot, Choice, Purpose
from tests.bot.views.examples import (
    NASTY,
    NOW,
    a_retirement,
    a_round,
    an_obligation,
    announced,
    buttons,
    days,
    overloaded,
    texts,
)
from tests.builders import an_attestation
from tests.payloads import check_view, tsc_check
from workflows.home import OVERVIEW, Board, Home, Page, Part
from workflows.rules.gating.attesting import text_digest

WORD_MENTIONS = ("<!channel", "<!here", "<!everyone", "<@UEVIL")


def a_board(*retirements: Retirement, now: Any = NOW) -> Board:
    return Board(Snapshot.of(Stored(1, {}, {}, {}, {}, {}, {})), retirements, now)


def a_home(*retirements: Retirement, person: str, page: Page = OVERVIEW, now: Any = NOW) -> Home:
    return a_board(*retirements, now=now).home(person, page)


def drawn(*retirements: Retirement, person: str, page: Page = OVERVIEW, now: Any = NOW) -> dict[str, Any]:
    return view.drawn(a_home(*retirements, person=person, page=page, now=now))[0]


def worst(*, people: tuple[str, ...] = ("UME",)) -> list[Retirement]:
    """Fifty retirements of 500 consumers each, all of them this person's, all of it named with mischief."""
    voted, moving = overloaded(), overloaded(state=State.MIGRATING)
    mine = tuple(
        replace(one, consumer=replace(one.consumer, owners=replace(one.consumer.owners, slack_ids=people)))
        for one in moving.obligations
    )
    assert moving.policy is not None
    attested = tuple(an_attestation(name=f"{n}-{'x' * 38}", text=NASTY, people=people) for n in range(9))
    policy = replace(moving.policy, attestations=attested)
    moving = replace(
        moving, obligations=mine, coordinator_id="UME", steps=held(moving), policy=policy, drilled_at=NOW
    )
    round_ = replace(a_round(), members={NASTY: people, "risk": people}, opened_by="UPAT", ballots=())
    tiers = tuple(replace(one, closed_by_two="yes") for one in policy.tiers)
    waits = replace(
        moving, state=State.DISABLED, policy=replace(policy, tiers=tiers), confirmed=(CONFIRMED,), steps=()
    )
    return [
        *(replace(waits, id=f"RET-{number}") for number in range(51, 81)),
        *(replace(voted, id=f"RET-{number}", round=round_) for number in range(1, 26)),
        *(replace(moving, id=f"RET-{number}") for number in range(26, 51)),
    ]


CONFIRMED = Confirmed(by="UZED", at=NOW)


def held(state: Retirement) -> tuple[StepProgress, ...]:
    return tuple(replace(one, progress=Progress.HELD, held_by=(NASTY,) * 20) for one in state.steps)


PAGES = [
    OVERVIEW,
    *(Page(part=part, number=number) for part in Part for number in (1, 2, 626, 10**9)),
]


@pytest.mark.parametrize("later", [0, 60, 200], ids="now {} days".format)
def test_the_worst_there_can_be_fits_on_every_page(later: int) -> None:
    there = a_board(*worst(), now=days(later))
    for page in PAGES:
        shown, _ = view.drawn(there.home("UME", page))
        assert len(shown["blocks"]) < limits.VIEW_BLOCKS_MAX
        check_view(shown)
        said = "\n".join(texts(shown))
        assert not [word for word in WORD_MENTIONS if word in said]


def test_slacks_own_types_take_every_page_of_the_worst() -> None:
    there = a_board(*worst(), now=days(60))
    shown = [view.drawn(there.home("UME", page))[0] for page in PAGES[:3]]
    tsc_check([(f"page {number}", "home", one) for number, one in enumerate(shown)])


def test_every_consumer_is_on_some_page_and_none_on_two() -> None:
    board = a_board(announced(consumers=500, teams=1))
    seen: list[str] = []
    for number in range(1, 26):
        shown, _ = view.drawn(board.home("UT0", Page(part=Part.ANSWERS, number=number)))
        seen += [value for action, value in buttons(shown) if action == "duty.acknowledge"]
    assert (len(seen), len(set(seen))) == (500, 500)


def test_what_somebody_may_attest_is_on_their_home_until_a_name_stands_there() -> None:
    state = announced(consumers=1, teams=1)
    assert state.policy is not None
    wanted = an_attestation(people=("UKIM",), groups=())
    state = replace(state, policy=replace(state.policy, attestations=(wanted,)))
    assert a_home(state, person="UKIM").attestations == (), "its archive is not proven yet"
    state = replace(state, drilled_at=NOW)
    shown = drawn(state, person="UKIM")
    assert ("attestation.give", f"{state.id}|retention") in buttons(shown)
    assert "Yours to attest (1)" in texts(shown)
    assert a_home(state, person="UPAT").attestations == ()
    said = {"by": "UKIM", "at": NOW, "evidence": Prose(prose="CHG-1")}
    digest = text_digest(wanted.text)
    until = replace(
        state, attested=(Statement(name="retention", text_digest=digest, expires_at=days(5), **said),)
    )
    assert a_home(until, person="UKIM").attestations == ()
    assert len(a_home(until, person="UKIM", now=days(6)).attestations) == 1, "it counts no more"


def test_an_end_that_waits_is_on_the_home_of_those_who_may_confirm_it_and_have_not() -> None:
    state = announced(state=State.DISABLED, consumers=1)
    assert state.policy is not None
    tiers = tuple(replace(one, closed_by_two="yes") for one in state.policy.tiers)
    assert a_home(state, person="UPAT").confirmations == (), "nobody has to"
    state = replace(state, policy=replace(state.policy, tiers=tiers))
    shown = drawn(state, person="UPAT")
    assert ("closing.confirm", state.id) in buttons(shown)
    assert "Yours to confirm (1)" in texts(shown)
    assert a_home(state, person="UKIM").confirmations == (), "who has no part in it may not"
    by_other, by_them = (replace(state, confirmed=(replace(CONFIRMED, by=one),)) for one in ("UKIM", "UPAT"))
    assert a_home(by_other, person="UPAT").confirmations == (by_other,)
    assert a_home(by_them, person="UPAT").confirmations == ()


def test_the_overview_leads_to_every_list_and_pages_lead_on_and_back() -> None:
    board = a_board(announced(consumers=50, teams=1))
    overview, _ = view.drawn(board.home("UT0", OVERVIEW))
    assert ("home.page", "answers 1") in buttons(overview)
    second, _ = view.drawn(board.home("UT0", Page(part=Part.ANSWERS, number=2)))
    turns = [value for action, value in buttons(second) if action == "home.page"]
    assert turns == ["overview 1", "answers 1", "answers 3", "answers 2"], "back, previous, next, refresh"


@pytest.mark.parametrize("page", PAGES, ids=view.value)
def test_what_a_button_carries_is_read_as_the_page_it_leads_to(page: Page) -> None:
    number = min(page.number, 999_999_999)
    assert home_page(view.value(replace(page, number=number))) == replace(page, number=number)


def test_who_voted_sees_the_vote_no_more_unless_the_plan_is_another_one() -> None:
    state = a_retirement()
    assert a_home(state, person="URISK").votes == (state,)
    assert state.plan is not None
    ballot = {"voter_id": "URISK", "role": "risk", "choice": Choice.APPROVE, "cast_at": NOW}
    voted = replace(state, round=a_round(Ballot(**ballot, plan_digest=state.plan.digest)))
    assert a_home(voted, person="URISK").votes == ()
    older = replace(state, round=a_round(Ballot(**ballot, plan_digest="sha256:older")))
    assert a_home(older, person="URISK").votes == (older,)


@pytest.mark.parametrize(
    ("person", "later"), [("UPAT", 0), ("UOTHER", 0), ("URISK", 31)], ids=["proposer", "no role", "expired"]
)
def test_who_may_not_vote_is_not_asked_to(person: str, later: int) -> None:
    assert a_home(a_retirement(), person=person, now=days(later)).votes == ()


def test_a_vote_on_calling_it_off_says_so() -> None:
    state = announced(approved_digest="sha256:ab", round=a_round(purpose=Purpose.CANCEL))
    said = "\n".join(texts(drawn(state, person="URISK")))
    assert ":warning: The vote is on *cancelling* this retirement" in said


@pytest.mark.parametrize(
    "changes",
    [{"paused_at": NOW, "paused_by": "UPAT"}, {"restoring": "UPAT"}, {"state": State.PROPOSED}],
    ids=["paused", "coming back", "another plan"],
)
def test_nothing_is_overdue_while_dates_wait(changes: dict[str, Any]) -> None:
    late = announced(teams=1)
    assert len(a_home(late, person="UT0", now=days(200)).overdue) == 3
    waiting = a_home(replace(late, **changes), person="UT0", now=days(200))
    assert (waiting.overdue, waiting.late_steps, len(waiting.answers)) == ((), (), 3)


def test_what_is_settled_comes_last_and_can_only_be_taken_back() -> None:
    state = announced(teams=1)
    first, *others = state.obligations
    moved = replace(first, duty=Duty.MIGRATED, changed_by="UT0")
    home = a_home(replace(state, obligations=(moved, *others)), person="UT0")
    assert [one.duty.duty for one in home.answers] == [Duty.OPEN, Duty.OPEN, Duty.MIGRATED]
    pressed = [what for what, value in buttons(view.drawn(home)[0]) if moved.consumer.consumer_id in value]
    assert pressed == ["duty.take_back"]


def test_once_it_is_dark_nothing_is_asked_and_nothing_goes_dark() -> None:
    home = a_home(announced(teams=1, state=State.DISABLED), person="UT0")
    assert (home.answers, home.ahead, home.is_known) == ((), (), False)


def test_only_what_goes_dark_within_ninety_days_is_ahead_the_next_one_first() -> None:
    soon, later = announced(teams=1, id="RET-1"), announced(teams=1, id="RET-2")
    plan = later.plan
    assert plan is not None
    far = tuple(replace(one, due_at=days(91)) if one.kind is StepKind.DISABLE else one for one in plan.steps)
    near = tuple(replace(one, due_at=days(5)) if one.kind is StepKind.DISABLE else one for one in plan.steps)
    beyond = replace(later, plan=replace(plan, steps=far))
    assert [one.state.id for one in a_home(soon, beyond, person="UT0").ahead] == ["RET-1"]
    next_one = replace(later, plan=replace(plan, steps=near))
    assert [one.state.id for one in a_home(soon, next_one, person="UT0").ahead] == ["RET-2", "RET-1"]


def test_a_person_with_nothing_whom_nobody_knows_is_shown_no_name_of_anything() -> None:
    home = a_home(a_retirement(), announced(id="RET-2"), person="USTRANGER")
    said = "\n".join(texts(view.drawn(home)[0]))
    assert not home.is_known
    assert "churn" not in said
    assert "RET-" not in said


def test_two_drawings_of_the_same_have_one_digest_whenever_they_were_drawn() -> None:
    state = announced(teams=1)
    _, one = view.drawn(a_home(state, person="UT0", now=NOW))
    _, same = view.drawn(a_home(state, person="UT0", now=days(0.5)))
    _, other = view.drawn(a_home(replace(state, obligations=state.obligations[:1]), person="UT0"))
    assert one == same != other


def test_a_name_beyond_unicode_is_drawn_and_digested() -> None:
    """Half a surrogate cannot be sent; it never leaves the catalog as text."""
    state = announced(teams=1, name="half \ud83d")
    shown, digest = view.drawn(a_home(state, person="UT0"))
    assert "half" in "\n".join(texts(shown))
    assert digest


def test_what_people_wrote_is_quoted_and_cut() -> None:
    note = Prose(prose=NASTY * 20)
    state = announced(teams=1)
    owed = tuple(an_obligation(one.consumer, note=note) for one in state.obligations)
    shown = drawn(replace(state, obligations=owed), person="UT0")
    assert all(len(text) < limits.SECTION_MAX for text in texts(shown))
