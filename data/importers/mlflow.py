"""MLflow: which models and versions does a registry hold, and what do tags say of their owners and consumers?

A registered model is the model "mlflow:churn", also found as "models:/Churn"; a version is "mlflow:churn/3", also
found as "models:/Churn/3", by each alias as "models:/Churn@champion", and by its run. Where versions lie are the
artifacts of the model. A model with a version copied from another's depends on that one. What another catalog has
under the name of a model is that model, and described there.
Source: mlflow.org/docs/latest/model-registry.html; mlflow_telling.py has the files, mlflow_server.py the live ones
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from data.catalog.restricted import listed
from data.errors import Invalid, Problem
from data.importers.days import day_in
from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.json_lines import Placed
from data.importers.known import Known
from data.importers.measuring import kept, stated
from data.importers.mlflow_live_runs import page_of as run_page_of
from data.importers.mlflow_metrics import PREFIX, measured_in
from data.importers.mlflow_models import Model, Told, Version, id_of, models_of
from data.importers.mlflow_preserved import references_in
from data.importers.mlflow_runs import add_datasets
from data.importers.mlflow_server import Registry, page_of
from data.importers.mlflow_telling import FORMAT, Telling
from data.importers.pages import unfinished
from data.importers.refs import Found
from data.importers.regulated import regulation
from data.importers.report import Reading
from data.importers.sources import Digested, File, files_of
from data.records.artifacts import Reference
from data.records.catalog import Entity, Group, Kind, Measure, Measured, Person

WRITTEN = "emeritus.dev/"  # by us, once a model retires: workflows/adapters/mlflow_registry.py
TAGS = ("owner", "successor", "consumers", "tier", "restricted_to", "available_from", "regulated", *Measure)
RESTRICTED = f"{PREFIX}restricted_to"
_STAGES = {"none": "", "archive": "archived"}
_MODELS = "models:/"
_CONSUMER = "mlflow-consumer:"


def read_mlflow(
    sources: Sequence[Path | Registry], *, known: Iterable[Entity | Group | Person] = ()
) -> Reading:
    """Read files, directories for *.json, and registries that have answered, as one source.

    known   what other sources declared
    Raises `Invalid`; then nothing counts as read.
    """
    paths = [source for source in sources if isinstance(source, Path)]
    files, broken = files_of(paths, FORMAT) if paths or not sources else ((), ())
    if problems := (*broken, *unfinished(files, "next_page_token")):
        raise Invalid(problems)
    draft = Draft(Known(known))
    models, versions, runs = _told_in_files(files, draft)
    live: list[Told] = []
    digested: list[Digested] = [*files]
    for registry in (source for source in sources if isinstance(source, Registry)):
        digested.append(registry)
        models += _told_live(registry.name, registry.models)
        versions += _told_live(registry.name, registry.versions)
        live += [Told(run, run_page_of(registry.name, run), registry.name) for run in registry.runs]
        if registry.runs_untold:
            said = f"{registry.runs_untold:,} of those in use could not be read; what was measured in them is not told"
            draft.note(registry.name, "runs", said)
    named = [source.name if isinstance(source, Registry) else source for source in sources]
    found = models_of(models, versions, draft)
    if not found:
        accepted = "tells of no registered model"
        raise Invalid([Problem(field=", ".join(map(str, named)), value="", accepted=accepted)])
    by_run = measured_in([*runs, *live], draft)
    preserved = references_in([*runs, *live], draft)
    for model in found.values():
        _declare(model, found, by_run, preserved, draft)
    for model in found.values():
        _add_consumers(model, draft)
        _add_originals(model, draft)
    add_datasets(runs, _versions_of_runs(found), draft)
    return draft.reading(digested, named)


def _told_in_files(files: Sequence[File[Telling]], draft: Draft) -> tuple[list[Told], list[Told], list[Told]]:
    models: list[Told] = []
    versions: list[Told] = []
    runs: list[Told] = []
    for file in files:
        content = file.content
        if content.is_empty:
            draft.read()
            draft.skip(f"{file.shown}:{content.line or 1}", content.what, "no model, version or run")
        for told, those in ((models, content.models), (versions, content.versions), (runs, content.runs)):
            for it in those:
                line = it.line if isinstance(it, Placed) else content.line
                told.append(Told(it, f"{file.shown}:{line}", file.path))
    return models, versions, runs


def _told_live(address: str, those: Iterable[object]) -> Iterator[Told]:
    for it in those:
        told = Told(it, address, address)
        yield Told(it, page_of(address, told.name, told.version), address)


def _declare(
    model: Model,
    models: dict[str, Model],
    by_run: Mapping[str, tuple[Measured, ...]],
    preserved: Mapping[str, tuple[Reference, ...]],
    draft: Draft,
) -> None:
    draft.document(model.id, model.source)
    tags = model.tags
    for tag in sorted(tags):
        is_ours = tag.startswith(PREFIX) and not tag.startswith(WRITTEN)
        if is_ours and tag.removeprefix(PREFIX) not in TAGS:
            read = ", ".join(PREFIX + name for name in TAGS)
            draft.note(model.where, model.name, f'tag "{tag[:80]}": unknown and ignored; we read {read}')
    owner = tags.get(f"{PREFIX}owner") or tags.get("owner", "")
    references = (one for version in model.versions.values() for one in preserved.get(version.run_id, ()))
    _declare_itself(model, models, draft, owner, tuple(dict.fromkeys(references)))
    _, unowned = draft.known.owner(owner)  # which is told once, of the model
    for version in model.versions.values():
        by_tags = _measured(version.tags, version.where, f"{model.name}/{version.number}", draft)
        entity = Entity(
            id=f"{model.id}/{version.number.lower()}",
            kind=Kind.VERSION,
            name=f"{model.name}/{version.number}",
            lifecycle=_STAGES.get(version.stage, version.stage),
            model_id=model.id,
            declared_in=version.where,
            aliases=tuple(dict.fromkeys(_aliases(version, model))),
            measured=kept((*by_run.get(version.run_id, ()), *by_tags)),
        )
        draft.declare(entity, version.source, owner=owner, unowned=unowned)


def _declare_itself(
    model: Model, models: dict[str, Model], draft: Draft, owner: str, references: tuple[Reference, ...]
) -> None:
    tags = model.tags
    artifacts = (_artifact(version, model, draft) for version in model.versions.values())
    entity = Entity(
        id=model.id,
        kind=Kind.MODEL,
        name=model.name,
        tier=draft.tier(
            tags.get(f"{PREFIX}tier", ""), where=model.where, name=model.name, what=f"{PREFIX}tier"
        ),
        artifacts=tuple(dict.fromkeys(filter(None, artifacts))),
        references=references,
        successor_id=_successor(model, models, draft),
        declared_in=model.where,
        aliases=(_MODELS + model.name,),
        measured=_measured(tags, model.where, model.name, draft),
        restricted_to=listed(tags[RESTRICTED]) if RESTRICTED in tags else None,
        serves_from=_serves_from(model, draft),
        regulated=regulation(tags.get(f"{PREFIX}regulated", "")),
    )
    draft.declare(entity, model.source, owner=owner)


def _serves_from(model: Model, draft: Draft) -> str:
    """The first day on which it can be called; empty where none is told."""
    told = model.tags.get(f"{PREFIX}available_from", "")
    try:
        return day_in(told) if told else ""
    except ValueError:
        what = f'{PREFIX}available_from "{told[:80]}": one day, as 2027-03-01. Kept without'
        draft.note(model.where, model.name, what)
        return ""


def _measured(tags: Mapping[str, str], where: str, name: str, draft: Draft) -> tuple[Measured, ...]:
    def tell(measure: Measure, why: str) -> None:
        draft.note(where, name, f"{PREFIX}{measure}: {why}. Left out")

    told = ((measure, tags[f"{PREFIX}{measure}"]) for measure in Measure if f"{PREFIX}{measure}" in tags)
    return stated(told, where, tell)


def _aliases(version: Version, model: Model) -> Iterator[str]:
    yield f"{_MODELS}{model.name}/{version.number}"
    yield from (f"{_MODELS}{model.name}@{alias}" for alias in version.aliases)
    if version.lies.startswith("runs:/"):
        yield version.lies
    elif version.run_id and (path := version.lies.partition(f"/{version.run_id}/artifacts/")[2]):
        yield f"runs:/{version.run_id}/{path}"


def _artifact(version: Version, model: Model, draft: Draft) -> str:
    """Where a version lies. What we cannot archive is kept, so that the archive step stops there."""
    lies = version.lies
    if lies.startswith("file:/") and not lies.startswith("file://"):
        lies = f"file://{lies.removeprefix('file:')}"
    if lies.startswith(("s3://", "file:///", "file://localhost/", "/")) and lies.isprintable():
        return lies
    what = f"{model.name}/{version.number}"
    if not lies:
        draft.note(version.where, what, "no source: nothing of it can be archived")
        return ""
    note = "only absolute paths, file:// and s3:// can be archived; the archive step will stop at it"
    draft.note(version.where, what, f'source "{lies[:200]}": {note}')
    return lies if lies.isprintable() else repr(lies)[1:-1]


def _successor(model: Model, models: dict[str, Model], draft: Draft) -> str:
    """A model of this registry first, as its tag was written there."""
    text = model.tags.get(f"{PREFIX}successor", "")
    if not text:
        return ""
    name = re.split("[/@]", text.removeprefix(_MODELS))[0] if text.startswith(_MODELS) else text
    own = models.get(id_of(name)) or models.get(name.lower())
    found = Found(id=own.id) if own else draft.known.find(text)
    what = f'{PREFIX}successor "{text[:80]}"'
    named = None if own else successor_name(text, ids=(id_of(name),))
    return draft.successor(found, of=model.id, where=model.where, name=model.name, what=what, as_named=named)


def _add_consumers(model: Model, draft: Draft) -> None:
    names = (name.strip() for name in model.tags.get(f"{PREFIX}consumers", "").split(","))
    for name in dict.fromkeys(filter(None, names)):
        what = f"{name} -> {model.name}"
        if why := why_not_named(name):
            draft.misses(model.id, [], where=model.where, what=what, why=why)
            continue
        consumer_id = draft.named(name, scheme=_CONSUMER, where=model.where, what=what)
        if consumer_id.startswith(_CONSUMER):
            entity = Entity(id=consumer_id, kind=Kind.CONSUMER, name=name, declared_in=model.where)
            draft.declare(entity, model.source)
        draft.depends(consumer_id, model.id, where=model.where, what=what, by=model.id)


def _add_originals(model: Model, draft: Draft) -> None:
    """A version whose source is another model's is a copy that leaves the files where they are."""
    for version in model.versions.values():
        if not version.lies.startswith(_MODELS):
            continue
        found = draft.known.find(version.lies)
        what = f"{model.name}/{version.number} -> {version.lies}"
        if not isinstance(found, Found):
            why = found.why if found else "nobody declares it"
            draft.misses(model.id, [], where=version.where, what=what, why=why)
        elif f"{found.id}/".partition("/")[0] != model.id:
            draft.depends(model.id, found.id, where=version.where, what=what, by=model.id)


def _versions_of_runs(models: dict[str, Model]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for model in models.values():
        for version in model.versions.values():
            if version.run_id:
                found[version.run_id].append(f"{model.id}/{version.number.lower()}")
    return found
