"""What a run tells of a version that nobody copies: its commit, its parameters and metrics, and the datasets it read.

They are described in the archive as the run has them; a run that ended never changes.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Run; mlflow/utils/mlflow_tags.py of github.com/mlflow/mlflow
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from data.importers.draft import Draft
from data.importers.fields import Fields, word_of
from data.importers.mlflow_models import Told
from data.importers.mlflow_runs import place_of
from data.importers.mlflow_telling import pairs_of
from data.importers.preserved import valued
from data.records.artifacts import ArtifactClass, Reference

_PAIRS = ("key", "value")


def references_in(runs: Sequence[Told], draft: Draft) -> dict[str, tuple[Reference, ...]]:
    """By run; of one that is told of twice, the first counts. What is odd in it is told with its datasets."""
    found: dict[str, tuple[Reference, ...]] = {}
    for run in runs:
        fields = Fields(run.it if isinstance(run.it, dict) else {}, lambda *_: None)
        info = fields.fields("info")
        run_id = info.word("run_id") or info.word("run_uuid")
        if run_id and run_id not in found:
            found[run_id] = tuple(_references(run, run_id, fields, draft))
    return found


def _references(run: Told, run_id: str, fields: Fields, draft: Draft) -> Iterator[Reference]:
    inside = fields.fields("data") if "data" in fields else fields
    on, tags = _day(fields.fields("info")), pairs_of(inside, "tags", _PAIRS)
    where = run.where if isinstance(run.source, str) else ""
    if commit := tags.get("mlflow.source.git.commit", ""):
        yield Reference(
            of=ArtifactClass.CODE,
            what="git commit",
            where=tags.get("mlflow.source.git.repoURL", ""),
            name=tags.get("mlflow.source.name", ""),
            version=commit,
            on=on,
        )
    told = (
        (ArtifactClass.HYPERPARAMETERS, "parameters", pairs_of(inside, "params", _PAIRS)),
        (ArtifactClass.METRICS, "metrics", dict(_metrics(inside))),
    )
    for of, what, pairs in told:
        yield from valued(
            of,
            what,
            pairs,
            lambda note: draft.note(run.where, f"run {run_id}", note),
            where=where,
            version=run_id,
            on=on,
        )
    yield from (one for given in _datasets(fields) if (one := _dataset(given, run_id, on)) is not None)


def _datasets(fields: Fields) -> Iterator[Fields]:
    is_exported = isinstance(fields.value("inputs"), list)
    given = fields.values("inputs") if is_exported else fields.fields("inputs").values("dataset_inputs")
    for one in given:
        yield Fields(one, lambda *_: None).fields("dataset")


def _dataset(dataset: Fields, run_id: str, on: str) -> Reference | None:
    name, place = dataset.text("name"), place_of(dataset)
    if not (name or place):
        return None
    return Reference(
        of=ArtifactClass.DATA,
        what="dataset",
        where=place,
        name=name,
        version=run_id,
        digest=dataset.word("digest"),
        on=on,
    )


def _metrics(inside: Fields) -> Iterator[tuple[str, str]]:
    """The last value of each, as the last of them in the file has it."""
    if not isinstance(inside.value("metrics"), dict):
        yield from ((one.text("key"), word_of(one.value("value"))) for one in inside.items("metrics"))
        return
    told = inside.fields("metrics")
    for name in told:
        rows = told.items(name) if isinstance(told.value(name), list) else ()
        yield name, word_of(rows[-1].value("value") if rows else told.value(name))


def _day(info: Fields) -> str:
    """On which it ended, or began; empty where that is told otherwise than in milliseconds."""
    told = word_of(info.value("end_time")) or word_of(info.value("start_time"))
    try:
        return f"{datetime.fromtimestamp(int(told) / 1000, UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        return ""
