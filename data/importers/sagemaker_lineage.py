"""What SageMaker recorded of where models come from: data that trained them, and what their outputs became.

Vertices of its lineage that are something we know, or data, are kept; jobs and images between them are passed
through. What contributed to something, produced it, or is what it was derived from is what that depends on; what is
only associated is not.
Source: docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddAssociation.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data.importers.draft import Draft, why_not_named
from data.importers.fields import shown, word_of
from data.importers.json_lines import Placed
from data.importers.refs import Found, Missing
from data.importers.sagemaker_answers import EDGES, LINEAGE, VERTICES, arn_parts, listed
from data.importers.sagemaker_built import Builder
from data.importers.sagemaker_things import Desk, Things
from data.importers.sources import Source
from data.records.catalog import Entity, Kind

DEPENDS = ("contributedto", "derivedfrom", "produced")
_DATA = ("dataset", "data")


@dataclass(slots=True)
class _Graph:
    """What one place told, all queries of it together. `feeds` maps what depends to what it depends on."""

    kinds: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    ids: dict[str, str] = field(default_factory=dict)


class Lineage:
    def __init__(self, things: Things, desk: Desk, builder: Builder) -> None:
        self._things = things
        self._desk = desk
        self._draft: Draft = desk.draft
        self._builder = builder

    def read(self) -> None:
        graphs: dict[Source, _Graph] = defaultdict(_Graph)
        for told, where, source in self._things.lineage:
            self._gather(told, where, graphs[source])
        for head in self._things.traced:  # what it does not tell any more is withdrawn
            self._draft.document(f"{head}:{LINEAGE}", f"{head}:{LINEAGE}")
        for source, graph in graphs.items():
            self._add(source, graph)

    def _gather(self, told: Placed, where: str, graph: _Graph) -> None:
        for it in listed(told, VERTICES):
            arn = word_of(it.get("Arn")) if isinstance(it, Placed) else ""
            if arn and isinstance(it, Placed):
                graph.kinds.setdefault(arn.lower(), word_of(it.get("Type")).lower())
            else:
                self._draft.skip_edge(where, shown(it), "a vertex names its Arn")
        for it in listed(told, EDGES):
            ends = [
                word_of(it.get(f"{end}Arn")) if isinstance(it, Placed) else ""
                for end in ("Source", "Destination")
            ]
            if not (isinstance(it, Placed) and all(ends)):
                self._draft.skip_edge(where, shown(it), "an edge names SourceArn and DestinationArn")
                continue
            from_arn, to_arn = (end.lower() for end in ends)
            how = word_of(it.get("AssociationType")).lower()
            place = f"{where.rpartition(':')[0]}:{it.line}" if not where.startswith("arn:") else ends[1]
            if how in DEPENDS or how == "sameas":
                graph.feeds[to_arn].setdefault(from_arn, place)
            if how == "sameas":
                graph.feeds[from_arn].setdefault(to_arn, place)

    def _add(self, source: Source, graph: _Graph) -> None:
        by = f"{source}:{LINEAGE}"
        told_in: Source = source if isinstance(source, Path) else by
        for arn in graph.kinds:
            graph.ids[arn] = self._id(arn)
        told: set[tuple[str, str]] = set()
        for arn in graph.kinds:
            if not (graph.ids.get(arn) or self._is_data(arn, graph)):
                continue
            for upstream, where in _upstream(arn, graph):
                from_id, to_id = (self._node(one, where, told_in, graph) for one in (arn, upstream))
                if not (from_id and to_id) or from_id == to_id or (from_id, to_id) in told:
                    continue
                told.add((from_id, to_id))
                what = f"{from_id} -> {to_id}"
                if self._is_endpoint(from_id):
                    why = "lineage tells of what an endpoint ran before, too; what counts is its config"
                    self._draft.skip_edge(where, what, why)
                elif not self._is_part(from_id, to_id):
                    self._draft.depends(from_id, to_id, where=where, what=what, by=by)

    def _uri(self, arn: str) -> str:
        """Where the thing lies, or its own ARN, as lineage tells of it."""
        thing = self._things.get(arn)
        return thing.fields.fields("Source").text("SourceUri") if thing else ""

    def _id(self, arn: str) -> str:
        """In the graph; empty for what is nothing we know."""
        uri = self._uri(arn)
        if found := self._desk.find(arn) or (self._desk.find(uri.lower()) if arn_parts(uri) else ""):
            return found
        having = self._builder.with_file(uri) if uri else ()
        return having[0] if len(having) == 1 else ""

    def _is_data(self, arn: str, graph: _Graph) -> bool:
        return not graph.ids.get(arn) and graph.kinds.get(arn, "") in _DATA

    def _node(self, arn: str, where: str, source: Source, graph: _Graph) -> str:
        if known := graph.ids.get(arn):
            return known
        place = self._uri(arn) or arn
        if why_not_named(place):
            return ""
        own = f"sagemaker-dataset:{place.lower()}"
        found = self._draft.known.find(place, is_by_name=False)
        if isinstance(found, Found) and self._draft.declares(found.id):
            return found.id
        if isinstance(found, Missing):
            self._draft.note(where, place, f"{found.why}; kept as one of its own")
        elif found is not None and found.id != own:
            self._draft.note(where, place, found.note or f"joined to {found.id}")
        entity = Entity(
            id=own,
            kind=Kind.DATASET,
            name=place,
            declared_in=where,
            aliases=(place,),
        )
        self._draft.declare(entity, source)
        return entity.id

    def _is_endpoint(self, entity_id: str) -> bool:
        entity = self._desk.entity(entity_id)
        return entity is not None and entity.kind is Kind.ENDPOINT

    def _is_part(self, own: str, other: str) -> bool:
        """Of one model: the graph has that already."""
        return self._desk.model_of(own) == self._desk.model_of(other) != ""


def _upstream(arn: str, graph: _Graph) -> Iterator[tuple[str, str]]:
    """The nearest things that we know, or data, behind whatever jobs; each with where the last step is told."""
    seen, todo = {arn}, list(graph.feeds.get(arn, {}).items())
    while todo:
        at, where = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        if graph.ids.get(at) or graph.kinds.get(at, "") in _DATA:
            yield at, where
        else:
            todo.extend(graph.feeds.get(at, {}).items())
