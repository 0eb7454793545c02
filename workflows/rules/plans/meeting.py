"""Do two retirements meet? Where they hit the same consumers, lead to the same successor, or one takes what the other
relies on, both have to know: else somebody moves twice, or to what goes itself.

Plans have ids as they were when people voted. So each is read as the catalog has it by now (`IdOf`): what several
sources tell of is one thing, whichever name either plan has for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from data.records.base import Record
from data.records.catalog import Impacted
from data.records.decision import Effect
from data.records.plan import Plan, Subject
from data.records.retirement import Retirement
from workflows.rules.lifecycle import is_living
from workflows.rules.restriction import channel_of, is_restricted
from workflows.rules.telling import messages

IdOf = Callable[[str], str]
"""Under which id a thing stands by now."""


class Meeting(Record, frozen=True, kw_only=True):
    """What one retirement (`here`) has to do with another one that is under way.

    consumers   names of those both hit
    """

    other: Retirement
    consumers: tuple[str, ...] = ()
    has_same_successor: bool = False
    takes_our_successor: bool = False
    takes_our_consumer: bool = False
    we_take_its_successor: bool = False
    we_take_its_consumer: bool = False


def meets(model_id: str, successor_id: str, consumer_ids: Collection[str], other: Plan) -> bool:
    """Has a plan for this model anything to do with this other plan?"""
    if other.subject.model_id == model_id:
        return True
    return (
        not set(consumer_ids).isdisjoint((*other.consumer_ids, other.subject.model_id))
        or (bool(successor_id) and successor_id in (other.successor_id, other.subject.model_id))
        or model_id == other.successor_id
        or model_id in other.consumer_ids
    )  # fmt: skip


def meetings(here: Retirement, every: Iterable[Retirement], id_of: IdOf) -> tuple[Meeting, ...]:
    """Every other one under way that meets this one, oldest first."""
    found = (between(here, other, id_of) for other in every if other.id != here.id and is_living(other))
    return tuple(one for one in found if one is not None)


def between(here: Retirement, other: Retirement, id_of: IdOf) -> Meeting | None:
    """How they meet, seen from `here`; None when they do not."""
    ours, theirs = _read(here, id_of), _read(other, id_of)
    if ours is None or theirs is None:
        return None
    if not meets(ours.subject.model_id, ours.successor_id, ours.consumer_ids, theirs):
        return None
    shared = set(ours.consumer_ids) & set(theirs.consumer_ids)
    names = {id_of(consumer.consumer_id): consumer.name for consumer in (*other.impact, *here.impact)}
    model_id, their_id = ours.subject.model_id, theirs.subject.model_id
    return Meeting(
        other=other,
        consumers=tuple(sorted(names.get(one, one) for one in shared)),
        has_same_successor=bool(ours.successor_id) and ours.successor_id == theirs.successor_id,
        takes_our_successor=their_id == ours.successor_id,
        takes_our_consumer=their_id in ours.consumer_ids,
        we_take_its_successor=model_id == theirs.successor_id,
        we_take_its_consumer=model_id in theirs.consumer_ids,
    )


def _read(one: Retirement, id_of: IdOf) -> Plan | None:
    plan = one.plan
    if plan is None:
        return None
    return replace(
        plan,
        subject=replace(plan.subject, model_id=id_of(plan.subject.model_id)),
        successor_id=id_of(plan.successor_id) if plan.successor_id else "",
        consumer_ids=tuple(dict.fromkeys(map(id_of, plan.consumer_ids))),
    )


def channels(found: Iterable[Meeting]) -> dict[str, str]:
    """The others, and where their cards are."""
    return {one.other.id: channel_of(one.other) for one in found if one.other.policy}


def told(state: Retirement, others: dict[str, str], *, unseen: Collection[str] = ()) -> tuple[Effect, ...]:
    """A message in either thread, once for each pair. `others`: id -> the channel its card is in.

    unseen   those that are restricted, this one as well, of which no other thread may tell; theirs hears of others
    """
    channels = {state.id: channel_of(state), **others}
    hidden = {*unseen, *([state.id] if is_restricted(state) else [])}
    return tuple(
        messages.meeting(state, here=here, other=other, channel=channels[here])
        for one in others
        for here, other in ((state.id, one), (one, state.id))
        if other not in hidden
    )


def met(
    subject: Subject,
    successor_id: str,
    consumers: Iterable[Impacted],
    others: Iterable[Retirement],
    id_of: IdOf,
) -> dict[str, str]:
    """Which of the others under way a plan for this meets, and where their cards are."""
    consumer_ids = {found.consumer_id for found in consumers}
    return {
        other.id: channel_of(other)
        for other in others
        if (plan := _read(other, id_of)) is not None and other.policy
        if meets(subject.model_id, successor_id, consumer_ids, plan)
    }
