"""Who may do what: one table from command to roles. A refusal names who may."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from data.errors import Refused
from data.events import EMERITUS
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.rules.consumers.obligations import answered_by
from workflows.rules.people.delegating import answers_as

NAMED_MAX = 10


class Hat(StrEnum):
    """In which capacity somebody acts. `TIME` is the engine itself: timers and finished effects.

    Whoever stands in for a coordinator or an owner of endpoints or consumers acts as they may, since they are asked
    what these are asked. Owners of a model, its proposer and voters are nobody else: what they do is asked of no one.
    """

    ANYONE = "anyone"
    OWNER = "the model's owners"
    PROPOSER = "the proposer"
    COORDINATOR = "the coordinator"
    ENDPOINT_OWNER = "the endpoint's owners"
    CONSUMER_OWNER = "the consumer's owners"
    VOTER = "the voting roles"
    GLASS_BREAKER = "whom the policy lets shorten a notice, two of them"
    SEATED = "who has a voting role"
    HOLDER = "whom the policy names for legal holds"
    GRANTER = "whom the policy lets grant the reading of archives"
    KNOWN = "people the catalog knows by their Slack id"
    TIME = "emeritus"


PERMISSIONS: dict[str, frozenset[Hat]] = {
    "propose": frozenset({Hat.OWNER}),
    "revise": frozenset({Hat.COORDINATOR, Hat.PROPOSER}),
    "cast": frozenset({Hat.VOTER}),
    "change duty": frozenset({Hat.CONSUMER_OWNER}),
    "ask for time": frozenset({Hat.CONSUMER_OWNER}),
    "take over": frozenset({Hat.COORDINATOR, Hat.CONSUMER_OWNER}),
    "snooze": frozenset({Hat.CONSUMER_OWNER}),
    "decide extension": frozenset({Hat.ANYONE}),  # answers buttons of older versions; nobody decides it alone
    "report migrating": frozenset({Hat.CONSUMER_OWNER}),
    "object": frozenset({Hat.CONSUMER_OWNER}),
    "take back": frozenset({Hat.CONSUMER_OWNER}),
    "contest waiver": frozenset({Hat.CONSUMER_OWNER}),
    "waive": frozenset({Hat.COORDINATOR}),
    "claim caller": frozenset({Hat.ANYONE}),
    "run step": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.TIME}),
    "pause": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER}),
    "resume": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER}),
    "restore": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER}),
    "cancel": frozenset({Hat.COORDINATOR, Hat.PROPOSER}),
    "hand over": frozenset({Hat.COORDINATOR}),
    "report manual": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER}),
    "check manual": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.OWNER}),
    "contradict manual": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.OWNER}),
    "break glass": frozenset({Hat.GLASS_BREAKER}),
    "confirm break-glass": frozenset({Hat.GLASS_BREAKER}),
    "review break-glass": frozenset({Hat.ANYONE}),
    "remind review": frozenset({Hat.TIME}),
    "abort brownout": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.TIME}),
    "exempt consumer": frozenset({Hat.COORDINATOR, Hat.CONSUMER_OWNER}),
    "announce brownout": frozenset({Hat.TIME}),
    "prepare brownout": frozenset({Hat.TIME}),
    "begin brownout": frozenset({Hat.TIME}),
    "skip brownout": frozenset({Hat.TIME}),
    "end brownout": frozenset({Hat.TIME}),
    "count brownout": frozenset({Hat.TIME}),
    "run checks": frozenset({Hat.COORDINATOR, Hat.ENDPOINT_OWNER, Hat.CONSUMER_OWNER}),
    "attest": frozenset({Hat.ANYONE}),
    "confirm close": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.ENDPOINT_OWNER, Hat.SEATED}),
    "place hold": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.ENDPOINT_OWNER, Hat.SEATED, Hat.HOLDER}),
    "release hold": frozenset({Hat.HOLDER}),
    "ask prune": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.HOLDER}),
    "confirm prune": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.SEATED, Hat.HOLDER}),
    "drop prune": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.SEATED, Hat.HOLDER}),
    "record pruned": frozenset({Hat.TIME}),
    "grant read": frozenset({Hat.OWNER, Hat.GRANTER}),
    # Whoever gave it, and whoever has it, may end it besides.
    "revoke read": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.SEATED, Hat.GRANTER}),
    "end read": frozenset({Hat.TIME}),
    "give files": frozenset({Hat.ANYONE}),  # whom it was granted to, for as long as it lasts
    "erase": frozenset({Hat.TIME}),  # whoever has a shell where it runs
    "leave anchors": frozenset({Hat.TIME}),  # the same
    "close round": frozenset({Hat.TIME}),
    "lapse approval": frozenset({Hat.TIME}),
    "record shown": frozenset({Hat.TIME}),
    "meet owners": frozenset({Hat.TIME}),
    "ask to attest": frozenset({Hat.TIME}),
    "ask again": frozenset({Hat.TIME}),
    "remind": frozenset({Hat.TIME}),
    "escalate": frozenset({Hat.TIME}),
    "record archive": frozenset({Hat.TIME}),
    "record drill": frozenset({Hat.TIME}),
    "record disabled": frozenset({Hat.TIME}),
    "record restored": frozenset({Hat.TIME}),
    "record delayed": frozenset({Hat.TIME}),
    "record failure": frozenset({Hat.TIME}),
    "record check": frozenset({Hat.TIME}),
    "record unreached": frozenset({Hat.TIME}),
    "schedule imports": frozenset({Hat.TIME}),
    "run import": frozenset({Hat.TIME}),
    "record import": frozenset({Hat.TIME}),
    "plan fixity": frozenset({Hat.TIME}),
    "run fixity": frozenset({Hat.TIME}),
    "record fixity": frozenset({Hat.TIME}),
    "record audit": frozenset({Hat.TIME}),
    "plan anchors": frozenset({Hat.TIME}),
    "run anchors": frozenset({Hat.TIME}),
    "record anchored": frozenset({Hat.TIME}),
    "record mended": frozenset({Hat.TIME}),
    "take file": frozenset({Hat.KNOWN}),
    "record file": frozenset({Hat.TIME}),
    "subscribe": frozenset({Hat.ANYONE}),
    "send digest": frozenset({Hat.TIME}),
    "remind policy review": frozenset({Hat.TIME}),
    "tell digest": frozenset({Hat.TIME}),
    "drop reader": frozenset({Hat.TIME}),
    "delegate": frozenset({Hat.ANYONE}),
    "end delegation": frozenset({Hat.ANYONE, Hat.TIME}),
    "tell written": frozenset({Hat.TIME}),
    "use signing key": frozenset({Hat.TIME}),
    "name playbook": frozenset({Hat.COORDINATOR, Hat.OWNER}),
    "review": frozenset({Hat.COORDINATOR, Hat.OWNER, Hat.ENDPOINT_OWNER, Hat.CONSUMER_OWNER, Hat.SEATED}),
}


def wears(hat: Hat, person_id: str, state: Retirement, facts: Facts) -> bool:  # noqa: PLR0911, PLR0912 - one case per hat
    """Does this person have this capacity towards this retirement now? Time has one, and nobody else has that."""
    if person_id == EMERITUS:
        return hat is Hat.TIME
    match hat:
        case Hat.ANYONE:
            return True
        case Hat.VOTER:
            # Who may vote, and why somebody may not, is answered by quorum.seat_for with the names of the roles.
            return True
        case Hat.SEATED:
            return any(person_id in people for people in facts.members.values())
        case Hat.OWNER:
            return person_id in facts.owners
        case Hat.PROPOSER:
            return person_id == state.proposer_id
        case Hat.COORDINATOR:
            acts = bool(answers_as((state.coordinator_id,), person_id, facts.delegations))
            return acts or _stands_in(person_id, state, facts)
        case Hat.ENDPOINT_OWNER:
            return bool(answers_as(facts.endpoint_owners, person_id, facts.delegations))
        case Hat.CONSUMER_OWNER:
            owns = any(person_id in duty.consumer.owners.slack_ids for duty in state.obligations)
            return owns or bool(answered_by(state, person_id, facts.delegations))
        case Hat.GLASS_BREAKER:
            return person_id in facts.glass_breakers
        case Hat.HOLDER:
            return person_id in facts.holders
        case Hat.GRANTER:
            return person_id in facts.granters
        case Hat.KNOWN:
            return person_id == facts.named_person
        case Hat.TIME:
            return False
        case _:
            assert_never(hat)


def _stands_in(person_id: str, state: Retirement, facts: Facts) -> bool:
    """Where no message reaches the coordinator, any owner of the model may act, or hand it over."""
    return state.coordinator_id in state.unreached and person_id in facts.owners


def may(command: str, person_id: str, state: Retirement, facts: Facts) -> bool:
    """Does the table allow it?"""
    return any(wears(hat, person_id, state, facts) for hat in PERMISSIONS[command])


def check(
    command: str,
    person_id: str,
    state: Retirement,
    facts: Facts,
    *,
    doing: str = "",
    about: str = "",
    people: Sequence[str] = (),
    next_step: str = "",
) -> None:
    """Raises `Refused`, naming who may, unless the table allows it.

    doing           what people call it, where that is not the command's name
    about, people   what it is about and who may, where there is no retirement yet that could show them
    next_step       what to do instead, where that is not to ask who may
    """
    if may(command, person_id, state, facts):
        return
    allowed = PERMISSIONS[command]
    who = [hat.value for hat in Hat if hat in allowed and hat is not Hat.TIME]
    names = ", ".join(f"<@{person}>" for person in people[:NAMED_MAX])
    ask = f"Ask one of them: {names}" if names else f"Ask one of them; /retire show {state.id} names them"
    raise Refused(
        f"You may not {doing or command} {about or state.id}".rstrip(),
        reasons=[f"this is for {' or '.join(who)}" if who else "only time does this"],
        next_step=(next_step or ask) if who else "Wait for its date",
    )
