"""Which registered models and versions are told of, each once? What is none of them is skipped with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields, shown, word_of
from data.importers.json_lines import Placed
from data.importers.mlflow_telling import is_prompt, pairs_of
from data.importers.sources import Source


@dataclass(slots=True, frozen=True)
class Told:
    """A registered model, version or run as it is told, of whatever kind."""

    it: Any
    where: str
    source: Source

    @property
    def name(self) -> str:
        return word_of(self.it.get("name")) if isinstance(self.it, dict) else ""

    @property
    def version(self) -> str:
        return word_of(self.it.get("version")) if isinstance(self.it, dict) else ""

    def fields(self, draft: Draft) -> Fields:
        """Where something odd stands in it, the model withdraws no edge."""
        named = "/".join(filter(None, (self.name, self.version)))

        def tell(path: str, note: str) -> None:
            draft.doubts(id_of(self.name), where=self.where, what=f"{named} {path}", note=note)

        return Fields(self.it, tell)


@dataclass(slots=True, frozen=True)
class Version:
    """`lies` is where its files are; `aliases` are those of the registry, such as "champion"."""

    number: str
    lies: str
    run_id: str
    stage: str
    where: str
    source: Source
    aliases: tuple[str, ...]
    tags: dict[str, str]


@dataclass(slots=True, frozen=True)
class Model:
    """`versions` by number in lower case; `aliases` by the version they stand for."""

    id: str
    name: str
    fields: Fields
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
        fields = one.fields(draft)
        tags = pairs_of(fields, "tags", ("key", "value"))
        if is_prompt(one.it):
            draft.skip(one.where, _what("registered model", one), "a prompt is no model")
            continue
        aliases: dict[str, list[str]] = defaultdict(list)
        for alias, number in pairs_of(fields, "aliases", ("alias", "version")).items():
            aliases[number].append(alias)
        found[id_of(one.name)] = Model(
            id_of(one.name), one.name, fields, one.where, one.source, tags, aliases
        )
    for one in versions:
        model = found.get(id_of(one.name))
        # Whoever has no name may be a version of any.
        _add_version(one, model, draft, of=(id_of(one.name),) if one.name else tuple(found))
    for model in found.values():
        if not isinstance(model.source, str):  # a live registry told of every version by itself
            _add_own_versions(model, draft)
    return found


def _what(kind: str, told: Told) -> str:
    if not isinstance(told.it, dict):
        return shown(told.it)
    return f"{kind} {told.name}{f'/{told.version}' if told.version else ''}".rstrip()


def _why_no_model(told: Told, found: dict[str, Model]) -> str:
    if not isinstance(told.it, dict):
        return "a registered model is an object"
    if why := _why_not("name", told.name):
        return why
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
        for it in model.fields.values(key):
            line = it.line if isinstance(it, Placed) else model.fields.line
            told = Told(it, f"{model.where.rpartition(':')[0]}:{line}", model.source)
            is_own = told.name in ("", model.name)
            if not (is_own and told.version.lower() in model.versions):
                _add_version(told, model if is_own else None, draft, of=(model.id,))


def _add_version(told: Told, model: Model | None, draft: Draft, *, of: Sequence[str]) -> None:
    """`of` are the ids of the models that it may belong to."""
    draft.read()
    number = told.version
    first = model.versions.get(number.lower()) if model else None
    if not isinstance(told.it, dict):
        why = "a model version is an object"
    elif model is None:
        why = _why_not("name", told.name) or f"no registered model {told.name} is told of"
    elif not (why := _why_not("version", number)) and first:
        why = f"{first.where} declares it already; the first counts"
    if why or model is None:
        draft.skip(told.where, _what("model version", told), why, by=() if first else of)
        return
    fields = told.fields(draft)
    model.versions[number.lower()] = Version(
        number,
        lies=fields.text("source"),
        run_id=fields.word("run_id"),
        stage=fields.text("current_stage").lower(),
        where=told.where,
        source=told.source,
        aliases=tuple(dict.fromkeys((*model.aliases.get(number, ()), *fields.texts("aliases")))),
        tags=pairs_of(fields, "tags", ("key", "value")),
    )
