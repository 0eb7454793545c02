"""Which benchmarks does a model card tell: metric, dataset, value, and the day where it says one?

Each result of `model-index` is one reference; its values are those of its metrics. Of a card that lies beside the file
that names it, as of one of the Hub. Source: github.com/huggingface/hub-docs/blob/main/modelcard.md (model-index)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from data.errors import Invalid
from data.importers.days import day_in
from data.importers.huggingface_cards import front_of
from data.importers.yaml_lines import Node
from data.printable import shortened
from data.records.artifacts import VALUE_MAX, VALUES_MAX, ArtifactClass, Reference

RESULTS_MAX = 200  # as many as values of one run: they are part of the plan that people vote on
CARD_BYTES_MAX = 2**20  # ours: the longest card of the Hub that we know has a third of it
Tell = Callable[[int, str], None]
"""Takes the line of what is odd, and what is."""


def benchmarks(front: Node, tell: Tell) -> tuple[Reference, ...]:
    """Of the YAML on top of a card. `tell` hears of what is left out."""
    results = [one for model in front.get("model-index").items for one in model.get("results").items]
    found = tuple(reference for one in results for reference in _references(one, tell))
    if len(found) > RESULTS_MAX:
        tell(
            results[0].line, f"{len(found):,} results; the first {RESULTS_MAX:,} are described in an archive"
        )
    return found[:RESULTS_MAX]


def benchmarks_beside(uri: str, folder: Path, tell: Callable[[str], None]) -> tuple[Reference, ...]:
    """Of a card in this folder or below it, where its YAML can be read. Nothing else of the machine is looked at."""
    path = Path(uri)
    try:
        is_beside = path.resolve().is_relative_to(folder.resolve())
        if (
            not is_beside
            or path.suffix != ".md"
            or not path.is_file()
            or path.stat().st_size > CARD_BYTES_MAX
        ):
            return ()
        front = front_of(path.read_bytes(), path.name)
    except (OSError, RuntimeError, ValueError):
        return ()  # its archive step says so
    except Invalid as error:
        tell(f"its benchmarks are not taken: {error.problems[0]}")
        return ()
    return () if front is None else benchmarks(front, lambda line, note: tell(f"{path.name}:{line}: {note}"))


def _references(result: Node, tell: Tell) -> Iterator[Reference]:
    dataset, source = result.get("dataset"), result.get("source")
    about = [dataset.get(key).text for key in ("type", "config", "split")]
    name = dataset.get("name").text or about[0]
    other = ", ".join(one for one in about if one and one != name)
    days: dict[str, list[tuple[str, str]]] = {}
    for metric in result.get("metrics").items:
        value, called = metric.get("value"), metric.get("type").text or metric.get("name").text
        if not called or not value.text:
            tell(metric.line, "a metric of model-index without a type and one value; left out")
            continue
        day = _day(metric.get("date")) or _day(result.get("date"))
        taken = days.setdefault(day, [])
        taken.append((_label(called, metric, taken), shortened(value.text, VALUE_MAX)))
    task = result.get("task")
    for day, values in days.items():
        yield Reference(
            of=ArtifactClass.METRICS,
            what=" ".join(filter(None, ("benchmark", task.get("name").text or task.get("type").text))),
            where=source.get("url").text,
            name=f"{name} ({other})" if other else name,
            version=dataset.get("revision").text,
            on=day,
            values=tuple(values[:VALUES_MAX]),
        )


def _label(called: str, metric: Node, taken: list[tuple[str, str]]) -> str:
    """Of several of a kind, each by its own name, and at last by number: one must not hide the other."""
    names = {one for one, _ in taken}
    own = metric.get("name").text
    for label in (called, *([f"{called} ({own})"] if own else [])):
        if label not in names:
            return label
    return f"{called} ({len(taken) + 1})"


def _day(node: Node) -> str:
    try:
        return day_in(node.text)
    except ValueError:
        return ""
