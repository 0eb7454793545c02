"""Whom is somebody told as, and who is told besides the owners of consumers?

Who has to change code is told endpoints, so that is what everybody hears who is not known to be somebody else: words
that leave out a name somebody needs are worse than one that says nothing to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.records.catalog import Kind, Owners
from data.records.notices import Addressed, Audience
from data.records.retirement import Obligation, Retirement
from workflows.rules.consumers.obligations import people_of

BY_KIND: Mapping[Kind, Audience] = {
    Kind.DATASET: Audience.DATA_ENGINEERS,
    Kind.PIPELINE: Audience.DATA_ENGINEERS,
    Kind.DASHBOARD: Audience.PRODUCT_OWNERS,
}
"""What owns one of these; of everything else, and of what nobody knows, ML engineers."""


def by_audience(
    state: Retirement, to: str, owed: Iterable[Obligation]
) -> dict[Audience, tuple[Obligation, ...]]:
    """What somebody has of these as whom, the most technical first.

    to   a person or a channel. Who owns some of these hears of them by what they are, and as whom the policy counts
         them to besides; who has none is whom it counts them to, and hears of all, or hears what governance does
    """
    addressed = state.policy.audiences if state.policy else ()
    named = [one.audience for one in addressed if to in (*one.people, *one.channels)]
    found: dict[Audience, list[Obligation]] = {}
    for one in owed:
        for audience in dict.fromkeys((*_of(one, addressed), *named)):
            found.setdefault(audience, []).append(one)
    if not found:
        return dict.fromkeys(named or (Audience.GOVERNANCE,), state.obligations)
    return {one: tuple(found[one]) for one in Audience if one in found}


def beside(state: Retirement) -> tuple[str, ...]:
    """People and channels that the policy has told, who do not answer for anything in it: once each."""
    addressed = state.policy.audiences if state.policy else ()
    places = (place for one in addressed for place in (*one.people, *one.channels))
    owning = people_of(state.obligations)
    return tuple(dict.fromkeys(place for place in places if place not in owning))


def _of(owed: Obligation, addressed: Iterable[Addressed]) -> list[Audience]:
    """By its team where the policy names that, else by what it is."""
    named = [one.audience for one in addressed if _is_among(owed.consumer.owners, one.groups)]
    return named or [BY_KIND.get(owed.consumer.kind, Audience.ML_ENGINEERS)]


def _is_among(owners: Owners, groups: Iterable[str]) -> bool:
    names = {owners.team_id, owners.team_id.rpartition("/")[2], owners.team_name} - {""}
    return not names.isdisjoint(groups)
