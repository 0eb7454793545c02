"""What runs measured of the versions that came out of them: metrics that are called as our tags, each with its day.

A run as the REST API answers it has the last value of a metric, as mlflow-export-import writes it every one. A metric
is a number alone: in which currency a cost is, a tag of the run says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from data.importers.draft import Draft
from data.importers.fields import Fields, word_of
from data.importers.measuring import measured
from data.importers.mlflow_models import Told
from data.importers.mlflow_telling import pairs_of
from data.records.catalog import Measure, Measured

PREFIX = "emeritus."
CURRENCY = f"{PREFIX}currency"
MEASURES = {f"{PREFIX}{measure}": measure for measure in Measure}


def measured_in(runs: Sequence[Told], draft: Draft) -> dict[str, tuple[Measured, ...]]:
    """By run; of one that is told of twice, the first counts. What cannot be a measure is told, and left out."""
    found: dict[str, tuple[Measured, ...]] = {}
    for run in runs:
        # What is odd about its id is told with its datasets.
        info = Fields(run.it if isinstance(run.it, dict) else {}, lambda *_: None).fields("info")
        run_id = info.word("run_id") or info.word("run_uuid")
        if run_id and run_id not in found:
            found[run_id] = tuple(_measured(run, run_id, draft))
    return found


def _measured(run: Told, run_id: str, draft: Draft) -> Iterator[Measured]:
    def tell(path: str, note: str) -> None:
        draft.note(run.where, f"run {run_id} {path}", note)

    fields = Fields(run.it, tell)
    inside = fields.fields("data") if "data" in fields else fields
    currency = pairs_of(inside, "tags", ("key", "value")).get(CURRENCY, "")
    file = run.where.rpartition(":")[0]
    for name, metric in _metrics(inside):
        if (measure := MEASURES.get(name)) is None:
            continue
        row = measured(
            measure,
            word_of(metric.value("value")),
            _day(metric.value("timestamp")),
            run.where if isinstance(run.source, str) else f"{file}:{metric.line}",
            currency if measure is Measure.COST else "",
        )
        if isinstance(row, str):
            tell(name, f"{row}. Left out")
        else:
            yield row


def _metrics(inside: Fields) -> Iterator[tuple[str, Fields]]:
    """Objects that say which metric they are of, or by its name the values of each."""
    if not isinstance(inside.value("metrics"), dict):
        yield from ((one.text("key"), one) for one in inside.items("metrics"))
        return
    told = inside.fields("metrics")
    for name in told:
        if isinstance(told.value(name), list):
            yield from ((name, one) for one in told.items(name))
        else:
            yield name, Fields({"value": told.value(name)}, told.tell, line=told.line)


def _day(timestamp: object) -> str:
    """Of milliseconds, a number or the text of one; what is none, as it is written."""
    try:
        return f"{datetime.fromtimestamp(int(word_of(timestamp)) / 1000, UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        return word_of(timestamp) or "no timestamp"
