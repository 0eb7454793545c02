"""What an MLflow file tells, in whichever shape: registered models, their versions, and runs.

Shapes: the answers of the REST API, one or many in a file, and what mlflow-export-import writes, which has the
same below `mlflow`. Source: mlflow.org/docs/latest/api_reference/rest-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.errors import Problem
from data.importers.json_lines import Text
from data.importers.json_objects import Object, shown, text_of, values_of
from data.importers.sources import File, Format

LISTS = ("registered_models", "model_versions", "runs")
ONES = ("registered_model", "model_version", "run")


@dataclass(slots=True)
class Telling:
    """What one file tells. Items can be of any kind still.

    line   where its one value begins; 0 where it has none, or several
    bad    lists that are none, as (line, what is wrong)
    more   lists with a page to follow -> its line
    ended  lists without one
    """

    line: int = 0
    models: list[Any] = field(default_factory=list)
    versions: list[Any] = field(default_factory=list)
    runs: list[Any] = field(default_factory=list)
    what: str = ""
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.models or self.versions or self.runs)


def _parsed(content: bytes, name: str) -> Telling:
    values = values_of(Text(content, name))
    telling = Telling(line=values[0].line if len(values) == 1 else 0)
    whole = values[0].value if telling.line else None
    if not isinstance(whole, Object):
        telling.what = "no object" if telling.line else f"{len(values)} values"
        return telling
    told = whole.object("mlflow") if whole.is_stated("mlflow") else whole
    for items, many, one in zip((telling.models, telling.versions, telling.runs), LISTS, ONES, strict=True):
        if many != "runs" or any(isinstance(run, Object) for run in told.list(many)):
            items.extend(told.list(many))  # an exported experiment has a list of the ids of its runs
        items.extend([told.fields[one]] if told.is_stated(one) else [])
        if isinstance(told.fields.get(many), list):
            if told.text("next_page_token"):
                telling.more[many] = told.line
            else:
                telling.ended.add(many)
        elif told.is_stated(many):
            telling.bad.append((told.line, many, shown(told.fields[many])))
    if told.object("info").text("run_id"):  # a run as mlflow-export-import writes it
        telling.runs.append(told)
    telling.what = f"an object of {', '.join(list(told.fields)[:5]) or 'nothing'}"
    return telling


def _wrong(telling: Telling, name: str, is_named: bool) -> list[Problem]:
    """A directory may hold files of other things; what was named is to be one of ours."""
    problems = [
        Problem(field=f"{name}:{line}", value=f"{key} {found}", accepted="a list; nothing was imported")
        for line, key, found in telling.bad
    ]
    if is_named and telling.is_empty and not problems:
        accepted = f"holds no {', '.join((*LISTS[:2], *ONES))}; nothing was imported"
        problems.append(Problem(field=f"{name}:{telling.line or 1}", value=telling.what, accepted=accepted))
    return problems


FORMAT = Format(holds="MLflow JSON", suffixes=(".json",), parsed=_parsed, wrong=_wrong)


def unfinished(files: Sequence[File[Telling]]) -> Iterator[Problem]:
    """Lists of which every page says that another one follows: the last is missing."""
    ended = {key for file in files for key in file.content.ended}
    for file in files:
        for key, line in file.content.more.items():
            if key not in ended:
                accepted = f"the pages of {key} up to the one without it; nothing was imported"
                yield Problem(field=f"{file.shown}:{line}", value="next_page_token", accepted=accepted)


def pairs_of(told: Object, key: str, names: tuple[str, str]) -> dict[str, str]:
    """Tags or aliases: objects with these two names, or one object of all, as older exports write them."""
    name, value = names
    found = {one.text(name): one.text(value) for one in told.list(key) if isinstance(one, Object)}
    found |= {text_of(one): text_of(of) for one, of in told.object(key).fields.items()}
    return {one: of for one, of in found.items() if one}
