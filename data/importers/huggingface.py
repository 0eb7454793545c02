"""Model cards of Hugging Face: which models are built from which, on which data, and what follows them?

A repository is a model with the id huggingface:ORG/NAME that depends on its base models and its datasets, also
on those that only are named; `new_version` is its successor. How it was made of a base model (fine-tuned, merged,
quantized, an adapter) is no different kind of dependence: without the base there is nothing to make anew.
What Hugging Face does not ask stands under `emeritus`: model_id, owner, tier, aliases. Results of
`model-index` are described in the archive of a model. License, tags and library say nothing about who depends on
whom, and are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.benchmarks import benchmarks
from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.huggingface_cards import FORMAT, NAME, Card, card_of, repository_in
from data.importers.known import Known
from data.importers.refs import Found
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.importers.yaml_lines import Node
from data.records.artifacts import Reference
from data.records.catalog import Entity, Group, Kind, Person

PREFIX = "huggingface:"
RELATIONS = ("adapter", "finetune", "merge", "quantized")
OWN_FIELDS = ("model_id", "owner", "tier", "aliases")


def read_huggingface(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for README.md, as one source. `known` is what other sources declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    draft = Draft(Known(known))
    cards = [card_of(file) for file in files if Path(file.shown).name == NAME]
    if not cards:
        accepted = f"has no {NAME}"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    draft.read(len(cards))
    _Reader(draft, _models(cards, draft)).read()
    return draft.reading(files, paths)


def _models(cards: Iterable[Card], draft: Draft) -> dict[str, Card]:
    """By id; of two cards of one repository, as of two revisions in a cache, the first."""
    models: dict[str, Card] = {}
    for card in cards:
        first = models.get(_id(card.repository))
        why = card.why_not or (f"{first.where} is its card already; the first counts" if first else "")
        if why:
            draft.skip(card.where, card.repository or NAME, why)
        else:
            models[_id(card.repository)] = card
    return models


def _id(repository: str) -> str:
    return f"{PREFIX}{repository}".lower()


class _Reader:
    """`_known`: ids of all repositories that are models here, or what those are made of."""

    def __init__(self, draft: Draft, models: Mapping[str, Card]) -> None:
        self._draft = draft
        self._models = models
        self._known = set(models)
        self._spelt = {own: card.repository for own, card in models.items()}
        self._only_named: set[str] = set()

    def read(self) -> None:
        for own, card in self._models.items():
            self._draft.document(own, card.path)
        # Before anything is declared, as a successor may be one that others only name as their base.
        bases = {own: list(self._bases(card, own)) for own, card in self._models.items()}
        for own, card in self._models.items():
            self._declare(card, own)
        for own, card in self._models.items():
            for node, base in bases[own]:
                self._depend(own, base, card, node)
            for node, dataset in self._datasets(card, own):
                self._depend(own, dataset, card, node)

    def _bases(self, card: Card, own: str) -> Iterator[tuple[Node, str]]:
        """Each with the line that names it; whoever has no card here is declared by name."""
        relation = card.front.get("base_model_relation")
        if relation.is_stated and relation.text.lower() not in RELATIONS:
            note = f"{relation.shown} is none of {', '.join(RELATIONS)}; ignored"
            self._draft.note(_at(card, relation), f"{card.repository} base_model_relation", note)
        for node, repository in self._named(card, own, "base_model"):
            base = _id(repository)
            if base not in self._known:
                self._known.add(base)
                if not self._is_described(base):
                    self._only_named.add(base)
            spelt = self._spelt.setdefault(base, repository)
            if spelt != repository:
                note = f'written "{repository}", elsewhere "{spelt}"; the case of letters does not count'
                self._draft.note(_at(card, node), card.repository, note)
            yield node, base

    def _datasets(self, card: Card, own: str) -> Iterator[tuple[Node, str]]:
        for node, repository in self._named(card, own, "datasets"):
            alias = f"datasets/{repository}"
            dataset = _id(alias)
            if not self._is_described(dataset) and not self._draft.declares(dataset):
                where = _at(card, node)
                entity = Entity(
                    id=dataset, kind=Kind.DATASET, name=repository, declared_in=where, aliases=(alias,)
                )
                self._draft.declare(entity, card.path)
            yield node, dataset

    def _is_described(self, thing_id: str) -> bool:
        """By another import of cards: what other catalogs call so is asked as somebody looks (catalog/joins.py)."""
        return isinstance(self._draft.known.find(thing_id), Found) and not self._draft.declares(thing_id)

    def _named(self, card: Card, own: str, key: str) -> Iterator[tuple[Node, str]]:
        for node in card.front.get(key).items:
            below = "datasets" if key == "datasets" else "models"
            repository = "" if node.is_nested else repository_in(node.text, below=below)
            if repository:
                yield node, repository
            elif node.is_stated:
                why = f"{key} {node.shown[:120]} is no repository of the Hub; write org/name"
                what = f"{card.repository} -> {node.text[:120] or node.shown}"
                self._draft.misses(own, [], where=_at(card, node), what=what, why=why)

    def _declare(self, card: Card, own: str) -> None:
        ours = card.front.get("emeritus")
        for key in sorted(set(ours.keys()).difference(OWN_FIELDS)):
            note = f"unknown and ignored; we read {', '.join(OWN_FIELDS)}"
            self._draft.note(_at(card, ours.get(key)), f"{card.repository} emeritus.{key[:80]}", note)
        tier = ours.get("tier")
        entity = Entity(
            id=own,
            kind=Kind.MODEL,
            name=card.repository,
            tier=self._draft.tier(
                tier.text, where=_at(card, tier), name=card.repository, what="emeritus.tier"
            ),
            successor_id=self._successor(card, own),
            declared_in=card.where,
            references=self._benchmarks(card),
            aliases=tuple(dict.fromkeys((card.repository, *_aliases(card)))),
        )
        self._draft.declare(entity, card.path, owner=ours.get("owner").text)

    def _benchmarks(self, card: Card) -> tuple[Reference, ...]:
        def tell(line: int, note: str) -> None:
            where = f"{card.where.rpartition(':')[0]}:{line}"
            self._draft.note(where, f"{card.repository} model-index", note)

        return benchmarks(card.front, tell)

    def _successor(self, card: Card, own: str) -> str:
        node = card.front.get("new_version")
        if not node.is_stated:
            return ""
        repository = repository_in(node.text)
        is_here = bool(repository) and _id(repository) in self._known
        found = Found(id=_id(repository)) if is_here else self._draft.known.find(repository, is_by_name=False)
        what = f"new_version {node.shown[:120]}"
        ids = (_id(repository),) if repository else ()
        is_named = bool(node.text) and not is_here
        named = successor_name(repository or node.text, ids=ids, is_by_name=False) if is_named else None
        where = _at(card, node)
        return self._draft.successor(
            found, of=own, where=where, name=card.repository, what=what, as_named=named
        )

    def _depend(self, own: str, to_id: str, card: Card, node: Node) -> None:
        where, what = _at(card, node), f"{card.repository} -> {node.text}"
        if to_id in self._only_named:
            entity = Entity(
                id=to_id,
                kind=Kind.MODEL,
                name=self._spelt[to_id],
                declared_in=where,
                aliases=(self._spelt[to_id],),
            )
            self._draft.declare(entity, card.path)
        self._draft.depends(own, to_id, where=where, what=what, by=own)


def _at(card: Card, node: Node) -> str:
    return f"{card.where.rpartition(':')[0]}:{node.line}"


def _aliases(card: Card) -> tuple[str, ...]:
    """What other catalogs call it, as the card says."""
    said = (node.text for node in card.front.get("emeritus").get("aliases").items)
    return tuple(alias for alias in said if alias and not why_not_named(alias))
