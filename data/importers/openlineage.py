"""Events of OpenLineage: which jobs were seen reading and writing which data, and when.

Jobs are pipelines, datasets datasets. A job depends on its inputs, and what it writes on the job; all of it is
seen and not declared, from the first day to the last. Runs that failed count, too: they would have used it. A
test is no consumer, and the parent of a run is no dependency: it starts the job and uses nothing of it.

A dataset that another one names in its `symlinks` is that one. What another source knows by the id or an alias
NAMESPACE/NAME, or by NAME where no two namespaces have it, is referred to and not declared; who only has the
same name is told, for a person to decide. What earlier imports knew of a thing is kept: facets come and go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.draft import Draft, why_not_named
from data.importers.known import Known
from data.importers.openlineage_events import FORMAT, Event, Mention, events_of, id_of
from data.importers.refs import Found
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.catalog import Entity, Group, Kind, Person, Sighting


@dataclass(slots=True)
class _Thing:
    """A job or dataset over all events: as written first, with what the last one says of its owners."""

    mention: Mention
    where: str
    path: Path
    symlinks: dict[str, None] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    told: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.mention.id


def read_openlineage(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for them, as one source. `known` is all that is declared, by whomever.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    if not any(file.content for file in files):
        accepted = "holds no event of OpenLineage"
        raise Invalid([Problem(field=str(path), value="", accepted=accepted) for path in paths])
    known = tuple(known)
    before = {one.id: one for one in known if isinstance(one, Entity) and one.id.startswith("openlineage:")}
    draft = Draft(Known(one for one in known if one.id not in before))
    events = [event for file in files for event in events_of(file, draft)]
    things: dict[str, _Thing] = {}
    for event in events:
        for mention in (event.job, *event.inputs, *event.outputs, *event.alone):
            if mention is not None:
                _gather(mention, event, things, draft)
    names = _Names(things, before, draft)
    ids = names.ids()
    for thing_id, thing in things.items():
        if ids[thing_id] == thing_id:
            _declare(thing, names.of(thing), before.get(thing_id), draft)
    for event in events:
        _see(event, ids, draft)
    return draft.reading(files, paths)


def _gather(mention: Mention, event: Event, things: dict[str, _Thing], draft: Draft) -> None:
    thing = things.setdefault(mention.id, _Thing(mention, event.where, event.path))

    def tell(note: str) -> None:
        if note and note not in thing.told:
            thing.told.add(note)
            draft.note(event.where, mention.key, note)

    if mention.key != thing.mention.key:
        tell(f'written "{thing.mention.key}" elsewhere; taken as the same')
    facets = mention.facets
    owners = tuple(owner.text("name") for owner in facets.fields("ownership").items("owners"))
    thing.owners = tuple(filter(None, owners)) or thing.owners
    if mention.kind is Kind.PIPELINE:
        job = facets.fields("jobType")
        words = filter(None, (job.text(name)[:40] for name in ("integration", "jobType", "processingType")))
        tell(f"{said}; kept as a pipeline" if (said := " ".join(words)) else "")
        return
    for link in facets.fields("symlinks").items("identifiers"):
        key = f"{link.text('namespace')}/{link.text('name')}"
        if not link.text("namespace") or not link.text("name"):
            tell("a symlink without namespace or name; ignored")
        elif why := why_not_named(key):
            tell(f"a symlink: {why}; ignored")
        else:
            thing.symlinks.setdefault(key)
    if facets.fields("lifecycleStateChange").text("lifecycleStateChange").upper() == "DROP":
        tell(f"dropped{f' on {event.day}' if event.day else ''}; kept, as whoever used it may still want to")


class _Names:
    """What each thing is called in the catalog, after all of them are read."""

    def __init__(self, things: dict[str, _Thing], before: dict[str, Entity], draft: Draft) -> None:
        self._things = things
        self._before = Known(before.values())
        self._draft = draft
        self._namespaces: dict[tuple[Kind, str], set[str]] = defaultdict(set)
        self._claims: dict[str, dict[str, None]] = defaultdict(dict)
        for thing in things.values():
            mention = thing.mention
            self._namespaces[mention.kind, mention.name.casefold()].add(mention.namespace.casefold())
            for key in thing.symlinks:
                self._claims[id_of(Kind.DATASET, key)].setdefault(thing.id)

    def ids(self) -> dict[str, str]:
        """Its own id, or that of the thing it is a symlink of."""
        roots = self._roots()
        earlier = {root: self._earlier(self._things[root]) for root in dict.fromkeys(roots.values())}
        return {thing_id: earlier[root] or root for thing_id, root in roots.items()}

    def of(self, thing: _Thing) -> list[str]:
        """What it is called, first as it is written; a table also by database.schema.name, where one namespace has
        that. A name without a dot may be anybody's."""
        mention = thing.mention
        is_one = len(self._namespaces[mention.kind, mention.name.casefold()]) == 1
        is_table = mention.kind is Kind.DATASET and "." in mention.name and "/" not in mention.name
        return [mention.key, *thing.symlinks, *([mention.name] if is_one and is_table else [])]

    def _roots(self) -> dict[str, str]:
        parents: dict[str, str] = {}

        def root(thing_id: str) -> str:
            way = []
            while thing_id in parents:
                way.append(thing_id)
                thing_id = parents[thing_id]
            parents.update(dict.fromkeys(way, thing_id))
            return thing_id

        for link, claimers in self._claims.items():
            if link not in self._things:
                continue
            thing, others = self._things[link], [one for one in claimers if one != link]
            if len(others) > 1:
                note = f"is a symlink of {' and '.join(others)}; joined to neither"
                self._draft.note(thing.where, thing.mention.key, note)
            elif others and root(others[0]) != root(link):
                parents[root(link)] = root(others[0])
                self._draft.note(
                    thing.where, thing.mention.key, f"joined to {others[0]}, whose symlink it is"
                )
        return {thing_id: root(thing_id) for thing_id in self._things}

    def _earlier(self, thing: _Thing) -> str:
        """The id of what was told of before and has this name by now; empty where nothing has. Who is only called
        like something else is told."""
        mention, find = thing.mention, self._draft.known.find
        if not any(find(name, is_by_name=False) for name in self.of(thing)):
            alike = find(mention.name)
            ids = (alike.id,) if isinstance(alike, Found) else alike.tried if alike is not None else ()
            if ids:
                note = (
                    f'called like {" and ".join(ids)}; if it is the same, give that the alias "{mention.key}"'
                )
                self._draft.note(thing.where, mention.key, note)
        earlier = self._before.find(mention.key, is_by_name=False)
        return earlier.id if isinstance(earlier, Found) and earlier.id != thing.id else ""


def _declare(thing: _Thing, names: Iterable[str], before: Entity | None, draft: Draft) -> None:
    known_as = before.aliases if before else ()
    entity = Entity(
        id=thing.id,
        kind=thing.mention.kind,
        name=thing.mention.name,
        declared_in=thing.where,
        aliases=tuple(dict.fromkeys((*known_as, *names))),
    )
    named = [owner for owner in thing.owners if not why_not_named(owner)]
    named = named or list(before.owners_told if before else ())
    # Of those who are named, the first that somebody declares; failing that, the first.
    owner = next((one for one in named if draft.known.owner(one)[0]), next(iter(named), ""))
    draft.declare(entity, thing.path, owner=owner, owners=named)


def _see(event: Event, ids: dict[str, str], draft: Draft) -> None:
    if event.job is None:
        return
    job = event.job
    ways = [(job, data) for data in event.inputs] + [(data, job) for data in event.outputs]
    for dependent, used in ways:
        sighting = Sighting(
            from_id=ids[dependent.id],
            to_id=ids[used.id],
            seen_in=event.where,
            first_seen=event.day,
            last_seen=event.day,
        )
        draft.seen(sighting, what=f"{dependent.key} -> {used.key}")
