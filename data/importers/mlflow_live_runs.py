"""Runs of an MLflow registry that answers over HTTP, for what was measured in them: each is asked for by its id.

Only those of versions somebody uses, as a registry may have very many: the newest of each model, and whatever has an
alias or a stage in use. A run may be deleted, or not be ours to see: that is told, and stops nothing.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Get Run
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from data.errors import Invalid
from data.importers.fields import word_of
from data.importers.json_lines import Placed, Text

RUNS_MAX, REFUSED_MAX = 2_000, 20
"""As many are asked for; and if the first so many are all refused, no more of them."""
_IN_USE = ("production", "staging")
DIGITS_MAX = 20  # of a number of a version; Python reads no number without end


def runs_of(
    models: Iterable[Any], versions: Iterable[Any], answer: Callable[[str], bytes]
) -> tuple[list[Placed], int]:
    """What is told of them, and of how many nothing is. `answer`: of the registry, of the run with this id."""
    found: list[Placed] = []
    aliased = set(_aliased(one for one in models if isinstance(one, Placed)))
    wanted = list(dict.fromkeys(_wanted([one for one in versions if isinstance(one, Placed)], aliased)))
    for number, run_id in enumerate(wanted[:RUNS_MAX]):
        if number == REFUSED_MAX and not found:
            break
        try:
            values = Text(answer(run_id), f"run {run_id}").placed()
        except Invalid:
            continue
        run = values[0].value.get("run") if values and isinstance(values[0].value, Placed) else None
        found += [run] if isinstance(run, Placed) else []
    return found, len(wanted) - len(found)


def page_of(address: str, run: Placed) -> str:
    """Where people look at it."""
    info = run.get("info")
    said = [
        word_of(info.get(name)) if isinstance(info, Placed) else "" for name in ("experiment_id", "run_id")
    ]
    experiment, run_id = (quote(one, safe="") for one in said)
    return f"{address}/#/experiments/{experiment}/runs/{run_id}"


def _aliased(models: Iterable[Placed]) -> Iterator[tuple[str, str]]:
    """Name and version: of models, as versions in a list need not say it."""
    for one in models:
        aliases = one.get("aliases")
        for alias in aliases if isinstance(aliases, list) else ():
            if isinstance(alias, Placed):
                yield word_of(one.get("name")), word_of(alias.get("version"))


def _wanted(versions: list[Placed], aliased: Container[tuple[str, str]]) -> Iterator[str]:
    newest: dict[str, tuple[int, str]] = {}
    for one in versions:
        run_id, name, number = (word_of(one.get(key)) for key in ("run_id", "name", "version"))
        is_staged = word_of(one.get("current_stage")).lower() in _IN_USE
        if run_id and (is_staged or one.get("aliases") or (name, number) in aliased):
            yield run_id
        at = int(number) if number.isdecimal() and len(number) < DIGITS_MAX else 0
        if at >= newest.get(name, (0, ""))[0]:
            newest[name] = (at, run_id)
    yield from (run_id for _, run_id in newest.values() if run_id)
