"""Does a successor answer in the form consumers count on? Fields may be added; none may go, change or break.

Learned from what the old model answered: types, which fields are always there, names a string is one of, whether there
is NaN. Ranges cannot be seen from a sample, so they are only ever declared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from data.records.outputs import Contract, Field, Found, JsonType
from workflows.rules.judging.leaves import ELEMENT, escaped, key, nodes, parent, type_of
from workflows.rules.wording import counted, one_of

FIELDS_MAX = 500
"""Who names fields after customers has no end of them."""
VALUES_MAX = 20
SEEN_EACH = 10
"""A string is one of so many names at most, if there were so many answers for each of them."""

OK_BELOW = 400


class Answer(NamedTuple):
    """`body` as JSON was decoded: None, bool, int, float, str, list, dict."""

    status: int
    body: object

    @property
    def is_error(self) -> bool:
        return self.status >= OK_BELOW


def learned(answers: Iterable[Answer], declared: Contract | None = None) -> Contract:
    """What the old model's answers have in common. Of a field that is declared, the declaration counts."""
    all_ = list(answers)
    said = declared or Contract()
    well, cut = _fields([one.body for one in all_ if not one.is_error])
    errors, cut_too = _fields([one.body for one in all_ if one.is_error])
    return Contract(
        fields={**well, **said.fields},
        errors={**errors, **said.errors},
        answers=len(all_),
        is_cut=cut or cut_too,
    )


def breaches(contract: Contract, old: Answer, new: Answer) -> list[tuple[str, str]]:
    """Path and what is wrong there, each once. `old`: what the old model answered to the same input.

    What stood there is not told: it is a customer's.
    """
    if old.status // 100 != new.status // 100:
        return [("", f"has status {new.status // 100}xx where the old model's has {old.status // 100}xx")]
    fields = contract.errors if new.is_error else contract.fields
    return list(dict.fromkeys(_breaches(fields, new.body)))


def found(wrong: Iterable[tuple[str, list[tuple[str, str]]]], *, ids_max: int) -> tuple[Found, ...]:
    """Breaches of many inputs by what is wrong, the most frequent first.

    wrong   id of an input -> its breaches
    """
    tallied: dict[tuple[str, str], Found] = {}
    for input_id, breaches_ in wrong:
        for path, what in breaches_:
            had = tallied.get((path, what), Found(path=path, what=what, count=0))
            ids = (*had.input_ids, input_id)[:ids_max]
            tallied[path, what] = replace(had, count=had.count + 1, input_ids=ids)
    return tuple(sorted(tallied.values(), key=lambda one: (-one.count, one.path, one.what)))


class _Seen:
    """What was seen of one field so far."""

    def __init__(self) -> None:
        self.types: set[JsonType] = set()
        self.values: set[str] = set()
        self.times = self.strings = self.objects = 0
        self.has_nan = False

    def sees(self, value: object) -> None:
        self.times += 1
        kind = type_of(value)
        self.types.add(kind)
        self.objects += kind is JsonType.OBJECT
        self.has_nan = self.has_nan or _is_nan(value)
        if isinstance(value, str):
            self.strings += 1
            if len(self.values) <= VALUES_MAX:
                self.values.add(value)

    def field(self, above: _Seen | None, path: str) -> Field:
        # What is always the same may be a version, and says little of what else there may be.
        is_named = 1 < len(self.values) <= VALUES_MAX and self.strings >= SEEN_EACH * len(self.values)
        return Field(
            types=tuple(sorted(self.types)),
            is_required=above is not None and key(path) != ELEMENT and self.times == above.objects,
            values=tuple(sorted(self.values)) if is_named else (),
            may_be_nan=self.has_nan,
        )


def _fields(bodies: Iterable[object]) -> tuple[dict[str, Field], bool]:
    seen: dict[str, _Seen] = {}
    is_cut = False
    for body in bodies:
        for path, value in nodes(body, each=True):
            if path not in seen and len(seen) >= FIELDS_MAX:
                is_cut = True
                continue
            seen.setdefault(path, _Seen()).sees(value)
    return {
        path: one.field(seen.get(parent(path)) if path else None, path) for path, one in seen.items()
    }, is_cut


def _breaches(fields: Mapping[str, Field], body: object) -> Iterator[tuple[str, str]]:
    required: dict[str, list[str]] = {}
    for path, field in fields.items():
        if field.is_required and path:
            required.setdefault(parent(path), []).append(path)
    for path, value in nodes(body, each=True):
        if isinstance(value, dict):
            there = {escaped(str(name)) for name in value}
            yield from (
                (wanted, "is missing") for wanted in required.get(path, ()) if key(wanted) not in there
            )
        known = fields.get(path)
        if known is not None and (what := _wrong(known, value)):
            yield path, what


def _wrong(field: Field, value: object) -> str:
    """What is wrong with it, if anything."""
    if _is_nan(value):
        return "" if field.may_be_nan else "is not a finite number"
    kind = type_of(value)
    if not _is_of(kind, value, field.types):
        return f"is {_a(kind)}, not {one_of([_a(one) for one in field.types])}"
    if isinstance(value, str) and field.values and value not in field.values:
        return f"is none of its {counted(len(field.values), 'value')}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if field.minimum is not None and value < field.minimum:
            return f"is below {field.minimum:,.15g}"
        if field.maximum is not None and value > field.maximum:
            return f"is above {field.maximum:,.15g}"
    return ""


def _is_of(kind: JsonType, value: object, types: Iterable[JsonType]) -> bool:
    """A whole number is a number; 1.0 is a whole one, as in JSON Schema."""
    if kind is JsonType.INTEGER:
        return kind in types or JsonType.NUMBER in types
    return kind in types or (isinstance(value, float) and value.is_integer() and JsonType.INTEGER in types)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _a(kind: JsonType) -> str:
    if kind is JsonType.NULL:
        return "null"
    return f"{'an' if kind in (JsonType.OBJECT, JsonType.ARRAY, JsonType.INTEGER) else 'a'} {kind}"
