"""What is that made of which SageMaker can deploy: of which packages, of which model's files, of which of its own?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from data.importers.fields import Fields
from data.importers.refs import Found, Missing
from data.importers.sagemaker_answers import Resource, Thing, arn_parts
from data.importers.sagemaker_files import (
    containers_of_model,
    containers_of_package,
    files_in,
    references_of,
)
from data.importers.sagemaker_things import PREFIX, Desk, Things
from data.records.artifacts import Reference


@dataclass(slots=True)
class Built:
    """By ids of the graph.

    models  of which its parts are versions
    on      packages it is built from
    beside  what answers for itself behind the same endpoint: of several models in one container, or called one by one
    files   of its own, which no package has
    is_shared     several answer behind one endpoint
    is_uncertain  which packages have its files is not told
    is_partial    what it is made of is not told
    """

    models: dict[str, None] = field(default_factory=dict)
    on: dict[str, None] = field(default_factory=dict)
    beside: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    is_shared: bool = False
    is_uncertain: bool = False
    is_partial: bool = False

    @property
    def model_id(self) -> str:
        """The one model it is a version of; empty where it is one itself."""
        return next(iter(self.models)) if len(self.models) == 1 and not self.is_shared else ""

    @property
    def may_share(self) -> bool:
        """More may answer beside it than we know."""
        return self.is_partial or (self.is_shared and self.is_uncertain)


class Builder:
    """Asked when every package has been added; nothing needs to be declared yet.

    files  model -> the files of all its versions; `references`: what of them is only described
    """

    def __init__(self, things: Things, desk: Desk) -> None:
        self._things = things
        self._desk = desk
        self._draft = desk.draft
        self._having: dict[str, dict[str, None]] = defaultdict(dict)
        self._models: dict[str, str] = {}
        self._built: dict[str, Built] = {}
        self._partial: set[str] = set()
        self._deployed: dict[str, dict[str, None]] = defaultdict(dict)
        self.files: dict[str, dict[str, None]] = defaultdict(dict)
        self.references: dict[str, dict[Reference, None]] = defaultdict(dict)

    def miss_packages(self, head: str) -> None:
        """Not all packages of this account are told."""
        self._partial.add(head)

    def add_group(self, group: Thing) -> None:
        own = self._desk.ids[group.id]
        self._models[own] = self._desk.models[group.id] = own

    def add_package(self, package: Thing) -> str:
        """The id of the model it is a version of; empty where it is one itself."""
        own, group = self._desk.ids[package.id], group_of(package)
        model_id = self._desk.models.get(group, "") or (self._desk.find(group) if group else "")
        self._models[own] = self._desk.models[package.id] = model_id or own
        for file in files_in(containers_of_package(package.fields)):
            self._having[file][own] = None
            self.files[model_id or own][file] = None
        told = references_of(package, containers_of_package(package.fields))
        self.references[model_id or own].update(dict.fromkeys(told))
        self._partial.update([] if package.is_whole and not package.is_odd else [package.head])
        return model_id

    def add_model(self, model: Thing) -> Built:
        built = Built(is_partial=not model.is_whole)
        containers = containers_of_model(model.fields)
        is_direct = len(containers) > 1 and _is_direct(model.fields)
        for container in containers:
            files = files_in([container])
            name = container.text("ModelPackageName")
            built.is_uncertain = built.is_uncertain or (not name and model.head in self._partial)
            if name:
                parts = self._packages(model, name)
            elif container.text("Mode") == "MultiModel":
                built.is_shared = True
                built.files.update(dict.fromkeys(files))
                built.beside.update(dict.fromkeys(self._below(model, files)))
                continue
            else:
                parts = self._with_files(model, files)
                built.files.update(dict.fromkeys(file for file in files if not parts))
            on = built.beside if is_direct else built.on
            on.update(dict.fromkeys(parts if name or len(parts) == 1 else ()))
            built.models.update(dict.fromkeys(self._model_of(part) for part in parts))
        built.is_shared = built.is_shared or (is_direct and len(built.models) > 1)
        if (tagged := self._tagged(model)) and not built.is_shared:
            built.models = {tagged: None}
        self._keep(model, built)
        self._desk.models[model.id] = built.model_id or self._desk.ids[model.id]
        self.files[self._desk.models[model.id]].update(built.files)
        told = references_of(model, containers)
        self.references[self._desk.models[model.id]].update(dict.fromkeys(told))
        self._built[self._desk.ids[model.id]] = built
        for file in built.files:
            self._deployed[file][self._desk.ids[model.id]] = None
        return built

    def with_file(self, uri: str) -> list[str]:
        """What has this file among its own: packages, or models that are built from none."""
        return list(dict.fromkeys((*self._having.get(uri, ()), *self._deployed.get(uri, ()))))

    def built(self, model_id: str) -> Built:
        """What a model is made of; of nothing where SageMaker does not deploy it."""
        return self._built.get(model_id, Built())

    def _keep(self, model: Thing, built: Built) -> None:
        """Where not all of it is told it stays a version of what it was one of."""
        earlier = self._desk.earlier(model.id)
        is_told = model.is_whole and model.tags is not None and not built.is_uncertain
        if not is_told and not built.models and earlier is not None and earlier.model_id:
            built.models = {earlier.model_id: None}

    def _packages(self, model: Thing, name: str) -> list[str]:
        package_id = model.beside(Resource.PACKAGE, name)
        if package_id in self._desk.ids:
            return [self._desk.ids[package_id]]
        what = f"{model.name} -> {name}"
        found = self._draft.known.find(package_id)
        if isinstance(found, Found):
            return [self._draft.joined(found, where=model.where, what=what)]
        parts = arn_parts(package_id)
        if parts and parts["head"] != model.head:
            why = f"is in account {parts['account']}, {parts['region']}, which nobody imported yet"
        else:
            why = self._things.why_unlisted(model.head, Resource.PACKAGE) or "no such package is there"
        ends = [(self._desk.ids[model.id], package_id)]
        self._draft.misses(model.id, ends, where=model.where, what=what, why=why)
        return []

    def _with_files(self, model: Thing, files: list[str]) -> list[str]:
        """Packages with the very same files, all of one model."""
        parts = [part for file in files for part in self._having.get(file, ())]
        models = sorted({self._model_of(part) for part in parts})
        if len(models) > 1:
            note = f"has files of {' and '.join(models)}; kept as a model of its own. Tag it {PREFIX}model to say which"
            self._draft.note(model.where, model.name, note)
            return []
        if models:
            self._draft.note(model.where, model.name, f"has files of {models[0]}; taken as a version of it")
        return list(dict.fromkeys(parts))

    def _below(self, model: Thing, prefixes: list[str]) -> list[str]:
        lies = {file: those for file, those in self._having.items() if file.startswith(tuple(prefixes))}
        parts = list(dict.fromkeys(part for those in lies.values() for part in those))
        known = f"of packages that is {', '.join(parts)}" if parts else "no package of ours lies there"
        note = f"serves whatever lies below {', '.join(prefixes) or 'nowhere'}; {known}"
        self._draft.note(model.where, model.name, note)
        return parts

    def _model_of(self, part: str) -> str:
        return self._models.get(part) or self._desk.model_of(part) or part

    def _tagged(self, model: Thing) -> str:
        """The model that a tag says this is a version of."""
        text = self._desk.tag(model, "model")
        if not text:
            return ""
        if own := self._desk.models.get(model.beside(Resource.GROUP, text)):
            return own
        found = self._draft.known.find(text)
        model_id = self._desk.model_of(found.id) if isinstance(found, Found) else ""
        if not model_id:
            why = found.why if isinstance(found, Missing) else "no such model"
            self._draft.note(model.where, model.name, f'{PREFIX}model "{text[:80]}": {why}. Ignored')
        return model_id


def group_of(package: Thing) -> str:
    """The id of its group; empty for one that stands alone."""
    name = package.fields.text("ModelPackageGroupName")
    return package.beside(Resource.GROUP, name) if name else ""


def _is_direct(fields: Fields) -> bool:
    """Its containers are called one by one, instead of one behind the other."""
    return fields.fields("InferenceExecutionConfig").text("Mode") == "Direct"
