"""Who may do what: every command against every hat, written out once more by hand."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from data.errors import Refused
from data.events import EMERITUS
from data.records.facts import Facts
from data.records.retirement import Retirement
from tests.builders import (
    BILL,
    CARL,
    ENDY,
    GRETA,
    LEX,
    OWEN,
    PAT,
    PLATO,
    SIMON,
    STRANGER,
    a_running_retirement,
    facts_for,
    standing_in,
)
from workflows.commands import AnyCommand
from workflows.rules.permissions import PERMISSIONS, Hat, check, wears

STATE = replace(a_running_retirement().state, coordinator_id="UCORA")
FACTS = facts_for()
WEARERS = {
    Hat.ANYONE: STRANGER,
    Hat.OWNER: OWEN,
    Hat.PROPOSER: PAT,
    Hat.COORDINATOR: "UCORA",
    Hat.ENDPOINT_OWNER: ENDY,
    Hat.CONSUMER_OWNER: CARL,
    Hat.GLASS_BREAKER: SIMON,
    Hat.SEATED: PLATO,
    Hat.HOLDER: LEX,
    Hat.GRANTER: GRETA,
    Hat.TIME: EMERITUS,
}
EXTRA = {Hat.PROPOSER: "owner", Hat.SEATED: "glass_breaker"}
"""What its wearer has besides: who owns the model could propose, and those with a voting role may break the glass."""
EVERYBODY = (
    "anyone owner proposer coordinator endpoint_owner consumer_owner glass_breaker seated holder granter"
)
MAY = {
    "propose": "owner",
    "revise": "proposer coordinator",
    "cast": EVERYBODY,  # quorum.seat_for knows the roles
    "change duty": "consumer_owner",
    "take over": "coordinator consumer_owner",
    "ask for time": "consumer_owner",
    "snooze": "consumer_owner",
    "decide extension": EVERYBODY,  # nobody decides it alone, and whoever presses an old button is told
    "waive": "coordinator",
    "take back": "consumer_owner",
    "object": "consumer_owner",
    "report migrating": "consumer_owner",
    "contest waiver": "consumer_owner",
    "abort brownout": "coordinator endpoint_owner time",
    "exempt consumer": "coordinator consumer_owner",
    "announce brownout": "time",
    "prepare brownout": "time",
    "begin brownout": "time",
    "skip brownout": "time",
    "end brownout": "time",
    "count brownout": "time",
    "run checks": "coordinator endpoint_owner consumer_owner",
    "place hold": "coordinator owner endpoint_owner seated holder",
    "release hold": "holder",
    "ask prune": "coordinator owner holder",
    "confirm prune": "coordinator owner seated holder",
    "drop prune": "coordinator owner seated holder",
    "record pruned": "time",
    "grant read": "owner granter",
    "revoke read": "coordinator owner seated granter",
    "end read": "time",
    "give files": EVERYBODY,  # whom it was granted to
    "erase": "time",
    "confirm close": "coordinator owner endpoint_owner seated",
    "attest": EVERYBODY,  # whom the policy names for it
    "break glass": "glass_breaker",
    "confirm break-glass": "glass_breaker",
    "review break-glass": EVERYBODY,  # but for the two
    "claim caller": EVERYBODY,  # for a team of their own
    "run step": "coordinator endpoint_owner time",
    "pause": "coordinator endpoint_owner",
    "resume": "coordinator endpoint_owner",
    "restore": "coordinator endpoint_owner",
    "cancel": "proposer coordinator",
    "hand over": "coordinator",
    "report manual": "coordinator endpoint_owner",
    "check manual": "coordinator endpoint_owner owner",
    "contradict manual": "coordinator endpoint_owner owner",
    "close round": "time",
    "lapse approval": "time",
    "record shown": "time",
    "meet owners": "time",
    "ask again": "time",
    "remind review": "time",
    "record check": "time",
    "ask to attest": "time",
    "remind": "time",
    "escalate": "time",
    "record archive": "time",
    "record drill": "time",
    "record disabled": "time",
    "record restored": "time",
    "record delayed": "time",
    "record failure": "time",
    "record unreached": "time",
    "schedule imports": "time",
    "run import": "time",
    "record import": "time",
    "plan fixity": "time",
    "run fixity": "time",
    "record fixity": "time",
    "record audit": "time",
    "record mended": "time",
    "plan anchors": "time",
    "run anchors": "time",
    "record anchored": "time",
    "leave anchors": "time",
    "take file": "known",
    "record file": "time",
    "send digest": "time",
    "remind policy review": "time",
    "tell digest": "time",
    "drop reader": "time",
    "subscribe": EVERYBODY,  # for themselves
    "delegate": EVERYBODY,  # for themselves
    # One of the two it is between.
    "end delegation": f"{EVERYBODY} time",
    "tell written": "time",
    "use signing key": "time",
    "name playbook": "coordinator owner",
    "review": "coordinator owner endpoint_owner consumer_owner seated",
}


def hats(person: str, state: Retirement, facts: Facts) -> set[Hat]:
    return {hat for hat in Hat if wears(hat, person, state, facts)}


def is_allowed(command: str, person: str) -> bool:
    try:
        check(command, person, STATE, FACTS)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("hat", WEARERS)
@pytest.mark.parametrize("command", PERMISSIONS)
def test_the_table_decides_for_every_command_and_hat(command, hat):
    extra = EXTRA.get(hat, "")
    allowed = set(MAY[command].split()) & {hat.name.lower(), extra}
    assert is_allowed(command, WEARERS[hat]) is bool(allowed)


def test_every_command_there_is_has_its_row():
    tags = {command.__struct_config__.tag for command in get_args(AnyCommand)}
    assert tags == set(PERMISSIONS) == set(MAY)


def test_a_person_wears_every_hat_they_have():
    assert hats(PAT, replace(STATE, coordinator_id=PAT), FACTS) == {
        Hat.ANYONE,
        Hat.OWNER,
        Hat.PROPOSER,
        Hat.COORDINATOR,
        Hat.SEATED,
        Hat.VOTER,
    }


def test_time_wears_no_other_hat():
    assert hats(EMERITUS, STATE, FACTS) == {Hat.TIME}


def test_owning_any_consumer_makes_a_consumers_owner():
    assert Hat.CONSUMER_OWNER in hats(BILL, STATE, FACTS)
    assert Hat.CONSUMER_OWNER not in hats(BILL, replace(STATE, obligations=()), FACTS)


def test_whoever_stands_in_for_who_is_asked_wears_that_and_not_what_nobody_is_asked_as():
    known = replace(FACTS, delegations=standing_in("UDEE", "UCORA", ENDY, OWEN, PAT))
    assert hats("UDEE", STATE, known) == {Hat.ANYONE, Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.VOTER}
    assert Hat.COORDINATOR in hats("UCORA", STATE, known), "whoever delegates may act as before"


def test_a_refusal_names_who_may_and_what_to_do():
    with pytest.raises(Refused) as refused:
        check("pause", STRANGER, STATE, FACTS)
    assert str(refused.value) == (
        "You may not pause RET-1: this is for the coordinator or the endpoint's owners. "
        "Ask one of them; /retire show RET-1 names them"
    )


def test_what_only_time_does_says_so():
    with pytest.raises(Refused) as refused:
        check("close round", PAT, STATE, FACTS)
    assert str(refused.value) == "You may not close round RET-1: only time does this. Wait for its date"
