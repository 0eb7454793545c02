"""Which registered models and versions are told of, each once? What is none of them is skipped with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.importers.draft import Draft, why_not_named
from data.importers.json_objects import Object, shown, text_of
from data.importers.mlflow_telling import pairs_of
from data.importers.sources import Source

_PROMPT = "mlflow.prompt.is_prompt"


@dataclass(slots=True, frozen=True)
class Told:
    """A registered model, version or run as it is told, of whatever kind."""

    it: Any
    where: str
    source: Source

    @property
    def name(self) -> str:
        return self.it.text("name") if isinstance(self.it, Object) else ""

    @property
    def version(self) -> str:
        return self.it.text("version") if isinstance(self.it, Object) else ""


@dataclass(slots=True, frozen=True)
class Version:
    """`aliases` are those of the registry, such as "champion"."""

    number: str
    fields: Object
    where: str
    source: Source
    aliases: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Model:
    """`versions` by number in lower case; `aliases` by the version they stand for."""

    id: str
    name: str
    fields: Object
    where: str
    source: Source
    tags: dict[str, str]
    aliases: dict[str, list[str]]
    versions: dict[str, Version] = field(default_factory=dict)


def id_of(name: str) -> str:
    return f"mlflow:{name.lower()}"


def models_of(told: Sequence[Told], versions: Sequence[Told], draft: Draft) -> dict[str, Model]:
    """By id, in order, with their versions."""
    found: dict[str, Model] = {}
    for one in told:
        draft.read()
        if why := _why_no_model(one, found):
            draft.skip(one.where, _what("registered model", one), why)
            continue
        for key in ("tags", "aliases"):
            if one.it.is_stated(key) and not isinstance(one.it.fields[key], list | Object):
                draft.note(
                    one.where, one.name, f"{key} {shown(one.it.fields[key])}: expected a list. Ignored"
                )
        aliases: dict[str, list[str]] = defaultdict(list)
        for alias, number in pairs_of(one.it, "aliases", ("alias", "version")).items():
            aliases[number].append(alias)
        tags = pairs_of(one.it, "tags", ("key", "value"))
        found[id_of(one.name)] = Model(
            id_of(one.name), one.name, one.it, one.where, one.source, tags, aliases
        )
    for one in versions:
        _add_version(one, found.get(id_of(one.name)), draft)
    for model in found.values():
        if not isinstance(model.source, str):  # a live registry told of every version by itself
            _add_own_versions(model, draft)
    return found


def _what(kind: str, told: Told) -> str:
    if not isinstance(told.it, Object):
        return shown(told.it)
    return f"{kind} {told.name}{f'/{told.version}' if told.version else ''}".rstrip()


def _why_no_model(told: Told, found: dict[str, Model]) -> str:
    if not isinstance(told.it, Object):
        return "a registered model is an object"
    if why := _why_not("name", told.name):
        return why
    if pairs_of(told.it, "tags", ("key", "value")).get(_PROMPT, "").lower() == "true":
        return "a prompt is no model"
    first = found.get(id_of(told.name))
    return f"{first.where} declares {first.id} already, whatever the case; the first counts" if first else ""


def _why_not(what: str, name: str) -> str:
    if not name:
        return f"has no {what}"
    if any(sign in name for sign in "/:"):  # MLflow itself refuses them by now
        return f'a {what} has no "/" or ":", or references to it would be ambiguous'
    return why_not_named(name)


def _add_own_versions(model: Model, draft: Draft) -> None:
    """What a model tells of its versions is told again, or all that is told of them."""
    for key in ("versions", "latest_versions"):
        if model.fields.is_stated(key) and not isinstance(model.fields.fields[key], list):
            note = f"{key} {shown(model.fields.fields[key])}: expected a list. Ignored"
            draft.note(model.where, model.name, note)
        for it in model.fields.list(key):
            line = it.line if isinstance(it, Object) else model.fields.line
            told = Told(it, f"{model.where.rpartition(':')[0]}:{line}", model.source)
            is_own = told.name in ("", model.name)
            if not (is_own and told.version.lower() in model.versions):
                _add_version(told, model if is_own else None, draft)


def _add_version(told: Told, model: Model | None, draft: Draft) -> None:
    draft.read()
    number = told.version
    if not isinstance(told.it, Object):
        why = "a model version is an object"
    elif model is None:
        why = _why_not("name", told.name) or f"no registered model {told.name} is told of"
    elif not (why := _why_not("version", number)) and (first := model.versions.get(number.lower())):
        why = f"{first.where} declares it already; the first counts"
    if why or model is None:
        draft.skip(told.where, _what("model version", told), why)
        return
    own = (text_of(alias) for alias in told.it.list("aliases"))
    aliases = tuple(dict.fromkeys(filter(None, (*model.aliases.get(number, ()), *own))))
    model.versions[number.lower()] = Version(number, told.it, told.where, told.source, aliases)
