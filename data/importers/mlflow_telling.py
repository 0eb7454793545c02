"""What an MLflow file tells, in whichever shape: registered models, their versions, and runs.

Shapes: the answers of the REST API, one or many in a file, and what mlflow-export-import writes, which has the
same below `mlflow`. Source: mlflow.org/docs/latest/api_reference/rest-api.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from data.importers.fields import Fields, shown, word_of
from data.importers.json_lines import Placed, Text
from data.importers.pages import Pages, wrong_without
from data.importers.sources import Format

LISTS = ("registered_models", "model_versions", "runs")
ONES = ("registered_model", "model_version", "run")
_PROMPT = "mlflow.prompt.is_prompt"
_OF_A_MODEL = {"tags": dict | list, "aliases": dict | list, "versions": list, "latest_versions": list}
"""What a model is without one of these would seem to have no owner any more, or to lie nowhere."""


@dataclass(slots=True)
class Telling(Pages):
    """What one file tells. Items can be of any kind still."""

    models: list[Any] = field(default_factory=list)
    versions: list[Any] = field(default_factory=list)
    runs: list[Any] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.models or self.versions or self.runs)


def _parsed(content: bytes, name: str) -> Telling:
    values = Text(content, name).placed()
    telling = Telling(line=values[0].line if len(values) == 1 else 0)
    whole = values[0].value if telling.line else None
    if not isinstance(whole, Placed):
        telling.what = "no object" if telling.line else f"{len(values)} values"
        return telling
    inside = whole.get("mlflow")
    told = inside if isinstance(inside, Placed) else whole
    for items, many, one in zip((telling.models, telling.versions, telling.runs), LISTS, ONES, strict=True):
        listed = told.get(many)
        if isinstance(listed, list):
            if many != "runs" or any(isinstance(run, Placed) for run in listed):
                items.extend(listed)  # an exported experiment has a list of the ids of its runs
            if told.get("next_page_token"):
                telling.more[many] = told.line
            else:
                telling.ended.add(many)
        elif listed is not None:
            telling.bad.append((told.line, many, shown(listed)))
        items.extend([told[one]] if told.get(one) is not None else [])
    info = told.get("info")
    if isinstance(info, Placed) and word_of(info.get("run_id")):  # a run as mlflow-export-import writes it
        telling.runs.append(told)
    telling.bad += unlisted(telling.models)
    telling.what = f"an object of {', '.join(list(told)[:5]) or 'nothing'}"
    return telling


def unlisted(models: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    """What should be a list of a model and is none: the line of the model, what it is, and what stands there."""
    for it in models:
        for key, kinds in _OF_A_MODEL.items() if isinstance(it, Placed) else ():
            if it.get(key) is not None and not isinstance(it[key], kinds):
                yield it.line, f"{key} of {word_of(it.get('name')) or 'a model'}", shown(it[key])


FORMAT = Format(
    holds="MLflow JSON",
    suffixes=(".json",),
    parsed=_parsed,
    wrong=wrong_without(", ".join((*LISTS[:2], *ONES))),
)


def is_prompt(model: dict[str, Any]) -> bool:
    """A prompt is registered as models are."""
    tags = pairs_of(Fields(model, lambda *_: None), "tags", ("key", "value"))
    return tags.get(_PROMPT, "").lower() == "true"


def pairs_of(told: Fields, key: str, names: tuple[str, str]) -> dict[str, str]:
    """Tags or aliases: objects with these two names, or one object of all, as older exports write them."""
    name, value = names
    if isinstance(told.value(key), dict):
        pairs = told.fields(key)
        found = {one.strip(): pairs.word(one) for one in pairs}
    else:
        found = {one.word(name): one.word(value) for one in told.items(key)}
    return {one: of for one, of in found.items() if one}
