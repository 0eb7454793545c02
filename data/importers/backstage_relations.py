"""Who depends on whom in a Backstage source: edges declared from either end, each once, each accounted for.

A depends on B when A says dependsOn B or consumesApis B, or when B says dependencyOf A. An API depends on
the component that providesApis it, and the whole on its parts: a parent on what is subcomponentOf it.
partOf, system and domain only group, so they are no edges. Where dependsOn or dependencyOf names nothing in
Backstage's way, it may be the exact id of a thing from elsewhere, or an alias: "mlflow:churn", "models:/Churn".
What nobody can tell now is skipped with the reason, and kept by name until somebody declares it (backstage_named.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from data.importers.backstage_named import Named, name_of
from data.importers.declaration import Account, Declaration
from data.importers.known import Known
from data.importers.refs import Found, Index, Missing
from data.importers.yaml_lines import Node
from data.records.catalog import Dependency

_ANY_NODE = ("component", "resource", "api", "airesource")


@dataclass(slots=True, frozen=True)
class _Relation:
    """A field of spec. `is_inverse` when the one named depends on the one who says so."""

    field: str
    kinds: tuple[str, ...]
    is_inverse: bool

    def ends(self, by: str, other: str) -> tuple[str, str]:
        return (other, by) if self.is_inverse else (by, other)


_RELATIONS = (
    _Relation("dependsOn", _ANY_NODE, is_inverse=False),
    _Relation("dependencyOf", _ANY_NODE, is_inverse=True),
    _Relation("consumesApis", ("api",), is_inverse=False),
    _Relation("providesApis", ("api",), is_inverse=True),
    _Relation("subcomponentOf", ("component",), is_inverse=True),
)
KINDS_NAMED = {relation.field: relation.kinds for relation in _RELATIONS}
"""Field of spec -> the kinds of what it names."""
_BY_ID = "joined to {} by its id"


@dataclass(slots=True, frozen=True)
class Edges:
    """`read` counts every edge written down, `kept` each one once; `declared_by` names, in order, who stated each."""

    read: int
    kept: int
    dependencies: tuple[Dependency, ...]
    declared_by: tuple[str, ...]
    unresolved: tuple[Dependency, ...]
    uncertain: tuple[str, ...]
    named: Named


@dataclass(slots=True, frozen=True)
class _Stated:
    by: Declaration
    line: int
    what: str
    from_id: str
    to_id: str
    relation: str
    is_missed: bool = False


def edges_of(
    nodes: Sequence[Declaration],
    index: Index,
    known: Known,
    account: Account,
    standing: Collection[str] = (),
) -> Edges:
    """`known` is whatever has an id or alias, wherever it is declared; `standing` as in `Named`."""
    before = len(account.skipped)
    missed = _Missed(Named({thing.id for thing in nodes}, standing))
    stated = [edge for thing in nodes for edge in _stated_by(thing, index, known, account, missed)]
    read = sum(not edge.is_missed for edge in stated) + len(account.skipped) - before
    provided = {(edge.from_id, edge.to_id) for edge in stated if edge.relation == "providesApis"}
    kept: dict[tuple[str, str], _Stated] = {}
    restated: list[_Stated] = []  # the other end says so, too: it counts for as long as one of them does
    for edge in stated:
        ends = (edge.from_id, edge.to_id)
        if edge.is_missed:  # and told of already
            if ends[::-1] not in provided or edge.relation == "providesApis":
                restated.append(edge)
        elif edge.from_id == edge.to_id:
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
        unresolved=tuple(missed.ends),
        uncertain=tuple(missed.by),
        named=missed.named,
    )


@dataclass(slots=True)
class _Missed:
    """Ends that a reference nobody can tell now may mean; whose references may mean anything; what names stand for."""

    named: Named
    ends: list[Dependency] = field(default_factory=list)
    by: dict[str, None] = field(default_factory=dict)


def _stated_by(
    thing: Declaration, index: Index, known: Known, account: Account, missed: _Missed
) -> Iterator[_Stated]:
    for relation in _RELATIONS:
        for item in thing.spec.get(relation.field).items:
            what = f"spec.{relation.field} {item.shown}"
            found, name = _found(item, relation, thing, index, known)
            if isinstance(found, Missing):
                account.skip(thing, item.line, what, f"{found.why}; kept by name" if name else found.why)
                if name:
                    ends = relation.ends(thing.id, missed.named.end(name, thing, item.line))
                    yield _Stated(thing, item.line, what, *ends, relation.field, is_missed=True)
                for other in found.tried:
                    from_id, to_id = relation.ends(thing.id, other)
                    missed.ends.append(Dependency(from_id=from_id, to_id=to_id))
                if not found.tried:
                    missed.by[thing.id] = None
            elif found.id.startswith(("group:", "user:")):
                account.skip(thing, item.line, what, f"{found.id} is no component, resource or API")
            else:
                if found.note:
                    account.note(thing, item.line, what, found.note)
                ends = relation.ends(thing.id, missed.named.meant(found.id, name, thing, item.line))
                yield _Stated(thing, item.line, what, *ends, relation.field)


def _found(
    item: Node, relation: _Relation, thing: Declaration, index: Index, known: Known
) -> tuple[Found | Missing, str]:
    """In Backstage's way first; then, where that is nobody's name, by exact id or alias. And as what it is kept by
    name."""
    found = index.find(item.text, kinds=relation.kinds, namespace=thing.namespace)
    if isinstance(found, Found) or any(other in index for other in found.tried):
        return found, ""
    name = name_of(item.text, relation.kinds, thing.namespace)
    other = known.find(item.text, is_by_name=False) if name and relation.kinds is _ANY_NODE else None
    if isinstance(other, Missing):
        return Missing(why=other.why), name  # whichever it was before
    if other is None:
        return found, name
    return (other, item.text) if other.note else (Found(id=other.id, note=_BY_ID.format(other.id)), other.id)
