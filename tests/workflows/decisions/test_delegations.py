"""Somebody answers for somebody else: who can, until when, and what both hear at its beginning and its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data.errors import Invalid, Refused
from data.events import EMERITUS, Delegated, DelegationEnded
from data.records.decision import Decision
from data.records.delegation import Account, Delegation
from tests.builders import BELLA, BILL, CARL, MAX, STRANGER, facts_for
from workflows import commands as cmd
from workflows.decisions import delegations

NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)
UNTIL = date(2027, 1, 29)
MIDNIGHT = datetime(2027, 1, 29, 23, tzinfo=UTC)
"""The end of that day in Berlin."""


def delegated(
    to: str = CARL,
    until: date = UNTIL,
    *,
    by: str = BILL,
    state: Delegation | None = None,
    now: datetime = NOW,
    **facts: Any,
) -> Decision[Any]:
    known = facts_for(**{"named_person": to, "zone": "Europe/Berlin", **facts})
    return delegations.delegate(
        state or Delegation(person=BILL), cmd.Delegate(by=by, to=to, until=until), known, now
    )


def ended(by: str, state: Delegation, now: datetime = NOW, *, why: str = "") -> Decision[Any]:
    return delegations.end(state, cmd.EndDelegation(by=by, person=state.person, why=why), facts_for(), now)


def folded(decision: Decision[Any], state: Delegation | None = None) -> Delegation:
    state = state or Delegation(person=BILL)
    for event in decision.events:
        state = delegations.evolve(state, event)
    return state


def told(decision: Decision[Any]) -> list[tuple[str, str]]:
    return [(one.body["notice"], one.place) for one in decision.effects]


REDRAWN = ("delegation ended", "")
"""What asked somebody to answer has no button any more."""


def a_delegation(person: str, to: str) -> Delegation:
    return Delegation(person=person, to=to, since=NOW, until=MIDNIGHT, last_on=UNTIL)


def test_it_lasts_to_the_end_of_its_last_day_on_the_clock_of_whoever_delegates():
    decision = delegated()
    assert decision.events == (Delegated(at=NOW, by=BILL, to=CARL, until=MIDNIGHT, last_on=UNTIL),)
    assert decision.reply == (
        "Until Fri 2027-01-29 what is asked of you goes to <@UCARL>, who may answer it for you; so may you. "
        "Your votes stay yours. /retire delegate off ends it"
    )
    assert told(decision) == [("delegation begun", CARL)]
    assert [(one.name, one.due_at) for one in decision.timers] == [("end", MIDNIGHT)]
    state = folded(decision)
    assert state.is_in_force(MIDNIGHT - timedelta(seconds=1))
    assert not state.is_in_force(MIDNIGHT)


def test_what_is_held_for_whoever_it_moves_is_looked_at_again_when_it_begins_and_when_it_ends():
    theirs = {"delegations": {MAX: a_delegation(MAX, BILL), BELLA: a_delegation(BELLA, MAX)}}
    begun = delegated(**theirs)
    assert begun.wakes == (BILL, MAX, BELLA)
    assert delegated(state=folded(begun), **theirs).wakes == ()
    assert ended(BILL, folded(begun)).wakes == (BILL,)
    assert ended(EMERITUS, folded(begun), MIDNIGHT).wakes == (BILL,)


@pytest.mark.parametrize(
    ("first", "last", "is_said"),
    [(3, 29, True), (20, 20, True), (29, 31, True), (3, 19, False), (30, 31, False)],
    ids=["throughout", "the first day", "from the last day", "over before", "begins after"],
)
def test_that_whoever_is_to_answer_is_on_leave_is_said(first: int, last: int, is_said: bool):
    leave = (date(2027, 1, first), date(2027, 1, last))
    said = (
        f"<@{CARL}> is on leave from {leave[0]} to {leave[1]}: what can wait is held for them then. "
        "Name somebody who is there"
    )
    assert delegated(leave=(leave,)).reply.endswith(said if is_said else "off ends it")


def test_saying_it_again_changes_nothing_and_another_day_or_person_takes_its_place():
    state = folded(delegated())
    again = delegated(state=state)
    assert (again.events, again.effects, again.timers) == ((), (), ())
    assert again.reply == delegated().reply
    longer = delegated(until=date(2027, 2, 5), state=state)
    assert told(longer) == [("delegation begun", CARL), REDRAWN]
    other = delegated(MAX, state=state)
    assert told(other) == [("delegation begun", MAX), ("delegation over", CARL), REDRAWN]
    assert folded(other, state).to == MAX


@pytest.mark.parametrize(
    ("until", "said"),
    [
        pytest.param(
            date(2027, 1, 19),
            "until 2027-01-19: a day after 2027-01-20, which is today in Europe/Berlin",
            id="past",
        ),
        pytest.param(
            date(2027, 1, 20),
            "until 2027-01-20: a day after 2027-01-20, which is today in Europe/Berlin",
            id="today",
        ),
        pytest.param(
            date(2027, 3, 22),
            "until 2027-03-22: 2027-03-21 at the latest: [delegation] days_max of the policy is 60 days. "
            "Delegate again when it is over",
            id="too far",
        ),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_those_that_can(until: date, said: str):
    with pytest.raises(Invalid) as refused:
        delegated(until=until)
    assert str(refused.value) == said


def test_the_first_and_the_last_day_that_can_be_are_taken():
    assert delegated(until=date(2027, 1, 21)).events
    assert delegated(until=date(2027, 3, 21)).events


def test_it_is_today_where_whoever_delegates_is():
    late = datetime(2027, 1, 20, 23, 30, tzinfo=UTC)
    with pytest.raises(Invalid):
        delegated(until=date(2027, 1, 21), now=late)
    assert delegated(until=date(2027, 1, 21), now=late, zone="America/New_York").events


@pytest.mark.parametrize(
    ("to", "facts", "said"),
    [
        pytest.param(
            BILL,
            {},
            "You cannot delegate to yourself. Name a colleague: /retire delegate @someone until YYYY-MM-DD",
            id="oneself",
        ),
        *(
            pytest.param(
                CARL,
                {"account": account},
                f"<@UCARL> cannot answer for you: this account is {account}. "
                "Name another colleague: /retire delegate @someone until YYYY-MM-DD",
                id=account,
            )
            for account in Account
            if account is not Account.MEMBER
        ),
        pytest.param(
            STRANGER,
            {"named_person": ""},
            "<@USTRANGER> cannot answer for you: the catalog knows no person with this Slack id, or they left. "
            "Name another colleague: /retire delegate @someone until YYYY-MM-DD",
            id="stranger",
        ),
        pytest.param(
            CARL,
            {"delegations": {CARL: a_delegation(CARL, MAX), MAX: a_delegation(MAX, BILL)}},
            "<@UCARL> cannot answer for you: it would come back to you: "
            "<@UBILL> -> <@UCARL> -> <@UMAX> -> <@UBILL>. "
            "Name somebody else, or have one of them run /retire delegate off",
            id="round",
        ),
    ],
)
def test_who_cannot_answer_is_refused_with_the_reason(to: str, facts: dict[str, Any], said: str):
    with pytest.raises(Refused) as refused:
        delegated(to, **facts)
    assert str(refused.value) == said


@pytest.mark.parametrize("account", [one for one in Account if one is not Account.MEMBER])
def test_who_is_no_colleague_delegates_to_nobody_and_is_told_whom_to_ask(account: Account):
    with pytest.raises(Refused) as refused:
        delegated(no_colleagues={BILL: account})
    assert str(refused.value) == (
        f"You cannot have somebody else answer for you: by Slack this account is {account}, and only a member's own "
        "name counts. Ask the coordinator, whom /retire show names, to have somebody else asked; or whoever runs this "
        "workspace to make the account a member's"
    )


def test_whoever_was_delegated_to_may_delegate_on_and_the_answer_says_who_is_asked():
    decision = delegated(delegations={CARL: a_delegation(CARL, MAX)})
    assert "goes to <@UMAX> (<@UCARL> -> <@UMAX>), who may answer it for you" in decision.reply


@pytest.mark.parametrize(
    ("by", "reply", "heard"),
    [
        pytest.param(
            BILL, "What is asked of you comes to you again; <@UCARL> is told", [CARL], id="who delegated"
        ),
        pytest.param(
            CARL, "You do not answer for <@UBILL> any more; they are told", [BILL], id="who declines"
        ),
    ],
)
def test_either_of_the_two_ends_it_and_the_other_is_told(by: str, reply: str, heard: list[str]):
    state = folded(delegated())
    decision = ended(by, state)
    assert decision.events == (DelegationEnded(at=NOW, by=by),)
    assert (decision.reply, decision.cancels) == (reply, ("end",))
    assert told(decision) == [*(("delegation over", person) for person in heard), REDRAWN]
    assert not folded(decision, state).is_in_force(NOW)


def test_time_ends_it_and_tells_both_once():
    state = folded(delegated())
    assert ended(EMERITUS, state, MIDNIGHT - timedelta(seconds=1)).events == ()
    decision = ended(EMERITUS, state, MIDNIGHT)
    assert told(decision) == [("delegation over", BILL), ("delegation over", CARL), REDRAWN]
    assert ended(EMERITUS, folded(decision, state), MIDNIGHT).effects == ()


def test_whom_no_message_reaches_answers_for_nobody_and_only_the_other_is_told():
    state = folded(delegated())
    decision = ended(EMERITUS, state, why="user_disabled")
    assert decision.events == (DelegationEnded(at=NOW, by=EMERITUS, why="user_disabled"),)
    assert told(decision) == [("delegation over", BILL)]


def test_nobody_else_ends_it_and_what_is_over_cannot_be_ended():
    state = folded(delegated())
    with pytest.raises(Refused) as refused:
        ended(BELLA, state)
    assert str(refused.value) == (
        "What <@UBILL> delegated is not yours to end: only they end it, and whoever answers for them. "
        "Ask one of the two"
    )
    for gone in (Delegation(person=BILL), folded(ended(BILL, state), state), replace(state, until=NOW)):
        assert ended(BILL, gone).reply == "Nobody answers for you now, so there is nothing to end"


def test_nobody_delegates_for_others():
    with pytest.raises(Refused) as refused:
        delegated(by=BELLA)
    assert str(refused.value).startswith("Whoever delegates does so themselves")
