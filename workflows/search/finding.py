"""What is found of what somebody looks for, among all they may know of: the best first, each with why.

The index has everything; what is found in it is told only as that person reads it themselves. So nothing of what is
restricted shows: no name, no count, and no place in the order, which goes by what a text is and not by how rare its
words are elsewhere. Everything is looked at again on the record first, so who has just written something finds it,
and what was erased is found by nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from data.catalog.snapshot import Snapshot
from data.records.base import Record
from data.records.catalog import Entity
from data.records.retirement import Retirement
from data.search import Index, Text
from data.store import Store
from workflows.machine import retirement_of
from workflows.reviews import reviews
from workflows.search import documents, lineage
from workflows.search.documents import WEIGHT
from workflows.search.wanted import Wanted

_EXACT = 1_000
FIELD_OF = {"owner": "owner", "domain": "domain", "state": "state", "class": "class"}


class Eyes(Protocol):
    """What one person may know of (workflows/sight.py); `there`: the catalog as they see it."""

    @property
    def there(self) -> Snapshot: ...
    def retirements(self) -> Sequence[Retirement]: ...


class Hit(Record, frozen=True, kw_only=True):
    """A retirement, or a model that nobody retires or retired. `why`: texts that it was found by, the best first."""

    retirement: Retirement | None = None
    model: Entity | None = None
    why: tuple[tuple[str, str], ...] = ()
    weight: int = 0

    @property
    def name(self) -> str:
        if self.retirement is not None and self.retirement.plan is not None:
            return self.retirement.plan.subject.model_name
        return self.model.name if self.model is not None else ""


class Found(Record, frozen=True, kw_only=True):
    """All that was found. `others`: what is no model, where somebody asks for lineage, by kind and name."""

    hits: tuple[Hit, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


class Finder:
    """Keeps the index between two searches; whatever changed meanwhile is read anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index = Index()
        self._states: dict[str, bytes] = {}
        self._texts: dict[str, tuple[Text, ...]] = {}
        self._catalog: Snapshot | None = None

    def found(self, wanted: Wanted, eyes: Eyes, store: Store, whole: Snapshot) -> Found:
        """Raises `NotFound` for a thing that lineage is asked of and nobody may see."""
        seen = eyes.retirements()
        reached = lineage.reached_by(wanted, eyes.there, seen)
        by_word = self._by_word(wanted, store, whole)
        hits = [
            hit
            for one in seen
            if one.plan is not None
            and (reached is None or reached.has(one.plan.subject.model_id, eyes.there))
            and (wanted.period is None or any(map(wanted.period.has, documents.days(one))))
            and (hit := self._of_retirement(one, wanted, by_word, eyes.there, store)) is not None
        ]
        told = {
            eyes.there.id_of(one.retirement.plan.subject.model_id)
            for one in hits
            if one.retirement and one.retirement.plan
        }
        if wanted.period is None:
            hits += [
                hit
                for model in eyes.there.models()
                if model.id not in told
                and (reached is None or reached.has(model.id, eyes.there))
                and (hit := self._of_model(model, wanted, by_word, eyes.there)) is not None
            ]
        ordered = sorted(hits, key=lambda one: (-one.weight, one.name.casefold(), _newest(one)))
        return Found(hits=tuple(ordered), others=reached.others if reached is not None else ())

    def _by_word(
        self, wanted: Wanted, store: Store, whole: Snapshot
    ) -> Mapping[str, Mapping[str, tuple[Text, ...]]]:
        with self._lock:
            self._refresh(store, whole)
            return {
                word: self._index.with_word(word) for word in (*wanted.words, *(v for _, v in wanted.filters))
            }

    def _of_retirement(
        self,
        state: Retirement,
        wanted: Wanted,
        by_word: Mapping[str, Mapping[str, tuple[Text, ...]]],
        there: Snapshot,
        store: Store,
    ) -> Hit | None:
        assert state.plan is not None
        if not _may_fit(wanted, by_word, state.id):
            return None
        model = there.find(state.plan.subject.model_id)
        texts = frozenset(documents.of_retirement(state, reviews(store, state), model, there))
        fits = _fit(wanted, by_word, state.id, texts)
        return None if fits is None else Hit(retirement=state, model=model, why=fits[0], weight=fits[1])

    def _of_model(
        self,
        model: Entity,
        wanted: Wanted,
        by_word: Mapping[str, Mapping[str, tuple[Text, ...]]],
        there: Snapshot,
    ) -> Hit | None:
        if not _may_fit(wanted, by_word, model.id):
            return None
        fits = _fit(wanted, by_word, model.id, frozenset(documents.of_model(model, there)))
        return None if fits is None else Hit(model=model, why=fits[0], weight=fits[1])

    def _refresh(self, store: Store, whole: Snapshot) -> None:
        """Only what changed since the search before is put into the index anew."""
        is_new = self._catalog is not whole
        if is_new:
            models = {model.id: tuple(documents.of_model(model, whole)) for model in whole.models()}
            for gone in [one for one in self._texts if not one.startswith("RET-") and one not in models]:
                self._forget(gone)
            for one, texts in models.items():
                self._put(one, texts)
            self._catalog = whole
        states = store.states("RET-")
        for gone in [one for one in self._states if one not in states]:
            self._forget(gone)
        for one, stored in states.items():
            state = None
            if is_new or self._states.get(one) != stored or self._has_lessons(one):
                state = retirement_of(one, stored)
            if state is not None and state.plan is not None:
                model = whole.find(state.plan.subject.model_id)
                self._put(one, tuple(documents.of_retirement(state, reviews(store, state), model, whole)))
            self._states[one] = stored

    def _has_lessons(self, one: str) -> bool:
        """What people wrote in reviews is in no state, so one may be erased without changing that."""
        return any(text.field == "lesson" for text in self._texts.get(one, ()))

    def _put(self, key: str, texts: tuple[Text, ...]) -> None:
        if self._texts.get(key) != texts:
            self._index.put(key, texts)
            self._texts[key] = texts

    def _forget(self, key: str) -> None:
        self._index.drop(key)
        self._texts.pop(key, None)
        self._states.pop(key, None)


def _may_fit(wanted: Wanted, by_word: Mapping[str, Mapping[str, tuple[Text, ...]]], key: str) -> bool:
    """Before anything of it is read: does the index have all words of it?"""
    filters = (value for name, value in wanted.filters if name in FIELD_OF)
    return all(key in by_word[word] for word in (*wanted.words, *filters))


def _fit(
    wanted: Wanted,
    by_word: Mapping[str, Mapping[str, tuple[Text, ...]]],
    key: str,
    texts: frozenset[Text],
) -> tuple[tuple[tuple[str, str], ...], int] | None:
    """Why it was found, and how well; None where it was not. `texts`: those that whoever asks may read."""
    why: dict[Text, None] = {}
    weight = 0
    for field, word in (
        *(("", word) for word in wanted.words),
        *((FIELD_OF[name], value) for name, value in wanted.filters if name in FIELD_OF),
    ):
        found = [one for one in by_word[word][key] if one in texts and field in ("", one.field)]
        if not found:
            return None
        best = max(found, key=lambda one: WEIGHT[one.field])
        why[best] = None
        is_exact = best.field in ("name", "called") and best.text.casefold() == word.casefold()
        weight += WEIGHT[best.field] + (_EXACT if is_exact else 0)
    ordered = sorted(why, key=lambda one: -WEIGHT[one.field])
    return tuple((one.field, one.text) for one in ordered), weight


def _newest(one: Hit) -> int:
    return -int(one.retirement.id.rpartition("-")[2]) if one.retirement is not None else 0
