"""Which datasets did the run of a version read? They are what the version depends on.

A dataset is told by the address it was read from, by which other catalogs know it; else by its name. A run never
changes, so what it read is never taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.errors import Invalid
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields, shown, word_of
from data.importers.json_lines import Text
from data.importers.mlflow_models import Told
from data.importers.refs import Missing
from data.records.catalog import Entity, Kind

# By what sources of datasets call where they lie: mlflow.data's Delta, HTTP, Hugging Face and file system sources.
_PLACES = ("uri", "url", "delta_table_name", "path")


def add_datasets(runs: Sequence[Told], versions: Mapping[str, Sequence[str]], draft: Draft) -> None:
    """`versions` has, by run, the ids of those that came out of it."""
    seen: dict[str, str] = {}
    for run in runs:
        draft.read()
        if not isinstance(run.it, dict):
            draft.skip(run.where, shown(run.it), "a run is an object")
            continue
        fields = Fields(run.it, lambda path, note, run=run: draft.note(run.where, f"run {path}", note))  # type: ignore[misc]
        info = fields.fields("info")
        run_id = info.word("run_id") or info.word("run_uuid")
        if not run_id:
            why = "has no info.run_id"
        elif run_id not in versions:
            why = "no registered version came out of it"
        elif run_id in seen:
            why = f"{seen[run_id]} tells of it already; the first counts"
        else:
            why = ""
        if why:
            draft.skip(run.where, f"run {run_id}".rstrip(), why)
            continue
        seen[run_id] = run.where
        is_exported = isinstance(fields.value("inputs"), list)
        for given in (
            fields.values("inputs") if is_exported else fields.fields("inputs").values("dataset_inputs")
        ):
            dataset = Fields(given, fields.tell, "inputs", fields.line).fields("dataset")
            _add_dataset(dataset, run, run_id, versions[run_id], draft, given=shown(given))


def _add_dataset(
    dataset: Fields, run: Told, run_id: str, version_ids: Sequence[str], draft: Draft, *, given: str
) -> None:
    where = f"{run.where.rpartition(':')[0]}:{dataset.line}"
    name, place = dataset.text("name"), place_of(dataset)
    what = f"run {run_id} -> {place or name or given}"
    why = why_not_named(place or name) if place or name else "no dataset with a name"
    found = draft.known.find(place, is_by_name=False) if place else None
    if why:
        draft.skip_edge(where, what, why)
        return
    dataset_id = f"mlflow-dataset:{(place or name).lower()}"
    if isinstance(found, Missing):
        draft.note(where, what, f"{found.why}; kept as one of its own")
    elif found is not None and found.id != dataset_id:
        draft.joined(found, where=where, what=what)
    entity = Entity(
        id=dataset_id,
        kind=Kind.DATASET,
        name=name or place,
        declared_in=where,
        aliases=(place,) if place else (),
    )
    draft.declare(entity, run.source)
    for version_id in version_ids:
        draft.depends(version_id, dataset_id, where=where, what=what, by=f"runs:/{run_id}")


def place_of(dataset: Fields) -> str:
    """The source of a dataset is JSON in a text."""
    try:
        values = Text(dataset.text("source").encode(), "source").values()
    except Invalid:
        return ""
    source = values[0].value if len(values) == 1 else None
    if not isinstance(source, dict):
        return ""
    return next((place for key in _PLACES if (place := word_of(source.get(key)))), "")
