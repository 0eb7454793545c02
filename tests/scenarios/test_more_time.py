"""A caller is found after the announcement: people vote on more time on the card, and everybody hears the outcome."""

from __future__ import annotations

import json
import re

from click.testing import CliRunner

from bot.cli import cli
from data.records.progress import StepKind
from data.records.retirement import State
from tests.scenarios.home import open_home, press
from tests.scenarios.test_callers import SCORER, question, sees
from tests.scenarios.town import (
    ADA,
    BRUNO,
    GRACE,
    INES,
    MINA,
    PRIYA,
    SAM,
    TOM,
    Town,
    buttons,
    words,
)

VOTES = ["vote.approve", "vote.reject", "vote.abstain", "proposal.revise"]


def due(town: Town, kind: StepKind) -> str:
    return town.retirement().plan.step(kind).due_at.date().isoformat()


def found(town: Town) -> None:
    """A caller nobody declares is seen a day after the announcement."""
    town.announce()
    town.pass_time(days=1)
    sees(town, "night-scorer/1.2")


def test_the_card_has_a_vote_on_the_very_dates_there_would_be(town: Town):
    found(town)
    card = words(town.card())
    assert "*Votes on MORE TIME*\nEvery date ahead *14 days later*" in card
    assert (
        "migrate by *Mon 2026-05-11* instead of Mon 2026-04-27, service ends *Mon 2026-05-18* instead of Mon 2026-05-04"
        in card
    )
    assert "*night-scorer*: nobody has said whose it is" in card
    assert buttons(town.card()) == VOTES
    until = town.retirement().round.expires_at.date()
    assert (
        "A vote on *more time* for *night-scorer* is open on the card: every date ahead 14 days later, planned last "
        f"day of service then: Mon 2026-05-18. It is open until {until:%a %Y-%m-%d}, for <@{ADA}> <@{MINA}>"
    ) in town.thread()
    assert f"<@{TOM}>" not in town.thread().partition("It is open until ")[2].partition("\n")[0], (
        "they proposed it"
    )
    asked = words(question(town))
    assert "The card has a vote on whether there are 14 more days to move" in asked
    assert "*Votes on MORE TIME*" in town.command(TOM, "show RET-1")
    plan = town.command(TOM, "plan RET-1")
    assert "2026-05-04 *disable*" in plan, "what runs is what was approved"
    assert f"*Voted on now* `{town.retirement().later.plan_digest}`" in plan
    assert "the vote on more time expires" not in town.command(TOM, "digest")
    town.pass_time(days=25)
    assert re.search(r"\*RET-1 churn-v1\*:? the vote on more time expires", town.command(TOM, "digest"))


def test_a_shell_tells_of_the_vote_beside_the_plan_that_runs(town: Town):
    found(town)
    later = town.retirement().later
    shell = CliRunner(env={"EMERITUS_STORE": str(town.folder / "emeritus.db")})
    shown = shell.invoke(cli, ["plan", "RET-1"]).stdout
    assert "2026-05-04 09:00 UTC  disable" in shown
    assert f"voted on: every date ahead 14 days later, {later.plan_digest}" in shown
    told = json.loads(shell.invoke(cli, ["plan", "RET-1", "--json"]).stdout)
    assert told["plan"]["digest"] == town.retirement().approved_digest
    assert [step["due_at"][:10] for step in told["voted_on"]["steps"]][-2] == "2026-05-18"


def test_with_approval_all_dates_move_and_everybody_who_was_told_one_is_told_the_new_one(town: Town):
    town.serve()
    found(town)
    before = {person: len(town.keys(person)) for person in (BRUNO, INES, GRACE)}
    town.approve()
    assert (due(town, StepKind.MIGRATE), due(town, StepKind.DISABLE)) == ("2026-05-11", "2026-05-18")
    for person, number in before.items():
        (told,) = town.keys(person)[number:]
        assert told.startswith("RET-1/moved-")
        assert "2026-05-18" in words(town.posted(person, told))
    assert "2026-05-11" in words(town.announcement(BRUNO))
    assert "The vote on more time ended with approval: the dates ahead move" in town.thread()
    assert "people voted for 14 more days for callers that were found" in town.thread()
    card = words(town.card())
    assert "2026-05-18 *disable*" in card
    assert "MORE TIME" not in card
    assert "A vote gave it more time" in words(question(town))
    assert "by a vote on more time for callers that were found" in town.command(TOM, "plan RET-1")
    assert "more time by a vote" in town.command(TOM, "digest")
    town.command(TOM, "waive RET-1 night-scorer a scanner")
    town.everybody_moves()
    town.pass_time(days=60)
    assert town.retirement().state is State.MIGRATING, "the old day is past, and it serves"
    town.pass_time(days=2)
    assert town.retirement().state is State.DISABLED


def test_a_vote_that_is_opened_late_is_over_while_half_of_its_days_are_still_ahead(town: Town):
    town.announce()
    town.pass_time(days=40)
    sees(town, "night-scorer/1.2")
    assert "migrate by *Mon 2026-05-11* instead of Mon 2026-04-27" in words(town.card())
    assert "it expires on Mon 2026-05-04" in words(town.card())
    assert "It is open until Mon 2026-05-04, for" in town.thread()
    town.pass_time(days=10)
    assert "The vote on more time ended without approval: the dates stay" in town.thread()
    assert buttons(town.card()) == ["proposal.revise"]
    assert due(town, StepKind.DISABLE) == "2026-05-04", "no date is given that is past, and none moves"
    assert town.retirement().state is State.MIGRATING, (
        "nobody has said whose the caller is: it holds the step"
    )


def test_without_it_the_dates_stay_and_the_step_waits_until_the_caller_is_somebodys(town: Town):
    found(town)
    town.reject(SAM, "they had all spring")
    assert due(town, StepKind.DISABLE) == "2026-05-04"
    assert "The vote on more time ended without approval: the dates stay" in town.thread()
    assert "A vote gave it no more time" in words(question(town))
    assert buttons(town.card()) == ["proposal.revise"]
    sees(town, "night-scorer/1.2", name="later.log")
    assert "MORE TIME" not in words(town.card()), "not again for the same caller"
    town.pass_time(days=30)
    assert "1 caller nobody declares uses it" in town.thread()
    sees(town, "night-scorer/1.2", "day-scorer/2", name="latest.log")
    assert "*day-scorer*: nobody has said whose it is" in words(town.card())
    assert "*night-scorer*: nobody" not in words(town.card())


def test_the_card_says_whose_it_is_once_somebody_has_said_so_and_the_vote_goes_on(town: Town):
    found(town)
    town.approve(ADA)
    town.press(BRUNO, question(town), "caller.claim", f"RET-1|{SCORER}")
    assert "*night-scorer*: it is Logistics's: open" in words(town.card())
    town.approve(MINA, PRIYA, SAM)
    assert due(town, StepKind.DISABLE) == "2026-05-18"
    assert "appeared after the vote" not in town.command(TOM, "show RET-1")
    assert "migrate by *Mon 2026-05-11*" in words(town.announcement(BRUNO))


def test_it_is_over_when_the_coordinator_vouches_for_the_only_one(town: Town):
    found(town)
    town.approve(ADA)
    town.command(TOM, "waive RET-1 night-scorer a scanner")
    assert "The vote on more time is over: nobody it is about needs more time any more" in town.thread()
    assert buttons(town.card()) == ["proposal.revise"]
    town.pass_time(days=31)
    assert due(town, StepKind.DISABLE) == "2026-05-04"


def test_whoever_may_vote_on_it_finds_it_on_their_home_and_votes_there(town: Town):
    found(town)
    told = open_home(town, MINA)
    assert ":hourglass_flowing_sand: The vote is on *more time*: Every date ahead *14 days later*" in told
    assert "*night-scorer*: nobody has said whose it is" in told
    press(town, MINA, "vote.approve")
    assert "Your vote on RET-1 counts: approve as platform" in town.told(MINA)
    assert "more time" not in open_home(town, MINA)
    assert "more time*:" not in open_home(town, TOM), "who proposed it has no vote on its dates"
    town.approve(ADA, PRIYA, SAM)
    assert due(town, StepKind.DISABLE) == "2026-05-18"


def test_who_proposed_it_and_who_is_in_no_role_is_told_why_they_have_no_vote(town: Town):
    found(town)
    town.press(TOM, town.card(), "vote.approve")
    assert "Your vote does not count: you proposed this retirement" in town.told(TOM)
    town.press(BRUNO, town.card(), "vote.approve")
    assert "You may not vote here" in town.told(BRUNO)


def test_a_vote_on_cancelling_comes_first_and_the_one_on_time_is_held_after_it(town: Town):
    found(town)
    town.command(TOM, "cancel RET-1 the successor is late")
    assert "*Votes on CANCELLING this retirement*" in words(town.card())
    assert "The vote on more time is over: calling it off is voted on first" in town.thread()
    town.reject(SAM, "it goes on")
    assert "*Votes on MORE TIME*" in words(town.card())


def test_what_callers_call_themselves_mentions_nobody_on_the_card(town: Town):
    town.announce()
    sees(town, "<!channel>", "<@U01TOMBIRCH>")
    for shown in (words(town.card()), town.thread()):
        assert "<!channel>" not in shown
        assert "&lt;!channel&gt;" in shown


def test_a_rejection_says_what_it_is_about(town: Town):
    found(town)
    view = town.opens(PRIYA, lambda: town.press(PRIYA, town.card(), "vote.reject"))
    assert "You reject *more time for RET-1*" in str(view.content)
