"""Whom is somebody told as: which audience's words say what they have to know?

Who has to change code is told endpoints, so that is what everybody hears who is not known to be somebody else: words
that leave out a name somebody needs are worse than one that says nothing to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.records.catalog import Kind
from data.records.notices import Audience
from data.records.retirement import Obligation

BY_KIND: Mapping[Kind, Audience] = {
    Kind.DATASET: Audience.DATA_ENGINEERS,
    Kind.PIPELINE: Audience.DATA_ENGINEERS,
    Kind.DASHBOARD: Audience.PRODUCT_OWNERS,
}
"""What owns one of these; of everything else, and of what nobody knows, ML engineers."""


def by_audience(owed: Iterable[Obligation]) -> dict[Audience, list[Obligation]]:
    """What somebody has of these as whom, the most technical first; who has none hears what governance does."""
    found: dict[Audience, list[Obligation]] = {}
    for one in owed:
        found.setdefault(BY_KIND.get(one.consumer.kind, Audience.ML_ENGINEERS), []).append(one)
    return {one: found[one] for one in Audience if one in found} or {Audience.GOVERNANCE: []}
