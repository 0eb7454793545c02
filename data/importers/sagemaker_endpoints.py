"""Which endpoints does SageMaker serve, and which models answer there?

An endpoint depends on the model of every variant of the config it runs, and of one it is being moved to, whatever
the weight; shadows and inference components count as well. Who calls is nowhere told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from data.importers.sagemaker_answers import Resource, Thing, arn_parts
from data.importers.sagemaker_built import Builder
from data.importers.sagemaker_files import kept_of
from data.importers.sagemaker_scaling import number, tell_scaling
from data.importers.sagemaker_things import Desk, Things, words
from data.records.catalog import EndpointKind, Entity, Kind

_ODD = ("Failed", "OutOfService", "UpdateRollbackFailed")
_NEVER_WHO = (
    "SageMaker and CloudWatch tell how much is called, never who calls; consumers are those that tags and other "
    "catalogs name"
)
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


@dataclass(slots=True, frozen=True)
class _Variant:
    name: str
    model: str
    said: str

    @property
    def is_odd(self) -> bool:
        return self.said == "weight 0" or not self.said.startswith("weight")


class Endpoints:
    def __init__(self, things: Things, desk: Desk, builder: Builder) -> None:
        self._things = things
        self._desk = desk
        self._draft = desk.draft
        self._builder = builder
        self._components: dict[str, list[Thing]] = defaultdict(list)
        self._configs_run: set[str] = set()

    def read(self) -> None:
        endpoints = list(self._living())
        self._sort_components({one.id for one in endpoints})
        for one in endpoints:
            self._desk.settle(one)
            self._add(one)
            self._desk.tell_unknown_tags(one)
        for config in self._things.of(Resource.CONFIG):
            if config.id not in self._configs_run:
                self._draft.skip(config.where, config.name, "no endpoint runs this config")
        components = (one for those in self._components.values() for one in those)
        tell_scaling(self._things.targets, (*endpoints, *components), self._draft)
        for head, count in Counter(one.head for one in endpoints).items():
            self._draft.note(head, f"{count:,} endpoints", _NEVER_WHO)

    def _living(self) -> Iterator[Thing]:
        for one in self._things.of(Resource.ENDPOINT):
            if one.fields.text("EndpointStatus") == "Deleting":
                self._draft.skip(one.where, one.name, "is being deleted")
            else:
                yield one

    def _sort_components(self, there: set[str]) -> None:
        for one in self._things.of(Resource.COMPONENT):
            endpoint_id = one.beside(Resource.ENDPOINT, one.fields.text("EndpointName"))
            if one.fields.text("InferenceComponentStatus") == "Deleting":
                self._draft.skip(one.where, one.name, "is being deleted")
            elif endpoint_id not in there and self._things.why_unlisted(one.head, Resource.ENDPOINT):
                self._add_homeless(one)
            elif endpoint_id not in there:
                self._draft.skip(one.where, one.name, "its endpoint is not there")
            else:
                self._components[endpoint_id].append(one)

    def _add(self, endpoint: Thing) -> None:
        variants = list(self._variants(endpoint))
        components = self._components[endpoint.id]
        is_by_hand = bool(components) or any(not one.model for one in variants)
        earlier = self._desk.earlier(endpoint.id)
        if not variants and earlier is not None:  # what it runs is not told, so it stays as it was
            is_by_hand = earlier.endpoint_kind is EndpointKind.MANUAL
        elif is_by_hand:
            note = "runs inference components, which its config does not bring back; a person switches it off"
            self._draft.note(endpoint.where, endpoint.name, note)
        self._declare(endpoint, is_by_hand=is_by_hand)
        if len(variants) > 1 or any(one.is_odd for one in variants):
            said = ", ".join(f"{one.name} ({one.said})" for one in variants)
            self._draft.note(endpoint.where, endpoint.name, f"variants {said}: each counts as in use")
        for variant in variants:
            if variant.model:
                self._serve(endpoint, variant.model, f"variant {variant.name}")
        for component in components:
            self._add_component(endpoint, component)
            self._draft.keeps(*([endpoint.id] if component.is_odd else ()))
        for component in components:
            if base := component.fields.fields("Specification").text("BaseInferenceComponentName"):
                self._build_on(component, base)
        unlisted = self._things.why_unlisted(endpoint.head, Resource.COMPONENT)
        if unlisted and is_by_hand:
            self._miss(endpoint, "inference components", unlisted)

    def _declare(self, endpoint: Thing, *, is_by_hand: bool) -> None:
        status = endpoint.fields.text("EndpointStatus")
        if status in _ODD:
            why = endpoint.fields.text("FailureReason") or "no reason given"
            self._draft.note(endpoint.where, endpoint.name, f"is {words(status)}: {why[:300]}")
        parts = arn_parts(endpoint.arn)
        entity = Entity(
            id=endpoint.id,
            kind=Kind.ENDPOINT,
            name=endpoint.name,
            lifecycle=words(status),
            endpoint_kind=EndpointKind.MANUAL if is_by_hand else EndpointKind.SAGEMAKER,
            # Not the name alone: that would be switched off in whatever account the bot works. Its capitals count.
            endpoint_ref=f"{parts['head'] if parts else endpoint.head}:endpoint/{endpoint.name}",
            declared_in=endpoint.where,
        )
        self._desk.declare(endpoint, entity)

    def _variants(self, endpoint: Thing) -> Iterator[_Variant]:
        """Of the config that runs, and of one that is to follow it."""
        if not endpoint.is_whole:
            self._miss(endpoint, "config", endpoint.why_untold or "only a list tells of it")
            return
        weights = {
            one.text("VariantName"): one.value("CurrentWeight")
            for one in endpoint.fields.items("ProductionVariants")
        }
        pending = endpoint.fields.fields("PendingDeploymentSummary").text("EndpointConfigName")
        names = dict.fromkeys(filter(None, (endpoint.fields.text("EndpointConfigName"), pending)))
        if not names:
            self._miss(endpoint, "config", "no config is told of")
        for name in names:
            config_id = endpoint.beside(Resource.CONFIG, name)
            config = self._things.get(config_id)
            if config is None:
                why = self._things.why_unlisted(endpoint.head, Resource.CONFIG, config_id)
                self._miss(
                    endpoint, f"config {name}", why or "its config is gone, so what it serves is not known"
                )
                continue
            self._configs_run.add(config.id)
            if not config.is_whole:
                self._miss(endpoint, f"config {name}", config.why_untold or "only a list tells of it")
            for key, one in ((of, one) for of in _VARIANTS for one in config.fields.items(of)):
                variant = one.text("VariantName")
                weight = weights.get(variant)
                weight = one.value("InitialVariantWeight") if weight is None else weight
                said = "shadow" if key != _VARIANTS[0] else f"weight {number(weight)}"
                yield _Variant(variant, one.text("ModelName"), f"{said}, next" if name == pending else said)
            self._draft.keeps(*([endpoint.id] if config.is_odd else ()))

    def _serve(self, endpoint: Thing, model: str, how: str) -> None:
        """Also what answers beside that model, in one container with it or called by itself."""
        own, what = self._desk.ids[endpoint.id], f"{endpoint.name} {how} -> {model}"
        model_id = endpoint.beside(Resource.MODEL, model)
        found = self._desk.find(model_id)
        if not found:
            why = self._things.why_unlisted(endpoint.head, Resource.MODEL)
            why = why or "no such model is there any more; it serves what it loaded"
            self._draft.misses(endpoint.id, [(own, model_id)], where=endpoint.where, what=what, why=why)
            return
        built = self._builder.built(found)
        if built.may_share:
            self._miss(endpoint, f"what answers beside {model}", "not all of it is told")
        for part in (found, *built.beside):
            self._draft.depends(own, part, where=endpoint.where, what=what, by=endpoint.id)

    def _add_component(self, endpoint: Thing, component: Thing) -> None:
        specification = component.fields.fields("Specification")
        how, model = f"component {component.name}", specification.text("ModelName")
        if component.fields.text("InferenceComponentStatus") == "Failed":
            why = component.fields.text("FailureReason") or "no reason given"
            self._draft.note(component.where, component.name, f"is failed: {why[:300]}; counts as in use")
        if model:
            self._serve(endpoint, model, how)
            return
        earlier = self._desk.stays(component)
        if not component.is_whole and earlier is None:
            self._miss(endpoint, how, component.why_untold or "only a list tells of it")
            return
        self._declare_component(component)
        if not component.is_whole:
            why = component.why_untold or "only a list tells of it"
            what = f"what {component.name} is built on"
            self._draft.misses(component.id, [], where=component.where, what=what, why=why)
        from_id, to_id = self._desk.ids[endpoint.id], self._desk.ids[component.id]
        self._draft.depends(
            from_id, to_id, where=component.where, what=f"{endpoint.name} {how}", by=endpoint.id
        )

    def _add_homeless(self, component: Thing) -> None:
        """Its endpoint is not told, and with it what depends on the component."""
        if not component.fields.fields("Specification").text("ModelName"):
            self._declare_component(component)
            what, why = f"what {component.name} is built on", "its endpoint is not told"
            self._draft.misses(component.id, [], where=component.where, what=what, why=why)

    def _declare_component(self, component: Thing) -> None:
        """A component that names no model brings its own files: an adapter, or a container with weights."""
        self._desk.settle(component)
        url = component.fields.fields("Specification").fields("Container").text("ArtifactUrl")
        entity = Entity(
            id=component.id,
            kind=Kind.MODEL,
            name=component.name,
            lifecycle=words(component.fields.text("InferenceComponentStatus")),
            artifacts=kept_of([url] if url else [], component, self._draft),
            declared_in=component.where,
        )
        self._desk.models[component.id] = component.id
        self._desk.declare(component, entity)
        self._desk.tell_unknown_tags(component)

    def _build_on(self, component: Thing, base: str) -> None:
        """An adapter is built on the model of the component it is loaded into."""
        other = self._things.get(component.beside(Resource.COMPONENT, base))
        name = other.fields.fields("Specification").text("ModelName") if other else ""
        found = self._desk.find(component.beside(Resource.MODEL, name)) if name else ""
        found = found or (self._desk.ids.get(other.id, "") if other else "")
        own, what = self._desk.ids.get(component.id, ""), f"{component.name} -> component {base}"
        if found and own:
            self._draft.depends(own, found, where=component.where, what=what, by=component.id)
        else:
            why = "nothing tells what the model of that component is"
            self._draft.misses(component.id, [], where=component.where, what=what, why=why)

    def _miss(self, endpoint: Thing, what: str, why: str) -> None:
        self._draft.misses(endpoint.id, [], where=endpoint.where, what=f"{endpoint.name} -> {what}", why=why)
