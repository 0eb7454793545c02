"""A catalog of any size that is the same on every machine: one model that so many things depend on, among others.

Most things have few dependants and a few have very many, as in real catalogs; everything has an owner.
"""

from __future__ import annotations

from random import Random

from data.importers.report import Count, Reading
from data.records.catalog import Dependency, Entity, Group, Kind, Person

MODEL = "resource:default/model"
TEAM_SIZE = 4


def a_catalog(*, nodes: int, edges: int, reached: int, teams: int = 200, seed: int = 1) -> Reading:
    """`reached` of the nodes depend on `MODEL`, directly or through others; the rest never does."""
    rand = Random(seed)
    ids = [MODEL, *(f"component:default/thing-{number}" for number in range(1, nodes))]
    ends: set[tuple[int, int]] = set()
    for number in range(1, nodes):
        # The first ones hang on the model or on one another, early ones more often; the others hang together.
        low, high = (0, number) if number <= reached else (reached + 1, number)
        if high > low:
            ends.add((number, low + int((high - low) * rand.random() ** 3)))
    while len(ends) < edges:
        one, other = rand.randrange(1, nodes), rand.randrange(1, nodes)
        # Who is reached may depend on anybody; nobody else on whoever is reached. Some of it goes in circles.
        if one != other and (one <= reached or other > reached):
            ends.add((one, other))
    stated = sorted(ends)
    return Reading(
        entities=tuple(
            Entity(
                id=one,
                kind=Kind.CONSUMER if number else Kind.MODEL,
                name=one.rpartition("/")[2],
                owner_id=f"group:default/team-{number % teams}",
                tier=3 if not number else 0,
                declared_in=f"all.yaml:{number}",
            )
            for number, one in enumerate(ids)
        ),
        dependencies=tuple(
            Dependency(from_id=ids[one], to_id=ids[other], declared_in=f"all.yaml:{one}")
            for one, other in stated
        ),
        declared_by=tuple(ids[one] for one, _ in stated),
        groups=tuple(
            Group(
                id=f"group:default/team-{team}",
                name=f"team-{team}",
                member_ids=tuple(f"user:default/p-{team}-{one}" for one in range(TEAM_SIZE)),
            )
            for team in range(teams)
        ),
        people=tuple(
            Person(id=f"user:default/p-{team}-{one}", name=f"P {team} {one}", slack_id=f"U{team}X{one}")
            for team in range(teams)
            for one in range(TEAM_SIZE)
        ),
        documents=Count(read=nodes, kept=nodes),
        edges=Count(read=len(stated), kept=len(stated)),
        source_digest=f"sha256:{seed}",
        roots=("/all.yaml",),
        files=dict.fromkeys(ids, "/all.yaml"),
    )
