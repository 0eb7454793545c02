"""A vote on more time, however many callers it is for and whatever they call themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.views.asked import answers, standing
from bot.views.card import proposal
from bot.views.voting import later_dates
from data import events
from data.records.base import Prose
from data.records.callers import Caller
from data.records.plan import LaterDates
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from data.records.waivers import Waiver
from tests.bot.views.examples import NASTY, NOW, a_round, an_obligation, announced, overloaded, texts
from tests.builders import an_unknown
from tests.fakes.slack.workspace import is_loud
from tests.payloads import check_message


def voted_on(state: Retirement, *names: str, **changes: Any) -> Retirement:
    """Two weeks more are voted on, for these callers."""
    assert state.plan is not None
    callers = tuple(Caller(consumer=an_unknown(name), asked=9) for name in names)
    dates = LaterDates(
        days=14,
        steps=tuple(replace(step, due_at=step.due_at + timedelta(days=14)) for step in state.plan.steps),
        consumer_ids=tuple(one.consumer.consumer_id for one in callers),
        plan_digest="sha256:" + "ef" * 32,
    )
    round_ = a_round(purpose=Purpose.EXTEND)
    return replace(state, **{"callers": callers, "later": dates, "round": round_, **changes})


def test_each_caller_is_told_as_it_stands_and_whether_it_needs_the_time():
    claimed = Caller(
        consumer=an_unknown("a"), claimed_by="UANN", team_id="group:default/edge", team_name="edge"
    )
    known = Caller(consumer=an_unknown("b"), declared_as="component:default/nightly")
    vouched = Waiver(what="caller::c", by="UPAT", at=NOW, reason=Prose(prose="a scanner"))
    state = voted_on(announced(), "a", "b", "c", "d")
    state = replace(state, callers=(claimed, known, *state.callers[2:]), waivers=(vouched,))
    owed = an_obligation(an_unknown("a"))
    state = replace(state, obligations=(*state.obligations, owed))
    assert later_dates.asked(state)[1].split("\n") == [
        "    • *a*: it is edge's: open",
        "    • *b*: by the catalog it is *nightly*; it needs no more time",
        "    • *c*: <@UPAT> takes responsibility for it; it needs no more time",
        "    • *d*: nobody has said whose it is",
    ]


def test_slack_takes_the_card_and_what_commands_show_of_very_many():
    state = voted_on(overloaded(), *(f"{number}{NASTY}"[:120] for number in range(300)))
    for payload in (proposal.card(state), standing.show(state), answers.plan(state)):
        check_message(payload)
        assert not is_loud(payload["text"], payload["blocks"])
        assert "+290 more" in "\n".join(texts(payload["blocks"]))


def test_a_vote_nobody_has_is_told_as_that():
    state = voted_on(announced(), "a")
    assert state.round is not None
    assert state.later is not None
    nobody = replace(state.round, members={})
    event = events.ExtensionProposed(at=NOW, by="emeritus", dates=state.later, round=nobody)
    assert later_dates.opened(event, state, ["*a*"]).endswith(
        "until Wed 2027-03-31, for nobody: no role has anybody"
    )
