"""Impact for other programs: text, JSON, a table, and the graph of it as Graphviz and Mermaid draw it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec.structs import asdict

from bot.views.graph.impact import by_distance, by_team, by_tier, tier_of, way
from data.catalog.hosting import hosted_parts
from data.catalog.known_edges import known_edge
from data.catalog.snapshot import Snapshot
from data.records.catalog import Dependency, Entity, Impacted, Origin
from workflows.rules.choosing import support
from workflows.rules.wording import counted

COLUMNS = (
    *("id", "name", "kind", "tier", "team", "owners", "distance", "path", "origin", "sources"),
    *("first_seen", "last_seen", "calls_per_day", "unseen_since", "notes", "unknown"),
)
# A spreadsheet takes a cell that begins like this for a formula: owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"[=+\-@\t\r]")
AMBER = "#9a5b00"
"""As in the picture, for what nobody answers for."""
MERMAID_UNKNOWN = f"  classDef unknown stroke:{AMBER},stroke-dasharray:6 4"
_UNQUOTED = re.compile(r"[^\w .:/@+=,()\[\]*!?'-]")


def data(model: Entity, catalog: Snapshot) -> dict[str, object]:
    """Every key is always there, whatever it holds."""
    hosted = hosted_parts(catalog, model.id)
    consumers = catalog.impact(model.id).consumers
    return {
        "model": {"id": model.id, "name": model.name, "tier": model.tier},
        "count": len(consumers),
        "direct": sum(consumer.distance == 1 for consumer in consumers),
        "unknown": sum(consumer.is_unknown for consumer in consumers),
        "support": [{"id": one.id, **asdict(told)} for one in hosted for told in one.support],
        "teams": sorted({consumer.owners.team_name for consumer in consumers if consumer.owners.team_name}),
        "consumers": [
            {
                "id": consumer.consumer_id,
                "name": consumer.name,
                "kind": catalog.entity(consumer.consumer_id).kind,
                "tier": tier_of(consumer, catalog),
                "unseen_since": catalog.unseen.get(consumer.consumer_id, "")[:10],
                "team": consumer.owners.team_name,
                "owners": consumer.owners.slack_ids,
                "notes": consumer.owners.notes,
                "unknown": consumer.is_unknown,
                "distance": consumer.distance,
                "path": way(consumer, model.id),
                **_known_by(_edge(catalog, consumer)),
            }
            for consumer in consumers
        ],
    }


def _kind(catalog: Snapshot, consumer: Impacted) -> str:
    """Nothing of what a plan has without its name (workflows/veiling.py)."""
    known = catalog.find(consumer.consumer_id)
    return known.kind if known is not None else ""


def _edge(catalog: Snapshot, consumer: Impacted) -> Dependency:
    return known_edge(catalog, consumer) or Dependency(from_id="", to_id="")


def _known_by(edge: Dependency) -> dict[str, object]:
    return {
        "origin": edge.origin,
        "sources": edge.sources,
        "first_seen": edge.first_seen,
        "last_seen": edge.last_seen,
        "calls_per_day": edge.calls_per_day,
    }


def lines(model: Entity, catalog: Snapshot, today: date) -> list[str]:
    consumers = catalog.impact(model.id).consumers
    shown = [f"{model.name} ({model.id}): {counted(len(consumers), 'consumer')}"]
    shown += support.told(hosted_parts(catalog, model.id), today)
    if consumers:
        shown += [f"by distance: {by_distance(consumers)}", f"by tier: {by_tier(consumers, catalog)}"]
    for team, owned in by_team(consumers):
        shown.append(f"{team}:")
        for consumer in owned:
            said = [*consumer.owners.notes, *_calls(_edge(catalog, consumer))]
            if since := catalog.unseen.get(consumer.consumer_id):
                said.append(f"in no catalog since {since[:10]}")
            notes = f" ({'; '.join(said)})" if said else ""
            shown.append(
                f"  {consumer.distance} {consumer.name}: {' -> '.join(way(consumer, model.id))}{notes}"
            )
    return shown


def _calls(edge: Dependency) -> Iterator[str]:
    """What is seen of it, where anything is."""
    if edge.origin is Origin.OBSERVED:
        yield "seen calling, declared nowhere"
    elif edge.sources:
        yield f"declared by {', '.join(edge.sources)}"
    if edge.last_seen:
        since = f", first {edge.first_seen}" if edge.first_seen not in ("", edge.last_seen) else ""
        yield f"last called {edge.last_seen}{since}"
    if edge.calls_per_day is not None:
        yield f"{edge.calls_per_day:,.6g} call{'' if edge.calls_per_day == 1 else 's'} a day"


def table(model: Entity, catalog: Snapshot, consumers: Sequence[Impacted] | None = None) -> str:
    """A CSV with a row for each consumer, or for each of these; several values of a cell are separated by blanks."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for consumer in catalog.impact(model.id).consumers if consumers is None else consumers:
        edge = _edge(catalog, consumer)
        cells: tuple[object, ...] = (
            consumer.consumer_id,
            consumer.name,
            _kind(catalog, consumer),
            tier_of(consumer, catalog) or "",
            consumer.owners.team_name,
            " ".join(consumer.owners.slack_ids),
            consumer.distance,
            " ".join(way(consumer, model.id)),
            edge.origin,
            " ".join(edge.sources),
            edge.first_seen,
            edge.last_seen,
            "" if edge.calls_per_day is None else f"{edge.calls_per_day:.15g}",
            catalog.unseen.get(consumer.consumer_id, "")[:10],
            "; ".join(consumer.owners.notes),
            "yes" if consumer.is_unknown else "",
        )
        rows.writerow([as_cell(str(cell)) for cell in cells])
    return written.getvalue()


def as_cell(text: str) -> str:
    """What a spreadsheet shows as it stands, and does not compute."""
    return f"'{text}" if _FORMULA.match(text) else text


def dot(model: Entity, catalog: Snapshot) -> str:
    """For Graphviz: the model, what serves it, and everything that depends on either; what was only seen is dashed."""
    nodes, edges = _graph(model, catalog)
    shapes = {"model": "box3d", "version": "box3d", "endpoint": "component"}
    rows = ["digraph impact {", "  rankdir=RL;", '  node [shape=box, fontname="Helvetica"];']
    if legend := _legend(nodes, edges):
        rows.append(f'  label="{legend}"; labelloc=b; fontname="Helvetica";')
    for node in nodes:
        style = ", style=bold" if node is model else ""
        if node.seen_as:
            style = f', style=dashed, color="{AMBER}"'
        rows.append(
            f'  "{_plain(node.id)}" [label="{_plain(_label(node, catalog))}", '
            f"shape={shapes.get(node.kind, 'box')}{style}];"
        )
    for edge in edges:
        dashed = " [style=dashed]" if edge.origin is Origin.OBSERVED else ""
        rows.append(f'  "{_plain(edge.from_id)}" -> "{_plain(edge.to_id)}"{dashed};')
    return "\n".join([*rows, "}"]) + "\n"


def mermaid(model: Entity, catalog: Snapshot) -> str:
    """For a Markdown page: the same graph."""
    nodes, edges = _graph(model, catalog)
    names = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    rows = ["graph RL"]
    if legend := _legend(nodes, edges):
        rows.append(f"  %% {legend}")
    for node in nodes:
        left, right = ("[[", "]]") if node.kind in ("model", "version", "endpoint") else ("[", "]")
        rows.append(
            f'  {names[node.id]}{left}"{coded(_label(node, catalog))}"{right}{":::unknown" if node.seen_as else ""}'
        )
    for edge in edges:
        arrow = "-.->" if edge.origin is Origin.OBSERVED else "-->"
        rows.append(f"  {names[edge.from_id]} {arrow} {names[edge.to_id]}")
    if any(node.seen_as for node in nodes):
        rows.append(MERMAID_UNKNOWN)
    return "\n".join(rows) + "\n"


def _legend(nodes: Sequence[Entity], edges: Sequence[Dependency]) -> str:
    """What is dashed, where anything is."""
    is_seen = any(edge.origin is Origin.OBSERVED for edge in edges)
    said = ["dashed arrow: seen calling, declared nowhere"] if is_seen else []
    if any(node.seen_as for node in nodes):
        said.append("dashed box: a caller nobody declares")
    return "; ".join(said)


def _graph(model: Entity, catalog: Snapshot) -> tuple[list[Entity], tuple[Dependency, ...]]:
    """Everything on a path, in order of ids behind the model, and all edges between those."""
    consumers: tuple[Impacted, ...] = catalog.impact(model.id).consumers
    reached = {one for consumer in consumers for one in consumer.path}
    own = {one.thing.id for one in catalog.responsible(model.id) if one.part != "successor"}
    ids = [model.id, *sorted((reached | own) - {model.id})]
    return [catalog.entity(one) for one in ids], catalog.among(ids)


def _label(node: Entity, catalog: Snapshot) -> str:
    """Its name; that nobody declares it, or since when no catalog has it any more."""
    since = catalog.unseen.get(node.id, "")
    why = f"in no catalog since {since[:10]}" if since else "nobody declares it" if node.seen_as else ""
    return f"{node.name} ({why})" if why else node.name


def _plain(text: str) -> str:
    """Inside quotation marks of the DOT language."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def coded(text: str) -> str:
    """Inside quotation marks of Mermaid, which knows characters by their number."""
    return _UNQUOTED.sub(lambda found: f"#{ord(found[0])};", text)
