"""Which models and versions does SageMaker hold, and which files are theirs?

A model package group is a model and a package in one a version of it; a package alone is a model. What SageMaker
calls a model is what can be deployed: a version where it is built from packages of one group, or has the very files
of one; a model that depends on others where several are put in a row; else a model of its own.
"""

from __future__ import annotations

from data.importers.json_lines import Placed
from data.importers.refs import Found, Missing
from data.importers.sagemaker_answers import Resource, Thing
from data.importers.sagemaker_built import Builder, Built, group_of
from data.importers.sagemaker_files import containers_of_package, kept_of
from data.importers.sagemaker_things import PREFIX, Desk, Things, words
from data.records.artifacts import Reference
from data.records.catalog import Entity, Kind

_NUMBER_LAST = 10**9  # a version without a number follows those with one


def read_models(things: Things, desk: Desk, builder: Builder) -> None:
    """Declare all of them; what each is made of is known before the first one is."""
    groups = _living(things.of(Resource.GROUP), "ModelPackageGroupStatus", desk)
    packages = _living(things.of(Resource.PACKAGE), "ModelPackageStatus", desk)
    packages.sort(key=lambda one: (one.head, group_of(one), _number(one)))
    groups += _named_only(packages, groups, things, desk)
    models = things.of(Resource.MODEL)
    for one in (*groups, *packages, *models):
        desk.settle(one)
    for group in groups:
        builder.add_group(group)
    for head in {one.head for one in models}:
        if things.why_unlisted(head, Resource.PACKAGE):
            builder.miss_packages(head)
    model_ids = {package.id: builder.add_package(package) for package in packages}
    built = {model.id: builder.add_model(model) for model in models}
    partial = {group_of(one) for one in packages if not one.is_whole}
    partial |= {desk.models[one.id] for one in models if not one.is_whole}
    for group in groups:
        is_partial = group.id in partial or things.why_unlisted(group.head, Resource.PACKAGE) != ""
        earlier = desk.earlier(group.id) if is_partial else None
        files = (*(earlier.artifacts if earlier else ()), *builder.files[group.id])
        known = (*(earlier.references if earlier else ()), *builder.references[group.id])
        _declare(group, files, known, desk)
    for package in packages:
        model_id = model_ids[package.id]
        files = () if model_id else tuple(builder.files[package.id])
        known = () if model_id else tuple(builder.references[package.id])
        _declare_package(package, model_id, files, known, desk)
    for package in packages:
        _add_origins(package, desk)
    for model in models:
        _add_model(model, built[model.id], tuple(builder.references[model.id]), desk)
    for one in (*groups, *packages, *models):
        desk.tell_unknown_tags(one)


def _living(those: list[Thing], status: str, desk: Desk) -> list[Thing]:
    for one in those:
        if one.fields.text(status) == "Deleting":
            desk.draft.skip(one.where, one.name, "is being deleted")
    return [one for one in those if one.fields.text(status) != "Deleting"]


def _named_only(packages: list[Thing], groups: list[Thing], things: Things, desk: Desk) -> list[Thing]:
    """Groups that nothing tells of but their versions."""
    there = {group.id for group in groups}
    found: dict[str, Thing] = {}
    for package in packages:
        group_id, name = group_of(package), package.fields.text("ModelPackageGroupName")
        if not name or group_id in there or group_id in found or desk.find(group_id):
            continue
        why = things.why_unlisted(package.head, Resource.GROUP) or "nothing tells of the group itself"
        desk.draft.note(package.where, name, f"{why}; taken from its versions, without tags")
        is_file = not isinstance(package.source, str)
        source = package.source if is_file else f"{package.head}:{Resource.GROUP}"
        arn = f"{package.arn.partition(f':{Resource.PACKAGE}/')[0]}:{Resource.GROUP}/{name}"
        empty = Placed(package.value.line, ())
        group = Thing(Resource.GROUP, arn, name, empty, package.where, source, is_whole=True)
        group.tell_to(desk.draft)
        found[group_id] = group
    return list(found.values())


def _declare(
    thing: Thing,
    files: tuple[str, ...],
    references: tuple[Reference, ...],
    desk: Desk,
    *,
    lifecycle: str = "",
    model_id: str = "",
) -> None:
    """A version where it has a model, else one itself."""
    entity = Entity(
        id=thing.id,
        kind=Kind.VERSION if model_id else Kind.MODEL,
        name=thing.name,
        lifecycle=lifecycle,
        artifacts=kept_of(files, thing, desk.draft),
        references=tuple(dict.fromkeys(references)),
        successor_id="" if model_id else desk.successor(thing),
        model_id=model_id,
        declared_in=thing.where,
    )
    model = desk.entity(model_id)
    desk.declare(thing, entity, owners=model.owners_told if model else ())


def _declare_package(
    package: Thing, model_id: str, files: tuple[str, ...], references: tuple[Reference, ...], desk: Desk
) -> None:
    fields = package.fields
    stage, approval = fields.fields("ModelLifeCycle").text("Stage"), fields.text("ModelApprovalStatus")
    status = fields.text("ModelPackageStatus")
    odd = [f"is {words(status)}" if status not in ("", "Completed") else ""]
    odd.append(f"is in stage {stage[:80]}, and rejected" if stage and approval == "Rejected" else "")
    if why := "; ".join(filter(None, odd)):
        desk.draft.note(package.where, package.name, why)
    _declare(package, files, references, desk, lifecycle=words(stage or approval), model_id=model_id)


def _add_origins(package: Thing, desk: Desk) -> None:
    """What it was registered from, and the models of a hub it was tuned from, where another catalog has them."""
    own, source = desk.ids[package.id], package.fields.text("SourceUri")
    bases = (one.fields("BaseModel").text("HubContentName") for one in containers_of_package(package.fields))
    for name in dict.fromkeys(filter(None, (source, *bases))):
        found, what = desk.draft.known.find(name, is_by_name=False), f"{package.name} -> {name[:200]}"
        if isinstance(found, Found):
            desk.draft.depends(own, found.id, where=package.where, what=what, by=package.id)
        elif isinstance(found, Missing):
            ends = [(own, one) for one in found.tried]
            desk.draft.misses(package.id, ends, where=package.where, what=what, why=found.why)
        elif name != source:
            note = f"is tuned from {name[:200]}, which no other catalog has"
            desk.draft.note(package.where, package.name, note)


def _add_model(model: Thing, built: Built, references: tuple[Reference, ...], desk: Desk) -> None:
    if built.model_id and desk.tag(model, "successor"):
        note = "a version is followed by what its model is; tag that. Ignored"
        desk.draft.note(model.where, model.name, f"{PREFIX}successor: {note}")
    files = () if built.model_id else tuple(built.files)
    known = () if built.model_id else references
    _declare(model, files, known, desk, model_id=built.model_id)
    if not model.is_whole:
        why = model.why_untold or "only a list tells of it"
        what = f"what {model.name} is built on"
        desk.draft.misses(model.id, [], where=model.where, what=what, why=why)
    elif built.is_uncertain:
        what = f"{model.name} -> packages with its files"
        why = "not all packages are told"
        desk.draft.misses(model.id, [], where=model.where, what=what, why=why)
    for part in (*built.on, *built.beside):
        what = f"{model.name} -> {part}"
        desk.draft.depends(desk.ids[model.id], part, where=model.where, what=what, by=model.id)


def _number(package: Thing) -> int:
    text = package.fields.word("ModelPackageVersion")
    return int(text) if text.isdecimal() and len(text) < len(str(_NUMBER_LAST)) else _NUMBER_LAST
