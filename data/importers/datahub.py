"""DataHub: which models, deployments, data, jobs and dashboards do its files describe, and who owns them?

An mlModelGroup is a model and an mlModel in one a version of it, on its own a model; an mlModelDeployment is an
endpoint, which SageMaker can switch off where the urn is of that platform. Datasets, features, their tables and
keys are datasets; dataJobs, dataFlows and runs pipelines; charts and dashboards dashboards. The id is the urn,
lower-case. What is only named, by a urn that is described nowhere, is kept by that urn without an owner.
Aspects that say none of this, such as tags, are counted and not read. Who the people are: datahub_people.py.
Source: docs.datahub.com/docs/metadata-modeling/metadata-model and its generated pages for each entity
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.datahub_documents import FORMAT, Thing, Told, Urn, things_in, urn_of
from data.importers.datahub_kinds import KINDS, READ, RELATIONS, Relation
from data.importers.datahub_people import ASPECTS as PEOPLE_ASPECTS
from data.importers.datahub_people import KINDS as PEOPLE
from data.importers.datahub_people import People
from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.fields import Fields
from data.importers.known import Known
from data.importers.preserved import named_values, valued
from data.importers.refs import Found
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import EndpointKind, Entity, Group, Kind, Person

_ARNS = (
    "EndpointArn",
    "ModelArn",
    "ModelPackageGroupArn",
    "arn",
)  # as DataHub's own SageMaker source writes them


def read_datahub(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.json and its lines, as one source. `known` is what others declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    draft = Draft(Known(known))
    things = things_in(files, draft)
    if not any(thing.urn.kind in KINDS or thing.urn.kind in PEOPLE for thing in things):
        accepted = "describes no model, deployment, data, job, dashboard, group or person"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    _Reader(things, People(things, draft), draft).read()
    return draft.reading(files, paths)


class _Reader:
    """`_ids` are those of what is described, and of what was found or kept by its urn since."""

    def __init__(self, things: Sequence[Thing], people: People, draft: Draft) -> None:
        self._things = {thing.urn.id: thing for thing in things if thing.urn.kind not in PEOPLE}
        self._people = people
        self._draft = draft
        self._ids: dict[str, str] = {}
        self._groups: dict[str, list[str]] = defaultdict(list)

    def read(self) -> None:
        here = [thing for thing in self._things.values() if not self._why_not_kept(thing)]
        for thing in here:
            self._name_groups(thing)
        aliases = {thing.urn.id: self._aliases(thing) for thing in here}
        self._ids.update((thing.urn.id, thing.urn.id) for thing in here)
        for thing in here:
            self._declare(thing, aliases[thing.urn.id])
            self._draft.document(thing.urn.id, thing.path)
        for thing in here:
            self._add_edges(thing)
        _count_unread(here, self._draft)

    def _why_not_kept(self, thing: Thing) -> str:
        is_read = thing.urn.kind in KINDS
        why = thing.removed or ("" if is_read else f"a {thing.urn.kind} neither serves nor depends")
        for where in thing.documents if why else ():
            self._draft.skip(where, thing.urn.text, why)
        return why

    def _name_groups(self, thing: Thing) -> None:
        """A model names its groups; files of older versions have groups that name their models."""
        self._groups[thing.urn.id][:0] = thing.fields("mlmodelproperties", self._draft).texts("groups")
        for model in thing.fields("mlmodelgroupproperties", self._draft).texts("models"):
            self._groups[model.lower()].append(thing.urn.text)

    def _aliases(self, thing: Thing) -> tuple[str, ...]:
        """The urn as written, and what the platform itself calls it."""
        custom = thing.fields(KINDS[thing.urn.kind].aspect, self._draft).fields("customProperties")
        aliases = [thing.urn.text, *(arn for name in _ARNS if (arn := custom.text(name)).startswith("arn:"))]
        if thing.urn.platform == "mlflow" and thing.urn.kind == "mlmodelgroup":
            aliases.append(f"models:/{thing.urn.name}")
        group = self._group(thing)
        if thing.urn.platform == "mlflow" and group:
            version = thing.fields("mlmodelproperties", self._draft).fields("version")
            aliases += [f"models:/{group.name}/{tag}"] if (tag := version.text("versionTag")) else []
        return tuple(dict.fromkeys(alias for alias in aliases if not why_not_named(alias)))

    def _group(self, thing: Thing) -> Urn | None:
        """The first one that is there."""
        urns = map(urn_of, self._groups[thing.urn.id]) if thing.urn.kind == "mlmodel" else ()
        there = (urn for urn in urns if urn is not None and urn.kind == "mlmodelgroup")
        return next((urn for urn in there if not self._why_gone(urn)), None)

    def _why_gone(self, urn: Urn) -> str:
        thing = self._things.get(urn.id)
        return thing.removed if thing else ""

    def _declare(self, thing: Thing, aliases: tuple[str, ...]) -> None:
        described = KINDS[thing.urn.kind]
        group = self._group(thing)
        model_id = self._id(group, thing) if group else ""
        kind = Kind.VERSION if model_id else described.kind
        title = thing.fields(described.aspect, self._draft).text(described.title)
        is_sagemaker = thing.urn.platform == "sagemaker" and kind is Kind.ENDPOINT
        status = thing.fields("mlmodeldeploymentproperties", self._draft).text("status")
        lifecycle, successor_id = self._deprecated(thing, kind)
        if len(self._groups[thing.urn.id]) > 1 and group:
            note = f"is in {len(self._groups[thing.urn.id])} groups; taken as a version of {group.text}"
            self._draft.note(thing.where, thing.urn.text, note)
        entity = Entity(
            id=thing.urn.id,
            kind=kind,
            name=thing.urn.name,
            title="" if title == thing.urn.name else title,
            lifecycle=lifecycle or status.lower(),
            successor_id=successor_id,
            references=tuple(self._references(thing)) if thing.urn.kind == "mlmodel" else (),
            model_id=model_id,
            endpoint_kind=EndpointKind.SAGEMAKER if is_sagemaker else EndpointKind.MANUAL,
            endpoint_ref=thing.urn.name if kind is Kind.ENDPOINT else "",
            declared_in=thing.where,
            aliases=aliases,
        )
        self._draft.declare(entity, thing.path, owner=self._owner(thing), owners=self._owners(thing))

    def _references(self, thing: Thing) -> Iterator[Reference]:
        """What is described in the archive of the model that this is one of."""
        told, name = thing.fields("mlmodelproperties", self._draft), thing.urn.text
        for of, what, key in (
            (ArtifactClass.HYPERPARAMETERS, "parameters", "hyperParams"),
            (ArtifactClass.METRICS, "metrics", "trainingMetrics"),
            (ArtifactClass.METRICS, "metrics in service", "onlineMetrics"),
        ):
            pairs = named_values(told, key)
            yield from valued(of, what, pairs, partial(self._draft.note, thing.where, name), version=name)
        for source in thing.fields("sourcecode", self._draft).items("sourceCode"):
            if where := source.text("sourceCodeUrl"):
                yield Reference(of=ArtifactClass.CODE, what="link", where=where, name=source.text("type"))

    def _owners(self, thing: Thing) -> tuple[str, ...]:
        """Technical owners before others: they can do something about it. An urn is also whoever has its name."""
        owners = thing.fields("ownership", self._draft).items("owners")
        owners = tuple(sorted(owners, key=lambda one: one.text("type") != "TECHNICAL_OWNER"))
        texts = [text for owner in owners if (text := owner.text("owner"))]
        return tuple(name for text in texts for name in self._people.names(text))

    def _owner(self, thing: Thing) -> str:
        """Of several the first who is known, technical owners before others."""
        owners = thing.fields("ownership", self._draft).items("owners")
        owners = tuple(sorted(owners, key=lambda one: one.text("type") != "TECHNICAL_OWNER"))
        named = [self._people.owner(text) for owner in owners if (text := owner.text("owner"))]
        known = [text for text in named if self._draft.known.owner(text)[0]]
        chosen = next(iter((*known, *named)), "")
        if others := [text for text in dict.fromkeys(named) if text != chosen]:
            self._draft.note(
                thing.where_of("ownership"), thing.urn.text, f"owned by {', '.join(others)}, too; one counts"
            )
        return chosen

    def _deprecated(self, thing: Thing, kind: Kind) -> tuple[str, str]:
        """The lifecycle and the successor, both empty where it is not deprecated."""
        if thing.value("deprecation", "deprecated") is not True:
            return "", ""
        fields, where = thing.fields("deprecation", self._draft), thing.where_of("deprecation")
        gone_on = _day(thing.value("deprecation", "decommissionTime"))
        said = [f"gone on {gone_on}" if gone_on else "", fields.text("note")]
        self._draft.note(where, thing.urn.text, "; ".join(("deprecated", *filter(None, said))))
        text = fields.text("replacement")
        if not text or kind is not Kind.MODEL:
            return "deprecated", ""
        return "deprecated", self._successor(text, where, thing)

    def _successor(self, text: str, where: str, thing: Thing) -> str:
        """What a replacement means. To be named so makes nothing a model: that, others have to say."""
        urn = urn_of(text)
        if urn is not None and urn.kind not in ("mlmodel", "mlmodelgroup"):
            note = f"replacement {text[:80]} is no model; kept without a successor"
            self._draft.note(where, thing.urn.text, note)
            return ""
        named = self._things.get(urn.id) if urn else None
        urn = (self._group(named) if named else None) or urn
        here = self._ids.get(urn.id) if urn else None
        found = Found(id=here) if here else self._draft.known.find(urn.text if urn else text)
        return self._draft.successor(
            found,
            of=thing.urn.id,
            where=where,
            name=thing.urn.text,
            what=f"replacement {text[:80]}",
            as_named=None if here else successor_name(urn.text if urn else text),
        )

    def _add_edges(self, thing: Thing) -> None:
        for told in thing.told:
            fields = thing.fields(told.aspect.lower(), self._draft)
            for relation in RELATIONS.get(told.aspect.lower(), ()):
                for text in _named_by(relation, fields):
                    self._add_edge(thing, relation, told.where, text)

    def _add_edge(self, thing: Thing, relation: Relation, where: str, text: str) -> None:
        what = f"{thing.urn.text} {relation.name} {text[:200]}"
        urn = None if why_not_named(text) else urn_of(text)
        by = thing.urn.id
        if urn is None:
            why = "names no whole urn like urn:li:dataset:(...)"
            self._draft.misses(by, [], where=where, what=what, why=why)
        elif urn.kind not in KINDS:
            self._draft.skip_edge(where, what, f"a {urn.kind} neither serves nor depends")
        elif why := self._why_gone(urn):
            self._draft.misses(by, [], where=where, what=what, why=f"{urn.text}: {why}")
        else:
            ends = (self._ids[thing.urn.id], self._id(urn, thing))
            from_id, to_id = reversed(ends) if relation.is_inverse else ends
            self._draft.depends(from_id, to_id, where=where, what=what, by=by)

    def _id(self, urn: Urn, by: Thing) -> str:
        """Of what `by` names; what nobody describes is kept by its urn."""
        if urn.id not in self._ids:
            self._ids[urn.id] = self._found(urn, by)
        return self._ids[urn.id]

    def _found(self, urn: Urn, by: Thing) -> str:
        # SageMaker's models name their deployments by ARN, where the deployments are called by their names.
        names = (urn.text, *((urn.name,) if urn.name.startswith("arn:") else ()))
        for text in names:
            found = self._draft.known.find(text, is_by_name=False)
            if isinstance(found, Found) and (found.id == urn.id or self._draft.declares(found.id)):
                return found.id
        is_sagemaker = urn.platform == "sagemaker" and urn.kind == "mlmodeldeployment"
        entity = Entity(
            id=urn.id,
            kind=KINDS[urn.kind].kind,
            name=urn.name,
            endpoint_kind=EndpointKind.SAGEMAKER if is_sagemaker else EndpointKind.MANUAL,
            endpoint_ref=urn.name if urn.kind == "mlmodeldeployment" else "",
            declared_in=by.where,
            aliases=names,
        )
        self._draft.mention(entity, by.path)
        self._draft.note(by.where, urn.text, "described nowhere; kept by its urn, without an owner")
        return urn.id


def _count_unread(things: Iterable[Thing], draft: Draft) -> None:
    counts: Counter[str] = Counter()
    first: dict[str, Told] = {}
    for thing in things:
        for told in thing.told:
            key = told.aspect.lower()
            if key not in READ and key not in PEOPLE_ASPECTS and not key.endswith("key"):
                counts[key] += 1
                first.setdefault(key, told)
    for key, count in counts.items():
        draft.note(first[key].where, f"aspect {first[key].aspect[:80]}", f"not read, of {count:,} in all")


def _named_by(relation: Relation, fields: Fields) -> Iterable[str]:
    if not relation.key:
        return fields.texts(relation.name)
    return filter(None, (one.text(relation.key) for one in fields.items(relation.name)))


def _day(milliseconds: object) -> str:
    if not isinstance(milliseconds, int | float) or isinstance(milliseconds, bool):
        return ""
    try:
        return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        return ""
