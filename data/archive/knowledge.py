"""What Emeritus itself knows of a model that is archived: its facts, what was measured, and what stands around it.

Beside the payload, as it is what the catalog says at the moment: the same weights keep their preservation id, whoever
begins or ceases to depend on the model meanwhile. Without names of people, teams and accounts; of a caller that nobody
declares there is only a count, as it may be a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from data.archive.pieces import text_of
from data.catalog.snapshot import Snapshot
from data.records.catalog import SEEN, Entity, Measured

MODEL_FILE, LINEAGE_FILE = "metadata/model.json", "metadata/lineage.json"
_MAIL = re.compile(r"[^\s@/:]+@[\w-]+\.[\w.-]+")

Names = Mapping[str, str]
"""Of what is restricted: the id under which everybody may read of it."""


def known(there: Snapshot, model_id: str, hidden: Names, at: datetime) -> dict[str, bytes]:
    """By the name of the file. Of a model that left the catalog since there is nothing."""
    model = there.find(model_id)
    if model is None:
        return {}
    own = [model, *there.versions_of(model.id), *there.endpoints_of(model.id)]
    as_of = {"as_of": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "catalog_version": there.version}
    return {
        MODEL_FILE: text_of({**as_of, **_facts(model, own, hidden, there.id_of(model.successor_id))}),
        LINEAGE_FILE: text_of({**_lineage(there, own, hidden), "graph": as_of}),
    }


def measured(there: Snapshot, model_id: str) -> tuple[Measured, ...]:
    model = there.find(model_id)
    if model is None:
        return ()
    own = (model, *there.versions_of(model.id), *there.endpoints_of(model.id))
    return tuple(row for one in own for row in one.measured)


def _facts(model: Entity, own: Iterable[Entity], hidden: Names, successor: str) -> dict[str, object]:
    return {
        "id": model.id,
        "name": model.name,
        "title": model.title,
        "tier": model.tier,
        "lifecycle": model.lifecycle,
        "regulated": model.regulated,
        "successor": hidden.get(successor, successor),
        "migration_guide": model.guide,
        "parts": [
            {"id": one.id, "kind": str(one.kind), "name": one.name, "lifecycle": one.lifecycle}
            for one in own
            if one.id != model.id
        ],
        "measured": [
            {
                "of": one.id,
                "measure": str(row.measure),
                "value": row.value,
                "on": row.on,
                **({"currency": row.currency} if row.currency else {}),
            }
            for one in own
            for row in one.measured
        ],
    }


def _lineage(there: Snapshot, own: Iterable[Entity], hidden: Names) -> dict[str, object]:
    """All that the model comes from and all that depends on it, as networkx reads it: `node_link_graph`.

    An edge leads from what depends to what it depends on.
    """
    ids = [one.id for one in own]
    down, up = _walked(ids, there.users_of), _walked(ids, there.used_by)
    reached = dict.fromkeys((*ids, *down, *up))
    named = {one: hidden.get(one, one) for one in reached if not _may_be_a_person(one, there)}
    edges = {(edge.from_id, edge.to_id): str(edge.origin) for edge in there.among(named)}
    return {
        "directed": True,
        "multigraph": False,
        "nodes": [_node(one, shown, there) for one, shown in named.items()],
        "edges": [
            {"source": named[one], "target": named[other], "origin": origin}
            for (one, other), origin in edges.items()
        ],
        "left_out": len(reached) - len(named),
    }


def _node(one: str, shown: str, there: Snapshot) -> dict[str, str]:
    found = there.entity(one)
    if shown != one:
        return {"id": shown, "kind": str(found.kind)}
    belongs = {"model": found.model_id} if found.model_id else {}
    return {"id": one, "kind": str(found.kind), "name": found.name, **belongs}


def _walked(ids: Iterable[str], step: Callable[[str], Iterable[str]]) -> dict[str, None]:
    found = dict.fromkeys(ids)
    ahead = list(found)
    while ahead:
        new = [other for other in step(ahead.pop()) if other not in found]
        found.update(dict.fromkeys(new))
        ahead += dict.fromkeys(new)
    return found


def _may_be_a_person(one: str, there: Snapshot) -> bool:
    found = there.find(one)
    return one.startswith(SEEN) or found is None or any(map(_MAIL.search, (one, found.name)))
