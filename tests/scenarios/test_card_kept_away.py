"""The card cannot get into the channel: nobody can vote meanwhile, so no vote ends by that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data import events
from data.records.progress import StepKind
from data.records.retirement import State
from tests.fakes.slack import BOT_USER
from tests.scenarios.town import ADA, GOVERNANCE, MINA, POLICY, PRIYA, SAM, TOM, Town, words


def leaves(town: Town) -> None:
    """Somebody takes the bot out of the governance channel."""
    town.slack.ws.channels[GOVERNANCE].members.remove(BOT_USER)


def invited(town: Town) -> None:
    town.slack.ws.channels[GOVERNANCE].members.append(BOT_USER)


def of(town: Town, kind: type[events.Event]) -> list[events.Event]:
    return [entry.event for entry in town.bot.store.events("RET-1") if isinstance(entry.event, kind)]


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Town]:
    """A town whose rounds take days and not weeks: every ten minutes of them Slack is asked for the card."""
    with Town(
        tmp_path, policy=f"{POLICY}[rounds]\nreview_days = 1\nexpires_days = 3\n", serves=False
    ) as running:
        yield running


def test_a_round_whose_card_comes_up_after_its_end_has_all_its_days_from_then_on(hasty: Town):
    leaves(hasty)
    assert hasty.propose(target="2026-04-02") == {}
    hasty.pass_time(days=4)
    assert hasty.retirement().state is State.PROPOSED, "nobody could vote"
    told = hasty.command(TOM, "show RET-1")
    assert "*The card does not show this vote yet*, so nobody can vote" in told
    assert "not_in_channel: invite the bot" in told
    invited(hasty)
    hasty.pass_time(hours=1)
    assert (
        "its days count from now on, review until Sat 2026-03-07, open until Mon 2026-03-09" in hasty.thread()
    )
    assert "it expires on Mon 2026-03-09" in words(hasty.card())
    assert "does not show this vote" not in hasty.command(TOM, "show RET-1")
    hasty.approve(ADA, MINA, PRIYA, SAM)
    assert hasty.retirement().state is State.PROPOSED, "the review is not over"
    hasty.pass_time(days=2)
    assert hasty.retirement().state is State.MIGRATING
    last_day = hasty.retirement().plan.step(StepKind.DISABLE).due_at
    assert last_day.date() >= date(2026, 4, 6), "thirty days of notice are owed"


def test_a_round_nobody_votes_in_expires_when_its_own_days_are_over(hasty: Town):
    leaves(hasty)
    hasty.propose()
    hasty.pass_time(days=4)
    invited(hasty)
    hasty.pass_time(days=2)
    assert hasty.retirement().state is State.PROPOSED
    hasty.pass_time(days=2)
    assert hasty.retirement().state is State.EXPIRED
    assert len(of(hasty, events.RoundExtended)) == 1


def test_a_card_that_is_up_within_a_day_changes_nothing(town: Town):
    leaves(town)
    town.propose()
    town.pass_time(hours=23)
    invited(town)
    town.pass_time(hours=1)
    assert of(town, events.RoundExtended) == []
    assert town.retirement().round.expires_at.date() == date(2026, 4, 1)


def loses_the_card(town: Town, days: int = 45) -> None:
    """Slack takes no edit of it for so long."""
    town.slack.fail_next("chat.update", "rate_limited", retry_after=days * 86_400)


def a_vote(town: Town) -> None:
    loses_the_card(town, days=3)
    town.approve(ADA)


def a_handover(town: Town) -> None:
    loses_the_card(town, days=3)
    town.command(TOM, f"handover RET-1 @{town.slack.ws.users[MINA].name}")


def revises(town: Town) -> None:
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-08-03"}) == {}


def a_revision_and_a_vote(town: Town) -> None:
    revises(town)
    a_vote(town)


@pytest.mark.parametrize("changes_it", [a_vote, a_handover, a_revision_and_a_vote])
def test_a_card_that_shows_the_round_and_is_drawn_anew_days_later_changes_nothing(
    town: Town, changes_it: Callable[[Town], None]
):
    town.propose()
    changes_it(town)
    expires_at = town.retirement().round.expires_at
    assert "does not show this vote" not in town.command(TOM, "show RET-1")
    town.pass_time(days=4)
    assert of(town, events.RoundExtended) == []
    assert town.retirement().round.expires_at == expires_at


def revised(town: Town) -> None:
    loses_the_card(town)
    revises(town)


def called_off(town: Town) -> None:
    town.approve()
    town.pass_time(days=15)
    loses_the_card(town)
    town.command(TOM, "cancel RET-1 we keep it after all")


@pytest.mark.parametrize("opens_a_round", [revised, called_off], ids=["another plan", "a vote on cancelling"])
def test_a_later_round_that_its_card_could_not_show_has_all_its_days_too(
    town: Town, opens_a_round: Callable[[Town], None]
):
    town.propose()
    opens_a_round(town)
    number, opened_at = town.retirement().round.number, town.retirement().round.opened_at
    town.pass_time(days=31)
    assert town.retirement().round.number == number, "it is open still"
    assert "does not show this vote yet" in town.command(TOM, "show RET-1")
    town.pass_time(days=16)
    (longer,) = of(town, events.RoundExtended)
    assert longer.round_number == number
    assert (longer.expires_at - opened_at).days >= 75
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state in (State.MIGRATING, State.CANCELLED)


def test_a_card_that_can_never_be_posted_does_not_keep_its_round_open_for_ever(town: Town):
    town.slack.fail_next("chat.postMessage", "error:invalid_blocks")
    town.propose()
    town.pass_time(days=31)
    assert town.retirement().state is State.EXPIRED
    assert "Stopped for good" in town.command(TOM, "show RET-1")


def test_weeks_in_which_the_bot_was_down_before_it_could_post_the_card_do_not_count(town: Town):
    leaves(town)
    town.propose()
    town.bot.store.close()
    town.seconds = datetime(2026, 4, 20, 8, tzinfo=UTC).timestamp()
    invited(town)
    town.open()
    town.settle()
    assert town.retirement().state is State.PROPOSED
    assert town.retirement().round.expires_at.date() == date(2026, 5, 20)
