"""Which pipelines does SageMaker run, which models do they use, and which do they make?

Read from the steps of their definitions. A pipeline that registers versions of a model is what the model depends on;
one that transforms with a model, deploys a package or calls an endpoint depends on that.
Source: docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps.html; the schema of a pipeline definition
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.errors import Invalid
from data.importers.fields import word_of
from data.importers.json_lines import Placed, Text
from data.importers.sagemaker_answers import Resource, Thing, listed
from data.importers.sagemaker_things import Desk, Things, words
from data.records.catalog import Entity, Kind

_USES = {
    "ModelName": Resource.MODEL,
    "ModelPackageName": Resource.PACKAGE,
    "EndpointName": Resource.ENDPOINT,
}
_MAKES = {"ModelPackageGroupName": Resource.GROUP}
_IN_RUN = "a value that only a run knows"


class Pipelines:
    def __init__(self, things: Things, desk: Desk) -> None:
        self._things = things
        self._desk = desk
        self._draft = desk.draft

    def read(self) -> None:
        for one in self._things.of(Resource.PIPELINE):
            if one.fields.text("PipelineStatus") == "Deleting":
                self._draft.skip(one.where, one.name, "is being deleted")
                continue
            self._desk.settle(one)
            title = one.fields.text("PipelineDisplayName")
            entity = Entity(
                id=one.id,
                kind=Kind.PIPELINE,
                name=one.name,
                title="" if title == one.name else title,
                lifecycle=words(one.fields.text("PipelineStatus")),
                declared_in=one.where,
            )
            self._desk.declare(one, entity)
            self._add_edges(one)
            self._desk.tell_unknown_tags(one)

    def _add_edges(self, pipeline: Thing) -> None:
        definition = _definition(pipeline)
        if definition is None or not isinstance(definition.get("Steps", []), list):
            why = pipeline.why_untold or "no definition with steps as JSON is told"
            self._draft.misses(
                pipeline.id, [], where=pipeline.where, what=f"steps of {pipeline.name}", why=why
            )
            return
        defaults = {
            word_of(one.get("Name")): word_of(one.get("DefaultValue"))
            for one in listed(definition, "Parameters")
            if isinstance(one, Placed)
        }
        told: dict[tuple[str, str], None] = {}
        for step in _steps(listed(definition, "Steps")):
            for key, value in _named(step.get("Arguments")):
                is_own = isinstance(value, Placed) and word_of(value.get("Get")).startswith("Steps.")
                if not is_own:  # what another step makes is used up in the run
                    told[key, _text(value, defaults)] = None
        for key, name in told:
            self._add_edge(pipeline, key, name)

    def _add_edge(self, pipeline: Thing, key: str, name: str) -> None:
        type_ = _MAKES.get(key) or _USES[key]
        own, other_id = self._desk.ids[pipeline.id], pipeline.beside(type_, name)
        what = f"{pipeline.name} {key} {name or _IN_RUN}"
        found = self._desk.find(other_id) if name else ""
        if not found:
            why = (
                self._things.why_unlisted(pipeline.head, type_)
                or f"no such {words(type_).replace('-', ' ')} is there"
            )
            ends = [(other_id, own) if key in _MAKES else (own, other_id)] if name else []
            self._draft.misses(
                pipeline.id, ends, where=pipeline.where, what=what, why=why if name else _IN_RUN
            )
            return
        from_id, to_id = (found, own) if key in _MAKES else (own, found)
        self._draft.depends(from_id, to_id, where=pipeline.where, what=what, by=pipeline.id)


def _definition(pipeline: Thing) -> Placed | None:
    try:
        values = Text(pipeline.fields.text("PipelineDefinition").encode(), pipeline.name).placed()
    except Invalid:
        return None
    return values[0].value if len(values) == 1 and isinstance(values[0].value, Placed) else None


def _steps(steps: list[Any]) -> Iterator[Placed]:
    """Also those behind a condition, which stand in its arguments."""
    for step in (one for one in steps if isinstance(one, Placed)):
        yield step
        branches = step.get("Arguments")
        if isinstance(branches, Placed):
            yield from _steps([*listed(branches, "IfSteps"), *listed(branches, "ElseSteps")])


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Whatever stands under the name of something we know, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, Placed):
        for key, inner in value.items():
            if key in _USES or key in _MAKES:
                yield key, inner
            elif key not in ("IfSteps", "ElseSteps"):
                yield from _named(inner)


def _text(value: Any, defaults: dict[str, str]) -> str:
    """As written, or as a parameter is set where nobody sets it; empty where only a run knows."""
    if not isinstance(value, Placed):
        return word_of(value)
    return defaults.get(word_of(value.get("Get")).removeprefix("Parameters."), "")
