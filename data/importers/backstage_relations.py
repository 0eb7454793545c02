"""Who depends on whom in a Backstage source: edges declared from either end, each once, each accounted for.

A depends on B when A says dependsOn B or consumesApis B, or when B says dependencyOf A. An API depends on
the component that providesApis it, and the whole on its parts: a parent on what is subcomponentOf it.
partOf, system and domain only group, so they are no edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.importers.declaration import Account, Declaration
from data.importers.refs import Found, Index
from data.records.catalog import Dependency

_ANY_NODE = ("component", "resource", "api", "airesource")


@dataclass(slots=True, frozen=True)
class _Relation:
    """A field of spec. `is_inverse` when the one named depends on the one who says so."""

    field: str
    kinds: tuple[str, ...]
    is_inverse: bool


_RELATIONS = (
    _Relation("dependsOn", _ANY_NODE, is_inverse=False),
    _Relation("dependencyOf", _ANY_NODE, is_inverse=True),
    _Relation("consumesApis", ("api",), is_inverse=False),
    _Relation("providesApis", ("api",), is_inverse=True),
    _Relation("subcomponentOf", ("component",), is_inverse=True),
)


@dataclass(slots=True, frozen=True)
class Edges:
    """`read` counts every edge written down, `kept` each one once; `declared_by` names, in order, who stated each."""

    read: int
    kept: int
    dependencies: tuple[Dependency, ...]
    declared_by: tuple[str, ...]
    unresolved: tuple[Dependency, ...]


@dataclass(slots=True, frozen=True)
class _Stated:
    by: Declaration
    line: int
    what: str
    from_id: str
    to_id: str
    relation: str


def edges_of(nodes: Sequence[Declaration], index: Index, account: Account) -> Edges:
    before = len(account.skipped)
    unresolved: list[Dependency] = []
    stated = [edge for thing in nodes for edge in _stated_by(thing, index, account, unresolved)]
    read = len(stated) + len(account.skipped) - before
    provided = {(edge.from_id, edge.to_id) for edge in stated if edge.relation == "providesApis"}
    kept: dict[tuple[str, str], _Stated] = {}
    restated: list[_Stated] = []  # the other end says so, too: it counts for as long as one of them does
    for edge in stated:
        ends = (edge.from_id, edge.to_id)
        if edge.from_id == edge.to_id:
            account.skip(edge.by, edge.line, edge.what, "depends on itself")
        elif (edge.to_id, edge.from_id) in provided and edge.relation != "providesApis":
            # Servers often list their own API here too; read literally, all their models hang together.
            account.skip(
                edge.by, edge.line, edge.what, "provides that API itself; kept as the API depending on it"
            )
        elif first := kept.get(ends):
            account.skip(edge.by, edge.line, edge.what, f"the same edge as {first.by.at(first.line)}")
            if edge.by.id != first.by.id:
                restated.append(edge)
        else:
            kept[ends] = edge
    all_stated = (*kept.values(), *restated)
    return Edges(
        read=read,
        kept=len(kept),
        dependencies=tuple(
            Dependency(from_id=edge.from_id, to_id=edge.to_id, declared_in=edge.by.at(edge.line))
            for edge in all_stated
        ),
        declared_by=tuple(edge.by.id for edge in all_stated),
        unresolved=tuple(unresolved),
    )


def _stated_by(
    thing: Declaration, index: Index, account: Account, unresolved: list[Dependency]
) -> Iterator[_Stated]:
    for relation in _RELATIONS:
        for item in thing.spec.get(relation.field).items:
            what = f"spec.{relation.field} {item.shown}"
            found = index.find(item.text, kinds=relation.kinds, namespace=thing.namespace)
            if not isinstance(found, Found):
                account.skip(thing, item.line, what, found.why)
                for other in found.tried:
                    ends = (other, thing.id) if relation.is_inverse else (thing.id, other)
                    unresolved.append(Dependency(from_id=ends[0], to_id=ends[1]))
            elif not found.id.startswith(tuple(f"{kind}:" for kind in _ANY_NODE)):
                account.skip(thing, item.line, what, f"{found.id} is no component, resource or API")
            else:
                if found.note:
                    account.note(thing, item.line, what, found.note)
                ends = (found.id, thing.id) if relation.is_inverse else (thing.id, found.id)
                yield _Stated(thing, item.line, what, *ends, relation.field)
