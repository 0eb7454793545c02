"""A file that was shared in Slack becomes part of the catalog, where there is no doubt which format it is of.

It is read as `emeritus import` reads a file, under a name of its own: `slack:CHANNEL/NAME`. So the same name shared
again is the same source, and what it told before and does not any more is marked as unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bot.formats import CALLS, FORMATS, Format
from bot.shared.catalog import SharedSource
from bot.shared.logs import in_the_name_of, read_log, told_by
from bot.shared.owners import without_owners, without_people
from bot.shared.unseen import Unseen
from bot.slack.files import SlackFiles
from data.catalog.catalog import STREAM, Catalog
from data.catalog.joined import joins_of
from data.catalog.uncollected import uncollected
from data.errors import EmeritusError, Invalid, Problem, Refused, Unavailable
from data.events import Imported
from data.importers.known import Known
from data.importers.refs import Found
from data.importers.report import ImportReport, Note, Reading
from data.importers.text import decoded
from data.plan_file import PlanFile, parsed
from data.printable import shortened
from data.records.catalog import Entity, Group, Kind, Person
from data.records.decision import NotDone
from data.store import Store
from workflows.ports import SharedFile

WHY_MAX = 300
SHARED = tuple(one for one in FORMATS if one.may_be_shared)
NOWHERE = (
    "a path of a file that was shared in Slack leads nowhere; its archive step will stop at it. Name "
    "s3://bucket/prefix, or import the catalog on the machine"
)
ENDPOINTS = "An endpoint is not taken from a file shared in Slack: import it on the machine"
OTHERS = "A file shared in Slack changes nothing of what others tell: import it on the machine"

# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_READING = msgspec.json.Decoder(Reading)


class DroppedFiles:
    """Implements `workflows.ports.SharedFiles`."""

    def __init__(self, channel: str, slack: SlackFiles, catalog: Catalog, store: Store) -> None:
        self._channel, self._slack, self._catalog, self._store = channel, slack, catalog, store

    @property
    def channel(self) -> str:
        return self._channel

    def look(self, channel: str, file_id: str, now: datetime) -> SharedFile | NotDone:
        return self._slack.look(channel, file_id, now)

    def take(
        self, file: SharedFile, by: str, now: Callable[[], datetime], *, since: datetime | None
    ) -> ImportReport | NotDone:
        content = self._content(file, now())
        if isinstance(content, NotDone):
            return content
        place = f"slack:{file.channel}"
        unseen = Unseen.by(by, self._catalog.snapshot())
        with _put_down(content, file.name) as path, uncollected():
            known = SharedSource(self._catalog, f"{place}/{file.name}", unseen)
            format, reading = recognised(path, known, now())  # noqa: A001 - as elsewhere
            reading = _without_paths(_moved(reading, str(path.parent), place), place)
        told = told_by(by, file.name)
        source = told if format == CALLS else format
        reading = unseen.apart(in_the_name_of(told, reading, format))
        outside = self._catalog.known_outside(source, reading.roots)
        reading = self._of_its_own(without_people(reading, file.name), source, Known(outside), unseen)
        reading = _without_servings(without_owners(reading), outside)
        report = self._catalog.import_(reading, format=source, now=now(), by=by)
        if since is not None and not report.changed:
            report = self._done_before(reading, report, by, since)
        return msgspec.structs.replace(unseen.as_told(report), format=format)

    def plan(self, file: SharedFile, now: datetime) -> PlanFile | NotDone:
        content = self._content(file, now)
        return (
            content if isinstance(content, NotDone) else parsed(decoded(content, file.name), source=file.name)
        )

    def _content(self, file: SharedFile, now: datetime) -> bytes | NotDone:
        if file.why_not:
            raise Invalid([Problem(field=file.name, value="", accepted=file.why_not)])
        return self._slack.fetch(file, now)

    def _of_its_own(
        self,
        reading: Reading,
        source: str,
        known: Known,
        unseen: Unseen,
    ) -> Reading:
        """Without what other sources tell of: it adds to the catalog, and makes nobody an owner or voter of theirs."""
        ids = {one.id for one in reading.entities}
        told = self._catalog.told_outside(source, reading.roots, ids)
        callers = {one.id for one in reading.entities if one.seen_as}
        notes = [
            Note(where=reading.files[one], what=one, note=f"is told of in {told[one]}. {OTHERS}")
            for one in sorted((told.keys() & reading.files.keys()) - callers)
        ]
        # Whoever owns an endpoint may switch it off, and with it whatever model it says it serves.
        ends = {one.id for one in reading.entities if one.kind is Kind.ENDPOINT} - told.keys()
        notes += [
            Note(where=reading.files[one], what=one, note=f"passed over. {ENDPOINTS}") for one in sorted(ends)
        ]
        entities = [
            _with_names_of_its_own(one, known, notes, unseen)
            for one in reading.entities
            if one.id not in told and one.id not in ends
        ]
        return msgspec.structs.replace(
            reading,
            entities=tuple(entities),
            uncertain=(*reading.uncertain, *told, *ends),
            notes=(*reading.notes, *notes),
        )

    def _done_before(self, reading: Reading, report: ImportReport, by: str, since: datetime) -> ImportReport:
        """What a try of ours that ended before it could tell of it has changed."""
        for stored in reversed(self._store.events(STREAM)):
            event = stored.event
            if event.at < since:
                break
            if not isinstance(event, Imported) or event.by != by:
                continue
            if (event.format, event.source_digest) == (report.format, report.source_digest):
                return _as_recorded(reading, report, event, self._catalog.snapshot().unseen.keys())
        return report


@contextmanager
def _put_down(content: bytes, name: str) -> Iterator[Path]:
    """The content as a file of this name, in a folder of its own, for as long as it is read."""
    try:
        made = TemporaryDirectory(prefix="emeritus-")
        path = Path(made.name).resolve() / name
        path.write_bytes(content)
    except OSError as error:
        why = f"Emeritus has no place to read the file in: {error.strerror}. Share it again once it has"
        raise Unavailable(why) from error
    with made:
        yield path


def recognised(path: Path, known: SharedSource, now: datetime) -> tuple[str, Reading]:
    """The only format that keeps something of it, or most of it where others keep but bits. A log is no catalog.

    Raises `Invalid` with why none does, `Refused` where it may be of several.
    """
    found: list[tuple[Format, Reading]] = []
    why_not: dict[str, list[str]] = {}
    for one in SHARED:
        try:
            found.append((one, one.reader(known, (path,))))
        except Unavailable:
            raise
        except EmeritusError as error:
            why_not.setdefault(_line(str(error), path.parent), []).append(one.name)
    # Some formats look for their own at any depth, and find a part or two within the documents of others.
    most = [one for one in found if one[1].documents.kept * 2 > one[1].documents.read]
    if len(most) == 1:
        return most[0][0].name, most[0][1]
    if len(found) > 1:
        names = [one.name for one, _ in found]
        raise Refused(
            f"{path.name} could be more than one format",
            reasons=[f"it reads as {' and as '.join(names)}, which tell of different things"],
            next_step=f"Say which it is, on the machine: {' or '.join(f'emeritus import {one} FILE' for one in names)}",
        )
    if found:
        return found[0][0].name, found[0][1]
    try:
        return CALLS, read_log(path, known.known(), now)
    except Invalid as error:
        why_not.setdefault(_line(str(error), path.parent), []).append(CALLS)
    raise Invalid(Problem(field=", ".join(names), value="", accepted=why) for why, names in why_not.items())


def _line(why: str, folder: Path) -> str:
    """The first line, and how much more there is, without the folder nobody has heard of."""
    first, *others = why.replace(f"{folder}/", "").split("\n")
    short = shortened(first, WHY_MAX)
    return f"{short} (+{len(others)} more)" if others else short


def _moved(reading: Reading, folder: str, place: str) -> Reading:
    """All that names the folder it was put into for reading names its place in Slack; no other text has that name."""
    inside, there = (msgspec.json.encode(f"{one}/")[1:-1] for one in (folder, place))
    return _READING.decode(msgspec.json.encode(reading).replace(inside, there))


def _without_paths(reading: Reading, place: str) -> Reading:
    """Nobody in Slack names files of the machine: they would be copied into the archive."""
    notes: list[Note] = []

    def is_of_this_machine(uri: str) -> bool:
        return "://" not in uri or uri.startswith(("file://", "git+file://"))

    def moved(uri: str) -> str:
        if not is_of_this_machine(uri):
            return uri
        return f"{place}/{uri.rpartition('://')[2].removeprefix(f'{place}/').lstrip('/')}"

    def kept(entity: Entity) -> Iterator[str]:
        for uri in entity.artifacts:
            yield (there := moved(uri))
            if is_of_this_machine(uri):
                what = f"artifact {there.removeprefix(f'{place}/')}"
                notes.append(Note(where=entity.declared_in, what=what, note=NOWHERE))

    entities = tuple(
        msgspec.structs.replace(
            entity,
            artifacts=tuple(kept(entity)),
            classes=tuple(msgspec.structs.replace(one, uri=moved(one.uri)) for one in entity.classes),
        )
        if entity.artifacts
        else entity
        for entity in reading.entities
    )
    return msgspec.structs.replace(reading, entities=entities, notes=(*reading.notes, *notes))


def _with_names_of_its_own(entity: Entity, known: Known, notes: list[Note], unseen: Unseen) -> Entity:
    """Whoever has the name of a thing as an alias is that thing to every import that comes after."""
    kept = []
    for alias in entity.aliases:
        found = known.find(alias, is_by_name=False)
        ids = () if found is None else (found.id,) if isinstance(found, Found) else found.tried
        if set(ids) <= {entity.id}:
            kept.append(alias)
        elif not unseen.is_one(ids):
            note = f"is a name of {' and '.join(ids)}; left out. {OTHERS}"
            notes.append(Note(where=entity.declared_in, what=f"alias {alias}", note=note))
    return msgspec.structs.replace(entity, aliases=tuple(kept)) if entity.aliases else entity


def _without_servings(reading: Reading, outside: Iterable[Entity | Group | Person]) -> Reading:
    """Without models that endpoints of others begin to serve by it: a server that is shared is left to people."""
    theirs = {one.id: one.kind for one in outside if isinstance(one, Entity)}
    kinds = {**{one.id: one.kind for one in reading.entities}, **theirs}
    joins = joins_of((*(one for one in outside if isinstance(one, Entity)), *reading.entities))
    notes: list[Note] = []

    def is_left_out(stated_by: str, stated_of: str, where: str) -> bool:
        from_id, to_id = joins.id_of(stated_by), joins.id_of(stated_of)
        if theirs.get(from_id) is not Kind.ENDPOINT or kinds.get(to_id) not in (Kind.MODEL, Kind.VERSION):
            return False
        why = f"what {from_id} serves is told elsewhere; left out. {OTHERS}"
        notes.append(Note(where=where, what=f"{from_id} -> {to_id}", note=why))
        return True

    stated = zip(reading.dependencies, reading.declared_by, strict=True)
    kept = [(one, by) for one, by in stated if not is_left_out(one.from_id, one.to_id, one.declared_in)]
    seen = [one for one in reading.sightings if not is_left_out(one.from_id, one.to_id, one.seen_in)]
    return msgspec.structs.replace(
        reading,
        dependencies=tuple(edge for edge, _ in kept),
        declared_by=tuple(by for _, by in kept),
        sightings=tuple(seen),
        notes=(*reading.notes, *notes),
    )


def _as_recorded(
    reading: Reading, report: ImportReport, event: Imported, unseen: Collection[str]
) -> ImportReport:
    things = {one.id for one in reading.entities}
    things |= {f"{one.from_id} -> {one.to_id}" for one in reading.dependencies}
    things |= {f"{one.from_id} -> {one.to_id}" for one in reading.sightings}
    # What was new or changed is in the file; what is not was dropped by it.
    dropped = [one for one in event.changed_ids if one not in things]
    return msgspec.structs.replace(
        report,
        changed=True,
        counts=event.counts,
        unseen=tuple(one for one in dropped if one in unseen),
        withdrawn=tuple(one for one in dropped if one not in unseen),
    )
